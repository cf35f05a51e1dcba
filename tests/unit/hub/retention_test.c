/* SPDX-License-Identifier: MIT */
/* What is kept goes when its time is over, and nothing else does. */
#include "hub/retention.h"

#include "hub/core/push.h"

#include "crypto/hash.h"
#include "crypto/init.h"
#include "hub/accounts/account.h"
#include "support/hub_world.h"

struct world {
	struct hub_world w;
	struct hw_person alma, boris;
	struct hw_device phone, other;
};

static void
world_init(struct world *t)
{
	hw_init(&t->w);
	hw_files(&t->w);
	hw_person(&t->w, &t->alma, &t->phone, "alma");
	hw_person(&t->w, &t->boris, &t->other, "boris");
}

static void
world_clear(struct world *t)
{
	hw_device_clear(&t->phone);
	hw_device_clear(&t->other);
	hw_clear(&t->w);
}

/* An entry of a group, ${days} old. */
static void
log_entry(
    struct world *t, uint64_t seq, enum cs_mls_content content, uint64_t days)
{
	uint8_t hash[CS_HASH_LEN];

	cs_random(hash, sizeof hash);
	assert_ok(cs_db_exec(t->w.hub->db,
	    "INSERT INTO log(grp,seq,account,device,epoch,content,accepted,"
	    "msg_hash,stamp,message) VALUES(x'01',?,?,?,1,?,?,?,x'00',x'00')",
	    cs_int(seq), cs_blob(CS_VIEW_OF(t->alma.account)),
	    cs_blob(CS_VIEW_OF(t->phone.id)), cs_int(content),
	    cs_int(t->w.hub->now_ms - days * CS_DAY_MS),
	    cs_blob(CS_VIEW_OF(hash))));
}

static void
member(struct world *t, const struct hw_device *d, uint64_t cursor)
{
	assert_ok(cs_db_exec(t->w.hub->db,
	    "INSERT INTO member(grp,device,account,leaf,from_seq,cursor)"
	    " VALUES(x'01',?,?,0,0,?)",
	    cs_blob(CS_VIEW_OF(d->id)), cs_blob(CS_VIEW_OF(d->conn.account)),
	    cs_int(cursor)));
}

/* All steps, once around; in how many portions. */
static unsigned
sweep(struct world *t)
{
	unsigned n = 0;

	t->w.hub->sweep.next_ms = 0;
	do {
		hub_retention_work(t->w.hub);
		n++;
	} while (hub_retention_due(t->w.hub));
	return n;
}

static uint64_t
count(struct world *t, const char *sql)
{
	uint64_t n;

	assert_ok(cs_db_get_int(&n, t->w.hub->db, sql));
	return n;
}

#define LOG_LEFT "SELECT COALESCE(SUM(1<<(seq-1)),0) FROM log"

static void
test_log(void **state)
{
	struct world t;

	(void)state;
	world_init(&t);
	log_entry(&t, 1, CS_MLS_CONTENT_APPLICATION, 31);
	log_entry(&t, 2, CS_MLS_CONTENT_APPLICATION, 29);
	log_entry(&t, 3, CS_MLS_CONTENT_COMMIT, 31);
	log_entry(&t, 4, CS_MLS_CONTENT_COMMIT, 29);
	log_entry(&t, 5, CS_MLS_CONTENT_PROPOSAL, 31);
	log_entry(&t, 6, CS_MLS_CONTENT_COMMIT, 31);
	log_entry(&t, 7, CS_MLS_CONTENT_COMMIT, 366);
	member(&t, &t.phone, 7);
	member(&t, &t.other, 4); /* it has not read 5 and 6 */
	sweep(&t);
	assert_int_equal(count(&t, LOG_LEFT), 2 | 8 | 16 | 32);
	assert_ok(cs_db_exec(t.w.hub->db, "UPDATE member SET cursor=7"));
	/* Not before it is time again. */
	hub_retention_work(t.w.hub);
	assert_false(hub_retention_due(t.w.hub));
	assert_int_equal(count(&t, LOG_LEFT), 2 | 8 | 16 | 32);
	sweep(&t);
	assert_int_equal(count(&t, LOG_LEFT), 2 | 8);
	t.w.hub->now_ms += 2 * CS_DAY_MS;
	sweep(&t);
	assert_int_equal(count(&t, LOG_LEFT), 0);
	world_clear(&t);
}

/* A browser that has not said for 60 days where it gets its pushes. */
static void
test_pushes(void **state)
{
	struct world t;
	uint64_t now;

	(void)state;
	world_init(&t);
	now = t.w.hub->now_ms;
	for (uint64_t i = 0; i < 2; i++)
		assert_ok(cs_db_exec(t.w.hub->db,
		    "INSERT INTO push(device,account,endpoint,key,auth,since)"
		    " VALUES(?,x'01',x'02',x'03',x'04',?)",
		    cs_int(i), cs_int(now - HUB_PUSH_KEEP_MS - i)));
	(void)sweep(&t);
	assert_int_equal(count(&t, "SELECT COUNT(*) FROM push"), 1);
	world_clear(&t);
}

/* However many there are, each portion is small, and handshakes that have to
 * stay do not hide those behind them. */
