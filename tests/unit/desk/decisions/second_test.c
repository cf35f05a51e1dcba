/* SPDX-License-Identifier: MIT */
/* When two people are needed, whatever one of them calls it. */
#include "crypto/init.h"
#include "desk/cases/split.h"
#include "desk/cases/work.h"
#include "unit/desk/second_home.h"

/* It does not matter what who decides calls it. */
static void
test_called_otherwise(void **state)
{
	struct world w;
	uint64_t id;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, no_files, CS_REASON_HARASSMENT);
	id = disable(&w, "spam");
	decision_is(
	    &w, id, CS_DESK_DECISION_WAITING, DESK_TWO_REASON, "harassment");
	assert_ok(desk_decisions_send(w.d));
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM target"), 0);
	/* What does not take two, one decides. */
	assert_ok(decide_as(
	    &w, &rita, version_of(&w, 1), CS_DESK_ACTION_WARN, "spam", &id));
	decision_is(&w, id, CS_DESK_DECISION_UNDO, DESK_TWO_NO, "");
	world_clear(&w);
}

/* Nobody has given a reason that takes two. */
static void
test_one_is_enough(void **state)
{
	struct world w;
	uint64_t id;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, no_files, CS_REASON_SPAM);
	id = disable(&w, "spam");
	decision_is(&w, id, CS_DESK_DECISION_UNDO, DESK_TWO_NO, "");
	/* Some actions take two whatever the reason. */
	assert_ok(decide_as(&w, &rita, version_of(&w, 1),
	    CS_DESK_ACTION_DISSOLVE, "spam", &id));
	decision_is(&w, id, CS_DESK_DECISION_WAITING, DESK_TWO_ACTION, "");
	/* Who decides can make more of it. */
	id = disable(&w, "terrorism");
	decision_is(
	    &w, id, CS_DESK_DECISION_WAITING, DESK_TWO_REASON, "terrorism");
	world_clear(&w);
}

/* A person who says something else about the case makes nothing less of it. */
static void
test_triage(void **state)
{
	struct cs_desk_edit e;
	struct world w;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, no_files, CS_REASON_HARASSMENT);
	e = edit_now(&w, 1);
	e.actor = &rita;
	assert_ok(cs_desk_case_triage(&e, "unknown", 0, "spam"));
	decision_is(&w, disable(&w, "spam"), CS_DESK_DECISION_WAITING,
	    DESK_TWO_REASON, "harassment");
	world_clear(&w);
}

/* Splitting and merging make nothing less grave, either. */
static void
test_split_merge(void **state)
{
	struct cs_desk_edit e;
	struct world w;
	uint64_t item, made;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, no_files, CS_REASON_SPAM);
	take_for(&w, 0x12, 0x12, no_files, CS_REASON_HARASSMENT);
	item = world_count(&w, "SELECT MAX(id) FROM item");
	e = edit_now(&w, 1);
	e.actor = &rita;
	assert_ok(cs_desk_case_split(&e, &item, 1, &made));
	assert_int_equal(made, 2);
	/* Each part has what was said of the whole. */
	for (uint64_t id = 1; id <= 2; id++) {
		struct desk_case c;

		assert_ok(desk_case_load(&c, w.d, id));
		assert_int_equal(c.reasons.n, 2);
		desk_case_clear(&c);
	}
	decision_is(&w, disable(&w, "spam"), CS_DESK_DECISION_WAITING,
	    DESK_TWO_REASON, "harassment");
	world_clear(&w);

	world_init(&w);
	take_for(&w, 0x11, 0x11, first, CS_REASON_SPAM);
	take_for(&w, 0x12, 0x12, others, CS_REASON_HARASSMENT);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 2);
	merge(&w, 2, 1);
	decision_is(&w, disable(&w, "spam"), CS_DESK_DECISION_WAITING,
	    DESK_TWO_REASON, "harassment");
	world_clear(&w);
}

