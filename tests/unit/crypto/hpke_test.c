/* SPDX-License-Identifier: MIT */
/* RFC 9180, appendix A.1.1: base mode of the suite that we use. */
#include "crypto/hpke.h"

#include "crypto/random.h"
#include "support/test.h"

#define IKM_E "7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234"
#define PK_E "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"
#define SK_E "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736"
#define IKM_R "6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037"
#define PK_R "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"
#define SK_R "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"
#define INFO "4f6465206f6e2061204772656369616e2055726e"
#define PLAIN "4265617574792069732074727574682c20747275746820626561757479"
#define SEALED_0                                                               \
	"f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a9"     \
	"6d8770ac83d07bea87e13c512a"
#define SEALED_1                                                               \
	"af2d7e9ac9ae7e270f46ba1f975be53c09f8d875bdc8535458c2494e8a6eab25"     \
	"1c03d0c22a56b8ca42c2063b84"

#define SEALED_255                                                             \
	"7175db9717964058640a3a11fb9007941a5d1757fda1a6935c805c21af32505b"     \
	"f106deefec4a49ac38d71c9e0a"
#define SEALED_256                                                             \
	"957f9800542b0b8891badb026d79cc54597cb2d225b54c00c5238c25d05c30e3"     \
	"fbeda97d2e0e1aba483a2df9f2"

static const struct cs_suite *suite;

/* The ephemeral key of a sender comes from ikmE. */
static void
fill_ikm_e(void *arg, uint8_t *out, size_t n)
{
	(void)arg;
	assert_int_equal(n, 32);
	memcpy(out, cs_test_unhex(IKM_E).data, n);
}

static void
test_derive(void **state)
{
	struct cs_hpke_key key, same;

	(void)state;
	assert_ok(cs_hpke_key_derive(&key, cs_test_unhex(IKM_E)));
	assert_view_equal(CS_VIEW_OF(key.private), cs_test_unhex(SK_E));
	assert_view_equal(CS_VIEW_OF(key.public), cs_test_unhex(PK_E));
	assert_ok(cs_hpke_key_derive(&key, cs_test_unhex(IKM_R)));
	assert_view_equal(CS_VIEW_OF(key.private), cs_test_unhex(SK_R));
	assert_view_equal(CS_VIEW_OF(key.public), cs_test_unhex(PK_R));
	assert_ok(cs_hpke_key_from_private(&same, key.private));
	assert_view_equal(CS_VIEW_OF(same.public), cs_test_unhex(PK_R));
}

static void
test_sender(void **state)
{
	struct cs_hpke h;
	struct cs_buf out = { 0 };
	uint8_t enc[CS_X25519_LEN], exported[32];

	(void)state;
	cs_random_replace(fill_ikm_e, NULL);
	assert_ok(cs_hpke_sender(
	    &h, enc, suite, cs_test_unhex(PK_R), cs_test_unhex(INFO)));
	cs_random_replace(NULL, NULL);
	assert_view_equal(CS_VIEW_OF(enc), cs_test_unhex(PK_E));
	assert_view_equal(cs_view(h.key, 16),
	    cs_test_unhex("4531685d41d65f03dc48f6b8302c05b0"));
	assert_view_equal(cs_view(h.base_nonce, 12),
	    cs_test_unhex("56d890e5accaaf011cff4b7d"));
	assert_view_equal(cs_view(h.exporter_secret, 32),
	    cs_test_unhex("45ff1c2e220db587171952c0592d5f5e"
			  "be103f1561a2614e38f2ffd47e99e3f8"));
	assert_ok(cs_hpke_seal(
	    &h, &out, cs_view_str("Count-0"), cs_test_unhex(PLAIN)));
	assert_view_equal(cs_buf_view(&out), cs_test_unhex(SEALED_0));
	cs_buf_reset(&out);
	assert_ok(cs_hpke_seal(
	    &h, &out, cs_view_str("Count-1"), cs_test_unhex(PLAIN)));
	assert_view_equal(cs_buf_view(&out), cs_test_unhex(SEALED_1));
	/* Far enough for the number to have a second byte. */
	h.seq = 255;
	cs_buf_reset(&out);
	assert_ok(cs_hpke_seal(
	    &h, &out, cs_view_str("Count-255"), cs_test_unhex(PLAIN)));
	assert_view_equal(cs_buf_view(&out), cs_test_unhex(SEALED_255));
	cs_buf_reset(&out);
	assert_ok(cs_hpke_seal(
	    &h, &out, cs_view_str("Count-256"), cs_test_unhex(PLAIN)));
	assert_view_equal(cs_buf_view(&out), cs_test_unhex(SEALED_256));
	assert_ok(cs_hpke_export(&h, exported, 32, cs_view(NULL, 0)));
	assert_view_equal(CS_VIEW_OF(exported),
	    cs_test_unhex("3853fe2b4035195a573ffc53856e7705"
			  "8e15d9ea064de3e59f4961d0095250ee"));
	assert_ok(cs_hpke_export(&h, exported, 32, cs_view("", 1)));
	assert_view_equal(CS_VIEW_OF(exported),
	    cs_test_unhex("2e8f0b54673c7029649d4eb9d5e33bf1"
			  "872cf76d623ff164ac185da9e88c21a5"));
	assert_ok(cs_hpke_export(&h, exported, 32, cs_view_str("TestContext")));
	assert_view_equal(CS_VIEW_OF(exported),
	    cs_test_unhex("e9e43065102c3836401bed8c3c3c75ae"
			  "46be1639869391d62c61f1ec7af54931"));
	cs_hpke_clear(&h);
	cs_buf_free(&out);
}

