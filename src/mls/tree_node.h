/* SPDX-License-Identifier: MIT */
/* src/mls/tree_node.h: the nodes of a ratchet tree; for its files only. */
#pragma once

#include "mls/ratchet_tree.h"

/* One more owner of what the slot points to. */
void cs_mls_slot_hold(struct cs_mls_slot *s);

/* Let go of the content; the hash is not looked at. */
void cs_mls_slot_blank(struct cs_mls_slot *s);

/* Replace the content by a parent node. */
CS_CHECKED enum cs_err cs_mls_slot_set_parent(struct cs_mls_slot *s,
    struct cs_view key, struct cs_view parent_hash, const uint32_t *unmerged,
    size_t n_unmerged);

/* Add ${leaf} to the unmerged leaves of the parent node here. */
CS_CHECKED enum cs_err cs_mls_slot_add_unmerged(
    struct cs_mls_slot *s, uint32_t leaf);

/* Is ${leaf} an unmerged leaf of ${p}? */
bool cs_mls_parent_unmerged(const struct cs_mls_parent_node *p, uint32_t leaf);
