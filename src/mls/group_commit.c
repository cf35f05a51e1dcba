/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/alloc.h"
#include "mls/group.h"
#include "mls/welcome.h"

/* What a commit is made of, while it is made. */
struct making {
	struct cs_mls_group *g;
	const struct cs_mls_commit_options *opt;
	struct cs_mls_staged *staged;
	struct cs_mls_proposal_list list;
	struct cs_mls_path_secrets path;
	bool has_path;
	struct cs_buf leaf;  /* our new LeafNode */
	struct cs_buf nodes; /* content of the path's vector */
	struct cs_buf body;  /* Commit */
	struct cs_mls_joiner_secret joiner;
	struct cs_mls_unverified content;
	uint8_t signature[CS_SIG_MAX];
	uint8_t tag[CS_HASH_MAX];
};

static void
making_clear(struct making *m)
{
	cs_mls_proposal_list_clear(&m->list);
	cs_mls_staged_free(m->staged);
	cs_buf_free(&m->leaf);
	cs_buf_free(&m->nodes);
	cs_buf_free(&m->body);
	cs_wipe(m, sizeof *m);
}

static bool
removes(const struct cs_mls_valid_proposal *v, uint32_t leaf)
{
	return v->p.type == CS_MLS_PROPOSAL_REMOVE && v->p.remove == leaf;
}

/* Is a Remove of ${leaf} in the list already? */
static bool
listed_removal(const struct cs_mls_proposal_list *l, uint32_t leaf)
{
	for (size_t i = 0; i < l->n; i++)
		if (removes(&l->v[i].valid, leaf))
			return true;
	return false;
}

static bool
removal_waits(const struct cs_mls_public *p, uint32_t leaf)
{
	for (size_t i = 0; i < p->n_proposals; i++)
		if (removes(&p->proposals[i]->valid, leaf))
			return true;
	return false;
}

/* Does a later stored Update of the same leaf replace number ${i}? */
static bool
superseded(const struct cs_mls_public *p, size_t i)
{
	const struct cs_mls_valid_proposal *v = &p->proposals[i]->valid;

	for (size_t j = i + 1; j < p->n_proposals; j++) {
		const struct cs_mls_valid_proposal *w = &p->proposals[j]->valid;

		if (w->p.type == CS_MLS_PROPOSAL_UPDATE &&
		    w->sender.index == v->sender.index)
			return true;
	}
	return false;
}

static bool
add_listed(
    const struct cs_mls_proposal_list *l, const struct cs_mls_valid_proposal *v)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].valid.p.type == CS_MLS_PROPOSAL_ADD &&
		    cs_view_equal(l->v[i].valid.leaf.leaf.signature_key,
			v->leaf.leaf.signature_key))
			return true;
	return false;
}

/* Is a member with this signature key in the tree, and to stay there? */
static bool
stays_member(const struct making *m, const struct cs_mls_valid_proposal *v)
{
	const struct cs_mls_tree *t = &m->g->pub.tree;

	for (uint32_t i = 0; i < t->n_leaves; i++) {
		const struct cs_mls_leaf *leaf = cs_mls_tree_leaf(t, i);

		if (leaf != NULL &&
		    cs_view_equal(
			leaf->signature_key, v->leaf.leaf.signature_key) &&
		    !listed_removal(&m->list, i))
			return true;
	}
	return false;
}

/* Section 12.2: Removes before Updates, the last Update, each Add once. */
static bool
usable(const struct making *m, size_t i)
{
	const struct cs_mls_public *p = &m->g->pub;
	const struct cs_mls_valid_proposal *v = &p->proposals[i]->valid;

	switch (v->p.type) {
	case CS_MLS_PROPOSAL_REMOVE:
		return v->p.remove != m->g->own_leaf &&
		    !listed_removal(&m->list, v->p.remove);
	case CS_MLS_PROPOSAL_UPDATE:
		return v->sender.index != m->g->own_leaf &&
		    !listed_removal(&m->list, v->sender.index) &&
		    !removal_waits(p, v->sender.index) && !superseded(p, i);
	case CS_MLS_PROPOSAL_ADD:
		return !add_listed(&m->list, v) && !stays_member(m, v);
	default:
		return false;
	}
}

