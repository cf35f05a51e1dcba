/* SPDX-License-Identifier: MIT */
/* What people do with a case before they decide it. */
#include "desk/cases/work.h"

#include <string.h>

#include "base/text.h"
#include "content/mimi.h"
#include "desk/cases/case.h"
#include "desk/cases/entry.h"
#include "desk/cases/term.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/core/store.h"
#include "desk/people/people.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/vault.h"

enum cs_err
desk_work_begin(struct desk_case *c, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, uint64_t version)
{
	enum cs_err err;

	memset(c, 0, sizeof *c);
	if (!cs_desk_works(actor))
		return desk_problem(d, CS_ERR_DENIED,
		    "Only reviewers and seniors work on cases.");
	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = desk_case_load_for(c, d, actor, id, version)) == CS_OK)
		err = desk_case_summary(&c->before, c);
	return err;
}

enum cs_err
desk_work_end(struct desk_case *c, struct cs_desk *d,
    const struct cs_desk_actor *actor, enum cs_err err, const char *what,
    json_t *after)
{
	json_t *now = NULL;

	if (err == CS_OK && (err = desk_case_save(d, c, actor)) == CS_OK &&
	    (err = desk_case_summary(&now, c)) == CS_OK &&
	    (after == NULL || json_object_update(now, after) == 0) &&
	    (err = desk_audit_add(d,
		 &(struct desk_audit_event){ .actor = actor,
		     .case_id = c->id,
		     .what = what,
		     .before = c->before,
		     .after = now })) == CS_OK)
		err = cs_db_commit(d->db);
	json_decref(now);
	if (cs_db_in_transaction(d->db))
		cs_db_rollback(d->db);
	desk_case_clear(c);
	json_decref(after);
	return err;
}

static void
assign(struct desk_case *c, const struct cs_desk_actor *actor, enum cs_err *err)
{
	json_put_num(c->doc, "assignee", actor != NULL ? actor->id : 0, err);
	json_put_str(
	    c->doc, "assignee_name", actor != NULL ? actor->name : "", err);
}

/* Somebody has begun: from now on it is the decision that is waited for. */
static enum cs_err
looked(struct cs_desk *d, struct desk_case *c)
{
	struct cs_desk_policy policy;
	enum cs_err err = CS_OK;

	if (json_get_num(c->doc, "looked_ms") != 0)
		return CS_OK;
	json_put_num(c->doc, "looked_ms", cs_clock_ms(), &err);
	if (err || (err = cs_desk_policy(&policy, d)))
		return err;
	err = desk_case_set_due(c, &policy);
	cs_desk_policy_clear(&policy);
	return err;
}

enum cs_err
desk_case_mine(
    struct cs_desk *d, struct desk_case *c, const struct cs_desk_actor *actor)
{
	uint64_t assignee = json_get_num(c->doc, "assignee");
	enum cs_err err = CS_OK;

	if (assignee != 0 && assignee != actor->id && !cs_desk_is_senior(actor))
		return desk_problem(d, CS_ERR_DENIED,
		    "%s works on this case. Ask for it to be handed over.",
		    json_get_str(c->doc, "assignee_name"));
	if (assignee == 0 && actor->id != 0)
		assign(c, actor, &err);
	return err ? err : looked(d, c);
}

enum cs_err
cs_desk_case_claim(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, uint64_t version)
{
	struct desk_case c;
	uint64_t assignee;
	enum cs_err err = desk_work_begin(&c, d, actor, id, version);

	assignee = json_get_num(c.doc, "assignee");
	if (err == CS_OK && assignee != 0 && assignee != actor->id)
		err = desk_problem(d, CS_ERR_EXISTS,
		    "%s works on this case already.",
		    json_get_str(c.doc, "assignee_name"));
	if (err == CS_OK) {
		assign(&c, actor, &err);
		if (err == CS_OK)
			err = looked(d, &c);
	}
	return desk_work_end(&c, d, actor, err, "claimed", NULL);
}

