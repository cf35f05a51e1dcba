/* SPDX-License-Identifier: MIT */
/* Which case a report belongs to. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_policy;
struct cs_desk_report;
struct cs_evidence;
struct desk_case;

/* Find the newest open case in which nothing was decided, that the handle's
 * words find, and that ${fits}.  CS_ERR_NOT_FOUND.  The caller clears ${out},
 * also after an error. */
CS_CHECKED enum cs_err desk_case_of_handle(struct desk_case *out,
    struct cs_desk *d, struct cs_view handle,
    bool (*fits)(const struct desk_case *c, struct cs_view handle));
/* Put a report that was just stored into the case where it belongs, or into
 * a new one; ${*case_id} says which.  In a transaction. */
CS_CHECKED enum cs_err desk_case_join(uint64_t *case_id, struct cs_desk *d,
    const struct cs_desk_report *r, const struct cs_evidence *e);
/* Count a report, whose items are in ${c} already: its accounts and
 * reporters, the sums, how grave the case is, the words of its note. */
CS_CHECKED enum cs_err desk_case_add(struct cs_desk *d, struct desk_case *c,
    const struct cs_desk_report *r, const struct cs_evidence *e,
    const struct cs_desk_policy *policy);
