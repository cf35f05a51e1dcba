/* SPDX-License-Identifier: MIT */
/* Sealed reports on their way to the desk, and its answers on their way back.
 * The hub passes both on; it can open neither. */
#include "hub/desk/report.h"

#include "hub/blobs/pin.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "hub/desk/pseudonym.h"

/* Sent again after a broken connection: the first one counts. */
static enum cs_err
sent_before(struct hub_request *rq, const uint8_t report[static CS_ID_LEN],
    bool *before)
{
	uint64_t all, own;
	enum cs_err err;

	if ((err = cs_db_get_int(&all, rq->hub->db,
		 "SELECT COUNT(*) FROM report WHERE id=?",
		 cs_blob(cs_view(report, CS_ID_LEN)))) ||
	    (err = cs_db_get_int(&own, rq->hub->db,
		 "SELECT COUNT(*) FROM report WHERE id=? AND account=?",
		 cs_blob(cs_view(report, CS_ID_LEN)),
		 cs_blob(CS_VIEW_OF(rq->conn->account)))))
		return err;
	*before = own != 0;
	return all == own ? CS_OK : hub_refuse(rq, CS_WIRE_E_REPEATED);
}

/* Bound what one account makes the hub keep. Nothing that the desk has not read
 * is dropped to make room. */
static enum cs_err
check_room(struct hub_request *rq, const struct cs_wire_report *m)
{
	enum cs_err err;

	if ((err = hub_spend(rq, HUB_B_REPORTS_DAY, 1)) ||
	    (err = hub_spend(rq, HUB_B_REPORTS_UNREAD, 1)))
		return err;
	return hub_spend(rq, HUB_B_REPORT_BYTES_UNREAD, m->sealed.len);
}

/* Forget the oldest finished reports; the account is not told of them any more.
 * A report with an open question or second look is not finished. */
static enum cs_err
forget_old(struct cs_hub *hub, struct cs_view account)
{
	return cs_db_exec(hub->db,
	    "DELETE FROM report WHERE account=? AND state>=?"
	    " AND sealed IS NULL AND question=x'' AND second_look<>?"
	    " AND received<=? AND id NOT IN (SELECT id FROM report WHERE"
	    " account=? ORDER BY received DESC LIMIT ?)",
	    cs_blob(account), cs_int(CS_WIRE_REPORT_REJECTED),
	    cs_int(CS_WIRE_SECOND_LOOK_ASKED), cs_int(hub->now_ms - CS_DAY_MS),
	    cs_blob(account), cs_int(HUB_REPORTS_KEPT));
}

static enum cs_err
store(struct hub_request *rq, const struct cs_wire_report *m)
{
	struct cs_hub *hub = rq->hub;
	struct cs_view account = CS_VIEW_OF(rq->conn->account);
	enum cs_err err;

	err = cs_db_exec(hub->db,
	    "INSERT INTO report(id,account,named,received,updated,sealed)"
	    " VALUES(?,?,?,?,?,?)",
	    cs_blob(CS_VIEW_OF(m->report)), cs_blob(account), cs_int(m->named),
	    cs_int(hub->now_ms), cs_int(hub->now_ms), cs_blob(m->sealed));
	if (err == CS_OK)
		err = hub_pins_claim(hub, m);
	return err ? err : forget_old(hub, account);
}

enum cs_err
hub_report(struct hub_request *rq)
{
	const struct cs_wire_push push = { .kind = CS_WIRE_PUSH_REPORT };
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_report m;
	bool before = false;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_report_shape, rq->body)))
		return err;
	if (m.named > CS_WIRE_REPORTER_NAMED ||
	    cs_view_is_zero(CS_VIEW_OF(m.report)))
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	if ((err = sent_before(rq, m.report, &before)))
		return err;
	if (!before) {
		if ((err = check_room(rq, &m)))
			return err;
		if ((err = store(rq, &m)))
			return err;
		hub_push_desk(rq->hub, &push);
	}
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

