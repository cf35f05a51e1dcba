/* SPDX-License-Identifier: MIT */
/* Second thoughts about a decision: taking it back in time, confirming or
 * refusing it as the second person, checking its quality, reversing it. */
#pragma once

#include "base/bytes.h"
#include "desk/decisions/decision.h"

struct cs_desk;
struct cs_desk_actor;

/* Take it back while that is possible; by its maker or a senior. */
CS_CHECKED enum cs_err cs_desk_decision_undo(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id);
/* Confirm or refuse it as the second person, never its maker and never a
 * program.  Who took part in a decision does not refuse its reversal.  ${text}
 * says why it is refused. */
CS_CHECKED enum cs_err cs_desk_decision_confirm(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id);
CS_CHECKED enum cs_err cs_desk_decision_refuse(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, const char *text);
/* Undo everything that it did; ${*made} is the decision that does so, which
 * waits for a second person if the first took two.  It takes the case, as
 * deciding does.  ${text} says why, in at most CS_DESK_FACTS_MAX bytes. */
CS_CHECKED enum cs_err cs_desk_decision_reverse(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, const char *text,
    uint64_t *made);
/* Enter the second look for quality, CS_DESK_CHECK_AGREED or _DISAGREED;
 * never by somebody who made or confirmed the decision. */
CS_CHECKED enum cs_err cs_desk_decision_check(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, enum cs_desk_check found,
    const char *text);
