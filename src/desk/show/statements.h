/* SPDX-License-Identifier: MIT */
/* Statements of reasons as the DSA Transparency Database takes them (Regulation
 * (EU) 2022/2065, article 24(5)). */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;

/* Append the statements on decisions made at ${from_ms} or later; that ${actor}
 * was given them is written into the log. */
CS_CHECKED enum cs_err cs_desk_statements(json_t *items, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t from_ms);
