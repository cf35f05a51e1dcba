/* SPDX-License-Identifier: MIT */
/* RFC 9180, appendix A: base mode of the suites that it has values for. */

#include "crypto/hpke.h"
#include "crypto/init.h"
#include "crypto/random.h"
#include "support/test.h"

#define INFO "4f6465206f6e2061204772656369616e2055726e"
#define PLAIN "4265617574792069732074727574682c20747275746820626561757479"

/* A.1.1, A.2.1, A.3.1, A.6.1.  ${sealed}: numbers 0, 1, 255 and 256. */
static const struct vector {
	uint16_t suite_id;
	const char *ikm_e, *sk_e, *pk_e, *ikm_r, *sk_r, *pk_r;
	const char *key, *base_nonce, *sealed[4], *exported[3];
} vectors[] = {
	{
	    .suite_id = CS_SUITE_X25519_AES128,
	    .ikm_e =
		"7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234",
	    .sk_e =
		"52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
	    .pk_e =
		"37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
	    .ikm_r =
		"6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037",
	    .sk_r =
		"4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
	    .pk_r =
		"3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
	    .key =
		"4531685d41d65f03dc48f6b8302c05b0",
	    .base_nonce =
		"56d890e5accaaf011cff4b7d",
	    .sealed = {
		"f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a9"
		"6d8770ac83d07bea87e13c512a",
		"af2d7e9ac9ae7e270f46ba1f975be53c09f8d875bdc8535458c2494e8a6eab25"
		"1c03d0c22a56b8ca42c2063b84",
		"7175db9717964058640a3a11fb9007941a5d1757fda1a6935c805c21af32505b"
		"f106deefec4a49ac38d71c9e0a",
		"957f9800542b0b8891badb026d79cc54597cb2d225b54c00c5238c25d05c30e3"
		"fbeda97d2e0e1aba483a2df9f2",
	    },
	    .exported = {
		"3853fe2b4035195a573ffc53856e77058e15d9ea064de3e59f4961d0095250ee",
		"2e8f0b54673c7029649d4eb9d5e33bf1872cf76d623ff164ac185da9e88c21a5",
		"e9e43065102c3836401bed8c3c3c75ae46be1639869391d62c61f1ec7af54931",
	    },
	},
	{
	    .suite_id = CS_SUITE_X25519_CHACHA20,
	    .ikm_e =
		"909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b",
	    .sk_e =
		"f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600",
	    .pk_e =
		"1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a",
	    .ikm_r =
		"1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df",
	    .sk_r =
		"8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb",
	    .pk_r =
		"4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a",
	    .key =
		"ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91",
	    .base_nonce =
		"5c4d98150661b848853b547f",
	    .sealed = {
		"1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db"
		"21993c62ce81883d2dd1b51a28",
		"6b53c051e4199c518de79594e1c4ab18b96f081549d45ce015be002090bb119e"
		"85285337cc95ba5f59992dc98c",
		"18ab939d63ddec9f6ac2b60d61d36a7375d2070c9b683861110757062c52b888"
		"0a5f6b3936da9cd6c23ef2a95c",
		"7a4a13e9ef23978e2c520fd4d2e757514ae160cd0cd05e556ef692370ca53076"
		"214c0c40d4c728d6ed9e727a5b",
	    },
	    .exported = {
		"4bbd6243b8bb54cec311fac9df81841b6fd61f56538a775e7c80a9f40160606e",
		"8c1df14732580e5501b00f82b10a1647b40713191b7c1240ac80e2b68808ba69",
		"5acb09211139c43b3090489a9da433e8a30ee7188ba8b0a9a1ccf0c229283e53",
	    },
	},
	{
	    .suite_id = CS_SUITE_P256_AES128,
	    .ikm_e =
		"4270e54ffd08d79d5928020af4686d8f6b7d35dbe470265f1f5aa22816ce860e",
	    .sk_e =
		"4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb",
	    .pk_e =
		"04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325a"
		"c98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18"
		"c4",
	    .ikm_r =
		"668b37171f1072f3cf12ea8a236a45df23fc13b82af3609ad1e354f6ef817550",
	    .sk_r =
		"f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2",
	    .pk_r =
		"04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a"
		"826a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72e"
		"a0",
	    .key =
		"868c066ef58aae6dc589b6cfdd18f97e",
	    .base_nonce =
		"4e0bc5018beba4bf004cca59",
	    .sealed = {
		"5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f"
		"9076ac232e3ab2523f39513434",
		"fa6f037b47fc21826b610172ca9637e82d6e5801eb31cbd3748271affd4ecb06"
		"646e0329cbdf3c3cd655b28e82",
		"2ad71c85bf3f45c6eca301426289854b31448bcf8a8ccb1deef3ebd87f60848a"
		"a53c538c30a4dac71d619ee2cd",
		"10f179686aa2caec1758c8e554513f16472bd0a11e2a907dde0b212cbe87d74f"
		"367f8ffe5e41cd3e9962a6afb2",
	    },
	    .exported = {
		"5e9bc3d236e1911d95e65b576a8a86d478fb827e8bdfe77b741b289890490d4d",
		"6cff87658931bda83dc857e6353efe4987a201b849658d9b047aab4cf216e796",
		"d8f1ea7942adbba7412c6d431c62d01371ea476b823eb697e1f6e6cae1dab85a",
	    },
	},
	{
	    .suite_id = CS_SUITE_P521_AES256,
	    .ikm_e =
		"7f06ab8215105fc46aceeb2e3dc5028b44364f960426eb0d8e4026c2f8b5d7e7"
		"a986688f1591abf5ab753c357a5d6f0440414b4ed4ede71317772ac98d9239f7"
		"0904",
	    .sk_e =
		"014784c692da35df6ecde98ee43ac425dbdd0969c0c72b42f2e708ab9d535415"
		"a8569bdacfcc0a114c85b8e3f26acf4d68115f8c91a66178cdbd03b7bcc5291e"
		"374b",
	    .pk_e =
		"040138b385ca16bb0d5fa0c0665fbbd7e69e3ee29f63991d3e9b5fa740aab890"
		"0aaeed46ed73a49055758425a0ce36507c54b29cc5b85a5cee6bae0cf1c21f27"
		"31ece2013dc3fb7c8d21654bb161b463962ca19e8c654ff24c94dd2898de1205"
		"1f1ed0692237fb02b2f8d1dc1c73e9b366b529eb436e98a996ee522aef863dd5"
		"739d2f29b0",
	    .ikm_r =
		"2ad954bbe39b7122529f7dde780bff626cd97f850d0784a432784e69d86eccaa"
		"de43b6c10a8ffdb94bf943c6da479db137914ec835a7e715e36e45e29b587bab"
		"3bf1",
	    .sk_r =
		"01462680369ae375e4b3791070a7458ed527842f6a98a79ff5e0d4cbde83c271"
		"96a3916956655523a6a2556a7af62c5cadabe2ef9da3760bb21e005202f7b246"
		"2847",
	    .pk_r =
		"0401b45498c1714e2dce167d3caf162e45e0642afc7ed435df7902ccae0e84ba"
		"0f7d373f646b7738bbbdca11ed91bdeae3cdcba3301f2457be452f271fa68375"
		"80e661012af49583a62e48d44bed350c7118c0d8dc861c238c72a2bda17f6470"
		"4f464b57338e7f40b60959480c0e58e6559b190d81663ed816e523b6b6a418f6"
		"6d2451ec64",
	    .key =
		"751e346ce8f0ddb2305c8a2a85c70d5cf559c53093656be636b9406d4d7d1b70",
	    .base_nonce =
		"55ff7a7d739c69f44b25447b",
	    .sealed = {
		"170f8beddfe949b75ef9c387e201baf4132fa7374593dfafa90768788b7b2b20"
		"0aafcc6d80ea4c795a7c5b841a",
		"d9ee248e220ca24ac00bbbe7e221a832e4f7fa64c4fbab3945b6f3af0c5ecd5e"
		"16815b328be4954a05fd352256",
		"4f268d0930f8d50b8fd9d0f26657ba25b5cb08b308c92e33382f369c768b558e"
		"113ac95a4c70dd60909ad1adc7",
		"dbbfc44ae037864e75f136e8b4b4123351d480e6619ae0e0ae437f036f2f8f1e"
		"f677686323977a1ccbb4b4f16a",
	    },
	    .exported = {
		"05e2e5bd9f0c30832b80a279ff211cc65eceb0d97001524085d609ead60d0412",
		"fca69744bb537f5b7a1596dbf34eaa8d84bf2e3ee7f1a155d41bd3624aa92b63",
		"f389beaac6fcf6c0d9376e20f97e364f0609a88f1bc76d7328e9104df8477013",
	    },
	},
};
#define N_VECTORS (sizeof vectors / sizeof vectors[0])

