/* SPDX-License-Identifier: MIT */
/* What is filed from outside: taken in, counted, overdue, answered. */
#include "hub/filings/filing.h"

#include <sys/socket.h>

#include "content/filing_body.h"
#include "crypto/init.h"
#include "franking/filing_entry.h"
#include "hub/core/batch.h"
#include "hub/core/tlog.h"
#include "hub/filings/answer.h"
#include "hub/filings/due.h"
#include "hub/filings/month.h"
#include "hub/filings/state.h"
#include "hub/organisation_admin.h"
#include "support/desk_world.h"
#include "wire/filings.h"

struct world {
	struct hub_world w;
	struct cs_hub *hub;
	struct hub_conn visitor;
	struct dw_desk desk;
	struct cs_channel *log; /* the other end */
	struct cs_sign_key key; /* of an organisation */
};

static void
world_init(struct world *t)
{
	const struct cs_channel_limits limits = { CS_MIB, 4 * CS_MIB };
	int pair[2];

	memset(t, 0, sizeof *t);
	hw_init(&t->w);
	t->hub = t->w.hub;
	t->visitor.hub = t->hub;
	t->visitor.role = HUB_AT_SITE;
	dw_init(&t->desk, &t->w);
	assert_ok(cs_sign_key_new(&t->key));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_ok(cs_channel_new(&t->hub->tlog.process, pair[0], &limits));
	assert_ok(cs_channel_new(&t->log, pair[1], &limits));
	t->hub->tlog.linked = true;
	assert_ok(hub_tlog_told(t->hub, 0));
	assert_true(hub_batch_end(t->hub));
}

static void
world_clear(struct world *t)
{
	cs_channel_free(t->log);
	cs_channel_free(t->hub->tlog.process);
	t->hub->tlog.process = NULL;
	hw_clear(&t->w);
}

/* As the database's process does it. */
static void
end_turn(struct world *t)
{
	t->hub->now_ms += HUB_TURN_MS;
	assert_ok(hub_filings_turn(t->hub));
	assert_ok(hub_tlog_turn(t->hub));
	assert_true(hub_batch_end(t->hub));
}

static uint64_t
count(struct world *t, const char *sql)
{
	uint64_t n = 0;

	assert_ok(cs_db_get_int_args(&n, t->hub->db, sql, NULL, 0));
	return n;
}

static struct cs_wire_filing
a_notice(uint8_t category)
{
	struct cs_wire_filing m = { .pieces = 2,
		.what = CS_FILING_NOTICE,
		.category = category,
		.flags = CS_FILING_GOOD_FAITH,
		.secret_hash = { 5 } };

	cs_random(m.id, sizeof m.id);
	cs_random(m.commitment, sizeof m.commitment);
	return m;
}

static uint16_t
send_piece(struct world *t, const struct cs_wire_filing *f, uint32_t n)
{
	struct cs_wire_filing_piece m = { .n = n,
		.bytes = cs_view_str("sealed") };

	memcpy(m.id, f->id, sizeof m.id);
	return hw_ask(&t->w, &t->visitor, hub_filing_piece,
	    &cs_wire_filing_piece_shape, &m, NULL, NULL);
}

/* The code, or 0 and ${*number}. */
static uint16_t
submit(struct world *t, const struct cs_wire_filing *m, uint64_t *number)
{
	struct cs_wire_receipt answer;
	struct cs_receipt receipt;
	uint16_t code = hw_ask(&t->w, &t->visitor, hub_filing,
	    &cs_wire_filing_shape, m, &cs_wire_receipt_shape, &answer);

	*number = 0;
	if (code != 0)
		return code;
	assert_ok(cs_receipt_verify(&receipt, answer.receipt,
	    answer.registrar_cert, t->hub->root_public));
	assert_memory_equal(receipt.commitment, m->commitment, CS_HASH_LEN);
	*number = receipt.number;
	return 0;
}

