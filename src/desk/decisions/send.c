/* SPDX-License-Identifier: MIT */
/* From a decision to signed actions and to answers for those who reported. */
#include "desk/decisions/send.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "content/evidence.h"
#include "crypto/random.h"
#include "crypto/sign.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/core/outbox.h"
#include "desk/core/policy.h"
#include "desk/decisions/answer.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/outcome.h"
#include "desk/decisions/referral.h"
#include "desk/decisions/statement.h"
#include "store/clock.h"
#include "store/db.h"
#include "wire/codec.h"
#include "wire/messages.h"

/* ---- actions ------------------------------------------------------------ */

static enum cs_err
sign(struct cs_desk *d, struct cs_buf *action, uint8_t signature[static 64],
    const struct cs_wire_action *a)
{
	struct cs_buf tbs = { 0 };
	enum cs_err err;

	if ((err = cs_wire_write(action, &cs_wire_action_shape, a)) == CS_OK &&
	    (err = cs_wire_action_tbs(&tbs, cs_buf_view(action))) == CS_OK)
		err = cs_sign(signature, &d->sign_key, cs_buf_view(&tbs));
	cs_buf_free(&tbs);
	return err;
}

/* Sign ${a} and store it twice: as what the decision has done, and as what the
 * hub is to be told of ${subject}, an account, file or group. */
static enum cs_err
add_action(struct cs_desk *d, const struct desk_decision *dec,
    struct cs_wire_action *a, struct cs_view subject)
{
	struct cs_wire_desk_action message = { 0 };
	struct cs_buf action = { 0 }, sealed = { 0 };
	json_t *doc = json_object();
	bool account;
	enum cs_err err;

	cs_random(a->id, sizeof a->id);
	a->decided_ms = cs_clock_ms();
	account = memcmp(a->account, (uint8_t[16]){ 0 }, 16) != 0;
	if ((err = sign(d, &action, message.signature, a)))
		goto out;
	message.action = cs_buf_view(&action);
	json_put_num(doc, "kind", a->kind, &err);
	json_put_hex(doc, "account", CS_VIEW_OF(a->account), &err);
	json_put_hex(doc, "target", CS_VIEW_OF(a->target), &err);
	json_put_hex(doc, "action", message.action, &err);
	json_put_hex(doc, "signature", CS_VIEW_OF(message.signature), &err);
	if (err == CS_OK &&
	    (err = desk_doc_seal(
		 &sealed, d, "target", CS_VIEW_OF(a->id), doc)) == CS_OK &&
	    (err = cs_db_exec(d->db,
		 "INSERT INTO target(id,decision,state,account,sealed)"
		 " VALUES(?,?,0,?,?)",
		 cs_blob(CS_VIEW_OF(a->id)), cs_int(dec->id),
		 account ? cs_blob(CS_VIEW_OF(a->account)) : cs_null(),
		 cs_blob(cs_buf_view(&sealed)))) == CS_OK)
		err = desk_outbox_add(d,
		    &(struct desk_message){ .kind = CS_WIRE_DESK_ACTION,
			.subject = subject,
			.target = CS_VIEW_OF(a->id),
			.shape = &cs_wire_desk_action_shape,
			.message = &message });
out:
	json_decref(doc);
	cs_buf_free(&action);
	cs_buf_free(&sealed);
	return err;
}

static enum cs_err
add_for_accounts(struct cs_desk *d, const struct desk_decision *dec,
    struct cs_wire_action *a)
{
	const json_t *o;
	size_t i;
	enum cs_err err = CS_OK;

	json_array_foreach (json_object_get(dec->doc, "accounts"), i, o) {
		if (!json_get_hex(a->account, sizeof a->account, o, "id"))
			return CS_ERR_CORRUPT;
		if ((err = add_action(d, dec, a, CS_VIEW_OF(a->account))))
			break;
	}
	return err;
}

static enum cs_err
add_for_things(struct cs_desk *d, const struct desk_decision *dec,
    struct cs_wire_action *a, const char *key, size_t n)
{
	const json_t *v;
	size_t i;
	enum cs_err err = CS_OK;

	json_array_foreach (json_object_get(dec->doc, key), i, v) {
		memset(a->target, 0, sizeof a->target);
		if (cs_unhex(a->target, n, json_string_value(v)) != CS_OK)
			return CS_ERR_CORRUPT;
		if ((err = add_action(d, dec, a, CS_VIEW_OF(a->target))))
			break;
	}
	return err;
}

