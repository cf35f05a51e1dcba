/* SPDX-License-Identifier: MIT */
/* RFC 4231 (HMAC), RFC 5869, appendix A (HKDF), FIPS 180-4 (SHA-2). */

#include "crypto/hash.h"
#include "crypto/init.h"
#include "support/test.h"

static struct cs_view
repeat(uint8_t byte, size_t n)
{
	static uint8_t out[2][256];
	static unsigned next;
	uint8_t *at = out[next++ % 2];

	memset(at, byte, n);
	return cs_view(at, n);
}

#define LONG                                                                   \
	"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"     \
	"ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"

static void
test_hashes(void **state)
{
	static const struct {
		enum cs_hash hash;
		const char *in, *out;
	} cases[] = {
		{ CS_SHA256, "",
		    "e3b0c44298fc1c149afbf4c8996fb924"
		    "27ae41e4649b934ca495991b7852b855" },
		{ CS_SHA256, "abc",
		    "ba7816bf8f01cfea414140de5dae2223"
		    "b00361a396177a9cb410ff61f20015ad" },
		{ CS_SHA256,
		    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		    "248d6a61d20638b8e5c026930c3e6039"
		    "a33ce45964ff2167f6ecedd419db06c1" },
		{ CS_SHA384, "",
		    "38b060a751ac96384cd9327eb1b1e36a21fdb71114be0743"
		    "4c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b" },
		{ CS_SHA384, "abc",
		    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
		    "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7" },
		{ CS_SHA384, LONG,
		    "09330c33f71147e83d192fc782cd1b4753111b173b3b05d2"
		    "2fa08086e3b0f712fcc7c71a557e2db966c3e9fa91746039" },
		{ CS_SHA512, "",
		    "cf83e1357eefb8bdf1542850d66d8007"
		    "d620e4050b5715dc83f4a921d36ce9ce"
		    "47d0d13c5d85f2b0ff8318d2877eec2f"
		    "63b931bd47417a81a538327af927da3e" },
		{ CS_SHA512, "abc",
		    "ddaf35a193617abacc417349ae204131"
		    "12e6fa4e89a97ea20a9eeee64b55d39a"
		    "2192992a274fc1a836ba3c23a3feebbd"
		    "454d4423643ce80e2a9ac94fa54ca49f" },
		{ CS_SHA512, LONG,
		    "8e959b75dae313da8cf4f72814fc143f"
		    "8f7779c6eb9f7fa17299aeadb6889018"
		    "501d289e4900f7e4331b99dec4b5433a"
		    "c7d329eeb6dd26545e96e55b874be909" },
	};
	uint8_t out[CS_HASH_MAX];
	struct cs_hasher *h;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct cs_view v = cs_view_str(cases[i].in), parts[2];
		struct cs_view want = cs_test_unhex(cases[i].out);
		size_t n = cs_hash_len(cases[i].hash);

		parts[0] = cs_view(v.data, v.len / 2);
		parts[1] = cs_view(v.data + v.len / 2, v.len - v.len / 2);
		assert_ok(cs_hash_parts(out, cases[i].hash, parts, 2));
		assert_view_equal(cs_view(out, n), want);
		/* Bit by bit, twice; a hasher starts anew each time. */
		assert_ok(cs_hasher_new(&h, cases[i].hash));
		for (unsigned round = 0; round < 2; round++) {
			for (size_t at = 0; at < v.len; at++)
				assert_ok(
				    cs_hasher_add(h, cs_view(v.data + at, 1)));
			assert_ok(cs_hasher_end(h, out));
			assert_view_equal(cs_view(out, n), want);
		}
		cs_hasher_free(h);
	}
	assert_ok(cs_sha256(out, cs_view_str("abc")));
	assert_view_equal(
	    cs_view(out, CS_SHA256_LEN), cs_test_unhex(cases[1].out));
	cs_hasher_free(NULL);
}

static void
hmac_with(enum cs_hash hash, struct cs_view key, struct cs_view data,
    const char *want)
{
	uint8_t out[CS_HASH_MAX];
	struct cs_view parts[2] = { cs_view(data.data, 3),
		cs_view(data.data + 3, data.len - 3) };

	assert_ok(cs_hmac_parts(out, hash, key, &data, 1));
	assert_view_equal(cs_view(out, cs_hash_len(hash)), cs_test_unhex(want));
	assert_ok(cs_hmac_parts(out, hash, key, parts, 2));
	assert_view_equal(cs_view(out, cs_hash_len(hash)), cs_test_unhex(want));
}

static void
hmac(struct cs_view key, struct cs_view data, const char *want)
{
	hmac_with(CS_SHA256, key, data, want);
}

