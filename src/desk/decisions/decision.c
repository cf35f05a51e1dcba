/* SPDX-License-Identifier: MIT */
#include "desk/decisions/decision.h"

#include <string.h>

#include "base/units.h"
#include "content/letter.h"
#include "desk/cases/case.h"
#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "store/clock.h"
#include "store/db.h"

#define TEXT_MAX CS_LETTER_TEXT_MAX
#define ITEMS_MAX 1000000

/* ---- the record --------------------------------------------------------- */

static const char *const states[] = { "undo", "waiting", "queued", "applied",
	"failed", "undone", "refused", "reversed" };
static const char *const whys[] = { "no", "action", "reason", "reversal" };
static const char *const checks[] = { "none", "due", "agreed", "disagreed" };
static const char *const grounds[] = { "terms", "illegal" };

static const struct desk_field territory_fields[] = {
	DESK_TEXT(desk_territory, name),
};
static const struct desk_record territory_record =
    DESK_RECORD(desk_territory, NULL, territory_fields);

static const struct desk_field blob_fields[] = { DESK_BYTES(desk_blob, id) };
static const struct desk_record blob_record =
    DESK_RECORD(desk_blob, NULL, blob_fields);

static const struct desk_field group_fields[] = { DESK_BYTES(desk_group, ref) };
static const struct desk_record group_record =
    DESK_RECORD(desk_group, NULL, group_fields);

static const struct desk_field fields[] = {
	DESK_WORD(desk_decision, state, states),
	DESK_WORD(desk_decision, action, cs_desk_actions),
	DESK_TEXT(desk_decision, reason),
	DESK_TIME(desk_decision, made_ms),
	DESK_TIME(desk_decision, due_ms),
	DESK_TIME(desk_decision, person),
	DESK_TEXT(desk_decision, by),
	DESK_TEXT(desk_decision, pseudonym),
	DESK_TIME(desk_decision, second),
	DESK_TEXT(desk_decision, second_name),
	DESK_WORD(desk_decision, two, whys),
	DESK_TEXT(desk_decision, two_reason),
	DESK_STRING(desk_decision, facts, TEXT_MAX),
	DESK_WORD(desk_decision, ground, grounds),
	DESK_STRING(desk_decision, legal, CS_DESK_LEGAL_MAX),
	DESK_ARRAY(desk_decision, territories, &territory_record,
	    CS_DESK_TERRITORIES_MAX),
	DESK_TIME(desk_decision, duration_s),
	DESK_TIME(desk_decision, until_ms),
	DESK_TEXT(desk_decision, to_key),
	DESK_TIME(desk_decision, aside),
	DESK_ARRAY(
	    desk_decision, accounts, &desk_account_record, DESK_ACCOUNTS_MAX),
	DESK_ARRAY(desk_decision, blobs, &blob_record, ITEMS_MAX),
	DESK_ARRAY(desk_decision, groups, &group_record, ITEMS_MAX),
	DESK_FLAG(desk_decision, sent),
	DESK_TIME(desk_decision, targets),
	DESK_TIME(desk_decision, applied),
	DESK_TIME(desk_decision, failed),
	DESK_TIME(desk_decision, reverses),
	DESK_TIME(desk_decision, reversed_by),
	DESK_WORD(desk_decision, check, checks),
	DESK_TEXT(desk_decision, checked_by),
	DESK_STRING(desk_decision, check_text, TEXT_MAX),
	DESK_STRING(desk_decision, note, TEXT_MAX),
};
const struct desk_record desk_decision_record =
    DESK_RECORD(desk_decision, "decision", fields);

const char *
desk_decision_state_name(enum cs_desk_decision_state state)
{
	return states[state];
}

const char *
desk_two_name(enum desk_two why)
{
	return whys[why];
}

const char *
desk_check_name(enum cs_desk_check check)
{
	return checks[check];
}

const char *
cs_desk_ground_name(enum cs_desk_ground ground)
{
	return grounds[ground];
}

int
cs_desk_ground_find(const char *name)
{
	for (size_t i = 0; i < sizeof grounds / sizeof *grounds; i++)
		if (strcmp(name, grounds[i]) == 0)
			return (int)i;
	return -1;
}

/* ---- rows --------------------------------------------------------------- */

/* Columns id, case_id, sealed. */
static enum cs_err
read_row(struct desk_decision *out, struct cs_desk *d, struct cs_rows *rows)
{
	memset(out, 0, sizeof *out);
	out->id = cs_col_int(rows, 0);
	out->case_id = cs_col_int(rows, 1);
	return desk_row_open_id(
	    out, &desk_decision_record, d, out->id, cs_col_blob(rows, 2));
}

enum cs_err
desk_decision_load(struct desk_decision *out, struct cs_desk *d, uint64_t id)
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_row(&row, d->db,
	    "SELECT id,case_id,sealed FROM decision WHERE id=?", cs_int(id));
	if (err == CS_OK)
		err = read_row(out, d, &row);
	else if (err == CS_ERR_NOT_FOUND)
		err = desk_problem(d, err, "no-decision",
		    "There is no decision %llu.", (unsigned long long)id);
	return cs_rows_end(&row, err);
}

void
desk_decision_clear(struct desk_decision *dec)
{
	desk_record_clear(dec, &desk_decision_record);
	memset(dec, 0, sizeof *dec);
}

