/* SPDX-License-Identifier: MIT */
/* Splitting reports off a case, as a case of their own. */
#pragma once

#include "base/bytes.h"

struct cs_desk_edit;
struct desk_case;

/* Move the reports of these ${n} items to a new case, ${*made}. */
CS_CHECKED enum cs_err cs_desk_case_split(const struct cs_desk_edit *e,
    const uint64_t *items, size_t n, uint64_t *made);
/* Split off what arrived after the version that was read, as the new case
 * ${*made}; 0 if nothing did.  ${c} is not stored.  In a transaction. */
CS_CHECKED enum cs_err desk_case_set_aside(
    uint64_t *made, struct desk_case *c, const struct cs_desk_edit *e);
