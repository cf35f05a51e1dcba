/* SPDX-License-Identifier: MIT */
#include "desk/show/account.h"

#include <string.h>

#include "base/units.h"
#include "desk/cases/case.h"
#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/decisions/decision.h"
#include "desk/show/decision.h"
#include "desk/show/queue.h"
#include "store/clock.h"
#include "store/db.h"

#define CASES_MAX 200

enum cs_err
desk_reliability_of(struct desk_reliability *out, struct cs_desk *d,
    const uint8_t account[static CS_ID_LEN])
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_row(&row, d->db,
	    "SELECT reports,rejected FROM reporter WHERE account=?",
	    cs_blob(cs_view(account, CS_ID_LEN)));
	if (err == CS_OK) {
		out->reports = cs_col_int(&row, 0);
		out->rejected = cs_col_int(&row, 1);
	} else if (err == CS_ERR_NOT_FOUND) {
		err = CS_OK;
	}
	return cs_rows_end(&row, err);
}

/* Add one of its cases to ${list}, unless it is damaged on the disk: the
 * queue shows those. */
static enum cs_err
add_case(json_t *out, json_t *list, struct cs_desk *d, uint64_t id,
    const uint8_t account[static CS_ID_LEN])
{
	const struct desk_account *a;
	struct desk_case c;
	json_t *row;
	enum cs_err err = desk_case_load(&c, d, id);

	if (err == CS_OK) {
		a = desk_account_find(&c.accounts, account);
		if (a != NULL)
			json_put_str(out, "handle", a->handle, &err);
		if (c.state != CS_DESK_CASE_CLOSED) {
			row = json_object();
			desk_show_case_row(row, &c, &err);
			json_push(list, row, &err);
		}
	}
	desk_case_clear(&c);
	return err == CS_ERR_CORRUPT ? CS_OK : err;
}

static enum cs_err
add_cases(
    json_t *out, struct cs_desk *d, const uint8_t account[static CS_ID_LEN])
{
	json_t *list = json_array();
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT case_id FROM case_account WHERE account=?"
	    " ORDER BY case_id DESC LIMIT ?",
	    cs_blob(cs_view(account, CS_ID_LEN)), cs_int(CASES_MAX));
	while (err == CS_OK && cs_rows_next(&rows))
		err = add_case(out, list, d, cs_col_int(&rows, 0), account);
	err = cs_rows_end(&rows, err);
	/* People who were never reported cannot be looked up. */
	if (err == CS_OK && json_array_size(list) == 0)
		err = CS_ERR_NOT_FOUND;
	json_put(out, "cases", list, &err);
	return err;
}

static enum cs_err
find_disabled(void *arg, const struct desk_decision *dec)
{
	bool *disabled = arg;

	*disabled |= (dec->action == CS_DESK_ACTION_DISABLE ||
			 dec->action == CS_DESK_ACTION_DISABLE_UNTIL) &&
	    dec->state == CS_DESK_DECISION_APPLIED && dec->reverses == 0 &&
	    (dec->until_ms == 0 || dec->until_ms > cs_clock_ms());
	return CS_OK;
}

/* The state that our own actions have left; the hub knows the rest. */
static enum cs_err
add_state(
    json_t *out, struct cs_desk *d, const uint8_t account[static CS_ID_LEN])
{
	bool disabled = false;
	enum cs_err err =
	    desk_decisions_of(d, account, find_disabled, &disabled);

	json_put_str(out, "state", disabled ? "disabled" : "active", &err);
	return err;
}

enum cs_err
cs_desk_account_show(json_t *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t account[static CS_ID_LEN])
{
	json_t *decisions = json_array(), *appeals = json_array();
	struct desk_reliability made = { 0 };
	enum cs_err err = CS_OK;

	json_put_hex(out, "id", cs_view(account, CS_ID_LEN), &err);
	json_put_str(out, "handle", "", &err);
	if (err == CS_OK && (err = add_cases(out, d, account)) == CS_OK &&
	    (err = add_state(out, d, account)) == CS_OK &&
	    (err = desk_show_decisions_of(decisions, d, account)) == CS_OK &&
	    (err = desk_show_appeals_of(appeals, d, actor, account)) == CS_OK)
		err = desk_reliability_of(&made, d, account);
	json_put_num(out, "reports_made", made.reports, &err);
	json_put_num(out, "reports_rejected", made.rejected, &err);
	json_put(out, "decisions", decisions, &err);
	json_put(out, "appeals", appeals, &err);
	return err;
}
