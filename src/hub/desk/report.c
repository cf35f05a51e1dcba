/* SPDX-License-Identifier: MIT */
/* Sealed reports on their way to the desk, and its answers on their way back.
 * The hub passes both on; it can open neither. */
#include <string.h>

#include "hub/core/hub.h"

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

/* Sent again after a broken connection: the first one counts. */
static uint16_t
sent_before(
    struct hub_request *rq, const uint8_t report[static 16], bool *before)
{
	uint64_t all, own;
	enum cs_err err;

	if ((err = cs_db_get_int(&all, rq->hub->db,
		 "SELECT COUNT(*) FROM report WHERE id=?",
		 cs_blob(cs_view(report, 16)))) ||
	    (err = cs_db_get_int(&own, rq->hub->db,
		 "SELECT COUNT(*) FROM report WHERE id=? AND account=?",
		 cs_blob(cs_view(report, 16)),
		 cs_blob(CS_VIEW_OF(rq->conn->account)))))
		return hub_code(err);
	*before = own != 0;
	return all == own ? 0 : CS_WIRE_E_REPEATED;
}

/* What one account makes the hub keep has an end; nothing that the desk has not
 * read is dropped for it. */
static uint16_t
check_room(struct hub_request *rq, const struct cs_wire_report *m)
{
	struct cs_arg account = cs_blob(CS_VIEW_OF(rq->conn->account));
	struct cs_hub *hub = rq->hub;
	uint64_t today, unread, bytes;
	enum cs_err err;

	if ((err = cs_db_get_int(&today, hub->db,
		 "SELECT COUNT(*) FROM report WHERE account=? AND received>?",
		 account, cs_int(hub->now_ms - HUB_DAY_MS))) ||
	    (err = cs_db_get_int(&unread, hub->db,
		 "SELECT COUNT(*) FROM report WHERE account=?"
		 " AND sealed IS NOT NULL",
		 account)) ||
	    (err = cs_db_get_int(&bytes, hub->db,
		 "SELECT COALESCE(SUM(length(sealed)),0) FROM report"
		 " WHERE account=?",
		 account)))
		return hub_code(err);
	if (today >= HUB_REPORTS_DAY)
		return CS_WIRE_E_LIMIT;
	if (unread >= HUB_REPORTS_UNREAD ||
	    bytes + m->sealed.len > HUB_REPORTS_UNREAD_BYTES)
		return CS_WIRE_E_DESK_BUSY;
	return 0;
}

/* Rows of reports that are over go, the oldest first: the account is not told
 * of them any more.  One with an open question or second look is not over. */
static enum cs_err
forget_old(struct cs_hub *hub, struct cs_view account)
{
	return cs_db_exec(hub->db,
	    "DELETE FROM report WHERE account=? AND state>=2"
	    " AND sealed IS NULL AND question=x'' AND second_look<>1"
	    " AND received<=? AND id NOT IN (SELECT id FROM report WHERE"
	    " account=? ORDER BY received DESC LIMIT ?)",
	    cs_blob(account), cs_int(hub->now_ms - HUB_DAY_MS),
	    cs_blob(account), cs_int(HUB_REPORTS_KEPT));
}

static enum cs_err
store(struct hub_request *rq, const struct cs_wire_report *m)
{
	struct cs_hub *hub = rq->hub;
	struct cs_view account = CS_VIEW_OF(rq->conn->account);
	enum cs_err err;

	err = cs_db_exec(hub->db,
	    "INSERT INTO report(id,account,received,updated,sealed)"
	    " VALUES(?,?,?,?,?)",
	    cs_blob(CS_VIEW_OF(m->report)), cs_blob(account),
	    cs_int(hub->now_ms), cs_int(hub->now_ms), cs_blob(m->sealed));
	if (err == CS_OK)
		err = pin_blobs(hub, &m->blobs);
	return err ? err : forget_old(hub, account);
}

uint16_t
hub_report(struct hub_request *rq)
{
	const struct cs_wire_push push = { .kind = CS_WIRE_PUSH_REPORT };
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_report m;
	bool before = false;
	enum cs_err err;
	uint16_t code;

	if ((err = cs_wire_parse(&m, &cs_wire_report_shape, rq->body)))
		return hub_code(err);
	if ((code = sent_before(rq, m.report, &before)) != 0)
		return code;
	if (!before) {
		if ((code = check_room(rq, &m)) != 0)
			return code;
		if ((err = store(rq, &m)))
			return hub_code(err);
		hub_push_desk(rq->hub, &push);
	}
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
	    "SELECT id,state,updated,answer,question,second_look,"
	    "COALESCE((SELECT reply FROM letter WHERE subject=report.id"
	    " AND kind=2 AND letter.account=report.account AND reply<>x''"
	    " ORDER BY letter.updated DESC LIMIT 1),x'') FROM report"
	    " WHERE account=? ORDER BY received DESC"
	    " LIMIT 200", /* HUB_REPORTS_KEPT */
	    cs_blob(CS_VIEW_OF(rq->conn->account)));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_report_status item = {
			.state = (uint8_t)cs_col_int(&rows, 1),
			.updated_ms = cs_col_int(&rows, 2),
			.answer = cs_col_blob(&rows, 3),
			.question = cs_col_blob(&rows, 4),
			.second_look = (uint8_t)cs_col_int(&rows, 5),
			.reply = cs_col_blob(&rows, 6),
		};

		/* The newest, as many as go into one frame. */
		if (answer.reports.n != 0 &&
		    list.len + item.answer.len + item.question.len +
			    item.reply.len >
			HUB_FETCH_BYTES)
			break;
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
	if (m.state == CS_WIRE_REPORT_SENT || m.state > CS_WIRE_REPORT_CLOSED ||
	    m.second_look > CS_WIRE_SECOND_LOOK_ANSWERED)
		return CS_WIRE_E_MALFORMED;
	err = reporter(account, rq->hub, m.report);
	if (err == CS_ERR_NOT_FOUND)
		return CS_WIRE_E_MALFORMED;
	/* The desk has stored it: the sealed copy is of no more use here. */
	if (err == CS_OK)
		err = cs_db_exec(rq->hub->db,
		    "UPDATE report SET state=?,updated=?,answer=?,question=?,"
		    "sealed=NULL WHERE id=?",
		    cs_int(m.state), cs_int(rq->hub->now_ms), cs_text(m.answer),
		    cs_blob(m.question), cs_blob(CS_VIEW_OF(m.report)));
	/* Only what was asked for is answered. */
	if (err == CS_OK && m.second_look == CS_WIRE_SECOND_LOOK_ANSWERED)
		err = cs_db_exec(rq->hub->db,
		    "UPDATE report SET second_look=2 WHERE id=?"
		    " AND second_look=1",
		    cs_blob(CS_VIEW_OF(m.report)));
	if (err)
		return hub_code(err);
	hub_push_account(rq->hub, account, &push);
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}
