/* SPDX-License-Identifier: MIT */
/*
 * AES-GCM: McGrew and Viega, "The Galois/Counter Mode of Operation", appendix
 * B, cases 1-4, 13-16.  XChaCha20-Poly1305: draft-irtf-cfrg-xchacha-03, A.3.1.
 * ChaCha20-Poly1305: RFC 8439, section 2.8.2.
 */

#include <pthread.h>

#include "crypto/aead.h"
#include "crypto/init.h"
#include "support/test.h"

struct vector {
	enum cs_aead aead;
	const char *key, *nonce, *aad, *plain, *sealed;
};

#define ZERO12 "000000000000000000000000"
#define ZERO16 "00000000000000000000000000000000"
#define KEY16 "feffe9928665731c6d6a8f9467308308"
#define NONCE "cafebabefacedbaddecaf888"
#define AAD "feedfacedeadbeeffeedfacedeadbeefabaddad2"
#define PLAIN                                                                  \
	"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"     \
	"1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"

static const struct vector vectors[] = {
	{ CS_AES128GCM, ZERO16, ZERO12, "", "",
	    "58e2fccefa7e3061367f1d57a4e7455a" },
	{ CS_AES128GCM, ZERO16, ZERO12, "", ZERO16,
	    "0388dace60b6a392f328c2b971b2fe78"
	    "ab6e47d42cec13bdf53a67b21257bddf" },
	{ CS_AES128GCM, KEY16, NONCE, "", PLAIN "1aafd255",
	    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
	    "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985"
	    "4d5c2af327cd64a62cf35abd2ba6fab4" },
	{ CS_AES128GCM, KEY16, NONCE, AAD, PLAIN,
	    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
	    "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
	    "5bc94fbc3221a5db94fae95ae7121a47" },
	{ CS_AES256GCM, ZERO16 ZERO16, ZERO12, "", "",
	    "530f8afbc74536b9a963b4f1c4cb738b" },
	{ CS_AES256GCM, ZERO16 ZERO16, ZERO12, "", ZERO16,
	    "cea7403d4d606b6e074ec5d3baf39d18"
	    "d0d1c8a799996bf0265b98b5d48ab919" },
	{ CS_AES256GCM, KEY16 KEY16, NONCE, AAD, PLAIN,
	    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
	    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
	    "76fc6ece0f4e1768cddf8853bb2d551b" },
	{ CS_XCHACHA20POLY1305,
	    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
	    "404142434445464748494a4b4c4d4e4f5051525354555657",
	    "50515253c0c1c2c3c4c5c6c7",
	    "4c616469657320616e642047656e746c656d656e206f662074686520636c6173"
	    "73206f66202739393a204966204920636f756c64206f6666657220796f75206f"
	    "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
	    "637265656e20776f756c642062652069742e",
	    "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
	    "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
	    "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
	    "21f9664c97637da9768812f615c68b13b52e"
	    "c0875924c1c7987947deafd8780acf49" },
	{ CS_CHACHA20POLY1305,
	    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
	    "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
	    "4c616469657320616e642047656e746c656d656e206f662074686520636c6173"
	    "73206f66202739393a204966204920636f756c64206f6666657220796f75206f"
	    "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
	    "637265656e20776f756c642062652069742e",
	    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
	    "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
	    "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
	    "3ff4def08e4b7a9de576d26586cec64b6116"
	    "1ae10b594f09e26a7e902ecbd0600691" },
};
#define N_VECTORS (sizeof vectors / sizeof vectors[0])

static struct cs_aead_params
params(const struct vector *v)
{
	return (struct cs_aead_params){
		.aead = v->aead,
		.key = cs_test_unhex(v->key),
		.nonce = cs_test_unhex(v->nonce),
		.aad = cs_test_unhex(v->aad),
	};
}

/* A vector in memory of its own. */
struct decoded {
	struct cs_aead_params params;
	struct cs_view plain, sealed;
};

static struct cs_view
keep(uint8_t *at, const char *hex)
{
	struct cs_view v = cs_test_unhex(hex);

	memcpy(at, v.data, v.len);
	return cs_view(at, v.len);
}

static struct decoded
decode(const struct vector *v, uint8_t at[5][160])
{
	return (struct decoded){
		.params = { v->aead, keep(at[0], v->key), keep(at[1], v->nonce),
		    keep(at[2], v->aad) },
		.plain = keep(at[3], v->plain),
		.sealed = keep(at[4], v->sealed),
	};
}

static void
test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_VECTORS; i++) {
		struct cs_aead_params p = params(&vectors[i]);
		struct cs_view plain = cs_test_unhex(vectors[i].plain);
		struct cs_view sealed = cs_test_unhex(vectors[i].sealed);
		struct cs_buf out = { 0 };
		uint8_t place[160];

		assert_ok(cs_buf_add(&out, cs_view_str(">")));
		assert_ok(cs_aead_seal(&out, &p, plain));
		assert_view_equal(cs_view(out.data + 1, out.len - 1), sealed);
		out.len = 1;
		assert_ok(cs_aead_open(&out, &p, sealed));
		assert_view_equal(cs_view(out.data + 1, out.len - 1), plain);
		/* In place, both ways. */
		memcpy(place, plain.data, plain.len);
		assert_ok(
		    cs_aead_seal_to(place, &p, cs_view(place, plain.len)));
		assert_view_equal(cs_view(place, sealed.len), sealed);
		assert_ok(
		    cs_aead_open_to(place, &p, cs_view(place, sealed.len)));
		assert_view_equal(cs_view(place, plain.len), plain);
		cs_buf_free(&out);
	}
}