static uint16_t
file(struct world *t, const struct cs_wire_filing *m, uint64_t *number)
{
	for (uint32_t i = 0; i < m->pieces; i++)
		assert_int_equal(send_piece(t, m, i), 0);
	return submit(t, m, number);
}

static uint16_t
answer(struct world *t, uint64_t number, uint8_t outcome,
    const struct cs_sign_key *key)
{
	const struct cs_filing_answer a = { .number = number,
		.outcome = outcome,
		.answered_ms = 1,
		.hub = cs_view_str(t->hub->name),
		.text = cs_view_str("sealed") };
	struct cs_wire_desk_filing_answer m;
	struct cs_buf bytes = { 0 };
	uint16_t code;

	assert_ok(cs_filing_answer_make(&bytes, &a, key));
	m.answer = cs_buf_view(&bytes);
	code = hw_ask(&t->w, &t->desk.conn, hub_desk_filing_answer,
	    &cs_wire_desk_filing_answer_shape, &m, NULL, NULL);
	cs_buf_free(&bytes);
	return code;
}

static uint32_t
overdue(struct world *t)
{
	const struct cs_wire_filings_get m = { 0 };
	struct cs_wire_filings_overdue list;

	assert_int_equal(hw_ask(&t->w, &t->visitor, hub_filings_open,
			     &cs_wire_filings_get_shape, &m,
			     &cs_wire_filings_overdue_shape, &list),
	    0);
	return list.filings.n;
}

/* Entries of ${kind} that wait to get into the log. */
static uint64_t
queued(struct world *t, uint8_t kind)
{
	const uint8_t head[] = { 1, kind };
	uint64_t n = 0;

	assert_ok(cs_db_get_int(&n, t->hub->db,
	    "SELECT COUNT(*) FROM tlog_queue WHERE substr(entry,1,2)=?",
	    cs_blob(CS_VIEW_OF(head))));
	return n;
}

/* ---- taking in ----------------------------------------------------------- */

static void
test_filed(void **state)
{
	struct world t;
	struct cs_wire_filing m = a_notice(CS_FILING_DANGER), other;
	uint64_t number, again;

	(void)state;
	world_init(&t);
	assert_int_equal(file(&t, &m, &number), 0);
	assert_int_equal(number, 1);
	assert_int_equal(queued(&t, CS_TLOG_NOTICE), 1);
	/* Sent again, it is the same; something else under its id is not. */
	assert_int_equal(submit(&t, &m, &again), 0);
	assert_int_equal(again, number);
	assert_int_equal(count(&t, "SELECT COUNT(*) FROM filing"), 1);
	other = m;
	other.commitment[0] ^= 1;
	assert_int_equal(submit(&t, &other, &again), CS_WIRE_E_REPEATED);
	m = a_notice(CS_FILING_FRAUD);
	assert_int_equal(file(&t, &m, &number), 0);
	assert_int_equal(number, 2);
	world_clear(&t);
}

