/* SPDX-License-Identifier: MIT */
/* What people do with a case before they decide it. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"
#include "desk/cases/entry.h"

struct cs_desk;
struct cs_desk_actor;
struct desk_case;

CS_CHECKED enum cs_err cs_desk_case_claim(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, uint64_t version);
CS_CHECKED enum cs_err cs_desk_case_release(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, uint64_t version);
CS_CHECKED enum cs_err cs_desk_case_hand_over(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, uint64_t version,
    uint64_t person);
CS_CHECKED enum cs_err cs_desk_case_note(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, uint64_t version,
    enum cs_desk_note kind, const char *source, const char *text);
/* The age that the person shown is said to have ("child", "adult",
 * "unknown"), when something is threatened for (0: never), another reason ("":
 * as it is). */
CS_CHECKED enum cs_err cs_desk_case_triage(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, uint64_t version,
    const char *age, uint64_t threat_ms, const char *reason);
/* Nothing of it is destroyed while a hold is on. */
CS_CHECKED enum cs_err cs_desk_case_hold(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, uint64_t version, bool on,
    const char *text);
/* The working copy of an item's text; "" shows the original again.  The
 * original stays as it came. */
CS_CHECKED enum cs_err cs_desk_case_redact(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, uint64_t version,
    uint64_t item, const char *text);
/* Take the case if nobody has it; CS_ERR_DENIED if somebody else has and
 * ${actor} is no senior. */
CS_CHECKED enum cs_err desk_case_mine(
    struct cs_desk *d, struct desk_case *c, const struct cs_desk_actor *actor);
/* Begin a change of a case by who works on cases: rights, transaction, the row
 * as it was read. */
CS_CHECKED enum cs_err desk_work_begin(struct desk_case *c, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, uint64_t version);
/* End it: store, write down as ${what} with ${after}, whose reference is
 * taken, commit; or, when ${err} says so, leave everything as it was. */
CS_CHECKED enum cs_err desk_work_end(struct desk_case *c, struct cs_desk *d,
    const struct cs_desk_actor *actor, enum cs_err err, const char *what,
    json_t *after);
