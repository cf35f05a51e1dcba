/* SPDX-License-Identifier: MIT */
/* What a decision covers. */
#include "base/units.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/cases/case.h"
#include "desk/core/policy.h"
#include "desk/decisions/decide.h"
#include "desk/decisions/send.h"
#include "unit/desk/case_home.h"

/* An account that is named twice gets one action. */
static void
test_named_twice(void **state)
{
	struct cs_desk_choice choice = { .action = CS_DESK_ACTION_WARN,
		.reason = "spam",
		.facts = "Sold what was not theirs.",
		.ground = "",
		.legal = "",
		.to_key = "",
		.at_once = true };
	uint8_t accounts[2][CS_ID_LEN];
	struct cs_desk_edit e;
	struct world w;
	uint64_t id;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	for (unsigned i = 0; i < 2; i++)
		memcpy(accounts[i], w.e.people[0].account, CS_ID_LEN);
	choice.accounts = accounts;
	choice.n_accounts = 2;
	e = edit_now(&w, 1);
	assert_ok(cs_desk_case_decide(&e, &choice, &id));
	assert_ok(desk_decisions_send(w.d));
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM target"), 1);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_named_twice),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
