/* SPDX-License-Identifier: MIT */
/*
 * What the hub is to be told: stored with what it follows from, in one
 * transaction; sent until the hub has answered; then what the answer means is
 * stored with its removal, in one transaction.  A message that the hub has
 * taken and whose answer was lost is sent again: the hub applies it once.
 * Messages about the same are sent in order; one that the hub does not take now
 * holds up no others.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "desk/decisions/decision_internal.h"

#define TABLE "outbox"
#define WAIT_FIRST_MS 1000u
#define WAIT_MAX_MS (5 * 60 * 1000u)
/* So many in a row, and it is the hub that cannot, not the message. */
#define REFUSED_MAX 16

enum target_state { TARGET_QUEUED = 0, TARGET_APPLIED = 1, TARGET_FAILED = 2 };

enum cs_err
desk_outbox_add(struct cs_desk *d, const struct desk_message *m)
{
	struct cs_buf body = { 0 };
	uint8_t subject[16];
	enum cs_err err;

	if ((err = cs_wire_write(&body, m->shape, m->message)) == CS_OK &&
	    (err = desk_term(subject, d, m->subject)) == CS_OK &&
	    (err = cs_db_exec(d->db,
		 "INSERT INTO outbox(kind,subject,target,sealed)"
		 " VALUES(?,?,?,x'')",
		 cs_int(m->kind), cs_blob(CS_VIEW_OF(subject)),
		 m->target.len != 0 ? cs_blob(m->target) : cs_null())) == CS_OK)
		err = desk_row_write(
		    d, TABLE, cs_db_last_id(d->db), cs_buf_view(&body));
	cs_buf_free(&body);
	return err;
}

enum cs_err
desk_outbox_next(uint64_t *id, struct cs_desk *d)
{
	uint64_t now = cs_clock_ms();

	/* What waits for longer than anything does was told so by a clock that
	 * was ahead. */
	return cs_db_get_int(id, d->db,
	    "SELECT id FROM outbox WHERE (after<=? OR after>?) AND NOT EXISTS"
	    " (SELECT 1 FROM outbox AS earlier"
	    "  WHERE earlier.subject IS outbox.subject"
	    "  AND earlier.id<outbox.id)"
	    " ORDER BY id LIMIT 1",
	    cs_int(now), cs_int(now + WAIT_MAX_MS));
}

enum cs_err
desk_outbox_postpone(struct cs_desk *d, uint64_t id)
{
	uint64_t tries, wait_ms = WAIT_FIRST_MS;
	enum cs_err err;

	if ((err = cs_db_get_int(&tries, d->db,
		 "SELECT tries FROM outbox WHERE id=?", cs_int(id))))
		return err;
	for (uint64_t i = 0; i < tries && wait_ms < WAIT_MAX_MS; i++)
		wait_ms *= 2;
	if (wait_ms > WAIT_MAX_MS)
		wait_ms = WAIT_MAX_MS;
	return cs_db_exec(d->db, "UPDATE outbox SET tries=?,after=? WHERE id=?",
	    cs_int(tries + 1), cs_int(cs_clock_ms() + wait_ms), cs_int(id));
}

/* ---- the hub's answer --------------------------------------------------- */

/* The actions of a decision, and how many of them are in which state. */
static enum cs_err
count_targets(struct cs_desk *d, struct desk_decision *dec)
{
	json_t *o = json_object();
	uint64_t total, applied, failed;
	enum cs_err err;

	if ((err = cs_db_get_int(&total, d->db,
		 "SELECT COUNT(*) FROM target WHERE decision=?",
		 cs_int(dec->id))) == CS_OK &&
	    (err = cs_db_get_int(&applied, d->db,
		 "SELECT COUNT(*) FROM target WHERE decision=? AND state=1",
		 cs_int(dec->id))) == CS_OK)
		err = cs_db_get_int(&failed, d->db,
		    "SELECT COUNT(*) FROM target WHERE decision=? AND state=2",
		    cs_int(dec->id));
	if (err) {
		json_decref(o);
		return err;
	}
	desk_set_num(o, "total", total, &err);
	desk_set_num(o, "applied", applied, &err);
	desk_set_num(o, "failed", failed, &err);
	desk_set(dec->doc, "targets", o, &err);
	if (applied + failed == total && dec->state == CS_DESK_DECISION_QUEUED)
		dec->state = failed == 0 || applied != 0
		    ? CS_DESK_DECISION_APPLIED
		    : CS_DESK_DECISION_FAILED;
	return err;
}

