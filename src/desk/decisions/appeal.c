/* SPDX-License-Identifier: MIT */
#include "desk/decisions/appeal.h"

#include <string.h>

#include "base/units.h"
#include "base/wipe.h"
#include "content/letter.h"
#include "desk/cases/case.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/outbox.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "desk/core/text.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/question.h"
#include "desk/decisions/revise.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"
#include "wire/messages.h"

#define LIST_MAX 200

/* ---- the record --------------------------------------------------------- */

static const char *const states[] = { "open", "upheld", "reversed" };
static const char *const kinds[] = { NULL, "appeal", "second-look" };

static const struct desk_field fields[] = {
	DESK_WORD(desk_appeal, kind, kinds),
	DESK_WORD(desk_appeal, state, states),
	DESK_TIME(desk_appeal, at_ms),
	DESK_BYTES(desk_appeal, account),
	DESK_BYTES(desk_appeal, subject),
	DESK_BYTES(desk_appeal, reply),
	DESK_STRING(desk_appeal, text, CS_LETTER_TEXT_MAX),
	DESK_TEXT(desk_appeal, language),
	DESK_TEXT(desk_appeal, by),
	DESK_TIME(desk_appeal, heard_by),
	DESK_TIME(desk_appeal, heard_ms),
	DESK_STRING(desk_appeal, answer, CS_LETTER_TEXT_MAX),
	DESK_FLAG(desk_appeal, waits),
};
const struct desk_record desk_appeal_record =
    DESK_RECORD(desk_appeal, "appeal", fields);

const char *
desk_appeal_state_name(enum cs_desk_appeal_state state)
{
	return states[state];
}

const char *
desk_appeal_kind_name(enum cs_desk_appeal_kind kind)
{
	return kinds[kind];
}

/* ---- rows --------------------------------------------------------------- */

void
desk_appeal_clear(struct desk_appeal *a)
{
	desk_record_clear(a, &desk_appeal_record);
}

/* Columns id, case_id, decision, sealed. */
static enum cs_err
read_row(struct desk_appeal *out, struct cs_desk *d, struct cs_rows *rows)
{
	memset(out, 0, sizeof *out);
	cs_col_copy(rows, 0, out->id, sizeof out->id);
	out->case_id = cs_col_int(rows, 1);
	out->decision = cs_col_int(rows, 2);
	return desk_row_open(out, &desk_appeal_record, d, CS_VIEW_OF(out->id),
	    cs_col_blob(rows, 3));
}

enum cs_err
desk_appeal_load(struct desk_appeal *out, struct cs_desk *d,
    const uint8_t id[static CS_ID_LEN])
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_row(&row, d->db,
	    "SELECT id,case_id,decision,sealed FROM appeal WHERE id=?",
	    cs_blob(cs_view(id, CS_ID_LEN)));
	if (err == CS_OK)
		err = read_row(out, d, &row);
	else if (err == CS_ERR_NOT_FOUND)
		err = desk_problem(
		    d, err, "no-appeal", "There is no such appeal.");
	return cs_rows_end(&row, err);
}

static enum cs_err
save(struct cs_desk *d, const struct desk_appeal *a)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if ((err = desk_row_seal(&sealed, d, &desk_appeal_record,
		 CS_VIEW_OF(a->id), a)) == CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE appeal SET state=?,sealed=? WHERE id=?",
		    cs_int(a->state), cs_blob(cs_buf_view(&sealed)),
		    cs_blob(CS_VIEW_OF(a->id)));
	cs_buf_free(&sealed);
	return err;
}

/* ---- lists -------------------------------------------------------------- */

static enum cs_err
walk(struct cs_desk *d, struct cs_rows *rows, enum cs_err err,
    desk_appeal_each *each, void *arg)
{
	while (err == CS_OK && cs_rows_next(rows)) {
		struct desk_appeal a;

		if ((err = read_row(&a, d, rows)) == CS_OK)
			err = each(arg, &a);
		desk_appeal_clear(&a);
	}
	return cs_rows_end(rows, err);
}

enum cs_err
desk_appeals_open(struct cs_desk *d, desk_appeal_each *each, void *arg)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, d->db,
	    "SELECT id,case_id,decision,sealed FROM appeal WHERE state=?"
	    " ORDER BY at LIMIT ?",
	    cs_int(CS_DESK_APPEAL_OPEN), cs_int(LIST_MAX));

	return walk(d, &rows, err, each, arg);
}

