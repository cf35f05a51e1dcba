/* SPDX-License-Identifier: MIT */
/* Letters of members: appeals, requests for a second look, answers to what the
 * desk asked; and what the desk writes back, which the hub cannot read. */
#include "desk/decisions/appeal.h"

#include <string.h>

#include "base/text.h"
#include "base/wipe.h"
#include "content/letter.h"
#include "desk/cases/case.h"
#include "desk/cases/entry.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/core/outbox.h"
#include "desk/core/store.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/question.h"
#include "desk/decisions/revise.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"
#include "wire/messages.h"

#define TABLE "appeal"

enum appeal_state { APPEAL_OPEN = 0, APPEAL_UPHELD = 1, APPEAL_REVERSED = 2 };

static const char *const states[] = { "open", "upheld", "reversed" };

struct appeal {
	uint8_t id[16];
	uint64_t case_id, decision, at_ms;
	unsigned kind, state;
	json_t *doc;
};

static void
clear(struct appeal *a)
{
	json_decref(a->doc);
	memset(a, 0, sizeof *a);
}

/* Columns id, case_id, decision, sealed. */
static enum cs_err
read_row(struct appeal *out, struct cs_desk *d, struct cs_rows *rows)
{
	enum cs_err err;

	memset(out, 0, sizeof *out);
	cs_col_copy(rows, 0, out->id, sizeof out->id);
	out->case_id = cs_col_int(rows, 1);
	out->decision = cs_col_int(rows, 2);
	err = desk_doc_open(
	    &out->doc, d, TABLE, CS_VIEW_OF(out->id), cs_col_blob(rows, 3));
	out->kind = (unsigned)json_get_num(out->doc, "kind");
	out->state = (unsigned)json_get_num(out->doc, "state") % 3;
	out->at_ms = json_get_num(out->doc, "at_ms");
	return err;
}

static enum cs_err
load(struct appeal *out, struct cs_desk *d, const uint8_t id[static 16])
{
	struct cs_rows rows;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_query(&rows, d->db,
	    "SELECT id,case_id,decision,sealed FROM appeal WHERE id=?",
	    cs_blob(cs_view(id, 16)));
	if (err == CS_OK)
		err = cs_rows_next(&rows) ? read_row(out, d, &rows)
					  : desk_problem(d, CS_ERR_NOT_FOUND,
						"There is no such appeal.");
	return cs_rows_end(&rows, err);
}

static enum cs_err
save(struct cs_desk *d, const struct appeal *a)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err = CS_OK;

	json_put_num(a->doc, "state", a->state, &err);
	if (err == CS_OK &&
	    (err = desk_doc_seal(
		 &sealed, d, TABLE, CS_VIEW_OF(a->id), a->doc)) == CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE appeal SET state=?,sealed=? WHERE id=?",
		    cs_int(a->state), cs_blob(cs_buf_view(&sealed)),
		    cs_blob(CS_VIEW_OF(a->id)));
	cs_buf_free(&sealed);
	return err;
}

/* ---- taking one --------------------------------------------------------- */

/* The decision behind the action that is appealed against. */
static enum cs_err
find_action(uint64_t *decision, struct cs_desk *d, const uint8_t id[static 16],
    const uint8_t account[static 16])
{
	return cs_db_get_int(decision, d->db,
	    "SELECT decision FROM target WHERE id=? AND account=?",
	    cs_blob(cs_view(id, 16)), cs_blob(cs_view(account, 16)));
}

static enum cs_err
case_has_appeal(struct cs_desk *d, uint64_t case_id)
{
	struct desk_case c;
	uint64_t open;
	enum cs_err err;

	if ((err = desk_case_load(&c, d, case_id)) == CS_OK &&
	    (err = cs_db_get_int(&open, d->db,
		 "SELECT COUNT(*) FROM appeal WHERE case_id=? AND state=0",
		 cs_int(case_id))) == CS_OK) {
		json_put_num(c.doc, "appeals", open, &err);
		if (err == CS_OK)
			err = desk_case_save(d, &c, NULL);
	}
	desk_case_clear(&c);
	return err;
}

