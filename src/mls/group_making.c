/* SPDX-License-Identifier: MIT */
#include "mls/group_making.h"

#include <string.h>

#include "base/alloc.h"
#include "crypto/random.h"
#include "mls/change.h"
#include "mls/framing.h"
#include "mls/group.h"
#include "mls/leaf_node.h"
#include "mls/proposal_list.h"
#include "mls/public_state.h"
#include "mls/rules.h"

void
cs_mls_making_clear(struct cs_mls_making *m)
{
	cs_mls_proposal_list_clear(&m->list);
	cs_mls_staged_free(m->staged);
	for (size_t i = 0; i < m->n_raws; i++)
		cs_buf_free(&m->raws[i]);
	cs_free_plain(m->raws);
	cs_buf_free(&m->leaf);
	cs_buf_free(&m->nodes);
	cs_buf_free(&m->body);
	cs_wipe(m, sizeof *m);
}

enum cs_err
cs_mls_making_begin(struct cs_mls_making *m, size_t max)
{
	if (max > CS_MLS_MAX_PROPOSALS)
		return CS_ERR_LIMIT;
	m->max = max;
	m->staged = cs_calloc(1, sizeof *m->staged);
	m->list.v = cs_calloc(max, sizeof *m->list.v);
	m->raws = cs_calloc(max, sizeof *m->raws);
	return m->staged == NULL || m->list.v == NULL || m->raws == NULL
	    ? CS_ERR_NOMEM
	    : CS_OK;
}

/* The bytes of ${p}, and ${p} as it is read from them. */
static enum cs_err
copy_proposal(struct cs_mls_making *m, struct cs_mls_proposal *p)
{
	struct cs_buf *raw = &m->raws[m->n_raws++];
	struct cs_writer w = cs_writer(raw);
	enum cs_err err;

	cs_mls_proposal_write(&w, p);
	if ((err = cs_writer_end(&w)))
		return err;
	return cs_mls_proposal_parse(p, cs_buf_view(raw));
}

enum cs_err
cs_mls_making_list(struct cs_mls_making *m, const struct cs_mls_proposal *p,
    const struct cs_mls_ext_list *context)
{
	const struct cs_mls_proposal_setting how = {
		.sender = m->committer == CS_MLS_COMMITTER_NEW
		    ? (struct cs_mls_sender){ CS_MLS_SENDER_NEW_MEMBER_COMMIT,
			  0 }
		    : (struct cs_mls_sender){ CS_MLS_SENDER_MEMBER,
			  m->committer },
		.in_time = true,
		.founding = m->founding,
		.context = context,
	};
	enum cs_err err;

	if (m->list.n == m->max)
		return CS_ERR_LIMIT;
	if ((err = cs_mls_public_check_proposal(
		 &m->list.v[m->list.n].valid, m->from, p, &how)))
		return err;
	m->list.n++;
	return CS_OK;
}

enum cs_err
cs_mls_making_list_copy(
    struct cs_mls_making *m, const struct cs_mls_proposal *p)
{
	struct cs_mls_proposal copy = *p;
	enum cs_err err;

	if (m->list.n == m->max)
		return CS_ERR_LIMIT;
	if ((err = copy_proposal(m, &copy)))
		return err;
	return cs_mls_making_list(m, &copy, NULL);
}

enum cs_err
cs_mls_making_list_psk(struct cs_mls_making *m, const struct cs_mls_psk_id *id)
{
	struct cs_mls_proposal p = { .type = CS_MLS_PROPOSAL_PSK, .psk = *id };
	uint8_t nonce[CS_HASH_MAX];

	if (id->nonce.len == 0) {
		cs_random(nonce, sizeof nonce);
		p.psk.nonce = cs_view(nonce, m->from->suite->hash_len);
	}
	return cs_mls_making_list_copy(m, &p);
}