/* Nor does it help not to have read everything. */
static void
test_set_aside(void **state)
{
	struct world w;
	uint64_t seen, id;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, first, CS_REASON_SPAM);
	seen = version_of(&w, 1);
	take_for(&w, 0x12, 0x12, more, CS_REASON_HARASSMENT);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 1);
	assert_ok(
	    decide_as(&w, &rita, seen, CS_DESK_ACTION_DISABLE, "spam", &id));
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 2);
	decision_is(
	    &w, id, CS_DESK_DECISION_WAITING, DESK_TWO_REASON, "harassment");
	world_clear(&w);
}

/* A report that joins before it is sent counts. */
static void
test_report_comes(void **state)
{
	struct world w;
	uint64_t id;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, no_files, CS_REASON_SPAM);
	id = disable(&w, "spam");
	decision_is(&w, id, CS_DESK_DECISION_UNDO, DESK_TWO_NO, "");
	take_for(&w, 0x12, 0x12, no_files, CS_REASON_HARASSMENT);
	assert_ok(desk_decisions_send(w.d));
	decision_is(
	    &w, id, CS_DESK_DECISION_WAITING, DESK_TWO_REASON, "harassment");
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM target"), 0);
	state_is(&w, 1, "waiting");
	assert_err(cs_desk_decision_confirm(w.d, &rita, id), CS_ERR_DENIED);
	assert_ok(cs_desk_decision_confirm(w.d, &rolf, id));
	world_clear(&w);
}

/* A policy that is made stricter before it is sent counts, too. */
static void
test_policy_changes(void **state)
{
	struct world w;
	uint64_t id;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, no_files, CS_REASON_SPAM);
	id = disable(&w, "spam");
	set_policy(&w, "two_people", "two_people = [\"disable\"]\n");
	assert_ok(desk_decisions_send(w.d));
	decision_is(&w, id, CS_DESK_DECISION_WAITING, DESK_TWO_ACTION, "");
	world_clear(&w);
}

/* ---- programs ----------------------------------------------------------- */

static void
test_tokens(void **state)
{
	struct cs_desk_actor program = rita;
	struct world w;
	uint64_t id, back;

	(void)state;
	program.token = true;
	world_init(&w);
	take_for(&w, 0x11, 0x11, no_files, CS_REASON_SPAM);
	assert_err(decide_as(&w, &program, version_of(&w, 1),
		       CS_DESK_ACTION_WARN, "spam", &id),
	    CS_ERR_DENIED);
	id = disable(&w, "spam");
	assert_err(cs_desk_decision_undo(w.d, &program, id), CS_ERR_DENIED);
	assert_ok(desk_decisions_send(w.d));
	assert_err(cs_desk_decision_reverse(w.d, &program, id, "Back.", &back),
	    CS_ERR_DENIED);
	/* If the policy says so, some of it. */
	set_policy(
	    &w, "token_actions", "token_actions = [\"warn\", \"disable\"]\n");
	assert_ok(cs_desk_decision_reverse(w.d, &program, id, "Back.", &back));
	assert_ok(decide_as(
	    &w, &program, version_of(&w, 1), CS_DESK_ACTION_WARN, "spam", &id));
	/* But nothing that takes two, and never as one of the two. */
	assert_err(decide_as(&w, &program, version_of(&w, 1),
		       CS_DESK_ACTION_DISABLE, "terrorism", &id),
	    CS_ERR_DENIED);
	id = disable(&w, "terrorism");
	program.id = rolf.id;
	assert_err(cs_desk_decision_confirm(w.d, &program, id), CS_ERR_DENIED);
	assert_err(
	    cs_desk_decision_refuse(w.d, &program, id, "No."), CS_ERR_DENIED);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_called_otherwise),
		cmocka_unit_test(test_one_is_enough),
		cmocka_unit_test(test_triage),
		cmocka_unit_test(test_split_merge),
		cmocka_unit_test(test_set_aside),
		cmocka_unit_test(test_report_comes),
		cmocka_unit_test(test_policy_changes),
		cmocka_unit_test(test_tokens),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
