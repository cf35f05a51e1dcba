/* SPDX-License-Identifier: MIT */
#include "hub/filings/filing.h"

#include <string.h>

#include "content/filing_body.h"
#include "franking/filing_entry.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/refusal.h"
#include "hub/core/sign.h"
#include "hub/core/tlog.h"
#include "hub/filings/month.h"
#include "hub/filings/organisation.h"
#include "wire/filings.h"

/* ---- pieces -------------------------------------------------------------- */

enum cs_err
hub_filing_piece(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_filing_piece m;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_filing_piece_shape, rq->body)))
		return err;
	if (m.n >= CS_WIRE_FILING_PIECES_MAX || m.bytes.len == 0 ||
	    cs_view_is_zero(CS_VIEW_OF(m.id)))
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	if ((err = hub_spend(rq, HUB_B_FILING_BYTES_ADDRESS, m.bytes.len)) ||
	    (err = hub_spend(rq, HUB_B_FILING_BYTES, m.bytes.len)))
		return err;
	/* Sent again, it is what it was; of a filing that is there nothing
	 * changes. */
	err = cs_db_exec(rq->hub->db,
	    "INSERT INTO filing_piece(id,n,at,bytes) VALUES(?,?,?,?)"
	    " ON CONFLICT(id,n) DO NOTHING",
	    cs_blob(CS_VIEW_OF(m.id)), cs_int(m.n), cs_int(rq->hub->now_ms),
	    cs_blob(m.bytes));
	return err ? err : hub_answer(rq, &cs_wire_empty_shape, &answer);
}

enum cs_err
hub_filing_pieces_sweep(int64_t *n, struct cs_hub *hub)
{
	enum cs_err err = cs_db_exec(hub->db,
	    "DELETE FROM filing_piece WHERE (id,n) IN (SELECT id,n"
	    " FROM filing_piece WHERE number IS NULL AND at<? LIMIT ?)",
	    cs_int(hub->now_ms - HUB_FILING_PIECES_MS), cs_int(HUB_SWEEP_ROWS));

	*n = cs_db_changes(hub->db);
	return err;
}

/* All that were announced, and no more; how long they are together. */
static enum cs_err
check_pieces(
    struct hub_request *rq, const struct cs_wire_filing *m, uint64_t *bytes)
{
	struct cs_rows row;
	uint64_t n = 0, last = 0;
	enum cs_err err = cs_db_row(&row, rq->hub->db,
	    "SELECT COUNT(*),COALESCE(MAX(n),0),COALESCE(SUM(LENGTH(bytes)),0)"
	    " FROM filing_piece WHERE id=? AND number IS NULL",
	    cs_blob(CS_VIEW_OF(m->id)));

	*bytes = 0;
	if (err == CS_OK) {
		n = cs_col_int(&row, 0);
		last = cs_col_int(&row, 1);
		*bytes = cs_col_int(&row, 2);
	}
	if ((err = cs_rows_end(&row, err)))
		return err;
	if (m->pieces == 0 || n != m->pieces || last + 1 != n)
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	return *bytes > CS_FILING_SEALED_MAX
	    ? hub_refuse(rq, CS_WIRE_E_TOO_LARGE)
	    : CS_OK;
}

/* ---- may it be filed? ---------------------------------------------------- */

static enum cs_err
check_words(struct hub_request *rq, const struct cs_wire_filing *m)
{
	const uint8_t flags =
	    CS_FILING_GOOD_FAITH | CS_FILING_CHILD | CS_FILING_NAME_SHOWN;
	bool by_key = !cs_view_is_zero(CS_VIEW_OF(m->organisation));
	bool about = m->what == CS_FILING_MORE || m->what == CS_FILING_APPEAL;

	if (cs_filing_what_name(m->what) == NULL ||
	    cs_filing_term(m->category) == NULL || (m->flags & ~flags) != 0 ||
	    m->worked > 1 || (m->about != 0) != about ||
	    cs_view_is_zero(CS_VIEW_OF(m->id)))
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	/* Hashes of photos are taken from those who answer for whose they
	 * are. */
	if (m->what == CS_FILING_PHOTOS && !by_key)
		return hub_refuse(rq, CS_WIRE_E_ORGANISATION);
	if ((m->flags & CS_FILING_NAME_SHOWN) != 0 && !by_key)
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	return CS_OK;
}

/* More is said about a notice that is not answered; an appeal is made against
 * an answer, once: each by who has the secret. */
