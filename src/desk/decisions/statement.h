/* SPDX-License-Identifier: MIT */
/* Statements of reasons: for the holder, and for the DSA Transparency Database.
 */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;
struct desk_decision;

/* Statements made from ${from_ms} on, as the DSA Transparency Database takes
 * them: an array. */
CS_CHECKED enum cs_err cs_desk_statements(
    json_t *items, struct cs_desk *d, uint64_t from_ms);
/* What the holder is told of ${dec}, encoded. */
CS_CHECKED enum cs_err desk_statement_write(
    struct cs_buf *out, struct cs_desk *d, const struct desk_decision *dec);
