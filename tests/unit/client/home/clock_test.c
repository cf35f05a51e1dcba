/* SPDX-License-Identifier: MIT */
#include "client/home/clock.h"

#include "crypto/random.h"
#include "store/clock.h"
#include "support/client_world.h"

#define MINUTE_MS ((int64_t)60 * CS_SECOND_MS)
#define HOUR ((int64_t)CS_HOUR_MS)

static void
is_about(uint64_t ms, int64_t from_now)
{
	int64_t off = (int64_t)ms - (int64_t)cs_clock_ms() - from_now;

	assert_in_range(off < 0 ? -off : off, 0, 5000);
}

static void
test_now(void **state)
{
	struct cs_client c = { 0 };
	char words[64];

	(void)state;
	is_about(client_now_ms(&c), 0);
	assert_false(cs_client_clock_differs(&c, words));
	client_clock_set(&c, MINUTE_MS);
	is_about(client_now_ms(&c), 0);
	client_clock_set(&c, 2 * HOUR);
	is_about(client_now_ms(&c), 2 * HOUR);
	is_about(client_earliest_s(&c) * CS_SECOND_MS, 0);
	assert_true(cs_client_clock_differs(&c, words));
	assert_string_equal(words, "2 hours behind");
	client_clock_set(&c, -3 * HOUR);
	is_about(client_now_ms(&c), -3 * HOUR);
	is_about(client_earliest_s(&c) * CS_SECOND_MS, -3 * HOUR);
	assert_true(cs_client_clock_differs(&c, words));
	assert_string_equal(words, "3 hours ahead of");
	client_clock_set(&c, 400 * 24 * HOUR);
	is_about(client_earliest_s(&c) * CS_SECOND_MS, 400 * 24 * HOUR);
	client_clock_set(&c, 0);
	is_about(client_now_ms(&c), 0);
}

/* Time does not go back further than what was seen. */
static void
test_credible(void **state)
{
	struct cs_client c = { 0 };

	(void)state;
	assert_true(client_clock_credible(&c, 1000));
	client_time_seen(&c, 100 * CS_DAY_MS, false);
	client_time_seen(&c, 99 * CS_DAY_MS, false);
	assert_true(client_clock_credible(&c, 100 * CS_DAY_MS));
	assert_true(
	    client_clock_credible(&c, 100 * CS_DAY_MS - 10 * MINUTE_MS));
	assert_false(
	    client_clock_credible(&c, 100 * CS_DAY_MS - 10 * MINUTE_MS - 1));
	assert_false(client_clock_credible(&c, UINT64_MAX));
	/* Unless a stamp says that it was too late. */
	client_time_seen(&c, 50 * CS_DAY_MS, true);
	assert_true(client_clock_credible(&c, 51 * CS_DAY_MS));
}

static void
test_stored(void **state)
{
	struct temp_dir dir = temp_dir_new();
	struct cw_person alma;
	struct cs_client *c;

	(void)state;
	cs_test_fixed_random(13);
	cw_person_init(&alma, "alma");
	c = cw_home(temp_path(&dir, "alma"), &alma, "alma");
	assert_ok(client_clock_load(c));
	assert_int_equal(c->time.seen_ms, 0);
	client_time_seen(c, CS_DAY_MS, false);
	assert_ok(client_clock_store(c));
	c->time.seen_ms = 0;
	assert_ok(client_clock_load(c));
	assert_int_equal(c->time.seen_ms, CS_DAY_MS);
	client_time_seen(c, 1000, true);
	assert_ok(client_clock_store(c));
	assert_ok(client_clock_load(c));
	assert_int_equal(c->time.seen_ms, 1000);
	cs_client_close(c);
	cs_buf_free(&alma.credential);
	temp_dir_clear(&dir);
	cs_test_real_random();
}

static void
test_duration(void **state)
{
	static const struct {
		uint64_t s;
		const char *want;
	} cases[] = { { 0, "0 seconds" }, { 1, "1 second" },
		{ 119, "119 seconds" }, { 120, "2 minutes" },
		{ 7199, "120 minutes" }, { 7200, "2 hours" },
		{ 2 * 86400 - 1, "48 hours" }, { 2 * 86400, "2 days" },
		{ 60 * 86400, "60 days" } };
	char out[CLIENT_DURATION_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		client_duration(out, cases[i].s * 1000);
		assert_string_equal(out, cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_now),
		cmocka_unit_test(test_credible),
		cmocka_unit_test(test_stored),
		cmocka_unit_test(test_duration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
