/* SPDX-License-Identifier: MIT */
/* The row of a decision, and what is sent. */
#pragma once

#include "content/letter.h"
#include "desk/cases/case_internal.h"
#include "desk/decisions/decision.h"

struct desk_decision {
	uint64_t id, kase;
	enum cs_desk_decision_state state;
	uint64_t due_ms, made_ms, person;
	unsigned check; /* quality: 0 none, 1 due, 2 agreed, 3 disagreed */
	json_t *doc;
};
CS_CHECKED enum cs_err desk_decision_load(
    struct desk_decision *out, struct cs_desk *d, uint64_t id);
void desk_decision_clear(struct desk_decision *dec);
CS_CHECKED enum cs_err desk_decision_save(struct cs_desk *d,
    struct desk_decision *dec, const struct cs_desk_who *who);
/* Insert; sets its number. */
CS_CHECKED enum cs_err desk_decision_insert(
    struct cs_desk *d, struct desk_decision *dec);
CS_CHECKED enum cs_err desk_decision_json(
    json_t **out, const struct desk_decision *dec);
const char *desk_decision_state_name(enum cs_desk_decision_state state);
/* {id, name}, as decisions show people. */
json_t *desk_who_json(const struct cs_desk_who *who, enum cs_err *err);
/* The state of its case follows from its decisions; in a transaction. */
CS_CHECKED enum cs_err desk_case_settle(
    struct cs_desk *d, uint64_t kase, const struct cs_desk_who *who);
/* Reverse ${dec} in the caller's transaction. */
CS_CHECKED enum cs_err desk_reverse(struct cs_desk *d,
    const struct cs_desk_who *who, struct desk_decision *dec, const char *text,
    uint64_t *made);

/* ---- send.c ------------------------------------------------------------- */

/* Sign and queue the actions of decisions that can be taken back no more. */
CS_CHECKED enum cs_err desk_decisions_send(struct cs_desk *d);
/* Tell the reporters of a case; in a transaction. */
CS_CHECKED enum cs_err desk_reporters_tell(struct cs_desk *d, uint64_t kase,
    enum cs_desk_state state, const char *answer);
/* The same once ${dec} is done: nobody is told of what may still fail. */
CS_CHECKED enum cs_err desk_decision_tell(
    struct cs_desk *d, const struct desk_decision *dec);
/* How a decided case is answered: for a report of what was decided already.
 * CS_ERR_NOT_FOUND: nothing was since it was last opened. */
CS_CHECKED enum cs_err desk_case_answer(enum cs_desk_state *state,
    char answer[static 256], struct cs_desk *d, const struct desk_case *c);

/* ---- custody.c ---------------------------------------------------------- */

/* Seal the evidence of the case to whom it is referred, into files; in a
 * transaction. */
CS_CHECKED enum cs_err desk_refer(
    struct cs_desk *d, const struct desk_decision *dec);

/* ---- outbox.c ----------------------------------------------------------- */

/* A message for the hub. */
struct desk_message {
	uint8_t kind;
	/* The account, the file, the group, the report or the letter that it
	 * is about: messages about the same arrive in order. */
	struct cs_view subject;
	struct cs_view target; /* 16 bytes: the row of an action; or empty */
	const struct cs_wire_shape *shape;
	const void *message;
};
/* Queue it; in a transaction. */
CS_CHECKED enum cs_err desk_outbox_add(
    struct cs_desk *d, const struct desk_message *m);
/* The row that is to be sent now: the first that need not wait and has none
 * about the same before it.  CS_ERR_NOT_FOUND: none. */
CS_CHECKED enum cs_err desk_outbox_next(uint64_t *id, struct cs_desk *d);
/* The hub has said "not now" to it: again after a while, which grows. */
CS_CHECKED enum cs_err desk_outbox_postpone(struct cs_desk *d, uint64_t id);
/* How the hub has answered for good. */
struct desk_outcome {
	uint64_t groups;     /* of how many it proposed a removal */
	const char *refused; /* its sentence; NULL: applied */
};
/* Remove the row, and store what that means for its action.  A row that is gone
 * was answered in another process ("decide" sends, too, while the desk runs),
 * and stays answered so.  CS_ERR_BUSY: what it means cannot be stored, because
 * something is damaged on the disk; others go on. */
CS_CHECKED enum cs_err desk_outbox_done(
    struct cs_desk *d, uint64_t id, const struct desk_outcome *outcome);
/* ${dec} has failed: if it was a reversal, what it was to take back is again
 * what the hub has made of it.  In a transaction. */
CS_CHECKED enum cs_err desk_reversal_failed(
    struct cs_desk *d, const struct desk_decision *dec);

/* ---- appeal.c ----------------------------------------------------------- */

/* The hub has ${applied} the reversal of ${decision}, or refused it: those
 * whose appeals it was for are told, or their appeals are open again.  In a
 * transaction. */
CS_CHECKED enum cs_err desk_appeals_granted(
    struct cs_desk *d, uint64_t decision, bool applied);

/* ---- question.c --------------------------------------------------------- */

/* The letter ${letter}, which says ${text}, answers the last question about its
 * report, which is in ${kase}.  In a transaction. */
CS_CHECKED enum cs_err desk_question_answered(struct cs_desk *d,
    const struct cs_wire_desk_letter *letter, const struct cs_letter *text,
    uint64_t kase);

/* ---- statement.c -------------------------------------------------------- */

/* What the holder is told of ${dec}, encoded. */
CS_CHECKED enum cs_err desk_statement_write(
    struct cs_buf *out, struct cs_desk *d, const struct desk_decision *dec);