static enum cs_err
insert(struct cs_desk *d, const struct cs_wire_desk_letter *letter,
    const struct cs_letter *text, const uint8_t reply[static 32],
    uint64_t case_id, uint64_t decision)
{
	struct appeal a = { .kind = letter->kind };
	json_t *after = json_object();
	enum cs_err err = CS_OK;

	memcpy(a.id, letter->id, sizeof a.id);
	a.doc = json_object();
	json_put_num(a.doc, "kind", letter->kind, &err);
	json_put_num(a.doc, "at_ms", letter->received_ms, &err);
	json_put_hex(a.doc, "account", CS_VIEW_OF(letter->account), &err);
	json_put_hex(a.doc, "subject", CS_VIEW_OF(letter->subject), &err);
	json_put_hex(a.doc, "reply", cs_view(reply, 32), &err);
	json_put_view(a.doc, "text", text->text, &err);
	json_put_view(a.doc, "language", text->language, &err);
	json_put_hex(after, "letter", CS_VIEW_OF(letter->id), &err);
	json_put_id(after, "decision", decision, &err);
	if (err == CS_OK &&
	    (err = cs_db_exec(d->db,
		 "INSERT INTO appeal(id,case_id,decision,kind,state,at,account,"
		 "sealed) VALUES(?,?,?,?,0,?,?,x'')",
		 cs_blob(CS_VIEW_OF(a.id)), cs_int(case_id), cs_int(decision),
		 cs_int(letter->kind), cs_int(letter->received_ms),
		 cs_blob(CS_VIEW_OF(letter->account)))) == CS_OK &&
	    (err = save(d, &a)) == CS_OK &&
	    (err = case_has_appeal(d, case_id)) == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){
			.case_id = case_id,
			.what = letter->kind == CS_WIRE_LETTER_APPEAL
			    ? "appeal-came"
			    : "second-look-asked",
			.after = after,
		    });
	json_decref(after);
	clear(&a);
	return err;
}

static enum cs_err
tell(struct cs_desk *d, const uint8_t id[static 16], uint8_t state,
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
		.subject = cs_view(id, 16),
		.shape = &cs_wire_desk_letter_set_shape,
		.message = &set });
}

static enum cs_err
take(struct cs_desk *d, const struct cs_wire_desk_letter *letter,
    const struct cs_letter *text, const uint8_t reply[static 32])
{
	uint64_t case_id = 0, decision = 0, known;
	struct desk_decision dec;
	enum cs_err err;

	if ((err = cs_db_get_int(&known, d->db,
		 "SELECT COUNT(*) FROM appeal WHERE id=?",
		 cs_blob(CS_VIEW_OF(letter->id)))) ||
	    known != 0)
		return err; /* came before: the hub was not told yet */
	if (letter->kind == CS_WIRE_LETTER_APPEAL) {
		err =
		    find_action(&decision, d, letter->subject, letter->account);
		if (err == CS_OK &&
		    (err = desk_decision_load(&dec, d, decision)) == CS_OK) {
			case_id = dec.case_id;
			desk_decision_clear(&dec);
		}
	} else {
		err = desk_report_case(&case_id, d, letter->subject);
	}
	if (err == CS_ERR_NOT_FOUND)
		return tell(d, letter->id, CS_WIRE_APPEAL_UNREADABLE,
		    "The desk does not know what this is about.",
		    cs_view(NULL, 0));
	if (err)
		return err;
	if (letter->kind == CS_WIRE_LETTER_REPLY)
		err = desk_question_answered(d, letter, text, case_id);
	else
		err = insert(d, letter, text, reply, case_id, decision);
	if (err == CS_OK)
		err = tell(d, letter->id, CS_WIRE_APPEAL_RECEIVED,
		    letter->kind == CS_WIRE_LETTER_REPLY
			? "The desk has it. Thank you."
			: "The desk has it. Somebody who did not take part "
			  "will decide.",
		    cs_view(NULL, 0));
	return err;
}

