/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"
#include "mls/tree_node.h"

/* NodeType, RFC 9420, section 7.8. */
#define NODE_LEAF 1
#define NODE_PARENT 2

/* ParentNode, section 7.1. */
static void
read_parent(struct cs_reader *r, struct cs_mls_slot *s)
{
	struct cs_view key = cs_read_vec(r), hash = cs_read_vec(r);
	struct cs_reader list = cs_read_sub(r);
	size_t n = list.left / 4;
	uint32_t *unmerged;
	enum cs_err err;

	if (list.err == CS_OK && n > CS_MLS_MAX_LEAVES)
		cs_reader_fail(&list, CS_ERR_LIMIT);
	unmerged = cs_calloc(n, sizeof *unmerged);
	if (unmerged == NULL) {
		cs_reader_fail(r, CS_ERR_NOMEM);
		return;
	}
	for (size_t i = 0; i < n && list.err == CS_OK; i++) {
		unmerged[i] = cs_read_u32(&list);
		/* Section 7.1: in increasing order. */
		if (i > 0 && unmerged[i] <= unmerged[i - 1])
			cs_reader_fail(&list, CS_ERR_FORMAT);
	}
	cs_read_sub_end(r, &list);
	if (r->err == CS_OK &&
	    (err = cs_mls_slot_set_parent(s, key, hash, unmerged, n)))
		cs_reader_fail(r, err);
	cs_free_plain(unmerged);
}

static void
read_node(struct cs_reader *r, struct cs_mls_slot *s, uint32_t x)
{
	struct cs_mls_leaf leaf;
	uint8_t type;
	enum cs_err err;

	if (!cs_read_optional(r))
		return;
	type = cs_read_u8(r);
	if (type != (cs_mls_node_is_leaf(x) ? NODE_LEAF : NODE_PARENT)) {
		cs_reader_fail(r, CS_ERR_FORMAT);
		return;
	}
	if (type == NODE_PARENT) {
		read_parent(r, s);
		return;
	}
	cs_mls_leaf_read(r, &leaf);
	if (r->err == CS_OK && (err = cs_mls_leaf_node_new(&s->leaf, leaf.raw)))
		cs_reader_fail(r, err);
}

/* Double the room; the tree is not hashed yet. */
static enum cs_err
widen(struct cs_mls_tree *t)
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

enum cs_err
cs_mls_tree_parse(struct cs_mls_unverified_tree *out,
    const struct cs_suite *suite, struct cs_view in)
{
	struct cs_mls_tree *t = &out->tree;
	struct cs_reader r = cs_reader(in), sub = cs_read_sub(&r);
	uint32_t x = 0;
	enum cs_err err;

	if ((err = cs_mls_tree_init(t, suite)))
		return err;
	for (; cs_reader_more(&sub); x++) {
		if (x == cs_mls_node_width(t->n_leaves) && (err = widen(t)))
			cs_reader_fail(&sub, err);
		else
			read_node(&sub, &t->slots[x], x);
	}
	cs_read_sub_end(&r, &sub);
	err = cs_reader_end(&r);
	/* Section 12.4.3.3: the last node is not blank. */
	if (err == CS_OK && (x == 0 || cs_mls_tree_blank(t, x - 1)))
		err = CS_ERR_FORMAT;
	if (err != CS_OK)
		cs_mls_tree_clear(t);
	return err;
}

static void
write_parent(struct cs_writer *w, const struct cs_mls_parent_node *p)
{
	size_t mark;

	cs_write_vec(w, cs_view(p->key, p->key_len));
	cs_write_vec(w, cs_view(p->parent_hash, p->parent_hash_len));
	mark = cs_write_open(w);
	for (size_t i = 0; i < p->n_unmerged; i++)
		cs_write_u32(w, p->unmerged[i]);
	cs_write_close(w, mark);
}

void
cs_mls_tree_write(struct cs_writer *w, const struct cs_mls_tree *t)
{
	size_t mark = cs_write_open(w);
	uint32_t n = cs_mls_node_width(t->n_leaves);

	while (n > 0 && cs_mls_tree_blank(t, n - 1))
		n--;
	for (uint32_t x = 0; x < n; x++) {
		const struct cs_mls_slot *s = &t->slots[x];

		cs_write_u8(w, !cs_mls_tree_blank(t, x));
		if (s->leaf != NULL) {
			cs_write_u8(w, NODE_LEAF);
			cs_mls_leaf_write(w, &s->leaf->leaf);
		} else if (s->parent != NULL) {
			cs_write_u8(w, NODE_PARENT);
			write_parent(w, s->parent);
		}
	}
	cs_write_close(w, mark);
}
