/* SPDX-License-Identifier: MIT */
/* Is a leaf valid (RFC 9420, section 7.3)? */
#pragma once

#include "mls/leaf_node.h"

/* RFC 9420, section 7.3, all that can be said without the other leaves. */
CS_CHECKED enum cs_err cs_mls_leaf_validate(struct cs_mls_valid_leaf *out,
    const struct cs_mls_leaf *leaf, const struct cs_mls_leaf_rules *rules);
/* Two parts of it: all but signature and credential, ... */
CS_CHECKED enum cs_err cs_mls_leaf_check_content(
    const struct cs_mls_leaf *leaf, const struct cs_mls_leaf_rules *rules);
/* ... and what the authentication service says. */
CS_CHECKED enum cs_err cs_mls_leaf_ask(
    const struct cs_mls_leaf *leaf, const struct cs_mls_leaf_rules *rules);
/* Does ${leaf} support all that the GroupContext extensions ask for? */
CS_CHECKED enum cs_err cs_mls_leaf_check_context(
    const struct cs_mls_leaf *leaf, const struct cs_mls_ext_list *context);
