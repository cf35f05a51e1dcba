/* SPDX-License-Identifier: MIT */
/*
 * src/mls/ratchet_tree.h: the public ratchet tree (RFC 9420, sections 4, 7).
 *
 * Nodes are immutable and counted, so that a copy of a tree costs an array of
 * pointers: a commit is staged on a copy.  Each slot keeps its tree hash until
 * something below it changes.
 */
#pragma once

#include "mls/leaf_node.h"
#include "mls/tree_math.h"

/* The power of two above CS_MLS_MAX_MEMBERS. */
#define CS_MLS_MAX_LEAVES 8192

/* The longest HPKE public key of a suite in RFC 9420 (P-521). */
#define CS_MLS_HPKE_PUBLIC_MAX 133

struct cs_mls_leaf_node {
	unsigned refs;
	struct cs_buf raw;
	struct cs_mls_leaf leaf; /* views into raw */
};

struct cs_mls_parent_node {
	unsigned refs;
	uint8_t key[CS_MLS_HPKE_PUBLIC_MAX];
	uint8_t key_len;
	uint8_t parent_hash[CS_HASH_MAX];
	uint8_t parent_hash_len;
	uint32_t *unmerged; /* sorted */
	size_t n_unmerged;
};

/* At most one of the pointers is set; none: blank. */
struct cs_mls_slot {
	struct cs_mls_leaf_node *leaf;
	struct cs_mls_parent_node *parent;
	bool hashed;
	uint8_t hash[CS_HASH_MAX];
};

/* Invariant: n_leaves is a power of two, slots has 2 * n_leaves - 1. */
struct cs_mls_tree {
	const struct cs_suite *suite;
	uint32_t n_leaves;
	struct cs_mls_slot *slots;
};

/* A tree as it came; see cs_mls_tree_verify(). */
struct cs_mls_unverified_tree {
	struct cs_mls_tree tree;
};

/* A list of node indices. */
struct cs_mls_nodes {
	uint32_t *v;
	size_t n;
	size_t cap;
};
void cs_mls_nodes_clear(struct cs_mls_nodes *nodes);

/* One blank leaf. */
CS_CHECKED enum cs_err cs_mls_tree_init(
    struct cs_mls_tree *out, const struct cs_suite *suite);
CS_CHECKED enum cs_err cs_mls_tree_copy(
    struct cs_mls_tree *out, const struct cs_mls_tree *from);
void cs_mls_tree_clear(struct cs_mls_tree *t);

/* The ratchet_tree of section 12.4.3.3, vector and all. */
CS_CHECKED enum cs_err cs_mls_tree_parse(struct cs_mls_unverified_tree *out,
    const struct cs_suite *suite, struct cs_view in);
void cs_mls_tree_write(struct cs_writer *w, const struct cs_mls_tree *t);

/* The leaf number ${leaf}, or NULL when there is none. */
const struct cs_mls_leaf *cs_mls_tree_leaf(
    const struct cs_mls_tree *t, uint32_t leaf);
/* The same with a reference of the caller's own, to be given back. */
struct cs_mls_leaf_node *cs_mls_tree_leaf_ref(
    const struct cs_mls_tree *t, uint32_t leaf);
void cs_mls_leaf_node_release(struct cs_mls_leaf_node *node);
/* A new node of the bytes of ${leaf}, with one reference. */
CS_CHECKED enum cs_err cs_mls_leaf_node_new(
    struct cs_mls_leaf_node **out, struct cs_view raw);

uint32_t cs_mls_tree_members(const struct cs_mls_tree *t);
/* UINT32_MAX: not there. */
uint32_t cs_mls_tree_find(const struct cs_mls_tree *t, struct cs_view raw_leaf);

/* Is ${node} blank? */
bool cs_mls_tree_blank(const struct cs_mls_tree *t, uint32_t node);
/* The encryption key of a node that is not blank. */
struct cs_view cs_mls_tree_key(const struct cs_mls_tree *t, uint32_t node);

/* Section 12.1: how proposals change the tree. */
CS_CHECKED enum cs_err cs_mls_tree_add(struct cs_mls_tree *t,
    const struct cs_mls_valid_leaf *leaf, uint32_t *index);
CS_CHECKED enum cs_err cs_mls_tree_update(struct cs_mls_tree *t, uint32_t index,
    const struct cs_mls_valid_leaf *leaf);
void cs_mls_tree_remove(struct cs_mls_tree *t, uint32_t index);

/* Put ${leaf} in place; nodes above stay. */
CS_CHECKED enum cs_err cs_mls_tree_set_leaf(struct cs_mls_tree *t,
    uint32_t index, const struct cs_mls_valid_leaf *leaf);

/* Section 4.1.1; appends to ${out}. */
CS_CHECKED enum cs_err cs_mls_tree_resolution(
    struct cs_mls_nodes *out, const struct cs_mls_tree *t, uint32_t node);

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
    const struct cs_view *keys, struct cs_buf *parent_hash);

/* Section 7.8: hash_len bytes of the subtree at ${node}; cached in ${t}. */
CS_CHECKED enum cs_err cs_mls_tree_hash(
    uint8_t *out, struct cs_mls_tree *t, uint32_t node);
CS_CHECKED enum cs_err cs_mls_tree_root_hash(
    uint8_t *out, struct cs_mls_tree *t);

/* Section 7.9: hash of ${parent} with copath child ${sibling}. */
CS_CHECKED enum cs_err cs_mls_tree_parent_hash(
    uint8_t *out, struct cs_mls_tree *t, uint32_t parent, uint32_t sibling);

/* Section 7.9.2: each parent has exactly one valid descendant. */
CS_CHECKED enum cs_err cs_mls_tree_verify_parent_hashes(struct cs_mls_tree *t);

/* Sections 7.3 and 12.4.3.1: no key twice, unmerged leaves in order. */
CS_CHECKED enum cs_err cs_mls_tree_check_keys(const struct cs_mls_tree *t);
CS_CHECKED enum cs_err cs_mls_tree_check_unmerged(const struct cs_mls_tree *t);

/*
 * All that a newcomer checks about a tree (12.4.3.1).  The tree moves to
 * ${out}, which is set on success only.
 */
CS_CHECKED enum cs_err cs_mls_tree_verify(struct cs_mls_tree *out,
    struct cs_mls_unverified_tree *in, struct cs_view group_id,
    const struct cs_mls_ext_list *context, const struct cs_mls_options *opt);
