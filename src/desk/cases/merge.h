/* SPDX-License-Identifier: MIT */
/* Two cases become one. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;
struct cs_desk_edit;
struct desk_case;

/* Merge the whole case into the case ${into}.  CS_ERR_DENIED if one of them
 * is closed, or has a decision on its way. */
CS_CHECKED enum cs_err cs_desk_case_merge(
    const struct cs_desk_edit *e, uint64_t into);
/* Move everything from ${from} to ${into}, and store both.  In a
 * transaction. */
CS_CHECKED enum cs_err desk_case_absorb(struct cs_desk *d,
    struct desk_case *into, struct desk_case *from,
    const struct cs_desk_actor *actor);