/* Take back the action ${id}: after it, so about the same. */
static enum cs_err
add_reversal(struct cs_desk *d, const struct desk_decision *dec,
    struct cs_wire_action *a, const uint8_t id[static 16])
{
	uint8_t thing[sizeof a->target];
	struct cs_rows rows;
	json_t *doc = NULL;
	bool account;
	enum cs_err err;

	memcpy(a->reverses, id, 16);
	memset(a->account, 0, sizeof a->account);
	err = cs_db_query(&rows, d->db, "SELECT sealed FROM target WHERE id=?",
	    cs_blob(CS_VIEW_OF(a->reverses)));
	if (err == CS_OK && cs_rows_next(&rows))
		err = desk_doc_open(&doc, d, "target", CS_VIEW_OF(a->reverses),
		    cs_col_blob(&rows, 0));
	err = cs_rows_end(&rows, err);
	if (err == CS_OK &&
	    (!json_get_hex(a->account, sizeof a->account, doc, "account") ||
		!json_get_hex(thing, sizeof thing, doc, "target")))
		err = CS_ERR_CORRUPT;
	json_decref(doc);
	account = memcmp(a->account, (uint8_t[16]){ 0 }, 16) != 0;
	return err ? err
		   : add_action(d, dec, a,
			 account ? CS_VIEW_OF(a->account) : CS_VIEW_OF(thing));
}

/* Each action of the decision that is reversed that the hub may have taken. */
static enum cs_err
add_reversals(struct cs_desk *d, const struct desk_decision *dec,
    struct cs_wire_action *a, uint64_t reversed)
{
	struct cs_buf ids = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id FROM target WHERE decision=? AND state<>2",
	    cs_int(reversed));
	err = desk_rows_ids(&ids, &rows, err);
	a->kind = CS_WIRE_ACTION_REVERSE;
	for (size_t k = 0; k + 16 <= ids.len && err == CS_OK; k += 16)
		err = add_reversal(d, dec, a, ids.data + k);
	cs_buf_free(&ids);
	return err;
}

