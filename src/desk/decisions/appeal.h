/* SPDX-License-Identifier: MIT */
/* Letters of members: appeals, requests for a second look, answers to what the
 * desk asked; and what the desk writes back, which the hub cannot read. */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "content/letter.h"
#include "desk/core/actor.h"

struct cs_desk;
struct cs_wire_desk_letter;
struct desk_decision;

enum cs_desk_appeal_state {
	CS_DESK_APPEAL_OPEN = 0,
	CS_DESK_APPEAL_UPHELD = 1, /* the decision was */
	CS_DESK_APPEAL_REVERSED = 2,
};

/* As on the wire: of a holder, against an action; of a reporter, about a
 * report. */
enum cs_desk_appeal_kind {
	CS_DESK_APPEAL = 1,
	CS_DESK_SECOND_LOOK = 2,
};

struct desk_appeal {
	uint8_t id[CS_ID_LEN];
	uint64_t case_id, decision; /* decision 0: the last of the case */

	enum cs_desk_appeal_kind kind;
	enum cs_desk_appeal_state state;
	uint64_t at_ms;
	uint8_t account[CS_ID_LEN]; /* who wrote it */
	uint8_t subject[CS_ID_LEN]; /* an action, or a report */
	uint8_t reply[CS_KEY_LEN];  /* seals the answer */
	char *text;
	char language[CS_LETTER_LANGUAGE_MAX + 1];
	char by[CS_DESK_NAME_MAX + 1]; /* who heard it */
	uint64_t heard_by, heard_ms;
	char *answer;
	bool waits; /* for the hub to apply the reversal */
};
extern const struct desk_record desk_appeal_record;

const char *desk_appeal_state_name(enum cs_desk_appeal_state state);
const char *desk_appeal_kind_name(enum cs_desk_appeal_kind kind);

/* Take a letter: open, store and answer it; once, however often it comes. */
CS_CHECKED enum cs_err desk_letter_take(
    struct cs_desk *d, const struct cs_wire_desk_letter *letter);

/* CS_ERR_NOT_FOUND.  The caller clears ${out}, also after an error. */
CS_CHECKED enum cs_err desk_appeal_load(struct desk_appeal *out,
    struct cs_desk *d, const uint8_t id[static CS_ID_LEN]);
void desk_appeal_clear(struct desk_appeal *a);
/* Call ${each} for the appeals that are open, the oldest first; for those that
 * were decided, the newest first; for those of a case; for those of an account.
 * Stops at its first error. */
typedef enum cs_err desk_appeal_each(void *arg, const struct desk_appeal *a);
CS_CHECKED enum cs_err desk_appeals_open(
    struct cs_desk *d, desk_appeal_each *each, void *arg);
CS_CHECKED enum cs_err desk_appeals_decided(
    struct cs_desk *d, desk_appeal_each *each, void *arg);
CS_CHECKED enum cs_err desk_appeals_of_case(
    struct cs_desk *d, uint64_t case_id, desk_appeal_each *each, void *arg);
CS_CHECKED enum cs_err desk_appeals_of_account(struct cs_desk *d,
    const uint8_t account[static CS_ID_LEN], desk_appeal_each *each, void *arg);
CS_CHECKED enum cs_err desk_appeals_count_open(uint64_t *n, struct cs_desk *d);
/* Load the decision that ${a} is about; all zero if there is none.  The
 * caller clears ${out}. */
CS_CHECKED enum cs_err desk_appeal_decision(
    struct desk_decision *out, struct cs_desk *d, const struct desk_appeal *a);
/* Did ${actor} take part in ${dec}, so that they may not hear the appeal? */
bool desk_appeal_is_own(
    const struct cs_desk_actor *actor, const struct desk_decision *dec);

/* Decide an appeal, CS_DESK_APPEAL_UPHELD or _REVERSED; never by who took part
 * in the decision.  ${text} goes to whoever wrote. */
CS_CHECKED enum cs_err cs_desk_appeal_decide(struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t id[static CS_ID_LEN],
    enum cs_desk_appeal_state outcome, const char *text);
/* The hub has applied the reversal of ${decision}: tell those whose appeals it
 * was for.  In a transaction. */
CS_CHECKED enum cs_err desk_appeals_grant(struct cs_desk *d, uint64_t decision);
/* The hub has refused it: their appeals are open again.  In a transaction. */
CS_CHECKED enum cs_err desk_appeals_reopen(
    struct cs_desk *d, uint64_t decision);
