/* SPDX-License-Identifier: MIT */
#include "desk/decisions/revise.h"

#include <string.h>

#include "base/units.h"
#include "content/letter.h"
#include "desk/cases/case.h"
#include "desk/cases/work.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/text.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/outcome.h"
#include "desk/decisions/reversal.h"
#include "desk/decisions/second.h"
#include "store/clock.h"
#include "store/db.h"

#define TEXT_MAX CS_LETTER_TEXT_MAX

/* A change of a decision on its way. */
struct change {
	struct cs_desk *d;
	const struct cs_desk_actor *actor;
	struct desk_decision dec;
	enum cs_desk_decision_state was;
};

/* Lock and load; finish() ends it. */
static enum cs_err
begin(struct change *c, uint64_t id)
{
	enum cs_err err;

	if (!cs_desk_works(c->actor))
		return desk_problem(c->d, CS_ERR_DENIED, "decide-role",
		    "Only reviewers and seniors decide.");
	if ((err = cs_db_begin(c->d->db)) ||
	    (err = desk_decision_load(&c->dec, c->d, id)))
		return err;
	c->was = c->dec.state;
	return CS_OK;
}

static enum cs_err
leave(struct change *c, enum cs_err err)
{
	desk_decision_clear(&c->dec);
	return cs_db_in_transaction(c->d->db) ? cs_db_end(c->d->db, err) : err;
}

/* Store it, and write it down as ${what} with ${text} (or NULL). */
static enum cs_err
finish(struct change *c, enum cs_err err, const char *what, const char *text)
{
	struct desk_facts before = { 0 }, after = { 0 };

	desk_fact_text(&before, "state", desk_decision_state_name(c->was));
	desk_fact_text(&after, "state", desk_decision_state_name(c->dec.state));
	desk_fact_id(&after, "decision", c->dec.id);
	if (text != NULL && *text != '\0')
		desk_fact_text(&after, "text", text);
	if (err == CS_OK &&
	    (err = desk_decision_save(c->d, &c->dec, c->actor)) == CS_OK &&
	    (err = desk_audit_add(c->d,
		 &(struct desk_audit_event){ .actor = c->actor,
		     .case_id = c->dec.case_id,
		     .what = what,
		     .before = &before,
		     .after = &after })) == CS_OK)
		err = desk_case_settle(c->d, c->dec.case_id, c->actor);
	return leave(c, err);
}

/* May a program change this decision, if it is one that asks? */
static enum cs_err
check_token(const struct change *c)
{
	struct cs_desk_policy policy;
	enum cs_err err;

	if (!c->actor->token)
		return CS_OK;
	if ((err = cs_desk_policy(&policy, c->d)) == CS_OK)
		err = desk_second_check_token(c->d, c->actor, &c->dec, &policy);
	cs_desk_policy_clear(&policy);
	return err;
}

/* Something that takes a person who is signed in, whatever the policy says. */
static enum cs_err
check_person(const struct change *c)
{
	return c->actor->id != 0 && !c->actor->token
	    ? CS_OK
	    : desk_problem(c->d, CS_ERR_DENIED, "confirm-own",
		  "Nobody confirms their own decision: it takes somebody "
		  "else, signed in.");
}

enum cs_err
cs_desk_decision_undo(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id)
{
	struct change c = { .d = d, .actor = actor };
	enum cs_err err = begin(&c, id);

	if (err == CS_OK && c.dec.person != actor->id &&
	    !cs_desk_is_senior(actor))
		err = desk_problem(d, CS_ERR_DENIED, "undo-role",
		    "Who made a decision takes it back, or a senior.");
	/* The reversed decision says so already, and so does an appeal's
	 * answer; unless it still waits for its second person. */
	else if (err == CS_OK && c.dec.reverses != 0 &&
	    c.dec.state != CS_DESK_DECISION_WAITING)
		err = desk_problem(d, CS_ERR_DENIED, "undo-reversal",
		    "A reversal is not taken back. Decide anew.");
	else if (err == CS_OK && c.dec.state != CS_DESK_DECISION_UNDO &&
	    c.dec.state != CS_DESK_DECISION_WAITING)
		err = desk_problem(d, CS_ERR_EXISTS, "undo-late",
		    "It is too late: the decision is on its way. It can be "
		    "reversed.");
	if (err == CS_OK)
		err = check_token(&c);
	if (err == CS_OK)
		err = desk_decision_reversal_failed(d, &c.dec);
	c.dec.state = CS_DESK_DECISION_UNDONE;
	return finish(&c, err, "undone", NULL);
}

/* ---- a second person ---------------------------------------------------- */

static enum cs_err
check_second(const struct change *c)
{
	if (c->dec.state != CS_DESK_DECISION_WAITING)
		return desk_problem(c->d, CS_ERR_EXISTS, "not-waiting",
		    "This decision does not wait for a second person.");
	if (c->actor->id == c->dec.person)
		return desk_problem(c->d, CS_ERR_DENIED, "confirm-own",
		    "Nobody confirms their own decision: it takes somebody "
		    "else, signed in.");
	return check_person(c);
}

