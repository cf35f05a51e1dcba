/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "crypto/init.h"
#include "crypto/vrf.h"
#include "support/test.h"

/* RFC 9497, appendix A.1.2: what its two vectors of one element have in common.
 */
#define SEED "a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3"
#define PRIVATE                                                                \
	"e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909"
#define PUBLIC                                                                 \
	"c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e"

static struct cs_vrf_key key;

static void
from_hex(uint8_t *out, size_t n, const char *hex)
{
	assert_ok(cs_unhex(out, n, hex));
}

static void
derive(void)
{
	uint8_t seed[CS_VRF_SEED_LEN];

	from_hex(seed, sizeof seed, SEED);
	assert_ok(cs_vrf_key_derive(&key, seed, cs_view_str("test key")));
}

static void
test_key(void **state)
{
	uint8_t expected[CS_VRF_KEY_LEN];
	struct cs_vrf_key other;
	uint8_t seed[CS_VRF_SEED_LEN];

	(void)state;
	derive();
	from_hex(expected, sizeof expected, PRIVATE);
	assert_memory_equal(key.private, expected, sizeof expected);
	from_hex(expected, sizeof expected, PUBLIC);
	assert_memory_equal(key.public, expected, sizeof expected);
	from_hex(seed, sizeof seed, SEED);
	assert_ok(cs_vrf_key_derive(&other, seed, cs_view_str("other key")));
	assert_memory_not_equal(key.public, other.public, sizeof key.public);
}

/* Test vector 1: the value does not depend on how it was blinded. */
static void
test_value(void **state)
{
	uint8_t expected[CS_VRF_OUTPUT_LEN], out[CS_VRF_OUTPUT_LEN];
	uint8_t again[CS_VRF_OUTPUT_LEN];
	uint8_t proof[CS_VRF_PROOF_LEN];

	(void)state;
	derive();
	from_hex(expected, sizeof expected,
	    "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
	    "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c");
	assert_ok(cs_vrf_prove(out, proof, &key, cs_view("", 1)));
	assert_memory_equal(out, expected, sizeof out);
	assert_ok(cs_vrf_verify(again, key.public, proof, cs_view("", 1)));
	assert_memory_equal(again, expected, sizeof out);
}

/* Whatever is changed, it does not hold. */
static void
test_lies(void **state)
{
	static const uint8_t zero[32];
	const struct cs_view name = cs_view_str("alma");
	uint8_t out[CS_VRF_OUTPUT_LEN], proof[CS_VRF_PROOF_LEN];
	uint8_t bad[CS_VRF_PROOF_LEN];
	struct cs_vrf_key other;
	uint8_t seed[CS_VRF_SEED_LEN] = { 1 };
	struct cs_view at;

	(void)state;
	derive();
	assert_ok(cs_vrf_key_derive(&other, seed, name));
	assert_ok(cs_vrf_prove(out, proof, &key, name));
	assert_ok(cs_vrf_verify(out, key.public, proof, name));
	for (size_t i = 0; i < sizeof proof; i++) {
		memcpy(bad, proof, sizeof bad);
		bad[i] ^= 1;
		assert_err(cs_vrf_verify(out, key.public, bad, name),
		    CS_ERR_SIGNATURE);
	}
	assert_err(cs_vrf_verify(out, key.public, proof, cs_view_str("almb")),
	    CS_ERR_SIGNATURE);
	assert_err(
	    cs_vrf_verify(out, other.public, proof, name), CS_ERR_SIGNATURE);
	assert_err(cs_vrf_verify(out, zero, proof, name), CS_ERR_KEY);
	memcpy(bad, proof, sizeof bad);
	memset(bad, 0, 32);
	assert_err(cs_vrf_verify(out, key.public, bad, name), CS_ERR_SIGNATURE);
	/* The proof of another key's value, and one whose scalar is written
	 * otherwise. */
	assert_ok(cs_vrf_prove(out, bad, &other, name));
	memcpy(bad + 32, proof + 32, 64);
	assert_err(cs_vrf_verify(out, key.public, bad, name), CS_ERR_SIGNATURE);
	memcpy(bad, proof, sizeof bad);
	memset(bad + 64, 0xff, 32);
	assert_err(cs_vrf_verify(out, key.public, bad, name), CS_ERR_SIGNATURE);
	at = cs_view(bad, CS_VRF_INPUT_MAX + (size_t)1);
	assert_err(cs_vrf_prove(out, bad, &key, at), CS_ERR_LIMIT);
	assert_err(cs_vrf_verify(out, key.public, bad, at), CS_ERR_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_value),
		cmocka_unit_test(test_lies),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
