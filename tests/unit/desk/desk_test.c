/* SPDX-License-Identifier: MIT */
#include "content/evidence.h"
#include "content/evidence_seal.h"
#include "content/evidence_write.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/store.h"
#include "desk/daemon/intake.h"
#include "desk/desk.h"
#include "desk/reports/report.h"
#include "store/db.h"
#include "unit/desk/desk_home.h"
#include "wire/messages.h"

/* ---- the folder --------------------------------------------------------- */

static void
test_init(void **state)
{
	struct temp_dir dir = temp_dir_new();
	struct cs_desk_hub hub = { "hub.example", "127.0.0.1", 8443, { 5 } };
	uint8_t seal[32], sign[32], seal_again[32], sign_again[32];
	const char *at = temp_path(&dir, "desk");
	struct cs_desk *d;

	(void)state;
	assert_err(cs_desk_open(&d, at, none), CS_ERR_NOT_FOUND);
	assert_err(cs_desk_joined(at, none), CS_ERR_NOT_FOUND);
	assert_ok(cs_desk_init(at, &hub, none, seal, sign));
	/* Not certified yet, it is none, and is made again with its keys. */
	assert_err(cs_desk_open(&d, at, none), CS_ERR_NOT_FOUND);
	assert_null(d);
	assert_ok(cs_desk_init(at, &hub, none, seal_again, sign_again));
	assert_memory_equal(seal, seal_again, 32);
	assert_memory_equal(sign, sign_again, 32);
	assert_ok(cs_desk_joined(at, none));
	assert_err(cs_desk_init(at, &hub, none, seal_again, sign_again),
	    CS_ERR_EXISTS);
	assert_ok(cs_desk_open(&d, at, none));
	assert_string_equal(cs_desk_hub(d)->name, "hub.example");
	assert_string_equal(cs_desk_hub(d)->host, "127.0.0.1");
	assert_int_equal(cs_desk_hub(d)->port, 8443);
	assert_memory_equal(cs_desk_hub(d)->root, hub.root, 32);
	assert_memory_equal(d->seal_key.public, seal, 32);
	assert_memory_equal(d->sign_key.public, sign, 32);
	cs_desk_close(d);
	temp_dir_clear(&dir);
}

static void
test_passphrase(void **state)
{
	struct temp_dir dir = temp_dir_new();
	struct cs_desk_hub hub = { "hub.example", "127.0.0.1", 8443, { 5 } };
	struct cs_view right = cs_view_str("correct horse");
	struct cs_view wrong = cs_view_str("correct house");
	const char *at = temp_path(&dir, "desk");
	uint8_t seal[32], sign[32];
	struct cs_desk *d;
	bool needed;

	(void)state;
	assert_ok(cs_desk_init(at, &hub, right, seal, sign));
	assert_ok(cs_desk_needs_passphrase(&needed, at));
	assert_true(needed);
	assert_err(cs_desk_joined(at, wrong), CS_ERR_PASSPHRASE);
	assert_ok(cs_desk_joined(at, right));
	assert_err(cs_desk_open(&d, at, wrong), CS_ERR_PASSPHRASE);
	assert_null(d);
	assert_err(cs_desk_open(&d, at, none), CS_ERR_PASSPHRASE);
	assert_ok(cs_desk_open(&d, at, right));
	cs_desk_close(d);
	temp_dir_clear(&dir);
}

/* ---- audit -------------------------------------------------------------- */

static void
count_line(void *arg, const struct cs_desk_audit_line *line)
{
	assert_true(line->at_ms != 0);
	assert_string_not_equal(line->what, "");
	assert_string_equal(line->actor, "desk");
	++*(unsigned *)arg;
}

static enum cs_err
audit(struct world *w, unsigned want)
{
	unsigned n = 0;
	enum cs_err err = cs_desk_audit_verify(w->d, count_line, &n);

	if (err == CS_OK)
		assert_int_equal(n, want);
	return err;
}

