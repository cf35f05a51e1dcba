/* SPDX-License-Identifier: MIT */
#include "mls/group_external.h"

#include <string.h>

#include "mls/change.h"
#include "mls/framing.h"
#include "mls/group.h"
#include "mls/group_making.h"
#include "mls/group_psk.h"
#include "mls/leaf_node.h"
#include "mls/public_state.h"
#include "mls/ratchet_tree.h"
#include "mls/tree_leaf.h"
#include "mls/tree_save.h"

/* ---- joining by an external commit (section 12.4.3.2) ------------------- */

struct joining {
	struct cs_mls_making m;
	struct cs_mls_public pub; /* the group before the commit */
	const struct cs_mls_identity *id;
	const struct cs_mls_external_options *ext;
};

/* The leaf that we were before: with our key, or else with our credential. */
static enum cs_err
find_prior(uint32_t *out, const struct joining *j)
{
	const struct cs_mls_tree *t = &j->pub.tree;
	struct cs_view key = cs_signer_public(j->id->signer);
	struct cs_mls_leaf leaf;
	uint32_t same = UINT32_MAX;

	for (uint32_t i = 0; i < t->n_leaves; i++) {
		if (!cs_mls_tree_leaf(t, i, &leaf))
			continue;
		if (cs_view_equal(leaf.signature_key, key)) {
			*out = i;
			return CS_OK;
		}
		if (same == UINT32_MAX &&
		    cs_view_equal(leaf.credential.identity, j->id->credential))
			same = i;
	}
	*out = same;
	return same == UINT32_MAX ? CS_ERR_MEMBER : CS_OK;
}

/* SelfRemoves that wait: we can check all but their membership tags. */
static enum cs_err
list_self_removes(struct joining *j)
{
	struct cs_mls_public *p = &j->pub;
	struct cs_mls_proposal_list *l = &j->m.list;
	enum cs_err err;

	for (size_t i = 0; i < j->ext->n_proposals; i++) {
		struct cs_reader r = cs_reader(j->ext->proposals[i]);
		struct cs_mls_public_message m;
		struct cs_mls_verified content;

		if (cs_mls_message_read(&r) != CS_MLS_WIRE_PUBLIC)
			cs_reader_fail(&r, CS_ERR_FORMAT);
		cs_mls_public_message_read(&r, &m);
		if ((err = cs_reader_end(&r)) ||
		    (err = cs_mls_public_authenticate(&content, p, &m, NULL)))
			return err;
		if (content.framed.type != CS_MLS_CONTENT_PROPOSAL)
			return CS_ERR_FORMAT;
		if ((err = cs_mls_public_store_proposal(
			 p, &content, CS_MLS_FRESH)))
			return err;
		l->v[l->n].stored = p->proposals[p->n_proposals - 1];
		l->v[l->n].valid = l->v[l->n].stored->valid;
		if (l->v[l->n++].valid.p.type != CS_MLS_PROPOSAL_SELF_REMOVE)
			return CS_ERR_PROPOSAL;
	}
	return CS_OK;
}

static enum cs_err
make_list(struct joining *j, struct cs_view external_pub)
{
	struct cs_mls_proposal p = { .type = CS_MLS_PROPOSAL_EXTERNAL_INIT };
	struct cs_buf kem = { 0 };
	enum cs_err err;

	if (j->ext->n_psk > CS_MLS_MAX_PROPOSALS ||
	    j->ext->n_proposals > CS_MLS_MAX_PROPOSALS)
		return CS_ERR_LIMIT;
	if ((err = cs_mls_making_begin(
		 &j->m, j->ext->n_psk + j->ext->n_proposals + 2)) ||
	    (err = cs_mls_external_init_send(
		 &j->m.init, &kem, j->pub.suite, external_pub)))
		goto out;
	p.kem_output = cs_buf_view(&kem);
	if ((err = cs_mls_making_list_copy(&j->m, &p)))
		goto out;
	if (j->ext->resync) {
		p = (struct cs_mls_proposal){ .type = CS_MLS_PROPOSAL_REMOVE };
		if ((err = find_prior(&p.remove, j)) ||
		    (err = cs_mls_making_list(&j->m, &p, NULL)))
			goto out;
	}
	for (size_t i = 0; i < j->ext->n_psk; i++)
		if ((err = cs_mls_making_list_psk(&j->m, &j->ext->psk[i])))
			goto out;
	err = list_self_removes(j);
out:
	cs_buf_free(&kem);
	return err;
}

static enum cs_err
make_commit(struct joining *j, struct cs_buf *commit)
{
	const struct cs_mls_psk_sources sources = { &j->pub.opt, NULL, NULL };
	struct cs_mls_making *m = &j->m;
	struct cs_mls_own_leaf own = { 0 };
	const struct cs_mls_framed framed = {
		.group_id = cs_buf_view(&j->pub.group_id),
		.epoch = j->pub.epoch,
		.sender = { CS_MLS_SENDER_NEW_MEMBER_COMMIT, 0 },
		.authenticated_data = j->ext->authenticated_data,
		.type = CS_MLS_CONTENT_COMMIT,
	};
	enum cs_err err;

	m->has_path = true;
	if ((err = cs_mls_own_leaf_make(&own, j->id)) ||
	    (err = cs_mls_list_psk_secret(
		 &m->psk, j->pub.suite, &m->list, &sources)) ||
	    (err = cs_mls_making_change(m, &own.leaf)) ||
	    (err = cs_mls_making_sign(m, CS_MLS_WIRE_PUBLIC, &framed)))
		goto out;
	/* A new member has no membership key to tag with (section 6.2). */
	err = cs_mls_public_message_seal(commit, &m->content, j->pub.suite,
	    NULL, cs_mls_public_context(&j->pub));
	if (err == CS_OK && commit->len > CS_MLS_MAX_MESSAGE)
		err = CS_ERR_LIMIT;
out:
	cs_mls_own_leaf_clear(&own);
	return err;
}

