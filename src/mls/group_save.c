/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/alloc.h"
#include "crypto/hash.h"
#include "mls/group.h"
#include "mls/leaf_node.h"
#include "mls/public_save.h"
#include "mls/public_state.h"
#include "mls/save.h"
#include "mls/secrets_save.h"
#include "mls/tree_leaf.h"
#include "mls/tree_save.h"

/*
 * The secret half on disk; the public one is that of public_save.c.  The hash
 * of the GroupContext ties the two together: halves of different epochs are
 * CS_ERR_CORRUPT.
 */

static enum cs_err
tie(uint8_t out[static CS_SHA256_LEN], const struct cs_mls_group *g)
{
	return cs_sha256(out, cs_mls_public_context(&g->pub));
}

static void
write_past(struct cs_writer *w, const struct cs_mls_group *g,
    const struct cs_mls_past_epoch *p)
{
	size_t mark;

	cs_write_u64(w, p->epoch);
	cs_write_u64(w, p->ended_s);
	cs_write_bytes(w, cs_view(p->sender_data.b, g->pub.suite->hash_len));
	cs_write_vec(w, cs_buf_view(&p->context));
	cs_write_u32(w, p->n_leaves);
	cs_mls_secret_tree_write(w, &p->keys);
	mark = cs_write_open(w);
	for (size_t i = 0; i < p->n_changed; i++) {
		cs_write_u32(w, p->changed[i].leaf);
		cs_write_vec(w, cs_buf_view(&p->changed[i].raw));
	}
	cs_write_close(w, mark);
}

static void
write_lists(struct cs_writer *w, const struct cs_mls_group *g)
{
	size_t mark = cs_write_open(w);

	for (size_t i = 0; i < g->n_updates; i++)
		cs_mls_write_hpke_key(w, &g->updates[i]);
	cs_write_close(w, mark);
	mark = cs_write_open(w);
	for (size_t i = 0; i < g->n_past; i++)
		write_past(w, g, &g->past[i]);
	cs_write_close(w, mark);
	mark = cs_write_open(w);
	for (size_t i = 0; i < g->n_psks; i++) {
		cs_write_u64(w, g->psks[i].epoch);
		cs_write_bytes(
		    w, cs_view(g->psks[i].psk.b, g->pub.suite->hash_len));
	}
	cs_write_close(w, mark);
}

static enum cs_err
write_secret(struct cs_writer *w, const struct cs_mls_group *g)
{
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err;

	if ((err = tie(hash, g)))
		return err;
	cs_mls_saved_write(w, CS_MLS_SAVED_GROUP);
	cs_write_bytes(w, CS_VIEW_OF(hash));
	cs_write_u32(w, g->own_leaf);
	cs_write_u32(w, g->welcomed_by);
	cs_write_u8(w, g->ended);
	cs_write_vec(w, cs_signer_private(g->signer));
	if (!g->ended) {
		cs_mls_write_secrets(w, g->pub.suite, &g->secrets);
		cs_mls_secret_tree_write(w, &g->keys);
		cs_mls_write_private(w, &g->private);
		cs_write_u8(w, g->exporter.root != NULL);
		if (g->exporter.root != NULL)
			cs_mls_secret_tree_write(w, &g->exporter);
	}
	write_lists(w, g);
	return cs_writer_end(w);
}

enum cs_err
cs_mls_group_save(
    struct cs_mls_group *g, struct cs_buf *public, struct cs_buf *secret)
{
	struct cs_buf p = { 0 }, s = { 0 };
	struct cs_writer wp = cs_writer(&p), ws = cs_writer(&s);
	enum cs_err err;

	if (public == NULL && g->public_changed)
		return CS_ERR_MISUSE;
	if (public != NULL) {
		cs_mls_saved_write(&wp, CS_MLS_SAVED_PUBLIC);
		cs_mls_public_write(&wp, &g->pub);
	}
	if ((err = cs_writer_end(&wp)) || (err = write_secret(&ws, g)) ||
	    (err = cs_buf_reserve(secret, s.len)) ||
	    (public != NULL && (err = cs_buf_add(public, cs_buf_view(&p)))))
		goto out;
	if ((err = cs_buf_add(secret, cs_buf_view(&s))) == CS_OK &&
	    public != NULL)
		g->public_changed = false;
out:
	cs_buf_free(&p);
	cs_buf_free(&s);
	return err;
}

bool
cs_mls_group_public_changed(const struct cs_mls_group *g)
{
	return g->public_changed;
}

/* ---- reading ------------------------------------------------------------ */

static enum cs_err
read_changed(struct cs_reader *r, struct cs_mls_past_epoch *p)
{
	struct cs_reader sub = cs_read_sub(r), count = sub;
	struct cs_mls_leaf leaf;
	size_t n = 0;
	enum cs_err err;

	for (; cs_reader_more(&count); n++) {
		cs_read_u32(&count);
		cs_read_vec(&count);
	}
	if (count.err != CS_OK)
		return count.err;
	p->changed = cs_calloc(n, sizeof *p->changed);
	if (p->changed == NULL)
		return CS_ERR_NOMEM;
	p->cap_changed = n;
	while (p->n_changed < n) {
		struct cs_mls_past_leaf *to = &p->changed[p->n_changed++];
		struct cs_view raw;

		to->leaf = cs_read_u32(&sub);
		raw = cs_read_vec(&sub);
		if ((p->n_changed > 1 && to->leaf <= to[-1].leaf) ||
		    (raw.len != 0 && cs_mls_leaf_parse(&leaf, raw) != CS_OK))
			return CS_ERR_CORRUPT;
		if ((err = cs_buf_set(&to->raw, raw)))
			return err;
	}
	cs_read_sub_end(r, &sub);
	return r->err;
}