static void
test_refused(void **state)
{
	struct world t;
	struct cs_wire_filing m;
	uint64_t number;

	(void)state;
	world_init(&t);
#define REFUSED(change, code)                                                  \
	do {                                                                   \
		m = a_notice(CS_FILING_FRAUD);                                 \
		change;                                                        \
		assert_int_equal(file(&t, &m, &number), code);                 \
	} while (0)
	REFUSED(m.what = 0, CS_WIRE_E_MALFORMED);
	REFUSED(m.what = 9, CS_WIRE_E_MALFORMED);
	REFUSED(m.category = 0, CS_WIRE_E_MALFORMED);
	REFUSED(m.flags = 0x80, CS_WIRE_E_MALFORMED);
	REFUSED(m.worked = 2, CS_WIRE_E_MALFORMED);
	REFUSED(m.worked = 1, CS_WIRE_E_MALFORMED);
	REFUSED(m.about = 1, CS_WIRE_E_MALFORMED);
	REFUSED(m.pieces = 0, CS_WIRE_E_MALFORMED);
	REFUSED(m.flags |= CS_FILING_NAME_SHOWN, CS_WIRE_E_MALFORMED);
	REFUSED(m.what = CS_FILING_MORE, CS_WIRE_E_MALFORMED);
	REFUSED((m.what = CS_FILING_MORE, m.about = 7), CS_WIRE_E_FILING);
	REFUSED(m.what = CS_FILING_PHOTOS, CS_WIRE_E_ORGANISATION);
	REFUSED(m.organisation[0] = 1, CS_WIRE_E_ORGANISATION);
#undef REFUSED
	/* A piece is missing, or there is one more. */
	m = a_notice(CS_FILING_FRAUD);
	assert_int_equal(send_piece(&t, &m, 1), 0);
	assert_int_equal(submit(&t, &m, &number), CS_WIRE_E_MALFORMED);
	assert_int_equal(send_piece(&t, &m, 0), 0);
	assert_int_equal(send_piece(&t, &m, 2), 0);
	assert_int_equal(submit(&t, &m, &number), CS_WIRE_E_MALFORMED);
	assert_int_equal(
	    send_piece(&t, &m, CS_WIRE_FILING_PIECES_MAX), CS_WIRE_E_MALFORMED);
	assert_int_equal(count(&t, "SELECT COUNT(*) FROM filing"), 0);
	assert_int_equal(queued(&t, CS_TLOG_NOTICE), 0);
	/* Nobody would answer; nobody would see that. */
	t.hub->have_desk = false;
	m = a_notice(CS_FILING_FRAUD);
	assert_int_equal(file(&t, &m, &number), CS_WIRE_E_UNAVAILABLE);
	t.hub->have_desk = true;
	t.hub->tlog.state = HUB_TLOG_SHORT;
	m = a_notice(CS_FILING_FRAUD);
	assert_int_equal(file(&t, &m, &number), CS_WIRE_E_UNAVAILABLE);
	world_clear(&t);
}

/* What nobody claims goes; what is filed stays until the desk has it. */
static void
test_pieces(void **state)
{
	struct world t;
	struct cs_wire_filing m = a_notice(CS_FILING_FRAUD), lost = m;
	struct cs_wire_desk_filings list;
	struct cs_wire_desk_filing f;
	struct cs_wire_filing_bytes bytes;
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_desk_filing_piece piece = { 1, 1 };
	struct cs_wire_desk_filing_taken taken = { 1 };
	struct cs_view rest;
	uint64_t number;
	int64_t n;

	(void)state;
	world_init(&t);
	cs_random(lost.id, sizeof lost.id);
	assert_int_equal(send_piece(&t, &lost, 0), 0);
	assert_int_equal(file(&t, &m, &number), 0);
	t.hub->now_ms += HUB_FILING_PIECES_MS + 1;
	assert_ok(hub_filing_pieces_sweep(&n, t.hub));
	assert_int_equal(n, 1);
	assert_int_equal(
	    hw_ask(&t.w, &t.desk.conn, hub_desk_filings, &cs_wire_empty_shape,
		&empty, &cs_wire_desk_filings_shape, &list),
	    0);
	rest = list.filings.raw;
	assert_true(cs_wire_next(&f, &cs_wire_desk_filing_shape, &rest));
	assert_int_equal(f.pieces, 2);
	assert_int_equal(f.bytes, 12);
	assert_int_equal(hw_ask(&t.w, &t.desk.conn, hub_desk_filing_piece,
			     &cs_wire_desk_filing_piece_shape, &piece,
			     &cs_wire_filing_bytes_shape, &bytes),
	    0);
	assert_true(cs_view_equal(bytes.bytes, cs_view_str("sealed")));
	piece.n = 2;
	assert_int_equal(
	    hw_ask(&t.w, &t.desk.conn, hub_desk_filing_piece,
		&cs_wire_desk_filing_piece_shape, &piece, NULL, NULL),
	    CS_WIRE_E_FILING);
	assert_int_equal(
	    hw_ask(&t.w, &t.desk.conn, hub_desk_filing_taken,
		&cs_wire_desk_filing_taken_shape, &taken, NULL, NULL),
	    0);
	assert_int_equal(count(&t, "SELECT COUNT(*) FROM filing_piece"), 0);
	assert_int_equal(count(&t, "SELECT COUNT(*) FROM filing"), 1);
	taken.number = 2;
	assert_int_equal(
	    hw_ask(&t.w, &t.desk.conn, hub_desk_filing_taken,
		&cs_wire_desk_filing_taken_shape, &taken, NULL, NULL),
	    CS_WIRE_E_FILING);
	world_clear(&t);
}

