/* SPDX-License-Identifier: MIT */
#include "mls/ratchet_tree.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "mls/tree_node.h"

void
cs_mls_nodes_clear(struct cs_mls_nodes *nodes)
{
	cs_free_plain(nodes->v);
	*nodes = (struct cs_mls_nodes){ 0 };
}

enum cs_err
cs_mls_tree_init(struct cs_mls_tree *out, const struct cs_suite *suite)
{
	out->suite = suite;
	out->n_leaves = 1;
	out->slots = cs_calloc(1, sizeof *out->slots);
	return out->slots == NULL ? CS_ERR_NOMEM : CS_OK;
}

enum cs_err
cs_mls_tree_copy(struct cs_mls_tree *out, const struct cs_mls_tree *from)
{
	uint32_t width = cs_mls_node_width(from->n_leaves);

	*out = *from;
	out->slots = cs_calloc(width, sizeof *out->slots);
	if (out->slots == NULL)
		return CS_ERR_NOMEM;
	memcpy(out->slots, from->slots, width * sizeof *out->slots);
	for (uint32_t x = 0; x < width; x++)
		cs_mls_slot_hold(&out->slots[x]);
	return CS_OK;
}

void
cs_mls_tree_clear(struct cs_mls_tree *t)
{
	if (t->slots != NULL)
		for (uint32_t x = 0; x < cs_mls_node_width(t->n_leaves); x++)
			cs_mls_slot_blank(&t->slots[x]);
	cs_free_plain(t->slots);
	*t = (struct cs_mls_tree){ 0 };
}

const struct cs_mls_leaf *
cs_mls_tree_leaf(const struct cs_mls_tree *t, uint32_t leaf)
{
	const struct cs_mls_leaf_node *node;

	if (leaf >= t->n_leaves)
		return NULL;
	node = t->slots[cs_mls_leaf_to_node(leaf)].leaf;
	return node == NULL ? NULL : &node->leaf;
}

struct cs_mls_leaf_node *
cs_mls_tree_leaf_ref(const struct cs_mls_tree *t, uint32_t leaf)
{
	struct cs_mls_leaf_node *node;

	if (leaf >= t->n_leaves)
		return NULL;
	node = t->slots[cs_mls_leaf_to_node(leaf)].leaf;
	if (node != NULL)
		node->refs++;
	return node;
}

uint32_t
cs_mls_tree_members(const struct cs_mls_tree *t)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->n_leaves; i++)
		n += cs_mls_tree_leaf(t, i) != NULL;
	return n;
}

uint32_t
cs_mls_tree_find(const struct cs_mls_tree *t, struct cs_view raw_leaf)
{
	for (uint32_t i = 0; i < t->n_leaves; i++) {
		const struct cs_mls_leaf *leaf = cs_mls_tree_leaf(t, i);

		if (leaf != NULL && cs_view_equal(leaf->raw, raw_leaf))
			return i;
	}
	return UINT32_MAX;
}

bool
cs_mls_tree_blank(const struct cs_mls_tree *t, uint32_t node)
{
	const struct cs_mls_slot *s = &t->slots[node];

	return s->leaf == NULL && s->parent == NULL;
}

struct cs_view
cs_mls_tree_key(const struct cs_mls_tree *t, uint32_t node)
{
	const struct cs_mls_slot *s = &t->slots[node];

	assert(!cs_mls_tree_blank(t, node));
	if (s->leaf != NULL)
		return s->leaf->leaf.encryption_key;
	return cs_view(s->parent->key, s->parent->key_len);
}

/* Forget the hashes of ${x} and of all above it. */
static void
touch(struct cs_mls_tree *t, uint32_t x)
{
	uint32_t root = cs_mls_node_root(t->n_leaves);

	for (; x != root; x = cs_mls_node_parent(x))
		t->slots[x].hashed = false;
	t->slots[root].hashed = false;
}

static void
blank_path(struct cs_mls_tree *t, uint32_t leaf)
{
	uint32_t root = cs_mls_node_root(t->n_leaves);
	uint32_t x = cs_mls_leaf_to_node(leaf);

	while (x != root) {
		x = cs_mls_node_parent(x);
		cs_mls_slot_blank(&t->slots[x]);
	}
	touch(t, cs_mls_leaf_to_node(leaf));
}

enum cs_err
cs_mls_tree_set_leaf(
    struct cs_mls_tree *t, uint32_t index, const struct cs_mls_valid_leaf *leaf)
{
	struct cs_mls_slot *s = &t->slots[cs_mls_leaf_to_node(index)];
	struct cs_mls_leaf_node *node = NULL;
	enum cs_err err;

	if ((err = cs_mls_leaf_node_new(&node, leaf->leaf.raw)))
		return err;
	cs_mls_slot_blank(s);
	s->leaf = node;
	touch(t, cs_mls_leaf_to_node(index));
	return CS_OK;
}

enum cs_err
cs_mls_tree_update(
    struct cs_mls_tree *t, uint32_t index, const struct cs_mls_valid_leaf *leaf)
{
	enum cs_err err = cs_mls_tree_set_leaf(t, index, leaf);

	if (err == CS_OK)
		blank_path(t, index);
	return err;
}

