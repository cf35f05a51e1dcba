/* SPDX-License-Identifier: MIT */
#include "desk/cases/work.h"

#include <string.h>

#include "content/mimi.h"
#include "desk/cases/case.h"
#include "desk/cases/entry.h"
#include "desk/cases/term.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/text.h"
#include "desk/people/people.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/vault.h"

/* ---- an edit ------------------------------------------------------------ */

/* Lock, and load the case as it was read. */
static enum cs_err
begin(struct desk_case *c, const struct cs_desk_edit *e)
{
	enum cs_err err;

	memset(c, 0, sizeof *c);
	if ((err = cs_db_begin(e->d->db)) || (err = desk_case_load_for(c, e)))
		return err;
	desk_case_summarize(&c->before, c);
	return CS_OK;
}

enum cs_err
desk_edit_begin(struct desk_case *c, const struct cs_desk_edit *e)
{
	memset(c, 0, sizeof *c);
	if (!cs_desk_works(e->actor))
		return desk_problem(e->d, CS_ERR_DENIED, "work-role",
		    "Only reviewers and seniors work on cases.");
	return begin(c, e);
}

enum cs_err
desk_edit_leave(const struct cs_desk_edit *e, enum cs_err err)
{
	return cs_db_in_transaction(e->d->db) ? cs_db_end(e->d->db, err) : err;
}

/* Put together the case as it is now and what else the log is to say. */
static void
facts_after(struct desk_facts *out, const struct desk_case_summary *now,
    const struct desk_facts *after)
{
	desk_case_facts(out, now);
	for (size_t i = 0; after != NULL && i < after->n; i++)
		out->at[out->n++] = after->at[i];
}

enum cs_err
desk_edit_end(struct desk_case *c, const struct cs_desk_edit *e,
    enum cs_err err, const char *what, const struct desk_facts *after)
{
	struct desk_facts was = { 0 }, is = { 0 };
	struct desk_case_summary now;

	if (err == CS_OK &&
	    (err = desk_case_save(e->d, c, e->actor)) == CS_OK) {
		desk_case_summarize(&now, c);
		desk_case_facts(&was, &c->before);
		facts_after(&is, &now, after);
		err = desk_audit_add(e->d,
		    &(struct desk_audit_event){ .actor = e->actor,
			.case_id = c->id,
			.what = what,
			.before = &was,
			.after = &is });
	}
	desk_case_clear(c);
	return desk_edit_leave(e, err);
}

/* ---- whose it is -------------------------------------------------------- */

/* NULL: nobody's. */
static void
assign(struct desk_case *c, const struct cs_desk_actor *actor)
{
	c->assignee = actor != NULL ? actor->id : 0;
	memset(c->assignee_name, 0, sizeof c->assignee_name);
	if (actor != NULL)
		memcpy(c->assignee_name, actor->name, sizeof actor->name);
}

/* Somebody has begun: from now on the decision is what has to be in time. */
static enum cs_err
looked(struct cs_desk *d, struct desk_case *c)
{
	struct cs_desk_policy policy;
	enum cs_err err;

	if (c->looked_ms != 0)
		return CS_OK;
	if ((err = cs_desk_policy(&policy, d)))
		return err;
	c->looked_ms = cs_clock_ms();
	desk_case_set_due(c, &policy);
	cs_desk_policy_clear(&policy);
	return CS_OK;
}

enum cs_err
desk_case_take(
    struct cs_desk *d, struct desk_case *c, const struct cs_desk_actor *actor)
{
	if (c->assignee != 0 && c->assignee != actor->id &&
	    !cs_desk_is_senior(actor))
		return desk_problem(d, CS_ERR_DENIED, "with-another",
		    "%s works on this case. Ask for it to be handed over.",
		    c->assignee_name);
	if (c->assignee == 0 && actor->id != 0)
		assign(c, actor);
	return looked(d, c);
}

enum cs_err
cs_desk_case_claim(const struct cs_desk_edit *e)
{
	struct desk_case c;
	enum cs_err err = desk_edit_begin(&c, e);

	if (err == CS_OK && c.assignee != 0 && c.assignee != e->actor->id)
		err = desk_problem(e->d, CS_ERR_EXISTS, "assigned-already",
		    "%s works on this case already.", c.assignee_name);
	if (err == CS_OK) {
		assign(&c, e->actor);
		err = looked(e->d, &c);
	}
	return desk_edit_end(&c, e, err, "claimed", NULL);
}

