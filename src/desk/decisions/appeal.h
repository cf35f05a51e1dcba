/* SPDX-License-Identifier: MIT */
/* Letters about decisions: appeals and answers. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;
struct cs_wire_desk_letter;

/* Take a letter: open, store, answer; once, however often it comes. */
CS_CHECKED enum cs_err desk_letter_take(
    struct cs_desk *d, const struct cs_wire_desk_letter *letter);
/* The same of appeals, as ${actor} sees them: "mine" depends on it. */
CS_CHECKED enum cs_err desk_appeals(json_t *items, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t case_id);
CS_CHECKED enum cs_err desk_appeals_of(json_t *items, struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t account[static 16]);
/* ${open}: those that wait; else those that were decided. */
CS_CHECKED enum cs_err cs_desk_appeals(json_t *items, struct cs_desk *d,
    const struct cs_desk_actor *actor, bool open);
/* Never by who took part in the decision.  ${text} goes to who wrote. */
CS_CHECKED enum cs_err cs_desk_appeal_decide(struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t id[static 16],
    bool reverse, const char *text);
CS_CHECKED enum cs_err cs_desk_appeal_show(json_t **out, struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t id[static 16]);
/* The hub has ${applied} the reversal of ${decision}, or refused it: those
 * whose appeals it was for are told, or their appeals are open again.  In a
 * transaction. */
CS_CHECKED enum cs_err desk_appeals_granted(
    struct cs_desk *d, uint64_t decision, bool applied);
