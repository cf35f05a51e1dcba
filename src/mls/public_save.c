/* SPDX-License-Identifier: MIT */
#include "mls/public_save.h"

#include <string.h>

#include "base/alloc.h"
#include "base/writer.h"
#include "mls/framing.h"
#include "mls/public_state.h"
#include "mls/save.h"
#include "mls/tree_leaf.h"
#include "mls/tree_save.h"

/*
 * The public half on disk: GroupContext<V>, interim hash<V>, a committed
 * ReInit<V> or nothing, stored proposals<V>: of each sender, reference<V> and
 * Proposal<V>; then the tree (tree_save.c), up to the end.
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
	cs_write_vec(w, cs_buf_view(&p->reinit));
	mark = cs_write_open(w);
	for (size_t i = 0; i < p->n_proposals; i++)
		write_stored(w, p->proposals[i]);
	cs_write_close(w, mark);
	cs_mls_tree_save(w, &p->tree);
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
	bool member = v->sender.type == CS_MLS_SENDER_MEMBER;
	enum cs_err err;

	if ((err = cs_mls_proposal_parse(&v->p, cs_buf_view(&s->raw))))
		return err;
	if (member && !cs_mls_tree_has(&p->tree, v->sender.index))
		return CS_ERR_CORRUPT;
	switch (v->p.type) {
	case CS_MLS_PROPOSAL_ADD:
		v->leaf.leaf = v->p.add.leaf;
		return CS_OK;
	case CS_MLS_PROPOSAL_UPDATE:
		v->leaf.leaf = v->p.update;
		return member ? CS_OK : CS_ERR_CORRUPT;
	case CS_MLS_PROPOSAL_SELF_REMOVE:
		return member ? CS_OK : CS_ERR_CORRUPT;
	case CS_MLS_PROPOSAL_REMOVE:
		return cs_mls_tree_has(&p->tree, v->p.remove) ? CS_OK
							      : CS_ERR_CORRUPT;
	case CS_MLS_PROPOSAL_EXTERNAL_INIT:
		return CS_ERR_CORRUPT;
	default:
		return CS_OK;
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
read_context(struct cs_mls_public *out, struct cs_view context)
{
	struct cs_reader r = cs_reader(context);
	struct cs_mls_group_context c;
	enum cs_err err;

	cs_mls_group_context_read(&r, &c);
	read_hash(&r, c.confirmed_transcript_hash, &out->confirmed);
	if ((err = cs_reader_end(&r)))
		return err;
	out->suite = cs_suite_find(c.suite_id);
	out->epoch = c.epoch;
	if (out->suite == NULL)
		return CS_ERR_CORRUPT;
	if ((err = cs_buf_set(&out->group_id, c.group_id)) ||
	    (err = cs_buf_set(&out->extensions, c.extensions.raw)))
		return err;
	return cs_buf_set(&out->context, context);
}

enum cs_err
cs_mls_public_read(struct cs_mls_public *out, struct cs_buf *saved,
    enum cs_mls_saved kind, const struct cs_mls_options *opt)
{
	struct cs_mls_proposal reinit;
	struct cs_view context, pending;
	struct cs_reader r, sub;
	enum cs_err err;

	cs_buf_move(&out->saved, saved);
	r = cs_reader(cs_buf_view(&out->saved));
	cs_mls_saved_read(&r, kind);
	context = cs_read_vec(&r);
	out->opt = *opt;
	read_hash(&r, cs_read_vec(&r), &out->interim);
	pending = cs_read_vec(&r);
	sub = cs_read_sub(&r);
	if (r.err != CS_OK)
		return cs_mls_saved_error(r.err);
	if ((err = read_context(out, context)) ||
	    (err = cs_buf_set(&out->reinit, pending)) ||
	    (pending.len != 0 &&
		(err = cs_mls_proposal_parse(&reinit, pending))) ||
	    (err = cs_mls_tree_load(
		 &out->tree, out->suite, cs_view(r.data, r.left))))
		return cs_mls_saved_error(err);
	if (pending.len != 0 && reinit.type != CS_MLS_PROPOSAL_REINIT)
		return CS_ERR_CORRUPT;
	while (cs_reader_more(&sub))
		read_stored(&sub, out);
	return cs_mls_saved_error(cs_reader_end(&sub));
}
