/* SPDX-License-Identifier: MIT */
/* A case as pages show it. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;

/* Set everything of a case, items after number ${items_after}. */
CS_CHECKED enum cs_err cs_desk_case_show(json_t *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, uint64_t items_after);