/* Every change of a line shows; undone, all is well. */
#define tampered(w, code, ...)                                                 \
	do {                                                                   \
		assert_ok(cs_db_begin((w)->d->db));                            \
		assert_ok(cs_db_exec((w)->d->db, __VA_ARGS__));                \
		assert_true(cs_db_changes((w)->d->db) > 0);                    \
		assert_err(audit(w, 4), code);                                 \
		cs_db_rollback((w)->d->db);                                    \
		assert_ok(audit(w, 4));                                        \
	} while (0)

static void
test_audit(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(audit(&w, 1));
	for (unsigned i = 0; i < 3; i++)
		assert_ok(desk_audit_say(w.d, "line %u", i));
	assert_ok(audit(&w, 4));
	tampered(&w, CS_ERR_CHAIN, "UPDATE audit SET at=at+1 WHERE seq=2");
	tampered(&w, CS_ERR_CHAIN,
	    "UPDATE audit SET chain=zeroblob(32) WHERE seq=3");
	tampered(&w, CS_ERR_CHAIN, "DELETE FROM audit WHERE seq=2");
	tampered(&w, CS_ERR_CHAIN, "DELETE FROM audit WHERE seq=1");
	tampered(&w, CS_ERR_CHAIN, "DELETE FROM audit WHERE seq=4");
	tampered(&w, CS_ERR_CHAIN, "DELETE FROM audit");
	tampered(&w, CS_ERR_CORRUPT,
	    "UPDATE audit SET sealed=(SELECT sealed FROM audit WHERE seq=2)"
	    " WHERE seq=3");
	tampered(&w, CS_ERR_CORRUPT,
	    "UPDATE audit SET sealed=zeroblob(60) WHERE seq=4");
	/* One left out, with the next in its place or not. */
	tampered(&w, CS_ERR_CORRUPT,
	    "UPDATE OR REPLACE audit SET seq=3 WHERE seq=4");
	tampered(&w, CS_ERR_CHAIN, "UPDATE audit SET seq=5 WHERE seq=4");
	world_clear(&w);
}

/* ---- reports ------------------------------------------------------------ */

/* The bundle of what ${which} picks, sealed to the desk. */
static struct cs_buf
sealed_report(struct world *w, const int *which, uint8_t id)
{
	struct cs_buf bundle = { 0 }, sealed = { 0 };
	struct ew_report r;

	ew_pick(&r, &w->e, which);
	memset(r.in.report_id, id, 16);
	assert_ok(cs_evidence_write(&bundle, &r.in));
	assert_ok(cs_evidence_seal(
	    &sealed, cs_buf_view(&bundle), CS_VIEW_OF(w->seal_public)));
	cs_buf_free(&bundle);
	return sealed;
}

static uint8_t
take(struct world *w, uint8_t number, struct cs_view sealed)
{
	struct cs_wire_report_status status;
	uint8_t id[16];

	memset(id, number, 16);
	assert_ok(desk_report_take(w->d, id, EW_NOW_MS, sealed, &status));
	assert_memory_equal(status.report, id, 16);
	assert_true(status.updated_ms != 0);
	assert_true(status.answer.len > 20);
	assert_int_equal(status.answer.data[status.answer.len - 1], '.');
	return status.state;
}

static struct cs_desk_report
load(struct world *w, uint8_t number, bool bundle)
{
	struct cs_desk_report_opened c;
	struct cs_desk_report r;
	uint8_t id[16];

	memset(id, number, 16);
	assert_ok(cs_desk_report_load(&c, w->d, id));
	assert_int_equal(c.evidence != NULL, bundle);
	r = c.report;
	cs_desk_report_clear(&c);
	return r;
}

static enum cs_err
count_report(void *arg, const struct cs_desk_report *r)
{
	assert_true(r->received_ms == EW_NOW_MS);
	++*(unsigned *)arg;
	return CS_OK;
}

