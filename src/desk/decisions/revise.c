/* SPDX-License-Identifier: MIT */
/* Second thoughts about a decision: taken back in time, confirmed or refused by
 * a second person, looked at for its quality, reversed. */
#include "desk/decisions/revise.h"

#include <string.h>

#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/core/store.h"
#include "desk/decisions/decision.h"
#include "store/clock.h"
#include "store/db.h"

/* Load for a change; ended by finish(). */
static enum cs_err
begin(struct desk_decision *dec, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id)
{
	enum cs_err err;

	memset(dec, 0, sizeof *dec);
	if (!cs_desk_works(actor))
		return desk_problem(
		    d, CS_ERR_DENIED, "Only reviewers and seniors decide.");
	return (err = cs_db_begin(d->db)) ? err
					  : desk_decision_load(dec, d, id);
}

static enum cs_err
finish(struct desk_decision *dec, struct cs_desk *d,
    const struct cs_desk_actor *actor, enum cs_err err, const char *what,
    const char *text)
{
	json_t *before = json_object(), *after = json_object();

	if (err == CS_OK) {
		/* The document still says what it was. */
		json_put_str(
		    before, "state", json_get_str(dec->doc, "state"), &err);
		json_put_str(
		    after, "state", desk_decision_state_name(dec->state), &err);
		json_put_id(after, "decision", dec->id, &err);
		if (text != NULL && *text != '\0')
			json_put_str(after, "text", text, &err);
	}
	if (err == CS_OK &&
	    (err = desk_decision_save(d, dec, actor)) == CS_OK &&
	    (err = desk_audit_add(d,
		 &(struct desk_audit_event){ .actor = actor,
		     .case_id = dec->case_id,
		     .what = what,
		     .before = before,
		     .after = after })) == CS_OK &&
	    (err = desk_case_settle(d, dec->case_id, actor)) == CS_OK)
		err = cs_db_commit(d->db);
	if (cs_db_in_transaction(d->db))
		cs_db_rollback(d->db);
	desk_decision_clear(dec);
	json_decref(before);
	json_decref(after);
	return err;
}

enum cs_err
cs_desk_decision_undo(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id)
{
	struct desk_decision dec;
	enum cs_err err = begin(&dec, d, actor, id);

	if (err == CS_OK && dec.person != actor->id &&
	    !cs_desk_is_senior(actor))
		err = desk_problem(d, CS_ERR_DENIED,
		    "Who made a decision takes it back, or a senior.");
	/* What it reverses says so already, and so does an appeal's answer. */
	else if (err == CS_OK &&
	    json_id_parse(json_get_str(dec.doc, "reverses")) != 0)
		err = desk_problem(d, CS_ERR_DENIED,
		    "A reversal is not taken back. Decide anew.");
	else if (err == CS_OK && dec.state != CS_DESK_DECISION_UNDO &&
	    dec.state != CS_DESK_DECISION_WAITING)
		err = desk_problem(d, CS_ERR_EXISTS,
		    "It is too late: the decision is on its way. It can be "
		    "reversed.");
	dec.state = CS_DESK_DECISION_UNDONE;
	return finish(&dec, d, actor, err, "undone", NULL);
}

static enum cs_err
is_second(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct desk_decision *dec)
{
	if (dec->state != CS_DESK_DECISION_WAITING)
		return desk_problem(d, CS_ERR_EXISTS,
		    "This decision does not wait for a second person.");
	if (actor->id == 0 || actor->id == dec->person)
		return desk_problem(d, CS_ERR_DENIED,
		    "Nobody confirms their own decision: it takes somebody "
		    "else, signed in.");
	return CS_OK;
}

enum cs_err
cs_desk_decision_confirm(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id)
{
	struct cs_desk_policy policy = { 0 };
	struct desk_decision dec;
	enum cs_err err = begin(&dec, d, actor, id);

	if (err == CS_OK && (err = is_second(d, actor, &dec)) == CS_OK &&
	    (err = cs_desk_policy(&policy, d)) == CS_OK) {
		dec.state = CS_DESK_DECISION_UNDO;
		dec.due_ms =
		    cs_clock_ms() + policy.undo_seconds * (uint64_t)1000;
		json_put(dec.doc, "second", json_actor(actor, &err), &err);
		json_put_num(dec.doc, "second_id", actor->id, &err);
	}
	cs_desk_policy_clear(&policy);
	return finish(&dec, d, actor, err, "confirmed", NULL);
}