enum cs_err
desk_letter_take(struct cs_desk *d, const struct cs_wire_desk_letter *letter)
{
	struct cs_buf plain = { 0 };
	struct cs_letter text;
	uint8_t reply[32] = { 0 };
	enum cs_err err, opened;

	opened =
	    cs_letter_open(&text, &plain, reply, letter->sealed, &d->seal_key);
	if (opened && cs_err_class(opened) != CS_ERR_CLASS_THEIRS) {
		cs_buf_free(&plain);
		return opened;
	}
	if ((err = cs_db_begin(d->db)) == CS_OK) {
		if (opened)
			err = tell(d, letter->id, CS_WIRE_APPEAL_UNREADABLE,
			    "The desk cannot open it. Write again, with a "
			    "newer program.",
			    cs_view(NULL, 0));
		else
			err = take(d, letter, &text, reply);
		if (err == CS_OK)
			err = cs_db_commit(d->db);
		if (err)
			cs_db_rollback(d->db);
	}
	cs_wipe(reply, sizeof reply);
	cs_buf_free(&plain);
	return err;
}

/* ---- showing ------------------------------------------------------------ */

/* May ${actor} not hear it, because they had a part in the decision? */
static bool
is_own(const struct cs_desk_actor *actor, const struct desk_decision *dec)
{
	/* Number 0 is whoever has the folder: perhaps the same again. */
	return actor->id == dec->person ||
	    (actor->id != 0 &&
		actor->id == json_get_num(dec->doc, "second_id"));
}

/* Whoever decided the case last, for a second look. */
static enum cs_err
load_decision(
    struct desk_decision *out, struct cs_desk *d, const struct appeal *a)
{
	uint64_t id = a->decision;
	enum cs_err err = CS_OK;

	memset(out, 0, sizeof *out);
	if (id == 0)
		err = cs_db_get_int(&id, d->db,
		    "SELECT id FROM decision WHERE case_id=? AND state IN(3,7)"
		    " ORDER BY id DESC LIMIT 1",
		    cs_int(a->case_id));
	if (err == CS_ERR_NOT_FOUND)
		return CS_OK;
	return err ? err : desk_decision_load(out, d, id);
}

static enum cs_err
show(json_t **out, struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct appeal *a)
{
	json_t *o = json_object(), *account = json_object(), *one;
	struct desk_decision dec;
	enum cs_err err = load_decision(&dec, d, a);
	size_t i;

	*out = o;
	json_put_hex(o, "id", CS_VIEW_OF(a->id), &err);
	json_put_id(o, "case", a->case_id, &err);
	json_put_id(o, "decision", dec.id, &err);
	json_put_str(o, "kind",
	    a->kind == CS_WIRE_LETTER_APPEAL ? "appeal" : "second-look", &err);
	/* A reporter stays a number; a holder is who was acted against. */
	if (a->kind == CS_WIRE_LETTER_APPEAL) {
		json_put_str(
		    account, "id", json_get_str(a->doc, "account"), &err);
		json_put_str(account, "handle", "", &err);
		json_array_foreach (
		    json_object_get(dec.doc, "accounts"), i, one)
			if (strcmp(json_get_str(one, "id"),
				json_get_str(a->doc, "account")) == 0)
				json_put_str(account, "handle",
				    json_get_str(one, "handle"), &err);
	}
	json_put(o, "account",
	    a->kind == CS_WIRE_LETTER_APPEAL ? json_incref(account)
					     : json_null(),
	    &err);
	json_put_num(o, "at_ms", a->at_ms, &err);
	json_put_str(o, "text", json_get_str(a->doc, "text"), &err);
	json_put_str(o, "language", json_get_str(a->doc, "language"), &err);
	json_put_str(o, "state", states[a->state], &err);
	json_put_str(o, "by", json_get_str(a->doc, "by"), &err);
	json_put_str(o, "answer", json_get_str(a->doc, "answer"), &err);
	json_put_bool(o, "mine", is_own(actor, &dec), &err);
	json_decref(account);
	desk_decision_clear(&dec);
	return err;
}

