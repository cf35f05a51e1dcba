/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/alloc.h"
#include "mls/save.h"

/* How a leaf of a past epoch is written. */
enum past_leaf {
	LEAF_BLANK = 0,
	LEAF_CURRENT = 1, /* the same as now */
	LEAF_OWN_BYTES = 2,
};

static void
write_past(struct cs_writer *w, const struct cs_mls_group *g,
    const struct cs_mls_past_epoch *p)
{
	size_t mark;

	cs_write_u64(w, p->epoch);
	cs_write_bytes(w, cs_view(p->sender_data.b, g->pub.suite->hash_len));
	cs_write_vec(w, cs_buf_view(&p->context));
	cs_mls_secret_tree_write(w, &p->keys);
	mark = cs_write_open(w);
	for (uint32_t i = 0; i < p->n_leaves; i++) {
		const struct cs_mls_leaf *now =
		    cs_mls_tree_leaf(&g->pub.tree, i);
		const struct cs_mls_leaf_node *then = p->leaves[i];

		if (then == NULL) {
			cs_write_u8(w, LEAF_BLANK);
		} else if (now == &then->leaf ||
		    (now != NULL && cs_view_equal(now->raw, then->leaf.raw))) {
			cs_write_u8(w, LEAF_CURRENT);
		} else {
			cs_write_u8(w, LEAF_OWN_BYTES);
			cs_write_vec(w, then->leaf.raw);
		}
	}
	cs_write_close(w, mark);
}

static void
write_group(struct cs_writer *w, const struct cs_mls_group *g)
{
	size_t mark;

	cs_mls_saved_write(w, CS_MLS_SAVED_GROUP);
	cs_mls_public_write(w, &g->pub);
	cs_write_u32(w, g->own_leaf);
	cs_write_u32(w, g->welcomed_by);
	cs_write_u8(w, g->ended);
	cs_write_bytes(w, cs_signer_private(g->signer));
	cs_write_bytes(w, cs_signer_public(g->signer));
	if (!g->ended) {
		cs_mls_write_secrets(w, g->pub.suite, &g->secrets);
		cs_mls_secret_tree_write(w, &g->keys);
		cs_mls_write_private(w, &g->private);
	}
	mark = cs_write_open(w);
	for (size_t i = 0; i < g->n_updates; i++)
		cs_mls_write_hpke_key(w, &g->updates[i]);
	cs_write_close(w, mark);
	mark = cs_write_open(w);
	for (size_t i = 0; i < g->n_past; i++)
		write_past(w, g, &g->past[i]);
	cs_write_close(w, mark);
}

enum cs_err
cs_mls_group_save(const struct cs_mls_group *g, struct cs_buf *out)
{
	struct cs_writer w = cs_writer(out);

	write_group(&w, g);
	return cs_writer_end(&w);
}

static enum cs_err
read_past_leaf(struct cs_mls_leaf_node **out, struct cs_reader *r,
    const struct cs_mls_group *g, uint32_t i)
{
	struct cs_view raw;

	switch (cs_read_u8(r)) {
	case LEAF_BLANK:
		return CS_OK;
	case LEAF_CURRENT:
		*out = cs_mls_tree_leaf_ref(&g->pub.tree, i);
		return *out == NULL ? CS_ERR_CORRUPT : CS_OK;
	case LEAF_OWN_BYTES:
		raw = cs_read_vec(r);
		return cs_mls_leaf_node_new(out, raw);
	default:
		return CS_ERR_CORRUPT;
	}
}

static enum cs_err
read_past_leaves(struct cs_reader *r, struct cs_mls_past_epoch *p,
    const struct cs_mls_group *g)
{
	struct cs_reader sub = cs_read_sub(r);
	enum cs_err err;

	p->leaves = cs_calloc(p->keys.n_leaves, sizeof *p->leaves);
	if (p->leaves == NULL)
		return CS_ERR_NOMEM;
	p->n_leaves = p->keys.n_leaves;
	for (uint32_t i = 0; i < p->n_leaves; i++)
		if ((err = read_past_leaf(&p->leaves[i], &sub, g, i)))
			return err;
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
	cs_read_copy(r, p->sender_data.b, g->pub.suite->hash_len);
	context = cs_read_vec(r);
	if ((err = cs_buf_set(&p->context, context)) ||
	    (err = cs_mls_secret_tree_read(r, &p->keys, g->pub.suite)))
		return err;
	return read_past_leaves(r, p, g);
}

