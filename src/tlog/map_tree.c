/* SPDX-License-Identifier: MIT */
#include "tlog/map_tree.h"

#include <string.h>

#include "base/alloc.h"

/* A part: empty, one leaf, or two parts. */
struct part {
	struct cs_tlog_map_node node;
	struct part *beneath[2];
	struct cs_tlog_map_leaf leaf; /* if it is one */
};

struct cs_tlog_map_tree {
	struct part *root; /* NULL: empty */
	uint64_t n;
};

enum cs_err
cs_tlog_map_tree_new(struct cs_tlog_map_tree **out)
{
	*out = cs_calloc(1, sizeof **out);
	return *out != NULL ? CS_OK : CS_ERR_NOMEM;
}

static void
free_part(struct part *p)
{
	if (p == NULL)
		return;
	/* No deeper than CS_TLOG_MAP_DEPTH_MAX. */
	free_part(p->beneath[0]);
	free_part(p->beneath[1]);
	cs_free(p, sizeof *p);
}

void
cs_tlog_map_tree_free(struct cs_tlog_map_tree *t)
{
	if (t == NULL)
		return;
	free_part(t->root);
	cs_free(t, sizeof *t);
}

/* ---- adding ------------------------------------------------------------- */

static enum cs_err
new_leaf(struct part **out, const struct cs_tlog_map_leaf *leaf)
{
	struct part *p = cs_calloc(1, sizeof *p);
	enum cs_err err;

	if (p == NULL)
		return CS_ERR_NOMEM;
	p->leaf = *leaf;
	if ((err = cs_tlog_map_fold(&p->node, leaf, 1, 0))) {
		cs_free(p, sizeof *p);
		return err;
	}
	*out = p;
	return CS_OK;
}

static const struct cs_tlog_map_node *
node_of(const struct part *p)
{
	static const struct cs_tlog_map_node empty = { .kind =
							   CS_TLOG_MAP_EMPTY };

	return p != NULL ? &p->node : &empty;
}

/* A part in the place of the leaf ${old}, which goes one down. */
static enum cs_err
push_down(struct part **at, unsigned depth)
{
	struct part *old = *at, *above = cs_calloc(1, sizeof *above);

	if (above == NULL)
		return CS_ERR_NOMEM;
	above->beneath[cs_tlog_map_bit(old->leaf.label, depth)] = old;
	above->node.kind = CS_TLOG_MAP_NODE;
	*at = above;
	return CS_OK;
}

static enum cs_err
add(struct part **at, const struct cs_tlog_map_leaf *leaf, unsigned depth)
{
	struct part *p = *at;
	enum cs_err err;

	if (p == NULL)
		return new_leaf(at, leaf);
	if (p->node.kind == CS_TLOG_MAP_LEAF) {
		if (depth == CS_TLOG_MAP_DEPTH_MAX)
			return CS_ERR_LIMIT;
		if ((err = push_down(at, depth)))
			return err;
		p = *at;
	}
	if ((err = add(&p->beneath[cs_tlog_map_bit(leaf->label, depth)], leaf,
		 depth + 1)))
		return err;
	return cs_tlog_map_join(
	    &p->node, node_of(p->beneath[0]), node_of(p->beneath[1]));
}

/* Before anything changes: can the leaf be added? */
static enum cs_err
check(const struct cs_tlog_map_tree *t, const struct cs_tlog_map_leaf *leaf)
{
	const struct part *p = t->root;
	unsigned depth = 0;

	for (; p != NULL && p->node.kind == CS_TLOG_MAP_NODE; depth++)
		p = p->beneath[cs_tlog_map_bit(leaf->label, depth)];
	if (p == NULL)
		return CS_OK;
	for (; depth < CS_TLOG_MAP_DEPTH_MAX; depth++)
		if (cs_tlog_map_bit(p->leaf.label, depth) !=
		    cs_tlog_map_bit(leaf->label, depth))
			return CS_OK;
	return cs_view_equal(CS_VIEW_OF(p->leaf.label), CS_VIEW_OF(leaf->label))
	    ? CS_ERR_EXISTS
	    : CS_ERR_LIMIT;
}

enum cs_err
cs_tlog_map_tree_add(
    struct cs_tlog_map_tree *t, const struct cs_tlog_map_leaf *leaf)
{
	enum cs_err err = check(t, leaf);

	if (err || (err = add(&t->root, leaf, 0)))
		return err;
	t->n++;
	return CS_OK;
}

uint64_t
cs_tlog_map_tree_size(const struct cs_tlog_map_tree *t)
{
	return t->n;
}

void
cs_tlog_map_tree_root(
    struct cs_tlog_hash *out, const struct cs_tlog_map_tree *t)
{
	*out = node_of(t->root)->hash;
}
