/* SPDX-License-Identifier: MIT */
#include "desk/decisions/outcome.h"

#include "base/text.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/decisions/answer.h"
#include "desk/decisions/appeal.h"
#include "desk/decisions/decision.h"
#include "store/clock.h"
#include "store/db.h"

enum target_state { TARGET_QUEUED = 0, TARGET_APPLIED = 1, TARGET_FAILED = 2 };

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
	json_put_num(o, "total", total, &err);
	json_put_num(o, "applied", applied, &err);
	json_put_num(o, "failed", failed, &err);
	json_put(dec->doc, "targets", o, &err);
	if (applied + failed == total && dec->state == CS_DESK_DECISION_QUEUED)
		dec->state = failed == 0 || applied != 0
		    ? CS_DESK_DECISION_APPLIED
		    : CS_DESK_DECISION_FAILED;
	return err;
}

enum cs_err
desk_decision_reversal_failed(
    struct cs_desk *d, const struct desk_decision *dec)
{
	uint64_t id = json_id_parse(json_get_str(dec->doc, "reverses"));
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
	json_put_num(doc, "done_ms", cs_clock_ms(), &err);
	json_put_num(doc, "groups", outcome->groups, &err);
	json_put_str(doc, "problem", problem != NULL ? problem : "", &err);
	json_put_hex(after, "action", cs_view(id, 16), &err);
	json_put_id(after, "decision", decision, &err);
	json_put_num(after, "groups", outcome->groups, &err);
	if (problem != NULL)
		json_put_str(after, "problem", problem, &err);
	if (err ||
	    (err = desk_doc_seal(&sealed, d, "target", cs_view(id, 16), doc)) ||
	    (err = cs_db_exec(d->db,
		 "UPDATE target SET state=?,sealed=? WHERE id=?",
		 cs_int(problem == NULL ? TARGET_APPLIED : TARGET_FAILED),
		 cs_blob(cs_buf_view(&sealed)), cs_blob(cs_view(id, 16)))) ||
	    (err = desk_decision_load(&dec, d, decision)) ||
	    (err = count_targets(d, &dec)) ||
	    (err = desk_decision_save(d, &dec, NULL)) ||
	    (err = desk_audit_add(d,
		 &(struct desk_audit_event){ .case_id = dec.case_id,
		     .what = problem == NULL ? "hub-applied" : "hub-refused",
		     .after = after })))
		goto out;
	if (dec.state == CS_DESK_DECISION_APPLIED)
		err = desk_decision_tell(d, &dec);
	else if (dec.state == CS_DESK_DECISION_FAILED)
		err = desk_decision_reversal_failed(d, &dec);
	if (err == CS_OK && dec.state != CS_DESK_DECISION_QUEUED)
		err = desk_case_settle(d, dec.case_id, NULL);
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
desk_outcome_store(
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
