/* SPDX-License-Identifier: MIT */
/* The leaves of a tree, whether it is thawed or as it was saved. */
#pragma once

#include "mls/ratchet_tree.h"

/* Bytes before the offsets of the leaves in a saved tree: how many leaves, and
 * how many members. */
#define CS_MLS_SAVED_TREE_HEAD 8

/* The leaf number ${leaf}; false: there is none. Views live as long as the
 * tree does not change. */
bool cs_mls_tree_leaf(
    const struct cs_mls_tree *t, uint32_t leaf, struct cs_mls_leaf *out);
/* Is there one? */
bool cs_mls_tree_has(const struct cs_mls_tree *t, uint32_t leaf);
/* How many leaves are not blank. */
uint32_t cs_mls_tree_members(const struct cs_mls_tree *t);
