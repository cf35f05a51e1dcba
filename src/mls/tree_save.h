/* SPDX-License-Identifier: MIT */
/* A ratchet tree on disk. */
#pragma once

#include "mls/ratchet_tree.h"

/* Our own form on disk; ${saved} is borrowed until the tree is thawed or
 * cleared.  What does not make sense is CS_ERR_CORRUPT. */
void cs_mls_tree_save(struct cs_writer *w, const struct cs_mls_tree *t);
CS_CHECKED enum cs_err cs_mls_tree_load(struct cs_mls_tree *out,
    const struct cs_suite *suite, struct cs_view saved);
CS_CHECKED enum cs_err cs_mls_tree_thaw(struct cs_mls_tree *t);