static enum cs_err
check_about(struct hub_request *rq, const struct cs_wire_filing *m)
{
	uint64_t what = 0, outcome = 0, appeals, n;
	bool ours = false;
	struct cs_rows row;
	enum cs_err err;

	if (m->about == 0)
		return CS_OK;
	err = cs_db_row(&row, rq->hub->db,
	    "SELECT what,outcome,secret=?,category=? FROM filing"
	    " WHERE number=?",
	    cs_blob(CS_VIEW_OF(m->secret_hash)), cs_int(m->category),
	    cs_int(m->about));
	if (err == CS_OK) {
		what = cs_col_int(&row, 0);
		outcome = cs_col_int(&row, 1);
		ours = cs_col_int(&row, 2) != 0 && cs_col_int(&row, 3) != 0;
	}
	err = cs_rows_end(&row, err);
	if (err == CS_ERR_NOT_FOUND || (err == CS_OK && !ours)) {
		err = hub_spend(rq, HUB_B_FILING_TRIES, 1);
		return err ? err : hub_refuse(rq, CS_WIRE_E_FILING);
	}
	if (err ||
	    (err = cs_db_get_int(&n, rq->hub->db,
		 "SELECT COUNT(*) FROM filing WHERE about=?",
		 cs_int(m->about))) ||
	    (err = cs_db_get_int(&appeals, rq->hub->db,
		 "SELECT COUNT(*) FROM filing WHERE about=? AND what=?",
		 cs_int(m->about), cs_int(CS_FILING_APPEAL))))
		return err;
	if (what != CS_FILING_NOTICE || n >= HUB_FILING_ABOUT_MAX)
		return hub_refuse(rq, CS_WIRE_E_FILING_OVER);
	if (m->what == CS_FILING_MORE)
		return outcome == 0 || outcome == CS_FILING_NEEDS_MORE
		    ? CS_OK
		    : hub_refuse(rq, CS_WIRE_E_FILING_OVER);
	return outcome != 0 && outcome != CS_FILING_NEEDS_MORE && appeals == 0
	    ? CS_OK
	    : hub_refuse(rq, CS_WIRE_E_FILING_OVER);
}

/* An organisation signs; who does not has few, or works for more. */
static enum cs_err
check_who(struct hub_request *rq, const struct cs_wire_filing *m)
{
	struct cs_filing_signed f = {
		.hub = cs_view_str(rq->hub->name),
		.what = m->what,
		.category = m->category,
		.about = m->about,
	};
	enum cs_err err;

	if (cs_view_is_zero(CS_VIEW_OF(m->organisation))) {
		/* What is about a notice was paid for with it. */
		if (m->about != 0)
			return CS_OK;
		if (m->worked != 0)
			return cs_filing_work_done(m->commitment, m->nonce)
			    ? hub_spend(rq, HUB_B_FILINGS_WORKED, 1)
			    : hub_refuse(rq, CS_WIRE_E_MALFORMED);
		if ((err = hub_spend(rq, HUB_B_FILINGS_ADDRESS, 1)))
			return err;
		return hub_spend(rq, HUB_B_FILINGS_FREE, 1);
	}
	memcpy(f.commitment, m->commitment, sizeof f.commitment);
	if ((err = hub_organisation_check(rq, m->organisation)))
		return err;
	if (cs_filing_sign_check(&f, m->signature, m->organisation) != CS_OK)
		return hub_refuse(rq, CS_WIRE_E_ORGANISATION);
	return hub_spend_of(
	    rq, HUB_B_FILINGS_ORGANISATION, CS_VIEW_OF(m->organisation), 1);
}

/* ---- taking it in -------------------------------------------------------- */

static enum cs_err
answer_receipt(
    struct hub_request *rq, struct cs_view receipt, struct cs_view cert)
{
	const struct cs_wire_receipt answer = { receipt, cert };

	return hub_answer(rq, &cs_wire_receipt_shape, &answer);
}

/* Sent again after a broken connection: the first one counts. */
static enum cs_err
sent_before(
    struct hub_request *rq, const struct cs_wire_filing *m, bool *before)
{
	struct cs_rows row;
	enum cs_err err = cs_db_row(&row, rq->hub->db,
	    "SELECT commitment=? AND secret=?,receipt,registrar_cert"
	    " FROM filing WHERE id=?",
	    cs_blob(CS_VIEW_OF(m->commitment)),
	    cs_blob(CS_VIEW_OF(m->secret_hash)), cs_blob(CS_VIEW_OF(m->id)));

