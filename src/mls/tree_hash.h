/* SPDX-License-Identifier: MIT */
/* Hashes of trees and parents (RFC 9420, sections 7.8 and 7.9). */
#pragma once

#include "mls/ratchet_tree.h"

/* Section 7.8: hash_len bytes of the subtree at ${x}; kept in the nodes. */
CS_CHECKED enum cs_err cs_mls_tree_hash(
    uint8_t *out, const struct cs_mls_tree *t, uint32_t x);
CS_CHECKED enum cs_err cs_mls_tree_root_hash(
    uint8_t *out, const struct cs_mls_tree *t);
/* Section 7.9: hash of ${parent} with copath child ${sibling}. */
CS_CHECKED enum cs_err cs_mls_tree_parent_hash(uint8_t *out,
    const struct cs_mls_tree *t, uint32_t parent, uint32_t sibling);
