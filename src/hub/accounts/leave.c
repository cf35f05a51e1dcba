/* SPDX-License-Identifier: MIT */
/* Leaving the hub. The devices go, and with them everything kept for them. What
 * else is kept of the account goes at the end of the report window
 * (hub/retention.c). The name stays taken, so that nobody is mistaken for its
 * former holder. */
#include "hub/accounts/leave.h"

#include "base/reader.h"
#include "hub/accounts/device.h"
#include "hub/channels/channel.h"
#include "hub/core/batch.h"
#include "hub/core/hub.h"
#include "hub/groups/ask.h"
#include "hub/groups/removal.h"

/* Ids one after the other. */
static enum cs_err
devices_of(struct cs_buf *out, struct cs_hub *hub, struct cs_view account)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, hub->db,
	    "SELECT id FROM device WHERE account=? AND removed=0",
	    cs_blob(account));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint8_t id[CS_ID_LEN];

		cs_col_copy(&rows, 0, id, sizeof id);
		err = cs_buf_add(out, CS_VIEW_OF(id));
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
forget(struct cs_hub *hub, struct cs_view account)
{
	enum cs_err err;

	if ((err = cs_db_exec(hub->db, "UPDATE account SET gone=? WHERE id=?",
		 cs_int(hub->now_ms), cs_blob(account))) ||
	    (err = hub_asks_forget(hub, account)) ||
	    (err = hub_channel_posts_forget(hub, account)) ||
	    (err = cs_db_exec(hub->db,
		 "DELETE FROM contact WHERE owner=? OR peer=?",
		 cs_blob(account), cs_blob(account))) ||
	    (err = cs_db_exec(hub->db,
		 "DELETE FROM named_contact WHERE owner=?", cs_blob(account))))
		return err;
	return cs_db_exec(
	    hub->db, "DELETE FROM restore WHERE account=?", cs_blob(account));
}

enum cs_err
hub_account_leave(struct hub_request *rq)
{
	struct cs_view account = CS_VIEW_OF(rq->conn->account);
	struct cs_wire_empty m, answer = { 0 };
	struct cs_buf devices = { 0 };
	struct cs_reader r;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_empty_shape, rq->body)))
		return err;
	err = devices_of(&devices, rq->hub, account);
	r = cs_reader(cs_buf_view(&devices));
	while (err == CS_OK && cs_reader_more(&r)) {
		uint8_t id[CS_ID_LEN];

		cs_read_copy(&r, id, sizeof id);
		err = hub_device_forget(rq->hub, id);
	}
	cs_buf_free(&devices);
	if (err || (err = forget(rq->hub, account)) ||
	    (err = hub_removals_owe(rq->hub, rq->conn->account)))
		return err;
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}
