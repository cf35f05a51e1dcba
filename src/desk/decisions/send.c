/* SPDX-License-Identifier: MIT */
#include "desk/decisions/send.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "content/evidence.h"
#include "crypto/random.h"
#include "crypto/sign.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/outbox.h"
#include "desk/core/policy.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "desk/decisions/answer.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/outcome.h"
#include "desk/decisions/referral.h"
#include "desk/decisions/second.h"
#include "desk/decisions/statement.h"
#include "desk/decisions/target.h"
#include "store/clock.h"
#include "store/db.h"
#include "wire/codec.h"
#include "wire/messages.h"

/* ---- actions ------------------------------------------------------------ */

static enum cs_err
sign(struct cs_desk *d, struct desk_target *t, const struct cs_wire_action *a)
{
	struct cs_buf tbs = { 0 };
	enum cs_err err;

	if ((err = cs_wire_write(&t->action, &cs_wire_action_shape, a)) ==
		CS_OK &&
	    (err = cs_wire_action_tbs(&tbs, cs_buf_view(&t->action))) == CS_OK)
		err = cs_sign(t->signature, &d->sign_key, cs_buf_view(&tbs));
	cs_buf_free(&tbs);
	return err;
}

/* Sign ${a} and store it twice: as a target of the decision, and as a
 * message to the hub about ${subject}, an account, file or group. */
static enum cs_err
add_action(struct cs_desk *d, const struct desk_decision *dec,
    struct cs_wire_action *a, struct cs_view subject)
{
	struct desk_target t = { .decision = dec->id, .kind = a->kind };
	struct cs_wire_desk_action message = { 0 };
	enum cs_err err;

	cs_random(a->id, sizeof a->id);
	a->decided_ms = cs_clock_ms();
	memcpy(t.id, a->id, sizeof t.id);
	memcpy(t.account, a->account, sizeof t.account);
	memcpy(t.target, a->target, sizeof t.target);
	if ((err = sign(d, &t, a)) == CS_OK &&
	    (err = desk_target_add(d, &t)) == CS_OK) {
		message.action = cs_buf_view(&t.action);
		memcpy(
		    message.signature, t.signature, sizeof message.signature);
		err = desk_outbox_add(d,
		    &(struct desk_message){ .kind = CS_WIRE_DESK_ACTION,
			.subject = subject,
			.target = CS_VIEW_OF(t.id),
			.shape = &cs_wire_desk_action_shape,
			.message = &message });
	}
	desk_target_clear(&t);
	return err;
}

static enum cs_err
add_for_accounts(struct cs_desk *d, const struct desk_decision *dec,
    struct cs_wire_action *a)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < dec->accounts.n && err == CS_OK; i++) {
		memcpy(a->account, dec->accounts.at[i].id, sizeof a->account);
		err = add_action(d, dec, a, CS_VIEW_OF(a->account));
	}
	return err;
}

/* Add an action about the blob or group ${id}. */
static enum cs_err
add_for_thing(struct cs_desk *d, const struct desk_decision *dec,
    struct cs_wire_action *a, struct cs_view id)
{
	memset(a->target, 0, sizeof a->target);
	memcpy(a->target, id.data, id.len);
	return add_action(d, dec, a, CS_VIEW_OF(a->target));
}

static enum cs_err
add_for_blobs(struct cs_desk *d, const struct desk_decision *dec,
    struct cs_wire_action *a)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < dec->blobs.n && err == CS_OK; i++)
		err = add_for_thing(d, dec, a, CS_VIEW_OF(dec->blobs.at[i].id));
	return err;
}

static enum cs_err
add_for_groups(struct cs_desk *d, const struct desk_decision *dec,
    struct cs_wire_action *a)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < dec->groups.n && err == CS_OK; i++)
		err =
		    add_for_thing(d, dec, a, CS_VIEW_OF(dec->groups.at[i].ref));
	return err;
}

/* Take back the action ${id}, in order after it: so about the same subject. */
static enum cs_err
add_reversal(struct cs_desk *d, const struct desk_decision *dec,
    struct cs_wire_action *a, const uint8_t id[static CS_ID_LEN])
{
	struct desk_target old;
	enum cs_err err = desk_target_load(&old, d, id);

	memcpy(a->reverses, id, sizeof a->reverses);
	memcpy(a->account, old.account, sizeof a->account);
	if (err == CS_OK)
		err = add_action(d, dec, a,
		    desk_target_is_account(&old) ? CS_VIEW_OF(old.account)
						 : CS_VIEW_OF(old.target));
	desk_target_clear(&old);
	return err == CS_ERR_NOT_FOUND ? CS_ERR_CORRUPT : err;
}

