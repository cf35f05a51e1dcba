/* SPDX-License-Identifier: MIT */
#include "mls/tree_leaf.h"

#include "base/reader.h"
#include "mls/leaf_node.h"
#include "mls/tree_node.h"

/* Bytes of leaf ${i} in a saved tree; empty: none. */
static struct cs_view
saved_leaf(const struct cs_mls_tree *t, uint32_t i)
{
	struct cs_reader r = cs_reader(t->saved);
	uint32_t at;

	cs_read_bytes(&r, CS_MLS_SAVED_TREE_HEAD + 4 * (size_t)i);
	at = cs_read_u32(&r);
	if (at == 0 || at >= t->saved.len)
		return cs_view(NULL, 0);
	r = cs_reader(cs_view(t->saved.data + at, t->saved.len - at));
	return cs_read_vec(&r);
}

bool
cs_mls_tree_leaf(
    const struct cs_mls_tree *t, uint32_t leaf, struct cs_mls_leaf *out)
{
	struct cs_view raw = { NULL, 0 };
	const struct cs_mls_node *n;
	struct cs_reader r;

	if (leaf >= t->n_leaves)
		return false;
	if (t->root == NULL) {
		raw = saved_leaf(t, leaf);
	} else {
		n = cs_mls_tree_node(t, cs_mls_leaf_to_node(leaf));
		if (n->kind == CS_MLS_NODE_LEAF)
			raw = cs_mls_node_raw(n);
	}
	if (raw.len == 0)
		return false;
	r = cs_reader(raw);
	cs_mls_leaf_read(&r, out);
	return cs_reader_end(&r) == CS_OK;
}

bool
cs_mls_tree_has(const struct cs_mls_tree *t, uint32_t leaf)
{
	if (leaf >= t->n_leaves)
		return false;
	if (t->root == NULL)
		return saved_leaf(t, leaf).len != 0;
	return cs_mls_tree_node(t, cs_mls_leaf_to_node(leaf))->members != 0;
}

uint32_t
cs_mls_tree_members(const struct cs_mls_tree *t)
{
	struct cs_reader r;

	if (t->root != NULL)
		return t->root->members;
	r = cs_reader(t->saved);
	cs_read_u32(&r);
	return cs_read_u32(&r);
}
