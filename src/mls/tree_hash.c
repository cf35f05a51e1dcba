/* SPDX-License-Identifier: MIT */
#include "mls/tree_hash.h"

#include <string.h>

#include "base/writer.h"
#include "crypto/hash.h"
#include "mls/ratchet_tree.h"
#include "mls/tree_node.h"

/* One buffer for the inputs of a whole tree. */
struct hashing {
	const struct cs_suite *suite;
	struct cs_buf in;
};

static enum cs_err
hash_input(uint8_t *out, struct hashing *h, const struct cs_writer *w)
{
	struct cs_view v = cs_buf_view(&h->in);
	enum cs_err err = cs_writer_end(w);

	return err == CS_OK ? cs_hash_parts(out, h->suite->hash, &v, 1) : err;
}

/* TreeHashInput of a leaf; ${n} is NULL for one that is left out. */
static enum cs_err
hash_leaf(uint8_t *out, struct hashing *h, uint32_t index,
    const struct cs_mls_node *n)
{
	struct cs_writer w = cs_writer(&h->in);
	bool there = n != NULL && n->kind == CS_MLS_NODE_LEAF;

	h->in.len = 0; /* public: nothing to wipe between two nodes */
	cs_write_u8(&w, CS_MLS_NODE_LEAF);
	cs_write_u32(&w, index);
	cs_write_u8(&w, there);
	if (there)
		cs_write_bytes(&w, cs_mls_node_raw(n));
	return hash_input(out, h, &w);
}

/* TreeHashInput of a parent, leaving out the unmerged leaves of ${without}. */
static enum cs_err
hash_parent(uint8_t *out, struct hashing *h, const struct cs_mls_node *n,
    const struct cs_mls_node *without, const uint8_t *left,
    const uint8_t *right)
{
	struct cs_writer w = cs_writer(&h->in);
	bool there = n->kind == CS_MLS_NODE_PARENT;
	size_t mark;

	h->in.len = 0;
	cs_write_u8(&w, CS_MLS_NODE_PARENT);
	cs_write_u8(&w, there);
	if (there) {
		struct cs_mls_parent p = cs_mls_node_parent_view(n);

		cs_write_vec(&w, p.key);
		cs_write_vec(&w, p.parent_hash);
		mark = cs_write_open(&w);
		for (size_t i = 0; i < cs_mls_node_n_unmerged(n); i++) {
			uint32_t leaf = cs_mls_node_unmerged(n, i);

			if (without == NULL ||
			    !cs_mls_node_is_unmerged(without, leaf))
				cs_write_u32(&w, leaf);
		}
		cs_write_close(&w, mark);
	}
	cs_write_vec(&w, cs_view(left, h->suite->hash_len));
	cs_write_vec(&w, cs_view(right, h->suite->hash_len));
	return hash_input(out, h, &w);
}

/* The hash of what is below ${n}, kept in it. */
static enum cs_err
hash_node(struct hashing *h, struct cs_mls_node *n, uint32_t x)
{
	enum cs_err err;

	if (n->hashed)
		return CS_OK;
	if (cs_mls_node_is_leaf(x)) {
		err = hash_leaf(n->b, h, cs_mls_node_to_leaf(x), n);
	} else {
		if ((err = hash_node(h, n->child[0], cs_mls_node_left(x))) ||
		    (err = hash_node(h, n->child[1], cs_mls_node_right(x))))
			return err;
		err = hash_parent(
		    n->b, h, n, NULL, n->child[0]->b, n->child[1]->b);
	}
	n->hashed = err == CS_OK;
	return err;
}

/* A hash that becomes known changes nothing about a node. */
static struct cs_mls_node *
node(const struct cs_mls_tree *t, uint32_t x)
{
	return (struct cs_mls_node *)(uintptr_t)cs_mls_tree_node(t, x);
}

enum cs_err
cs_mls_tree_hash(uint8_t *out, const struct cs_mls_tree *t, uint32_t x)
{
	struct hashing h = { .suite = t->suite };
	struct cs_mls_node *n = node(t, x);
	enum cs_err err = hash_node(&h, n, x);

	cs_buf_free(&h.in);
	if (err == CS_OK)
		memcpy(out, n->b, t->suite->hash_len);
	return err;
}

enum cs_err
cs_mls_tree_root_hash(uint8_t *out, const struct cs_mls_tree *t)
{
	return cs_mls_tree_hash(out, t, cs_mls_node_root(t->n_leaves));
}

/* Section 7.9: the tree hash as if ${p}'s unmerged leaves were not there. */
static enum cs_err
original_hash(uint8_t *out, struct hashing *h, struct cs_mls_node *n,
    uint32_t x, const struct cs_mls_node *p)
{
	uint8_t left[CS_HASH_MAX], right[CS_HASH_MAX];
	uint32_t first, last;
	enum cs_err err;

	cs_mls_node_leaves(x, &first, &last);
	if (cs_mls_node_unmerged_within(p, first, last) == 0) {
		if ((err = hash_node(h, n, x)) == CS_OK)
			memcpy(out, n->b, h->suite->hash_len);
		return err;
	}
	if (cs_mls_node_is_leaf(x))
		return hash_leaf(out, h, cs_mls_node_to_leaf(x), NULL);
	if ((err = original_hash(
		 left, h, n->child[0], cs_mls_node_left(x), p)) ||
	    (err = original_hash(
		 right, h, n->child[1], cs_mls_node_right(x), p)))
		return err;
	return hash_parent(out, h, n, p, left, right);
}

enum cs_err
cs_mls_tree_parent_hash(uint8_t *out, const struct cs_mls_tree *t,
    uint32_t parent, uint32_t sibling)
{
	const struct cs_mls_node *n = cs_mls_tree_node(t, parent);
	struct cs_mls_parent p = cs_mls_node_parent_view(n);
	struct hashing h = { .suite = t->suite };
	struct cs_writer w = cs_writer(&h.in);
	uint8_t original[CS_HASH_MAX];
	enum cs_err err;

	if ((err = original_hash(original, &h, node(t, sibling), sibling, n)))
		goto out;
	h.in.len = 0;
	cs_write_vec(&w, p.key);
	cs_write_vec(&w, p.parent_hash);
	cs_write_vec(&w, cs_view(original, t->suite->hash_len));
	err = hash_input(out, &h, &w);
out:
	cs_buf_free(&h.in);
	return err;
}
