/* SPDX-License-Identifier: MIT */
/* Decisions that take back others, all of what they did. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;
struct desk_decision;

/* Make ${actor}'s decision that takes back ${dec}; ${*made} is its number.  If
 * it takes two people, ${dec} stands until the second one confirms it.  Both
 * are stored, in the caller's transaction. */
CS_CHECKED enum cs_err desk_decision_reverse(struct cs_desk *d,
    const struct cs_desk_actor *actor, struct desk_decision *dec,
    const char *text, uint64_t *made);
/* ${dec} was confirmed, and is stored by the caller: if it is a reversal, what
 * it takes back is reversed from now on.  CS_ERR_EXISTS if that cannot be
 * reversed any more. */
CS_CHECKED enum cs_err desk_decision_reversal_confirmed(struct cs_desk *d,
    const struct cs_desk_actor *actor, const struct desk_decision *dec);
