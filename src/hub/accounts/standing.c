/* SPDX-License-Identifier: MIT */
/* Is an account disabled? It is as long as one action says so that was neither
 * reversed nor has run out. Two cases may each disable the same account;
 * reversing one decision leaves the other in force. */
#include "hub/accounts/standing.h"

#include <string.h>

#include "hub/core/connection.h"
#include "hub/core/hub.h"
#include "hub/groups/removal.h"
#include "hub/groups/restore.h"

/* The action that holds longest; ${out} is empty when none does. */
struct holding {
	struct cs_buf action;
	bool found;
	uint64_t applied_ms, until_ms;
};

static enum cs_err
find(struct holding *out, struct cs_hub *hub, struct cs_view account)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, hub->db,
	    "SELECT bytes,applied,until FROM action WHERE account=? AND kind=?"
	    " AND reversed=0 AND (until=0 OR until>?)"
	    " ORDER BY until=0 DESC,until DESC,applied LIMIT 1",
	    cs_blob(account), cs_int(CS_WIRE_ACTION_DISABLE),
	    cs_int(hub->now_ms));
	if (err == CS_OK && cs_rows_next(&rows)) {
		out->found = true;
		out->applied_ms = cs_col_int(&rows, 1);
		out->until_ms = cs_col_int(&rows, 2);
		err = cs_buf_set(&out->action, cs_col_blob(&rows, 0));
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
store(struct cs_hub *hub, struct cs_view account, const struct holding *holding)
{
	struct cs_wire_action a = { 0 };

	hub->standing++;
	if (!holding->found)
		return cs_db_exec(hub->db,
		    "UPDATE account SET disabled=0,reason=NULL,until=0,"
		    "disabled_at=NULL,statement=NULL WHERE id=?",
		    cs_blob(account));
	if (cs_wire_parse(&a, &cs_wire_action_shape,
		cs_buf_view(&holding->action)) != CS_OK)
		return CS_ERR_CORRUPT;
	return cs_db_exec(hub->db,
	    "UPDATE account SET disabled=?,reason=?,disabled_at=?,until=?,"
	    "statement=? WHERE id=?",
	    cs_int(true), cs_int(a.reason), cs_int(holding->applied_ms),
	    cs_int(holding->until_ms), cs_blob(a.statement), cs_blob(account));
}

/* From now on its connections hear nothing of its conversations. */
static void
hold_connections(struct cs_hub *hub, const uint8_t account[static CS_ID_LEN])
{
	struct hub_conn *c = hub_conn_of_account(hub, account);

	for (; c != NULL; c = hub_conn_next_of_account(c))
		if (c->role == HUB_DEVICE)
			c->role = HUB_HELD;
}

enum cs_err
hub_account_settle(struct cs_hub *hub, const uint8_t account[static CS_ID_LEN])
{
	struct holding holding = { 0 };
	uint64_t before;
	enum cs_err err;

	if ((err = cs_db_get_int(&before, hub->db,
		 "SELECT disabled FROM account WHERE id=?",
		 cs_blob(cs_view(account, CS_ID_LEN)))) == CS_OK &&
	    (err = find(&holding, hub, cs_view(account, CS_ID_LEN))) == CS_OK)
		err = store(hub, cs_view(account, CS_ID_LEN), &holding);
	cs_buf_free(&holding.action);
	if (err)
		return err;
	if (holding.found) {
		hold_connections(hub, account);
		return before != 0 ? CS_OK : hub_removals_owe(hub, account);
	}
	return before != 0 ? hub_restore_pending(hub, account) : CS_OK;
}

/* An account whose time is over; CS_ERR_NOT_FOUND. */
static enum cs_err
next_over(uint8_t account[static CS_ID_LEN], struct cs_hub *hub)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_row(&rows, hub->db,
	    "SELECT id FROM account WHERE disabled<>0 AND until<>0"
	    " AND until<=? LIMIT 1",
	    cs_int(hub->now_ms));
	if (err == CS_OK)
		cs_col_copy(&rows, 0, account, CS_ID_LEN);
	return cs_rows_end(&rows, err);
}

enum cs_err
hub_accounts_settle(struct cs_hub *hub)
{
	uint8_t account[CS_ID_LEN];
	enum cs_err err;

	while ((err = next_over(account, hub)) == CS_OK &&
	    (err = hub_account_settle(hub, account)) == CS_OK)
		continue;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}
