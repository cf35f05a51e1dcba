/* SPDX-License-Identifier: MIT */
/* Sealed reports on their way to the desk, and its answers on their way back.
 * The hub passes both on; it can open neither. */
#include <string.h>

#include "hub/hub_internal.h"

/* A reported blob is kept until the desk has decided. */
static enum cs_err
pin_blobs(struct cs_hub *hub, const struct cs_wire_list *blobs)
{
	struct cs_view rest = blobs->raw;
	struct cs_wire_blob_get item;
	enum cs_err err = CS_OK;

	while (
	    err == CS_OK && cs_wire_next(&item, &cs_wire_blob_get_shape, &rest))
		err = cs_db_exec(hub->db, "UPDATE blob SET pinned=1 WHERE id=?",
		    cs_blob(CS_VIEW_OF(item.blob)));
	return err;
}

uint16_t
hub_report(struct hub_request *rq)
{
	struct cs_hub *hub = rq->hub;
	const struct cs_wire_push push = { .kind = CS_WIRE_PUSH_REPORT };
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_report m;
	uint64_t today;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_report_shape, rq->body)) ||
	    (err = cs_db_get_int(&today, hub->db,
		 "SELECT COUNT(*) FROM report WHERE account=? AND received>?",
		 cs_blob(CS_VIEW_OF(rq->conn->account)),
		 cs_int(hub->now_ms - HUB_DAY_MS))))
		return hub_code(err);
	if (today >= HUB_REPORTS_DAY)
		return CS_WIRE_E_LIMIT;
	/* Sent again after a broken connection: the first one counts. */
	err = cs_db_exec(hub->db,
	    "INSERT INTO report(id,account,received,updated,sealed)"
	    " VALUES(?,?,?,?,?) ON CONFLICT(id) DO NOTHING",
	    cs_blob(CS_VIEW_OF(m.report)),
	    cs_blob(CS_VIEW_OF(rq->conn->account)), cs_int(hub->now_ms),
	    cs_int(hub->now_ms), cs_blob(m.sealed));
	if (err == CS_OK)
		err = pin_blobs(hub, &m.blobs);
	if (err)
		return hub_code(err);
	hub_push_desk(hub, &push);
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

uint16_t
hub_report_states(struct hub_request *rq)
{
	struct cs_wire_report_states_answer answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;
	uint16_t code;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT id,state,updated,answer FROM report WHERE account=?"
	    " ORDER BY received DESC LIMIT 200",
	    cs_blob(CS_VIEW_OF(rq->conn->account)));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_report_status item = {
			.state = (uint8_t)cs_col_int(&rows, 1),
			.updated_ms = cs_col_int(&rows, 2),
			.answer = cs_col_blob(&rows, 3),
		};

		cs_col_copy(&rows, 0, item.report, sizeof item.report);
		err = cs_wire_list_add(&list, &answer.reports.n,
		    &cs_wire_report_status_shape, &item);
	}
	err = cs_rows_end(&rows, err);
	answer.reports.raw = cs_buf_view(&list);
	code = err
	    ? hub_code(err)
	    : hub_answer(rq, &cs_wire_report_states_answer_shape, &answer);
	cs_buf_free(&list);
	return code;
}

uint16_t
hub_desk_reports(struct hub_request *rq)
{
	struct cs_wire_desk_reports_answer answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;
	uint16_t code;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT id,received,sealed FROM report WHERE sealed IS NOT NULL"
	    " AND state=0 ORDER BY received LIMIT 100");
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_desk_report item = {
			.received_ms = cs_col_int(&rows, 1),
			.sealed = cs_col_blob(&rows, 2),
		};

		if (answer.reports.n != 0 &&
		    list.len + item.sealed.len > HUB_FETCH_BYTES)
			break;
		cs_col_copy(&rows, 0, item.report, sizeof item.report);
		err = cs_wire_list_add(&list, &answer.reports.n,
		    &cs_wire_desk_report_shape, &item);
	}
	err = cs_rows_end(&rows, err);
	answer.reports.raw = cs_buf_view(&list);
	code = err
	    ? hub_code(err)
	    : hub_answer(rq, &cs_wire_desk_reports_answer_shape, &answer);
	cs_buf_free(&list);
	return code;
}

/* The account that made a report; for the push. */
static enum cs_err
reporter(
    uint8_t out[static 16], struct cs_hub *hub, const uint8_t report[static 16])
{
	struct cs_rows rows;
	enum cs_err err;

	err =
	    cs_db_query(&rows, hub->db, "SELECT account FROM report WHERE id=?",
		cs_blob(cs_view(report, 16)));
	if (err == CS_OK) {
		if (cs_rows_next(&rows))
			cs_col_copy(&rows, 0, out, 16);
		else
			err = CS_ERR_NOT_FOUND;
	}
	return cs_rows_end(&rows, err);
}

uint16_t
hub_desk_report_set(struct hub_request *rq)
{
	const struct cs_wire_push push = { .kind = CS_WIRE_PUSH_REPORT };
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_report_status m;
	uint8_t account[16];
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_report_status_shape, rq->body)))
		return hub_code(err);
	if (m.state == CS_WIRE_REPORT_SENT || m.state > CS_WIRE_REPORT_CLOSED)
		return CS_WIRE_E_MALFORMED;
	err = reporter(account, rq->hub, m.report);
	if (err == CS_ERR_NOT_FOUND)
		return CS_WIRE_E_MALFORMED;
	/* The desk has stored it: the sealed copy is of no more use here. */
	if (err == CS_OK)
		err = cs_db_exec(rq->hub->db,
		    "UPDATE report SET state=?,updated=?,answer=?,sealed=NULL"
		    " WHERE id=?",
		    cs_int(m.state), cs_int(rq->hub->now_ms), cs_text(m.answer),
		    cs_blob(CS_VIEW_OF(m.report)));
	if (err)
		return hub_code(err);
	hub_push_account(rq->hub, account, &push);
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}
