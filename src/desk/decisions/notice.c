/* SPDX-License-Identifier: MIT */
#include "desk/decisions/notice.h"

#include <string.h>

#include "base/units.h"
#include "content/filing_body.h"
#include "content/letter.h"
#include "desk/cases/case.h"
#include "desk/cases/notice.h"
#include "desk/cases/work.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/outbox.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/text.h"
#include "desk/decisions/decision.h"
#include "desk/reports/filing.h"
#include "franking/filing.h"
#include "store/clock.h"
#include "store/db.h"
#include "wire/filings.h"
#include "wire/messages.h"

_Static_assert(CS_DESK_NOTICE_TEXT_MAX <= CS_LETTER_TEXT_MAX, "an answer");

/* ---- signing, and telling the hub ---------------------------------------- */

static enum cs_err
queue(struct cs_desk *d, struct cs_view answer, uint64_t number)
{
	const struct cs_wire_desk_filing_answer message = { answer };
	uint8_t subject[CS_ID_LEN];

	cs_filing_subject(subject, number);
	return desk_outbox_add(d,
	    &(struct desk_message){ .kind = CS_WIRE_DESK_FILING_ANSWER,
		.subject = CS_VIEW_OF(subject),
		.target = CS_VIEW_OF(subject),
		.shape = &cs_wire_desk_filing_answer_shape,
		.message = &message });
}

/* Sign the answer ${a} to ${f}.  Where nothing could be opened there is no key
 * to seal a text under. */
static enum cs_err
send(struct cs_desk *d, const struct desk_filing *f,
    const struct desk_filing_answer *a)
{
	struct cs_filing_answer answer = {
		.number = f->id,
		.outcome = (uint8_t)a->outcome,
		.answered_ms = a->at_ms,
		.hub = cs_view_str(d->hub.name),
	};
	struct cs_view text = cs_view_str(desk_string(a->text));
	struct cs_buf sealed = { 0 }, bytes = { 0 };
	uint8_t subject[CS_ID_LEN];
	enum cs_err err = CS_OK;

	cs_filing_subject(subject, f->id);
	if (!cs_view_is_zero(CS_VIEW_OF(f->reply)) && text.len != 0)
		err = cs_reply_seal(&sealed, f->reply, subject, text);
	answer.text = cs_buf_view(&sealed);
	if (err == CS_OK &&
	    (err = cs_filing_answer_make(&bytes, &answer, &d->sign_key)) ==
		CS_OK)
		err = queue(d, cs_buf_view(&bytes), f->id);
	cs_buf_free(&sealed);
	cs_buf_free(&bytes);
	return err;
}

/* "Needs more" moves a deadline that has not passed, once; anything else ends
 * the matter. */
static void
follow(struct desk_filing *f, const struct desk_filing_answer *a)
{
	uint64_t until = a->at_ms + CS_FILING_MORE_DAYS * CS_DAY_MS;

	if (a->outcome != CS_FILING_NEEDS_MORE)
		f->state = DESK_FILING_OVER;
	else if (f->due_ms != 0 && a->at_ms <= f->due_ms && until > f->due_ms)
		f->due_ms = until;
}

/* Store the answer ${a}, whose text is copied, and send it. */
static enum cs_err
answer_with(struct cs_desk *d, struct desk_filing *f,
    const struct desk_filing_answer *a, const char *text)
{
	struct desk_filing_answer *new =
	    desk_array_add(&f->answers, sizeof *new);
	enum cs_err err;

	if (new == NULL)
		return CS_ERR_NOMEM;
	*new = *a;
	new->at_ms = cs_clock_ms();
	if ((err = desk_string_set(&new->text, cs_view_str(text))))
		return err;
	follow(f, new);
	if ((err = desk_filing_save(d, f)))
		return err;
	return send(d, f, new);
}