enum cs_err
hub_report_states(struct hub_request *rq)
{
	struct cs_wire_report_states_answer answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT id,state,updated,answer,question,second_look,"
	    "COALESCE((SELECT reply FROM letter WHERE subject=report.id"
	    " AND kind=? AND letter.account=report.account AND reply<>x''"
	    " ORDER BY letter.updated DESC LIMIT 1),x'') FROM report"
	    " WHERE account=? ORDER BY received DESC LIMIT ?",
	    cs_int(CS_WIRE_LETTER_SECOND_LOOK),
	    cs_blob(CS_VIEW_OF(rq->conn->account)), cs_int(HUB_REPORTS_KEPT));
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
	if (err == CS_OK)
		err = hub_answer(
		    rq, &cs_wire_report_states_answer_shape, &answer);
	cs_buf_free(&list);
	return err;
}

enum cs_err
hub_desk_reports(struct hub_request *rq)
{
	struct cs_wire_desk_reports_answer answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT id,received,sealed,named,account FROM report"
	    " WHERE sealed IS NOT NULL"
	    " AND state=? ORDER BY received LIMIT ?",
	    cs_int(CS_WIRE_REPORT_SENT), cs_int(HUB_ANSWER_ROWS));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_desk_report item = {
			.received_ms = cs_col_int(&rows, 1),
			.sealed = cs_col_blob(&rows, 2),
		};

		if (answer.reports.n != 0 &&
		    list.len + item.sealed.len > HUB_FETCH_BYTES)
			break;
		cs_col_copy(&rows, 0, item.report, sizeof item.report);
		item.named = (uint8_t)cs_col_int(&rows, 3);
		cs_col_copy(&rows, 4, item.reporter, sizeof item.reporter);
		if (item.named == CS_WIRE_REPORTER_UNNAMED)
			err = hub_pseudonym(
			    item.reporter, rq->hub, item.reporter);
		if (err == CS_OK)
			err = cs_wire_list_add(&list, &answer.reports.n,
			    &cs_wire_desk_report_shape, &item);
	}
	err = cs_rows_end(&rows, err);
	answer.reports.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err =
		    hub_answer(rq, &cs_wire_desk_reports_answer_shape, &answer);
	cs_buf_free(&list);
	return err;
}

/* The account that made a report; for the push. */
static enum cs_err
reporter(uint8_t out[static CS_ID_LEN], struct cs_hub *hub,
    const uint8_t report[static CS_ID_LEN])
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_row(&rows, hub->db, "SELECT account FROM report WHERE id=?",
	    cs_blob(cs_view(report, CS_ID_LEN)));
	if (err == CS_OK)
		cs_col_copy(&rows, 0, out, CS_ID_LEN);
	return cs_rows_end(&rows, err);
}

enum cs_err
hub_desk_report_set(struct hub_request *rq)
{
	const struct cs_wire_push push = { .kind = CS_WIRE_PUSH_REPORT };
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_report_status m;
	uint8_t account[CS_ID_LEN];
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_report_status_shape, rq->body)))
		return err;
	if (m.state == CS_WIRE_REPORT_SENT || m.state > CS_WIRE_REPORT_CLOSED ||
	    m.second_look > CS_WIRE_SECOND_LOOK_ANSWERED)
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	err = reporter(account, rq->hub, m.report);
	if (err == CS_ERR_NOT_FOUND)
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	/* The desk has stored it: the sealed copy is of no more use here. */
	if (err == CS_OK)
		err = cs_db_exec(rq->hub->db,
		    "UPDATE report SET state=?,updated=?,answer=?,question=?,"
		    "sealed=NULL WHERE id=?",
		    cs_int(m.state), cs_int(rq->hub->now_ms), cs_text(m.answer),
		    cs_blob(m.question), cs_blob(CS_VIEW_OF(m.report)));
	/* Only a second look that was asked for is answered. */
	if (err == CS_OK && m.second_look == CS_WIRE_SECOND_LOOK_ANSWERED)
		err = cs_db_exec(rq->hub->db,
		    "UPDATE report SET second_look=? WHERE id=?"
		    " AND second_look=?",
		    cs_int(CS_WIRE_SECOND_LOOK_ANSWERED),
		    cs_blob(CS_VIEW_OF(m.report)),
		    cs_int(CS_WIRE_SECOND_LOOK_ASKED));
	if (err)
		return err;
	hub_push_account(rq->hub, account, &push);
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}
