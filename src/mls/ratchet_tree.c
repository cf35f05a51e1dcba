/* SPDX-License-Identifier: MIT */
#include "mls/ratchet_tree.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "mls/leaf_node.h"
#include "mls/tree_hash.h"
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
	*out = (struct cs_mls_tree){ .suite = suite, .n_leaves = 1 };
	out->root = cs_mls_node_blank(suite, NULL, NULL);
	return out->root == NULL ? CS_ERR_NOMEM : CS_OK;
}

void
cs_mls_tree_copy(struct cs_mls_tree *out, const struct cs_mls_tree *from)
{
	*out = *from;
	cs_mls_node_hold(out->root);
}

void
cs_mls_tree_clear(struct cs_mls_tree *t)
{
	cs_mls_node_release(t->root);
	*t = (struct cs_mls_tree){ 0 };
}

bool
cs_mls_tree_supports(const struct cs_mls_tree *t, unsigned bits)
{
	return (t->root->supports & bits) == bits;
}

bool
cs_mls_tree_blank(const struct cs_mls_tree *t, uint32_t x)
{
	return cs_mls_tree_node(t, x)->kind == CS_MLS_NODE_BLANK;
}

struct cs_view
cs_mls_tree_key(const struct cs_mls_tree *t, uint32_t x)
{
	return cs_mls_node_key(cs_mls_tree_node(t, x));
}

static uint32_t
find_below(const struct cs_mls_node *n, uint32_t x, struct cs_view raw)
{
	uint32_t found;

	if (n->members == 0)
		return UINT32_MAX;
	if (cs_mls_node_is_leaf(x))
		return cs_view_equal(cs_mls_node_raw(n), raw)
		    ? cs_mls_node_to_leaf(x)
		    : UINT32_MAX;
	found = find_below(n->child[0], cs_mls_node_left(x), raw);
	if (found != UINT32_MAX)
		return found;
	return find_below(n->child[1], cs_mls_node_right(x), raw);
}

uint32_t
cs_mls_tree_find(const struct cs_mls_tree *t, struct cs_view raw_leaf)
{
	return find_below(t->root, cs_mls_node_root(t->n_leaves), raw_leaf);
}

/* ---- changing ----------------------------------------------------------- */

/* The way from the root, in front, to a leaf: places of nodes that are ours
 * alone, whose hashes are forgotten. */
struct way {
	size_t n;
	struct cs_mls_node **at[CS_MLS_MAX_DEPTH + 1];
};

static enum cs_err
walk(struct way *out, struct cs_mls_tree *t, uint32_t leaf)
{
	uint32_t x = cs_mls_node_root(t->n_leaves);
	struct cs_mls_node **at = &t->root;
	enum cs_err err;

	out->n = 0;
	for (;;) {
		bool right = cs_mls_leaf_to_node(leaf) > x;

		if ((err = cs_mls_node_own(at)))
			return err;
		(*at)->hashed = false;
		out->at[out->n++] = at;
		if (cs_mls_node_is_leaf(x))
			return CS_OK;
		at = &(*at)->child[right];
		x = right ? cs_mls_node_right(x) : cs_mls_node_left(x);
	}
}

/* Gather from below what nodes sum up. */
static void
sum_up(const struct way *way)
{
	for (size_t i = way->n - 1; i-- > 0;)
		cs_mls_node_sum(*way->at[i]);
}

static void
blank_parents(const struct way *way)
{
	for (size_t i = 0; i + 1 < way->n; i++) {
		struct cs_mls_node *n = *way->at[i];

		n->kind = CS_MLS_NODE_BLANK;
		n->len = 0;
	}
}

/* Put ${n}, which moves, in the place of a leaf; NULL: no memory for it. */
static enum cs_err
replace_leaf(const struct way *way, struct cs_mls_node *n)
{
	struct cs_mls_node **at = way->at[way->n - 1];

	if (n == NULL)
		return CS_ERR_NOMEM;
	cs_mls_node_release(*at);
	*at = n;
	sum_up(way);
	return CS_OK;
}

