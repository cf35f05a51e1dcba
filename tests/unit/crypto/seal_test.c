/* SPDX-License-Identifier: MIT */
/* Bytes at rest, keys from passphrases, and where randomness comes from. */

#include "crypto/init.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include "support/test.h"

static const struct cs_seal_key key = { { 1, 2, 3 } };
static const struct cs_seal_key other_key = { { 1, 2, 4 } };

static enum cs_err
unseal(const struct cs_seal_key *k, const char *place, struct cs_view sealed)
{
	struct cs_buf out = { 0 };
	enum cs_err err = cs_unseal(&out, k, cs_view_str(place), sealed);

	if (err == CS_OK)
		assert_view_equal(cs_buf_view(&out), cs_view_str("plain"));
	else
		assert_int_equal(out.len, 0);
	cs_buf_free(&out);
	return err;
}

static void
test_seal(void **state)
{
	struct cs_buf sealed = { 0 }, again = { 0 };
	struct cs_view v;
	enum cs_err want;

	(void)state;
	assert_ok(
	    cs_seal(&sealed, &key, cs_view_str("place"), cs_view_str("plain")));
	v = cs_buf_view(&sealed);
	assert_int_equal(v.len, 5 + CS_SEAL_OVERHEAD);
	assert_ok(unseal(&key, "place", v));
	assert_err(unseal(&key, "other", v), CS_ERR_DECRYPT);
	assert_err(unseal(&other_key, "place", v), CS_ERR_DECRYPT);
	for (size_t i = 0; i < v.len; i++) {
		sealed.data[i] ^= 1;
		assert_err(unseal(&key, "place", v),
		    i == 0 ? CS_ERR_VERSION : CS_ERR_DECRYPT);
		sealed.data[i] ^= 1;
		want = i < CS_SEAL_OVERHEAD ? CS_ERR_FORMAT : CS_ERR_DECRYPT;
		assert_err(unseal(&key, "place", cs_view(v.data, i)), want);
	}
	/* Sealed twice, it looks different. */
	assert_ok(
	    cs_seal(&again, &key, cs_view_str("place"), cs_view_str("plain")));
	assert_false(cs_view_equal(v, cs_buf_view(&again)));
	cs_buf_free(&sealed);
	cs_buf_free(&again);
}

static enum cs_err
try_seal(void *arg)
{
	struct cs_buf sealed = { 0 }, plain = { 0 };
	enum cs_err err;

	(void)arg;
	if ((err = cs_seal(&sealed, &key, cs_view_str("a"),
		 cs_view_str("some text that is longer than the first "
			     "piece of memory of a buffer"))) == CS_OK)
		err = cs_unseal(
		    &plain, &key, cs_view_str("a"), cs_buf_view(&sealed));
	cs_buf_free(&sealed);
	cs_buf_free(&plain);
	return err;
}

static void
test_allocations(void **state)
{
	(void)state;
	cs_test_allocations(try_seal, NULL);
}

static void
test_password(void **state)
{
	const uint8_t salt[CS_PASSWORD_SALT_LEN] = { 1, 2, 3 };
	const uint8_t salt2[CS_PASSWORD_SALT_LEN] = { 1, 2, 4 };
	const struct cs_password_cost low = { 1, 8 };
	struct cs_view phrase = cs_view_str("correct horse");
	uint8_t a[32], b[32];

	(void)state;
	assert_ok(cs_password_key(a, 32, phrase, salt, low));
	assert_ok(cs_password_key(b, 32, phrase, salt, low));
	assert_memory_equal(a, b, 32);
	assert_ok(cs_password_key(b, 32, phrase, salt2, low));
	assert_memory_not_equal(a, b, 32);
	assert_ok(cs_password_key(
	    b, 32, phrase, salt, (struct cs_password_cost){ 2, 8 }));
	assert_memory_not_equal(a, b, 32);
	assert_ok(
	    cs_password_key(b, 32, cs_view_str("correct hors"), salt, low));
	assert_memory_not_equal(a, b, 32);
	/* Too short or long a key; costs that are damage or an attack. */
	assert_err(cs_password_key(b, 15, phrase, salt, low), CS_ERR_MISUSE);
	assert_err(cs_password_key(b, 65, phrase, salt, low), CS_ERR_MISUSE);
	assert_err(cs_password_key(
		       b, 32, phrase, salt, (struct cs_password_cost){ 0, 8 }),
	    CS_ERR_LIMIT);
	assert_err(cs_password_key(
		       b, 32, phrase, salt, (struct cs_password_cost){ 17, 8 }),
	    CS_ERR_LIMIT);
	assert_err(cs_password_key(
		       b, 32, phrase, salt, (struct cs_password_cost){ 1, 7 }),
	    CS_ERR_LIMIT);
	assert_err(cs_password_key(b, 32, phrase, salt,
		       (struct cs_password_cost){ 1, (1u << 20) + 1 }),
	    CS_ERR_LIMIT);
	assert_true(cs_password_cost_default().memory_kib >= 64 * 1024);
}

static void
test_random(void **state)
{
	uint8_t a[32], b[32];

	(void)state;
	cs_random(a, sizeof a);
	cs_random(b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
	cs_test_fixed_random(5);
	cs_random(a, sizeof a);
	cs_test_fixed_random(5);
	cs_random(b, sizeof b);
	assert_memory_equal(a, b, sizeof a);
	cs_test_fixed_random(6);
	cs_random(b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
	cs_test_real_random();
	cs_random(b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seal),
		cmocka_unit_test(test_allocations),
		cmocka_unit_test(test_password),
		cmocka_unit_test(test_random),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