static void
test_receiver(void **state)
{
	struct cs_hpke_key key;
	struct cs_hpke h;
	struct cs_buf out = { 0 };

	(void)state;
	assert_ok(cs_hpke_key_from_private(&key, cs_test_unhex(SK_R).data));
	assert_ok(cs_hpke_receiver(
	    &h, suite, &key, cs_test_unhex(PK_E), cs_test_unhex(INFO)));
	/* Another place in the order, or other associated data. */
	assert_err(cs_hpke_open(&h, &out, cs_view_str("Count-1"),
		       cs_test_unhex(SEALED_1)),
	    CS_ERR_DECRYPT);
	assert_err(cs_hpke_open(&h, &out, cs_view_str("Count-1"),
		       cs_test_unhex(SEALED_0)),
	    CS_ERR_DECRYPT);
	/* What failed did not count. */
	assert_ok(cs_hpke_open(
	    &h, &out, cs_view_str("Count-0"), cs_test_unhex(SEALED_0)));
	assert_ok(cs_hpke_open(
	    &h, &out, cs_view_str("Count-1"), cs_test_unhex(SEALED_1)));
	assert_view_equal(cs_buf_view(&out), cs_test_unhex(PLAIN PLAIN));
	/* The number may not run over. */
	h.seq = UINT64_MAX;
	assert_err(
	    cs_hpke_open(&h, &out, cs_view_str(""), cs_test_unhex(SEALED_0)),
	    CS_ERR_LIMIT);
	assert_err(cs_hpke_seal(&h, &out, cs_view_str(""), cs_view_str("")),
	    CS_ERR_LIMIT);
	cs_hpke_clear(&h);
	cs_buf_free(&out);
}

static enum cs_err
open_once(struct cs_view sealed, const struct cs_hpke_key *key,
    const char *info, const char *aad)
{
	struct cs_buf out = { 0 };
	enum cs_err err = cs_hpke_open_once(
	    &out, suite, key, cs_view_str(info), cs_view_str(aad), sealed);

	if (err == CS_OK)
		assert_view_equal(cs_buf_view(&out), cs_view_str("plain"));
	else
		assert_int_equal(out.len, 0);
	cs_buf_free(&out);
	return err;
}

