/* SPDX-License-Identifier: MIT */
/* Second thoughts about a decision. */
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/core/actor.h"
#include "desk/decisions/revise.h"
#include "desk/decisions/send.h"
#include "unit/desk/case_home.h"

/* A reversal cannot be stopped half way: its answers are out. */
static void
test_reversal_stays(void **state)
{
	uint64_t made, back;
	struct world w;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	made = dismiss(&w, 1);
	assert_ok(cs_desk_decision_reverse(
	    w.d, &cs_desk_operator, made, "It was wrong.", &back));
	assert_err(
	    cs_desk_decision_undo(w.d, &cs_desk_operator, back), CS_ERR_DENIED);
	assert_ok(desk_decisions_send(w.d));
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM decision WHERE state=3"), 1);
	state_is(&w, 1, "decided");
	world_clear(&w);
}

/* What a reversal rests on is as long as a statement has room for. */
static void
test_reversal_text(void **state)
{
	char text[CS_DESK_FACTS_MAX + 2];
	uint64_t made, back;
	struct world w;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	made = dismiss(&w, 1);
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_err(
	    cs_desk_decision_reverse(w.d, &cs_desk_operator, made, text, &back),
	    CS_ERR_LIMIT);
	text[CS_DESK_FACTS_MAX] = '\0';
	assert_ok(cs_desk_decision_reverse(
	    w.d, &cs_desk_operator, made, text, &back));
	assert_ok(desk_decisions_send(w.d));
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reversal_stays),
		cmocka_unit_test(test_reversal_text),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
