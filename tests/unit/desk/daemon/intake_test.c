/* SPDX-License-Identifier: MIT */
#include "content/evidence.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/daemon/intake.h"
#include "desk/reports/report.h"
#include "unit/desk/report_home.h"
#include "wire/messages.h"

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
	assert_ok(world_audit(&w, 3)); /* came, case opened */
	/* Offered again, it gets the same answer, and nothing is stored or
	 * logged twice. */
	assert_int_equal(
	    take(&w, 0x11, cs_buf_view(&sealed)), CS_WIRE_REPORT_RECEIVED);
	assert_int_equal(
	    take(&w, 0x11, cs_view_str("what else")), CS_WIRE_REPORT_RECEIVED);
	assert_reports(&w, 1);
	assert_ok(world_audit(&w, 3));
	cs_buf_free(&sealed);
	/* A report of a message that was reported before says so. */
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
	assert_ok(world_audit(&w, 5));
	cs_buf_free(&sealed);
	world_clear(&w);
}

/* A bundle of another report, and one that is not proved. */
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
	/* A rejected message does not count as reported. */
	w.e.messages[1].capsule.sig[5] ^= 1;
	sealed = sealed_report(&w, no_files, 0x44);
	assert_int_equal(
	    take(&w, 0x44, cs_buf_view(&sealed)), CS_WIRE_REPORT_RECEIVED);
	assert_false(load(&w, 0x44, true).repeats);
	cs_buf_free(&sealed);
	world_clear(&w);
}

/* What the hub says of a report that a bundle of ${mode} is in. */
static void
taken_as(struct world *w, uint8_t number, enum cs_csev_mode mode, uint8_t named,
    const uint8_t reporter[static CS_ID_LEN], enum cs_desk_report_state want)
{
	struct cs_wire_desk_report report = { .received_ms = EW_NOW_MS,
		.named = named };
	struct cs_buf bundle = { 0 }, sealed = { 0 };
	struct cs_desk_report got;
	struct desk_taken taken;
	struct ew_report r;

	ew_pick(&r, &w->e, no_files);
	r.in.mode = mode;
	memset(r.in.report_id, number, sizeof r.in.report_id);
	assert_ok(cs_evidence_write(&bundle, &r.in));
	assert_ok(cs_evidence_seal(
	    &sealed, cs_buf_view(&bundle), CS_VIEW_OF(w->seal_public)));
	memset(report.report, number, sizeof report.report);
	memcpy(report.reporter, reporter, CS_ID_LEN);
	report.sealed = cs_buf_view(&sealed);
	assert_ok(desk_report_take(&taken, w->d, &report));
	/* What is not proved keeps no file at the hub. */
	assert_true(want == CS_DESK_REPORT_OPEN || taken.pins.blobs.n == 0);
	desk_taken_clear(&taken);
	got = load(w, number, true);
	assert_int_equal(got.state, want);
	assert_int_equal(got.named, named == CS_WIRE_REPORTER_NAMED);
	if (want == CS_DESK_REPORT_REJECTED)
		assert_non_null(strstr(got.problem, "did not hand it in"));
	else
		assert_string_equal(got.reporter, got.named ? "cleo" : "");
	cs_buf_free(&bundle);
	cs_buf_free(&sealed);
}

/* A bundle belongs to whoever handed it in, and is as nameless as they were. */
static void
test_handed_in(void **state)
{
	static const uint8_t pseudonym[CS_ID_LEN] = { 7 };
	const uint8_t *cleo, *boris;
	struct world w;

	(void)state;
	world_init(&w);
	cleo = w.e.people[2].account;
	boris = w.e.people[1].account;
	taken_as(&w, 1, CS_CSEV_NAMED, CS_WIRE_REPORTER_NAMED, cleo,
	    CS_DESK_REPORT_OPEN);
	taken_as(&w, 2, CS_CSEV_NAMED, CS_WIRE_REPORTER_NAMED, boris,
	    CS_DESK_REPORT_REJECTED);
	taken_as(&w, 3, CS_CSEV_NAMED, CS_WIRE_REPORTER_UNNAMED, pseudonym,
	    CS_DESK_REPORT_REJECTED);
	taken_as(&w, 4, CS_CSEV_UNNAMED, CS_WIRE_REPORTER_UNNAMED, pseudonym,
	    CS_DESK_REPORT_OPEN);
	taken_as(&w, 5, CS_CSEV_UNNAMED, CS_WIRE_REPORTER_NAMED, cleo,
	    CS_DESK_REPORT_REJECTED);
	/* All of a pseudonym's count as those of one. */
	assert_int_equal(world_count(&w,
			     "SELECT reports FROM reporter WHERE"
			     " account=x'07000000000000000000000000000000'"),
	    2);
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
	struct cs_wire_desk_report report = { .received_ms = EW_NOW_MS,
		.named = CS_WIRE_REPORTER_NAMED,
		.sealed = cs_buf_view(&a->sealed) };
	struct desk_taken taken;
	enum cs_err err;

	memset(report.report, 0x11, sizeof report.report);
	memcpy(report.reporter, a->w.e.people[2].account, 16);
	err = desk_report_take(&taken, a->w.d, &report);
	desk_taken_clear(&taken);
	return err;
}

/* A lack of memory is no reason to reject a report. */
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
	assert_ok(world_audit(&a.w, 3));
	cs_buf_free(&a.sealed);
	world_clear(&a.w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_report),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_unproved),
		cmocka_unit_test(test_handed_in),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
