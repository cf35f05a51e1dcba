/* SPDX-License-Identifier: MIT */
/* Nobody asks the console without end, and nobody uses up what is others'. */
#include "desk/console/rate.h"

#include <stdio.h>

#include "base/units.h"
#include "crypto/init.h"
#include "support/test.h"

static void
test_minute(void **state)
{
	const struct cs_view who = cs_view_str("192.0.2.1");
	struct api_rate r = { 0 };

	(void)state;
	api_rate_init(&r);
	for (unsigned i = 0; i < API_RATE_ADDRESS; i++)
		assert_int_equal(
		    api_rate_wait(&r, API_RATE_OF_ADDRESS, who, 5000), 0);
	assert_int_equal(api_rate_wait(&r, API_RATE_OF_ADDRESS, who, 5000), 60);
	assert_int_equal(
	    api_rate_wait(&r, API_RATE_OF_ADDRESS, who, 4999 + CS_MINUTE_MS),
	    1);
	assert_int_equal(api_rate_wait(&r, API_RATE_OF_ADDRESS,
			     cs_view_str("192.0.2.2"), 5000),
	    0);
	assert_int_equal(
	    api_rate_wait(&r, API_RATE_OF_SIGNED_IN, who, 5000), 0);
	assert_int_equal(
	    api_rate_wait(&r, API_RATE_OF_ADDRESS, who, 5000 + CS_MINUTE_MS),
	    0);
	/* A clock that was set back locks nobody out. */
	assert_int_equal(api_rate_wait(&r, API_RATE_OF_ADDRESS, who, 1), 0);
}

/* However many strangers there are, who is signed in is counted. */
static void
test_many(void **state)
{
	const struct cs_view who = cs_view_str("session");
	struct api_rate r = { 0 };
	char name[32];

	(void)state;
	api_rate_init(&r);
	for (unsigned i = 0; i < API_RATE_SIGNED_IN; i++)
		assert_int_equal(
		    api_rate_wait(&r, API_RATE_OF_SIGNED_IN, who, 5000), 0);
	for (unsigned i = 0; i < 100000; i++) {
		snprintf(name, sizeof name, "stranger %u", i);
		assert_int_equal(api_rate_wait(&r, API_RATE_OF_ADDRESS,
				     cs_view_str(name), 5000),
		    0);
	}
	assert_int_equal(
	    api_rate_wait(&r, API_RATE_OF_SIGNED_IN, who, 5000), 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_minute),
		cmocka_unit_test(test_many),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