/* Take back each action of the reversed decision that the hub may have
 * applied. */
static enum cs_err
add_reversals(struct cs_desk *d, const struct desk_decision *dec,
    struct cs_wire_action *a)
{
	struct cs_buf ids = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id FROM target WHERE decision=? AND state<>?",
	    cs_int(dec->reverses), cs_int(DESK_TARGET_FAILED));
	err = desk_rows_ids(&ids, &rows, err);
	a->kind = CS_WIRE_ACTION_REVERSE;
	for (size_t k = 0; k + CS_ID_LEN <= ids.len && err == CS_OK;
	     k += CS_ID_LEN)
		err = add_reversal(d, dec, a, ids.data + k);
	cs_buf_free(&ids);
	return err;
}

static enum cs_err
add_by_kind(struct cs_desk *d, const struct desk_decision *dec,
    struct cs_wire_action *a)
{
	switch (dec->action) {
	case CS_DESK_ACTION_WARN:
		a->kind = CS_WIRE_ACTION_WARN;
		return add_for_accounts(d, dec, a);
	case CS_DESK_ACTION_DISABLE:
	case CS_DESK_ACTION_DISABLE_UNTIL:
		a->kind = CS_WIRE_ACTION_DISABLE;
		return add_for_accounts(d, dec, a);
	case CS_DESK_ACTION_QUARANTINE:
		a->kind = CS_WIRE_ACTION_QUARANTINE;
		return add_for_blobs(d, dec, a);
	case CS_DESK_ACTION_DISSOLVE:
		a->kind = CS_WIRE_ACTION_DISSOLVE;
		return add_for_groups(d, dec, a);
	default:
		return CS_OK;
	}
}

static enum cs_err
add_actions(struct cs_desk *d, struct desk_decision *dec, uint16_t reason)
{
	struct cs_wire_action a = { .reason = reason };
	struct cs_buf statement = { 0 };
	enum cs_err err;

	if (dec->action == CS_DESK_ACTION_DISABLE_UNTIL && dec->reverses == 0)
		a.until_ms = dec->until_ms =
		    cs_clock_ms() + dec->duration_s * CS_SECOND_MS;
	if ((err = desk_statement_write(&statement, d, dec)) == CS_OK) {
		a.statement = cs_buf_view(&statement);
		err = dec->reverses != 0 ? add_reversals(d, dec, &a)
					 : add_by_kind(d, dec, &a);
	}
	cs_buf_free(&statement);
	return err;
}

/* ---- sending ------------------------------------------------------------ */

static enum cs_err
find_reason_number(uint16_t *out, struct cs_desk *d, const char *code)
{
	const struct cs_desk_reason *reason;
	struct cs_desk_policy policy;
	enum cs_err err;

	if ((err = cs_desk_policy(&policy, d)))
		return err;
	reason = cs_desk_policy_reason(&policy, code);
	*out = reason != NULL ? reason->number : CS_REASON_OTHER;
	cs_desk_policy_clear(&policy);
	return CS_OK;
}

/* Since it was made, a report may have joined the case, or the policy may have
 * changed: does it take a second person by now?  Then it waits for one. */
static enum cs_err
look_again(bool *waits, struct cs_desk *d, struct desk_decision *dec)
{
	struct desk_facts after = { 0 };
	struct cs_desk_policy policy = { 0 };
	struct desk_case c;
	enum cs_err err;

	*waits = false;
	if ((err = desk_case_load(&c, d, dec->case_id)) == CS_OK &&
	    (err = cs_desk_policy(&policy, d)) == CS_OK) {
		desk_second_set(dec, &c, &policy);
		*waits = desk_second_missing(dec);
	}
	cs_desk_policy_clear(&policy);
	desk_case_clear(&c);
	if (err || !*waits)
		return err;
	dec->state = CS_DESK_DECISION_WAITING;
	desk_fact_id(&after, "decision", dec->id);
	desk_fact_text(&after, "reason", dec->two_reason);
	if ((err = desk_decision_save(d, dec, NULL)) ||
	    (err = desk_audit_add(d,
		 &(struct desk_audit_event){ .case_id = dec->case_id,
		     .what = "second-needed",
		     .after = &after })))
		return err;
	return desk_case_settle(d, dec->case_id, NULL);
}

