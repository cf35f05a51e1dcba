/* SPDX-License-Identifier: MIT */
#include "crypto/totp.h"

#include "support/test.h"

static const uint8_t secret[] = "12345678901234567890"; /* RFC 6238, App. B */

static void
test_vectors(void **state)
{
	/* The table has eight digits; six are its last ones. */
	static const struct {
		uint64_t s;
		uint32_t code;
	} rows[] = {
		{ 59, 287082 },
		{ 1111111109, 81804 },
		{ 1111111111, 50471 },
		{ 1234567890, 5924 },
		{ 2000000000, 279037 },
		{ 20000000000, 353130 },
	};
	uint32_t code;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_ok(cs_totp_code(&code, secret, rows[i].s / 30));
		assert_int_equal(code, rows[i].code);
	}
}

static void
test_check(void **state)
{
	const uint64_t now = 1111111109000;
	uint64_t last = 0;

	(void)state;
	assert_err(cs_totp_check(&last, secret, "081805", now), CS_ERR_DENIED);
	assert_err(cs_totp_check(&last, secret, "81804", now), CS_ERR_DENIED);
	assert_err(cs_totp_check(&last, secret, "0818040", now), CS_ERR_DENIED);
	assert_err(cs_totp_check(&last, secret, "08180a", now), CS_ERR_DENIED);
	assert_err(cs_totp_check(&last, secret, "", now), CS_ERR_DENIED);
	assert_int_equal(last, 0);
	assert_ok(cs_totp_check(&last, secret, "081804", now));
	assert_int_equal(last, 1111111109 / 30);
	/* Seen once, it is of no use any more. */
	assert_err(cs_totp_check(&last, secret, "081804", now), CS_ERR_DENIED);
	/* One period beside is taken, two are not. */
	last = 0;
	assert_ok(cs_totp_check(&last, secret, "081804", now + 30000));
	last = 0;
	assert_ok(cs_totp_check(&last, secret, "081804", now - 30000));
	last = 0;
	assert_err(
	    cs_totp_check(&last, secret, "081804", now + 61000), CS_ERR_DENIED);
	assert_err(
	    cs_totp_check(&last, secret, "081804", now - 60000), CS_ERR_DENIED);
}

static void
test_text(void **state)
{
	char text[CS_TOTP_TEXT_SIZE];

	(void)state;
	cs_totp_text(text, secret);
	assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
