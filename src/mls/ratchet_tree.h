/* SPDX-License-Identifier: MIT */
/*
 * The public ratchet tree (RFC 9420, sections 4, 7).
 *
 * A tree of counted nodes.  A copy costs one reference, and a change makes new
 * nodes on its way from the root only: a commit is staged on a copy, and what
 * did not change is shared, with its hashes.
 *
 * A tree that was loaded is first only a view of its saved bytes, in which
 * single leaves can be looked up; cs_mls_tree_thaw() makes nodes of it before
 * anything else is done.
 */
#pragma once

#include "mls/leaf_node.h"
#include "mls/tree_math.h"

/* The power of two above CS_MLS_MAX_MEMBERS. */
#define CS_MLS_MAX_LEAVES 65536
_Static_assert(CS_MLS_MAX_MEMBERS < CS_MLS_MAX_LEAVES, "leaves");

struct cs_mls_node; /* tree_node.h */

/* Invariant: n_leaves is a power of two; root or saved is set. */
struct cs_mls_tree {
	const struct cs_suite *suite;
	uint32_t n_leaves;
	struct cs_mls_node *root;
	struct cs_view saved;
};

/* A tree as it came; see cs_mls_tree_verify(). */
struct cs_mls_unverified_tree {
	struct cs_mls_tree tree;
};

/* A list of nodes, borrowed from a tree. */
struct cs_mls_nodes {
	struct {
		uint32_t x;
		const struct cs_mls_node *node;
	} * v;
	size_t n;
	size_t cap;
};
void cs_mls_nodes_clear(struct cs_mls_nodes *nodes);

/* One blank leaf. */
CS_CHECKED enum cs_err cs_mls_tree_init(
    struct cs_mls_tree *out, const struct cs_suite *suite);
void cs_mls_tree_copy(struct cs_mls_tree *out, const struct cs_mls_tree *from);
void cs_mls_tree_clear(struct cs_mls_tree *t);

/* ---- the rest is for trees that are thawed ------------------------------ */

/* Every member from the root down supports ${bits} (tree_node.h). */
bool cs_mls_tree_supports(const struct cs_mls_tree *t, unsigned bits);

/* UINT32_MAX: not there. */
uint32_t cs_mls_tree_find(const struct cs_mls_tree *t, struct cs_view raw_leaf);

/* Is the node at ${x}, which is within the tree, blank? */
bool cs_mls_tree_blank(const struct cs_mls_tree *t, uint32_t x);
/* The encryption key of a node that is not blank. */
struct cs_view cs_mls_tree_key(const struct cs_mls_tree *t, uint32_t x);

/* Section 12.1: how proposals change the tree. After a failure, which can only
 * be CS_ERR_NOMEM or CS_ERR_LIMIT, the tree can only be cleared; the one that
 * it was copied from is as it was. */
CS_CHECKED enum cs_err cs_mls_tree_add(struct cs_mls_tree *t,
    const struct cs_mls_valid_leaf *leaf, uint32_t *index);
CS_CHECKED enum cs_err cs_mls_tree_update(struct cs_mls_tree *t, uint32_t index,
    const struct cs_mls_valid_leaf *leaf);
CS_CHECKED enum cs_err cs_mls_tree_remove(
    struct cs_mls_tree *t, uint32_t index);
/* The place that an Add would take; the tree grows if there is none. */
CS_CHECKED enum cs_err cs_mls_tree_place(
    struct cs_mls_tree *t, uint32_t *index);
/* Put ${leaf} in place; nodes above stay. */
CS_CHECKED enum cs_err cs_mls_tree_set_leaf(struct cs_mls_tree *t,
    uint32_t index, const struct cs_mls_valid_leaf *leaf);

/* Section 4.1.1; appends to ${out}. */
CS_CHECKED enum cs_err cs_mls_tree_resolution(
    struct cs_mls_nodes *out, const struct cs_mls_tree *t, uint32_t x);

/* Section 4.1.2: the filtered direct path of a leaf, from below. */
struct cs_mls_filtered_path {
	size_t n;
	struct {
		uint32_t node;
		uint32_t copath;
	} v[CS_MLS_MAX_DEPTH];
};
void cs_mls_tree_filtered_path(struct cs_mls_filtered_path *out,
    const struct cs_mls_tree *t, uint32_t leaf);

/*
 * Section 7.5: blank the direct path of ${leaf}, set ${keys} on its filtered
 * one, ${path}, and all parent hashes; ${parent_hash} is then the leaf's.
 */
CS_CHECKED enum cs_err cs_mls_tree_set_path(struct cs_mls_tree *t,
    uint32_t leaf, const struct cs_mls_filtered_path *path,
    const struct cs_view *keys, struct cs_mls_hash *parent_hash);

/*
 * Walk over the places where two trees differ; what they share, or what hashes
 * to the same, is passed over.  ${was} or ${is} is NULL where a tree does not
 * reach.  Stops at the first error.
 */
CS_CHECKED enum cs_err cs_mls_tree_diff(const struct cs_mls_tree *was,
    const struct cs_mls_tree *is,
    enum cs_err (*visit)(void *arg, uint32_t x, const struct cs_mls_node *was,
	const struct cs_mls_node *is),
    void *arg);
