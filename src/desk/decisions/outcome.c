/* SPDX-License-Identifier: MIT */
#include "desk/decisions/outcome.h"

#include <string.h>

#include "base/units.h"
#include "content/filing_body.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/record.h"
#include "desk/decisions/answer.h"
#include "desk/decisions/appeal.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/notice.h"
#include "desk/decisions/target.h"
#include "store/clock.h"
#include "store/db.h"
#include "wire/messages.h"

/* Count the targets of ${dec}; it is done when the hub has answered them
 * all. */
static enum cs_err
follow_targets(struct cs_desk *d, struct desk_decision *dec)
{
	enum cs_err err = desk_targets_count(d, dec);

	if (err == CS_OK && dec->applied + dec->failed == dec->targets &&
	    dec->state == CS_DESK_DECISION_QUEUED)
		dec->state = dec->failed == 0 || dec->applied != 0
		    ? CS_DESK_DECISION_APPLIED
		    : CS_DESK_DECISION_FAILED;
	return err;
}

enum cs_err
desk_decision_reversal_failed(
    struct cs_desk *d, const struct desk_decision *dec)
{
	struct desk_decision old;
	enum cs_err err;

	if (dec->reverses == 0)
		return CS_OK;
	if ((err = desk_appeals_reopen(d, dec->reverses)))
		return err;
	if ((err = desk_decision_load(&old, d, dec->reverses)) == CS_OK &&
	    old.state != CS_DESK_DECISION_REVERSED &&
	    old.reversed_by == dec->id) {
		/* It was never confirmed. */
		old.reversed_by = 0;
		err = desk_decision_save(d, &old, NULL);
	} else if (err == CS_OK && old.state == CS_DESK_DECISION_REVERSED) {
		old.state = CS_DESK_DECISION_QUEUED;
		old.reversed_by = 0;
		if ((err = follow_targets(d, &old)) == CS_OK &&
		    (err = desk_decision_save(d, &old, NULL)) == CS_OK &&
		    old.state == CS_DESK_DECISION_APPLIED)
			/* It was reversed on its way, and nobody was told of
			 * it. */
			err = desk_decision_tell(d, &old);
	}
	desk_decision_clear(&old);
	return err;
}

static enum cs_err
note_answer(struct cs_desk *d, const struct desk_decision *dec,
    const struct desk_target *t, const struct desk_outcome *outcome)
{
	struct desk_facts after = { 0 };

	desk_fact_hex(&after, "action", CS_VIEW_OF(t->id));
	desk_fact_id(&after, "decision", dec->id);
	desk_fact_number(&after, "groups", outcome->groups);
	if (outcome->refused != NULL)
		desk_fact_text(&after, "problem", outcome->refused);
	return desk_audit_add(d,
	    &(struct desk_audit_event){ .case_id = dec->case_id,
		.what =
		    outcome->refused == NULL ? "hub-applied" : "hub-refused",
		.after = &after });
}

static enum cs_err
store_target(struct cs_desk *d, struct desk_target *t,
    const struct desk_outcome *outcome)
{
	enum cs_err err;

	t->state =
	    outcome->refused == NULL ? DESK_TARGET_APPLIED : DESK_TARGET_FAILED;
	t->done_ms = cs_clock_ms();
	t->groups = outcome->groups;
	if (outcome->refused != NULL &&
	    (err = desk_string_set(&t->problem, cs_view_str(outcome->refused))))
		return err;
	return desk_target_save(d, t);
}

static enum cs_err
target_done(struct cs_desk *d, const uint8_t id[static CS_ID_LEN],
    const struct desk_outcome *outcome)
{
	struct desk_decision dec = { 0 };
	struct desk_target t;
	enum cs_err err = desk_target_load(&t, d, id);

	if (err || (err = store_target(d, &t, outcome)) ||
	    (err = desk_decision_load(&dec, d, t.decision)) ||
	    (err = follow_targets(d, &dec)) ||
	    (err = desk_decision_save(d, &dec, NULL)) ||
	    (err = note_answer(d, &dec, &t, outcome)))
		goto out;
	if (dec.state == CS_DESK_DECISION_APPLIED)
		err = desk_decision_tell(d, &dec);
	else if (dec.state == CS_DESK_DECISION_FAILED)
		err = desk_decision_reversal_failed(d, &dec);
	if (err == CS_OK && dec.state != CS_DESK_DECISION_QUEUED)
		err = desk_case_settle(d, dec.case_id, NULL);
out:
	desk_decision_clear(&dec);
	desk_target_clear(&t);
	/* It was destroyed with its case. */
	return err == CS_ERR_NOT_FOUND && t.decision == 0 ? CS_OK : err;
}

/* What the row ${id} is about. */
struct about {
	uint64_t kind;
	bool has; /* an action, or what was filed */
	uint8_t target[CS_ID_LEN];
};

/* CS_ERR_NOT_FOUND if it is gone. */
static enum cs_err
target_of(struct about *out, struct cs_desk *d, uint64_t id)
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_row(&row, d->db,
	    "SELECT kind,target FROM outbox WHERE id=?", cs_int(id));
	if (err == CS_OK) {
		out->kind = cs_col_int(&row, 0);
		if ((out->has = !cs_col_null(&row, 1)))
			cs_col_copy(&row, 1, out->target, CS_ID_LEN);
	}
	return cs_rows_end(&row, err);
}

static enum cs_err
about_done(struct cs_desk *d, const struct about *a,
    const struct desk_outcome *outcome)
{
	if (!a->has)
		return CS_OK;
	return a->kind == CS_WIRE_DESK_FILING_ANSWER
	    ? desk_filing_told(
		  d, cs_filing_of_subject(a->target), outcome->refused)
	    : target_done(d, a->target, outcome);
}

enum cs_err
desk_outcome_store(
    struct cs_desk *d, uint64_t id, const struct desk_outcome *outcome)
{
	struct about a;
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = target_of(&a, d, id)) == CS_OK &&
	    (err = cs_db_exec(
		 d->db, "DELETE FROM outbox WHERE id=?", cs_int(id))) == CS_OK)
		err = about_done(d, &a, outcome);
	else if (err == CS_ERR_NOT_FOUND)
		err = CS_OK;
	err = cs_db_end(d->db, err);
	return err == CS_ERR_CORRUPT ? CS_ERR_BUSY : err;
}
