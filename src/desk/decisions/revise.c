/* SPDX-License-Identifier: MIT */
#include "desk/decisions/revise.h"

#include <string.h>

#include "base/units.h"
#include "content/letter.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/text.h"
#include "desk/decisions/decision.h"
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
	 * answer. */
	else if (err == CS_OK && c.dec.reverses != 0)
		err = desk_problem(d, CS_ERR_DENIED, "undo-reversal",
		    "A reversal is not taken back. Decide anew.");
	else if (err == CS_OK && c.dec.state != CS_DESK_DECISION_UNDO &&
	    c.dec.state != CS_DESK_DECISION_WAITING)
		err = desk_problem(d, CS_ERR_EXISTS, "undo-late",
		    "It is too late: the decision is on its way. It can be "
		    "reversed.");
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
	if (c->actor->id == 0 || c->actor->id == c->dec.person)
		return desk_problem(c->d, CS_ERR_DENIED, "confirm-own",
		    "Nobody confirms their own decision: it takes somebody "
		    "else, signed in.");
	return CS_OK;
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
		c.dec.due_ms =
		    cs_clock_ms() + policy.undo_seconds * CS_SECOND_MS;
		set_second(&c);
	}
	cs_desk_policy_clear(&policy);
	return finish(&c, err, "confirmed", NULL);
}

enum cs_err
cs_desk_decision_refuse(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, const char *text)
{
	struct change c = { .d = d, .actor = actor };
	enum cs_err err = begin(&c, id);

	if (err == CS_OK)
		err = check_second(&c);
	if (err == CS_OK && *text == '\0')
		err = desk_problem(
		    d, CS_ERR_FORMAT, "say-why", "Say why, for who made it.");
	if (err == CS_OK &&
	    (err = desk_text_check(d, text, TEXT_MAX)) == CS_OK &&
	    (err = desk_string_set(&c.dec.note, cs_view_str(text))) == CS_OK) {
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
	    (actor->id == 0 || actor->id == c.dec.person ||
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

static enum cs_err
check_reversible(struct cs_desk *d, const struct desk_decision *dec)
{
	if (dec->state != CS_DESK_DECISION_APPLIED &&
	    dec->state != CS_DESK_DECISION_QUEUED)
		return desk_problem(d, CS_ERR_EXISTS, "reverse-not-applied",
		    "Only what was applied can be reversed.");
	if (dec->action == CS_DESK_ACTION_REFER || dec->reverses != 0)
		return desk_problem(d, CS_ERR_DENIED, "reverse-given",
		    "What was given to others, or was itself a reversal, "
		    "cannot be reversed.");
	return CS_OK;
}

/* Make ${actor}'s decision that takes back ${dec}: about the same things,
 * and not yet sent. */
static enum cs_err
make_reversal(struct desk_decision *out, const struct desk_decision *dec,
    const struct cs_desk_actor *actor, const char *text)
{
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = desk_record_copy(out, &desk_decision_record, dec)))
		return err;
	out->case_id = dec->case_id;
	out->state = CS_DESK_DECISION_UNDO;
	out->made_ms = out->due_ms = cs_clock_ms();
	out->person = actor->id;
	memcpy(out->by, actor->name, sizeof out->by);
	memcpy(out->pseudonym, actor->pseudonym, sizeof out->pseudonym);
	out->second = out->aside = out->until_ms = 0;
	memset(out->second_name, 0, sizeof out->second_name);
	out->sent = false;
	out->targets = out->applied = out->failed = 0;
	out->reverses = dec->id;
	out->check = CS_DESK_CHECK_NONE;
	memset(out->checked_by, 0, sizeof out->checked_by);
	return desk_string_set(&out->facts, cs_view_str(text));
}

enum cs_err
desk_decision_reverse(struct cs_desk *d, const struct cs_desk_actor *actor,
    struct desk_decision *dec, const char *text, uint64_t *made)
{
	struct desk_decision new = { 0 };
	struct desk_facts after = { 0 };
	enum cs_err err;

	/* The text is what the reversal's statement rests on. */
	if ((err = check_reversible(d, dec)) ||
	    (err = desk_text_check(d, text, CS_DESK_FACTS_MAX)) ||
	    (err = make_reversal(&new, dec, actor, text)) ||
	    (err = desk_decision_insert(d, &new)) ||
	    (err = desk_decision_save(d, &new, actor)))
		goto out;
	dec->state = CS_DESK_DECISION_REVERSED;
	dec->reversed_by = new.id;
	desk_fact_id(&after, "decision", dec->id);
	desk_fact_id(&after, "by", new.id);
	if ((err = desk_decision_save(d, dec, actor)) == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){ .actor = actor,
			.case_id = dec->case_id,
			.what = "reversed",
			.after = &after });
out:
	*made = new.id;
	desk_decision_clear(&new);
	return err;
}

enum cs_err
cs_desk_decision_reverse(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, const char *text, uint64_t *made)
{
	struct change c = { .d = d, .actor = actor };
	enum cs_err err = begin(&c, id);

	if (err == CS_OK && *text == '\0')
		err = desk_problem(
		    d, CS_ERR_FORMAT, "reverse-why", "Say why it is reversed.");
	if (err == CS_OK &&
	    (err = desk_decision_reverse(d, actor, &c.dec, text, made)) ==
		CS_OK)
		err = desk_case_settle(d, c.dec.case_id, actor);
	return leave(&c, err);
}
