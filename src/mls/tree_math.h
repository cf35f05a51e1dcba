/* SPDX-License-Identifier: MIT */
/*
 * Array-based trees (RFC 9420, appendix C).
 *
 * The number of leaves is always a power of two, so that relations between
 * nodes need no size.  Leaf ${i} is node 2 * i.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The deepest tree of 32-bit node indices has this many levels. */
#define CS_MLS_MAX_DEPTH 32

static inline bool
cs_mls_node_is_leaf(uint32_t x)
{
	return (x & 1) == 0;
}

static inline uint32_t
cs_mls_leaf_to_node(uint32_t leaf)
{
	return 2 * leaf;
}

static inline uint32_t
cs_mls_node_to_leaf(uint32_t x)
{
	return x / 2;
}

/* Nodes of a tree with ${n_leaves} leaves. */
uint32_t cs_mls_node_width(uint32_t n_leaves);

uint32_t cs_mls_node_root(uint32_t n_leaves);

/* Children; ${x} is not a leaf. */
uint32_t cs_mls_node_left(uint32_t x);
uint32_t cs_mls_node_right(uint32_t x);

/* Not for the root of the tree that is meant. */
uint32_t cs_mls_node_parent(uint32_t x);
uint32_t cs_mls_node_sibling(uint32_t x);

/* Is ${x} the node ${top} or below it? */
bool cs_mls_node_below(uint32_t top, uint32_t x);

/* The lowest node that has both below it. */
uint32_t cs_mls_node_common(uint32_t x, uint32_t y);

/* The first and the last leaf below ${x}. */
void cs_mls_node_leaves(uint32_t x, uint32_t *first, uint32_t *last);
