/* SPDX-License-Identifier: MIT */
#include "crypto/timestamp.h"

#include "base/text.h"
#include "support/test.h"
#include "unit/crypto/timestamp_data.h"

#define DATED cs_view_str("what is dated")
#define ROOT cs_view_str(timestamp_root)

static const uint8_t nonce[CS_TIMESTAMP_NONCE_LEN] = { 0x41, 2, 3, 4, 5, 6, 7,
	8, 9, 10, 11, 12, 13, 14, 15, 16 };

/* The bytes of ${hex}. */
static struct cs_buf
bytes_of(const char *hex)
{
	struct cs_buf out = { 0 };
	uint8_t *at;
	size_t n = strlen(hex) / 2;

	assert_ok(cs_buf_extend(&out, n, &at));
	assert_ok(cs_unhex(at, n, hex));
	out.len = n;
	return out;
}

static enum cs_err
verify(const char *hex, struct cs_view bytes, const uint8_t *want)
{
	struct cs_buf answer = bytes_of(hex);
	struct cs_timestamp t;
	enum cs_err err =
	    cs_timestamp_verify(&t, cs_buf_view(&answer), bytes, want, ROOT);

	if (err == CS_OK) {
		assert_int_equal(t.time_s, TIMESTAMP_TIME_S);
		assert_int_equal(t.accuracy_s, 2);
		assert_string_equal(t.by, "O = Test, CN = A clock");
	}
	cs_buf_free(&answer);
	return err;
}

static void
test_good(void **state)
{
	(void)state;
	assert_ok(verify(timestamp_good, DATED, NULL));
	assert_ok(verify(timestamp_good, DATED, nonce));
}

static void
test_other(void **state)
{
	uint8_t other[CS_TIMESTAMP_NONCE_LEN];

	(void)state;
	memcpy(other, nonce, sizeof other);
	other[15] ^= 1;
	assert_err(verify(timestamp_good, cs_view_str("what is dateD"), NULL),
	    CS_ERR_MISMATCH);
	assert_err(verify(timestamp_good, DATED, other), CS_ERR_MISMATCH);
	assert_err(verify(timestamp_sha384, DATED, NULL), CS_ERR_MISMATCH);
	assert_err(verify(timestamp_refused, DATED, NULL), CS_ERR_REFUSED);
	assert_err(verify(timestamp_server, DATED, NULL), CS_ERR_SIGNATURE);
}

static void
test_authorities(void **state)
{
	struct cs_buf answer = bytes_of(timestamp_good);
	struct cs_timestamp t;

	(void)state;
	assert_err(cs_timestamp_verify(
		       &t, cs_buf_view(&answer), DATED, NULL, cs_view_str("")),
	    CS_ERR_NOT_FOUND);
	assert_int_equal(t.time_s, 0);
	cs_buf_free(&answer);
}

/* No bit of what is signed can be turned, nothing stands behind it, and no
 * beginning of it is one. */
static void
test_twins(void **state)
{
	struct cs_buf answer = bytes_of(timestamp_good);
	struct cs_timestamp t;
	size_t taken = 0;

	(void)state;
	for (size_t n = 0; n < answer.len; n++)
		assert_int_not_equal(
		    cs_timestamp_verify(
			&t, cs_view(answer.data, n), DATED, NULL, ROOT),
		    CS_OK);
	for (size_t i = 0; i < answer.len; i++) {
		answer.data[i] ^= 1;
		if (cs_timestamp_verify(
			&t, cs_buf_view(&answer), DATED, NULL, ROOT) == CS_OK) {
			taken++;
			assert_int_equal(t.time_s, TIMESTAMP_TIME_S);
			assert_string_equal(t.by, "O = Test, CN = A clock");
		}
		answer.data[i] ^= 1;
	}
	/* CMS signs neither the status nor how algorithms are named beside the
	 * signature; what is said does not change with them. */
	assert_in_range(taken, 0, 16);
	assert_ok(cs_buf_add(&answer, cs_view("", 1)));
	assert_err(
	    cs_timestamp_verify(&t, cs_buf_view(&answer), DATED, NULL, ROOT),
	    CS_ERR_FORMAT);
	cs_buf_free(&answer);
}

/* SEQUENCE { 1, { { sha256, NULL }, hash }, nonce, TRUE } */
static void
test_request(void **state)
{
	static const char head[] = "304b020101"
				   "3031300d060960864801650304020105000420";
	struct cs_buf out = { 0 };
	char hex[512];

	(void)state;
	assert_ok(cs_timestamp_request(&out, DATED, nonce));
	assert_true(2 * out.len < sizeof hex);
	cs_hex(hex, cs_buf_view(&out));
	assert_memory_equal(hex, head, strlen(head));
	assert_non_null(strstr(hex, "02104102030405060708090a0b0c0d0e0f10"));
	assert_string_equal(hex + strlen(hex) - 6, "0101ff");
	cs_buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_other),
		cmocka_unit_test(test_authorities),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
