/* SPDX-License-Identifier: MIT */
#include "desk/decisions/reversal.h"

#include <string.h>

#include "desk/cases/case.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/text.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/second.h"
#include "store/clock.h"

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
fill(struct desk_decision *out, const struct desk_decision *dec,
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
	out->reversed_by = 0;
	out->check = CS_DESK_CHECK_NONE;
	memset(out->checked_by, 0, sizeof out->checked_by);
	return desk_string_set(&out->facts, cs_view_str(text));
}

/* Does it take two people, and may ${actor} make it? */
static enum cs_err
settle_people(struct cs_desk *d, const struct cs_desk_actor *actor,
    struct desk_decision *new, const struct desk_decision *dec)
{
	struct cs_desk_policy policy = { 0 };
	struct desk_case c;
	enum cs_err err;

	if ((err = desk_case_load(&c, d, dec->case_id)) == CS_OK &&
	    (err = cs_desk_policy(&policy, d)) == CS_OK) {
		desk_second_set_reversal(new, dec, &c, &policy);
		err = desk_second_check_token(d, actor, new, &policy);
	}
	if (desk_second_missing(new))
		new->state = CS_DESK_DECISION_WAITING;
	cs_desk_policy_clear(&policy);
	desk_case_clear(&c);
	return err;
}

static enum cs_err
note(struct cs_desk *d, const struct cs_desk_actor *actor, const char *what,
    const struct desk_decision *dec)
{
	struct desk_facts after = { 0 };

	desk_fact_id(&after, "decision", dec->id);
	desk_fact_id(&after, "by", dec->reversed_by);
	return desk_audit_add(d,
	    &(struct desk_audit_event){ .actor = actor,
		.case_id = dec->case_id,
		.what = what,
		.after = &after });
}

enum cs_err
desk_decision_reverse(struct cs_desk *d, const struct cs_desk_actor *actor,
    struct desk_decision *dec, const char *text, uint64_t *made)
{
	struct desk_decision new = { 0 };
	bool waits;
	enum cs_err err;

	/* The text is what the reversal's statement rests on. */
	if ((err = check_reversible(d, dec)) == CS_OK && dec->reversed_by != 0)
		err = desk_problem(d, CS_ERR_EXISTS, "reverse-waits",
		    "That it is reversed waits for a second person already.");
	if (err || (err = desk_text_check(d, text, CS_DESK_FACTS_MAX)) ||
	    (err = fill(&new, dec, actor, text)) ||
	    (err = settle_people(d, actor, &new, dec)) ||
	    (err = desk_decision_insert(d, &new)) ||
	    (err = desk_decision_save(d, &new, actor)))
		goto out;
	waits = new.state == CS_DESK_DECISION_WAITING;
	if (!waits)
		dec->state = CS_DESK_DECISION_REVERSED;
	dec->reversed_by = new.id;
	if ((err = desk_decision_save(d, dec, actor)) == CS_OK)
		err = note(
		    d, actor, waits ? "reversal-proposed" : "reversed", dec);
out:
	*made = new.id;
	desk_decision_clear(&new);
	return err;
}

enum cs_err
desk_decision_reversal_confirmed(struct cs_desk *d,
    const struct cs_desk_actor *actor, const struct desk_decision *dec)
{
	struct desk_decision old;
	enum cs_err err;

	if (dec->reverses == 0)
		return CS_OK;
	if ((err = desk_decision_load(&old, d, dec->reverses)) == CS_OK &&
	    (err = check_reversible(d, &old)) == CS_OK) {
		old.state = CS_DESK_DECISION_REVERSED;
		if ((err = desk_decision_save(d, &old, actor)) == CS_OK)
			err = note(d, actor, "reversed", &old);
	}
	desk_decision_clear(&old);
	return err;
}