enum cs_err
cs_desk_case_release(const struct cs_desk_edit *e)
{
	struct desk_case c;
	enum cs_err err = desk_edit_begin(&c, e);

	if (err == CS_OK && c.assignee != e->actor->id &&
	    !cs_desk_is_senior(e->actor))
		err = desk_problem(e->d, CS_ERR_DENIED, "take-from-role",
		    "Only a senior takes a case from somebody else.");
	if (err == CS_OK)
		assign(&c, NULL);
	return desk_edit_end(&c, e, err, "released", NULL);
}

enum cs_err
cs_desk_case_hand_over(const struct cs_desk_edit *e, uint64_t person)
{
	struct desk_facts after = { 0 };
	struct cs_desk_actor to = { 0 };
	struct desk_case c;
	enum cs_err err = desk_edit_begin(&c, e);

	if (err == CS_OK) {
		err = cs_desk_person(&to, e->d, person);
		if (err || !cs_desk_works(&to) || person == 0)
			err = desk_problem(e->d, CS_ERR_NOT_FOUND,
			    "no-worker-named",
			    "There is nobody of that name who works on "
			    "cases.");
	}
	if (err == CS_OK && (err = desk_case_take(e->d, &c, e->actor)) == CS_OK)
		assign(&c, &to);
	desk_fact_text(&after, "to", to.name);
	return desk_edit_end(&c, e, err, "handed-over", &after);
}

/* ---- notes -------------------------------------------------------------- */

static enum cs_err
add_note(
    struct desk_case *c, const struct cs_desk_edit *e, struct desk_entry *entry)
{
	enum cs_err err;

	c->escalated |= entry->kind == CS_DESK_ENTRY_ESCALATION;
	c->opinion |= entry->kind == CS_DESK_ENTRY_OPINION;
	if ((err = desk_entry_add(e->d, c->id, entry, e->actor)))
		return err;
	return desk_terms_add(e->d, c->id, cs_view_str(entry->text));
}

enum cs_err
cs_desk_case_note(const struct cs_desk_edit *e, enum cs_desk_entry_kind kind,
    const char *source, const char *text)
{
	static const char *const events[] = { "noted", "escalated",
		"opinion-asked", "attached" };
	struct desk_entry entry = { .kind = kind };
	struct desk_case c;
	enum cs_err err;

	if (kind > CS_DESK_ENTRY_ATTACHMENT)
		return CS_ERR_MISUSE;
	if ((err = desk_text_check(e->d, text, CS_DESK_NOTE_MAX)) ||
	    (kind == CS_DESK_ENTRY_ATTACHMENT &&
		(err = desk_text_check(e->d, source, CS_DESK_SOURCE_MAX))) ||
	    (err = desk_string_set(&entry.text, cs_view_str(text))) ||
	    (kind == CS_DESK_ENTRY_ATTACHMENT &&
		(err = desk_string_set(&entry.source, cs_view_str(source)))))
		goto out;
	if ((err = desk_edit_begin(&c, e)) == CS_OK)
		err = add_note(&c, e, &entry);
	err = desk_edit_end(&c, e, err, events[kind], NULL);
out:
	desk_entry_clear(&entry);
	return err;
}

/* ---- what it is about --------------------------------------------------- */

static enum cs_err
say_reason(struct cs_desk *d, struct desk_case *c,
    const struct cs_desk_policy *policy, const char *code)
{
	const struct cs_desk_reason *reason =
	    cs_desk_policy_reason(policy, code);

	if (reason == NULL)
		return desk_problem(d, CS_ERR_FORMAT, "no-reason",
		    "The policy has no reason \"%.40s\".", code);
	c->danger = reason->danger;
	c->reason_said = true;
	return desk_case_set_reason(c, reason);
}

