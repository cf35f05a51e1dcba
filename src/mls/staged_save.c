/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"
#include "mls/save.h"

/* Who comes and who goes. */
static void
write_change(struct cs_writer *w, const struct cs_mls_change *c)
{
	size_t mark;

	cs_mls_public_write(w, &c->next);
	cs_write_u32(w, c->committer);
	mark = cs_write_open(w);
	for (size_t i = 0; i < c->n_added; i++)
		cs_write_u32(w, c->added[i]);
	cs_write_close(w, mark);
	mark = cs_write_open(w);
	for (size_t i = 0; i < c->n_removed; i++) {
		cs_write_u32(w, c->removed[i].leaf);
		cs_write_u8(w, c->removed[i].external);
		cs_write_vec(w, c->removed[i].node->leaf.raw);
	}
	cs_write_close(w, mark);
}

enum cs_err
cs_mls_staged_save(const struct cs_mls_staged *s, struct cs_buf *out)
{
	const struct cs_suite *suite = s->change.next.suite;
	struct cs_writer w = cs_writer(out);

	cs_mls_saved_write(&w, CS_MLS_SAVED_STAGED);
	write_change(&w, &s->change);
	cs_write_u8(&w, s->self_removed);
	if (!s->self_removed) {
		cs_mls_write_secrets(&w, suite, &s->secrets);
		cs_mls_secret_tree_write(&w, &s->keys);
		cs_mls_write_private(&w, &s->private);
	}
	return cs_writer_end(&w);
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
	struct cs_view raw;
	enum cs_err err;

	while (cs_reader_more(&sub)) {
		grown = cs_grow(
		    c->removed, c->n_removed, c->n_removed + 1, sizeof *grown);
		if (grown == NULL)
			return CS_ERR_NOMEM;
		c->removed = grown;
		grown += c->n_removed;
		grown->leaf = cs_read_u32(&sub);
		grown->external = cs_read_u8(&sub) != 0;
		raw = cs_read_vec(&sub);
		if ((err = cs_mls_leaf_node_new(&grown->node, raw)))
			return err;
		c->n_removed++;
	}
	cs_read_sub_end(r, &sub);
	return r->err;
}

static enum cs_err
read_secrets(struct cs_reader *r, struct cs_mls_staged *s)
{
	const struct cs_mls_public *next = &s->change.next;
	enum cs_err err;

	cs_mls_read_secrets(r, next->suite, &s->secrets);
	if ((err = cs_mls_secret_tree_read(r, &s->keys, next->suite)))
		return err;
	cs_mls_read_private(r, &next->tree, &s->private);
	if (r->err == CS_OK && s->keys.n_leaves != next->tree.n_leaves)
		return CS_ERR_CORRUPT;
	return r->err;
}

static enum cs_err
read_staged(
    struct cs_reader *r, struct cs_mls_staged *s, const struct cs_mls_group *g)
{
	uint8_t removed;
	enum cs_err err;

	cs_mls_saved_read(r, CS_MLS_SAVED_STAGED);
	if (r->err != CS_OK)
		return r->err;
	if ((err = cs_mls_public_read(r, &s->change.next, &g->pub.opt)))
		return err;
	s->change.committer = cs_read_u32(r);
	if ((err = read_added(r, &s->change)) ||
	    (err = read_removed(r, &s->change)))
		return err;
	removed = cs_read_u8(r);
	s->self_removed = removed == 1;
	if (removed > 1)
		return CS_ERR_CORRUPT;
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
cs_mls_staged_load(struct cs_mls_staged **out, const struct cs_mls_group *g,
    struct cs_view saved)
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
