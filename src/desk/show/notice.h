/* SPDX-License-Identifier: MIT */
/* What was filed from outside, as pages show it. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"
#include "desk/reports/filing.h"

struct cs_desk;
struct cs_desk_actor;

/* A new reference.  That ${actor} reads it is written down before; who filed it
 * and how to reach them is not in it. */
CS_CHECKED enum cs_err cs_desk_notice_show(json_t **out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t number);
/* Append what was filed that is in a case, each as above. */
CS_CHECKED enum cs_err desk_show_notices_of(json_t *items, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t case_id);
/* Append what waits for an answer, or does not, without what stands in it. */
CS_CHECKED enum cs_err cs_desk_notices(
    json_t *items, struct cs_desk *d, enum desk_filing_state state);
/* Set {name, contact} of whoever filed it; the look is written down. */
CS_CHECKED enum cs_err cs_desk_notice_contact(json_t *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t number);