static enum cs_err
list(json_t *items, struct cs_desk *d, const struct cs_desk_actor *actor,
    struct cs_rows *rows, enum cs_err err)
{
	while (err == CS_OK && cs_rows_next(rows)) {
		struct appeal a;
		json_t *o = NULL;

		if ((err = read_row(&a, d, rows)) == CS_OK)
			err = show(&o, d, actor, &a);
		json_push(items, o, &err);
		clear(&a);
	}
	return cs_rows_end(rows, err);
}

enum cs_err
cs_desk_appeals(json_t *items, struct cs_desk *d,
    const struct cs_desk_actor *actor, bool open)
{
	struct cs_rows rows;
	enum cs_err err = open
	    ? cs_db_query(&rows, d->db,
		  "SELECT id,case_id,decision,sealed FROM appeal WHERE state=0"
		  " ORDER BY at LIMIT 200")
	    : cs_db_query(&rows, d->db,
		  "SELECT id,case_id,decision,sealed FROM appeal WHERE state<>0"
		  " ORDER BY at DESC LIMIT 200");

	return list(items, d, actor, &rows, err);
}

enum cs_err
desk_appeals(json_t *items, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t case_id)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, d->db,
	    "SELECT id,case_id,decision,sealed FROM appeal WHERE case_id=?"
	    " ORDER BY at",
	    cs_int(case_id));

	return list(items, d, actor, &rows, err);
}

enum cs_err
desk_appeals_of(json_t *items, struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t account[static 16])
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, d->db,
	    "SELECT id,case_id,decision,sealed FROM appeal WHERE account=?"
	    " AND kind=1 ORDER BY at",
	    cs_blob(cs_view(account, 16)));

	return list(items, d, actor, &rows, err);
}

enum cs_err
cs_desk_appeal_show(json_t **out, struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t id[static 16])
{
	struct appeal a;
	enum cs_err err = load(&a, d, id);

	*out = NULL;
	if (err == CS_OK)
		err = show(out, d, actor, &a);
	clear(&a);
	return err;
}

/* ---- hearing one -------------------------------------------------------- */

static enum cs_err
answer(
    struct cs_desk *d, const struct appeal *a, bool reverse, const char *text)
{
	uint8_t reply[32], subject[16];
	struct cs_buf sealed = { 0 };
	enum cs_err err = CS_OK;

	if (!json_get_hex(reply, sizeof reply, a->doc, "reply") ||
	    !json_get_hex(subject, sizeof subject, a->doc, "subject"))
		return CS_ERR_CORRUPT;
	if ((err = cs_reply_seal(&sealed, reply, subject, cs_view_str(text))) ==
	    CS_OK)
		err = tell(d, a->id,
		    reverse ? CS_WIRE_APPEAL_REVERSED : CS_WIRE_APPEAL_UPHELD,
		    a->kind == CS_WIRE_LETTER_APPEAL ? reverse
			    ? "The decision was reversed."
			    : "The decision stands."
			: reverse ? "It will be looked at again."
				  : "The decision stands.",
		    cs_buf_view(&sealed));
	cs_wipe(reply, sizeof reply);
	cs_buf_free(&sealed);
	return err;
}

/* A second look that found something: the case is open again. */
static enum cs_err
reopen(struct cs_desk *d, uint64_t case_id, const struct cs_desk_actor *actor)
{
	struct desk_case c;
	enum cs_err err;

	if ((err = desk_case_load(&c, d, case_id)) == CS_OK &&
	    (err = desk_case_reopen(d, &c)) == CS_OK) {
		json_put_num(c.doc, "assignee", 0, &err);
		json_put_str(c.doc, "assignee_name", "", &err);
		if (err == CS_OK)
			err = desk_case_save(d, &c, actor);
	}
	desk_case_clear(&c);
	return err;
}

