/* SPDX-License-Identifier: MIT */
/* Merging cases. */
#include "base/units.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/cases/case.h"
#include "desk/cases/merge.h"
#include "desk/daemon/retention.h"
#include "desk/decisions/send.h"
#include "store/clock.h"
#include "unit/desk/case_home.h"

/* Two decided cases are kept for as long as the later one; after that
 * nothing of either is left. */
static void
test_merged_and_kept(void **state)
{
	static const int other[] = { 2, -1 };
	struct desk_case c;
	uint64_t last, n;
	struct world w;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	dismiss(&w, 1);
	last = decided_ms(&w, 1);
	while (cs_clock_ms() == last)
		;
	take_some(&w, 0x12, other);
	dismiss(&w, 2);
	last = decided_ms(&w, 2);
	merge(&w, 2, 1);
	state_is(&w, 1, "decided");
	assert_int_equal(decided_ms(&w, 1), last);
	assert_ok(cs_desk_retention(w.d, last + 9999 * CS_DAY_MS, &n));
	assert_int_equal(n, 1);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM term"), 0);
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM case_account"), 0);
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM reported_by"), 0);
	assert_ok(desk_case_load(&c, w.d, 2));
	assert_int_equal(c.reporters.n, 0);
	assert_int_equal(c.accounts.n, 0);
	desk_case_clear(&c);
	world_clear(&w);
}

/* While a decision is on its way, nothing is merged into its case: reporters
 * would be told what was decided about others. */
static void
test_merged_on_the_way(void **state)
{
	static const int first[] = { 0, -1 }, other[] = { 1, -1 };
	struct cs_desk_edit e;
	struct world w;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, first);
	take_some(&w, 0x12, other);
	decide(&w, 1);
	e = edit_now(&w, 2);
	assert_err(cs_desk_case_merge(&e, 1), CS_ERR_DENIED);
	e = edit_now(&w, 1);
	assert_err(cs_desk_case_merge(&e, 2), CS_ERR_DENIED);
	assert_ok(desk_decisions_send(w.d));
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM outbox"), 1);
	merge(&w, 2, 1);
	state_is(&w, 1, "open");
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merged_and_kept),
		cmocka_unit_test(test_merged_on_the_way),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
