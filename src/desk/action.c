/* SPDX-License-Identifier: MIT */
/* Decisions: signed and stored first, delivered until the hub has answered. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "crypto/random.h"
#include "desk/desk_internal.h"

#define TABLE "action"

/* What is stored of a decision: an action for the hub, or none, and an answer
 * for the reporter. */
struct decision {
	struct cs_view action; /* empty: nothing to be done */
	uint8_t signature[64];
	uint8_t report[16];
	uint8_t state; /* enum cs_wire_report_state */
	struct cs_view answer;
};

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

static enum cs_err
store(struct cs_desk *d, const uint8_t id[static 16],
    const struct decision *decision)
{
	struct cs_buf plain = { 0 }, sealed = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	cs_write_vec(&w, decision->action);
	cs_write_bytes(&w, CS_VIEW_OF(decision->signature));
	cs_write_bytes(&w, CS_VIEW_OF(decision->report));
	cs_write_u8(&w, decision->state);
	cs_write_vec(&w, decision->answer);
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_vault_seal(&sealed, &d->key, TABLE, cs_view(id, 16),
		 cs_buf_view(&plain))) == CS_OK)
		err = cs_db_exec(d->db,
		    "INSERT INTO action(id,report,made,sealed)"
		    " VALUES(?,?,?,?)",
		    cs_blob(cs_view(id, 16)),
		    cs_blob(CS_VIEW_OF(decision->report)),
		    cs_int(cs_clock_ms()), cs_blob(cs_buf_view(&sealed)));
	cs_buf_free(&plain);
	cs_buf_free(&sealed);
	return err;
}

static enum cs_err
parse(struct decision *out, struct cs_view plain)
{
	struct cs_reader r = cs_reader(plain);

	out->action = cs_read_vec(&r);
	cs_read_copy(&r, out->signature, sizeof out->signature);
	cs_read_copy(&r, out->report, sizeof out->report);
	out->state = cs_read_u8(&r);
	out->answer = cs_read_vec(&r);
	return cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
}

static enum cs_err
deliver(struct cs_desk *d, const struct decision *decision)
{
	struct cs_wire_desk_action action = { .action = decision->action };
	struct cs_wire_report_status status = {
		.state = decision->state,
		.updated_ms = cs_clock_ms(),
		.answer = decision->answer,
	};
	struct cs_wire_action_result result;
	struct cs_wire_empty none;
	enum cs_err err;

	if (decision->action.len != 0) {
		memcpy(action.signature, decision->signature, 64);
		if ((err = desk_call(d, CS_WIRE_DESK_ACTION,
			 &cs_wire_desk_action_shape, &action,
			 &cs_wire_action_result_shape, &result)))
			return err;
	}
	memcpy(status.report, decision->report, sizeof status.report);
	return desk_call(d, CS_WIRE_DESK_REPORT_SET,
	    &cs_wire_report_status_shape, &status, &cs_wire_empty_shape, &none);
}

static enum cs_err
mark_delivered(struct cs_desk *d, const uint8_t id[static 16])
{
	char hex[33];
	enum cs_err err;

	cs_hex(hex, cs_view(id, 16));
	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = cs_db_exec(d->db, "UPDATE action SET delivered=1 WHERE id=?",
		 cs_blob(cs_view(id, 16)))) == CS_OK &&
	    (err = desk_audit_add(
		 d, "action %s: the hub has applied it", hex)) == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	return err;
}

static enum cs_err
flush_one(struct cs_desk *d, bool *more)
{
	struct cs_buf plain = { 0 };
	struct decision decision;
	struct cs_rows rows;
	uint8_t id[16];
	enum cs_err err;

	*more = false;
	err = cs_db_query(&rows, d->db,
	    "SELECT id,sealed FROM action WHERE delivered=0"
	    " ORDER BY made LIMIT 1");
	if (err == CS_OK && cs_rows_next(&rows)) {
		*more = true;
		cs_col_copy(&rows, 0, id, sizeof id);
		err = cs_vault_open(&plain, &d->key, TABLE,
		    cs_col_blob(&rows, 0), cs_col_blob(&rows, 1));
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_OK && *more &&
	    (err = parse(&decision, cs_buf_view(&plain))) == CS_OK &&
	    (err = deliver(d, &decision)) == CS_OK)
		err = mark_delivered(d, id);
	cs_buf_free(&plain);
	return err;
}

enum cs_err
desk_actions_flush(struct cs_desk *d)
{
	bool more;
	enum cs_err err;

	do
		err = flush_one(d, &more);
	while (err == CS_OK && more);
	return err;
}

/* ---- deciding ----------------------------------------------------------- */

static const char *const verbs[] = { "disable", "enable", "dismiss" };

static enum cs_err
check(struct cs_desk *d, const struct cs_desk_case *c,
    enum cs_desk_decision decision, const char *statement)
{
	size_t len = strlen(statement);

	/* What is not proved decides nothing (DESIGN). */
	if (decision == CS_DESK_DISABLE &&
	    (c->evidence == NULL || !c->evidence->all_proved))
		return desk_problem(d, CS_ERR_DENIED,
		    "This report is not proved; nobody is disabled for it.");
	if (c->evidence == NULL || c->evidence->n_items == 0)
		return desk_problem(d, CS_ERR_DENIED,
		    "This report names nobody: it is not a bundle.");
	if (decision != CS_DESK_DISMISS && len == 0)
		return desk_problem(d, CS_ERR_MISUSE,
		    "The holder of the account is owed a statement: say why.");
	if (len > DESK_STATEMENT_MAX || !cs_utf8_valid(cs_view(statement, len)))
		return desk_problem(d, CS_ERR_LIMIT,
		    "A statement has at most %d bytes of UTF-8.",
		    DESK_STATEMENT_MAX);
	return CS_OK;
}

