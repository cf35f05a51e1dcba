/* SPDX-License-Identifier: MIT */
#include "hub/talk/time.h"

#include "support/test.h"

#define START ((uint64_t)1800000000 * CS_SECOND_MS)

static void
test_follows(void **state)
{
	struct hub_time t = { 0 };

	(void)state;
	assert_int_equal(hub_time_step(&t, START, 500), START);
	assert_int_equal(hub_time_step(&t, START + 10, 510), START + 10);
	/* Somebody set it, a little. */
	assert_int_equal(
	    hub_time_step(&t, START + HUB_LEAP_MS, 510), START + HUB_LEAP_MS);
	assert_int_equal(t.ahead_ms, 0);
	/* Asleep for a day. */
	assert_int_equal(hub_time_step(&t, START + CS_DAY_MS, 500 + CS_DAY_MS),
	    START + CS_DAY_MS);
	assert_int_equal(t.ahead_ms, 0);
	/* Back, at once. */
	assert_int_equal(hub_time_step(&t, START - CS_DAY_MS, 500 + CS_DAY_MS),
	    START - CS_DAY_MS);
}

/* A year is not believed; an hour is made up for in an hour. */
static void
test_leaps(void **state)
{
	struct hub_time t = { 0 };
	uint64_t year = 365 * CS_DAY_MS, passed = 1000;

	(void)state;
	(void)hub_time_step(&t, START, passed);
	assert_int_equal(hub_time_step(&t, START + year, passed), START);
	assert_int_equal(t.ahead_ms, year);
	passed += CS_MINUTE_MS;
	assert_int_equal(hub_time_step(&t, START + year + CS_MINUTE_MS, passed),
	    START + 2 * CS_MINUTE_MS);
	assert_int_equal(t.ahead_ms, year - CS_MINUTE_MS);
	/* It is put right. */
	passed += CS_SECOND_MS;
	assert_int_equal(hub_time_step(&t, START + 61 * CS_SECOND_MS, passed),
	    START + 61 * CS_SECOND_MS);
	assert_int_equal(t.ahead_ms, 0);
	/* Another, by an hour. */
	for (uint64_t i = 1; i <= 3600; i++) {
		uint64_t system =
		    START + 61 * CS_SECOND_MS + CS_HOUR_MS + i * CS_SECOND_MS;
		uint64_t before = t.ms;

		passed += CS_SECOND_MS;
		assert_in_range(hub_time_step(&t, system, passed) - before, 0,
		    CS_HOUR_MS / 60 + 2 * CS_SECOND_MS);
		assert_true(t.ms <= system);
		assert_int_equal(t.ms + t.ahead_ms, system);
	}
	assert_int_equal(t.ahead_ms, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_follows),
		cmocka_unit_test(test_leaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