static enum cs_err
read_past(struct cs_reader *r, struct cs_mls_group *g)
{
	struct cs_mls_past_epoch *grown, *p;
	struct cs_view context;
	enum cs_err err;

	grown = cs_grow(g->past, g->n_past, g->n_past + 1, sizeof *grown);
	if (grown == NULL)
		return CS_ERR_NOMEM;
	g->past = grown;
	p = &g->past[g->n_past++];
	p->epoch = cs_read_u64(r);
	p->ended_s = cs_read_u64(r);
	cs_read_copy(r, p->sender_data.b, g->pub.suite->hash_len);
	context = cs_read_vec(r);
	p->n_leaves = cs_read_u32(r);
	if ((err = cs_buf_set(&p->context, context)) ||
	    (err = cs_mls_secret_tree_read(r, &p->keys, g->pub.suite)))
		return err;
	if (p->keys.n_leaves != p->n_leaves)
		return CS_ERR_CORRUPT;
	return read_changed(r, p);
}

static enum cs_err
read_updates(struct cs_reader *r, struct cs_mls_group *g)
{
	struct cs_reader sub = cs_read_sub(r);
	struct cs_hpke_key *grown;

	while (cs_reader_more(&sub)) {
		grown = cs_grow(
		    g->updates, g->n_updates, g->n_updates + 1, sizeof *grown);
		if (grown == NULL)
			return CS_ERR_NOMEM;
		g->updates = grown;
		cs_mls_read_hpke_key(
		    &sub, g->pub.suite, &g->updates[g->n_updates++]);
	}
	cs_read_sub_end(r, &sub);
	return r->err;
}

static enum cs_err
read_psks(struct cs_reader *r, struct cs_mls_group *g)
{
	struct cs_reader sub = cs_read_sub(r);
	size_t each = 8u + g->pub.suite->hash_len, n = sub.left / each;

	g->psks = cs_calloc(n, sizeof *g->psks);
	if (g->psks == NULL)
		return CS_ERR_NOMEM;
	for (; g->n_psks < n; g->n_psks++) {
		struct cs_mls_past_psk *to = &g->psks[g->n_psks];

		to->epoch = cs_read_u64(&sub);
		cs_read_copy(&sub, to->psk.b, g->pub.suite->hash_len);
	}
	cs_read_sub_end(r, &sub);
	return r->err;
}

/* The secrets of the current epoch. */
static enum cs_err
read_epoch(struct cs_reader *r, struct cs_mls_group *g)
{
	const struct cs_suite *suite = g->pub.suite;
	enum cs_err err;

	/* Still a member: its leaf is there, and so is the key of it. */
	if (!cs_mls_tree_has(&g->pub.tree, g->own_leaf))
		return CS_ERR_CORRUPT;
	cs_mls_read_secrets(r, suite, &g->secrets);
	if ((err = cs_mls_secret_tree_read(r, &g->keys, suite)))
		return err;
	cs_mls_read_private(r, suite, &g->private);
	if (cs_read_optional(r) &&
	    (err = cs_mls_secret_tree_read(r, &g->exporter, suite)))
		return err;
	if (r->err != CS_OK)
		return r->err;
	if (g->keys.n_leaves != g->pub.tree.n_leaves ||
	    (g->exporter.root != NULL && g->exporter.n_leaves != 1u << 16) ||
	    cs_mls_private_tree_get(
		&g->private, cs_mls_leaf_to_node(g->own_leaf)) == NULL)
		return CS_ERR_CORRUPT;
	return CS_OK;
}

static enum cs_err
read_secret(struct cs_reader *r, struct cs_mls_group *g)
{
	uint8_t hash[CS_SHA256_LEN], want[CS_SHA256_LEN];
	struct cs_view private;
	struct cs_reader sub;
	enum cs_err err;

	cs_mls_saved_read(r, CS_MLS_SAVED_GROUP);
	cs_read_copy(r, hash, sizeof hash);
	g->own_leaf = cs_read_u32(r);
	g->welcomed_by = cs_read_u32(r);
	g->ended = cs_read_optional(r);
	private = cs_read_vec(r);
	if (r->err != CS_OK)
		return r->err;
	if ((err = tie(want, g)) ||
	    (err = cs_signer_from_private(
		 &g->signer, g->pub.suite->sig, private)))
		return err;
	if (!cs_view_equal(CS_VIEW_OF(hash), CS_VIEW_OF(want)))
		return CS_ERR_CORRUPT;
	if ((!g->ended && (err = read_epoch(r, g))) ||
	    (err = read_updates(r, g)))
		return err;
	sub = cs_read_sub(r);
	while (cs_reader_more(&sub))
		if ((err = read_past(&sub, g)))
			return err;
	cs_read_sub_end(r, &sub);
	if ((err = read_psks(r, g)))
		return err;
	return cs_reader_end(r);
}

enum cs_err
cs_mls_group_load(struct cs_mls_group **out, struct cs_buf *public,
    struct cs_view secret, const struct cs_mls_options *opt)
{
	struct cs_reader r = cs_reader(secret);
	struct cs_mls_group *g = cs_calloc(1, sizeof *g);
	enum cs_err err;

	*out = NULL;
	if (g == NULL) {
		cs_buf_free(public);
		return CS_ERR_NOMEM;
	}
	if ((err = cs_mls_public_read(
		 &g->pub, public, CS_MLS_SAVED_PUBLIC, opt)) == CS_OK &&
	    (err = read_secret(&r, g)) == CS_OK) {
		*out = g;
		return CS_OK;
	}
	cs_mls_group_free(g);
	return cs_mls_saved_error(err);
}
