/* SPDX-License-Identifier: MIT */
/*
 * The nodes of a ratchet tree; for its files only.
 *
 * Nodes are counted and belong to every tree that reaches them. A shared node
 * does not change, except that its hash becomes known. To change one, make a
 * copy of your own first (cs_mls_node_own).
 */
#pragma once

#include "mls/ratchet_tree.h"

enum cs_mls_node_kind {
	CS_MLS_NODE_BLANK = 0,
	CS_MLS_NODE_LEAF = 1, /* NodeType, RFC 9420, section 7.8 */
	CS_MLS_NODE_PARENT = 2,
};

/* What members can and do, one bit each, gathered up the tree. */
#define CS_MLS_DOES_BASIC 1u
#define CS_MLS_DOES_X509 2u
#define CS_MLS_DOES_SELF_REMOVE 4u
#define CS_MLS_DOES_EPHEMERAL 8u
#define CS_MLS_DOES_ALL 15u

/*
 * Invariants: a node above the leaves has two children, a leaf none.  b holds
 * room for the hash, then of a leaf: raw bytes; of a parent: unmerged leaves,
 * 4 bytes each and sorted, then key, then parent hash.
 */
struct cs_mls_node {
	struct cs_mls_node *child[2];
	uint32_t refs;
	uint32_t members; /* leaves from here down that are not blank */
	uint32_t len;     /* bytes of a leaf; unmerged leaves of a parent */
	uint8_t kind;
	uint8_t hashed;
	uint8_t hash_len;
	uint8_t key_len;
	uint8_t parent_hash_len;
	uint8_t supports; /* by every member from here down */
	uint8_t uses;     /* credential types of any member from here down */
	uint8_t b[];
};

/* New nodes have one owner; NULL: no memory.  Children move into the node. */
struct cs_mls_node *cs_mls_node_blank(const struct cs_suite *suite,
    struct cs_mls_node *left, struct cs_mls_node *right);
/* Only of bytes that cs_mls_leaf_read() accepts. */
struct cs_mls_node *cs_mls_node_leaf(
    const struct cs_suite *suite, struct cs_view raw);
struct cs_mls_parent {
	struct cs_view key;
	struct cs_view parent_hash;
	struct cs_view unmerged; /* 4 bytes each */
};
struct cs_mls_node *cs_mls_node_parent_new(const struct cs_suite *suite,
    const struct cs_mls_parent *p, struct cs_mls_node *left,
    struct cs_mls_node *right);

struct cs_mls_node *cs_mls_node_hold(struct cs_mls_node *n);
void cs_mls_node_release(struct cs_mls_node *n);

/* Make ${*at} a node with one owner, to be changed. */
CS_CHECKED enum cs_err cs_mls_node_own(struct cs_mls_node **at);
/* Gather what the children say. */
void cs_mls_node_sum(struct cs_mls_node *n);

struct cs_view cs_mls_node_raw(const struct cs_mls_node *n); /* of a leaf */
struct cs_mls_parent cs_mls_node_parent_view(const struct cs_mls_node *n);
/* The encryption key of a node that is not blank. */
struct cs_view cs_mls_node_key(const struct cs_mls_node *n);

/* Unmerged leaves of a parent, and of any node that is none of them. */
size_t cs_mls_node_n_unmerged(const struct cs_mls_node *n);
uint32_t cs_mls_node_unmerged(const struct cs_mls_node *n, size_t i);
/* Is ${leaf} one of them; is one of ${from} to ${to} inclusive? */
bool cs_mls_node_is_unmerged(const struct cs_mls_node *n, uint32_t leaf);
size_t cs_mls_node_unmerged_within(
    const struct cs_mls_node *n, uint32_t from, uint32_t to);

/* The node at ${x}, which is within the tree. */
const struct cs_mls_node *cs_mls_tree_node(
    const struct cs_mls_tree *t, uint32_t x);