static enum cs_err
read_updates(struct cs_reader *r, struct cs_mls_group *g)
{
	struct cs_reader sub = cs_read_sub(r);
	size_t n = sub.left /
	    (cs_hpke_private_len(g->pub.suite->kem) +
		cs_hpke_public_len(g->pub.suite->kem));

	if (sub.err != CS_OK || n == 0) {
		cs_read_sub_end(r, &sub);
		return r->err;
	}
	g->updates = cs_calloc(n, sizeof *g->updates);
	if (g->updates == NULL)
		return CS_ERR_NOMEM;
	g->n_updates = n;
	for (size_t i = 0; i < n; i++)
		cs_mls_read_hpke_key(&sub, g->pub.suite, &g->updates[i]);
	cs_read_sub_end(r, &sub);
	return r->err;
}

/* The secrets of the current epoch. */
static enum cs_err
read_epoch(struct cs_reader *r, struct cs_mls_group *g)
{
	enum cs_err err;

	/* Still a member: its leaf is there, and so is the key of it. */
	if (cs_mls_tree_leaf(&g->pub.tree, g->own_leaf) == NULL)
		return CS_ERR_CORRUPT;
	cs_mls_read_secrets(r, g->pub.suite, &g->secrets);
	if ((err = cs_mls_secret_tree_read(r, &g->keys, g->pub.suite)))
		return err;
	cs_mls_read_private(r, &g->pub.tree, &g->private);
	if (r->err != CS_OK)
		return r->err;
	if (g->keys.n_leaves != g->pub.tree.n_leaves ||
	    cs_mls_private_tree_get(
		&g->private, cs_mls_leaf_to_node(g->own_leaf)) == NULL)
		return CS_ERR_CORRUPT;
	return CS_OK;
}

static enum cs_err
read_signer(struct cs_reader *r, struct cs_mls_group *g)
{
	enum cs_sig sig = g->pub.suite->sig;
	struct cs_view private = cs_read_bytes(r, cs_sig_private_len(sig));
	struct cs_view public = cs_read_bytes(r, cs_sig_public_len(sig));

	if (r->err != CS_OK)
		return r->err;
	return cs_signer_from_pair(&g->signer, sig, private, public);
}

static enum cs_err
read_group(struct cs_reader *r, struct cs_mls_group *g,
    const struct cs_mls_options *opt)
{
	struct cs_reader sub;
	uint8_t ended;
	enum cs_err err;

	cs_mls_saved_read(r, CS_MLS_SAVED_GROUP);
	if (r->err != CS_OK)
		return r->err;
	if ((err = cs_mls_public_read(r, &g->pub, opt)))
		return err;
	g->own_leaf = cs_read_u32(r);
	g->welcomed_by = cs_read_u32(r);
	ended = cs_read_u8(r);
	g->ended = ended == 1;
	if (ended > 1)
		return CS_ERR_CORRUPT;
	if ((err = read_signer(r, g)))
		return err;
	if ((!g->ended && (err = read_epoch(r, g))) ||
	    (err = read_updates(r, g)))
		return err;
	sub = cs_read_sub(r);
	while (cs_reader_more(&sub))
		if ((err = read_past(&sub, g)))
			return err;
	cs_read_sub_end(r, &sub);
	return cs_reader_end(r);
}

enum cs_err
cs_mls_group_load(struct cs_mls_group **out, struct cs_view saved,
    const struct cs_mls_options *opt)
{
	struct cs_reader r = cs_reader(saved);
	struct cs_mls_group *g = cs_calloc(1, sizeof *g);
	enum cs_err err;

	*out = NULL;
	if (g == NULL)
		return CS_ERR_NOMEM;
	if ((err = read_group(&r, g, opt)) == CS_OK) {
		*out = g;
		return CS_OK;
	}
	cs_mls_group_free(g);
	return cs_mls_saved_error(err);
}