enum cs_err
desk_appeals_decided(struct cs_desk *d, desk_appeal_each *each, void *arg)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, d->db,
	    "SELECT id,case_id,decision,sealed FROM appeal WHERE state<>?"
	    " ORDER BY at DESC LIMIT ?",
	    cs_int(CS_DESK_APPEAL_OPEN), cs_int(LIST_MAX));

	return walk(d, &rows, err, each, arg);
}

enum cs_err
desk_appeals_of_case(
    struct cs_desk *d, uint64_t case_id, desk_appeal_each *each, void *arg)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, d->db,
	    "SELECT id,case_id,decision,sealed FROM appeal WHERE case_id=?"
	    " ORDER BY at",
	    cs_int(case_id));

	return walk(d, &rows, err, each, arg);
}

enum cs_err
desk_appeals_of_account(struct cs_desk *d,
    const uint8_t account[static CS_ID_LEN], desk_appeal_each *each, void *arg)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, d->db,
	    "SELECT id,case_id,decision,sealed FROM appeal WHERE account=?"
	    " AND kind=? ORDER BY at",
	    cs_blob(cs_view(account, CS_ID_LEN)), cs_int(CS_DESK_APPEAL));

	return walk(d, &rows, err, each, arg);
}

enum cs_err
desk_appeals_count_open(uint64_t *n, struct cs_desk *d)
{
	return cs_db_get_int(n, d->db,
	    "SELECT COUNT(*) FROM appeal WHERE state=?",
	    cs_int(CS_DESK_APPEAL_OPEN));
}

/* ---- taking one --------------------------------------------------------- */

/* The decision behind the action that is appealed against, and its case. */
static enum cs_err
find_action(uint64_t *case_id, uint64_t *decision, struct cs_desk *d,
    const struct cs_wire_desk_letter *letter)
{
	struct desk_decision dec;
	enum cs_err err = cs_db_get_int(decision, d->db,
	    "SELECT decision FROM target WHERE id=? AND account=?",
	    cs_blob(CS_VIEW_OF(letter->subject)),
	    cs_blob(CS_VIEW_OF(letter->account)));

	if (err)
		return err;
	err = desk_decision_load(&dec, d, *decision);
	*case_id = dec.case_id;
	desk_decision_clear(&dec);
	return err;
}

/* Count the open appeals into the case. */
static enum cs_err
count_in_case(struct cs_desk *d, uint64_t case_id)
{
	struct desk_case c;
	enum cs_err err;

	if ((err = desk_case_load(&c, d, case_id)) == CS_OK &&
	    (err = cs_db_get_int(&c.appeals, d->db,
		 "SELECT COUNT(*) FROM appeal WHERE case_id=? AND state=?",
		 cs_int(case_id), cs_int(CS_DESK_APPEAL_OPEN))) == CS_OK)
		err = desk_case_save(d, &c, NULL);
	desk_case_clear(&c);
	return err;
}

/* Fill ${a} from a letter, an appeal or a request for a second look. */
static enum cs_err
fill(struct desk_appeal *a, const struct cs_wire_desk_letter *letter,
    const struct cs_letter *text)
{
	a->kind = (enum cs_desk_appeal_kind)letter->kind;
	a->at_ms = letter->received_ms;
	memcpy(a->id, letter->id, sizeof a->id);
	memcpy(a->account, letter->account, sizeof a->account);
	memcpy(a->subject, letter->subject, sizeof a->subject);
	if (text->language.len > CS_LETTER_LANGUAGE_MAX)
		return CS_ERR_LIMIT;
	if (text->language.len != 0)
		memcpy(a->language, text->language.data, text->language.len);
	return desk_string_set(&a->text, text->text);
}

static enum cs_err
insert(struct cs_desk *d, const struct desk_appeal *a)
{
	struct desk_facts after = { 0 };
	enum cs_err err;

	desk_fact_hex(&after, "letter", CS_VIEW_OF(a->id));
	desk_fact_id(&after, "decision", a->decision);
	if ((err = cs_db_exec(d->db,
		 "INSERT INTO appeal(id,case_id,decision,kind,state,at,account,"
		 "sealed) VALUES(?,?,?,?,?,?,?,x'')",
		 cs_blob(CS_VIEW_OF(a->id)), cs_int(a->case_id),
		 cs_int(a->decision), cs_int(a->kind), cs_int(a->state),
		 cs_int(a->at_ms), cs_blob(CS_VIEW_OF(a->account)))) ||
	    (err = save(d, a)) || (err = count_in_case(d, a->case_id)))
		return err;
	return desk_audit_add(d,
	    &(struct desk_audit_event){
		.case_id = a->case_id,
		.what = a->kind == CS_DESK_APPEAL ? "appeal-came"
						  : "second-look-asked",
		.after = &after,
	    });
}

