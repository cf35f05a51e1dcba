/* SPDX-License-Identifier: MIT */
/* Trees to make proofs of. */
#pragma once

#include <stdio.h>

#include "support/test.h"
#include "tlog/tree.h"

#define TLOG_TREE_LEVELS 11
#define TLOG_TREE_MAX ((size_t)1 << (TLOG_TREE_LEVELS - 1))

/* All nodes of the entries "0", "1", "2" and so on. */
struct tlog_tree {
	struct cs_tlog_hash nodes[TLOG_TREE_LEVELS][TLOG_TREE_MAX];
};

static inline struct cs_view
tlog_tree_entry(char out[static 24], uint64_t i)
{
	snprintf(out, 24, "%llu", (unsigned long long)i);
	return cs_view_str(out);
}

static inline void
tlog_tree_make(struct tlog_tree *t)
{
	char text[24];

	for (size_t i = 0; i < TLOG_TREE_MAX; i++)
		assert_ok(cs_tlog_leaf_hash(
		    &t->nodes[0][i], tlog_tree_entry(text, i)));
	for (size_t level = 1; level < TLOG_TREE_LEVELS; level++)
		for (size_t i = 0; i < TLOG_TREE_MAX >> level; i++)
			assert_ok(cs_tlog_node_hash(&t->nodes[level][i],
			    &t->nodes[level - 1][2 * i],
			    &t->nodes[level - 1][2 * i + 1]));
}

static inline enum cs_err
tlog_tree_node(
    void *tree, struct cs_tlog_hash *out, unsigned level, uint64_t index)
{
	const struct tlog_tree *t = tree;

	assert_true(level < TLOG_TREE_LEVELS);
	assert_true(index < TLOG_TREE_MAX >> level);
	*out = t->nodes[level][index];
	return CS_OK;
}

/* Trees of one entry again and again: all nodes of a level are the same, so
 * they may be as large as one likes. */
struct tlog_same {
	struct cs_tlog_hash nodes[63];
};

static inline void
tlog_same_make(struct tlog_same *s)
{
	assert_ok(cs_tlog_leaf_hash(&s->nodes[0], cs_view_str("same")));
	for (size_t level = 1; level < 63; level++)
		assert_ok(cs_tlog_node_hash(&s->nodes[level],
		    &s->nodes[level - 1], &s->nodes[level - 1]));
}

static inline enum cs_err
tlog_same_node(
    void *same, struct cs_tlog_hash *out, unsigned level, uint64_t index)
{
	const struct tlog_same *s = same;

	(void)index;
	assert_true(level < 63);
	*out = s->nodes[level];
	return CS_OK;
}
