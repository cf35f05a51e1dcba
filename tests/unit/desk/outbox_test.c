/* SPDX-License-Identifier: MIT */
/* What the hub is told and has answered, without a hub. */
#include "desk/decision_internal.h"
#include "unit/desk/desk_home.h"

static void
take(struct world *w, uint8_t id)
{
	struct cs_buf bundle = { 0 }, sealed = { 0 };
	struct cs_wire_report_status status;
	struct ew_report r;
	uint8_t number[16];

	memset(number, id, sizeof number);
	ew_pick(&r, &w->e, no_files);
	memcpy(r.in.report_id, number, sizeof number);
	assert_ok(cs_evidence_write(&bundle, &r.in));
	assert_ok(cs_evidence_seal(
	    &sealed, cs_buf_view(&bundle), CS_VIEW_OF(w->seal_public)));
	assert_ok(desk_report_take(
	    w->d, number, EW_NOW_MS, cs_buf_view(&sealed), &status));
	cs_buf_free(&bundle);
	cs_buf_free(&sealed);
}

static uint64_t
count(struct world *w, const char *sql)
{
	uint64_t n;

	assert_ok(cs_db_get_int(&n, w->d->db, sql));
	return n;
}

static void
decision_is(struct world *w, uint64_t id, enum cs_desk_decision_state state)
{
	struct desk_decision dec;

	assert_ok(desk_decision_load(&dec, w->d, id));
	assert_int_equal(dec.state, state);
	desk_decision_clear(&dec);
}

/* Everybody in case 1 is warned: signed, and on its way. */
static uint64_t
warn(struct world *w)
{
	json_t *proved = json_object(), *accounts = json_array(), *handle;
	struct cs_desk_choice choice = { .action = CS_DESK_ACT_WARN,
		.reason = "spam",
		.accounts = accounts,
		.facts = "Ten times the same.",
		.ground = "",
		.legal = "",
		.to_key = "",
		.at_once = true };
	struct desk_case c;
	const char *hex;
	uint64_t made;

	assert_ok(desk_accounts_proved(proved, w->d, 1));
	json_object_foreach (proved, hex, handle)
		assert_int_equal(
		    json_array_append_new(accounts, json_string(hex)), 0);
	assert_ok(desk_case_load(&c, w->d, 1));
	assert_ok(cs_desk_decide(
	    w->d, &cs_desk_operator, 1, c.version, &choice, &made));
	assert_ok(desk_decisions_send(w->d));
	desk_case_clear(&c);
	json_decref(proved);
	json_decref(accounts);
	return made;
}

/* Two processes send: both may have an answer to the same message. */
static void
test_answered_twice(void **state)
{
	const struct desk_outcome applied = { .refused = NULL },
				  refused = { .refused = "Not any more." };
	uint64_t made, id, events;
	struct world w;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	made = warn(&w);
	decision_is(&w, made, CS_DESK_DECISION_QUEUED);
	while (count(&w, "SELECT COUNT(*) FROM target WHERE state=0") != 0) {
		assert_ok(desk_outbox_next(&id, w.d));
		assert_ok(desk_outbox_done(w.d, id, &applied));
	}
	decision_is(&w, made, CS_DESK_DECISION_APPLIED);
	/* The reporter is told, and only once. */
	assert_int_equal(count(&w, "SELECT COUNT(*) FROM outbox"), 1);
	events = count(&w, "SELECT COUNT(*) FROM audit");
	assert_ok(desk_outbox_done(w.d, id, &applied));
	assert_ok(desk_outbox_done(w.d, id, &refused));
	assert_int_equal(count(&w, "SELECT COUNT(*) FROM outbox"), 1);
	assert_int_equal(
	    count(&w, "SELECT COUNT(*) FROM target WHERE state=2"), 0);
	assert_int_equal(count(&w, "SELECT COUNT(*) FROM audit"), events);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answered_twice),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
