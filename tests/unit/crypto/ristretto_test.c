/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"
#include "crypto/ristretto.h"
#include "support/test.h"

/* RFC 9496, appendix A.1: the generator; and the order of the group. */
static const uint8_t generator[] = { 0xe2, 0xf2, 0xae, 0x0a, 0x6a, 0xbc, 0x4e,
	0x71, 0xa8, 0x84, 0xa9, 0x61, 0xc5, 0x00, 0x51, 0x5f, 0x58, 0xe3, 0x0b,
	0x6a, 0xa5, 0x82, 0xdd, 0x8d, 0xb6, 0xa6, 0x59, 0x45, 0xe0, 0x8d, 0x2d,
	0x76 };
static const uint8_t order[] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
	0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0x10 };

static void
test_encodings(void **state)
{
	uint8_t x[CS_RISTRETTO_LEN];

	(void)state;
	assert_true(cs_ristretto_is_element(generator));
	memset(x, 0, sizeof x);
	assert_false(cs_ristretto_is_element(x));
	assert_true(cs_ristretto_is_scalar(x));
	/* RFC 9496, appendix A.3: a negative field element, and one that is not
	 * reduced. */
	x[0] = 1;
	assert_false(cs_ristretto_is_element(x));
	memset(x, 0xff, sizeof x);
	assert_false(cs_ristretto_is_element(x));
	assert_false(cs_ristretto_is_scalar(x));
	assert_false(cs_ristretto_is_scalar(order));
	memcpy(x, order, sizeof x);
	x[0]--;
	assert_true(cs_ristretto_is_scalar(x));
}

/* Texts and tags that differ lead to elements and scalars that do. */
static void
test_hashing(void **state)
{
	uint8_t a[CS_RISTRETTO_LEN], b[CS_RISTRETTO_LEN];

	(void)state;
	assert_ok(cs_ristretto_element(a, cs_view_str("a")));
	assert_ok(cs_ristretto_element(b, cs_view_str("b")));
	assert_true(cs_ristretto_is_element(a) && cs_ristretto_is_element(b));
	assert_memory_not_equal(a, b, sizeof a);
	assert_ok(cs_ristretto_scalar(a, cs_view_str("a"), "One-"));
	assert_ok(cs_ristretto_scalar(b, cs_view_str("a"), "Two-"));
	assert_true(cs_ristretto_is_scalar(a) && cs_ristretto_is_scalar(b));
	assert_memory_not_equal(a, b, sizeof a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_hashing),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