static void
assert_reports(struct world *w, unsigned want)
{
	unsigned n = 0;

	assert_ok(cs_desk_reports(w->d, count_report, &n));
	assert_int_equal(n, want);
}

static void
test_good_report(void **state)
{
	struct cs_desk_report r;
	struct cs_buf sealed;
	uint8_t id[16];
	struct world w;

	(void)state;
	world_init(&w);
	sealed = sealed_report(&w, no_files, 0x11);
	assert_int_equal(
	    take(&w, 0x11, cs_buf_view(&sealed)), CS_WIRE_REPORT_RECEIVED);
	r = load(&w, 0x11, true);
	assert_int_equal(r.state, CS_DESK_REPORT_OPEN);
	assert_int_equal(r.reason, CS_REASON_THREAT_TO_LIFE);
	assert_int_equal(r.n_messages, 2);
	assert_int_equal(r.n_files, 0);
	assert_false(r.repeats);
	assert_string_equal(r.reporter, "cleo");
	assert_string_equal(r.reported, "alma");
	assert_string_equal(r.problem, "");
	assert_ok(audit(&w, 3)); /* came, case opened */
	/* Again: the same answer, one report, nothing new in the log. */
	assert_int_equal(
	    take(&w, 0x11, cs_buf_view(&sealed)), CS_WIRE_REPORT_RECEIVED);
	assert_int_equal(
	    take(&w, 0x11, cs_view_str("what else")), CS_WIRE_REPORT_RECEIVED);
	assert_reports(&w, 1);
	assert_ok(audit(&w, 3));
	cs_buf_free(&sealed);
	/* A message that was reported before is said to be. */
	sealed = sealed_report(&w, no_files, 0x12);
	assert_int_equal(
	    take(&w, 0x12, cs_buf_view(&sealed)), CS_WIRE_REPORT_RECEIVED);
	assert_true(load(&w, 0x12, true).repeats);
	assert_reports(&w, 2);
	assert_ok(cs_desk_report_find(w.d, "1212", id));
	assert_int_equal(id[15], 0x12);
	assert_err(cs_desk_report_find(w.d, "121", id), CS_ERR_FORMAT);
	assert_err(cs_desk_report_find(w.d, "12 2", id), CS_ERR_FORMAT);
	assert_err(cs_desk_report_find(w.d, "1213", id), CS_ERR_NOT_FOUND);
	cs_buf_free(&sealed);
	world_clear(&w);
}

static void
assert_rejected(
    struct world *w, uint8_t number, struct cs_view sealed, const char *why)
{
	struct cs_desk_report r;

	assert_int_equal(take(w, number, sealed), CS_WIRE_REPORT_REJECTED);
	r = load(w, number, false);
	assert_int_equal(r.state, CS_DESK_REPORT_REJECTED);
	assert_non_null(strstr(r.problem, why));
	assert_string_equal(r.reporter, "");
	assert_string_equal(r.reported, "");
	/* And again. */
	assert_int_equal(take(w, number, sealed), CS_WIRE_REPORT_REJECTED);
}

static void
test_garbage(void **state)
{
	struct cs_buf sealed;
	struct world w;

	(void)state;
	world_init(&w);
	assert_rejected(&w, 1, none, "not a bundle");
	assert_rejected(
	    &w, 2, cs_view_str("nothing of the kind"), "not a bundle");
	sealed = sealed_report(&w, no_files, 3);
	sealed.data[sealed.len / 2] ^= 1;
	assert_rejected(&w, 3, cs_buf_view(&sealed), "not a bundle");
	sealed.data[sealed.len / 2] ^= 1;
	assert_rejected(
	    &w, 4, cs_view(sealed.data, sealed.len - 1), "not a bundle");
	assert_reports(&w, 4);
	assert_ok(audit(&w, 5));
	cs_buf_free(&sealed);
	world_clear(&w);
}