static void
sign_by(struct world *t, struct cs_wire_filing *m)
{
	struct cs_filing_signed f = { .hub = cs_view_str(t->hub->name),
		.what = m->what,
		.category = m->category,
		.about = m->about };

	memcpy(f.commitment, m->commitment, sizeof f.commitment);
	memcpy(m->organisation, t->key.public, CS_KEY_LEN);
	assert_ok(cs_filing_sign(m->signature, &f, &t->key));
}

static void
test_organisation(void **state)
{
	struct world t;
	struct cs_wire_filing m;
	uint64_t number;

	(void)state;
	world_init(&t);
	m = a_notice(CS_FILING_FRAUD);
	sign_by(&t, &m);
	assert_int_equal(file(&t, &m, &number), CS_WIRE_E_ORGANISATION);
	assert_ok(cs_db_exec(t.hub->db,
	    "INSERT INTO organisation(key,name,scope,trusted,since)"
	    " VALUES(?,'Helpers','',1,1)",
	    cs_blob(CS_VIEW_OF(t.key.public))));
	assert_int_equal(submit(&t, &m, &number), 0);
	/* Signed for something else. */
	m = a_notice(CS_FILING_FRAUD);
	sign_by(&t, &m);
	m.category = CS_FILING_DANGER;
	assert_int_equal(file(&t, &m, &number), CS_WIRE_E_ORGANISATION);
	m = a_notice(CS_FILING_EXPOSURE);
	m.what = CS_FILING_PHOTOS;
	sign_by(&t, &m);
	assert_int_equal(file(&t, &m, &number), 0);
	assert_ok(cs_db_exec(t.hub->db, "UPDATE organisation SET ended=5"));
	m = a_notice(CS_FILING_FRAUD);
	sign_by(&t, &m);
	assert_int_equal(file(&t, &m, &number), CS_WIRE_E_ORGANISATION);
	world_clear(&t);
}

/* The desk gets the signature as it came, and nothing where there was none. */
static void
test_signature_handed_on(void **state)
{
	struct world t;
	struct cs_wire_filing m;
	struct cs_filing_signed s = { .what = CS_FILING_NOTICE,
		.category = CS_FILING_FRAUD };
	struct cs_wire_desk_filings list;
	struct cs_wire_desk_filing f;
	const struct cs_wire_empty empty = { 0 };
	struct cs_view rest;
	uint64_t number;

	(void)state;
	world_init(&t);
	assert_ok(cs_db_exec(t.hub->db,
	    "INSERT INTO organisation(key,name,scope,trusted,since)"
	    " VALUES(?,'Helpers','',1,1)",
	    cs_blob(CS_VIEW_OF(t.key.public))));
	m = a_notice(CS_FILING_FRAUD);
	sign_by(&t, &m);
	assert_int_equal(file(&t, &m, &number), 0);
	memcpy(s.commitment, m.commitment, sizeof s.commitment);
	s.hub = cs_view_str(t.hub->name);
	m = a_notice(CS_FILING_FRAUD);
	memset(m.signature, 7, sizeof m.signature); /* of nobody's key */
	assert_int_equal(file(&t, &m, &number), 0);
	assert_int_equal(
	    hw_ask(&t.w, &t.desk.conn, hub_desk_filings, &cs_wire_empty_shape,
		&empty, &cs_wire_desk_filings_shape, &list),
	    0);
	rest = list.filings.raw;
	assert_true(cs_wire_next(&f, &cs_wire_desk_filing_shape, &rest));
	assert_memory_equal(f.organisation, t.key.public, CS_KEY_LEN);
	assert_ok(cs_filing_sign_check(&s, f.signature, f.organisation));
	assert_true(cs_wire_next(&f, &cs_wire_desk_filing_shape, &rest));
	assert_true(cs_view_is_zero(CS_VIEW_OF(f.organisation)));
	assert_true(cs_view_is_zero(CS_VIEW_OF(f.signature)));
	world_clear(&t);
}