static void
test_once(void **state)
{
	struct cs_hpke_key key, other;
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	(void)state;
	assert_ok(cs_hpke_key_new(&key));
	assert_ok(cs_hpke_key_new(&other));
	assert_ok(cs_hpke_seal_once(&sealed, suite, CS_VIEW_OF(key.public),
	    cs_view_str("info"), cs_view_str("aad"), cs_view_str("plain")));
	assert_ok(open_once(cs_buf_view(&sealed), &key, "info", "aad"));
	assert_err(open_once(cs_buf_view(&sealed), &key, "infp", "aad"),
	    CS_ERR_DECRYPT);
	assert_err(open_once(cs_buf_view(&sealed), &key, "info", "aae"),
	    CS_ERR_DECRYPT);
	assert_err(open_once(cs_buf_view(&sealed), &other, "info", "aad"),
	    CS_ERR_DECRYPT);
	for (size_t i = 0; i < sealed.len; i++) {
		sealed.data[i] ^= 1;
		err = open_once(cs_buf_view(&sealed), &key, "info", "aad");
		assert_int_equal(cs_err_class(err), CS_ERR_CLASS_THEIRS);
		sealed.data[i] ^= 1;
		err = open_once(cs_view(sealed.data, i), &key, "info", "aad");
		assert_err(err, i < 32 ? CS_ERR_FORMAT : CS_ERR_DECRYPT);
	}
	cs_buf_free(&sealed);
}

/* RFC 9180, section 7.1.4: points that give everybody the same secret. */
static void
test_small_order(void **state)
{
	static const char *const points[] = {
		"00000000000000000000000000000000"
		"00000000000000000000000000000000",
		"01000000000000000000000000000000"
		"00000000000000000000000000000000",
		"e0eb7a7c3b41b8ae1656e3faf19fc46a"
		"da098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b"
		"04445cc4581c8e86d8224eddd09f1157",
		"ecffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffff7f",
	};
	struct cs_hpke_key key;
	struct cs_hpke h;
	struct cs_buf out = { 0 };
	uint8_t enc[CS_X25519_LEN];

	(void)state;
	assert_ok(cs_hpke_key_new(&key));
	assert_true(cs_hpke_public_valid(CS_VIEW_OF(key.public)));
	assert_false(cs_hpke_public_valid(cs_view(key.public, 31)));
	for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
		struct cs_view p = cs_test_unhex(points[i]);

		assert_false(cs_hpke_public_valid(p));
		assert_err(cs_hpke_sender(&h, enc, suite, p, cs_view_str("")),
		    CS_ERR_KEY);
		assert_err(
		    cs_hpke_receiver(&h, suite, &key, p, cs_view_str("")),
		    CS_ERR_KEY);
		assert_err(cs_hpke_seal_once(&out, suite, p, cs_view_str(""),
			       cs_view_str(""), cs_view_str("x")),
		    CS_ERR_KEY);
		assert_int_equal(out.len, 0);
	}
	assert_err(cs_hpke_sender(&h, enc, suite, cs_view(key.public, 31),
		       cs_view_str("")),
	    CS_ERR_KEY);
	assert_err(cs_hpke_receiver(&h, suite, &key, cs_view(key.public, 33),
		       cs_view_str("")),
	    CS_ERR_KEY);
	cs_buf_free(&out);
}

static enum cs_err
try_once(void *arg)
{
	const struct cs_hpke_key *key = arg;
	struct cs_buf sealed = { 0 }, plain = { 0 };
	struct cs_hpke_key fresh;
	enum cs_err err;

	if ((err = cs_hpke_key_new(&fresh)) == CS_OK &&
	    (err = cs_hpke_seal_once(&sealed, suite, CS_VIEW_OF(key->public),
		 cs_view_str("i"), cs_view_str("a"), cs_view_str("p"))) ==
		CS_OK)
		err = cs_hpke_open_once(&plain, suite, key, cs_view_str("i"),
		    cs_view_str("a"), cs_buf_view(&sealed));
	cs_buf_free(&sealed);
	cs_buf_free(&plain);
	return err;
}

static void
test_allocations(void **state)
{
	struct cs_hpke_key key;

	(void)state;
	assert_ok(cs_hpke_key_new(&key));
	cs_test_allocations(try_once, &key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_derive),
		cmocka_unit_test(test_sender),
		cmocka_unit_test(test_receiver),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_small_order),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	suite = cs_suite_find(CS_SUITE_X25519_AES128);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
