/* SPDX-License-Identifier: MIT */
/* Two cases become one. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;
struct cs_desk_edit;
struct desk_case;

/* The whole case becomes part of the case ${into}.  CS_ERR_DENIED: one of them
 * is closed, or a decision of one is on its way. */
CS_CHECKED enum cs_err cs_desk_case_merge(
    const struct cs_desk_edit *e, uint64_t into);
/* Everything of ${from} becomes part of ${into}; both are stored.  In a
 * transaction. */
CS_CHECKED enum cs_err desk_case_absorb(struct cs_desk *d,
    struct desk_case *into, struct desk_case *from,
    const struct cs_desk_actor *actor);