static void
test_bounds(void **state)
{
	struct world t;
	struct cs_wire_filing m;
	uint64_t number;

	(void)state;
	world_init(&t);
	for (int i = 0; i < 20; i++) {
		m = a_notice(CS_FILING_HATE);
		assert_int_equal(file(&t, &m, &number), 0);
	}
	m = a_notice(CS_FILING_HATE);
	assert_int_equal(file(&t, &m, &number), CS_WIRE_E_WORK);
	/* Somebody else, and the same with work. */
	t.visitor.address[0] = 1;
	assert_int_equal(submit(&t, &m, &number), 0);
	t.visitor.address[0] = 0;
	m = a_notice(CS_FILING_HATE);
	m.worked = 1;
	assert_ok(cs_filing_work(&m.nonce, m.commitment));
	assert_int_equal(file(&t, &m, &number), 0);
	t.hub->now_ms += CS_HOUR_MS;
	m = a_notice(CS_FILING_HATE);
	assert_int_equal(file(&t, &m, &number), 0);
	world_clear(&t);
}

/* ---- deadlines and answers ----------------------------------------------- */

static void
test_overdue(void **state)
{
	struct world t;
	struct cs_wire_filing m = a_notice(CS_FILING_DANGER);
	struct cs_sign_key stranger;
	uint64_t number;

	(void)state;
	world_init(&t);
	assert_ok(cs_sign_key_new(&stranger));
	assert_int_equal(file(&t, &m, &number), 0);
	end_turn(&t);
	assert_int_equal(overdue(&t), 0);
	t.hub->now_ms += CS_DAY_MS - 3 * HUB_TURN_MS;
	end_turn(&t);
	assert_int_equal(overdue(&t), 0);
	t.hub->now_ms += 2 * HUB_TURN_MS;
	assert_ok(hub_filings_turn(t.hub));
	assert_int_equal(queued(&t, CS_TLOG_OVERDUE), 1);
	end_turn(&t);
	assert_int_equal(overdue(&t), 1);
	/* It is said once. */
	end_turn(&t);
	assert_int_equal(queued(&t, CS_TLOG_OVERDUE), 0);
	/* None of these ends it. */
	assert_int_equal(
	    answer(&t, number, CS_FILING_NEEDS_MORE, &t.desk.key), 0);
	assert_int_equal(
	    answer(&t, number, CS_FILING_NEEDS_MORE, &t.desk.key), 0);
	assert_int_equal(answer(&t, number, CS_FILING_LISTED, &t.desk.key),
	    CS_WIRE_E_FILING_OVER);
	assert_int_equal(
	    answer(&t, number, CS_FILING_ACTED, &stranger), CS_WIRE_E_ACTION);
	assert_int_equal(
	    answer(&t, 9, CS_FILING_ACTED, &t.desk.key), CS_WIRE_E_FILING);
	assert_int_equal(overdue(&t), 1);
	assert_int_equal(answer(&t, number, CS_FILING_ACTED, &t.desk.key), 0);
	assert_int_equal(overdue(&t), 0);
	/* The same again is the same; another one is none. */
	assert_int_equal(answer(&t, number, CS_FILING_ACTED, &t.desk.key), 0);
	assert_int_equal(answer(&t, number, CS_FILING_REFUSED, &t.desk.key),
	    CS_WIRE_E_FILING_OVER);
	assert_int_equal(count(&t, "SELECT late FROM filing"), 1);
	world_clear(&t);
}

