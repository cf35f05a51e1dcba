/* SPDX-License-Identifier: MIT */
/* Statements of reasons as the DSA Transparency Database takes them (Regulation
 * (EU) 2022/2065, article 24(5)). */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;

/* Append the statements on decisions made at ${from_ms} or later. */
CS_CHECKED enum cs_err cs_desk_statements(
    json_t *items, struct cs_desk *d, uint64_t from_ms);