/* All messages of a report that is acted on have to be of one account. */
static enum cs_err
target(
    uint8_t account[static 16], struct cs_desk *d, const struct cs_desk_case *c)
{
	const struct cs_evidence *e = c->evidence;

	memcpy(account, e->items[0].capsule.stamp.account, 16);
	for (size_t i = 1; i < e->n_items; i++)
		if (memcmp(account, e->items[i].capsule.stamp.account, 16) != 0)
			return desk_problem(d, CS_ERR_MISMATCH,
			    "This report has messages of several accounts; "
			    "it takes a report for each.");
	return CS_OK;
}

static enum cs_err
decide(struct cs_desk *d, const struct cs_desk_case *c,
    enum cs_desk_decision what, struct cs_wire_action *a,
    const struct decision *decision)
{
	char report[33], action[33];
	enum cs_err err;

	cs_hex(report, CS_VIEW_OF(c->report.id));
	cs_hex(action, CS_VIEW_OF(a->id));
	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = store(d, a->id, decision)) == CS_OK &&
	    (err = desk_report_set_state(d, c->report.id,
		 what == CS_DESK_DISABLE ? CS_DESK_ACTED : CS_DESK_CLOSED)) ==
		CS_OK &&
	    (err = desk_audit_add(d, "report %s: decided to %s, action %s",
		 report, verbs[what], action)) == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	return err;
}

/* The action that disabled somebody for this report. */
static enum cs_err
find_disable(
    uint8_t out[static 16], struct cs_desk *d, const uint8_t report[static 16])
{
	struct cs_buf plain = { 0 };
	struct decision decision;
	struct cs_wire_action a;
	struct cs_rows rows;
	bool found = false;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,sealed FROM action WHERE report=? ORDER BY made DESC",
	    cs_blob(cs_view(report, 16)));
	while (err == CS_OK && !found && cs_rows_next(&rows)) {
		if ((err = cs_vault_open(&plain, &d->key, TABLE,
			 cs_col_blob(&rows, 0), cs_col_blob(&rows, 1))) ||
		    (err = parse(&decision, cs_buf_view(&plain))))
			break;
		found = cs_wire_parse(&a, &cs_wire_action_shape,
			    decision.action) == CS_OK &&
		    a.kind == CS_WIRE_ACTION_DISABLE;
		if (found)
			memcpy(out, a.id, 16);
	}
	err = cs_rows_end(&rows, err);
	cs_buf_free(&plain);
	if (err == CS_OK && !found)
		err = desk_problem(d, CS_ERR_NOT_FOUND,
		    "Nobody was disabled for this report.");
	return err;
}

static enum cs_err
write_statement(struct cs_buf *out, const char *text)
{
	const struct cs_wire_statement s = {
		.version = CS_WIRE_STATEMENT_VERSION,
		.what = cs_view_str("The account was disabled."),
		.facts = cs_view_str(text),
		.ground_kind = CS_WIRE_GROUND_TERMS,
	};

	return cs_wire_write(out, &cs_wire_statement_shape, &s);
}

enum cs_err
cs_desk_act(struct cs_desk *d, const uint8_t id[static 16],
    enum cs_desk_decision what, uint16_t reason, const char *statement,
    bool *delivered)
{
	struct cs_wire_action a = { .reason = reason };
	struct decision decision = { 0 };
	struct cs_buf action = { 0 }, text = { 0 };
	struct cs_desk_case c;
	enum cs_err err;

	*delivered = false;
	if ((err = cs_desk_load(&c, d, id)))
		return err;
	if ((err = check(d, &c, what, statement)) ||
	    (what != CS_DESK_DISMISS && (err = target(a.account, d, &c))) ||
	    (what == CS_DESK_ENABLE &&
		(err = find_disable(a.reverses, d, id))) ||
	    (what == CS_DESK_DISABLE &&
		(err = write_statement(&text, statement))))
		goto out;
	cs_random(a.id, sizeof a.id);
	a.decided_ms = cs_clock_ms();
	a.statement = cs_buf_view(&text);
	a.kind = what == CS_DESK_ENABLE ? CS_WIRE_ACTION_REVERSE
					: CS_WIRE_ACTION_DISABLE;
	memcpy(decision.report, id, 16);
	if (what != CS_DESK_DISMISS) {
		if ((err = sign(d, &action, decision.signature, &a)))
			goto out;
		decision.action = cs_buf_view(&action);
	}
	decision.state = what == CS_DESK_DISABLE ? CS_WIRE_REPORT_ACTED
						 : CS_WIRE_REPORT_CLOSED;
	decision.answer = cs_view_str(what == CS_DESK_DISABLE
		? "It breaks the rules. The account was disabled. Thank you."
		: what == CS_DESK_ENABLE
		? "The decision was reversed: the account is enabled again."
		: "It was looked at. No rule was found to be broken.");
	if ((err = decide(d, &c, what, &a, &decision)))
		goto out;
	/* Decided, whatever happens now; the daemon delivers it, too. */
	*delivered = desk_actions_flush(d) == CS_OK;
out:
	cs_buf_free(&action);
	cs_buf_free(&text);
	cs_desk_case_clear(&c);
	return err;
}