static enum cs_err
decide(struct cs_desk *d, const struct cs_desk_actor *actor, struct appeal *a,
    bool reverse, const char *text)
{
	struct desk_decision dec;
	json_t *after = json_object();
	uint64_t made = 0;
	enum cs_err err = load_decision(&dec, d, a);

	if (err == CS_OK && is_own(actor, &dec))
		err = desk_problem(d, CS_ERR_DENIED,
		    "Nobody hears an appeal against their own decision.");
	a->state = reverse ? APPEAL_REVERSED : APPEAL_UPHELD;
	json_put_str(a->doc, "by", actor->name, &err);
	json_put_num(a->doc, "heard_by", actor->id, &err);
	json_put_str(a->doc, "answer", text, &err);
	json_put_num(a->doc, "heard_ms", cs_clock_ms(), &err);
	json_put_hex(after, "letter", CS_VIEW_OF(a->id), &err);
	json_put_str(after, "outcome", states[a->state], &err);
	if (err == CS_OK && reverse && a->kind == CS_WIRE_LETTER_APPEAL)
		err = desk_decision_reverse(d, actor, &dec, text, &made);
	else if (err == CS_OK && reverse)
		err = reopen(d, a->case_id, actor);
	/* That it was reversed is said when the hub has done it. */
	json_put_bool(a->doc, "waits", made != 0, &err);
	if (err == CS_OK && (err = save(d, a)) == CS_OK &&
	    (made != 0 || (err = answer(d, a, reverse, text)) == CS_OK) &&
	    (err = case_has_appeal(d, a->case_id)) == CS_OK &&
	    (err = desk_audit_add(d,
		 &(struct desk_audit_event){ .actor = actor,
		     .case_id = a->case_id,
		     .what = "appeal-decided",
		     .after = after })) == CS_OK &&
	    made != 0)
		err = desk_case_settle(d, a->case_id, actor);
	json_decref(after);
	desk_decision_clear(&dec);
	return err;
}

enum cs_err
cs_desk_appeal_decide(struct cs_desk *d, const struct cs_desk_actor *actor,
    const uint8_t id[static 16], bool reverse, const char *text)
{
	struct appeal a;
	enum cs_err err;

	if (!cs_desk_works(actor))
		return desk_problem(d, CS_ERR_DENIED,
		    "Only reviewers and seniors hear appeals.");
	/* Whoever wrote is owed an answer. */
	if ((err = desk_text_check(d, text, CS_LETTER_TEXT_MAX)) ||
	    (err = cs_db_begin(d->db)))
		return err;
	if ((err = load(&a, d, id)) == CS_OK) {
		if (a.state != APPEAL_OPEN)
			err = desk_problem(d, CS_ERR_EXISTS,
			    "%s has decided this appeal already.",
			    json_get_str(a.doc, "by"));
		else
			err = decide(d, actor, &a, reverse, text);
	}
	if (err == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	clear(&a);
	return err;
}

/* The reversal that was granted is done; or the hub did not take it, and
 * somebody has to hear the appeal again. */
static enum cs_err
granted(struct cs_desk *d, struct appeal *a, bool applied)
{
	enum cs_err err = CS_OK;

	if (!json_get_bool(a->doc, "waits"))
		return CS_OK;
	json_put_bool(a->doc, "waits", false, &err);
	if (!applied)
		a->state = APPEAL_OPEN;
	if (err || (err = save(d, a)))
		return err;
	if (applied)
		return answer(d, a, true, json_get_str(a->doc, "answer"));
	if ((err = case_has_appeal(d, a->case_id)) == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){
			.case_id = a->case_id, .what = "appeal-open-again" });
	return err;
}

enum cs_err
desk_appeals_granted(struct cs_desk *d, uint64_t decision, bool applied)
{
	struct cs_buf ids = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id FROM appeal WHERE decision=? AND kind=1 AND state=2",
	    cs_int(decision));
	err = desk_rows_ids(&ids, &rows, err);
	for (size_t k = 0; k + 16 <= ids.len && err == CS_OK; k += 16) {
		struct appeal a;

		if ((err = load(&a, d, ids.data + k)) == CS_OK)
			err = granted(d, &a, applied);
		clear(&a);
	}
	cs_buf_free(&ids);
	return err;
}