/* Put a parent node in the place of one that is ours alone. */
static enum cs_err
replace_parent(struct cs_mls_node **at, const struct cs_suite *suite,
    const struct cs_mls_parent *p)
{
	struct cs_mls_node *old = *at,
			   *n = cs_mls_node_parent_new(
			       suite, p, old->child[0], old->child[1]);

	if (n == NULL)
		return CS_ERR_NOMEM;
	/* The children have moved. */
	old->child[0] = old->child[1] = NULL;
	cs_mls_node_release(old);
	*at = n;
	return CS_OK;
}

enum cs_err
cs_mls_tree_set_leaf(
    struct cs_mls_tree *t, uint32_t index, const struct cs_mls_valid_leaf *leaf)
{
	struct way way;
	enum cs_err err;

	if ((err = walk(&way, t, index)))
		return err;
	return replace_leaf(&way, cs_mls_node_leaf(t->suite, leaf->leaf.raw));
}

enum cs_err
cs_mls_tree_update(
    struct cs_mls_tree *t, uint32_t index, const struct cs_mls_valid_leaf *leaf)
{
	struct way way;
	enum cs_err err;

	if ((err = walk(&way, t, index)))
		return err;
	blank_parents(&way);
	return replace_leaf(&way, cs_mls_node_leaf(t->suite, leaf->leaf.raw));
}

/* A blank subtree with ${n_leaves}. */
static struct cs_mls_node *
blank_tree(const struct cs_suite *suite, uint32_t n_leaves)
{
	struct cs_mls_node *left, *right, *n = NULL;

	if (n_leaves == 1)
		return cs_mls_node_blank(suite, NULL, NULL);
	left = blank_tree(suite, n_leaves / 2);
	right = blank_tree(suite, n_leaves / 2);
	if (left != NULL && right != NULL)
		n = cs_mls_node_blank(suite, left, right);
	if (n == NULL) {
		cs_mls_node_release(left);
		cs_mls_node_release(right);
	}
	return n;
}

/* Section 7.7: a new blank root whose right half is blank. */
static enum cs_err
extend(struct cs_mls_tree *t)
{
	struct cs_mls_node *half, *root;

	if (t->n_leaves >= CS_MLS_MAX_LEAVES)
		return CS_ERR_LIMIT;
	half = blank_tree(t->suite, t->n_leaves);
	if (half == NULL)
		return CS_ERR_NOMEM;
	root = cs_mls_node_blank(t->suite, t->root, half);
	if (root == NULL) {
		cs_mls_node_release(half);
		return CS_ERR_NOMEM;
	}
	t->root = root;
	t->n_leaves *= 2;
	return CS_OK;
}

enum cs_err
cs_mls_tree_place(struct cs_mls_tree *t, uint32_t *index)
{
	const struct cs_mls_node *n;
	uint32_t x, size;
	enum cs_err err;

	if (t->root->members == t->n_leaves && (err = extend(t)))
		return err;
	n = t->root;
	x = cs_mls_node_root(t->n_leaves);
	for (size = t->n_leaves / 2; size != 0; size /= 2) {
		bool right = n->child[0]->members == size;

		n = n->child[right];
		x = right ? cs_mls_node_right(x) : cs_mls_node_left(x);
	}
	*index = cs_mls_node_to_leaf(x);
	return CS_OK;
}

/* Add ${leaf} to the list of a parent node. */
static enum cs_err
mark_unmerged(
    struct cs_mls_node **at, const struct cs_suite *suite, uint32_t leaf)
{
	struct cs_mls_parent p = cs_mls_node_parent_view(*at);
	uint8_t be[4] = { (uint8_t)(leaf >> 24), (uint8_t)(leaf >> 16),
		(uint8_t)(leaf >> 8), (uint8_t)leaf };
	size_t before =
	    4 * (leaf == 0 ? 0 : cs_mls_node_unmerged_within(*at, 0, leaf - 1));
	struct cs_buf list = { 0 };
	enum cs_err err;

	if ((err = cs_buf_add(&list, cs_view(p.unmerged.data, before))) ||
	    (err = cs_buf_add(&list, CS_VIEW_OF(be))) ||
	    (err = cs_buf_add(&list,
		 cs_view(p.unmerged.data + before, p.unmerged.len - before))))
		goto out;
	p.unmerged = cs_buf_view(&list);
	err = replace_parent(at, suite, &p);
out:
	cs_buf_free(&list);
	return err;
}