enum cs_err
desk_reversal_failed(struct cs_desk *d, const struct desk_decision *dec)
{
	uint64_t id = desk_id(desk_str(dec->doc, "reverses"));
	struct desk_decision old = { 0 };
	enum cs_err err;

	if (id == 0)
		return CS_OK;
	if ((err = desk_appeals_granted(d, id, false)))
		return err;
	if ((err = desk_decision_load(&old, d, id)) == CS_OK &&
	    old.state == CS_DESK_DECISION_REVERSED) {
		old.state = CS_DESK_DECISION_QUEUED;
		json_object_del(old.doc, "reversed_by");
		if ((err = count_targets(d, &old)) == CS_OK &&
		    (err = desk_decision_save(d, &old, NULL)) == CS_OK &&
		    old.state == CS_DESK_DECISION_APPLIED)
			/* Reversed on its way, it was told to nobody. */
			err = desk_decision_tell(d, &old);
	}
	desk_decision_clear(&old);
	return err;
}

static enum cs_err
target_done(struct cs_desk *d, const uint8_t id[static 16],
    const struct desk_outcome *outcome)
{
	const char *problem = outcome->refused;
	struct desk_decision dec = { 0 };
	struct cs_buf sealed = { 0 };
	json_t *doc = NULL, *after = json_object();
	struct cs_rows rows;
	uint64_t decision = 0;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT decision,sealed FROM target WHERE id=?",
	    cs_blob(cs_view(id, 16)));
	if (err == CS_OK && cs_rows_next(&rows)) {
		decision = cs_col_int(&rows, 0);
		err = desk_doc_open(
		    &doc, d, "target", cs_view(id, 16), cs_col_blob(&rows, 1));
	}
	if ((err = cs_rows_end(&rows, err)) || decision == 0)
		goto out;
	desk_set_num(doc, "done_ms", cs_clock_ms(), &err);
	desk_set_num(doc, "groups", outcome->groups, &err);
	desk_set_str(doc, "problem", problem != NULL ? problem : "", &err);
	desk_set_hex(after, "action", cs_view(id, 16), &err);
	desk_set_id(after, "decision", decision, &err);
	desk_set_num(after, "groups", outcome->groups, &err);
	if (problem != NULL)
		desk_set_str(after, "problem", problem, &err);
	if (err ||
	    (err = desk_doc_seal(&sealed, d, "target", cs_view(id, 16), doc)) ||
	    (err = cs_db_exec(d->db,
		 "UPDATE target SET state=?,sealed=? WHERE id=?",
		 cs_int(problem == NULL ? TARGET_APPLIED : TARGET_FAILED),
		 cs_blob(cs_buf_view(&sealed)), cs_blob(cs_view(id, 16)))) ||
	    (err = desk_decision_load(&dec, d, decision)) ||
	    (err = count_targets(d, &dec)) ||
	    (err = desk_decision_save(d, &dec, NULL)) ||
	    (err = desk_audit_event(d,
		 &(struct desk_event){ .kase = dec.kase,
		     .what = problem == NULL ? "hub-applied" : "hub-refused",
		     .after = after })))
		goto out;
	if (dec.state == CS_DESK_DECISION_APPLIED)
		err = desk_decision_tell(d, &dec);
	else if (dec.state == CS_DESK_DECISION_FAILED)
		err = desk_reversal_failed(d, &dec);
	if (err == CS_OK && dec.state != CS_DESK_DECISION_QUEUED)
		err = desk_case_settle(d, dec.kase, NULL);
out:
	cs_buf_free(&sealed);
	desk_decision_clear(&dec);
	json_decref(doc);
	json_decref(after);
	return err;
}

/* Is the row ${id} still there, and about an action? */
static enum cs_err
target_of(uint8_t out[static 16], bool *there, bool *has, struct cs_desk *d,
    uint64_t id)
{
	struct cs_rows rows;
	enum cs_err err;

	*there = *has = false;
	err = cs_db_query(
	    &rows, d->db, "SELECT target FROM outbox WHERE id=?", cs_int(id));
	if (err == CS_OK && (*there = cs_rows_next(&rows)) &&
	    (*has = !cs_col_null(&rows, 0)))
		cs_col_copy(&rows, 0, out, 16);
	return cs_rows_end(&rows, err);
}