/* Between the deadline and the next turn: it is late before it is answered. */
static void
test_just_late(void **state)
{
	struct world t;
	struct cs_wire_filing m = a_notice(CS_FILING_DANGER);
	uint64_t number;

	(void)state;
	world_init(&t);
	assert_int_equal(file(&t, &m, &number), 0);
	end_turn(&t);
	t.hub->now_ms += CS_DAY_MS;
	assert_int_equal(answer(&t, number, CS_FILING_ACTED, &t.desk.key), 0);
	assert_int_equal(queued(&t, CS_TLOG_OVERDUE), 1);
	assert_int_equal(queued(&t, CS_TLOG_ANSWER), 1);
	assert_int_equal(count(&t, "SELECT late FROM filing"), 1);
	world_clear(&t);
}

static void
test_needs_more(void **state)
{
	struct world t;
	struct cs_wire_filing m = a_notice(CS_FILING_DANGER);
	struct cs_wire_filing more = a_notice(CS_FILING_DANGER);
	uint64_t number, asked_ms;

	(void)state;
	world_init(&t);
	assert_int_equal(file(&t, &m, &number), 0);
	end_turn(&t);
	asked_ms = t.hub->now_ms;
	assert_int_equal(
	    answer(&t, number, CS_FILING_NEEDS_MORE, &t.desk.key), 0);
	assert_int_equal(count(&t, "SELECT deadline FROM filing"),
	    asked_ms + 14 * CS_DAY_MS);
	more.what = CS_FILING_MORE;
	more.about = number;
	more.secret_hash[0] ^= 1;
	assert_int_equal(file(&t, &more, &number), CS_WIRE_E_FILING);
	more.secret_hash[0] ^= 1;
	assert_int_equal(submit(&t, &more, &number), 0);
	t.hub->now_ms += 2 * CS_DAY_MS;
	end_turn(&t);
	assert_int_equal(overdue(&t), 0);
	t.hub->now_ms += 12 * CS_DAY_MS;
	end_turn(&t);
	assert_int_equal(overdue(&t), 1);
	world_clear(&t);
}

static void
test_appeal(void **state)
{
	struct world t;
	struct cs_wire_filing m = a_notice(CS_FILING_FRAUD), appeal = m;
	uint64_t number, its;

	(void)state;
	world_init(&t);
	assert_int_equal(file(&t, &m, &number), 0);
	cs_random(appeal.id, sizeof appeal.id);
	appeal.what = CS_FILING_APPEAL;
	appeal.about = number;
	assert_int_equal(file(&t, &appeal, &its), CS_WIRE_E_FILING_OVER);
	assert_int_equal(answer(&t, number, CS_FILING_REFUSED, &t.desk.key), 0);
	assert_int_equal(submit(&t, &appeal, &its), 0);
	assert_int_equal(answer(&t, its, CS_FILING_NEEDS_MORE, &t.desk.key),
	    CS_WIRE_E_FILING_OVER);
	cs_random(appeal.id, sizeof appeal.id);
	assert_int_equal(file(&t, &appeal, &number), CS_WIRE_E_FILING_OVER);
	t.hub->now_ms += 14 * CS_DAY_MS;
	end_turn(&t);
	assert_int_equal(overdue(&t), 1);
	assert_int_equal(answer(&t, its, CS_FILING_ACTED, &t.desk.key), 0);
	assert_int_equal(overdue(&t), 0);
	world_clear(&t);
}

/* ---- what is told -------------------------------------------------------- */

