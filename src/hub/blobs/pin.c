/* SPDX-License-Identifier: MIT */
#include "hub/blobs/pin.h"

#include "hub/core/batch.h"

static enum cs_err
pin(struct cs_hub *hub, const uint8_t report[static CS_ID_LEN],
    const struct cs_wire_list *blobs, uint64_t until_ms)
{
	struct cs_view rest = blobs->raw;
	struct cs_wire_blob_get item;
	enum cs_err err = CS_OK;

	while (
	    err == CS_OK && cs_wire_next(&item, &cs_wire_blob_get_shape, &rest))
		err = cs_db_exec(hub->db,
		    "INSERT INTO pin(report,blob,until)"
		    " SELECT ?,id,? FROM blob WHERE id=? AND complete<>0"
		    " AND own=0"
		    " ON CONFLICT(report,blob) DO UPDATE"
		    " SET until=excluded.until",
		    cs_blob(cs_view(report, CS_ID_LEN)), cs_int(until_ms),
		    cs_blob(CS_VIEW_OF(item.blob)));
	return err;
}

enum cs_err
hub_pins_claim(struct cs_hub *hub, const struct cs_wire_report *report)
{
	return pin(hub, report->report, &report->blobs,
	    hub->now_ms + HUB_REPORT_UNREAD_MS);
}

enum cs_err
hub_desk_pins(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_desk_pins m;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_desk_pins_shape, rq->body)) ||
	    (err = cs_db_exec(rq->hub->db, "DELETE FROM pin WHERE report=?",
		 cs_blob(CS_VIEW_OF(m.report)))) ||
	    (err = pin(rq->hub, m.report, &m.blobs, 0)))
		return err;
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

enum cs_err
hub_pins_sweep(int64_t *n, struct cs_hub *hub)
{
	enum cs_err err = cs_db_exec(hub->db,
	    "DELETE FROM pin WHERE (report,blob) IN (SELECT report,blob"
	    " FROM pin WHERE until<>0 AND until<? LIMIT ?)",
	    cs_int(hub->now_ms), cs_int(HUB_SWEEP_ROWS));

	*n = cs_db_changes(hub->db);
	return err;
}
