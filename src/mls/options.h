/* SPDX-License-Identifier: MIT */
/* What the options of the caller say, or what holds when they say nothing. */
#pragma once

#include "mls/leaf_node.h"

/* What the options say, or what holds when they say nothing. */
uint32_t cs_mls_max_members(const struct cs_mls_options *opt);
void cs_mls_pool_run(const struct cs_mls_pool *pool,
    void (*work)(void *arg, size_t i), void *arg, size_t n);