static enum cs_err
note_answered(struct cs_desk *d, const struct desk_filing *f,
    const struct cs_desk_actor *actor)
{
	const struct desk_filing_answer *a = desk_filing_answered(f);
	struct desk_facts after = { 0 };

	desk_fact_id(&after, "notice", f->id);
	desk_fact_text(
	    &after, "outcome", cs_filing_outcome_name((uint8_t)a->outcome));
	if (a->decision != 0)
		desk_fact_id(&after, "decision", a->decision);
	return desk_audit_add(d,
	    &(struct desk_audit_event){ .actor = actor,
		.case_id = f->case_id,
		.what = "notice-answered",
		.after = &after });
}

enum cs_err
desk_filing_answer_itself(
    struct cs_desk *d, struct desk_filing *f, uint8_t outcome, const char *text)
{
	const struct desk_filing_answer a = { .outcome = outcome };
	enum cs_err err = answer_with(d, f, &a, text);

	return err ? err : note_answered(d, f, NULL);
}

/* ---- who may answer, and what -------------------------------------------- */

/* An answer that is being made. */
struct answering {
	const struct cs_desk_edit *e;
	struct cs_desk *d;
	const struct cs_desk_notice_answer *choice;
	struct desk_case c;
	struct desk_filing f;
	struct desk_filing_answer a;
};

static enum cs_err
check_open(const struct answering *x)
{
	const struct desk_filing *f = &x->f;
	uint8_t outcome = x->choice->outcome;

	if (f->case_id != x->c.id)
		return desk_problem(x->d, CS_ERR_NOT_FOUND, "notice-elsewhere",
		    "Notice %llu is not of this case.",
		    (unsigned long long)f->id);
	if (f->state != DESK_FILING_OPEN)
		return f->what == CS_FILING_MORE
		    ? desk_problem(x->d, CS_ERR_DENIED, "notice-more",
			  "It belongs to notice %llu: answer that one.",
			  (unsigned long long)f->about)
		    : desk_problem(x->d, CS_ERR_EXISTS, "notice-answered",
			  "Notice %llu is answered already.",
			  (unsigned long long)f->id);
	if (outcome >= CS_FILING_UNREADABLE ||
	    !cs_filing_outcome_fits((uint8_t)f->what, outcome))
		return desk_problem(x->d, CS_ERR_FORMAT, "notice-outcome",
		    "An outcome is \"acted\" or \"refused\"; of a notice also "
		    "\"needs-more\" or \"not-ours\".");
	if (outcome == CS_FILING_NEEDS_MORE && desk_filing_was_asked(f))
		return desk_problem(x->d, CS_ERR_EXISTS, "notice-asked",
		    "More was asked for already; that is said once.");
	if (x->e->version < x->c.news_version)
		return desk_problem(x->d, CS_ERR_EXISTS, "notice-news",
		    "Something was filed since you read this case. Read it "
		    "first.");
	return CS_OK;
}

static enum cs_err
check_actor(const struct answering *x)
{
	const struct desk_filing_answer *ended;
	struct desk_filing notice;
	bool own = false;
	enum cs_err err;

	if (x->e->actor->token != 0)
		return desk_problem(x->d, CS_ERR_DENIED, "token-decides",
		    "This takes a person who is signed in: the policy does "
		    "not let a program do it.");
	if (x->f.what != CS_FILING_APPEAL)
		return CS_OK;
	/* Number 0 is whoever has the folder: perhaps the same person. */
	err = desk_filing_load(&notice, x->d, x->f.about);
	if (err == CS_OK && (ended = desk_filing_ended(&notice)) != NULL)
		own = ended->by[0] != '\0' && ended->person == x->e->actor->id;
	desk_filing_clear(&notice);
	if (err == CS_ERR_NOT_FOUND)
		err = CS_OK;
	return err == CS_OK && own
	    ? desk_problem(x->d, CS_ERR_DENIED, "notice-own",
		  "Nobody answers an appeal against their own answer.")
	    : err;
}