static void
test_hmac(void **state)
{
	uint8_t count[25];

	(void)state;
	for (uint8_t i = 0; i < sizeof count; i++)
		count[i] = i + 1;
	hmac(repeat(0x0b, 20), cs_view_str("Hi There"),
	    "b0344c61d8db38535ca8afceaf0bf12b"
	    "881dc200c9833da726e9376c2e32cff7");
	hmac(cs_view_str("Jefe"), cs_view_str("what do ya want for nothing?"),
	    "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
	hmac(repeat(0xaa, 20), repeat(0xdd, 50),
	    "773ea91e36800e46854db8ebd09181a7"
	    "2959098b3ef8c122d9635514ced565fe");
	hmac(CS_VIEW_OF(count), repeat(0xcd, 50),
	    "82558a389a443c0ea4cc819899f2083a"
	    "85f0faa3e578f8077a2e3ff46729665b");
	/* The published value of this one is cut to 128 bits. */
	hmac(repeat(0x0c, 20), cs_view_str("Test With Truncation"),
	    "a3b6167473100ee06e0c796c2955552b"
	    "fa6f7c0a6a8aef8b93f860aab0cd20c5");
	hmac(repeat(0xaa, 131),
	    cs_view_str(
		"Test Using Larger Than Block-Size Key - Hash Key First"),
	    "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54");
	hmac(repeat(0xaa, 131),
	    cs_view_str("This is a test using a larger than block-size key "
			"and a larger than block-size data. The key needs to "
			"be hashed before being used by the HMAC algorithm."),
	    "9b09ffa71b942fcb27635fbcd5b0e944"
	    "bfdc63644f0713938a7f51535c3a35e2");
}

static void
test_hmac_384_512(void **state)
{
	(void)state;
	hmac_with(CS_SHA384, repeat(0x0b, 20), cs_view_str("Hi There"),
	    "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
	    "faea9ea9076ede7f4af152e8b2fa9cb6");
	hmac_with(CS_SHA384, cs_view_str("Jefe"),
	    cs_view_str("what do ya want for nothing?"),
	    "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
	    "8e2240ca5e69e2c78b3239ecfab21649");
	hmac_with(CS_SHA384, repeat(0xaa, 131),
	    cs_view_str("Test Using Larger Than Block-Size Key - "
			"Hash Key First"),
	    "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
	    "0c2ef6ab4030fe8296248df163f44952");
	hmac_with(CS_SHA512, repeat(0x0b, 20), cs_view_str("Hi There"),
	    "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
	    "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854");
	hmac_with(CS_SHA512, cs_view_str("Jefe"),
	    cs_view_str("what do ya want for nothing?"),
	    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
	    "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
	hmac_with(CS_SHA512, repeat(0xaa, 131),
	    cs_view_str("Test Using Larger Than Block-Size Key - "
			"Hash Key First"),
	    "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
	    "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
}

static void
hkdf(const char *ikm, const char *salt, const char *info, const char *prk,
    const char *okm)
{
	struct cs_view want = cs_test_unhex(okm), whole = cs_test_unhex(info);
	struct cs_view parts[2];
	uint8_t key[CS_SHA256_LEN], out[128];

	assert_ok(cs_hkdf_extract(
	    key, CS_SHA256, cs_test_unhex(salt), cs_test_unhex(ikm)));
	assert_view_equal(CS_VIEW_OF(key), cs_test_unhex(prk));
	assert_ok(
	    cs_hkdf_expand(out, want.len, CS_SHA256, CS_VIEW_OF(key), whole));
	assert_view_equal(cs_view(out, want.len), want);
	parts[0] = cs_view(whole.data, whole.len / 3);
	parts[1] =
	    cs_view(whole.data + whole.len / 3, whole.len - whole.len / 3);
	assert_ok(cs_hkdf_expand_parts(
	    out, want.len, CS_SHA256, CS_VIEW_OF(key), parts, 2));
	assert_view_equal(cs_view(out, want.len), want);
}

static void
test_hkdf(void **state)
{
	static const char ikm[] =
	    "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";

	(void)state;
	hkdf(ikm, "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
	    "077709362c2e32df0ddc3f0dc47bba63"
	    "90b6c73bb50f9c3122ec844ad7c2b3e5",
	    "3cb25f25faacd57a90434f64d0362f2a"
	    "2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
	    "34007208d5b887185865");
	hkdf("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	     "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
	     "404142434445464748494a4b4c4d4e4f",
	    "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
	    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
	    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
	    "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
	    "d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef"
	    "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
	    "06a6b88c5853361a06104c9ceb35b45c"
	    "ef760014904671014a193f40c15fc244",
	    "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
	    "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
	    "cc30c58179ec3e87c14c01d5c1f3434f1d87");
	/* No salt, no info. */
	hkdf(ikm, "", "",
	    "19ef24a32c717b167f33a91d6f648bdf"
	    "96596776afdb6377ac434c1c293ccb04",
	    "8da4e775a563c18f715f802a063c5a31"
	    "b8a11f5c5ee1879ec3454e5f3c738d2d"
	    "9d201395faa4b61a96c8");
}

static void
test_limits(void **state)
{
	static uint8_t out[255 * CS_SHA256_LEN + 1];
	struct cs_view key = repeat(1, 32), none = { NULL, 0 };
	enum cs_hash other = (enum cs_hash)9;

	(void)state;
	assert_ok(cs_hkdf_expand(out, sizeof out - 1, CS_SHA256, key, none));
	assert_err(cs_hkdf_expand(out, sizeof out, CS_SHA256, key, none),
	    CS_ERR_MISUSE);
	assert_ok(cs_hkdf_expand(out, 0, CS_SHA256, key, none));
	assert_int_equal(cs_hash_len(CS_SHA256), 32);
	assert_int_equal(cs_hash_len(CS_SHA384), 48);
	assert_int_equal(cs_hash_len(CS_SHA512), 64);
	assert_int_equal(cs_hash_len(other), 0);
	assert_err(cs_hash_parts(out, other, &key, 1), CS_ERR_UNSUPPORTED);
	assert_err(
	    cs_hmac_parts(out, other, key, &none, 1), CS_ERR_UNSUPPORTED);
	assert_err(cs_hkdf_expand(out, 1, other, key, none), CS_ERR_MISUSE);
}

static enum cs_err
try_hasher(void *arg)
{
	struct cs_hasher *h;
	enum cs_err err = cs_hasher_new(&h, CS_SHA256);

	(void)arg;
	cs_hasher_free(h);
	return err;
}

static void
test_allocations(void **state)
{
	(void)state;
	cs_test_allocations(try_hasher, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_hmac_384_512),
		cmocka_unit_test(test_hkdf),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