enum cs_err
cs_mls_tree_add(struct cs_mls_tree *t, const struct cs_mls_valid_leaf *leaf,
    uint32_t *index)
{
	struct way way;
	enum cs_err err;

	if ((err = cs_mls_tree_place(t, index)) ||
	    (err = walk(&way, t, *index)))
		return err;
	for (size_t i = way.n - 1; i-- > 0;) {
		bool right;

		if ((*way.at[i])->kind != CS_MLS_NODE_PARENT)
			continue;
		right = way.at[i + 1] == &(*way.at[i])->child[1];
		if ((err = mark_unmerged(way.at[i], t->suite, *index)))
			return err;
		/* The node has moved, and with it the place of its child. */
		way.at[i + 1] = &(*way.at[i])->child[right];
	}
	return replace_leaf(&way, cs_mls_node_leaf(t->suite, leaf->leaf.raw));
}

/* Section 7.7: drop the right half while it is blank. */
static void
truncate_tree(struct cs_mls_tree *t)
{
	while (t->n_leaves > 1 && t->root->child[1]->members == 0) {
		struct cs_mls_node *half = cs_mls_node_hold(t->root->child[0]);

		cs_mls_node_release(t->root);
		t->root = half;
		t->n_leaves /= 2;
	}
}

enum cs_err
cs_mls_tree_remove(struct cs_mls_tree *t, uint32_t index)
{
	struct way way;
	enum cs_err err;

	if ((err = walk(&way, t, index)))
		return err;
	blank_parents(&way);
	if ((err = replace_leaf(&way, cs_mls_node_blank(t->suite, NULL, NULL))))
		return err;
	truncate_tree(t);
	return CS_OK;
}

/* ---- paths -------------------------------------------------------------- */

static enum cs_err
nodes_add(struct cs_mls_nodes *nodes, uint32_t x, const struct cs_mls_node *n)
{
	if (nodes->n == nodes->cap) {
		size_t cap = nodes->cap == 0 ? 16 : 2 * nodes->cap;
		void *grown =
		    cs_grow(nodes->v, nodes->n, cap, sizeof *nodes->v);

		if (grown == NULL)
			return CS_ERR_NOMEM;
		nodes->v = grown;
		nodes->cap = cap;
	}
	nodes->v[nodes->n].x = x;
	nodes->v[nodes->n++].node = n;
	return CS_OK;
}

static enum cs_err
resolve(struct cs_mls_nodes *out, const struct cs_mls_tree *t,
    const struct cs_mls_node *n, uint32_t x)
{
	enum cs_err err = CS_OK;

	if (n->kind != CS_MLS_NODE_BLANK) {
		err = nodes_add(out, x, n);
		for (size_t i = 0; i < cs_mls_node_n_unmerged(n) && !err; i++) {
			uint32_t y =
			    cs_mls_leaf_to_node(cs_mls_node_unmerged(n, i));

			err = nodes_add(out, y, cs_mls_tree_node(t, y));
		}
		return err;
	}
	if (cs_mls_node_is_leaf(x) || n->members == 0)
		return CS_OK;
	if ((err = resolve(out, t, n->child[0], cs_mls_node_left(x))))
		return err;
	return resolve(out, t, n->child[1], cs_mls_node_right(x));
}

enum cs_err
cs_mls_tree_resolution(
    struct cs_mls_nodes *out, const struct cs_mls_tree *t, uint32_t x)
{
	return resolve(out, t, cs_mls_tree_node(t, x), x);
}