static enum cs_err
add_actions(struct cs_desk *d, struct desk_decision *dec, uint16_t reason)
{
	struct cs_wire_action a = { .reason = reason };
	struct cs_buf statement = { 0 };
	uint64_t reversed = json_id_parse(json_get_str(dec->doc, "reverses"));
	int act = cs_desk_action_find(json_get_str(dec->doc, "action"));
	enum cs_err err = CS_OK;

	if (act == CS_DESK_ACTION_DISABLE_UNTIL && reversed == 0) {
		a.until_ms =
		    cs_clock_ms() + json_get_num(dec->doc, "duration_s") * 1000;
		json_put_num(dec->doc, "until_ms", a.until_ms, &err);
	}
	if (err || (err = desk_statement_write(&statement, d, dec)))
		goto out;
	a.statement = cs_buf_view(&statement);
	if (reversed != 0) {
		err = add_reversals(d, dec, &a, reversed);
		goto out;
	}
	switch (act) {
	case CS_DESK_ACTION_WARN:
		a.kind = CS_WIRE_ACTION_WARN;
		err = add_for_accounts(d, dec, &a);
		break;
	case CS_DESK_ACTION_DISABLE:
	case CS_DESK_ACTION_DISABLE_UNTIL:
		a.kind = CS_WIRE_ACTION_DISABLE;
		err = add_for_accounts(d, dec, &a);
		break;
	case CS_DESK_ACTION_QUARANTINE:
		a.kind = CS_WIRE_ACTION_QUARANTINE;
		err = add_for_things(d, dec, &a, "blobs", 16);
		break;
	case CS_DESK_ACTION_DISSOLVE:
		a.kind = CS_WIRE_ACTION_DISSOLVE;
		err = add_for_things(d, dec, &a, "groups", 32);
		break;
	default:
		break;
	}
out:
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

static enum cs_err
send(struct cs_desk *d, uint64_t id)
{
	struct desk_decision dec = { 0 };
	uint64_t targets = 0;
	uint16_t reason;
	enum cs_err err;

	if ((err = desk_decision_load(&dec, d, id)) ||
	    (err = find_reason_number(
		 &reason, d, json_get_str(dec.doc, "reason"))) ||
	    (err = add_actions(d, &dec, reason)) ||
	    (err = cs_db_get_int(&targets, d->db,
		 "SELECT COUNT(*) FROM target WHERE decision=?", cs_int(id))))
		goto out;
	if (strcmp(json_get_str(dec.doc, "action"), "refer") == 0)
		err = desk_decision_refer(d, &dec);
	else if (targets == 0)
		err = desk_decision_tell(d, &dec);
	if (err)
		goto out;
	/* Nothing for the hub to do: done with it. */
	dec.state =
	    targets != 0 ? CS_DESK_DECISION_QUEUED : CS_DESK_DECISION_APPLIED;
	json_put(dec.doc, "targets",
	    json_pack("{s:I,s:i,s:i}", "total", (json_int_t)targets, "applied",
		0, "failed", 0),
	    &err);
	if (err == CS_OK && (err = desk_decision_save(d, &dec, NULL)) == CS_OK)
		err = desk_case_settle(d, dec.case_id, NULL);
out:
	desk_decision_clear(&dec);
	return err;
}

/* Does it fail for what it is, and so each time? */
static bool
fails_for_ever(enum cs_err err)
{
	return cs_err_class(err) == CS_ERR_CLASS_THEIRS ||
	    err == CS_ERR_CORRUPT || err == CS_ERR_CRYPTO;
}

/* One that cannot be sent is said to have failed; those behind it go on. */
static enum cs_err
give_up(struct cs_desk *d, uint64_t id, enum cs_err why)
{
	struct desk_decision dec = { 0 };
	json_t *after = json_object();
	char text[160];
	enum cs_err err;

	snprintf(
	    text, sizeof text, "It could not be sent: %s.", cs_err_text(why));
	if ((err = cs_db_begin(d->db)))
		goto out;
	err = desk_decision_load(&dec, d, id);
	if (err == CS_ERR_CORRUPT) {
		/* What it was is lost, but not that there was one. */
		dec.doc = json_object();
		dec.made_ms = cs_clock_ms();
		err = CS_OK;
	}
	json_put_id(after, "decision", id, &err);
	json_put_str(after, "problem", text, &err);
	json_put_str(dec.doc, "note", text, &err);
	dec.state = CS_DESK_DECISION_FAILED;
	if (err == CS_OK &&
	    (err = desk_decision_save(d, &dec, NULL)) == CS_OK &&
	    (err = desk_audit_add(d,
		 &(struct desk_audit_event){ .case_id = dec.case_id,
		     .what = "not-sent",
		     .after = after })) == CS_OK &&
	    (err = desk_decision_reversal_failed(d, &dec)) == CS_OK &&
	    (err = desk_case_settle(d, dec.case_id, NULL)) == CS_ERR_CORRUPT)
		err = CS_OK; /* its case is what is damaged */
	if (err == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
out:
	json_decref(after);
	desk_decision_clear(&dec);
	return err;
}

enum cs_err
desk_decisions_send(struct cs_desk *d)
{
	enum cs_err err = CS_OK;

	while (err == CS_OK) {
		uint64_t id, now = cs_clock_ms();

		/* Far later than any is due: by a clock that was ahead, and not
		 * one that was put right by a second. */
		err = cs_db_get_int(&id, d->db,
		    "SELECT id FROM decision WHERE state=0"
		    " AND (due<=? OR due>?) ORDER BY due LIMIT 1",
		    cs_int(now),
		    cs_int(now + 2 * CS_DESK_UNDO_MAX_S * (uint64_t)1000));
		if (err == CS_ERR_NOT_FOUND)
			return CS_OK;
		/* Taken back meanwhile?  Look again, with the lock. */
		if (err == CS_OK && (err = cs_db_begin(d->db)) == CS_OK) {
			uint64_t still = 0;

			err = cs_db_get_int(&still, d->db,
			    "SELECT COUNT(*) FROM decision WHERE id=?"
			    " AND state=0",
			    cs_int(id));
			if (err == CS_OK && still != 0)
				err = send(d, id);
			if (err == CS_OK)
				err = cs_db_commit(d->db);
			if (err)
				cs_db_rollback(d->db);
			if (fails_for_ever(err))
				err = give_up(d, id, err);
		}
	}
	return err;
}
