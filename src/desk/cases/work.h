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
/* Add a note, an escalation, a request for a second opinion, or an
 * attachment; ${source} says where an attachment is from. */
CS_CHECKED enum cs_err cs_desk_case_note(const struct cs_desk_edit *e,
    enum cs_desk_entry_kind kind, const char *source, const char *text);
/* Say how old the person shown is ("child", "adult", "unknown"), when a
 * threat is to come true (0: none), and the reason ("" leaves it as it is). */
CS_CHECKED enum cs_err cs_desk_case_triage(const struct cs_desk_edit *e,
    const char *age, uint64_t threat_ms, const char *reason);
/* Begin and end a hold: nothing of the case is destroyed meanwhile.  ${text}
 * says why. */
CS_CHECKED enum cs_err cs_desk_case_hold(
    const struct cs_desk_edit *e, const char *text);
CS_CHECKED enum cs_err cs_desk_case_unhold(
    const struct cs_desk_edit *e, const char *text);
/* Set the working copy of an item's text; "" goes back to the original,
 * which never changes. */
CS_CHECKED enum cs_err cs_desk_case_redact(
    const struct cs_desk_edit *e, uint64_t item, const char *text);

/* Begin an edit: check the rights, lock the database, load ${c}, and
 * remember its state for the log. */
CS_CHECKED enum cs_err desk_edit_begin(
    struct desk_case *c, const struct cs_desk_edit *e);
/* End it: if ${err} is CS_OK, store ${c}, log ${what} with ${after} (may be
 * NULL) and commit; else undo everything.  Clears ${c}. */
CS_CHECKED enum cs_err desk_edit_end(struct desk_case *c,
    const struct cs_desk_edit *e, enum cs_err err, const char *what,
    const struct desk_facts *after);
/* End it without storing ${c}: commit if ${err} is CS_OK, else undo
 * everything.  Also to be called after desk_edit_begin() has failed. */
CS_CHECKED enum cs_err desk_edit_leave(
    const struct cs_desk_edit *e, enum cs_err err);
/* Assign ${c} to ${actor} if nobody has it.  CS_ERR_DENIED if somebody else
 * has it and ${actor} is no senior.  ${c} is not stored. */
CS_CHECKED enum cs_err desk_case_take(
    struct cs_desk *d, struct desk_case *c, const struct cs_desk_actor *actor);