/* Section 7.7: a new blank root whose right half is blank. */
static enum cs_err
extend(struct cs_mls_tree *t)
{
	struct cs_mls_slot *grown;

	if (t->n_leaves >= CS_MLS_MAX_LEAVES)
		return CS_ERR_LIMIT;
	grown = cs_grow(t->slots, cs_mls_node_width(t->n_leaves),
	    cs_mls_node_width(2 * t->n_leaves), sizeof *grown);
	if (grown == NULL)
		return CS_ERR_NOMEM;
	t->slots = grown;
	t->n_leaves *= 2;
	return CS_OK;
}

/* List the new leaf in each parent above it that has a key. */
static enum cs_err
mark_unmerged(struct cs_mls_tree *t, uint32_t leaf)
{
	uint32_t root = cs_mls_node_root(t->n_leaves);
	uint32_t x = cs_mls_leaf_to_node(leaf);
	enum cs_err err;

	while (x != root) {
		x = cs_mls_node_parent(x);
		if (t->slots[x].parent != NULL &&
		    (err = cs_mls_slot_add_unmerged(&t->slots[x], leaf)))
			return err;
	}
	return CS_OK;
}

enum cs_err
cs_mls_tree_add(struct cs_mls_tree *t, const struct cs_mls_valid_leaf *leaf,
    uint32_t *index)
{
	uint32_t i = 0;
	enum cs_err err;

	while (cs_mls_tree_leaf(t, i) != NULL)
		i++;
	if (i == t->n_leaves && (err = extend(t)))
		return err;
	if ((err = mark_unmerged(t, i)) ||
	    (err = cs_mls_tree_set_leaf(t, i, leaf)))
		return err;
	*index = i;
	return CS_OK;
}

/* Section 7.7: drop the right half while it is blank. */
static void
truncate_tree(struct cs_mls_tree *t)
{
	uint32_t last = t->n_leaves, width = cs_mls_node_width(t->n_leaves);

	while (last > 1 && cs_mls_tree_leaf(t, last - 1) == NULL)
		last--;
	while (t->n_leaves / 2 >= last)
		t->n_leaves /= 2;
	for (uint32_t x = cs_mls_node_width(t->n_leaves); x < width; x++)
		cs_mls_slot_blank(&t->slots[x]);
}

void
cs_mls_tree_remove(struct cs_mls_tree *t, uint32_t index)
{
	cs_mls_slot_blank(&t->slots[cs_mls_leaf_to_node(index)]);
	blank_path(t, index);
	truncate_tree(t);
}

static enum cs_err
nodes_add(struct cs_mls_nodes *nodes, uint32_t x)
{
	if (nodes->n == nodes->cap) {
		size_t cap = nodes->cap == 0 ? 16 : 2 * nodes->cap;
		uint32_t *grown =
		    cs_grow(nodes->v, nodes->n, cap, sizeof *nodes->v);

		if (grown == NULL)
			return CS_ERR_NOMEM;
		nodes->v = grown;
		nodes->cap = cap;
	}
	nodes->v[nodes->n++] = x;
	return CS_OK;
}

enum cs_err
cs_mls_tree_resolution(
    struct cs_mls_nodes *out, const struct cs_mls_tree *t, uint32_t node)
{
	const struct cs_mls_parent_node *p = t->slots[node].parent;
	enum cs_err err = CS_OK;

	if (!cs_mls_tree_blank(t, node)) {
		err = nodes_add(out, node);
		for (size_t i = 0; p != NULL && i < p->n_unmerged && !err; i++)
			err =
			    nodes_add(out, cs_mls_leaf_to_node(p->unmerged[i]));
		return err;
	}
	if (cs_mls_node_is_leaf(node))
		return CS_OK;
	if ((err = cs_mls_tree_resolution(out, t, cs_mls_node_left(node))))
		return err;
	return cs_mls_tree_resolution(out, t, cs_mls_node_right(node));
}

/* Is the resolution of ${node} empty? */
static bool
empty(const struct cs_mls_tree *t, uint32_t node)
{
	if (!cs_mls_tree_blank(t, node))
		return false;
	return cs_mls_node_is_leaf(node) ||
	    (empty(t, cs_mls_node_left(node)) &&
		empty(t, cs_mls_node_right(node)));
}

void
cs_mls_tree_filtered_path(struct cs_mls_filtered_path *out,
    const struct cs_mls_tree *t, uint32_t leaf)
{
	uint32_t root = cs_mls_node_root(t->n_leaves);
	uint32_t x = cs_mls_leaf_to_node(leaf);

	out->n = 0;
	while (x != root) {
		uint32_t copath = cs_mls_node_sibling(x);

		x = cs_mls_node_parent(x);
		if (empty(t, copath))
			continue;
		out->v[out->n].node = x;
		out->v[out->n++].copath = copath;
	}
}

enum cs_err
cs_mls_tree_set_path(struct cs_mls_tree *t, uint32_t leaf,
    const struct cs_mls_filtered_path *path, const struct cs_view *keys,
    struct cs_buf *parent_hash)
{
	uint8_t hash[CS_HASH_MAX];
	struct cs_view above = { NULL, 0 };
	enum cs_err err;

	blank_path(t, leaf);
	/* From the top: each hash covers the one above it. */
	for (size_t i = path->n; i-- > 0;) {
		uint32_t x = path->v[i].node;

		if ((err = cs_mls_slot_set_parent(
			 &t->slots[x], keys[i], above, NULL, 0)) ||
		    (err = cs_mls_tree_parent_hash(
			 hash, t, x, path->v[i].copath)))
			return err;
		above = cs_view(hash, t->suite->hash_len);
	}
	return cs_buf_set(parent_hash, above);
}
