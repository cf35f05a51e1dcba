/* SPDX-License-Identifier: MIT */
#include "hub/filings/answer.h"

#include <string.h>

#include "franking/filing_entry.h"
#include "hub/core/batch.h"
#include "hub/core/refusal.h"
#include "hub/core/tlog.h"
#include "hub/filings/due.h"
#include "hub/filings/month.h"
#include "hub/filings/organisation.h"
#include "wire/filings.h"

/* ---- what it fetches ----------------------------------------------------- */

static enum cs_err
add_filing(
    struct cs_buf *list, uint32_t *n, struct cs_hub *hub, struct cs_rows *rows)
{
	struct cs_wire_desk_filing item = {
		.number = cs_col_int(rows, 0),
		.what = (uint8_t)cs_col_int(rows, 1),
		.category = (uint8_t)cs_col_int(rows, 2),
		.flags = (uint8_t)cs_col_int(rows, 3),
		.about = cs_col_int(rows, 4),
		.received_ms = cs_col_int(rows, 5),
		.deadline_ms = cs_col_int(rows, 6),
		.pieces = (uint32_t)cs_col_int(rows, 9),
		.bytes = (uint32_t)cs_col_int(rows, 10),
	};
	struct hub_organisation by = { 0 };
	enum cs_err err = CS_OK;

	cs_col_copy(rows, 7, item.commitment, sizeof item.commitment);
	if (!cs_col_null(rows, 8)) {
		cs_col_copy(rows, 8, item.organisation, CS_KEY_LEN);
		cs_col_copy(rows, 11, item.signature, CS_SIGNATURE_LEN);
		err = hub_organisation_find(&by, hub->db, item.organisation);
		if (err == CS_ERR_NOT_FOUND)
			err = CS_OK;
		item.name = cs_view_str(by.name);
		item.scope = cs_view_str(by.scope);
		item.trusted = by.trusted;
	}
	return err
	    ? err
	    : cs_wire_list_add(list, n, &cs_wire_desk_filing_shape, &item);
}

enum cs_err
hub_desk_filings(struct hub_request *rq)
{
	struct cs_wire_desk_filings answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT number,what,category,flags,about,received,deadline,"
	    "commitment,organisation,pieces,bytes,signature FROM filing"
	    " WHERE taken=0"
	    " ORDER BY number LIMIT ?",
	    cs_int(HUB_ANSWER_ROWS));
	while (err == CS_OK && cs_rows_next(&rows))
		err = add_filing(&list, &answer.filings.n, rq->hub, &rows);
	err = cs_rows_end(&rows, err);
	answer.filings.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_desk_filings_shape, &answer);
	cs_buf_free(&list);
	return err;
}

enum cs_err
hub_desk_filing_piece(struct hub_request *rq)
{
	struct cs_wire_desk_filing_piece m;
	struct cs_wire_filing_bytes answer;
	struct cs_rows row;
	enum cs_err err;

	if ((err = cs_wire_parse(
		 &m, &cs_wire_desk_filing_piece_shape, rq->body)))
		return err;
	err = cs_db_row(&row, rq->hub->db,
	    "SELECT bytes FROM filing_piece WHERE number=? AND n=?",
	    cs_int(m.number), cs_int(m.n));
	if (err == CS_OK) {
		answer.bytes = cs_col_blob(&row, 0);
		err = hub_answer(rq, &cs_wire_filing_bytes_shape, &answer);
	}
	err = cs_rows_end(&row, err);
	return err == CS_ERR_NOT_FOUND ? hub_refuse(rq, CS_WIRE_E_FILING) : err;
}