static void
set_second(struct change *c)
{
	c->dec.second = c->actor->id;
	memcpy(c->dec.second_name, c->actor->name, sizeof c->dec.second_name);
}

enum cs_err
cs_desk_decision_confirm(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id)
{
	struct change c = { .d = d, .actor = actor };
	struct cs_desk_policy policy = { 0 };
	enum cs_err err = begin(&c, id);

	if (err == CS_OK && (err = check_second(&c)) == CS_OK &&
	    (err = cs_desk_policy(&policy, d)) == CS_OK) {
		c.dec.state = CS_DESK_DECISION_UNDO;
		c.dec.due_ms = cs_clock_ms();
		if (c.dec.reverses == 0)
			c.dec.due_ms += policy.undo_seconds * CS_SECOND_MS;
		set_second(&c);
		err = desk_decision_reversal_confirmed(d, actor, &c.dec);
	}
	cs_desk_policy_clear(&policy);
	return finish(&c, err, "confirmed", NULL);
}

/* Who took part in a decision may help to reverse it, but does not hinder
 * that. */
static enum cs_err
check_no_part(const struct change *c)
{
	struct desk_decision old;
	enum cs_err err;

	if (c->dec.reverses == 0)
		return CS_OK;
	if ((err = desk_decision_load(&old, c->d, c->dec.reverses)) == CS_OK &&
	    (c->actor->id == old.person || c->actor->id == old.second))
		err = desk_problem(c->d, CS_ERR_DENIED, "refuse-part",
		    "You took part in the decision that this reverses: "
		    "somebody else refuses it.");
	desk_decision_clear(&old);
	return err;
}

enum cs_err
cs_desk_decision_refuse(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, const char *text)
{
	struct change c = { .d = d, .actor = actor };
	enum cs_err err = begin(&c, id);

	if (err == CS_OK)
		err = check_second(&c);
	if (err == CS_OK)
		err = check_no_part(&c);
	if (err == CS_OK && *text == '\0')
		err = desk_problem(
		    d, CS_ERR_FORMAT, "say-why", "Say why, for who made it.");
	if (err == CS_OK &&
	    (err = desk_text_check(d, text, TEXT_MAX)) == CS_OK &&
	    (err = desk_string_set(&c.dec.note, cs_view_str(text))) == CS_OK &&
	    (err = desk_decision_reversal_failed(d, &c.dec)) == CS_OK) {
		c.dec.state = CS_DESK_DECISION_REFUSED;
		set_second(&c);
	}
	return finish(&c, err, "refused", text);
}

enum cs_err
cs_desk_decision_check(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, enum cs_desk_check found, const char *text)
{
	struct change c = { .d = d, .actor = actor };
	enum cs_err err = begin(&c, id);

	if (err == CS_OK && c.dec.check != CS_DESK_CHECK_DUE)
		err = desk_problem(d, CS_ERR_EXISTS, "no-quality-due",
		    "This decision is not to be looked at for quality.");
	else if (err == CS_OK &&
	    (actor->id == 0 || actor->token || actor->id == c.dec.person ||
		actor->id == c.dec.second))
		err = desk_problem(d, CS_ERR_DENIED, "quality-own",
		    "It takes somebody who had no part in it.");
	if (err == CS_OK && *text != '\0')
		err = desk_text_check(d, text, TEXT_MAX);
	if (err == CS_OK &&
	    (err = desk_string_set(&c.dec.check_text, cs_view_str(text))) ==
		CS_OK) {
		c.dec.check = found;
		memcpy(c.dec.checked_by, actor->name, sizeof c.dec.checked_by);
	}
	return finish(&c, err,
	    found == CS_DESK_CHECK_AGREED ? "agreed" : "disagreed", text);
}

/* ---- taking it back whole ----------------------------------------------- */

/* Who reverses works on the case, as who decides does. */
static enum cs_err
reverse(struct change *c, const char *text, uint64_t *made)
{
	struct desk_case kase;
	enum cs_err err = desk_case_load(&kase, c->d, c->dec.case_id);

	if (err == CS_OK &&
	    (err = desk_case_take(c->d, &kase, c->actor)) == CS_OK &&
	    (err = desk_case_save(c->d, &kase, c->actor)) == CS_OK &&
	    (err = desk_decision_reverse(
		 c->d, c->actor, &c->dec, text, made)) == CS_OK)
		err = desk_case_settle(c->d, c->dec.case_id, c->actor);
	desk_case_clear(&kase);
	return err;
}

enum cs_err
cs_desk_decision_reverse(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, const char *text, uint64_t *made)
{
	struct change c = { .d = d, .actor = actor };
	enum cs_err err = begin(&c, id);

	*made = 0;
	if (err == CS_OK && *text == '\0')
		err = desk_problem(
		    d, CS_ERR_FORMAT, "reverse-why", "Say why it is reversed.");
	if (err == CS_OK)
		err = reverse(&c, text, made);
	return leave(&c, err);
}