static struct cs_hpke_info
prepare(const struct cs_suite *suite, struct cs_view info)
{
	struct cs_hpke_info out = { 0 };

	if (suite != NULL) /* in WebAssembly there are fewer */
		assert_ok(cs_hpke_info_init(&out, suite, info));
	return out;
}

static void
test_derive(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_VECTORS; i++) {
		const struct vector *v = &vectors[i];
		const struct cs_suite *suite = cs_suite_find(v->suite_id);
		struct cs_hpke_key key, same;
		enum cs_kem kem;

		if (suite == NULL)
			continue;
		kem = suite->kem;
		assert_ok(
		    cs_hpke_key_derive(&key, kem, cs_test_unhex(v->ikm_e)));
		assert_view_equal(
		    cs_hpke_key_private(&key), cs_test_unhex(v->sk_e));
		assert_view_equal(
		    cs_hpke_key_public(&key), cs_test_unhex(v->pk_e));
		assert_ok(
		    cs_hpke_key_derive(&key, kem, cs_test_unhex(v->ikm_r)));
		assert_view_equal(
		    cs_hpke_key_private(&key), cs_test_unhex(v->sk_r));
		assert_ok(cs_hpke_key_from_private(
		    &same, kem, cs_hpke_key_private(&key)));
		assert_view_equal(
		    cs_hpke_key_public(&same), cs_test_unhex(v->pk_r));
	}
}