void
cs_mls_tree_filtered_path(struct cs_mls_filtered_path *out,
    const struct cs_mls_tree *t, uint32_t leaf)
{
	uint32_t x = cs_mls_node_root(t->n_leaves);
	const struct cs_mls_node *n = t->root;
	struct cs_mls_filtered_path down = { 0 };

	while (!cs_mls_node_is_leaf(x)) {
		bool right = cs_mls_leaf_to_node(leaf) > x;
		uint32_t l = cs_mls_node_left(x), r = cs_mls_node_right(x);

		/* A node that nobody is below resolves to nothing: in a valid
		 * tree it has no key. */
		if (n->child[!right]->members != 0) {
			down.v[down.n].node = x;
			down.v[down.n++].copath = right ? l : r;
		}
		n = n->child[right];
		x = right ? r : l;
	}
	out->n = down.n;
	for (size_t i = 0; i < down.n; i++)
		out->v[i] = down.v[down.n - 1 - i];
}

enum cs_err
cs_mls_tree_set_path(struct cs_mls_tree *t, uint32_t leaf,
    const struct cs_mls_filtered_path *path, const struct cs_view *keys,
    struct cs_mls_hash *parent_hash)
{
	struct cs_mls_parent p = { 0 };
	struct way way;
	size_t k = path->n;
	uint32_t x = cs_mls_node_root(t->n_leaves);
	enum cs_err err;

	if ((err = walk(&way, t, leaf)))
		return err;
	blank_parents(&way);
	parent_hash->len = 0;
	/* From the top: each hash covers the one above it. */
	for (size_t i = 0; i + 1 < way.n; i++) {
		bool right = cs_mls_leaf_to_node(leaf) > x;

		if (k > 0 && path->v[k - 1].node == x) {
			k--;
			p.key = keys[k];
			p.parent_hash = cs_mls_hash_view(parent_hash);
			if ((err = replace_parent(way.at[i], t->suite, &p)))
				return err;
			way.at[i + 1] = &(*way.at[i])->child[right];
			if ((err = cs_mls_tree_parent_hash(
				 parent_hash->b, t, x, path->v[k].copath)))
				return err;
			parent_hash->len = t->suite->hash_len;
		}
		x = right ? cs_mls_node_right(x) : cs_mls_node_left(x);
	}
	return CS_OK;
}

/* ---- differences -------------------------------------------------------- */

typedef enum cs_err visit_fn(void *arg, uint32_t x,
    const struct cs_mls_node *was, const struct cs_mls_node *is);

static bool
same(const struct cs_mls_node *a, const struct cs_mls_node *b)
{
	if (a == b)
		return true;
	return a != NULL && b != NULL && a->hashed && b->hashed &&
	    cs_view_equal(
		cs_view(a->b, a->hash_len), cs_view(b->b, b->hash_len));
}

static enum cs_err
diff(const struct cs_mls_node *was, const struct cs_mls_node *is, uint32_t x,
    visit_fn *visit, void *arg)
{
	enum cs_err err;

	if (same(was, is))
		return CS_OK;
	if ((err = visit(arg, x, was, is)) || cs_mls_node_is_leaf(x))
		return err;
	if ((err = diff(was == NULL ? NULL : was->child[0],
		 is == NULL ? NULL : is->child[0], cs_mls_node_left(x), visit,
		 arg)))
		return err;
	return diff(was == NULL ? NULL : was->child[1],
	    is == NULL ? NULL : is->child[1], cs_mls_node_right(x), visit, arg);
}

enum cs_err
cs_mls_tree_diff(const struct cs_mls_tree *was, const struct cs_mls_tree *is,
    visit_fn *visit, void *arg)
{
	const struct cs_mls_node *a = was->root, *b = is->root;
	uint32_t na = was->n_leaves, nb = is->n_leaves, x;
	enum cs_err err;

	/* The larger one down to where the smaller one begins: on its left. */
	while (na != nb) {
		bool shrank = na > nb;
		const struct cs_mls_node *top = shrank ? a : b,
					 *half = top->child[1];

		x = cs_mls_node_root(shrank ? na : nb);
		if ((err = visit(
			 arg, x, shrank ? a : NULL, shrank ? NULL : b)) ||
		    (err = diff(shrank ? half : NULL, shrank ? NULL : half,
			 cs_mls_node_right(x), visit, arg)))
			return err;
		if (shrank) {
			a = a->child[0];
			na /= 2;
		} else {
			b = b->child[0];
			nb /= 2;
		}
	}
	return diff(a, b, cs_mls_node_root(na), visit, arg);
}
