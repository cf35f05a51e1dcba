/* SPDX-License-Identifier: MIT */
/* What people do with a case before they decide it. */
#pragma once

#include "base/bytes.h"
#include "desk/cases/entry.h"

struct cs_desk;
struct cs_desk_actor;
struct cs_desk_edit;
struct desk_case;
struct desk_facts;

CS_CHECKED enum cs_err cs_desk_case_claim(const struct cs_desk_edit *e);
CS_CHECKED enum cs_err cs_desk_case_release(const struct cs_desk_edit *e);
CS_CHECKED enum cs_err cs_desk_case_hand_over(
    const struct cs_desk_edit *e, uint64_t person);
/* Add a note, an escalation, the wish for a second opinion, or an attachment,
 * of which ${source} says where it is from. */
CS_CHECKED enum cs_err cs_desk_case_note(const struct cs_desk_edit *e,
    enum cs_desk_entry_kind kind, const char *source, const char *text);
/* Say how old the person shown is ("child", "adult", "unknown"), when something
 * is threatened for (0: never), and the reason ("": as it is). */
CS_CHECKED enum cs_err cs_desk_case_triage(const struct cs_desk_edit *e,
    const char *age, uint64_t threat_ms, const char *reason);
/* Nothing of the case is destroyed while a hold is on; ${text} says why. */
CS_CHECKED enum cs_err cs_desk_case_hold(
    const struct cs_desk_edit *e, const char *text);
CS_CHECKED enum cs_err cs_desk_case_unhold(
    const struct cs_desk_edit *e, const char *text);
/* Set the working copy of an item's text; "" shows the original again, which
 * stays as it came. */
CS_CHECKED enum cs_err cs_desk_case_redact(
    const struct cs_desk_edit *e, uint64_t item, const char *text);

/* Begin an edit: check the rights, lock, load ${c}, and keep what it was for
 * the log. */
CS_CHECKED enum cs_err desk_edit_begin(
    struct desk_case *c, const struct cs_desk_edit *e);
/* End it: store ${c}, write it down as ${what} with ${after} (or NULL), commit;
 * or, if ${err} is none of CS_OK, leave everything as it was.  Clears ${c}. */
CS_CHECKED enum cs_err desk_edit_end(struct desk_case *c,
    const struct cs_desk_edit *e, enum cs_err err, const char *what,
    const struct desk_facts *after);
/* Commit, or leave everything as it was if ${err} is none of CS_OK; also if
 * desk_edit_begin() has failed before it locked. */
CS_CHECKED enum cs_err desk_edit_leave(
    const struct cs_desk_edit *e, enum cs_err err);
/* Take ${c} if nobody has it; CS_ERR_DENIED if somebody else has and ${actor}
 * is no senior.  ${c} is not stored. */
CS_CHECKED enum cs_err desk_case_take(
    struct cs_desk *d, struct desk_case *c, const struct cs_desk_actor *actor);