enum cs_err
cs_desk_case_triage(const struct cs_desk_edit *e, const char *age,
    uint64_t threat_ms, const char *reason)
{
	int said = cs_desk_age_find(age);
	struct cs_desk_policy policy;
	struct desk_case c;
	enum cs_err err;

	if (said < 0)
		return desk_problem(e->d, CS_ERR_FORMAT, "bad-age",
		    "An age is \"child\", \"adult\" or \"unknown\".");
	if ((err = cs_desk_policy(&policy, e->d)))
		return err;
	if ((err = desk_edit_begin(&c, e)) == CS_OK) {
		c.age = (enum cs_desk_age)said;
		c.threat_ms = threat_ms;
		if (*reason != '\0')
			err = say_reason(e->d, &c, &policy, reason);
		if (err == CS_OK && (err = looked(e->d, &c)) == CS_OK)
			desk_case_set_due(&c, &policy);
	}
	cs_desk_policy_clear(&policy);
	return desk_edit_end(&c, e, err, "triaged", NULL);
}

/* ---- legal holds -------------------------------------------------------- */

/* Begin an edit by somebody who may set and end holds. */
static enum cs_err
begin_hold(struct desk_case *c, const struct cs_desk_edit *e, const char *text)
{
	enum cs_err err;

	memset(c, 0, sizeof *c);
	if (!cs_desk_is_senior(e->actor) && !cs_desk_is_administrator(e->actor))
		return desk_problem(e->d, CS_ERR_DENIED, "hold-role",
		    "A legal hold is set and ended by a senior.");
	if ((err = desk_text_check(e->d, text, CS_DESK_NOTE_MAX)))
		return err;
	return begin(c, e);
}

static enum cs_err
end_hold(struct desk_case *c, const struct cs_desk_edit *e, enum cs_err err,
    const char *what, const char *text)
{
	struct desk_facts after = { 0 };

	desk_fact_text(&after, "by", e->actor->name);
	desk_fact_number(&after, "at_ms", cs_clock_ms());
	desk_fact_text(&after, "text", text);
	return desk_edit_end(c, e, err, what, &after);
}

enum cs_err
cs_desk_case_hold(const struct cs_desk_edit *e, const char *text)
{
	struct desk_case c;
	enum cs_err err = begin_hold(&c, e, text);

	if (err == CS_OK &&
	    (err = desk_string_set(&c.held_text, cs_view_str(text))) == CS_OK) {
		c.held = true;
		c.held_ms = cs_clock_ms();
		memcpy(c.held_by, e->actor->name, sizeof c.held_by);
	}
	return end_hold(&c, e, err, "hold-set", text);
}

enum cs_err
cs_desk_case_unhold(const struct cs_desk_edit *e, const char *text)
{
	struct desk_case c;
	enum cs_err err = begin_hold(&c, e, text);

	if (err == CS_OK &&
	    (err = desk_string_set(&c.held_text, cs_view("", 0))) == CS_OK) {
		c.held = false;
		c.held_ms = 0;
		memset(c.held_by, 0, sizeof c.held_by);
	}
	return end_hold(&c, e, err, "hold-ended", text);
}

/* ---- the working copy --------------------------------------------------- */

enum cs_err
cs_desk_case_redact(
    const struct cs_desk_edit *e, uint64_t item, const char *text)
{
	struct cs_desk *d = e->d;
	struct cs_buf sealed = { 0 };
	struct desk_facts after = { 0 };
	struct desk_case c;
	uint8_t name[8];
	enum cs_err err = desk_edit_begin(&c, e);

	cs_vault_row(name, item);
	if (err == CS_OK && *text != '\0' &&
	    (err = desk_text_check(d, text, CS_MIMI_TEXT_MAX)) == CS_OK)
		err = cs_vault_seal(&sealed, &d->key, "item.redacted",
		    CS_VIEW_OF(name), cs_view_str(text));
	if (err == CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE item SET redacted=? WHERE id=? AND case_id=?",
		    *text != '\0' ? cs_blob(cs_buf_view(&sealed)) : cs_null(),
		    cs_int(item), cs_int(e->case_id));
	if (err == CS_OK && cs_db_changes(d->db) == 0)
		err = desk_problem(d, CS_ERR_NOT_FOUND, "item-not-here",
		    "The item is not of this case.");
	cs_buf_free(&sealed);
	desk_fact_id(&after, "item", item);
	return desk_edit_end(&c, e, err, "redacted", &after);
}