/* The ephemeral key of a sender is what cs_random() gives. */
static void
fill_sk_e(void *arg, uint8_t *out, size_t n)
{
	const struct vector *v = arg;
	struct cs_view key = cs_test_unhex(v->sk_e);

	assert_int_equal(n, key.len);
	memcpy(out, key.data, n);
}

static void
check_exports(const struct cs_hpke *h, const struct vector *v)
{
	const struct cs_view contexts[] = { cs_view(NULL, 0), cs_view("", 1),
		cs_view_str("TestContext") };
	uint8_t out[32];

	for (size_t i = 0; i < 3; i++) {
		assert_ok(cs_hpke_export(h, out, sizeof out, contexts[i]));
		assert_view_equal(
		    CS_VIEW_OF(out), cs_test_unhex(v->exported[i]));
	}
}

static void
test_sender(void **state)
{
	static const struct {
		uint64_t seq;
		const char *aad;
	} messages[4] = { { 0, "Count-0" }, { 1, "Count-1" },
		{ 255, "Count-255" }, { 256, "Count-256" } };

	(void)state;
	for (size_t i = 0; i < N_VECTORS; i++) {
		struct vector v = vectors[i];
		const struct cs_suite *suite = cs_suite_find(v.suite_id);
		struct cs_hpke_info info = prepare(suite, cs_test_unhex(INFO));
		uint8_t enc[CS_HPKE_PUBLIC_MAX];
		struct cs_buf out = { 0 };
		struct cs_hpke h;

		if (suite == NULL)
			continue;
		cs_random_replace(fill_sk_e, &v);
		assert_ok(
		    cs_hpke_sender(&h, enc, &info, cs_test_unhex(v.pk_r)));
		cs_random_replace(NULL, NULL);
		assert_view_equal(cs_view(enc, cs_hpke_public_len(suite->kem)),
		    cs_test_unhex(v.pk_e));
		assert_view_equal(
		    cs_view(h.key, suite->aead_key_len), cs_test_unhex(v.key));
		assert_view_equal(cs_view(h.base_nonce, suite->aead_nonce_len),
		    cs_test_unhex(v.base_nonce));
		for (size_t k = 0; k < 4; k++) {
			/* Far enough for the number to have a second byte. */
			if (k == 2)
				h.seq = messages[k].seq;
			assert_int_equal(h.seq, messages[k].seq);
			cs_buf_reset(&out);
			assert_ok(
			    cs_hpke_seal(&h, &out, cs_view_str(messages[k].aad),
				cs_test_unhex(PLAIN)));
			assert_view_equal(
			    cs_buf_view(&out), cs_test_unhex(v.sealed[k]));
		}
		check_exports(&h, &v);
		cs_hpke_clear(&h);
		cs_buf_free(&out);
	}
}

