/* SPDX-License-Identifier: MIT */
#include "mls/tree_codec.h"

#include "mls/leaf_node.h"
#include "mls/ratchet_tree.h"
#include "mls/tree_node.h"

/* ParentNode, section 7.1; views into what is read. */
static void
read_parent(struct cs_reader *r, struct cs_mls_parent *out)
{
	struct cs_reader list;
	uint32_t leaf, before = 0;

	out->key = cs_read_vec_max(r, CS_HPKE_PUBLIC_MAX);
	out->parent_hash = cs_read_vec_max(r, CS_HASH_MAX);
	out->unmerged = cs_read_vec(r);
	list = cs_reader(out->unmerged);
	for (size_t i = 0; cs_reader_more(&list); i++) {
		leaf = cs_read_u32(&list);
		/* Section 7.1: in increasing order. */
		if (i > 0 && leaf <= before)
			cs_reader_fail(&list, CS_ERR_FORMAT);
		before = leaf;
	}
	if (list.err != CS_OK)
		cs_reader_fail(r, list.err);
}

/* One optional<Node> of the kind that belongs to ${x}. */
struct entry {
	bool there;
	struct cs_mls_leaf leaf;
	struct cs_mls_parent parent;
};

static void
read_entry(struct cs_reader *r, struct entry *out, uint32_t x)
{
	bool is_leaf = cs_mls_node_is_leaf(x);
	uint8_t type;

	out->there = cs_read_optional(r);
	if (!out->there)
		return;
	type = cs_read_u8(r);
	if (type != (is_leaf ? CS_MLS_NODE_LEAF : CS_MLS_NODE_PARENT))
		cs_reader_fail(r, CS_ERR_FORMAT);
	else if (is_leaf)
		cs_mls_leaf_read(r, &out->leaf);
	else
		read_parent(r, &out->parent);
}

/* How many leaves a tree of the entries in ${r} has. */
static uint32_t
count_leaves(struct cs_reader *r)
{
	struct entry e = { 0 };
	uint32_t x = 0, n = 1;

	for (; cs_reader_more(r); x++) {
		if (x == cs_mls_node_width(CS_MLS_MAX_LEAVES))
			cs_reader_fail(r, CS_ERR_LIMIT);
		else
			read_entry(r, &e, x);
	}
	/* Section 12.4.3.3: the last node is not blank. */
	if (x == 0 || !e.there)
		cs_reader_fail(r, CS_ERR_FORMAT);
	while (cs_mls_node_width(n) < x)
		n *= 2;
	return n;
}

/* The subtree at ${x} of the entries that follow, which stand in order. */
static struct cs_mls_node *
build(struct cs_reader *r, const struct cs_suite *suite, uint32_t x)
{
	struct cs_mls_node *left = NULL, *right = NULL, *n = NULL;
	bool is_leaf = cs_mls_node_is_leaf(x);
	struct entry e = { 0 };

	if (!is_leaf)
		left = build(r, suite, cs_mls_node_left(x));
	if (cs_reader_more(r))
		read_entry(r, &e, x);
	if (!is_leaf)
		right = build(r, suite, cs_mls_node_right(x));
	if (is_leaf || (left != NULL && right != NULL)) {
		if (!e.there)
			n = cs_mls_node_blank(suite, left, right);
		else if (is_leaf)
			n = cs_mls_node_leaf(suite, e.leaf.raw);
		else
			n = cs_mls_node_parent_new(
			    suite, &e.parent, left, right);
	}
	if (n == NULL) {
		cs_mls_node_release(left);
		cs_mls_node_release(right);
	}
	return n;
}

enum cs_err
cs_mls_tree_parse(struct cs_mls_unverified_tree *out,
    const struct cs_suite *suite, struct cs_view in)
{
	struct cs_mls_tree *t = &out->tree;
	struct cs_reader r = cs_reader(in), first = cs_read_sub(&r),
			 again = first;
	uint32_t n = count_leaves(&first);
	enum cs_err err;

	*t = (struct cs_mls_tree){ .suite = suite, .n_leaves = n };
	cs_read_sub_end(&r, &first);
	if ((err = cs_reader_end(&r)))
		return err;
	t->root = build(&again, suite, cs_mls_node_root(n));
	return t->root == NULL ? CS_ERR_NOMEM : CS_OK;
}

static void
write_parent(struct cs_writer *w, const struct cs_mls_node *n)
{
	struct cs_mls_parent p = cs_mls_node_parent_view(n);

	cs_write_vec(w, p.key);
	cs_write_vec(w, p.parent_hash);
	cs_write_vec(w, p.unmerged);
}

/* Nodes up to ${last} in order. */
static void
write_nodes(
    struct cs_writer *w, const struct cs_mls_node *n, uint32_t x, uint32_t last)
{
	bool is_leaf = cs_mls_node_is_leaf(x);

	if (!is_leaf)
		write_nodes(w, n->child[0], cs_mls_node_left(x), last);
	if (x > last)
		return;
	cs_write_u8(w, n->kind != CS_MLS_NODE_BLANK);
	if (n->kind != CS_MLS_NODE_BLANK)
		cs_write_u8(w, n->kind);
	if (n->kind == CS_MLS_NODE_LEAF)
		cs_write_bytes(w, cs_mls_node_raw(n));
	else if (n->kind == CS_MLS_NODE_PARENT)
		write_parent(w, n);
	if (!is_leaf)
		write_nodes(w, n->child[1], cs_mls_node_right(x), last);
}

/* The last node that is not blank: the last leaf that is there. */
static uint32_t
last_node(const struct cs_mls_tree *t)
{
	uint32_t x = cs_mls_node_root(t->n_leaves);
	const struct cs_mls_node *n = t->root;

	while (!cs_mls_node_is_leaf(x)) {
		bool right = n->child[1]->members != 0;

		if (!right && n->kind != CS_MLS_NODE_BLANK)
			return x;
		n = n->child[right];
		x = right ? cs_mls_node_right(x) : cs_mls_node_left(x);
	}
	return x;
}

void
cs_mls_tree_write(struct cs_writer *w, const struct cs_mls_tree *t)
{
	size_t mark = cs_write_open(w);

	if (t->root == NULL)
		cs_writer_fail(w, CS_ERR_MISUSE);
	else
		write_nodes(
		    w, t->root, cs_mls_node_root(t->n_leaves), last_node(t));
	cs_write_close(w, mark);
}
