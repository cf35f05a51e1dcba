/* SPDX-License-Identifier: MIT */
/* RFC 8032, section 7.1, and what a lax verifier would let through. */

#include "crypto/init.h"
#include "crypto/sign.h"
#include "support/test.h"

static const struct {
	const char *seed, *public, *message, *signature;
} vectors[] = {
	{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	    "",
	    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
	    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100"
	    "b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
	    "72",
	    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c0"
	    "0" },
	{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
	    "af82",
	    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
	    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40"
	    "a" },
	{ "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
	    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
	    "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
	    "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a70"
	    "4" },
};
#define N_VECTORS (sizeof vectors / sizeof vectors[0])

static void
test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_VECTORS; i++) {
		struct cs_view message = cs_test_unhex(vectors[i].message);
		struct cs_sign_key key;
		uint8_t signature[CS_SIGNATURE_LEN];

		assert_ok(cs_sign_key_from_seed(
		    &key, cs_test_unhex(vectors[i].seed).data));
		assert_view_equal(
		    CS_VIEW_OF(key.public), cs_test_unhex(vectors[i].public));
		assert_ok(cs_sign(signature, &key, message));
		assert_view_equal(
		    CS_VIEW_OF(signature), cs_test_unhex(vectors[i].signature));
		assert_ok(cs_sign_verify(
		    CS_VIEW_OF(key.public), message, CS_VIEW_OF(signature)));
		assert_true(cs_sign_public_valid(CS_VIEW_OF(key.public)));
	}
}

static void
test_tampered(void **state)
{
	struct cs_sign_key key, other;
	uint8_t signature[CS_SIGNATURE_LEN + 1] = { 0 };
	struct cs_view sig = cs_view(signature, CS_SIGNATURE_LEN);
	struct cs_view m = cs_view_str("message");

	(void)state;
	cs_test_fixed_random(1);
	assert_ok(cs_sign_key_new(&key));
	assert_ok(cs_sign_key_new(&other));
	cs_test_real_random();
	assert_ok(cs_sign(signature, &key, m));
	assert_ok(cs_sign_verify(CS_VIEW_OF(key.public), m, sig));
	for (size_t bit = 0; bit < 8 * CS_SIGNATURE_LEN; bit++) {
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_err(cs_sign_verify(CS_VIEW_OF(key.public), m, sig),
		    CS_ERR_SIGNATURE);
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_err(
	    cs_sign_verify(CS_VIEW_OF(key.public), cs_view_str("messagf"), sig),
	    CS_ERR_SIGNATURE);
	assert_err(
	    cs_sign_verify(CS_VIEW_OF(key.public), cs_view_str("messag"), sig),
	    CS_ERR_SIGNATURE);
	assert_err(
	    cs_sign_verify(CS_VIEW_OF(other.public), m, sig), CS_ERR_SIGNATURE);
	/* Lengths. */
	assert_err(cs_sign_verify(cs_view(key.public, 31), m, sig), CS_ERR_KEY);
	for (size_t n = 0; n <= sizeof signature; n++)
		assert_err(cs_sign_verify(CS_VIEW_OF(key.public), m,
			       cs_view(signature, n)),
		    n == CS_SIGNATURE_LEN ? CS_OK : CS_ERR_SIGNATURE);
	assert_false(cs_sign_public_valid(cs_view(key.public, 31)));
	assert_false(cs_sign_public_valid(cs_view(NULL, 0)));
}

/* S + L satisfies the same equation: a second signature out of a first. */
static void
test_s_not_canonical(void **state)
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63,
		0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
		0x14, [31] = 0x10 };

	(void)state;
	for (size_t i = 0; i < N_VECTORS; i++) {
		struct cs_view public = cs_test_unhex(vectors[i].public);
		struct cs_view message = cs_test_unhex(vectors[i].message);
		uint8_t signature[CS_SIGNATURE_LEN];
		unsigned carry = 0;

		memcpy(signature, cs_test_unhex(vectors[i].signature).data,
		    sizeof signature);
		assert_ok(
		    cs_sign_verify(public, message, CS_VIEW_OF(signature)));
		for (int at = 0; at < 32; at++) {
			carry += (unsigned)signature[32 + at] + order[at];
			signature[32 + at] = (uint8_t)carry;
			carry >>= 8;
		}
		assert_err(
		    cs_sign_verify(public, message, CS_VIEW_OF(signature)),
		    CS_ERR_SIGNATURE);
	}
}