/* What was done about the case, that was not taken back. */
static enum cs_err
find_decision(struct answering *x)
{
	enum cs_err err;

	if (x->choice->outcome != CS_FILING_ACTED)
		return CS_OK;
	err = cs_db_get_int(&x->a.decision, x->d->db,
	    "SELECT id FROM decision WHERE case_id=? AND state=?"
	    " AND action<>? ORDER BY id DESC LIMIT 1",
	    cs_int(x->c.id), cs_int(CS_DESK_DECISION_APPLIED),
	    cs_int(CS_DESK_ACTION_NONE));
	if (err != CS_ERR_NOT_FOUND)
		return err;
	return x->c.pending != 0
	    ? desk_problem(x->d, CS_ERR_BUSY, "notice-decision-waits",
		  "The decision of this case is not applied yet: answer once "
		  "the hub has confirmed it.")
	    : desk_problem(x->d, CS_ERR_DENIED, "notice-not-acted",
		  "Nothing was done in this case: decide first, then answer "
		  "\"acted\".");
}

static enum cs_err
make(struct answering *x)
{
	const struct cs_desk_actor *actor = x->e->actor;
	struct cs_desk_policy policy = { 0 };
	enum cs_err err;

	if ((err = desk_filing_load(&x->f, x->d, x->choice->number)) ||
	    (err = check_open(x)) || (err = check_actor(x)) ||
	    (err = desk_case_take(x->d, &x->c, actor)) ||
	    (err = find_decision(x)) || (err = cs_desk_policy(&policy, x->d)))
		return err;
	x->a.outcome = x->choice->outcome;
	x->a.person = actor->id;
	memcpy(x->a.by, actor->name, sizeof x->a.by);
	if ((err = answer_with(x->d, &x->f, &x->a, x->choice->text)) == CS_OK &&
	    (err = desk_case_count_notices(x->d, &x->c)) == CS_OK) {
		desk_case_set_due(&x->c, &policy);
		if ((err = desk_case_save(x->d, &x->c, actor)) == CS_OK &&
		    (err = note_answered(x->d, &x->f, actor)) == CS_OK)
			err = desk_case_settle(x->d, x->c.id, actor);
	}
	cs_desk_policy_clear(&policy);
	return err;
}

enum cs_err
cs_desk_notice_answer(
    const struct cs_desk_edit *e, const struct cs_desk_notice_answer *answer)
{
	struct answering x = { .e = e, .d = e->d, .choice = answer };
	enum cs_err err;

	/* Whoever filed it is owed a reason. */
	if ((err = desk_text_check(
		 e->d, answer->text, CS_DESK_NOTICE_TEXT_MAX)))
		return err;
	if ((err = desk_edit_begin(&x.c, e)) == CS_OK)
		err = make(&x);
	err = desk_edit_leave(e, err);
	desk_case_clear(&x.c);
	desk_filing_clear(&x.f);
	return err;
}

/* ---- the hub has answered ------------------------------------------------ */

enum cs_err
desk_filing_told(struct cs_desk *d, uint64_t number, const char *refused)
{
	struct desk_facts after = { 0 };
	struct desk_filing f;
	struct desk_filing_answer *last = NULL;
	enum cs_err err = desk_filing_load(&f, d, number);

	if (err == CS_OK && f.answers.n != 0)
		last = &f.answers.at[f.answers.n - 1];
	if (last != NULL) {
		last->told = refused == NULL;
		if (refused != NULL)
			err = desk_string_set(
			    &last->refused, cs_view_str(refused));
	}
	desk_fact_id(&after, "notice", number);
	if (refused != NULL)
		desk_fact_text(&after, "problem", refused);
	if (err == CS_OK && (err = desk_filing_save(d, &f)) == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){ .case_id = f.case_id,
			.what = refused == NULL ? "notice-told"
						: "notice-not-taken",
			.after = &after });
	if (err == CS_OK && f.case_id != 0)
		err = desk_case_touch(d, f.case_id);
	desk_filing_clear(&f);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}
