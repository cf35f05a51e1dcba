/* SPDX-License-Identifier: MIT */
/* Which case a report belongs to. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_policy;
struct cs_desk_report;
struct cs_evidence;
struct desk_case;

/* The case of a report that was just stored: one that it belongs to, or a new
 * one.  In a transaction. */
CS_CHECKED enum cs_err desk_case_join(struct cs_desk *d,
    const struct cs_desk_report *r, const struct cs_evidence *e,
    uint64_t *case_id);
/* Count a report into the case ${c}, where its items stand already: accounts,
 * reporters, sums, how grave it is, the words of its note. */
CS_CHECKED enum cs_err desk_case_add(struct cs_desk *d, struct desk_case *c,
    const struct cs_desk_report *r, const struct cs_evidence *e,
    const struct cs_desk_policy *policy);