/* Fresh keys on the committer's path. */
static enum cs_err
make_path(struct cs_mls_making *m, struct cs_mls_leaf *leaf)
{
	struct cs_mls_change *c = &m->staged->change;
	struct cs_mls_private_tree *private = &m->staged->private;
	const struct cs_signer *signer =
	    m->staged->signer != NULL ? m->staged->signer : m->signer;
	enum cs_err err;

	if ((err = cs_mls_path_secrets_new(
		 &m->path, c->next.suite, c->path.n)) ||
	    (err = cs_mls_change_set_own_path(
		 c, &m->path, leaf, signer, &m->leaf)))
		return err;
	cs_mls_private_tree_set(
	    private, cs_mls_leaf_to_node(c->committer), &m->path.leaf);
	for (size_t i = 0; i < m->path.n; i++)
		cs_mls_private_tree_set(
		    private, c->path.v[i].node, &m->path.key[i]);
	return CS_OK;
}

enum cs_err
cs_mls_making_change(struct cs_mls_making *m, struct cs_mls_leaf *leaf)
{
	struct cs_mls_staged *s = m->staged;
	struct cs_mls_change *c = &s->change;
	enum cs_err err;

	if ((err = cs_mls_change_begin(c, m->from, &m->list, m->committer)))
		return err;
	cs_mls_private_tree_sync(&s->private, &c->next.tree);
	if (m->has_path && (err = make_path(m, leaf)))
		return err;
	if ((err = cs_mls_change_settle(c, m->from)))
		return err;
	if (!m->has_path)
		return CS_OK;
	return cs_mls_path_encrypt(&m->nodes, &c->next.tree, &c->path, &m->path,
	    cs_buf_view(&c->provisional),
	    &(struct cs_mls_new_leaves){ c->added, c->n_added });
}

static enum cs_err
write_commit(struct cs_mls_making *m)
{
	struct cs_writer w = cs_writer(&m->body);
	size_t mark = cs_write_open(&w);

	for (size_t i = 0; i < m->list.n; i++) {
		const struct cs_mls_listed *l = &m->list.v[i];
		struct cs_mls_proposal_or_ref entry = { .proposal =
							    l->valid.p };

		if (l->stored != NULL) {
			entry.by_reference = true;
			entry.reference = cs_mls_hash_view(&l->stored->ref);
		}
		cs_mls_proposal_or_ref_write(&w, &entry);
	}
	cs_write_close(&w, mark);
	cs_write_u8(&w, m->has_path);
	if (m->has_path) {
		cs_write_bytes(&w, cs_buf_view(&m->leaf));
		cs_write_vec(&w, cs_buf_view(&m->nodes));
	}
	return cs_writer_end(&w);
}

/* Nobody makes what the own rules refuse. */
static enum cs_err
ask_rules(const struct cs_mls_making *m)
{
	struct cs_mls_leaf leaf;
	enum cs_err err;

	if (m->founding)
		return CS_OK;
	if (m->has_path &&
	    (err = cs_mls_leaf_parse(&leaf, cs_buf_view(&m->leaf))))
		return err;
	return cs_mls_rules_ask_commit(
	    &(struct cs_mls_rules_about){
		m->content.wire, &m->content.framed, m->from },
	    &m->staged->change, &m->list, m->has_path ? &leaf : NULL);
}

enum cs_err
cs_mls_making_sign(struct cs_mls_making *m, enum cs_mls_wire wire,
    const struct cs_mls_framed *framed)
{
	struct cs_mls_staged *s = m->staged;
	struct cs_mls_public *next = &s->change.next;
	struct cs_mls_unverified *c = &m->content;
	enum cs_err err;

	if ((err = write_commit(m)))
		return err;
	c->wire = wire;
	c->framed = *framed;
	c->framed.body = cs_buf_view(&m->body);
	c->confirmation_tag = cs_view(m->tag, next->suite->hash_len);
	if ((err = ask_rules(m)) ||
	    (err = cs_mls_framed_sign(&m->signature, c->wire, &c->framed,
		 m->signer, cs_mls_public_context(m->from))))
		return err;
	c->signature = cs_view(m->signature.b, m->signature.n);
	if ((err = cs_mls_change_confirm(
		 &s->change, c->wire, &c->framed, c->signature)) ||
	    (err = cs_mls_staged_derive(
		 s, &m->joiner, &m->init, &m->path.commit, &m->psk)) ||
	    (err = cs_mls_confirmation_tag(m->tag, next->suite,
		 &s->secrets.confirmation, cs_mls_hash_view(&next->confirmed))))
		return err;
	return cs_mls_change_finish(&s->change, c->confirmation_tag);
}