/* Any bit of ciphertext, tag, nonce or associated data counts. */
static void
test_tampered(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_VECTORS; i++) {
		struct cs_aead_params p = params(&vectors[i]);
		struct cs_view sealed = cs_test_unhex(vectors[i].sealed);
		uint8_t copy[160], plain[160], nonce[24];
		struct cs_buf out = { 0 };

		assert_ok(cs_buf_add(&out, cs_view_str("kept")));
		memcpy(copy, sealed.data, sealed.len);
		for (size_t at = 0; at < sealed.len; at++) {
			copy[at] ^= 0x10;
			assert_err(
			    cs_aead_open(&out, &p, cs_view(copy, sealed.len)),
			    CS_ERR_DECRYPT);
			copy[at] ^= 0x10;
			/* Cut short. */
			memset(plain, 0xaa, sizeof plain);
			assert_err(
			    cs_aead_open_to(plain, &p, cs_view(copy, at)),
			    CS_ERR_DECRYPT);
			for (size_t n = CS_AEAD_TAG_LEN; n < at; n++)
				assert_int_equal(plain[n - CS_AEAD_TAG_LEN], 0);
		}
		assert_view_equal(cs_buf_view(&out), cs_view_str("kept"));
		/* One byte more. */
		copy[sealed.len] = 0;
		assert_err(
		    cs_aead_open(&out, &p, cs_view(copy, sealed.len + 1)),
		    CS_ERR_DECRYPT);
		memcpy(nonce, p.nonce.data, p.nonce.len);
		nonce[3] ^= 1;
		p.nonce.data = nonce;
		assert_err(cs_aead_open(&out, &p, sealed), CS_ERR_DECRYPT);
		nonce[3] ^= 1;
		assert_ok(cs_aead_open(&out, &p, sealed));
		p.aad = cs_view_str("something else");
		assert_err(cs_aead_open(&out, &p, sealed), CS_ERR_DECRYPT);
		cs_buf_free(&out);
	}
}

static void
test_misuse(void **state)
{
	struct cs_aead_params p = params(&vectors[0]), q;
	uint8_t out[64];

	(void)state;
	q = p;
	q.key.len--;
	assert_err(cs_aead_seal_to(out, &q, cs_view_str("x")), CS_ERR_MISUSE);
	q = p;
	q.nonce.len--;
	assert_err(cs_aead_seal_to(out, &q, cs_view_str("x")), CS_ERR_MISUSE);
	assert_err(cs_aead_open_to(out, &q, cs_view(out, 32)), CS_ERR_MISUSE);
	/* What was there before stays. */
	{
		struct cs_buf b = { 0 };

		assert_ok(cs_buf_add(&b, cs_view_str("kept")));
		assert_err(
		    cs_aead_seal(&b, &q, cs_view_str("x")), CS_ERR_MISUSE);
		assert_view_equal(cs_buf_view(&b), cs_view_str("kept"));
		cs_buf_free(&b);
	}
	q = p;
	q.aead = CS_AES256GCM;
	assert_err(cs_aead_seal_to(out, &q, cs_view_str("x")), CS_ERR_MISUSE);
	q.aead = (enum cs_aead)77;
	assert_err(cs_aead_seal_to(out, &q, cs_view_str("x")), CS_ERR_MISUSE);
	assert_int_equal(cs_aead_key_len(q.aead), 0);
	assert_int_equal(cs_aead_nonce_len(q.aead), 0);
}

/* All vectors, both ways; nothing here is shared. */
static void *
work(void *arg)
{
	uint8_t out[160];

	for (unsigned round = 0; round < 200; round++)
		for (size_t i = 0; i < N_VECTORS; i++) {
			const struct decoded *d =
			    (const struct decoded *)arg + i;

			if (cs_aead_seal_to(out, &d->params, d->plain) ||
			    !cs_view_equal(
				cs_view(out, d->sealed.len), d->sealed) ||
			    cs_aead_open_to(out, &d->params, d->sealed) ||
			    !cs_view_equal(
				cs_view(out, d->plain.len), d->plain))
				return arg;
		}
	return NULL;
}

static void
test_threads(void **state)
{
	static uint8_t memory[N_VECTORS][5][160];
	struct decoded all[N_VECTORS];
	pthread_t threads[2];
	void *failed;

	(void)state;
	for (size_t i = 0; i < N_VECTORS; i++)
		all[i] = decode(&vectors[i], memory[i]);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, work, all), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
}

static enum cs_err
try_seal(void *arg)
{
	struct cs_aead_params p = params(&vectors[0]);
	struct cs_buf sealed = { 0 }, plain = { 0 };
	enum cs_err err = cs_aead_seal(&sealed, &p, cs_view_str("x"));

	(void)arg;
	if (err == CS_OK)
		err = cs_aead_open(&plain, &p, cs_buf_view(&sealed));
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
