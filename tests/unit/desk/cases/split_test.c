/* SPDX-License-Identifier: MIT */
/* Reports leave a case because somebody says so, or because nobody has seen
 * them. */
#include "base/units.h"
#include "content/evidence.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/cases/case.h"
#include "desk/cases/split.h"
#include "desk/cases/work.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/daemon/retention.h"
#include "desk/decisions/decide.h"
#include "desk/decisions/question.h"
#include "desk/decisions/send.h"
#include "desk/show/decision.h"
#include "store/clock.h"
#include "unit/desk/letter_home.h"

/* Questions to a reporter go where their report goes. */
static void
test_asked_and_split(void **state)
{
	static const int first[] = { 0, -1 }, more[] = { 0, 1, -1 };
	struct cs_desk_edit e;
	uint8_t asked[16];
	struct world w;
	uint64_t made;
	json_t *o, *q;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, first);
	take_some(&w, 0x12, more);
	for (uint8_t id = 0x11; id <= 0x12; id++) {
		memset(asked, id, sizeof asked);
		e = edit_now(&w, 1);
		assert_ok(cs_desk_case_ask(&e, asked, "Do you know him?"));
	}
	e = edit_now(&w, 1);
	assert_ok(cs_desk_case_split(&e, (uint64_t[]){ 2 }, 1, &made));
	reply(&w, 0x12, "He is my uncle.");
	o = show(&w, made);
	q = json_object_get(o, "questions");
	assert_int_equal(json_array_size(q), 1);
	assert_string_equal(
	    json_get_str(json_array_get(q, 0), "answer"), "He is my uncle.");
	json_decref(o);
	o = show(&w, 1);
	q = json_object_get(o, "questions");
	assert_int_equal(json_array_size(q), 1);
	assert_string_equal(json_get_str(json_array_get(q, 0), "answer"), "");
	json_decref(o);
	world_clear(&w);
}

/* What the desk writes meanwhile stops nobody; but a report that came unseen
 * is not decided with the rest. */
static void
test_set_aside(void **state)
{
	static const int first[] = { 0, -1 }, more[] = { 0, 1, -1 };
	uint64_t read, made;
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, first);
	read = version_of(&w, 1);
	take_some(&w, 0x12, first); /* the same message */
	take_some(&w, 0x13, more);
	take_some(&w, 0x14, more);
	assert_true(version_of(&w, 1) > read);
	assert_ok(decide_at(&w, 1, read, &made));
	assert_ok(desk_decisions_send(w.d));
	assert_ok(cs_desk_decision_show(&o, w.d, made));
	assert_string_equal(json_get_str(o, "aside"), "2");
	json_decref(o);
	o = show(&w, 1);
	assert_string_equal(json_get_str(o, "state"), "decided");
	assert_int_equal(json_get_num(o, "reports"), 2);
	assert_int_equal(json_array_size(json_object_get(o, "items")), 2);
	json_decref(o);
	o = show(&w, 2);
	assert_string_equal(json_get_str(o, "state"), "open");
	assert_int_equal(json_get_num(o, "reports"), 2);
	assert_int_equal(json_array_size(json_object_get(o, "items")), 4);
	assert_int_equal(json_array_size(json_object_get(o, "accounts")), 2);
	json_decref(o);
	/* Only the reporters of what was decided were told. */
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM outbox"), 2);
	/* Somebody who has read everything decides everything. */
	dismiss(&w, 2);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 2);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM outbox"), 4);
	world_clear(&w);
}

/* A reason given only by reports that are set aside counts neither for the
 * case nor for the decision. */
static void
test_reason_set_aside(void **state)
{
	static const int first[] = { 0, -1 }, more[] = { 0, 1, -1 };
	const struct cs_desk_choice none_said = { .action = CS_DESK_ACTION_NONE,
		.facts = "",
		.ground = "",
		.legal = "",
		.to_key = "" };
	struct cs_desk_edit e;
	uint64_t read, made;
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, first, CS_REASON_SPAM);
	read = version_of(&w, 1);
	take_for(&w, 0x12, 0x12, more, CS_REASON_THREAT_TO_LIFE);
	o = show(&w, 1);
	assert_string_equal(json_get_str(o, "reason"), "threat-to-life");
	assert_int_equal(json_get_num(o, "severity"), 5);
	json_decref(o);
	e = edit_at(&w, 1, read);
	assert_ok(cs_desk_case_decide(&e, &none_said, &made));
	assert_ok(cs_desk_decision_show(&o, w.d, made));
	assert_string_equal(json_get_str(o, "reason"), "spam");
	json_decref(o);
	o = show(&w, 1);
	assert_string_equal(json_get_str(o, "reason"), "spam");
	assert_int_equal(json_get_num(o, "severity"), 1);
	assert_false(json_get_bool(o, "danger"));
	json_decref(o);
	o = show(&w, 2);
	assert_string_equal(json_get_str(o, "reason"), "threat-to-life");
	assert_true(json_get_bool(o, "danger"));
	json_decref(o);
	world_clear(&w);
}

/* A legal hold also covers what leaves the case: splitting does not end it. */
static void
test_hold_stays(void **state)
{
	static const int first[] = { 0, -1 }, more[] = { 0, 1, -1 };
	struct cs_desk_edit e;
	uint64_t made, n;
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, first);
	e = edit_now(&w, 1);
	assert_ok(cs_desk_case_hold(&e, "court"));
	take_some(&w, 0x12, more);
	e = edit_now(&w, 1);
	assert_ok(cs_desk_case_split(&e, (uint64_t[]){ 2 }, 1, &made));
	o = show(&w, made);
	assert_true(json_get_bool(o, "held"));
	assert_string_equal(
	    json_get_str(json_object_get(o, "hold"), "text"), "court");
	json_decref(o);
	dismiss(&w, 1);
	dismiss(&w, made);
	assert_ok(cs_desk_retention(w.d, cs_clock_ms() + 9999 * CS_DAY_MS, &n));
	assert_int_equal(n, 0);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asked_and_split),
		cmocka_unit_test(test_set_aside),
		cmocka_unit_test(test_reason_set_aside),
		cmocka_unit_test(test_hold_stays),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