enum cs_err
cs_desk_case_release(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, uint64_t version)
{
	struct desk_case c;
	enum cs_err err = desk_work_begin(&c, d, actor, id, version);

	if (err == CS_OK && json_get_num(c.doc, "assignee") != actor->id &&
	    !cs_desk_is_senior(actor))
		err = desk_problem(d, CS_ERR_DENIED,
		    "Only a senior takes a case from somebody else.");
	if (err == CS_OK)
		assign(&c, NULL, &err);
	return desk_work_end(&c, d, actor, err, "released", NULL);
}

enum cs_err
cs_desk_case_hand_over(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, uint64_t version, uint64_t person)
{
	json_t *after = json_object();
	struct cs_desk_actor to;
	struct desk_case c;
	enum cs_err err = desk_work_begin(&c, d, actor, id, version);

	if (err == CS_OK) {
		err = cs_desk_person(&to, d, person);
		if (err || !cs_desk_works(&to) || person == 0)
			err = desk_problem(d, CS_ERR_NOT_FOUND,
			    "There is nobody of that name who works on "
			    "cases.");
	}
	if (err == CS_OK && (err = desk_case_mine(d, &c, actor)) == CS_OK) {
		assign(&c, &to, &err);
		json_put_str(after, "to", to.name, &err);
	}
	return desk_work_end(&c, d, actor, err, "handed-over", after);
}

/* ---- notes -------------------------------------------------------------- */

static enum cs_err
add_note(struct cs_desk *d, struct desk_case *c,
    const struct cs_desk_actor *actor, enum cs_desk_note kind,
    const char *source, const char *text)
{
	json_t *doc = json_object();
	uint64_t id;
	enum cs_err err = CS_OK;

	json_put_str(doc, "text", text, &err);
	if (kind == CS_DESK_ATTACHMENT) {
		json_put_str(doc, "source", source, &err);
		json_put_bool(doc, "proved", false, &err);
	}
	if (kind == CS_DESK_ESCALATION)
		json_put_bool(c->doc, "escalated", true, &err);
	if (kind == CS_DESK_OPINION)
		json_put_bool(c->doc, "opinion", true, &err);
	if (err == CS_OK &&
	    (err = desk_entry_add(d, c->id, kind, actor, doc, &id)) == CS_OK)
		err = desk_terms_add(d, c->id, cs_view_str(text), false);
	json_decref(doc);
	return err;
}

enum cs_err
cs_desk_case_note(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, uint64_t version, enum cs_desk_note kind, const char *source,
    const char *text)
{
	static const char *const events[] = { "noted", "escalated",
		"opinion-asked", "attached" };
	struct desk_case c;
	enum cs_err err;

	if ((err = desk_text_check(d, text, CS_DESK_NOTE_MAX)) ||
	    (kind == CS_DESK_ATTACHMENT &&
		(err = desk_text_check(d, source, 200))))
		return err;
	if (kind > CS_DESK_ATTACHMENT)
		return CS_ERR_MISUSE;
	err = desk_work_begin(&c, d, actor, id, version);
	if (err == CS_OK)
		err = add_note(d, &c, actor, kind, source, text);
	return desk_work_end(&c, d, actor, err, events[kind], NULL);
}

/* ---- what it is about --------------------------------------------------- */

static enum cs_err
say_reason(struct cs_desk *d, struct desk_case *c,
    const struct cs_desk_policy *policy, const char *code)
{
	const struct cs_desk_reason *reason =
	    cs_desk_policy_reason(policy, code);
	enum cs_err err = CS_OK;

	if (reason == NULL)
		return desk_problem(d, CS_ERR_FORMAT,
		    "The policy has no reason \"%.40s\".", code);
	json_put_str(c->doc, "reason", reason->code, &err);
	json_put_num(c->doc, "reason_number", reason->number, &err);
	json_put_num(c->doc, "severity", reason->severity, &err);
	json_put_bool(c->doc, "danger", reason->danger, &err);
	json_put_bool(c->doc, "reason_said", true, &err);
	return err;
}

