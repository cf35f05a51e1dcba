/* SPDX-License-Identifier: MIT */
#include "mls/tree_verify.h"

#include "base/alloc.h"
#include "mls/leaf_node.h"
#include "mls/leaf_validate.h"
#include "mls/options.h"
#include "mls/ratchet_tree.h"
#include "mls/tree_hash.h"
#include "mls/tree_leaf.h"
#include "mls/tree_node.h"
#include "mls/tree_save.h"

static struct cs_view
parent_hash_of(const struct cs_mls_node *n)
{
	struct cs_mls_leaf leaf;
	struct cs_reader r;

	if (n->kind == CS_MLS_NODE_PARENT)
		return cs_mls_node_parent_view(n).parent_hash;
	r = cs_reader(cs_mls_node_raw(n));
	cs_mls_leaf_read(&r, &leaf);
	return leaf.parent_hash; /* empty unless a commit set the leaf */
}

/*
 * Section 7.9.2, the third condition: is there a node in the resolution of
 * ${child} beside ${p}'s unmerged leaves below it, and exactly one?
 */
static const struct cs_mls_node *
sole_descendant(const struct cs_mls_nodes *resolution,
    const struct cs_mls_node *p, uint32_t child)
{
	const struct cs_mls_node *found = NULL;
	uint32_t first, last;
	size_t merged = 0;

	for (size_t i = 0; i < resolution->n; i++) {
		uint32_t x = resolution->v[i].x;

		if (cs_mls_node_is_leaf(x) &&
		    cs_mls_node_is_unmerged(p, cs_mls_node_to_leaf(x)))
			continue;
		found = resolution->v[i].node;
		merged++;
	}
	cs_mls_node_leaves(child, &first, &last);
	if (merged != 1 ||
	    resolution->n != cs_mls_node_unmerged_within(p, first, last) + 1)
		return NULL;
	return found;
}

/* Does the side ${child} of ${parent} end in a node that it is hashed in? */
static enum cs_err
check_side(bool *valid, struct cs_mls_nodes *resolution,
    const struct cs_mls_tree *t, uint32_t parent, uint32_t child)
{
	const struct cs_mls_node *p = cs_mls_tree_node(t, parent), *d;
	uint8_t hash[CS_HASH_MAX];
	enum cs_err err;

	*valid = false;
	resolution->n = 0;
	if ((err = cs_mls_tree_resolution(resolution, t, child)))
		return err;
	d = sole_descendant(resolution, p, child);
	if (d == NULL)
		return CS_OK;
	if ((err = cs_mls_tree_parent_hash(
		 hash, t, parent, cs_mls_node_sibling(child))))
		return err;
	*valid =
	    cs_view_equal(parent_hash_of(d), cs_view(hash, t->suite->hash_len));
	return CS_OK;
}

enum cs_err
cs_mls_tree_verify_parent_hashes(const struct cs_mls_tree *t)
{
	struct cs_mls_nodes resolution = { 0 };
	enum cs_err err = CS_OK;

	for (uint32_t x = 1; x < cs_mls_node_width(t->n_leaves); x += 2) {
		bool left, right;

		if (cs_mls_tree_blank(t, x))
			continue;
		if ((err = check_side(
			 &left, &resolution, t, x, cs_mls_node_left(x))) ||
		    (err = check_side(
			 &right, &resolution, t, x, cs_mls_node_right(x))))
			break;
		/* Exactly one: the rest of the chain is checked where its
		 * nodes are the parents. */
		if (left == right) {
			err = CS_ERR_TREE;
			break;
		}
	}
	cs_mls_nodes_clear(&resolution);
	return err;
}

/* Each unmerged leaf of ${n} is a member below it, and unmerged for each parent
 * on the way that has a key. */
static enum cs_err
check_list(const struct cs_mls_tree *t, const struct cs_mls_node *n, uint32_t x)
{
	for (size_t i = 0; i < cs_mls_node_n_unmerged(n); i++) {
		uint32_t leaf = cs_mls_node_unmerged(n, i), z = x;
		uint32_t y = cs_mls_leaf_to_node(leaf);
		const struct cs_mls_node *on = n;

		if (leaf >= t->n_leaves || !cs_mls_node_below(x, y))
			return CS_ERR_TREE;
		while (!cs_mls_node_is_leaf(z)) {
			bool right = y > z;

			on = on->child[right];
			z = right ? cs_mls_node_right(z) : cs_mls_node_left(z);
			if (on->kind == CS_MLS_NODE_PARENT &&
			    !cs_mls_node_is_unmerged(on, leaf))
				return CS_ERR_TREE;
		}
		if (on->kind != CS_MLS_NODE_LEAF)
			return CS_ERR_TREE;
	}
	return CS_OK;
}

