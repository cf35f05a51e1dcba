/* SPDX-License-Identifier: MIT */
/* Is a ratchet tree valid (RFC 9420, section 12.4.3.1)? */
#pragma once

#include "mls/ratchet_tree.h"

/* Section 7.9.2: each parent has exactly one valid descendant. */
CS_CHECKED enum cs_err cs_mls_tree_verify_parent_hashes(
    const struct cs_mls_tree *t);
/* Section 12.4.3.1: unmerged leaves are there and marked on the way. */
CS_CHECKED enum cs_err cs_mls_tree_check_unmerged(const struct cs_mls_tree *t);
/* Section 7.3: credential types in use are supported by all. */
CS_CHECKED enum cs_err cs_mls_tree_check_credentials(
    const struct cs_mls_tree *t);
/* Section 12.1.7: does every member support what ${context} asks for? */
CS_CHECKED enum cs_err cs_mls_tree_check_context(
    const struct cs_mls_tree *t, const struct cs_mls_ext_list *context);
/*
 * All that a newcomer checks about a tree (12.4.3.1) but for the uniqueness of
 * keys (key_index.h).  The tree moves to ${out}, which is set on success only.
 */
CS_CHECKED enum cs_err cs_mls_tree_verify(struct cs_mls_tree *out,
    struct cs_mls_unverified_tree *in, struct cs_view group_id,
    const struct cs_mls_ext_list *context, const struct cs_mls_options *opt);
