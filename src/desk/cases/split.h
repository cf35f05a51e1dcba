/* SPDX-License-Identifier: MIT */
/* Reports leave a case, and become one of their own. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;
struct desk_case;

/* The reports of these items become a case of their own. */
CS_CHECKED enum cs_err cs_desk_case_split(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, uint64_t version,
    const uint64_t *items, size_t n, uint64_t *made);
/*
 * Who is about to decide ${c} read its version ${version}: what came since
 * then becomes the new case ${*made}, to be decided by who has seen it; 0:
 * nothing came.  In a transaction; ${c} is not stored.
 */
CS_CHECKED enum cs_err desk_case_set_aside(uint64_t *made, struct cs_desk *d,
    struct desk_case *c, uint64_t version, const struct cs_desk_actor *actor);