static void
test_receiver(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_VECTORS; i++) {
		const struct vector *v = &vectors[i];
		const struct cs_suite *suite = cs_suite_find(v->suite_id);
		struct cs_hpke_info info = prepare(suite, cs_test_unhex(INFO));
		struct cs_buf out = { 0 };
		struct cs_hpke_key key;
		struct cs_hpke h;

		if (suite == NULL)
			continue;
		assert_ok(cs_hpke_key_from_private(
		    &key, suite->kem, cs_test_unhex(v->sk_r)));
		assert_ok(
		    cs_hpke_receiver(&h, &info, &key, cs_test_unhex(v->pk_e)));
		/* Another place in the order, or other associated data. */
		assert_err(cs_hpke_open(&h, &out, cs_view_str("Count-1"),
			       cs_test_unhex(v->sealed[1])),
		    CS_ERR_DECRYPT);
		assert_err(cs_hpke_open(&h, &out, cs_view_str("Count-1"),
			       cs_test_unhex(v->sealed[0])),
		    CS_ERR_DECRYPT);
		/* What failed did not count. */
		assert_ok(cs_hpke_open(&h, &out, cs_view_str("Count-0"),
		    cs_test_unhex(v->sealed[0])));
		assert_ok(cs_hpke_open(&h, &out, cs_view_str("Count-1"),
		    cs_test_unhex(v->sealed[1])));
		assert_view_equal(
		    cs_buf_view(&out), cs_test_unhex(PLAIN PLAIN));
		check_exports(&h, v);
		/* The number may not run over. */
		h.seq = UINT64_MAX;
		assert_err(cs_hpke_open(&h, &out, cs_view_str(""),
			       cs_test_unhex(v->sealed[0])),
		    CS_ERR_LIMIT);
		assert_err(
		    cs_hpke_seal(&h, &out, cs_view_str(""), cs_view_str("")),
		    CS_ERR_LIMIT);
		cs_hpke_clear(&h);
		cs_buf_free(&out);
	}
}

static enum cs_err
open_once(const struct cs_suite *suite, struct cs_view sealed,
    const struct cs_hpke_key *key, const char *info, const char *aad)
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
	const struct cs_suite *suite;

	(void)state;
	for (size_t n = 0; (suite = cs_suite_at(n)) != NULL; n++) {
		size_t enc_len = cs_hpke_public_len(suite->kem);
		struct cs_hpke_key key, other;
		struct cs_buf sealed = { 0 };
		struct cs_view v;
		enum cs_err err;

		assert_ok(cs_hpke_key_new(&key, suite->kem));
		assert_ok(cs_hpke_key_new(&other, suite->kem));
		assert_ok(cs_hpke_seal_once(&sealed, suite,
		    cs_hpke_key_public(&key), cs_view_str("info"),
		    cs_view_str("aad"), cs_view_str("plain")));
		v = cs_buf_view(&sealed);
		assert_int_equal(v.len, enc_len + 5 + CS_AEAD_TAG_LEN);
		assert_ok(open_once(suite, v, &key, "info", "aad"));
		assert_err(
		    open_once(suite, v, &key, "infp", "aad"), CS_ERR_DECRYPT);
		assert_err(
		    open_once(suite, v, &key, "info", "aae"), CS_ERR_DECRYPT);
		assert_err(
		    open_once(suite, v, &other, "info", "aad"), CS_ERR_DECRYPT);
		for (size_t i = 0; i < v.len; i += 3) {
			sealed.data[i] ^= 1;
			err = open_once(suite, v, &key, "info", "aad");
			if (i >= enc_len)
				assert_err(err, CS_ERR_DECRYPT);
			else if (err != CS_ERR_DECRYPT)
				assert_err(err, CS_ERR_KEY);
			sealed.data[i] ^= 1;
			err = open_once(
			    suite, cs_view(v.data, i), &key, "info", "aad");
			assert_err(
			    err, i < enc_len ? CS_ERR_FORMAT : CS_ERR_DECRYPT);
		}
		cs_buf_free(&sealed);
	}
}

