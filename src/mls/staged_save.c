/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"
#include "mls/change.h"
#include "mls/group.h"
#include "mls/leaf_node.h"
#include "mls/public_save.h"
#include "mls/public_state.h"
#include "mls/save.h"
#include "mls/secrets_save.h"
#include "mls/tree_save.h"

/* Members that come and go. */
static void
write_change(struct cs_writer *w, const struct cs_mls_change *c)
{
	size_t mark;

	cs_write_u32(w, c->committer);
	cs_write_u8(w, c->external);
	mark = cs_write_open(w);
	for (size_t i = 0; i < c->n_added; i++)
		cs_write_u32(w, c->added[i]);
	cs_write_close(w, mark);
	mark = cs_write_open(w);
	for (size_t i = 0; i < c->n_removed; i++) {
		cs_write_u32(w, c->removed[i].leaf);
		cs_write_u8(w, (uint8_t)c->removed[i].by.type);
		cs_write_u32(w, c->removed[i].by.index);
		cs_write_vec(w, cs_buf_view(&c->removed[i].raw));
	}
	cs_write_close(w, mark);
	cs_write_vec(w, cs_buf_view(&c->ephemeral));
	/* The public half, as that of a group. */
	mark = cs_write_open(w);
	cs_mls_saved_write(w, CS_MLS_SAVED_PUBLIC);
	cs_mls_public_write(w, &c->next);
	cs_write_close(w, mark);
}

enum cs_err
cs_mls_staged_save(const struct cs_mls_staged *s, struct cs_buf *out)
{
	const struct cs_suite *suite = s->change.next.suite;
	struct cs_writer w = cs_writer(out);
	size_t before = out->len;

	cs_mls_saved_write(&w, CS_MLS_SAVED_STAGED);
	cs_write_bytes(&w, CS_VIEW_OF(s->message_hash));
	write_change(&w, &s->change);
	cs_write_vec(&w,
	    s->signer == NULL ? cs_view(NULL, 0)
			      : cs_signer_private(s->signer));
	cs_write_u8(&w, s->self_removed);
	if (!s->self_removed) {
		cs_mls_write_secrets(&w, suite, &s->secrets);
		cs_mls_secret_tree_write(&w, &s->keys);
		cs_mls_write_private(&w, &s->private);
	}
	return cs_mls_write_end(&w, before);
}

static enum cs_err
read_added(struct cs_reader *r, struct cs_mls_change *c)
{
	struct cs_reader sub = cs_read_sub(r);
	size_t n = sub.left / 4;

	c->added = cs_calloc(n, sizeof *c->added);
	if (c->added == NULL)
		return CS_ERR_NOMEM;
	while (c->n_added < n)
		c->added[c->n_added++] = cs_read_u32(&sub);
	cs_read_sub_end(r, &sub);
	return r->err;
}

static enum cs_err
read_removed(struct cs_reader *r, struct cs_mls_change *c)
{
	struct cs_reader sub = cs_read_sub(r);
	struct cs_mls_removed *grown;
	struct cs_mls_leaf leaf;
	struct cs_view raw;
	enum cs_err err;

	while (cs_reader_more(&sub)) {
		grown = cs_grow(
		    c->removed, c->n_removed, c->n_removed + 1, sizeof *grown);
		if (grown == NULL)
			return CS_ERR_NOMEM;
		c->removed = grown;
		grown += c->n_removed++;
		grown->leaf = cs_read_u32(&sub);
		grown->by.type = cs_read_u8(&sub);
		grown->by.index = cs_read_u32(&sub);
		raw = cs_read_vec(&sub);
		if (sub.err == CS_OK &&
		    ((err = cs_mls_leaf_parse(&leaf, raw)) ||
			(err = cs_buf_set(&grown->raw, raw))))
			return err;
	}
	cs_read_sub_end(r, &sub);
	return r->err;
}

static enum cs_err
read_public(struct cs_reader *r, struct cs_mls_public *out,
    const struct cs_mls_options *opt)
{
	struct cs_view saved = cs_read_vec(r);
	struct cs_buf copy = { 0 };
	enum cs_err err;

	if (r->err != CS_OK)
		return r->err;
	if ((err = cs_buf_set(&copy, saved)) == CS_OK &&
	    (err = cs_mls_public_read(out, &copy, CS_MLS_SAVED_PUBLIC, opt)) ==
		CS_OK &&
	    (err = cs_mls_tree_thaw(&out->tree)) == CS_OK)
		cs_buf_free(&out->saved);
	cs_buf_free(&copy);
	return err;
}

static enum cs_err
read_secrets(struct cs_reader *r, struct cs_mls_staged *s)
{
	const struct cs_mls_public *next = &s->change.next;
	enum cs_err err;

	cs_mls_read_secrets(r, next->suite, &s->secrets);
	if ((err = cs_mls_secret_tree_read(r, &s->keys, next->suite)))
		return err;
	cs_mls_read_private(r, next->suite, &s->private);
	if (r->err == CS_OK && s->keys.n_leaves != next->tree.n_leaves)
		return CS_ERR_CORRUPT;
	return r->err;
}

static enum cs_err
read_staged(
    struct cs_reader *r, struct cs_mls_staged *s, const struct cs_mls_group *g)
{
	struct cs_mls_change *c = &s->change;
	struct cs_view ephemeral, signer;
	enum cs_err err;

	cs_mls_saved_read(r, CS_MLS_SAVED_STAGED);
	cs_read_copy(r, s->message_hash, sizeof s->message_hash);
	c->committer = cs_read_u32(r);
	c->external = cs_read_optional(r);
	if (r->err != CS_OK)
		return r->err;
	if ((err = read_added(r, c)) || (err = read_removed(r, c)))
		return err;
	ephemeral = cs_read_vec(r);
	if ((err = cs_buf_set(&c->ephemeral, ephemeral)) ||
	    (err = read_public(r, &c->next, &g->pub.opt)))
		return err;
	signer = cs_read_vec(r);
	if (r->err == CS_OK && signer.len != 0 &&
	    (err = cs_signer_from_private(
		 &s->signer, c->next.suite->sig, signer)))
		return err;
	s->self_removed = cs_read_optional(r);
	if (r->err != CS_OK)
		return r->err;
	if (!s->self_removed && (err = read_secrets(r, s)))
		return err;
	return cs_reader_end(r);
}

/* Does it go on from where ${g} is? */
static enum cs_err
check_fit(const struct cs_mls_staged *s, const struct cs_mls_group *g)
{
	const struct cs_mls_public *next = &s->change.next;

	if (next->suite != g->pub.suite ||
	    !cs_view_equal(
		cs_buf_view(&next->group_id), cs_buf_view(&g->pub.group_id)))
		return CS_ERR_MISMATCH;
	if (next->epoch != g->pub.epoch + 1)
		return CS_ERR_EPOCH;
	return CS_OK;
}

enum cs_err
cs_mls_staged_load(
    struct cs_mls_staged **out, struct cs_mls_group *g, struct cs_view saved)
{
	struct cs_reader r = cs_reader(saved);
	struct cs_mls_staged *s = cs_calloc(1, sizeof *s);
	enum cs_err err;

	*out = NULL;
	if (s == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_mls_saved_error(read_staged(&r, s, g))) ||
	    (err = check_fit(s, g))) {
		cs_mls_staged_free(s);
		return err;
	}
	*out = s;
	return CS_OK;
}