enum cs_err
cs_desk_case_triage(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, uint64_t version, const char *age, uint64_t threat_ms,
    const char *reason)
{
	static const char *const keys[] = { "age", "threat_ms", "reason" };
	json_t *after = json_object();
	struct cs_desk_policy policy;
	struct desk_case c;
	enum cs_err err;

	if (strcmp(age, "child") != 0 && strcmp(age, "adult") != 0 &&
	    strcmp(age, "unknown") != 0) {
		json_decref(after);
		return desk_problem(d, CS_ERR_FORMAT,
		    "An age is \"child\", \"adult\" or \"unknown\".");
	}
	if ((err = cs_desk_policy(&policy, d))) {
		json_decref(after);
		return err;
	}
	err = desk_work_begin(&c, d, actor, id, version);
	if (err == CS_OK) {
		json_put_str(c.doc, "age", age, &err);
		json_put_num(c.doc, "threat_ms", threat_ms, &err);
		if (err == CS_OK && *reason != '\0')
			err = say_reason(d, &c, &policy, reason);
		if (err == CS_OK && (err = looked(d, &c)) == CS_OK)
			err = desk_case_set_due(&c, &policy);
		for (size_t i = 0; i < 3; i++)
			json_put(after, keys[i],
			    json_incref(json_object_get(c.doc, keys[i])), &err);
	}
	cs_desk_policy_clear(&policy);
	return desk_work_end(&c, d, actor, err, "triaged", after);
}

enum cs_err
cs_desk_case_hold(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, uint64_t version, bool on, const char *text)
{
	json_t *hold = json_object();
	struct desk_case c;
	enum cs_err err;

	if (!cs_desk_is_senior(actor) && !cs_desk_is_administrator(actor)) {
		json_decref(hold);
		return desk_problem(d, CS_ERR_DENIED,
		    "A legal hold is set and ended by a senior.");
	}
	if ((err = desk_text_check(d, text, CS_DESK_NOTE_MAX)) ||
	    (err = cs_db_begin(d->db))) {
		json_decref(hold);
		return err;
	}
	if ((err = desk_case_load_for(&c, d, actor, id, version)) == CS_OK)
		err = desk_case_summary(&c.before, &c);
	json_put_str(hold, "by", actor->name, &err);
	json_put_num(hold, "at_ms", cs_clock_ms(), &err);
	json_put_str(hold, "text", text, &err);
	if (err == CS_OK) {
		json_put_bool(c.doc, "held", on, &err);
		json_put(
		    c.doc, "hold", on ? json_incref(hold) : json_null(), &err);
	}
	return desk_work_end(
	    &c, d, actor, err, on ? "hold-set" : "hold-ended", hold);
}

/* ---- the working copy --------------------------------------------------- */

enum cs_err
cs_desk_case_redact(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, uint64_t version, uint64_t item, const char *text)
{
	struct cs_buf sealed = { 0 };
	json_t *after = json_object();
	struct desk_case c;
	uint8_t row[8];
	enum cs_err err = desk_work_begin(&c, d, actor, id, version);

	cs_vault_row(row, item);
	json_put_id(after, "item", item, &err);
	if (err == CS_OK && *text != '\0' &&
	    (err = desk_text_check(d, text, CS_MIMI_TEXT_MAX)) == CS_OK)
		err = cs_vault_seal(&sealed, &d->key, "item.redacted",
		    CS_VIEW_OF(row), cs_view_str(text));
	if (err == CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE item SET redacted=? WHERE id=? AND case_id=?",
		    *text != '\0' ? cs_blob(cs_buf_view(&sealed)) : cs_null(),
		    cs_int(item), cs_int(id));
	if (err == CS_OK && cs_db_changes(d->db) == 0)
		err = desk_problem(
		    d, CS_ERR_NOT_FOUND, "The item is not of this case.");
	cs_buf_free(&sealed);
	return desk_work_end(&c, d, actor, err, "redacted", after);
}