/* A proposal by value. */
static enum cs_err
list_own(struct making *m, const struct cs_mls_proposal *p)
{
	const struct cs_mls_sender us = { CS_MLS_SENDER_MEMBER,
		m->g->own_leaf };
	enum cs_err err;

	if ((err = cs_mls_public_check_proposal(
		 &m->list.v[m->list.n].valid, &m->g->pub, p, us, true)))
		return err;
	m->list.n++;
	return CS_OK;
}

static enum cs_err
list_removes(struct making *m)
{
	enum cs_err err;

	for (size_t i = 0; i < m->opt->n_remove; i++) {
		const struct cs_mls_proposal p = {
			.type = CS_MLS_PROPOSAL_REMOVE,
			.remove = m->opt->remove[i],
		};

		if ((err = list_own(m, &p)))
			return err;
	}
	return CS_OK;
}

static enum cs_err
list_adds(struct making *m)
{
	struct cs_mls_proposal p = { .type = CS_MLS_PROPOSAL_ADD };
	enum cs_err err;

	for (size_t i = 0; i < m->opt->n_add; i++)
		if ((err = cs_mls_key_package_parse_message(
			 &p.add, m->opt->add[i])) ||
		    (err = list_own(m, &p)))
			return err;
	return CS_OK;
}

static enum cs_err
make_list(struct making *m)
{
	const struct cs_mls_public *p = &m->g->pub;
	size_t max = m->opt->n_add + m->opt->n_remove + p->n_proposals;
	enum cs_err err;

	if (m->opt->n_add > CS_MLS_MAX_MEMBERS ||
	    m->opt->n_remove > CS_MLS_MAX_MEMBERS)
		return CS_ERR_LIMIT;
	m->list.v = cs_calloc(max, sizeof *m->list.v);
	if (m->list.v == NULL)
		return CS_ERR_NOMEM;
	if ((err = list_removes(m)) || (err = list_adds(m)))
		return err;
	/* Removes first: an Add may need one. */
	for (int adds = 0; adds < 2; adds++)
		for (size_t i = 0; i < p->n_proposals; i++) {
			const struct cs_mls_stored_proposal *s =
			    p->proposals[i];
			bool add = s->valid.p.type == CS_MLS_PROPOSAL_ADD;

			if (add != (adds == 1) || !usable(m, i))
				continue;
			m->list.v[m->list.n].valid = s->valid;
			m->list.v[m->list.n++].stored = s;
		}
	return m->list.n > CS_MLS_MAX_PROPOSALS ? CS_ERR_LIMIT : CS_OK;
}

/* Fresh keys on our path, encrypted to everybody else. */
static enum cs_err
make_path(struct making *m)
{
	struct cs_mls_change *c = &m->staged->change;
	struct cs_mls_private_tree *private = &m->staged->private;
	struct cs_mls_leaf leaf =
	    *cs_mls_tree_leaf(&c->next.tree, m->g->own_leaf);
	struct cs_buf old = { 0 };
	struct cs_reader r;
	enum cs_err err;

	/* The old leaf goes away while the new one is made of it. */
	if ((err = cs_buf_set(&old, leaf.raw)))
		goto out;
	r = cs_reader(cs_buf_view(&old));
	cs_mls_leaf_read(&r, &leaf);
	if ((err = cs_reader_end(&r)) ||
	    (err = cs_mls_path_secrets_new(
		 &m->path, c->next.suite, c->path.n)) ||
	    (err = cs_mls_change_set_own_path(
		 c, &m->path, &leaf, m->g->signer, &m->leaf)))
		goto out;
	cs_mls_private_tree_set(
	    private, cs_mls_leaf_to_node(m->g->own_leaf), &m->path.leaf);
	for (size_t i = 0; i < m->path.n; i++)
		cs_mls_private_tree_set(
		    private, c->path.v[i].node, &m->path.key[i]);
out:
	cs_buf_free(&old);
	return err;
}

/* Tree and provisional context of the next epoch. */
static enum cs_err
make_change(struct making *m)
{
	struct cs_mls_staged *s = m->staged;
	struct cs_mls_change *c = &s->change;
	enum cs_err err;

	m->has_path =
	    m->opt->force_path || cs_mls_proposal_list_needs_path(&m->list);
	if ((err = cs_mls_change_begin(
		 c, &m->g->pub, &m->list, m->g->own_leaf)))
		return err;
	s->private = m->g->private;
	cs_mls_private_tree_sync(&s->private, &c->next.tree);
	if (m->has_path && (err = make_path(m)))
		return err;
	if ((err = cs_mls_change_settle(c)))
		return err;
	if (!m->has_path)
		return CS_OK;
	return cs_mls_path_encrypt(&m->nodes, &c->next.tree, &c->path, &m->path,
	    cs_buf_view(&c->provisional), c->added, c->n_added);
}