enum cs_err
cs_desk_decision_refuse(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, const char *text)
{
	struct desk_decision dec;
	enum cs_err err = begin(&dec, d, actor, id);

	if (err == CS_OK)
		err = is_second(d, actor, &dec);
	if (err == CS_OK && *text == '\0')
		err =
		    desk_problem(d, CS_ERR_FORMAT, "Say why, for who made it.");
	if (err == CS_OK) {
		dec.state = CS_DESK_DECISION_REFUSED;
		json_put(dec.doc, "second", json_actor(actor, &err), &err);
		json_put_str(dec.doc, "note", text, &err);
	}
	return finish(&dec, d, actor, err, "refused", text);
}

enum cs_err
cs_desk_decision_check(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, bool agree, const char *text)
{
	struct desk_decision dec;
	enum cs_err err = begin(&dec, d, actor, id);

	if (err == CS_OK && dec.check != 1)
		err = desk_problem(d, CS_ERR_EXISTS,
		    "This decision is not to be looked at for quality.");
	else if (err == CS_OK &&
	    (actor->id == 0 || actor->id == dec.person ||
		actor->id == json_get_num(dec.doc, "second_id")))
		err = desk_problem(d, CS_ERR_DENIED,
		    "It takes somebody who had no part in it.");
	if (err == CS_OK) {
		dec.check = agree ? 2 : 3;
		json_put_str(dec.doc, "checked_by", actor->name, &err);
		json_put_str(dec.doc, "check_text", text, &err);
	}
	return finish(
	    &dec, d, actor, err, agree ? "agreed" : "disagreed", text);
}

/* ---- taking it back whole ----------------------------------------------- */

enum cs_err
desk_decision_reverse(struct cs_desk *d, const struct cs_desk_actor *actor,
    struct desk_decision *dec, const char *text, uint64_t *made)
{
	struct desk_decision new = { .case_id = dec->case_id,
		.made_ms = cs_clock_ms(),
		.due_ms = cs_clock_ms(),
		.person = actor->id };
	json_t *after = json_object();
	enum cs_err err = CS_OK;

	if (dec->state != CS_DESK_DECISION_APPLIED &&
	    dec->state != CS_DESK_DECISION_QUEUED) {
		json_decref(after);
		return desk_problem(
		    d, CS_ERR_EXISTS, "Only what was applied can be reversed.");
	}
	if (strcmp(json_get_str(dec->doc, "action"), "refer") == 0 ||
	    !json_is_null(json_object_get(dec->doc, "reverses") != NULL
		    ? json_object_get(dec->doc, "reverses")
		    : json_null())) {
		json_decref(after);
		return desk_problem(d, CS_ERR_DENIED,
		    "What was given to others, or was itself a reversal, "
		    "cannot be reversed.");
	}
	new.doc = json_deep_copy(dec->doc);
	json_object_del(new.doc, "targets");
	json_object_del(new.doc, "second");
	json_object_del(new.doc, "second_id");
	json_object_del(new.doc, "checked_by");
	json_object_del(new.doc, "aside");
	json_put_id(new.doc, "reverses", dec->id, &err);
	json_put_str(new.doc, "facts", text, &err);
	json_put_num(new.doc, "made_ms", new.made_ms, &err);
	json_put_num(new.doc, "person", actor->id, &err);
	json_put_num(new.doc, "until_ms", 0, &err);
	json_put(new.doc, "by", json_actor(actor, &err), &err);
	json_put_str(new.doc, "pseudonym", actor->pseudonym, &err);
	if (err == CS_OK && (err = desk_decision_insert(d, &new)) == CS_OK &&
	    (err = desk_decision_save(d, &new, actor)) == CS_OK) {
		dec->state = CS_DESK_DECISION_REVERSED;
		json_put_id(dec->doc, "reversed_by", new.id, &err);
		json_put_id(after, "decision", dec->id, &err);
		json_put_id(after, "by", new.id, &err);
	}
	if (err == CS_OK && (err = desk_decision_save(d, dec, actor)) == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){ .actor = actor,
			.case_id = dec->case_id,
			.what = "reversed",
			.after = after });
	*made = new.id;
	json_decref(after);
	desk_decision_clear(&new);
	return err;
}

enum cs_err
cs_desk_decision_reverse(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, const char *text, uint64_t *made)
{
	struct desk_decision dec;
	enum cs_err err = begin(&dec, d, actor, id);

	if (err == CS_OK && *text == '\0')
		err = desk_problem(d, CS_ERR_FORMAT, "Say why it is reversed.");
	if (err == CS_OK &&
	    (err = desk_decision_reverse(d, actor, &dec, text, made)) ==
		CS_OK &&
	    (err = desk_case_settle(d, dec.case_id, actor)) == CS_OK)
		err = cs_db_commit(d->db);
	if (cs_db_in_transaction(d->db))
		cs_db_rollback(d->db);
	desk_decision_clear(&dec);
	return err;
}
