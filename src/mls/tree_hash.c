/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "crypto/hash.h"
#include "mls/tree_node.h"

#define NODE_LEAF 1
#define NODE_PARENT 2

static enum cs_err
hash_buf(uint8_t *out, const struct cs_suite *suite, struct cs_writer *w)
{
	struct cs_view v = cs_buf_view(w->buf);
	enum cs_err err = cs_writer_end(w);

	return err == CS_OK ? cs_hash_parts(out, suite->hash, &v, 1) : err;
}

/* TreeHashInput of a leaf; ${leaf} is NULL for a blank one. */
static enum cs_err
hash_leaf(uint8_t *out, const struct cs_suite *suite, uint32_t index,
    const struct cs_mls_leaf *leaf)
{
	struct cs_buf in = { 0 };
	struct cs_writer w = cs_writer(&in);
	enum cs_err err;

	cs_write_u8(&w, NODE_LEAF);
	cs_write_u32(&w, index);
	cs_write_u8(&w, leaf != NULL);
	if (leaf != NULL)
		cs_write_bytes(&w, leaf->raw);
	err = hash_buf(out, suite, &w);
	cs_buf_free(&in);
	return err;
}

/* TreeHashInput of a parent, leaving out the unmerged leaves of ${without}. */
static enum cs_err
hash_parent(uint8_t *out, const struct cs_suite *suite,
    const struct cs_mls_parent_node *p,
    const struct cs_mls_parent_node *without, const uint8_t *left,
    const uint8_t *right)
{
	struct cs_buf in = { 0 };
	struct cs_writer w = cs_writer(&in);
	size_t mark;
	enum cs_err err;

	cs_write_u8(&w, NODE_PARENT);
	cs_write_u8(&w, p != NULL);
	if (p != NULL) {
		cs_write_vec(&w, cs_view(p->key, p->key_len));
		cs_write_vec(&w, cs_view(p->parent_hash, p->parent_hash_len));
		mark = cs_write_open(&w);
		for (size_t i = 0; i < p->n_unmerged; i++)
			if (without == NULL ||
			    !cs_mls_parent_unmerged(without, p->unmerged[i]))
				cs_write_u32(&w, p->unmerged[i]);
		cs_write_close(&w, mark);
	}
	cs_write_vec(&w, cs_view(left, suite->hash_len));
	cs_write_vec(&w, cs_view(right, suite->hash_len));
	err = hash_buf(out, suite, &w);
	cs_buf_free(&in);
	return err;
}

enum cs_err
cs_mls_tree_hash(uint8_t *out, struct cs_mls_tree *t, uint32_t node)
{
	struct cs_mls_slot *s = &t->slots[node];
	uint8_t left[CS_HASH_MAX], right[CS_HASH_MAX];
	enum cs_err err = CS_OK;

	if (!s->hashed && cs_mls_node_is_leaf(node)) {
		uint32_t i = cs_mls_node_to_leaf(node);

		err = hash_leaf(s->hash, t->suite, i, cs_mls_tree_leaf(t, i));
	} else if (!s->hashed) {
		if ((err = cs_mls_tree_hash(left, t, cs_mls_node_left(node))) ||
		    (err = cs_mls_tree_hash(right, t, cs_mls_node_right(node))))
			return err;
		err = hash_parent(
		    s->hash, t->suite, s->parent, NULL, left, right);
	}
	if (err != CS_OK)
		return err;
	s->hashed = true;
	memcpy(out, s->hash, t->suite->hash_len);
	return CS_OK;
}

enum cs_err
cs_mls_tree_root_hash(uint8_t *out, struct cs_mls_tree *t)
{
	return cs_mls_tree_hash(out, t, cs_mls_node_root(t->n_leaves));
}

/* Is one of ${p}'s unmerged leaves below ${node}? */
static bool
touches(const struct cs_mls_parent_node *p, uint32_t node)
{
	for (size_t i = 0; i < p->n_unmerged; i++)
		if (cs_mls_node_below(
			node, cs_mls_leaf_to_node(p->unmerged[i])))
			return true;
	return false;
}

/* Section 7.9: the tree hash as if ${p}'s unmerged leaves were not there. */
static enum cs_err
original_hash(uint8_t *out, struct cs_mls_tree *t, uint32_t node,
    const struct cs_mls_parent_node *p)
{
	uint8_t left[CS_HASH_MAX], right[CS_HASH_MAX];
	enum cs_err err;

	if (!touches(p, node))
		return cs_mls_tree_hash(out, t, node);
	if (cs_mls_node_is_leaf(node))
		return hash_leaf(
		    out, t->suite, cs_mls_node_to_leaf(node), NULL);
	if ((err = original_hash(left, t, cs_mls_node_left(node), p)) ||
	    (err = original_hash(right, t, cs_mls_node_right(node), p)))
		return err;
	return hash_parent(
	    out, t->suite, t->slots[node].parent, p, left, right);
}

enum cs_err
cs_mls_tree_parent_hash(
    uint8_t *out, struct cs_mls_tree *t, uint32_t parent, uint32_t sibling)
{
	const struct cs_mls_parent_node *p = t->slots[parent].parent;
	uint8_t original[CS_HASH_MAX];
	struct cs_buf in = { 0 };
	struct cs_writer w = cs_writer(&in);
	enum cs_err err;

	if ((err = original_hash(original, t, sibling, p)))
		return err;
	cs_write_vec(&w, cs_view(p->key, p->key_len));
	cs_write_vec(&w, cs_view(p->parent_hash, p->parent_hash_len));
	cs_write_vec(&w, cs_view(original, t->suite->hash_len));
	err = hash_buf(out, t->suite, &w);
	cs_buf_free(&in);
	return err;
}
