/* SPDX-License-Identifier: MIT */
/* Second thoughts about a decision: it is taken back in time, confirmed or
 * refused by a second person, looked at for its quality, reversed. */
#pragma once

#include "base/bytes.h"
#include "desk/decisions/decision.h"

struct cs_desk;
struct cs_desk_actor;

/* Take it back while it can be; by who made it, or a senior. */
CS_CHECKED enum cs_err cs_desk_decision_undo(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id);
/* The second person's word; never of who made it.  ${text} says why not. */
CS_CHECKED enum cs_err cs_desk_decision_confirm(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id);
CS_CHECKED enum cs_err cs_desk_decision_refuse(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, const char *text);
/* Give back everything that it took; ${*made} is the decision that does so. */
CS_CHECKED enum cs_err cs_desk_decision_reverse(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, const char *text,
    uint64_t *made);
/* The second look for quality, CS_DESK_CHECK_AGREED or _DISAGREED; never of who
 * made or confirmed it. */
CS_CHECKED enum cs_err cs_desk_decision_check(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, enum cs_desk_check found,
    const char *text);
/* Reverse ${dec} in the caller's transaction; both are stored. */
CS_CHECKED enum cs_err desk_decision_reverse(struct cs_desk *d,
    const struct cs_desk_actor *actor, struct desk_decision *dec,
    const char *text, uint64_t *made);