static enum cs_err
tell(struct cs_desk *d, const uint8_t id[static CS_ID_LEN], uint8_t state,
    const char *answer, struct cs_view reply)
{
	struct cs_wire_desk_letter_set set = {
		.state = state,
		.answer = cs_view_str(answer),
		.reply = reply,
	};

	memcpy(set.id, id, sizeof set.id);
	return desk_outbox_add(d,
	    &(struct desk_message){ .kind = CS_WIRE_DESK_LETTER_SET,
		.subject = cs_view(id, CS_ID_LEN),
		.shape = &cs_wire_desk_letter_set_shape,
		.message = &set });
}

static enum cs_err
take_known(struct cs_desk *d, const struct cs_wire_desk_letter *letter,
    const struct cs_letter *text, struct desk_appeal *a)
{
	const struct cs_view none = { 0 };
	enum cs_err err;

	if (letter->kind == CS_WIRE_LETTER_REPLY) {
		if ((err = desk_question_answered(d, letter, text, a->case_id)))
			return err;
		return tell(d, letter->id, CS_WIRE_APPEAL_RECEIVED,
		    "The desk has it. Thank you.", none);
	}
	if ((err = fill(a, letter, text)) || (err = insert(d, a)))
		return err;
	return tell(d, letter->id, CS_WIRE_APPEAL_RECEIVED,
	    "The desk has it. Somebody who did not take part will decide.",
	    none);
}

/* Did the holder, or the reporter, write it, and about this?  The hub's word
 * for that is not enough. */
static enum cs_err
check_author(struct cs_desk *d, const struct cs_wire_desk_letter *letter,
    const struct cs_letter *text)
{
	struct cs_letter_about about = { .kind = letter->kind };
	struct cs_desk_report report = { .named = true };
	uint8_t key[CS_KEY_LEN];
	enum cs_err err;

	memcpy(about.id, letter->id, sizeof about.id);
	memcpy(about.subject, letter->subject, sizeof about.subject);
	/* find_action() has seen that the action is against this account. */
	memcpy(about.account, letter->account, sizeof about.account);
	if (letter->kind != CS_WIRE_LETTER_APPEAL) {
		if ((err = desk_report_read(&report, d, letter->subject)))
			return err;
		memcpy(about.account, report.reporter_id, sizeof about.account);
	}
	if (report.named)
		/* As evidence is judged: when the hub took it. */
		return cs_letter_check(text, &about, d->hub.root,
		    letter->received_ms / CS_SECOND_MS);
	if ((err = desk_report_reply_key(key, d, letter->subject)) == CS_OK)
		err = cs_letter_check_unnamed(text, &about, key);
	cs_wipe(key, sizeof key);
	return err;
}

static enum cs_err
take(struct cs_desk *d, const struct cs_wire_desk_letter *letter,
    const struct cs_letter *text, struct desk_appeal *a)
{
	uint64_t known;
	enum cs_err err;

	if ((err = cs_db_get_int(&known, d->db,
		 "SELECT COUNT(*) FROM appeal WHERE id=?",
		 cs_blob(CS_VIEW_OF(letter->id)))) ||
	    known != 0)
		return err; /* it came before, and the hub was not told yet */
	err = letter->kind == CS_WIRE_LETTER_APPEAL
	    ? find_action(&a->case_id, &a->decision, d, letter)
	    : desk_report_case(&a->case_id, d, letter->subject);
	if (err == CS_ERR_NOT_FOUND)
		return tell(d, letter->id, CS_WIRE_APPEAL_UNREADABLE,
		    "The desk does not know what this is about.",
		    cs_view(NULL, 0));
	if (err)
		return err;
	err = check_author(d, letter, text);
	if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		return tell(d, letter->id, CS_WIRE_APPEAL_UNREADABLE,
		    "The desk cannot see that you wrote it. Write again, from "
		    "the device that reported.",
		    cs_view(NULL, 0));
	return err ? err : take_known(d, letter, text, a);
}