static void
test_portions(void **state)
{
	const uint64_t n = 2 * HUB_SWEEP_ROWS + 10;
	struct world t;

	(void)state;
	world_init(&t);
	member(&t, &t.phone, 2 * n);
	member(&t, &t.other, n);
	assert_ok(cs_db_begin(t.w.hub->db));
	for (uint64_t i = 0; i < n; i++) {
		/* Read by all, but behind, in time, those that are not. */
		log_entry(&t, 2 * n + 1 + i, CS_MLS_CONTENT_COMMIT, 41);
		log_entry(&t, 1 + i, CS_MLS_CONTENT_COMMIT, 40);
		log_entry(&t, 4 * n + i, CS_MLS_CONTENT_APPLICATION, 40);
	}
	assert_ok(cs_db_commit(t.w.hub->db));
	assert_int_equal(sweep(&t), 21 + 2 + 4);
	assert_int_equal(count(&t, "SELECT COUNT(*) FROM log"), n);
	assert_int_equal(
	    count(&t, "SELECT COUNT(*) FROM log WHERE accepted<0"), 0);
	world_clear(&t);
}

static void
report(
    struct world *t, uint8_t id, enum cs_wire_report_state state, uint64_t days)
{
	assert_ok(cs_db_exec(t->w.hub->db,
	    "INSERT INTO report(id,account,named,received,state,updated)"
	    " VALUES(?,?,0,?,?,?)",
	    cs_blob(cs_view(&id, 1)), cs_blob(CS_VIEW_OF(t->alma.account)),
	    cs_int(t->w.hub->now_ms - days * CS_DAY_MS), cs_int(state),
	    cs_int(t->w.hub->now_ms - days * CS_DAY_MS)));
}

static void
test_answers(void **state)
{
	struct world t;

	(void)state;
	world_init(&t);
	report(&t, 1, CS_WIRE_REPORT_ACTED, 191);
	report(&t, 2, CS_WIRE_REPORT_ACTED, 189);
	report(&t, 3, CS_WIRE_REPORT_RECEIVED, 400); /* nobody has decided */
	report(&t, 4, CS_WIRE_REPORT_CLOSED, 400);
	assert_ok(cs_db_exec(t.w.hub->db,
	    "UPDATE report SET second_look=? WHERE id=x'04'",
	    cs_int(CS_WIRE_SECOND_LOOK_ASKED)));
	sweep(&t);
	assert_int_equal(count(&t, "SELECT COUNT(*) FROM report"), 3);
	assert_int_equal(
	    count(&t, "SELECT COUNT(*) FROM report WHERE id=x'01'"), 0);
	world_clear(&t);
}

/* Somebody leaves: their traces go with the window, and the name stays theirs.
 */
static void
test_left(void **state)
{
	struct cs_wire_join m = { .invite = cs_view_str("code") };
	struct hw_person again;
	struct hw_device d;
	struct cs_credential credential;
	uint8_t hash[CS_HASH_LEN];
	struct world t;

	(void)state;
	world_init(&t);
	assert_ok(cs_db_exec(t.w.hub->db,
	    "UPDATE account SET gone=? WHERE handle='alma'",
	    cs_int(t.w.hub->now_ms)));
	assert_ok(cs_db_exec(t.w.hub->db,
	    "UPDATE device SET removed=? WHERE account=?",
	    cs_int(t.w.hub->now_ms), cs_blob(CS_VIEW_OF(t.alma.account))));
	member(&t, &t.phone, 0);
	report(&t, 1, CS_WIRE_REPORT_ACTED, 0);
	report(&t, 2, CS_WIRE_REPORT_SENT, 0);
	assert_ok(cs_db_exec(
	    t.w.hub->db, "UPDATE report SET sealed=x'00' WHERE id=x'02'"));
	sweep(&t);
	assert_int_equal(count(&t, "SELECT COUNT(*) FROM account"), 2);
	t.w.hub->now_ms += HUB_KEEP_MS + 1;
	/* The device is in a group until its removal is committed. */
	sweep(&t);
	assert_int_equal(count(&t, "SELECT COUNT(*) FROM account"), 2);
	assert_ok(cs_db_exec(t.w.hub->db, "UPDATE member SET until_seq=1"));
	sweep(&t);
	assert_int_equal(count(&t, "SELECT COUNT(*) FROM account"), 1);
	assert_int_equal(count(&t, "SELECT COUNT(*) FROM device"), 1);
	assert_int_equal(count(&t, "SELECT COUNT(*) FROM member"), 0);
	/* The desk has not read the other. */
	assert_int_equal(
	    count(&t, "SELECT COUNT(*) FROM report WHERE id=x'02'"), 1);
	assert_int_equal(count(&t, "SELECT COUNT(*) FROM report"), 1);

	/* Nobody else becomes alma. */
	memset(&again, 0, sizeof again);
	again.handle = "alma";
	cs_random(again.account, sizeof again.account);
	assert_ok(cs_sign_key_new(&again.account_key));
	hw_device(&t.w, &d, &again);
	d.conn.role = HUB_NOBODY;
	assert_ok(cs_credential_parse(&credential, cs_buf_view(&d.credential)));
	m.device_cert = credential.devices[0];
	memcpy(m.account_key, again.account_key.public, CS_KEY_LEN);
	assert_ok(cs_sha256(hash, m.invite));
	assert_ok(cs_db_exec(t.w.hub->db,
	    "INSERT INTO invite(hash,uses,expires) VALUES(?,1,?)",
	    cs_blob(CS_VIEW_OF(hash)), cs_int(t.w.hub->now_ms + 1000)));
	assert_int_equal(hw_ask(&t.w, &d.conn, hub_join, &cs_wire_join_shape,
			     &m, NULL, NULL),
	    CS_WIRE_E_HANDLE_TAKEN);
	hw_device_clear(&d);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_portions),
		cmocka_unit_test(test_pushes),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_left),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