static enum cs_err
check_unmerged(
    const struct cs_mls_tree *t, const struct cs_mls_node *n, uint32_t x)
{
	enum cs_err err;

	if (cs_mls_node_is_leaf(x))
		return CS_OK;
	/* A key that nobody below could know is nobody's. */
	if (n->kind == CS_MLS_NODE_PARENT && n->members == 0)
		return CS_ERR_TREE;
	if ((err = check_list(t, n, x)) ||
	    (err = check_unmerged(t, n->child[0], cs_mls_node_left(x))))
		return err;
	return check_unmerged(t, n->child[1], cs_mls_node_right(x));
}

enum cs_err
cs_mls_tree_check_unmerged(const struct cs_mls_tree *t)
{
	return check_unmerged(t, t->root, cs_mls_node_root(t->n_leaves));
}

enum cs_err
cs_mls_tree_check_credentials(const struct cs_mls_tree *t)
{
	return cs_mls_tree_supports(t, t->root->uses) ? CS_OK
						      : CS_ERR_CREDENTIAL;
}

enum cs_err
cs_mls_tree_check_context(
    const struct cs_mls_tree *t, const struct cs_mls_ext_list *context)
{
	struct cs_mls_leaf leaf;
	enum cs_err err;

	for (uint32_t i = 0; i < t->n_leaves; i++)
		if (cs_mls_tree_leaf(t, i, &leaf) &&
		    (err = cs_mls_leaf_check_context(&leaf, context)))
			return err;
	return CS_OK;
}

/* ---- leaves ------------------------------------------------------------- */

/* Signatures are checked in threads of the caller, if there are any. */
struct signatures {
	const struct cs_mls_tree *t;
	struct cs_view group_id;
	enum cs_err *err; /* one a leaf: threads do not share them */
};

static void
check_signature(void *arg, size_t i)
{
	const struct signatures *s = arg;
	const struct cs_mls_leaf_place place = { s->group_id, (uint32_t)i };
	struct cs_mls_leaf leaf;

	s->err[i] = CS_OK;
	if (cs_mls_tree_leaf(s->t, (uint32_t)i, &leaf))
		s->err[i] =
		    cs_mls_leaf_verify_signature(&leaf, s->t->suite, place);
}

static enum cs_err
check_signatures(const struct cs_mls_tree *t, struct cs_view group_id,
    const struct cs_mls_options *opt)
{
	struct signatures s = { .t = t, .group_id = group_id };
	enum cs_err err = CS_OK;

	s.err = cs_calloc(t->n_leaves, sizeof *s.err);
	if (s.err == NULL)
		return CS_ERR_NOMEM;
	cs_mls_pool_run(&opt->pool, check_signature, &s, t->n_leaves);
	for (uint32_t i = 0; i < t->n_leaves && err == CS_OK; i++)
		err = s.err[i];
	cs_free_plain(s.err);
	return err;
}

/* All but signatures, and the authentication service is asked. */
static enum cs_err
check_leaves(const struct cs_mls_tree *t, const struct cs_mls_ext_list *context,
    const struct cs_mls_options *opt)
{
	const struct cs_mls_leaf_rules rules = {
		.suite = t->suite,
		.source = CS_MLS_LEAF_ANY,
		.context = context,
		.opt = opt,
	};
	struct cs_mls_leaf leaf;
	enum cs_err err;

	for (uint32_t i = 0; i < t->n_leaves; i++)
		if (cs_mls_tree_leaf(t, i, &leaf) &&
		    ((err = cs_mls_leaf_check_content(&leaf, &rules)) ||
			(err = cs_mls_leaf_ask(&leaf, &rules))))
			return err;
	return CS_OK;
}

enum cs_err
cs_mls_tree_verify(struct cs_mls_tree *out, struct cs_mls_unverified_tree *in,
    struct cs_view group_id, const struct cs_mls_ext_list *context,
    const struct cs_mls_options *opt)
{
	struct cs_mls_tree *t = &in->tree;
	enum cs_err err;

	if (cs_mls_tree_members(t) > cs_mls_max_members(opt))
		return CS_ERR_LIMIT;
	if ((err = cs_mls_tree_check_unmerged(t)) ||
	    (err = cs_mls_tree_verify_parent_hashes(t)) ||
	    (err = cs_mls_tree_check_credentials(t)) ||
	    (err = check_signatures(t, group_id, opt)) ||
	    (err = check_leaves(t, context, opt)))
		return err;
	*out = *t;
	*t = (struct cs_mls_tree){ 0 };
	return CS_OK;
}