enum cs_err
desk_letter_take(struct cs_desk *d, const struct cs_wire_desk_letter *letter)
{
	struct cs_buf plain = { 0 };
	struct desk_appeal a = { 0 };
	struct cs_letter text;
	enum cs_err err, opened;

	opened = cs_letter_open(
	    &text, &plain, a.reply, letter->sealed, &d->seal_key);
	if (opened && cs_err_class(opened) != CS_ERR_CLASS_THEIRS) {
		err = opened;
	} else if ((err = cs_db_begin(d->db)) == CS_OK) {
		err = opened
		    ? tell(d, letter->id, CS_WIRE_APPEAL_UNREADABLE,
			  "The desk cannot open it. Write again, with a newer "
			  "program.",
			  cs_view(NULL, 0))
		    : take(d, letter, &text, &a);
		err = cs_db_end(d->db, err);
	}
	desk_appeal_clear(&a);
	cs_buf_free(&plain);
	return err;
}

/* ---- who may hear it ---------------------------------------------------- */

bool
desk_appeal_is_own(
    const struct cs_desk_actor *actor, const struct desk_decision *dec)
{
	/* Number 0 is whoever has the folder: perhaps the same person. */
	return actor->id == dec->person ||
	    (actor->id != 0 && actor->id == dec->second);
}

enum cs_err
desk_appeal_decision(
    struct desk_decision *out, struct cs_desk *d, const struct desk_appeal *a)
{
	uint64_t id = a->decision;
	enum cs_err err = CS_OK;

	memset(out, 0, sizeof *out);
	/* A second look is about the last decision. */
	if (id == 0)
		err = cs_db_get_int(&id, d->db,
		    "SELECT id FROM decision WHERE case_id=? AND state IN(?,?)"
		    " ORDER BY id DESC LIMIT 1",
		    cs_int(a->case_id), cs_int(CS_DESK_DECISION_APPLIED),
		    cs_int(CS_DESK_DECISION_REVERSED));
	if (err == CS_ERR_NOT_FOUND)
		return CS_OK;
	return err ? err : desk_decision_load(out, d, id);
}

/* ---- hearing one -------------------------------------------------------- */

static enum cs_err
answer(struct cs_desk *d, const struct desk_appeal *a)
{
	bool reversed = a->state == CS_DESK_APPEAL_REVERSED;
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if ((err = cs_reply_seal(&sealed, a->reply, a->subject,
		 cs_view_str(desk_string(a->answer)))) == CS_OK)
		err = tell(d, a->id,
		    reversed ? CS_WIRE_APPEAL_REVERSED : CS_WIRE_APPEAL_UPHELD,
		    !reversed ? "The decision stands."
			: a->kind == CS_DESK_APPEAL
			? "The decision was reversed."
			: "It will be looked at again.",
		    cs_buf_view(&sealed));
	cs_buf_free(&sealed);
	return err;
}

/* A second look has found something: the case is open again. */
static enum cs_err
reopen_case(
    struct cs_desk *d, uint64_t case_id, const struct cs_desk_actor *actor)
{
	struct desk_case c;
	enum cs_err err;

	if ((err = desk_case_load(&c, d, case_id)) == CS_OK &&
	    (err = desk_case_reopen(d, &c)) == CS_OK) {
		c.assignee = 0;
		memset(c.assignee_name, 0, sizeof c.assignee_name);
		err = desk_case_save(d, &c, actor);
	}
	desk_case_clear(&c);
	return err;
}

/* Store the outcome and tell the writer; but while an appeal waits, nobody
 * is told: a decision is reversed when the hub has applied that. */
static enum cs_err
conclude(struct cs_desk *d, const struct desk_appeal *a,
    const struct cs_desk_actor *actor)
{
	struct desk_facts after = { 0 };
	enum cs_err err;

	desk_fact_hex(&after, "letter", CS_VIEW_OF(a->id));
	desk_fact_text(&after, "outcome", states[a->state]);
	if ((err = save(d, a)) || (!a->waits && (err = answer(d, a))) ||
	    (err = count_in_case(d, a->case_id)) ||
	    (err = desk_audit_add(d,
		 &(struct desk_audit_event){ .actor = actor,
		     .case_id = a->case_id,
		     .what = "appeal-decided",
		     .after = &after })))
		return err;
	return a->waits ? desk_case_settle(d, a->case_id, actor) : CS_OK;
}