/* A key of one KEM is none of another. */
static void
test_other_kem(void **state)
{
	const struct cs_suite *a, *b;
	struct cs_hpke_key key, out;
	struct cs_hpke h;
	uint8_t enc[CS_HPKE_PUBLIC_MAX];

	(void)state;
	for (size_t i = 0; (a = cs_suite_at(i)) != NULL; i++) {
		assert_ok(cs_hpke_key_new(&key, a->kem));
		assert_int_equal(key.kem, a->kem);
		assert_int_equal(key.private_len, cs_hpke_private_len(a->kem));
		assert_true(
		    cs_hpke_public_valid(a->kem, cs_hpke_key_public(&key)));
		for (size_t k = 0; (b = cs_suite_at(k)) != NULL; k++) {
			struct cs_hpke_info info =
			    prepare(b, cs_view_str("info"));

			if (b->kem == a->kem)
				continue;
			assert_false(cs_hpke_public_valid(
			    b->kem, cs_hpke_key_public(&key)));
			assert_err(cs_hpke_sender(&h, enc, &info,
				       cs_hpke_key_public(&key)),
			    CS_ERR_KEY);
			assert_err(cs_hpke_receiver(&h, &info, &key,
				       cs_hpke_key_public(&key)),
			    CS_ERR_MISUSE);
			if (key.private_len != cs_hpke_private_len(b->kem))
				assert_err(
				    cs_hpke_key_from_private(&out, b->kem,
					cs_hpke_key_private(&key)),
				    CS_ERR_KEY);
		}
	}
	assert_err(cs_hpke_key_new(&key, (enum cs_kem)9), CS_ERR_UNSUPPORTED);
	assert_err(cs_hpke_key_new(&key, (enum cs_kem)0), CS_ERR_UNSUPPORTED);
	assert_false(cs_hpke_public_valid((enum cs_kem)9, cs_view_str("x")));
	assert_int_equal(cs_hpke_private_len((enum cs_kem)9), 0);
	assert_int_equal(cs_hpke_public_len((enum cs_kem)9), 0);
}

/* Neither sealed to nor taken from a sender, and a key is told without it. */
static void
refused(enum cs_kem kem, struct cs_view p)
{
	const struct cs_suite *suite;
	struct cs_hpke_info info;
	struct cs_hpke_key key;
	struct cs_hpke h;
	struct cs_buf out = { 0 };
	uint8_t enc[CS_HPKE_PUBLIC_MAX];
	size_t i = 0;

	while ((suite = cs_suite_at(i))->kem != kem)
		i++;
	info = prepare(suite, cs_view_str(""));
	assert_ok(cs_hpke_key_new(&key, kem));
	assert_false(cs_hpke_public_valid(kem, p));
	assert_err(cs_hpke_sender(&h, enc, &info, p), CS_ERR_KEY);
	assert_err(cs_hpke_receiver(&h, &info, &key, p), CS_ERR_KEY);
	assert_err(cs_hpke_seal_once(&out, suite, p, cs_view_str(""),
		       cs_view_str(""), cs_view_str("x")),
	    CS_ERR_KEY);
	assert_int_equal(out.len, 0);
	cs_buf_free(&out);
}