/* Every point whose order divides 8, in each spelling. */
static void
test_small_order(void **state)
{
	static const char *const points[] = {
		"01000000000000000000000000000000"
		"00000000000000000000000000000000",
		"00000000000000000000000000000000"
		"00000000000000000000000000000000",
		"00000000000000000000000000000000"
		"00000000000000000000000000000080",
		"ecffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffff7f",
		"26e8958fc2b227b045c3f489f2ef98f0"
		"d5dfac05d3c63339b13802886d53fc05",
		"26e8958fc2b227b045c3f489f2ef98f0"
		"d5dfac05d3c63339b13802886d53fc85",
		"c7176a703d4dd84fba3c0b760d10670f"
		"2a2053fa2c39ccc64ec7fd7792ac037a",
		"c7176a703d4dd84fba3c0b760d10670f"
		"2a2053fa2c39ccc64ec7fd7792ac03fa",
		/* The same, not canonical. */
		"01000000000000000000000000000000"
		"00000000000000000000000000000080",
		"ecffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffffff",
		"edffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffffff",
	};
	/* R is the identity and S is zero: with the identity as the key, this
	 * would sign every message. */
	uint8_t signature[CS_SIGNATURE_LEN] = { 1 };

	(void)state;
	for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
		struct cs_view p = cs_test_unhex(points[i]);

		assert_false(cs_sign_public_valid(p));
		assert_err(cs_sign_verify(
			       p, cs_view_str("any"), CS_VIEW_OF(signature)),
		    CS_ERR_SIGNATURE);
	}
}

/* The equation holds for these, and yet they are not what a signer makes. */
static void
test_lax_equation(void **state)
{
	(void)state;
	/* A good key; R of small order. */
	assert_err(cs_sign_verify(cs_test_unhex(vectors[0].public),
		       cs_view_str("small R"),
		       cs_test_unhex("01000000000000000000000000000000"
				     "00000000000000000000000000000000"
				     "17b76c68cdf640492434979a90098e71"
				     "524faef838e073346be3c4fcbe9df20a")),
	    CS_ERR_SIGNATURE);
	/* A key outside of the group of prime order may not be certified. */
	assert_false(cs_sign_public_valid(
	    cs_test_unhex("3b5b475c4b82dd1572799fc546f4c6c0"
			  "3e478c6654aa4c7f945b347ea32af60d")));
	/* Not on the curve. */
	assert_false(cs_sign_public_valid(
	    cs_test_unhex("02000000000000000000000000000000"
			  "00000000000000000000000000000000")));
}

/* What verified once is remembered; nothing else is let through for it. */
static void
test_again(void **state)
{
	struct cs_sign_key key, other;
	uint8_t message[64] = { 0 }, sig[64];
	static uint8_t many[300][64];

	(void)state;
	assert_ok(cs_sign_key_new(&key));
	assert_ok(cs_sign_key_new(&other));
	assert_ok(cs_sign(sig, &key, CS_VIEW_OF(message)));
	for (unsigned round = 0; round < 2; round++) {
		assert_ok(cs_sign_verify_again(CS_VIEW_OF(key.public),
		    CS_VIEW_OF(message), CS_VIEW_OF(sig)));
		assert_err(cs_sign_verify_again(CS_VIEW_OF(other.public),
			       CS_VIEW_OF(message), CS_VIEW_OF(sig)),
		    CS_ERR_SIGNATURE);
		assert_err(cs_sign_verify_again(CS_VIEW_OF(key.public),
			       cs_view(message, 63), CS_VIEW_OF(sig)),
		    CS_ERR_SIGNATURE);
		sig[5] ^= 1;
		assert_err(cs_sign_verify_again(CS_VIEW_OF(key.public),
			       CS_VIEW_OF(message), CS_VIEW_OF(sig)),
		    CS_ERR_SIGNATURE);
		sig[5] ^= 1;
		assert_err(cs_sign_verify_again(cs_view(key.public, 31),
			       CS_VIEW_OF(message), CS_VIEW_OF(sig)),
		    CS_ERR_KEY);
		assert_err(cs_sign_verify_again(CS_VIEW_OF(key.public),
			       CS_VIEW_OF(message), cs_view(sig, 63)),
		    CS_ERR_SIGNATURE);
	}
	/* More than are remembered, twice over. */
	for (unsigned i = 0; i < 600; i++) {
		message[0] = (uint8_t)(i % 300);
		message[1] = (uint8_t)(i % 300 >> 8);
		if (i < 300)
			assert_ok(cs_sign(many[i], &key, CS_VIEW_OF(message)));
		assert_ok(cs_sign_verify_again(CS_VIEW_OF(key.public),
		    CS_VIEW_OF(message), CS_VIEW_OF(many[i % 300])));
	}
	assert_true(cs_sign_public_valid_again(CS_VIEW_OF(key.public)));
	assert_true(cs_sign_public_valid_again(CS_VIEW_OF(key.public)));
	memset(message, 0, sizeof message);
	assert_false(cs_sign_public_valid_again(cs_view(message, 32)));
	assert_false(cs_sign_public_valid_again(cs_view(message, 32)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_s_not_canonical),
		cmocka_unit_test(test_small_order),
		cmocka_unit_test(test_lax_equation),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
