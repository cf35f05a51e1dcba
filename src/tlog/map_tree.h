/* SPDX-License-Identifier: MIT */
/* A map (tlog/map.h) in memory, for whoever makes one anew of its leaves and
 * compares roots on the way: a new leaf costs as much as its way is long. */
#pragma once

#include "tlog/map.h"

struct cs_tlog_map_tree;

CS_CHECKED enum cs_err cs_tlog_map_tree_new(struct cs_tlog_map_tree **out);
/* NULL is fine. */
void cs_tlog_map_tree_free(struct cs_tlog_map_tree *t);

/* Add a leaf.  CS_ERR_EXISTS: its label is there, and nothing changes;
 * CS_ERR_LIMIT: its way would be longer than CS_TLOG_MAP_DEPTH_MAX. */
CS_CHECKED enum cs_err cs_tlog_map_tree_add(
    struct cs_tlog_map_tree *t, const struct cs_tlog_map_leaf *leaf);

/* How many leaves it has, and its root. */
uint64_t cs_tlog_map_tree_size(const struct cs_tlog_map_tree *t);
void cs_tlog_map_tree_root(
    struct cs_tlog_hash *out, const struct cs_tlog_map_tree *t);