	*before = err == CS_OK;
	if (err == CS_OK)
		err = cs_col_int(&row, 0) != 0
		    ? answer_receipt(
			  rq, cs_col_blob(&row, 1), cs_col_blob(&row, 2))
		    : hub_refuse(rq, CS_WIRE_E_REPEATED);
	err = cs_rows_end(&row, err);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static enum cs_err
next_number(uint64_t *n, struct cs_hub *hub)
{
	enum cs_err err = cs_db_get_int(
	    n, hub->db, "SELECT seq FROM sqlite_sequence WHERE name='filing'");

	if (err == CS_ERR_NOT_FOUND) {
		*n = 0;
		err = CS_OK;
	}
	(*n)++;
	return err;
}

static enum cs_err
store(struct cs_hub *hub, const struct cs_wire_filing *m,
    const struct cs_receipt *receipt, struct cs_view signed_receipt,
    uint64_t bytes)
{
	struct cs_view by = CS_VIEW_OF(m->organisation);
	struct cs_view channel = CS_VIEW_OF(m->channel);
	struct cs_arg due = receipt->deadline_ms != 0
	    ? cs_int(receipt->deadline_ms)
	    : cs_null();
	enum cs_err err = cs_db_exec(hub->db,
	    "INSERT INTO filing(number,id,what,category,flags,about,received,"
	    "deadline,due,commitment,secret,organisation,signature,receipt,"
	    "registrar_cert,pieces,bytes,channel,post)"
	    " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	    cs_int(receipt->number), cs_blob(CS_VIEW_OF(m->id)),
	    cs_int(m->what), cs_int(m->category), cs_int(m->flags),
	    cs_int(m->about), cs_int(receipt->received_ms),
	    cs_int(receipt->deadline_ms), due,
	    cs_blob(CS_VIEW_OF(m->commitment)),
	    cs_blob(CS_VIEW_OF(m->secret_hash)),
	    cs_view_is_zero(by) ? cs_null() : cs_blob(by),
	    cs_view_is_zero(by) ? cs_null() : cs_blob(CS_VIEW_OF(m->signature)),
	    cs_blob(signed_receipt), cs_blob(cs_buf_view(&hub->registrar_cert)),
	    cs_int(m->pieces), cs_int(bytes),
	    cs_view_is_zero(channel) ? cs_null() : cs_blob(channel),
	    cs_view_is_zero(channel) ? cs_null() : cs_int(m->post));

	return err
	    ? err
	    : cs_db_exec(hub->db, "UPDATE filing_piece SET number=? WHERE id=?",
		  cs_int(receipt->number), cs_blob(CS_VIEW_OF(m->id)));
}

/* Number it, sign, store, and let the log say so. */
static enum cs_err
take_in(struct hub_request *rq, const struct cs_wire_filing *m, uint64_t bytes)
{
	struct cs_hub *hub = rq->hub;
	struct cs_receipt receipt = {
		.what = m->what,
		.category = m->category,
		.about = m->about,
		.received_ms = hub->now_ms,
		.deadline_ms =
		    cs_filing_deadline(m->what, m->category, hub->now_ms),
		.hub = cs_view_str(hub->name),
	};
	const struct hub_filing_kind kind = { hub->now_ms, m->what,
		m->category };
	struct cs_buf signed_receipt = { 0 }, entry = { 0 };
	enum cs_err err;

	memcpy(receipt.commitment, m->commitment, sizeof receipt.commitment);
	if ((err = next_number(&receipt.number, hub)) ||
	    (err = hub_sign_receipt(&signed_receipt, hub, &receipt)))
		goto out;
	if (signed_receipt.len == 0) {
		err = hub_refuse(rq, CS_WIRE_E_UNAVAILABLE);
		goto out;
	}
	if ((err = store(
		 hub, m, &receipt, cs_buf_view(&signed_receipt), bytes)) ||
	    (err = hub_filing_count(hub, &kind, HUB_FILING_FILED)) ||
	    (err = cs_filing_entry_write(&entry, &receipt)) ||
	    (err = hub_tlog_add_entry(hub, cs_buf_view(&entry))))
		goto out;
	err = answer_receipt(rq, cs_buf_view(&signed_receipt),
	    cs_buf_view(&hub->registrar_cert));
out:
	cs_buf_free(&signed_receipt);
	cs_buf_free(&entry);
	return err;
}

enum cs_err
hub_filing(struct hub_request *rq)
{
	const struct cs_wire_push push = { .kind = CS_WIRE_PUSH_FILING };
	struct cs_wire_filing m;
	uint64_t bytes;
	bool before;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_filing_shape, rq->body)) ||
	    (err = check_words(rq, &m)) ||
	    (err = sent_before(rq, &m, &before)) || before)
		return err;
	/* Nobody would answer; and nobody would see the deadline pass. */
	if (!rq->hub->have_desk || !hub_tlog_fits(rq->hub))
		return hub_refuse(rq, CS_WIRE_E_UNAVAILABLE);
	if ((err = check_about(rq, &m)) ||
	    (err = check_pieces(rq, &m, &bytes)) || (err = check_who(rq, &m)) ||
	    (err = take_in(rq, &m, bytes)))
		return err;
	hub_push_desk(rq->hub, &push);
	return CS_OK;
}
