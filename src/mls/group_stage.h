/* SPDX-License-Identifier: MIT */
/* A commit that was received, staged (RFC 9420, section 12.4.2). */
#pragma once

#include "mls/group.h"

/* Process a received commit up to a staged one. */
CS_CHECKED enum cs_err cs_mls_group_stage(struct cs_mls_staged **out,
    struct cs_mls_group *g, const struct cs_mls_verified *content);