enum cs_err
desk_decision_save(struct cs_desk *d, const struct desk_decision *dec,
    const struct cs_desk_actor *actor)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if ((err = desk_row_seal_id(
		 &sealed, d, &desk_decision_record, dec->id, dec)) == CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE decision SET state=?,due=?,check_state=?,sealed=?"
		    " WHERE id=?",
		    cs_int(dec->state), cs_int(dec->due_ms), cs_int(dec->check),
		    cs_blob(cs_buf_view(&sealed)), cs_int(dec->id));
	if (err == CS_OK)
		err = desk_change_add(
		    d, DESK_CHANGE_DECISION, dec->id, dec->state, actor);
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_decision_insert(struct cs_desk *d, struct desk_decision *dec)
{
	/* A reversal is not itself something that was done. */
	enum cs_desk_action action =
	    dec->reverses != 0 ? CS_DESK_ACTION_NONE : dec->action;
	enum cs_err err;

	err = cs_db_exec(d->db,
	    "INSERT INTO decision(case_id,state,due,made,person,action,sealed)"
	    " VALUES(?,?,?,?,?,?,x'')",
	    cs_int(dec->case_id), cs_int(dec->state), cs_int(dec->due_ms),
	    cs_int(dec->made_ms), cs_int(dec->person), cs_int(action));
	if (err == CS_OK)
		dec->id = cs_db_last_id(d->db);
	return err;
}

static enum cs_err
walk(struct cs_desk *d, struct cs_rows *rows, enum cs_err err,
    enum cs_err (*each)(void *arg, const struct desk_decision *dec), void *arg)
{
	while (err == CS_OK && cs_rows_next(rows)) {
		struct desk_decision dec;

		if ((err = read_row(&dec, d, rows)) == CS_OK)
			err = each(arg, &dec);
		desk_decision_clear(&dec);
	}
	return cs_rows_end(rows, err);
}

enum cs_err
desk_decisions(struct cs_desk *d, uint64_t case_id,
    enum cs_err (*each)(void *arg, const struct desk_decision *dec), void *arg)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, d->db,
	    "SELECT id,case_id,sealed FROM decision WHERE case_id=?"
	    " ORDER BY id",
	    cs_int(case_id));

	return walk(d, &rows, err, each, arg);
}

enum cs_err
desk_decisions_of(struct cs_desk *d, const uint8_t account[static CS_ID_LEN],
    enum cs_err (*each)(void *arg, const struct desk_decision *dec), void *arg)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, d->db,
	    "SELECT id,case_id,sealed FROM decision WHERE id IN"
	    " (SELECT decision FROM target WHERE account=?) ORDER BY id",
	    cs_blob(cs_view(account, CS_ID_LEN)));

	return walk(d, &rows, err, each, arg);
}

/* ---- the case follows --------------------------------------------------- */

static enum cs_err
settle(struct cs_desk *d, struct desk_case *c)
{
	enum cs_desk_case_state was = c->state;
	bool decided, over;
	uint64_t done;
	enum cs_err err;

	/* Decisions from before it was opened again do not count. */
	if ((err = cs_db_get_int(&c->pending, d->db,
		 "SELECT COUNT(*) FROM decision WHERE case_id=?"
		 " AND state IN(?,?,?)",
		 cs_int(c->id), cs_int(CS_DESK_DECISION_UNDO),
		 cs_int(CS_DESK_DECISION_WAITING),
		 cs_int(CS_DESK_DECISION_QUEUED))) ||
	    (err = cs_db_get_int(&done, d->db,
		 "SELECT COUNT(*) FROM decision WHERE case_id=?"
		 " AND state IN(?,?) AND id>?",
		 cs_int(c->id), cs_int(CS_DESK_DECISION_APPLIED),
		 cs_int(CS_DESK_DECISION_REVERSED), cs_int(c->open_after))))
		return err;
	decided = c->pending == 0 && done != 0;
	/* Where something was filed and nothing reported, there is nothing to
	 * decide, only to answer. */
	over = c->answer_ms == 0 &&
	    (decided || (c->reports == 0 && c->news_version != 0));
	c->state = c->pending != 0 ? CS_DESK_CASE_WAITING
	    : over                 ? CS_DESK_CASE_DECIDED
				   : CS_DESK_CASE_OPEN;
	/* The keeping period starts with the last decision or answer. */
	if ((decided && (was == CS_DESK_CASE_WAITING || c->decided_ms == 0)) ||
	    (c->state == CS_DESK_CASE_DECIDED &&
		(was == CS_DESK_CASE_OPEN || c->decided_ms == 0)))
		c->decided_ms = cs_clock_ms();
	return CS_OK;
}

enum cs_err
desk_case_settle(
    struct cs_desk *d, uint64_t case_id, const struct cs_desk_actor *actor)
{
	struct desk_case c;
	enum cs_err err = desk_case_load(&c, d, case_id);

	if (err == CS_OK && c.state != CS_DESK_CASE_CLOSED &&
	    (err = settle(d, &c)) == CS_OK)
		err = desk_case_save(d, &c, actor);
	desk_case_clear(&c);
	return err;
}

enum cs_err
desk_case_acted(bool *out, struct cs_desk *d, uint64_t case_id)
{
	uint64_t n;
	enum cs_err err = cs_db_get_int(&n, d->db,
	    "SELECT COUNT(*) FROM decision WHERE case_id=? AND state=?"
	    " AND action<>?",
	    cs_int(case_id), cs_int(CS_DESK_DECISION_APPLIED),
	    cs_int(CS_DESK_ACTION_NONE));

	*out = err == CS_OK && n != 0;
	return err;
}