/* RFC 9180, section 7.1.4: points that give everybody the same secret. */
static void
test_small_order(void **state)
{
	static const char *const of_x25519[] = {
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
	static const char *const of_x448[] = {
		"00000000000000000000000000000000000000000000000000000000"
		"00000000000000000000000000000000000000000000000000000000",
		"01000000000000000000000000000000000000000000000000000000"
		"00000000000000000000000000000000000000000000000000000000",
		"feffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		"feffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		"feffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"00000000000000000000000000000000000000000000000000000000"
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	};
	uint8_t u[32];

	(void)state;
	for (size_t i = 0; i < sizeof of_x25519 / sizeof of_x25519[0]; i++) {
		memcpy(u, cs_test_unhex(of_x25519[i]).data, sizeof u);
		refused(CS_DHKEM_X25519, CS_VIEW_OF(u));
		/* RFC 7748, section 5: the top bit is ignored. */
		u[31] |= 0x80;
		refused(CS_DHKEM_X25519, CS_VIEW_OF(u));
	}
	for (size_t i = 0; i < sizeof of_x448 / sizeof of_x448[0]; i++)
		refused(CS_DHKEM_X448, cs_test_unhex(of_x448[i]));
}

/* What is told from a list is what the library finds by multiplying. */
static void
test_list_is_complete(void **state)
{
	struct cs_hpke_info info =
	    prepare(cs_suite_find(CS_SUITE_X25519_AES128), cs_view_str(""));
	struct cs_hpke_info info448 =
	    prepare(cs_suite_find(CS_SUITE_X448_AES256), cs_view_str(""));
	uint8_t u[56], enc[CS_HPKE_PUBLIC_MAX];
	struct cs_hpke h;

	(void)state;
	/* Small numbers, and those from 2^255 - 32 on, which come again. */
	for (unsigned i = 0; i < 64; i++) {
		enum cs_err err;

		memset(u, i < 32 ? 0 : 0xff, sizeof u);
		u[0] = (uint8_t)(i < 32 ? i : 0xe0 + (i - 32));
		err = cs_hpke_sender(&h, enc, &info, cs_view(u, 32));
		assert_int_equal(err == CS_OK,
		    cs_hpke_public_valid(CS_DHKEM_X25519, cs_view(u, 32)));
		err = cs_hpke_sender(&h, enc, &info448, CS_VIEW_OF(u));
		assert_int_equal(err == CS_OK,
		    cs_hpke_public_valid(CS_DHKEM_X448, CS_VIEW_OF(u)));
		/* Around p = 2^448 - 2^224 - 1. */
		memset(u, 0xff, sizeof u);
		u[28] = 0xfe;
		u[0] = (uint8_t)(0xff - i % 32);
		if (i >= 32) {
			memset(u, 0, 28);
			u[28] = 0xff;
			u[0] = (uint8_t)(i - 32);
		}
		err = cs_hpke_sender(&h, enc, &info448, CS_VIEW_OF(u));
		assert_int_equal(err == CS_OK,
		    cs_hpke_public_valid(CS_DHKEM_X448, CS_VIEW_OF(u)));
	}
}

/* What is no point of the curve, or another spelling of one. */
static void
test_nist_points(void **state)
{
	static const enum cs_kem kems[] = { CS_DHKEM_P256, CS_DHKEM_P384,
		CS_DHKEM_P521 };
	uint8_t p[CS_HPKE_PUBLIC_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof kems / sizeof kems[0]; i++) {
		struct cs_hpke_key key, out;
		size_t n;

		assert_ok(cs_hpke_key_new(&key, kems[i]));
		n = key.public_len;
		memset(p, 0, sizeof p);
		refused(kems[i], cs_view(p, 1)); /* infinity */
		refused(kems[i], cs_view(p, n));
		p[0] = 4;
		refused(kems[i], cs_view(p, n));
		memcpy(p, key.public, n);
		refused(kems[i], cs_view(p, n - 1));
		refused(kems[i], cs_view(p, n + 1));
		p[n - 1] ^= 1;
		refused(kems[i], cs_view(p, n));
		p[n - 1] ^= 1;
		p[0] = (uint8_t)(2 | (p[n - 1] & 1));
		refused(kems[i], cs_view(p, 1 + n / 2));
		p[0] |= 4;
		refused(kems[i], cs_view(p, n));
		/* Scalars: 0, and more than the order. */
		memset(p, 0, sizeof p);
		assert_err(cs_hpke_key_from_private(
			       &out, kems[i], cs_view(p, key.private_len)),
		    CS_ERR_KEY);
		memset(p, 0xff, sizeof p);
		assert_err(cs_hpke_key_from_private(
			       &out, kems[i], cs_view(p, key.private_len)),
		    CS_ERR_KEY);
		assert_int_equal(out.private[0], 0);
		assert_int_equal(out.public_len, 0);
	}
}

static void
test_lengths(void **state)
{
	struct cs_hpke_key key;

	(void)state;
	assert_ok(cs_hpke_key_new(&key, CS_DHKEM_X25519));
	refused(CS_DHKEM_X25519, cs_view(key.public, 31));
	refused(CS_DHKEM_X25519, cs_view(key.public, 33));
	assert_err(cs_hpke_key_from_private(
		       &key, CS_DHKEM_X25519, cs_view(key.private, 31)),
	    CS_ERR_KEY);
	assert_ok(cs_hpke_key_new(&key, CS_DHKEM_X448));
	refused(CS_DHKEM_X448, cs_view(key.public, 55));
	refused(CS_DHKEM_X448, cs_view(key.public, 57));
}

static enum cs_err
try_once(void *arg)
{
	const struct cs_hpke_key *key = arg;
	const struct cs_suite *suite = cs_suite_find(CS_SUITE_X25519_AES128);
	struct cs_buf sealed = { 0 }, plain = { 0 };
	struct cs_hpke_key fresh;
	enum cs_err err;

	if ((err = cs_hpke_key_new(&fresh, suite->kem)) == CS_OK &&
	    (err = cs_hpke_seal_once(&sealed, suite, cs_hpke_key_public(key),
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
	assert_ok(cs_hpke_key_new(&key, CS_DHKEM_X25519));
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
		cmocka_unit_test(test_other_kem),
		cmocka_unit_test(test_small_order),
		cmocka_unit_test(test_list_is_complete),
		cmocka_unit_test(test_nist_points),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