static enum cs_err
send(struct cs_desk *d, uint64_t id)
{
	struct desk_decision dec;
	uint16_t reason;
	bool waits;
	enum cs_err err;

	if ((err = desk_decision_load(&dec, d, id)) ||
	    (err = look_again(&waits, d, &dec)) || waits ||
	    (err = find_reason_number(&reason, d, dec.reason)) ||
	    (err = add_actions(d, &dec, reason)) ||
	    (err = desk_targets_count(d, &dec)))
		goto out;
	dec.sent = true;
	if (dec.action == CS_DESK_ACTION_REFER)
		err = desk_decision_refer(d, &dec);
	else if (dec.targets == 0)
		err = desk_decision_tell(d, &dec);
	/* The hub has nothing to do: the decision is done. */
	dec.state = dec.targets != 0 ? CS_DESK_DECISION_QUEUED
				     : CS_DESK_DECISION_APPLIED;
	if (err == CS_OK && (err = desk_decision_save(d, &dec, NULL)) == CS_OK)
		err = desk_case_settle(d, dec.case_id, NULL);
out:
	desk_decision_clear(&dec);
	return err;
}

/* Would it fail each time, for what it is? */
static bool
fails_for_ever(enum cs_err err)
{
	return cs_err_class(err) == CS_ERR_CLASS_THEIRS ||
	    err == CS_ERR_CORRUPT || err == CS_ERR_CRYPTO;
}

/* Load the decision ${id}.  If it is damaged, its content is lost, but not
 * that there was one. */
static enum cs_err
load_whole_or_not(struct desk_decision *out, struct cs_desk *d, uint64_t id)
{
	enum cs_err err = desk_decision_load(out, d, id);
	uint64_t case_id = out->case_id;

	if (err != CS_ERR_CORRUPT)
		return err;
	desk_decision_clear(out);
	out->id = id;
	out->case_id = case_id;
	out->made_ms = cs_clock_ms();
	return CS_OK;
}

/* Say that a decision that cannot be sent has failed; those behind it go on. */
static enum cs_err
give_up(struct cs_desk *d, uint64_t id, enum cs_err why)
{
	struct desk_decision dec = { 0 };
	struct desk_facts after = { 0 };
	char text[160];
	enum cs_err err;

	snprintf(
	    text, sizeof text, "It could not be sent: %s.", cs_err_text(why));
	if ((err = cs_db_begin(d->db)))
		return err;
	desk_fact_id(&after, "decision", id);
	desk_fact_text(&after, "problem", text);
	if ((err = load_whole_or_not(&dec, d, id)) == CS_OK)
		err = desk_string_set(&dec.note, cs_view_str(text));
	dec.state = CS_DESK_DECISION_FAILED;
	if (err == CS_OK &&
	    (err = desk_decision_save(d, &dec, NULL)) == CS_OK &&
	    (err = desk_audit_add(d,
		 &(struct desk_audit_event){ .case_id = dec.case_id,
		     .what = "not-sent",
		     .after = &after })) == CS_OK &&
	    (err = desk_decision_reversal_failed(d, &dec)) == CS_OK &&
	    (err = desk_case_settle(d, dec.case_id, NULL)) == CS_ERR_CORRUPT)
		err = CS_OK; /* it is the case that is damaged */
	desk_decision_clear(&dec);
	return cs_db_end(d->db, err);
}

/* Find the next decision that can no longer be taken back. */
static enum cs_err
next_due(uint64_t *id, struct cs_desk *d)
{
	uint64_t now = cs_clock_ms();

	/* Due far later than any can be, it was made while the clock was
	 * ahead. */
	return cs_db_get_int(id, d->db,
	    "SELECT id FROM decision WHERE state=? AND (due<=? OR due>?)"
	    " ORDER BY due LIMIT 1",
	    cs_int(CS_DESK_DECISION_UNDO), cs_int(now),
	    cs_int(now + 2 * CS_DESK_UNDO_MAX_S * CS_SECOND_MS));
}

static enum cs_err
send_locked(struct cs_desk *d, uint64_t id)
{
	uint64_t still;
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	/* Look again now that we have the lock: it may have been taken back. */
	err = cs_db_get_int(&still, d->db,
	    "SELECT COUNT(*) FROM decision WHERE id=? AND state=?", cs_int(id),
	    cs_int(CS_DESK_DECISION_UNDO));
	if (err == CS_OK && still != 0)
		err = send(d, id);
	return cs_db_end(d->db, err);
}

enum cs_err
desk_decisions_send(struct cs_desk *d)
{
	uint64_t id;
	enum cs_err err;

	while ((err = next_due(&id, d)) == CS_OK) {
		err = send_locked(d, id);
		if (fails_for_ever(err))
			err = give_up(d, id, err);
		if (err)
			return err;
	}
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}
