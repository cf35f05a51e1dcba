/* SPDX-License-Identifier: MIT */
#include "mls/tree_save.h"

#include <string.h>

#include "mls/leaf_node.h"
#include "mls/ratchet_tree.h"
#include "mls/save.h"
#include "mls/tree_hash.h"
#include "mls/tree_leaf.h"
#include "mls/tree_node.h"
#include "mls/tree_verify.h"

/*
 * Implementation notes.  A saved tree is
 *
 *   u32 n_leaves, u32 members, u32 offset[n_leaves],
 *   node in order: u8 kind, hash, of a leaf: raw<V>,
 *                  of a parent: key<V> parent_hash<V> unmerged<V>
 *
 * where offset is that of a leaf's raw<V> from the beginning, or 0 where there
 * is none.  So a message needs one leaf and nothing else, and thawing needs no
 * hashing.  Our own state, sealed or in our own database: what it says of
 * hashes is believed.
 */

static void
save_nodes(
    struct cs_writer *w, const struct cs_mls_node *n, uint32_t x, size_t start)
{
	bool is_leaf = cs_mls_node_is_leaf(x);
	struct cs_mls_parent p;

	if (!is_leaf)
		save_nodes(w, n->child[0], cs_mls_node_left(x), start);
	cs_write_u8(w, n->kind);
	cs_write_bytes(w, cs_view(n->b, n->hash_len));
	if (n->kind == CS_MLS_NODE_LEAF) {
		size_t at = w->buf->len - start,
		       to = start + CS_MLS_SAVED_TREE_HEAD +
		    4 * (size_t)cs_mls_node_to_leaf(x);

		for (int i = 0; i < 4 && w->err == CS_OK; i++)
			w->buf->data[to + i] = (uint8_t)(at >> (24 - 8 * i));
		cs_write_vec(w, cs_mls_node_raw(n));
	} else if (n->kind == CS_MLS_NODE_PARENT) {
		p = cs_mls_node_parent_view(n);
		cs_write_vec(w, p.key);
		cs_write_vec(w, p.parent_hash);
		cs_write_vec(w, p.unmerged);
	}
	if (!is_leaf)
		save_nodes(w, n->child[1], cs_mls_node_right(x), start);
}

void
cs_mls_tree_save(struct cs_writer *w, const struct cs_mls_tree *t)
{
	size_t start = w->buf->len;
	uint8_t hash[CS_HASH_MAX];
	enum cs_err err;

	if (t->root == NULL) {
		cs_write_bytes(w, t->saved);
		return;
	}
	/* Every hash is to be there. */
	if ((err = cs_mls_tree_root_hash(hash, t)))
		cs_writer_fail(w, err);
	cs_write_u32(w, t->n_leaves);
	cs_write_u32(w, t->root->members);
	for (uint32_t i = 0; i < t->n_leaves; i++)
		cs_write_u32(w, 0);
	save_nodes(w, t->root, cs_mls_node_root(t->n_leaves), start);
}

enum cs_err
cs_mls_tree_load(
    struct cs_mls_tree *out, const struct cs_suite *suite, struct cs_view saved)
{
	struct cs_reader r = cs_reader(saved);
	uint32_t n = cs_read_u32(&r);

	cs_read_u32(&r);
	if (r.err != CS_OK || n == 0 || n > CS_MLS_MAX_LEAVES ||
	    (n & (n - 1)) != 0 || r.left / 4 < n)
		return CS_ERR_CORRUPT;
	*out = (struct cs_mls_tree){
		.suite = suite, .n_leaves = n, .saved = saved
	};
	return CS_OK;
}

/* What stands for a node, with its hash in front. */
struct record {
	uint8_t kind;
	struct cs_view hash, raw;
	struct cs_mls_parent parent;
};

static void
read_record(
    struct cs_reader *r, const struct cs_suite *suite, struct record *out)
{
	struct cs_reader leaf;
	struct cs_mls_leaf parsed;

	out->kind = cs_read_u8(r);
	out->hash = cs_read_bytes(r, suite->hash_len);
	switch (out->kind) {
	case CS_MLS_NODE_BLANK:
		break;
	case CS_MLS_NODE_LEAF:
		out->raw = cs_read_vec(r);
		leaf = cs_reader(out->raw);
		cs_mls_leaf_read(&leaf, &parsed);
		if (cs_reader_end(&leaf) != CS_OK)
			cs_reader_fail(r, CS_ERR_CORRUPT);
		break;
	case CS_MLS_NODE_PARENT:
		out->parent.key = cs_read_vec_max(r, CS_HPKE_PUBLIC_MAX);
		out->parent.parent_hash = cs_read_vec_max(r, CS_HASH_MAX);
		out->parent.unmerged = cs_read_vec(r);
		if (out->parent.unmerged.len % 4 != 0)
			cs_reader_fail(r, CS_ERR_CORRUPT);
		break;
	default:
		cs_reader_fail(r, CS_ERR_CORRUPT);
	}
}

static struct cs_mls_node *
thaw_node(struct cs_reader *r, const struct cs_suite *suite, uint32_t x)
{
	struct cs_mls_node *left = NULL, *right = NULL, *n = NULL;
	bool is_leaf = cs_mls_node_is_leaf(x);
	struct record rec = { 0 };

	if (!is_leaf)
		left = thaw_node(r, suite, cs_mls_node_left(x));
	read_record(r, suite, &rec);
	if (r->err == CS_OK && rec.kind != CS_MLS_NODE_BLANK &&
	    is_leaf != (rec.kind == CS_MLS_NODE_LEAF))
		cs_reader_fail(r, CS_ERR_CORRUPT);
	if (!is_leaf)
		right = thaw_node(r, suite, cs_mls_node_right(x));
	if (r->err == CS_OK) {
		n = rec.kind == CS_MLS_NODE_BLANK
		    ? cs_mls_node_blank(suite, left, right)
		    : is_leaf
		    ? cs_mls_node_leaf(suite, rec.raw)
		    : cs_mls_node_parent_new(suite, &rec.parent, left, right);
		if (n == NULL)
			cs_reader_fail(r, CS_ERR_NOMEM);
	}
	if (n == NULL) {
		cs_mls_node_release(left);
		cs_mls_node_release(right);
		return NULL;
	}
	memcpy(n->b, rec.hash.data, rec.hash.len);
	n->hashed = true;
	return n;
}

enum cs_err
cs_mls_tree_thaw(struct cs_mls_tree *t)
{
	struct cs_mls_tree thawed = { .suite = t->suite,
		.n_leaves = t->n_leaves };
	struct cs_reader r = cs_reader(t->saved);
	enum cs_err err;

	if (t->root != NULL)
		return CS_OK;
	cs_read_bytes(&r, CS_MLS_SAVED_TREE_HEAD + 4 * (size_t)t->n_leaves);
	thawed.root = thaw_node(&r, t->suite, cs_mls_node_root(t->n_leaves));
	if ((err = cs_reader_end(&r)) == CS_OK)
		err = cs_mls_tree_check_unmerged(&thawed);
	if (err != CS_OK) {
		cs_mls_tree_clear(&thawed);
		return cs_mls_saved_error(err);
	}
	*t = thawed;
	return CS_OK;
}
