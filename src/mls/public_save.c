/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/alloc.h"
#include "mls/public_state.h"

/*
 * The public half on disk: GroupContext<V>, interim hash<V>, ratchet_tree,
 * then each stored proposal: sender, reference<V>, Proposal<V>.
 */

static void
write_stored(struct cs_writer *w, const struct cs_mls_stored_proposal *s)
{
	cs_write_u8(w, (uint8_t)s->valid.sender.type);
	cs_write_u32(w, s->valid.sender.index);
	cs_write_vec(w, cs_mls_hash_view(&s->ref));
	cs_write_vec(w, cs_buf_view(&s->raw));
}

void
cs_mls_public_write(struct cs_writer *w, const struct cs_mls_public *p)
{
	size_t mark;

	cs_write_vec(w, cs_mls_public_context(p));
	cs_write_vec(w, cs_mls_hash_view(&p->interim));
	cs_mls_tree_write(w, &p->tree);
	mark = cs_write_open(w);
	for (size_t i = 0; i < p->n_proposals; i++)
		write_stored(w, p->proposals[i]);
	cs_write_close(w, mark);
}

static void
read_hash(struct cs_reader *r, struct cs_view v, struct cs_mls_hash *out)
{
	if (v.len > CS_HASH_MAX)
		cs_reader_fail(r, CS_ERR_CORRUPT);
	if (r->err != CS_OK)
		return;
	if (v.len != 0)
		memcpy(out->b, v.data, v.len);
	out->len = (uint8_t)v.len;
}

/* What was valid when it was stored is valid now. */
static enum cs_err
restore_proposal(
    struct cs_mls_stored_proposal *s, const struct cs_mls_public *p)
{
	struct cs_mls_valid_proposal *v = &s->valid;
	enum cs_err err;

	if ((err = cs_mls_proposal_parse(&v->p, cs_buf_view(&s->raw))))
		return err;
	switch (v->p.type) {
	case CS_MLS_PROPOSAL_ADD:
		v->leaf.leaf = v->p.add.leaf;
		return CS_OK;
	case CS_MLS_PROPOSAL_UPDATE:
		v->leaf.leaf = v->p.update;
		return cs_mls_tree_leaf(&p->tree, v->sender.index) == NULL
		    ? CS_ERR_CORRUPT
		    : CS_OK;
	case CS_MLS_PROPOSAL_REMOVE:
		return cs_mls_tree_leaf(&p->tree, v->p.remove) == NULL
		    ? CS_ERR_CORRUPT
		    : CS_OK;
	default:
		return CS_ERR_CORRUPT;
	}
}

static void
read_stored(struct cs_reader *r, struct cs_mls_public *p)
{
	struct cs_mls_stored_proposal *s = cs_calloc(1, sizeof *s);
	struct cs_mls_stored_proposal **grown;
	struct cs_view raw;
	enum cs_err err;

	grown = cs_grow(
	    p->proposals, p->n_proposals, p->n_proposals + 1, sizeof *grown);
	if (grown != NULL) {
		p->proposals = grown;
		p->cap_proposals = p->n_proposals + 1;
	}
	if (s == NULL || grown == NULL) {
		cs_free_plain(s);
		cs_reader_fail(r, CS_ERR_NOMEM);
		return;
	}
	p->proposals[p->n_proposals++] = s;
	s->valid.sender.type = (enum cs_mls_sender_type)cs_read_u8(r);
	s->valid.sender.index = cs_read_u32(r);
	read_hash(r, cs_read_vec(r), &s->ref);
	raw = cs_read_vec(r);
	if (r->err == CS_OK &&
	    ((err = cs_buf_set(&s->raw, raw)) ||
		(err = restore_proposal(s, p))))
		cs_reader_fail(r, err);
}

static enum cs_err
read_context(struct cs_mls_public *out, struct cs_mls_group_context *c,
    struct cs_view context)
{
	struct cs_reader r = cs_reader(context);
	enum cs_err err;

	cs_mls_group_context_read(&r, c);
	read_hash(&r, c->confirmed_transcript_hash, &out->confirmed);
	if ((err = cs_reader_end(&r)))
		return err;
	out->suite = cs_suite_find(c->suite_id);
	out->epoch = c->epoch;
	if (out->suite == NULL)
		return CS_ERR_CORRUPT;
	if ((err = cs_buf_set(&out->group_id, c->group_id)) ||
	    (err = cs_buf_set(&out->extensions, c->extensions.raw)))
		return err;
	return CS_OK;
}

/* The tree that belongs to the context, as it was checked on its way in. */
static enum cs_err
read_tree(struct cs_mls_public *out, const struct cs_mls_group_context *c,
    struct cs_view in)
{
	struct cs_mls_unverified_tree tree = { 0 };
	uint8_t hash[CS_HASH_MAX];
	enum cs_err err;

	if ((err = cs_mls_tree_parse(&tree, out->suite, in)) ||
	    (err = cs_mls_tree_check_unmerged(&tree.tree)) ||
	    (err = cs_mls_tree_root_hash(hash, &tree.tree)))
		goto out;
	if (!cs_view_equal(c->tree_hash, cs_view(hash, out->suite->hash_len))) {
		err = CS_ERR_CORRUPT;
		goto out;
	}
	out->tree = tree.tree;
	tree.tree = (struct cs_mls_tree){ 0 };
out:
	cs_mls_tree_clear(&tree.tree);
	return err;
}

enum cs_err
cs_mls_public_read(struct cs_reader *r, struct cs_mls_public *out,
    const struct cs_mls_options *opt)
{
	struct cs_view context = cs_read_vec(r);
	struct cs_mls_group_context c;
	struct cs_reader sub;
	const uint8_t *start;
	enum cs_err err;

	out->opt = *opt;
	read_hash(r, cs_read_vec(r), &out->interim);
	start = r->data;
	cs_read_vec(r);
	if (r->err != CS_OK)
		return r->err;
	if ((err = read_context(out, &c, context)) ||
	    (err = read_tree(out, &c, cs_mls_read_since(r, start))))
		return err;
	sub = cs_read_sub(r);
	while (cs_reader_more(&sub))
		read_stored(&sub, out);
	cs_read_sub_end(r, &sub);
	if (r->err != CS_OK)
		return r->err;
	return cs_mls_public_update_context(out);
}
