/* SPDX-License-Identifier: MIT */
#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "franking/sender.h"
#include "support/test.h"

static struct cs_sign_key key;

static int
set_up(void **state)
{
	(void)state;
	cs_test_fixed_random(5);
	assert_ok(cs_sign_key_new(&key));
	cs_test_real_random();
	return 0;
}

static void
test_tag(void **state)
{
	uint8_t salt[16] = { 1 }, tag[32], want[32];
	struct cs_view data = cs_view_str("the content");

	(void)state;
	assert_ok(cs_franking_tag(tag, salt, data));
	assert_ok(cs_hmac_parts(want, CS_SHA256, CS_VIEW_OF(salt), &data, 1));
	assert_memory_equal(tag, want, 32);
	assert_ok(cs_franking_tag_check(tag, salt, data));
	for (size_t i = 0; i < 32; i++) {
		tag[i] ^= 1;
		assert_err(cs_franking_tag_check(tag, salt, data), CS_ERR_TAG);
		tag[i] ^= 1;
	}
	assert_err(cs_franking_tag_check(tag, salt, cs_view_str("the conten")),
	    CS_ERR_TAG);
	assert_err(
	    cs_franking_tag_check(tag, salt, cs_view_str("the content ")),
	    CS_ERR_TAG);
	salt[15] ^= 1;
	assert_err(cs_franking_tag_check(tag, salt, data), CS_ERR_TAG);
}

static void
test_signature(void **state)
{
	struct cs_sender_frank good = {
		.tag = { 1 },
		.group_ref = { 2 },
		.epoch = 3,
		.leaf = 4,
		.account = { 5 },
		.device = { 6 },
		.sender_seq = 7,
		.claimed_ms = 8,
	};
	struct cs_sender_frank f = good;
	struct cs_sign_key other;
	uint8_t sig[64];
	struct cs_view public = CS_VIEW_OF(key.public);

	(void)state;
	assert_ok(cs_sender_sign(sig, &good, &key));
	assert_ok(cs_sender_verify(&good, public, CS_VIEW_OF(sig)));
#define LIE(field)                                                             \
	do {                                                                   \
		f = good;                                                      \
		*(uint8_t *)(field) ^= 1;                                      \
		assert_err(cs_sender_verify(&f, public, CS_VIEW_OF(sig)),      \
		    CS_ERR_SIGNATURE);                                         \
	} while (0)
	LIE(f.tag + 31);
	LIE(f.group_ref + 31);
	LIE(&f.epoch);
	LIE(&f.leaf);
	LIE(f.account + 15);
	LIE(f.device + 15);
	LIE(&f.sender_seq);
	LIE(&f.claimed_ms);
#undef LIE
	for (size_t i = 0; i < 64; i++) {
		sig[i] ^= 1;
		assert_err(cs_sender_verify(&good, public, CS_VIEW_OF(sig)),
		    CS_ERR_SIGNATURE);
		sig[i] ^= 1;
	}
	assert_err(cs_sender_verify(&good, public, cs_view(sig, 63)),
	    CS_ERR_SIGNATURE);
	assert_err(
	    cs_sender_verify(&good, cs_view(key.public, 31), CS_VIEW_OF(sig)),
	    CS_ERR_KEY);
	assert_ok(cs_sign_key_new(&other));
	assert_err(
	    cs_sender_verify(&good, CS_VIEW_OF(other.public), CS_VIEW_OF(sig)),
	    CS_ERR_SIGNATURE);
	/* Signed without the label: not what it says. */
	assert_ok(cs_sign(sig, &key, CS_VIEW_OF(good.tag)));
	assert_err(
	    cs_sender_verify(&good, public, CS_VIEW_OF(sig)), CS_ERR_SIGNATURE);
}

static enum cs_err
sign_and_verify(void *arg)
{
	struct cs_sender_frank *f = arg;
	uint8_t sig[64];
	enum cs_err err = cs_sender_sign(sig, f, &key);

	return err
	    ? err
	    : cs_sender_verify(f, CS_VIEW_OF(key.public), CS_VIEW_OF(sig));
}

static void
test_allocations(void **state)
{
	struct cs_sender_frank f = { 0 };

	(void)state;
	cs_test_allocations(sign_and_verify, &f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tag),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, set_up, NULL);
}