/* What a new group takes over when it is set up, from a commit that founds the
 * membership: ${s} is left without it. */
static enum cs_err
group_start(
    struct cs_mls_group *g, struct cs_mls_staged *s, struct cs_mls_public *from)
{
	enum cs_err err;

	if ((err = cs_mls_change_take_index(&s->change, from)))
		return err;
	g->own_leaf = s->change.committer;
	g->pub = s->change.next;
	s->change.next = (struct cs_mls_public){ 0 };
	g->secrets = s->secrets;
	g->private = s->private;
	g->keys = s->keys;
	s->keys = (struct cs_mls_secret_tree){ 0 };
	return CS_OK;
}

enum cs_err
cs_mls_external_commit(struct cs_mls_group **out, struct cs_buf *commit,
    struct cs_view group_info, const struct cs_mls_identity *id,
    const struct cs_mls_options *opt, const struct cs_mls_external_options *ext)
{
	const struct cs_mls_external_options none = { 0 };
	struct joining j = { .id = id, .ext = ext == NULL ? &none : ext };
	struct cs_mls_group *g = NULL;
	struct cs_buf message = { 0 };
	struct cs_mls_group_info gi;
	struct cs_view external_pub;
	enum cs_err err;

	*out = NULL;
	if ((err = cs_mls_group_info_parse_message(&gi, group_info)) ||
	    (err = cs_mls_group_info_external_pub(&external_pub, &gi)) ||
	    (err = cs_mls_public_from_group_info(
		 &j.pub, &gi, j.ext->ratchet_tree, opt)))
		goto out;
	if (cs_signer_sig(id->signer) != j.pub.suite->sig) {
		err = CS_ERR_UNSUPPORTED;
		goto out;
	}
	j.m.from = &j.pub;
	j.m.signer = id->signer;
	j.m.committer = CS_MLS_COMMITTER_NEW;
	if ((err = make_list(&j, external_pub)) ||
	    (err = make_commit(&j, &message)) ||
	    (err = cs_mls_group_alloc(&g, id)) ||
	    (err = cs_buf_reserve(commit, message.len)) ||
	    (err = group_start(g, j.m.staged, &j.pub)) ||
	    (err = cs_buf_add(commit, cs_buf_view(&message))))
		goto out;
	*out = g;
	g = NULL;
out:
	cs_mls_group_free(g);
	cs_mls_making_clear(&j.m);
	cs_mls_public_clear(&j.pub);
	cs_buf_free(&message);
	return err;
}

/* ---- an Add of oneself (section 12.1.8) --------------------------------- */

enum cs_err
cs_mls_new_member_add(struct cs_buf *out, struct cs_buf *secrets,
    struct cs_mls_hash *ref, struct cs_view group_info,
    const struct cs_mls_identity *id)
{
	struct cs_mls_signature signature;
	struct cs_mls_unverified c = { .wire = CS_MLS_WIRE_PUBLIC };
	struct cs_buf body = { 0 }, private = { 0 }, message = { 0 };
	struct cs_writer w = cs_writer(&body);
	const struct cs_suite *suite;
	struct cs_mls_group_info gi;
	enum cs_err err;

	if ((err = cs_mls_group_info_parse_message(&gi, group_info)))
		return err;
	suite = cs_suite_find(gi.context.suite_id);
	if (suite == NULL)
		return CS_ERR_UNSUPPORTED;
	cs_write_u16(&w, CS_MLS_PROPOSAL_ADD);
	if ((err = cs_writer_end(&w)) ||
	    (err = cs_mls_key_package_make(
		 &body, &private, ref, suite, id, CS_MLS_SINGLE_USE)))
		goto out;
	c.framed = (struct cs_mls_framed){
		.group_id = gi.context.group_id,
		.epoch = gi.context.epoch,
		.sender = { CS_MLS_SENDER_NEW_MEMBER_PROPOSAL, 0 },
		.type = CS_MLS_CONTENT_PROPOSAL,
		.body = cs_buf_view(&body),
	};
	if ((err = cs_mls_framed_sign(
		 &signature, c.wire, &c.framed, id->signer, gi.context_raw)))
		goto out;
	c.signature = cs_view(signature.b, signature.n);
	if ((err = cs_mls_public_message_seal(
		 &message, &c, suite, NULL, gi.context_raw)) ||
	    (err = cs_buf_reserve(secrets, private.len)) ||
	    (err = cs_buf_add(out, cs_buf_view(&message))))
		goto out;
	err = cs_buf_add(secrets, cs_buf_view(&private));
out:
	cs_buf_free(&body);
	cs_buf_free(&private);
	cs_buf_free(&message);
	return err;
}
