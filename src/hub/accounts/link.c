/* SPDX-License-Identifier: MIT */
/* Where a new device meets one that is in the account: two mailboxes for one
 * letter each, under a name that only the two can know. The hub cannot read
 * either letter. */
#include "hub/accounts/link.h"

#include <string.h>

#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"

/* What was sent to this device's rendezvous; CS_ERR_NOT_FOUND: it has none of
 * that name. */
static enum cs_err
load_ask(struct cs_buf *ask, struct hub_request *rq,
    const uint8_t rendezvous[static CS_HASH_LEN])
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_row(&rows, rq->hub->db,
	    "SELECT ask FROM link WHERE id=? AND device=? AND expires>?",
	    cs_blob(cs_view(rendezvous, 32)),
	    cs_blob(CS_VIEW_OF(rq->conn->device)), cs_int(rq->hub->now_ms));
	if (err == CS_OK)
		err = cs_buf_set(ask, cs_col_blob(&rows, 0));
	return cs_rows_end(&rows, err);
}

/* A device has one at a time: a new one ends the one before. */
static enum cs_err
open_new(struct hub_request *rq, const uint8_t rendezvous[static CS_HASH_LEN])
{
	struct cs_hub *hub = rq->hub;
	enum cs_err err;

	if ((err = hub_spend(rq, HUB_B_LINKS_DAY, 1)) ||
	    (err = cs_db_exec(hub->db,
		 "DELETE FROM link WHERE device=? OR expires<=?",
		 cs_blob(CS_VIEW_OF(rq->conn->device)), cs_int(hub->now_ms))))
		return err;
	return cs_db_exec(hub->db,
	    "INSERT INTO link(id,device,expires) VALUES(?,?,?)",
	    cs_blob(cs_view(rendezvous, 32)),
	    cs_blob(CS_VIEW_OF(rq->conn->device)),
	    cs_int(hub->now_ms + HUB_LINK_MS));
}

enum cs_err
hub_link_open(struct hub_request *rq)
{
	struct cs_wire_link_ask answer = { 0 };
	struct cs_buf ask = { 0 };
	struct cs_wire_link m;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_link_shape, rq->body)))
		return err;
	err = load_ask(&ask, rq, m.rendezvous);
	if (err == CS_ERR_NOT_FOUND)
		err = open_new(rq, m.rendezvous);
	memcpy(answer.rendezvous, m.rendezvous, sizeof answer.rendezvous);
	answer.sealed = cs_buf_view(&ask);
	/* A random name is never somebody else's. */
	err = err == CS_ERR_EXISTS ? hub_refuse(rq, CS_WIRE_E_EXISTS)
	    : err                  ? err
		  : hub_answer(rq, &cs_wire_link_ask_shape, &answer);
	cs_buf_free(&ask);
	return err;
}

enum cs_err
hub_link_answer(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_link_answer m;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_link_answer_shape, rq->body)) ||
	    (err = cs_db_exec(rq->hub->db,
		 "UPDATE link SET answer=? WHERE id=? AND device=?"
		 " AND expires>? AND ask IS NOT NULL",
		 cs_blob(m.sealed), cs_blob(CS_VIEW_OF(m.rendezvous)),
		 cs_blob(CS_VIEW_OF(rq->conn->device)),
		 cs_int(rq->hub->now_ms))))
		return err;
	if (cs_db_changes(rq->hub->db) != 1)
		return hub_refuse(rq, CS_WIRE_E_LINK);
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

/* ---- the new device's side ---------------------------------------------- */

static enum cs_err
wake_opener(struct cs_hub *hub, const uint8_t rendezvous[static CS_HASH_LEN])
{
	const struct cs_wire_push push = { .kind = CS_WIRE_PUSH_LINK };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, hub->db, "SELECT device FROM link WHERE id=?",
	    cs_blob(cs_view(rendezvous, 32)));
	if (err == CS_OK && cs_rows_next(&rows)) {
		uint8_t device[CS_ID_LEN];

		cs_col_copy(&rows, 0, device, sizeof device);
		hub_push_device(hub, device, &push);
	}
	return cs_rows_end(&rows, err);
}

enum cs_err
hub_link_ask(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_link_ask m;
	enum cs_err err;

	if ((err = hub_try(rq)))
		return err;
	/* The first letter stays. The answer is the same whether there is a
	 * mailbox or not. */
	if ((err = cs_wire_parse(&m, &cs_wire_link_ask_shape, rq->body)) ||
	    (err = cs_db_exec(rq->hub->db,
		 "UPDATE link SET ask=? WHERE id=? AND expires>?"
		 " AND ask IS NULL",
		 cs_blob(m.sealed), cs_blob(CS_VIEW_OF(m.rendezvous)),
		 cs_int(rq->hub->now_ms))) ||
	    (err = wake_opener(rq->hub, m.rendezvous)))
		return err;
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

enum cs_err
hub_link_take(struct hub_request *rq)
{
	struct cs_wire_link_answer answer = { 0 };
	struct cs_wire_link m;
	struct cs_rows rows;
	enum cs_err err;

	if ((err = hub_try(rq)))
		return err;
	if ((err = cs_wire_parse(&m, &cs_wire_link_shape, rq->body)))
		return err;
	memcpy(answer.rendezvous, m.rendezvous, sizeof answer.rendezvous);
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT answer FROM link WHERE id=? AND expires>?",
	    cs_blob(CS_VIEW_OF(m.rendezvous)), cs_int(rq->hub->now_ms));
	if (err == CS_OK && cs_rows_next(&rows))
		answer.sealed = cs_col_blob(&rows, 0);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_link_answer_shape, &answer);
	return cs_rows_end(&rows, err);
}