static void
test_state(void **state)
{
	struct world t;
	struct cs_wire_filing m = a_notice(CS_FILING_FRAUD);
	struct cs_wire_filing_state_get get = { .number = 1,
		.secret_hash = { 5 } };
	struct cs_wire_filing_states list;
	struct cs_wire_filing_state s;
	struct cs_view rest;
	uint64_t number;
	uint16_t code = 0;
	unsigned tries = 0;

	(void)state;
	world_init(&t);
	assert_int_equal(file(&t, &m, &number), 0);
	assert_int_equal(hw_ask(&t.w, &t.visitor, hub_filing_state,
			     &cs_wire_filing_state_get_shape, &get,
			     &cs_wire_filing_states_shape, &list),
	    0);
	rest = list.filings.raw;
	assert_true(cs_wire_next(&s, &cs_wire_filing_state_shape, &rest));
	assert_int_equal(s.entry, 0);
	assert_int_equal(s.outcome, 0);
	end_turn(&t);
	assert_int_equal(answer(&t, 1, CS_FILING_ACTED, &t.desk.key), 0);
	end_turn(&t);
	assert_int_equal(hw_ask(&t.w, &t.visitor, hub_filing_state,
			     &cs_wire_filing_state_get_shape, &get,
			     &cs_wire_filing_states_shape, &list),
	    0);
	rest = list.filings.raw;
	assert_true(cs_wire_next(&s, &cs_wire_filing_state_shape, &rest));
	assert_int_not_equal(s.entry, 0);
	assert_true(s.answer_entry > s.entry);
	assert_int_equal(s.outcome, CS_FILING_ACTED);
	/* Another secret is told nothing, and not for ever. */
	get.secret_hash[0] ^= 1;
	while (tries < 200 && code != CS_WIRE_E_LIMIT) {
		tries++;
		code = hw_ask(&t.w, &t.visitor, hub_filing_state,
		    &cs_wire_filing_state_get_shape, &get, NULL, NULL);
		assert_true(
		    code == CS_WIRE_E_FILING || code == CS_WIRE_E_LIMIT);
	}
	assert_int_equal(tries, 101);
	world_clear(&t);
}

static void
test_months(void **state)
{
	struct world t;
	struct cs_wire_filing m;
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_filing_months list;
	struct cs_wire_filing_month month;
	struct cs_view rest;
	uint64_t number;

	(void)state;
	world_init(&t);
	/* 2026-12-31T23:00Z and the hour after that. */
	t.hub->now_ms = (uint64_t)1798758000000;
	m = a_notice(CS_FILING_DANGER);
	assert_int_equal(file(&t, &m, &number), 0);
	t.hub->now_ms += CS_HOUR_MS;
	m = a_notice(CS_FILING_DANGER);
	assert_int_equal(file(&t, &m, &number), 0);
	assert_int_equal(
	    answer(&t, number, CS_FILING_NOT_OURS, &t.desk.key), 0);
	t.hub->now_ms += CS_DAY_MS;
	end_turn(&t);
	assert_int_equal(
	    hw_ask(&t.w, &t.visitor, hub_filings_months, &cs_wire_empty_shape,
		&empty, &cs_wire_filing_months_shape, &list),
	    0);
	assert_int_equal(list.months.n, 2);
	rest = list.months.raw;
	assert_true(cs_wire_next(&month, &cs_wire_filing_month_shape, &rest));
	assert_int_equal(month.year, 2026);
	assert_int_equal(month.month, 12);
	assert_int_equal(month.filed, 1);
	assert_int_equal(month.late, 1);
	assert_int_equal(month.waiting, 1);
	assert_true(cs_wire_next(&month, &cs_wire_filing_month_shape, &rest));
	assert_int_equal(month.year, 2027);
	assert_int_equal(month.month, 1);
	assert_int_equal(month.not_ours, 1);
	assert_int_equal(month.waiting, 0);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filed),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_organisation),
		cmocka_unit_test(test_signature_handed_on),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_overdue),
		cmocka_unit_test(test_just_late),
		cmocka_unit_test(test_needs_more),
		cmocka_unit_test(test_appeal),
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_months),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
