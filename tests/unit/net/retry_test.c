/* SPDX-License-Identifier: MIT */
/* Trying again: longer each time, and not for ever unless it gets anywhere. */
#include "net/retry.h"

#include "crypto/init.h"
#include "support/test.h"

static void
test_gives_up(void **state)
{
	struct cs_retry r = { 0 };
	int before = 0, ms, n = 0;

	(void)state;
	assert_ok(cs_crypto_init());
	while ((ms = cs_retry_ms(&r, 0)) != 0) {
		/* It doubles, of which half is chance. */
		assert_true(ms >= before / 2 && ms <= 20000);
		before = ms;
		n++;
	}
	assert_int_equal(n, 5);
	assert_int_equal(cs_retry_ms(&r, 0), 0);
}

static void
test_goes_on(void **state)
{
	struct cs_retry r = { 0 };

	(void)state;
	for (uint64_t done = 1; done < 1000; done++) {
		int ms = cs_retry_ms(&r, done);

		assert_true(ms > 0 && ms <= 1000);
	}
	for (unsigned i = 0; i < 4; i++)
		assert_true(cs_retry_ms(&r, 999) > 0);
	assert_int_equal(cs_retry_ms(&r, 999), 0);
	/* A line that is of use again. */
	assert_true(cs_retry_ms(&r, 1000) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gives_up),
		cmocka_unit_test(test_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