static enum cs_err
decide(struct cs_desk *d, const struct cs_desk_actor *actor,
    struct desk_appeal *a, const char *text)
{
	struct desk_decision dec;
	uint64_t made = 0;
	enum cs_err err = desk_appeal_decision(&dec, d, a);

	if (err == CS_OK && desk_appeal_is_own(actor, &dec))
		err = desk_problem(d, CS_ERR_DENIED, "appeal-own",
		    "Nobody hears an appeal against their own decision.");
	if (err == CS_OK)
		err = desk_string_set(&a->answer, cs_view_str(text));
	memcpy(a->by, actor->name, sizeof a->by);
	a->heard_by = actor->id;
	a->heard_ms = cs_clock_ms();
	if (err == CS_OK && a->state == CS_DESK_APPEAL_REVERSED)
		err = a->kind == CS_DESK_APPEAL
		    ? desk_decision_reverse(d, actor, &dec, text, &made)
		    : reopen_case(d, a->case_id, actor);
	a->waits = made != 0;
	if (err == CS_OK)
		err = conclude(d, a, actor);
	desk_decision_clear(&dec);
	return err;
}

enum cs_err
cs_desk_appeal_decide(struct cs_desk *d, const struct cs_desk_actor *actor,
    const uint8_t id[static CS_ID_LEN], enum cs_desk_appeal_state outcome,
    const char *text)
{
	struct desk_appeal a;
	enum cs_err err;

	if (!cs_desk_works(actor))
		return desk_problem(d, CS_ERR_DENIED, "appeal-role",
		    "Only reviewers and seniors hear appeals.");
	/* The writer is owed an answer. */
	if ((err = desk_text_check(d, text, CS_LETTER_TEXT_MAX)) ||
	    (err = cs_db_begin(d->db)))
		return err;
	if ((err = desk_appeal_load(&a, d, id)) == CS_OK &&
	    a.state != CS_DESK_APPEAL_OPEN)
		err = desk_problem(d, CS_ERR_EXISTS, "appeal-decided",
		    "%s has decided this appeal already.", a.by);
	a.state = outcome;
	if (err == CS_OK)
		err = decide(d, actor, &a, text);
	desk_appeal_clear(&a);
	return cs_db_end(d->db, err);
}

/* ---- the hub has answered ----------------------------------------------- */

/* Find the appeals for which the reversal of ${decision} was granted. */
static enum cs_err
granted(struct cs_buf *ids, struct cs_desk *d, uint64_t decision)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id FROM appeal WHERE decision=? AND kind=? AND state=?",
	    cs_int(decision), cs_int(CS_DESK_APPEAL),
	    cs_int(CS_DESK_APPEAL_REVERSED));
	return desk_rows_ids(ids, &rows, err);
}

static enum cs_err
grant(struct cs_desk *d, struct desk_appeal *a)
{
	enum cs_err err;

	if (!a->waits)
		return CS_OK;
	a->waits = false;
	return (err = save(d, a)) ? err : answer(d, a);
}

static enum cs_err
reopen(struct cs_desk *d, struct desk_appeal *a)
{
	enum cs_err err;

	if (!a->waits)
		return CS_OK;
	a->waits = false;
	a->state = CS_DESK_APPEAL_OPEN;
	if ((err = save(d, a)) || (err = count_in_case(d, a->case_id)))
		return err;
	return desk_audit_add(d,
	    &(struct desk_audit_event){
		.case_id = a->case_id, .what = "appeal-open-again" });
}

static enum cs_err
with_granted(struct cs_desk *d, uint64_t decision,
    enum cs_err (*what)(struct cs_desk *d, struct desk_appeal *a))
{
	struct cs_buf ids = { 0 };
	enum cs_err err = granted(&ids, d, decision);

	for (size_t k = 0; k + CS_ID_LEN <= ids.len && err == CS_OK;
	     k += CS_ID_LEN) {
		struct desk_appeal a;

		if ((err = desk_appeal_load(&a, d, ids.data + k)) == CS_OK)
			err = what(d, &a);
		desk_appeal_clear(&a);
	}
	cs_buf_free(&ids);
	return err;
}

enum cs_err
desk_appeals_grant(struct cs_desk *d, uint64_t decision)
{
	return with_granted(d, decision, grant);
}

enum cs_err
desk_appeals_reopen(struct cs_desk *d, uint64_t decision)
{
	return with_granted(d, decision, reopen);
}
