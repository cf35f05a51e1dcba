/* SPDX-License-Identifier: MIT */
#include "hub/filings/state.h"

#include <string.h>

#include "content/filing_body.h"
#include "franking/filing_entry.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/refusal.h"
#include "hub/core/tlog.h"
#include "hub/filings/organisation.h"
#include "wire/filings.h"

/* ---- one notice, and all about it ---------------------------------------- */

/* The number of the entry, and 1; 0: it has none yet. */
static enum cs_err
entry_of(uint64_t *out, struct cs_hub *hub, struct cs_view entry)
{
	uint64_t n;
	enum cs_err err = hub_tlog_number(&n, hub, entry);

	*out = err == CS_OK ? n + 1 : 0;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* Where the log says that it was filed, and how it was answered. */
static enum cs_err
find_entries(struct cs_wire_filing_state *s, struct cs_hub *hub,
    const struct cs_receipt *receipt, const struct cs_filing_answered *answered)
{
	struct cs_buf entry = { 0 };
	enum cs_err err = cs_filing_entry_write(&entry, receipt);

	if (err == CS_OK)
		err = entry_of(&s->entry, hub, cs_buf_view(&entry));
	cs_buf_reset(&entry);
	if (err == CS_OK && s->answer.len != 0 &&
	    (err = cs_filing_answered_write(&entry, answered)) == CS_OK)
		err = entry_of(&s->answer_entry, hub, cs_buf_view(&entry));
	cs_buf_free(&entry);
	return err;
}

static enum cs_err
add_state(
    struct cs_buf *list, uint32_t *n, struct cs_hub *hub, struct cs_rows *rows)
{
	struct cs_wire_filing_state s = {
		.number = cs_col_int(rows, 0),
		.what = (uint8_t)cs_col_int(rows, 1),
		.category = (uint8_t)cs_col_int(rows, 2),
		.received_ms = cs_col_int(rows, 3),
		.deadline_ms = cs_col_int(rows, 4),
		.outcome = (uint8_t)cs_col_int(rows, 5),
		.answered_ms = cs_col_int(rows, 6),
		.overdue = cs_col_int(rows, 7) != 0,
		.answer = cs_col_blob(rows, 8),
		.receipt = cs_col_blob(rows, 9),
		.registrar_cert = cs_col_blob(rows, 10),
	};
	struct cs_receipt receipt = {
		.number = s.number,
		.what = s.what,
		.category = s.category,
		.about = cs_col_int(rows, 12),
		.received_ms = s.received_ms,
		.deadline_ms =
		    cs_filing_deadline(s.what, s.category, s.received_ms),
	};
	struct cs_filing_answered answered = {
		.number = s.number,
		.outcome = s.outcome,
		.answered_ms = s.answered_ms,
		.until_ms = s.outcome == CS_FILING_NEEDS_MORE
		    ? cs_col_int(rows, 13)
		    : 0,
	};
	enum cs_err err = CS_OK;

	cs_col_copy(rows, 11, receipt.commitment, sizeof receipt.commitment);
	if (s.answer.len != 0)
		err = cs_filing_answer_commit(answered.commitment, s.answer);
	if (err == CS_OK)
		err = find_entries(&s, hub, &receipt, &answered);
	return err ? err
		   : cs_wire_list_add(list, n, &cs_wire_filing_state_shape, &s);
}

enum cs_err
hub_filing_state(struct hub_request *rq)
{
	struct cs_wire_filing_states answer = { 0 };
	struct cs_wire_filing_state_get m;
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	if ((err = cs_wire_parse(
		 &m, &cs_wire_filing_state_get_shape, rq->body)) ||
	    (err = hub_spend(rq, HUB_B_FILING_TRIES, 0)))
		return err;
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT number,what,category,received,deadline,outcome,"
	    "MAX(answered,asked),late,answer,receipt,registrar_cert,commitment,"
	    "about,until"
	    " FROM filing WHERE (number=? OR (about<>0 AND about=?))"
	    " AND secret=? ORDER BY number LIMIT ?",
	    cs_int(m.number), cs_int(m.number),
	    cs_blob(CS_VIEW_OF(m.secret_hash)),
	    cs_int(CS_WIRE_FILING_ANSWERS_MAX));
	while (err == CS_OK && cs_rows_next(&rows))
		err = add_state(&list, &answer.filings.n, rq->hub, &rows);
	err = cs_rows_end(&rows, err);
	answer.filings.raw = cs_buf_view(&list);
	if (err == CS_OK && answer.filings.n == 0 &&
	    (err = hub_spend(rq, HUB_B_FILING_TRIES, 1)) == CS_OK)
		err = hub_refuse(rq, CS_WIRE_E_FILING);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_filing_states_shape, &answer);
	cs_buf_free(&list);
	return err;
}

/* ---- what everybody is told ---------------------------------------------- */

enum cs_err
hub_filings_open(struct hub_request *rq)
{
	struct cs_wire_filings_overdue answer = { 0 };
	struct cs_wire_filings_get m;
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_filings_get_shape, rq->body)))
		return err;
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT f.number,what,category,overdue,"
	    "CASE WHEN flags&? THEN COALESCE(o.name,x'') ELSE x'' END"
	    " FROM filing AS f LEFT JOIN organisation AS o"
	    " ON o.key=f.organisation WHERE overdue IS NOT NULL"
	    " AND (overdue,f.number)>(COALESCE((SELECT overdue FROM filing"
	    " WHERE number=?),0),?) ORDER BY overdue,f.number LIMIT ?",
	    cs_int(CS_FILING_NAME_SHOWN), cs_int(m.after), cs_int(m.after),
	    cs_int(CS_WIRE_FILINGS_MAX));
	while (err == CS_OK && cs_rows_next(&rows)) {
		const struct cs_wire_filing_overdue item = {
			.number = cs_col_int(&rows, 0),
			.what = (uint8_t)cs_col_int(&rows, 1),
			.category = (uint8_t)cs_col_int(&rows, 2),
			.deadline_ms = cs_col_int(&rows, 3),
			.organisation = cs_col_blob(&rows, 4),
		};

		err = cs_wire_list_add(&list, &answer.filings.n,
		    &cs_wire_filing_overdue_shape, &item);
	}
	err = cs_rows_end(&rows, err);
	answer.filings.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_filings_overdue_shape, &answer);
	cs_buf_free(&list);
	return err;
}
