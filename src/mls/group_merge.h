/* SPDX-License-Identifier: MIT */
/* What is kept of an epoch that a commit has ended. */
#pragma once

#include "mls/group.h"

/* A leaf of a past epoch, number ${k} in the list; false: there was none. */
bool cs_mls_past_leaf(const struct cs_mls_group *g, size_t k, uint32_t leaf,
    struct cs_mls_leaf *out);
/* Did it end so long ago that it has to be forgotten? */
bool cs_mls_past_expired(
    const struct cs_mls_group *g, const struct cs_mls_past_epoch *p);