static enum cs_err
write_commit(struct making *m)
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

/* Signature, transcript, key schedule, confirmation tag. */
static enum cs_err
sign_commit(struct making *m)
{
	struct cs_mls_staged *s = m->staged;
	struct cs_mls_public *next = &s->change.next;
	const struct cs_suite *suite = next->suite;
	struct cs_mls_unverified *c = &m->content;
	enum cs_err err;

	c->wire = CS_MLS_WIRE_PUBLIC;
	c->framed = cs_mls_group_frame(m->g, CS_MLS_CONTENT_COMMIT,
	    m->opt->authenticated_data, cs_buf_view(&m->body));
	c->signature = CS_VIEW_OF(m->signature);
	c->confirmation_tag = cs_view(m->tag, suite->hash_len);
	if ((err = cs_mls_framed_sign(m->signature, &c->signature.len, c->wire,
		 &c->framed, m->g->signer,
		 cs_mls_public_context(&m->g->pub))) ||
	    (err = cs_mls_change_confirm(
		 &s->change, c->wire, &c->framed, c->signature)) ||
	    (err = cs_mls_staged_derive(
		 s, &m->joiner, &m->g->secrets.init, &m->path.commit)) ||
	    (err = cs_mls_confirmation_tag(m->tag, suite,
		 &s->secrets.confirmation, cs_mls_hash_view(&next->confirmed))))
		return err;
	return cs_mls_change_finish(&s->change, c->confirmation_tag);
}

static enum cs_err
make_welcome(struct cs_buf *out, struct making *m)
{
	const struct cs_mls_change *c = &m->staged->change;
	struct cs_buf info = { 0 };
	struct cs_mls_welcome_input in = {
		.change = c,
		.list = &m->list,
		.path = m->has_path ? &m->path : NULL,
		.joiner = &m->joiner,
	};
	enum cs_err err;

	if ((err = cs_mls_group_info_make(&info, &c->next, m->opt->welcome_exts,
		 m->content.confirmation_tag, m->g->own_leaf, m->g->signer)))
		goto out;
	in.group_info = cs_buf_view(&info);
	err = cs_mls_welcome_make(out, &in);
out:
	cs_buf_free(&info);
	return err;
}

static enum cs_err
make(struct making *m, struct cs_buf *commit, struct cs_buf *welcome)
{
	const struct cs_mls_group *g = m->g;
	enum cs_err err;

	m->staged = cs_calloc(1, sizeof *m->staged);
	if (m->staged == NULL)
		return CS_ERR_NOMEM;
	if ((err = make_list(m)) || (err = make_change(m)) ||
	    (err = write_commit(m)) || (err = sign_commit(m)) ||
	    (err = cs_mls_public_message_seal(commit, &m->content, g->pub.suite,
		 &g->secrets.membership, cs_mls_public_context(&g->pub))))
		return err;
	if (m->staged->change.n_added == 0)
		return CS_OK;
	return make_welcome(welcome, m);
}

enum cs_err
cs_mls_commit_new(struct cs_mls_staged **staged, struct cs_buf *commit,
    struct cs_buf *welcome, struct cs_mls_group *g,
    const struct cs_mls_commit_options *opt)
{
	struct making m = { .g = g, .opt = opt };
	struct cs_buf c = { 0 }, w = { 0 };
	enum cs_err err;

	*staged = NULL;
	if (g->ended)
		return CS_ERR_MEMBER;
	if ((err = make(&m, &c, &w)))
		goto out;
	/* Others would refuse it. */
	if (c.len > CS_MLS_MAX_MESSAGE) {
		err = CS_ERR_LIMIT;
		goto out;
	}
	if ((err = cs_buf_reserve(welcome, w.len)) ||
	    (err = cs_buf_add(commit, cs_buf_view(&c))) ||
	    (err = cs_buf_add(welcome, cs_buf_view(&w))))
		goto out;
	*staged = m.staged;
	m.staged = NULL;
out:
	making_clear(&m);
	cs_buf_free(&c);
	cs_buf_free(&w);
	return err;
}
