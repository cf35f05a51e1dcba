/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/alloc.h"
#include "mls/tree_node.h"

static struct cs_view
parent_hash_of(const struct cs_mls_tree *t, uint32_t node)
{
	const struct cs_mls_slot *s = &t->slots[node];

	if (s->parent != NULL)
		return cs_view(
		    s->parent->parent_hash, s->parent->parent_hash_len);
	if (s->leaf != NULL && s->leaf->leaf.source == CS_MLS_LEAF_COMMIT)
		return s->leaf->leaf.parent_hash;
	return cs_view(NULL, 0);
}

/*
 * Section 7.9.2, the third condition: is there a node in the resolution of
 * ${child} beside ${p}'s unmerged leaves below it, and exactly one?
 */
static bool
sole_descendant(struct cs_mls_nodes *resolution, const struct cs_mls_tree *t,
    const struct cs_mls_parent_node *p, uint32_t child, uint32_t *found)
{
	size_t below = 0, merged = 0;

	for (size_t i = 0; i < p->n_unmerged; i++)
		below += cs_mls_node_below(
		    child, cs_mls_leaf_to_node(p->unmerged[i]));
	for (size_t i = 0; i < resolution->n; i++) {
		uint32_t x = resolution->v[i];

		if (t->slots[x].leaf != NULL &&
		    cs_mls_parent_unmerged(p, cs_mls_node_to_leaf(x)))
			continue;
		*found = x;
		merged++;
	}
	return merged == 1 && resolution->n == below + 1;
}

/* Does the side ${child} of ${parent} end in a node that it is hashed in? */
static enum cs_err
check_side(bool *valid, struct cs_mls_tree *t, uint32_t parent, uint32_t child)
{
	const struct cs_mls_parent_node *p = t->slots[parent].parent;
	struct cs_mls_nodes resolution = { 0 };
	uint8_t hash[CS_HASH_MAX];
	uint32_t d = 0;
	enum cs_err err;

	*valid = false;
	if ((err = cs_mls_tree_resolution(&resolution, t, child)) ||
	    !sole_descendant(&resolution, t, p, child, &d))
		goto out;
	if ((err = cs_mls_tree_parent_hash(
		 hash, t, parent, cs_mls_node_sibling(child))))
		goto out;
	*valid = cs_view_equal(
	    parent_hash_of(t, d), cs_view(hash, t->suite->hash_len));
out:
	cs_mls_nodes_clear(&resolution);
	return err;
}

enum cs_err
cs_mls_tree_verify_parent_hashes(struct cs_mls_tree *t)
{
	enum cs_err err;

	for (uint32_t x = 1; x < cs_mls_node_width(t->n_leaves); x += 2) {
		bool left, right;

		if (cs_mls_tree_blank(t, x))
			continue;
		if ((err = check_side(&left, t, x, cs_mls_node_left(x))) ||
		    (err = check_side(&right, t, x, cs_mls_node_right(x))))
			return err;
		/* Exactly one: the rest of the chain is checked where its
		 * nodes are the parents. */
		if (left == right)
			return CS_ERR_TREE;
	}
	return CS_OK;
}

enum cs_err
cs_mls_tree_check_unmerged(const struct cs_mls_tree *t)
{
	for (uint32_t x = 1; x < cs_mls_node_width(t->n_leaves); x += 2) {
		const struct cs_mls_parent_node *p = t->slots[x].parent;

		for (size_t i = 0; p != NULL && i < p->n_unmerged; i++) {
			uint32_t leaf = p->unmerged[i];
			uint32_t y = cs_mls_leaf_to_node(leaf);

			if (cs_mls_tree_leaf(t, leaf) == NULL ||
			    !cs_mls_node_below(x, y))
				return CS_ERR_TREE;
			while ((y = cs_mls_node_parent(y)) != x)
				if (t->slots[y].parent != NULL &&
				    !cs_mls_parent_unmerged(
					t->slots[y].parent, leaf))
					return CS_ERR_TREE;
		}
	}
	return CS_OK;
}

static int
compare(const void *a, const void *b)
{
	const struct cs_view *x = a, *y = b;

	return cs_view_compare(*x, *y);
}

static bool
all_differ(struct cs_view *v, size_t n)
{
	qsort(v, n, sizeof *v, compare);
	for (size_t i = 1; i < n; i++)
		if (cs_view_equal(v[i - 1], v[i]))
			return false;
	return true;
}

enum cs_err
cs_mls_tree_check_keys(const struct cs_mls_tree *t)
{
	uint32_t width = cs_mls_node_width(t->n_leaves);
	struct cs_view *keys = cs_calloc(width, sizeof *keys);
	size_t n = 0;
	bool good;

	if (keys == NULL)
		return CS_ERR_NOMEM;
	for (uint32_t x = 0; x < width; x++)
		if (!cs_mls_tree_blank(t, x))
			keys[n++] = cs_mls_tree_key(t, x);
	good = all_differ(keys, n);
	n = 0;
	for (uint32_t i = 0; i < t->n_leaves; i++)
		if (cs_mls_tree_leaf(t, i) != NULL)
			keys[n++] = cs_mls_tree_leaf(t, i)->signature_key;
	good = good && all_differ(keys, n);
	cs_free_plain(keys);
	return good ? CS_OK : CS_ERR_TREE;
}

static enum cs_err
check_leaves(const struct cs_mls_tree *t, struct cs_view group_id,
    const struct cs_mls_ext_list *context, const struct cs_mls_options *opt)
{
	struct cs_mls_leaf_rules rules = {
		.suite = t->suite,
		.source = CS_MLS_LEAF_ANY,
		.context = context,
		.opt = opt,
	};
	struct cs_mls_valid_leaf valid;
	enum cs_err err;

	for (uint32_t i = 0; i < t->n_leaves; i++) {
		const struct cs_mls_leaf *leaf = cs_mls_tree_leaf(t, i);

		rules.place = (struct cs_mls_leaf_place){ group_id, i };
		if (leaf != NULL &&
		    (err = cs_mls_leaf_validate(&valid, leaf, &rules)))
			return err;
	}
	return CS_OK;
}

enum cs_err
cs_mls_tree_verify(struct cs_mls_tree *out, struct cs_mls_unverified_tree *in,
    struct cs_view group_id, const struct cs_mls_ext_list *context,
    const struct cs_mls_options *opt)
{
	struct cs_mls_tree *t = &in->tree;
	enum cs_err err;

	if (cs_mls_tree_members(t) > CS_MLS_MAX_MEMBERS)
		return CS_ERR_LIMIT;
	if ((err = cs_mls_tree_check_unmerged(t)) ||
	    (err = cs_mls_tree_check_keys(t)) ||
	    (err = cs_mls_tree_verify_parent_hashes(t)) ||
	    (err = check_leaves(t, group_id, context, opt)))
		return err;
	*out = *t;
	*t = (struct cs_mls_tree){ 0 };
	return CS_OK;
}