enum cs_err
hub_desk_filing_taken(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_desk_filing_taken m;
	enum cs_err err;

	if ((err = cs_wire_parse(
		 &m, &cs_wire_desk_filing_taken_shape, rq->body)) ||
	    (err = cs_db_exec(rq->hub->db,
		 "UPDATE filing SET taken=? WHERE number=?", cs_int(true),
		 cs_int(m.number))))
		return err;
	if (cs_db_changes(rq->hub->db) == 0)
		return hub_refuse(rq, CS_WIRE_E_FILING);
	if ((err = cs_db_exec(rq->hub->db,
		 "DELETE FROM filing_piece WHERE number=?", cs_int(m.number))))
		return err;
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

/* ---- what it answers ----------------------------------------------------- */

/* What there is to be answered. */
struct owed {
	struct hub_filing_kind kind;
	uint64_t deadline_ms;
	uint8_t outcome;
	bool moved, late, same;
};

static enum cs_err
find(struct owed *out, struct cs_hub *hub, uint64_t number,
    struct cs_view answer)
{
	struct cs_rows row;
	enum cs_err err = cs_db_row(&row, hub->db,
	    "SELECT received,what,category,deadline,outcome,moved,late,"
	    "answer=? FROM filing WHERE number=?",
	    cs_blob(answer), cs_int(number));

	memset(out, 0, sizeof *out);
	if (err == CS_OK)
		*out = (struct owed){
			.kind = { cs_col_int(&row, 0),
			    (uint8_t)cs_col_int(&row, 1),
			    (uint8_t)cs_col_int(&row, 2) },
			.deadline_ms = cs_col_int(&row, 3),
			.outcome = (uint8_t)cs_col_int(&row, 4),
			.moved = cs_col_int(&row, 5) != 0,
			.late = cs_col_int(&row, 6) != 0,
			.same = cs_col_int(&row, 7) != 0,
		};
	return cs_rows_end(&row, err);
}

/* "Needs more" is said once, and is no answer. */
static bool
may_be_answered(const struct owed *o, uint8_t outcome)
{
	bool open = o->outcome == 0 || o->outcome == CS_FILING_NEEDS_MORE;

	return open && cs_filing_outcome_fits(o->kind.what, outcome) &&
	    (outcome != CS_FILING_NEEDS_MORE || !o->moved);
}

/* A deadline that has passed stays what it was. */
static uint64_t
moved_to(const struct cs_hub *hub, const struct owed *o)
{
	uint64_t until = hub->now_ms + CS_FILING_MORE_DAYS * CS_DAY_MS;

	return o->late || until < o->deadline_ms ? o->deadline_ms : until;
}

static enum cs_err
store(struct cs_hub *hub, const struct cs_filing_answered *a,
    struct cs_view answer)
{
	if (a->outcome == CS_FILING_NEEDS_MORE)
		return cs_db_exec(hub->db,
		    "UPDATE filing SET outcome=?,asked=?,answer=?,moved=?,"
		    "until=?,deadline=?,due=CASE WHEN due IS NULL THEN NULL"
		    " ELSE ? END WHERE number=?",
		    cs_int(a->outcome), cs_int(a->answered_ms), cs_blob(answer),
		    cs_int(true), cs_int(a->until_ms), cs_int(a->until_ms),
		    cs_int(a->until_ms), cs_int(a->number));
	return cs_db_exec(hub->db,
	    "UPDATE filing SET outcome=?,answered=?,answer=?,due=NULL,"
	    "overdue=NULL"
	    " WHERE number=?",
	    cs_int(a->outcome), cs_int(a->answered_ms), cs_blob(answer),
	    cs_int(a->number));
}

static enum cs_err
apply(struct cs_hub *hub, const struct cs_filing_answer *a,
    const struct owed *o, struct cs_view answer)
{
	/* The hub's time: the desk's would say that it was not late. */
	struct cs_filing_answered entry = {
		.number = a->number,
		.outcome = a->outcome,
		.answered_ms = hub->now_ms,
		.until_ms =
		    a->outcome == CS_FILING_NEEDS_MORE ? moved_to(hub, o) : 0,
	};
	struct cs_buf bytes = { 0 };
	enum cs_err err;

	if ((err = cs_filing_answer_commit(entry.commitment, answer)) ==
		CS_OK &&
	    (err = store(hub, &entry, answer)) == CS_OK &&
	    (a->outcome == CS_FILING_NEEDS_MORE ||
		(err = hub_filing_count(hub, &o->kind, a->outcome)) == CS_OK) &&
	    (err = cs_filing_answered_write(&bytes, &entry)) == CS_OK)
		err = hub_tlog_add_entry(hub, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	return err;
}

enum cs_err
hub_desk_filing_answer(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_desk_filing_answer m;
	struct cs_filing_answer a;
	struct owed o;
	enum cs_err err;

	if ((err = cs_wire_parse(
		 &m, &cs_wire_desk_filing_answer_shape, rq->body)))
		return err;
	if (cs_filing_answer_verify(&a, m.answer, rq->hub->desk_sign_public) !=
		CS_OK ||
	    !cs_view_equal(a.hub, cs_view_str(rq->hub->name)))
		return hub_refuse(rq, CS_WIRE_E_ACTION);
	/* What is late is late before it is answered. */
	if ((err = hub_filing_due(rq->hub, a.number)))
		return err;
	err = find(&o, rq->hub, a.number, m.answer);
	if (err == CS_ERR_NOT_FOUND)
		return hub_refuse(rq, CS_WIRE_E_FILING);
	if (err == CS_OK && !o.same) {
		if (!may_be_answered(&o, a.outcome))
			return hub_refuse(rq, CS_WIRE_E_FILING_OVER);
		err = apply(rq->hub, &a, &o, m.answer);
	}
	return err ? err : hub_answer(rq, &cs_wire_empty_shape, &answer);
}
