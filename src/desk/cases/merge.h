/* SPDX-License-Identifier: MIT */
/* Two cases become one. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;
struct desk_case;

/* All of ${id} becomes part of ${into}; of neither is a decision on its way. */
CS_CHECKED enum cs_err cs_desk_case_merge(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, uint64_t version,
    uint64_t into);
/* Everything of ${from} becomes part of ${into}; in a transaction. */
CS_CHECKED enum cs_err desk_case_absorb(struct cs_desk *d,
    struct desk_case *into, struct desk_case *from,
    const struct cs_desk_actor *actor);