/* A bundle of another number, and one that is not proved. */
static void
test_unproved(void **state)
{
	struct cs_desk_report r;
	struct cs_buf sealed;
	struct world w;

	(void)state;
	world_init(&w);
	sealed = sealed_report(&w, no_files, 0x11);
	assert_int_equal(
	    take(&w, 0x22, cs_buf_view(&sealed)), CS_WIRE_REPORT_REJECTED);
	assert_int_equal(load(&w, 0x22, true).state, CS_DESK_REPORT_REJECTED);
	cs_buf_free(&sealed);
	w.e.messages[1].capsule.sig[5] ^= 1;
	sealed = sealed_report(&w, no_files, 0x33);
	assert_int_equal(
	    take(&w, 0x33, cs_buf_view(&sealed)), CS_WIRE_REPORT_REJECTED);
	r = load(&w, 0x33, true);
	assert_int_equal(r.state, CS_DESK_REPORT_REJECTED);
	assert_non_null(strstr(r.problem, "message 2: not proved that"));
	assert_string_equal(r.reported, "");
	cs_buf_free(&sealed);
	/* What was rejected does not count as reported. */
	w.e.messages[1].capsule.sig[5] ^= 1;
	sealed = sealed_report(&w, no_files, 0x44);
	assert_int_equal(
	    take(&w, 0x44, cs_buf_view(&sealed)), CS_WIRE_REPORT_RECEIVED);
	assert_false(load(&w, 0x44, true).repeats);
	cs_buf_free(&sealed);
	world_clear(&w);
}

/* Sealed to their rows: two reports do not change places. */
static void
test_sealed_rows(void **state)
{
	uint8_t one[16], two[16];
	struct cs_desk_report_opened c;
	struct world w;
	unsigned n = 0;

	(void)state;
	world_init(&w);
	memset(one, 1, 16);
	memset(two, 2, 16);
	assert_rejected(&w, 1, none, "not a bundle");
	assert_rejected(&w, 2, cs_view_str("more"), "not a bundle");
	assert_ok(cs_db_exec(w.d->db,
	    "UPDATE report SET meta=(SELECT meta FROM report WHERE id=?)"
	    " WHERE id=?",
	    cs_blob(CS_VIEW_OF(one)), cs_blob(CS_VIEW_OF(two))));
	assert_ok(cs_desk_report_load(&c, w.d, one));
	cs_desk_report_clear(&c);
	assert_err(cs_desk_report_load(&c, w.d, two), CS_ERR_CORRUPT);
	assert_err(cs_desk_reports(w.d, count_report, &n), CS_ERR_CORRUPT);
	memset(two, 3, 16);
	assert_err(cs_desk_report_load(&c, w.d, two), CS_ERR_NOT_FOUND);
	world_clear(&w);
}

struct attempt {
	struct world w;
	struct cs_buf sealed;
};

static enum cs_err
try_take(void *arg)
{
	struct attempt *a = arg;
	struct cs_wire_report_status status;
	uint8_t id[16];

	memset(id, 0x11, sizeof id);
	return desk_report_take(
	    a->w.d, id, EW_NOW_MS, cs_buf_view(&a->sealed), &status);
}

/* Memory that runs out is no reason to reject a report. */
static void
test_allocations(void **state)
{
	struct attempt a;

	(void)state;
	world_init(&a.w);
	a.sealed = sealed_report(&a.w, no_files, 0x11);
	cs_test_allocations(try_take, &a);
	assert_int_equal(load(&a.w, 0x11, true).state, CS_DESK_REPORT_OPEN);
	assert_reports(&a.w, 1);
	assert_ok(audit(&a.w, 3));
	cs_buf_free(&a.sealed);
	world_clear(&a.w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_init),
		cmocka_unit_test(test_passphrase),
		cmocka_unit_test(test_audit),
		cmocka_unit_test(test_good_report),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_unproved),
		cmocka_unit_test(test_sealed_rows),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