enum cs_err
desk_outbox_done(
    struct cs_desk *d, uint64_t id, const struct desk_outcome *outcome)
{
	bool there, has_target;
	uint8_t target[16];
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = target_of(target, &there, &has_target, d, id)) == CS_OK &&
	    there &&
	    (err = cs_db_exec(d->db, "DELETE FROM outbox WHERE id=?",
		 cs_int(id))) == CS_OK &&
	    has_target)
		err = target_done(d, target, outcome);
	if (err == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	return err == CS_ERR_CORRUPT ? CS_ERR_BUSY : err;
}

/* One message on its way. */
struct sending {
	uint64_t id;
	uint8_t kind;
	struct cs_buf body;
};

/* Damaged on the disk, it can never be sent; those behind it go on. */
static enum cs_err
drop(struct cs_desk *d, uint64_t id)
{
	return desk_outbox_done(d, id,
	    &(struct desk_outcome){ .refused = "The desk cannot read any more "
					       "what it was to say." });
}

/* Refused for good, or only for now? */
static bool
is_final(uint16_t code)
{
	return code != CS_WIRE_E_UNAVAILABLE && code != CS_WIRE_E_LIMIT &&
	    code != CS_WIRE_E_NOT_LOGGED_IN;
}

static enum cs_err
send_one(struct cs_desk *d, const struct sending *s)
{
	static const struct {
		uint8_t kind;
		const struct cs_wire_shape *shape;
	} kinds[] = {
		{ CS_WIRE_DESK_ACTION, &cs_wire_desk_action_shape },
		{ CS_WIRE_DESK_REPORT_SET, &cs_wire_report_status_shape },
		{ CS_WIRE_DESK_LETTER_SET, &cs_wire_desk_letter_set_shape },
	};
	union {
		struct cs_wire_desk_action action;
		struct cs_wire_report_status status;
		struct cs_wire_desk_letter_set letter;
	} message;
	struct cs_wire_action_result result = { 0 };
	struct cs_wire_empty none;
	const struct cs_wire_shape *shape = NULL;
	bool action = s->kind == CS_WIRE_DESK_ACTION;
	enum cs_err err;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].kind == s->kind)
			shape = kinds[i].shape;
	if (shape == NULL ||
	    cs_wire_parse(&message, shape, cs_buf_view(&s->body)) != CS_OK)
		return drop(d, s->id);
	err = desk_call(d, s->kind, shape, &message,
	    action ? &cs_wire_action_result_shape : &cs_wire_empty_shape,
	    action ? (void *)&result : (void *)&none);
	if (err == CS_ERR_DENIED && is_final(d->session.code))
		return desk_outbox_done(d, s->id,
		    &(struct desk_outcome){ .refused = d->session.sentence });
	if (err == CS_ERR_DENIED && d->session.code == CS_WIRE_E_NOT_LOGGED_IN)
		return CS_ERR_CLOSED;
	if (err == CS_ERR_DENIED)
		return CS_ERR_BUSY;
	return err ? err
		   : desk_outbox_done(d, s->id,
			 &(struct desk_outcome){ .groups = result.groups });
}

/* CS_ERR_NOT_FOUND: another process was quicker. */
static enum cs_err
load(struct sending *s, struct cs_desk *d, uint64_t id)
{
	struct cs_rows rows;
	bool found = false;
	uint8_t row[8];
	enum cs_err err;

	s->id = id;
	err = cs_db_query(&rows, d->db,
	    "SELECT kind,sealed FROM outbox WHERE id=?", cs_int(id));
	if (err == CS_OK && (found = cs_rows_next(&rows))) {
		s->kind = (uint8_t)cs_col_int(&rows, 0);
		cs_vault_row(row, id);
		err = cs_vault_open(&s->body, &d->key, TABLE, CS_VIEW_OF(row),
		    cs_col_blob(&rows, 1));
	}
	err = cs_rows_end(&rows, err);
	return err == CS_OK && !found ? CS_ERR_NOT_FOUND : err;
}

enum cs_err
cs_desk_deliver(struct cs_desk *d)
{
	struct sending s = { 0 };
	unsigned refused = 0;
	uint64_t id;
	enum cs_err err = desk_decisions_send(d);

	while (err == CS_OK && refused < REFUSED_MAX) {
		if ((err = desk_outbox_next(&id, d)))
			break;
		if ((err = load(&s, d, id)) == CS_OK)
			err = send_one(d, &s);
		else if (err == CS_ERR_CORRUPT)
			err = drop(d, id);
		refused = err == CS_ERR_BUSY ? refused + 1 : 0;
		if (err == CS_ERR_BUSY)
			err = desk_outbox_postpone(d, id);
	}
	cs_buf_free(&s.body);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}
