/* SPDX-License-Identifier: MIT */
/* One published case of each (MLS working group, crypto-basics, suite 1). */

#include <pthread.h>

#include "crypto/aead.h"
#include "crypto/init.h"
#include "crypto/label.h"
#include "support/test.h"

static const struct cs_suite *suite;

static void
test_expand(void **state)
{
	struct cs_view secret = cs_test_unhex(
	    "1499360a561335f4ef51d0a1b0d586900dc8007ae405b1ab79bf4207bb3d67e4");
	struct cs_view context = cs_test_unhex(
	    "2ff8c1f9d9c1248f82e372ddb5791c771695e01882abca6a64097bd2f04c971f");
	uint8_t out[32];
	static uint8_t big[UINT16_MAX + 1];

	(void)state;
	assert_ok(cs_expand_with_label(
	    out, 16, suite, secret, cs_view_str("ExpandWithLabel"), context));
	assert_view_equal(cs_view(out, 16),
	    cs_test_unhex("c1e8eb360391526c0c64039f13e0c5b1"));
	/* The length is part of what is derived. */
	assert_ok(cs_expand_with_label(
	    out, 17, suite, secret, cs_view_str("ExpandWithLabel"), context));
	assert_memory_not_equal(
	    out, cs_test_unhex("c1e8eb360391526c0c64039f13e0c5b1").data, 16);
	assert_err(cs_expand_with_label(big, sizeof big, suite, secret,
		       cs_view_str("x"), context),
	    CS_ERR_MISUSE);

	assert_ok(cs_derive_secret(out, suite,
	    cs_test_unhex("1a9ce178a53f8752d2513c27efe9c851"
			  "33f6c0a97f7b35ac200695024a77228e"),
	    cs_view_str("DeriveSecret")));
	assert_view_equal(CS_VIEW_OF(out),
	    cs_test_unhex("3b08c195a246c4ad469c1d11c10e6289"
			  "0d8fa6b684494ff925409efdb1ff0464"));
	assert_ok(cs_derive_tree_secret(out, 32, suite,
	    cs_test_unhex("5133c6f8bad297f5d3beacdf477f0c45"
			  "ec51b02de659d305220c5f9385c6eb43"),
	    cs_view_str("DeriveTreeSecret"), 2694881440u));
	assert_view_equal(CS_VIEW_OF(out),
	    cs_test_unhex("8461f3ccc603eae52149a23a4134d29c"
			  "880a1ad1ba70441e5d586e3521ec7b25"));
	assert_ok(cs_ref_hash(out, suite, cs_view_str("RefHash"),
	    cs_test_unhex("40312db83f651883c05ab26fa12c6af6"
			  "1930015c81947cfd0f129e6d99210bb2")));
	assert_view_equal(CS_VIEW_OF(out),
	    cs_test_unhex("e8027fffc5f9bb469f29172538dc0f3a"
			  "78f14f323495bbd2217eba7a77fb242a"));
}

static void
test_sign(void **state)
{
	struct cs_view content = cs_test_unhex(
	    "cd289cc7ba2869f64f3c32ffd133f500d17abace919a5ffe7faa974200d81932");
	struct cs_view public = cs_test_unhex(
	    "85600e54e5c2919ccbd0742126e5d837cf7a2ba50d75a69b3f35dcfe4a50ffe2");
	struct cs_view signature = cs_test_unhex(
	    "996bd223ddb4d55a2b57d85cb2944f21facc95696053ddf66d590060fdc719f4"
	    "a26c6212ce605414e0d5e66a55921dd99d11122218c35bc23408b0076e8bc40b");
	struct cs_signer *key;
	uint8_t out[CS_SIG_MAX];
	size_t n;

	(void)state;
	assert_ok(cs_signer_from_private(&key, CS_ED25519,
	    cs_test_unhex("a2f640dd5005fcad6adb8e9bd8b60d70"
			  "946bb802e1e788307929fdac81e1ec74")));
	assert_ok(cs_sign_with_label(
	    out, &n, key, cs_view_str("SignWithLabel"), content));
	assert_view_equal(cs_view(out, n), signature);
	cs_signer_free(key);
	assert_ok(cs_verify_with_label(CS_ED25519, public,
	    cs_view_str("SignWithLabel"), content, signature));
	/* What is signed under one label is not signed under another. */
	assert_err(cs_verify_with_label(CS_ED25519, public,
		       cs_view_str("SignWithLabe"), content, signature),
	    CS_ERR_SIGNATURE);
	assert_err(cs_verify_with_label(CS_ED25519, public,
		       cs_view_str("SignWithLabel"),
		       cs_view(content.data, content.len - 1), signature),
	    CS_ERR_SIGNATURE);
	assert_err(
	    cs_sign_verify(public, content, signature), CS_ERR_SIGNATURE);
}

static void
test_encrypt(void **state)
{
	struct cs_view label = cs_view_str("EncryptWithLabel");
	struct cs_view context = cs_test_unhex(
	    "26347dd7f218d1de8673d6a66646ce06ac5fd3aa8d5c33f65d86aeefdcf4a31e");
	struct cs_view kem = cs_test_unhex(
	    "0a144e8fbf2d6dcf6fe9d2e2b8aeca5461ff5b0ea9c0ede1040c3dc7ed1dfd1c");
	struct cs_view sealed = cs_test_unhex(
	    "15c80ea2bc37db221baa530ef5aea88650f0ce0f262803d6f78f3a1392f7ccd9"
	    "60eff94ca081ee54efa4c3acfa0eb591");
	struct cs_hpke_key key;
	struct cs_buf out = { 0 }, kem_out = { 0 }, sealed_out = { 0 };

	(void)state;
	assert_ok(cs_hpke_key_from_private(&key, CS_DHKEM_X25519,
	    cs_test_unhex("fb1ade7939987ff12a9d620772b1f9f7"
			  "caeba26f8a3ecea9617d9402cd862444")));
	assert_ok(cs_decrypt_with_label(&out, suite, &key,
	    &(struct cs_encrypt_label){ label, context },
	    &(struct cs_encrypted){ kem, sealed }));
	assert_view_equal(cs_buf_view(&out),
	    cs_test_unhex("8f55dd30f03d64335c22b53ea7670bb1"
			  "becf49b04021f706368fe93eeb358f46"));
	assert_err(cs_decrypt_with_label(&out, suite, &key,
		       &(struct cs_encrypt_label){
			   cs_view_str("EncryptWithLabe"), context },
		       &(struct cs_encrypted){ kem, sealed }),
	    CS_ERR_DECRYPT);
	assert_err(cs_decrypt_with_label(&out, suite, &key,
		       &(struct cs_encrypt_label){ label, cs_view_str("") },
		       &(struct cs_encrypted){ kem, sealed }),
	    CS_ERR_DECRYPT);
	/* And one of our own. */
	assert_ok(cs_encrypt_with_label(&kem_out, &sealed_out, suite,
	    cs_hpke_key_public(&key),
	    &(struct cs_encrypt_label){ label, context },
	    cs_view_str("plain")));
	cs_buf_reset(&out);
	assert_ok(cs_decrypt_with_label(&out, suite, &key,
	    &(struct cs_encrypt_label){ label, context },
	    &(struct cs_encrypted){
		cs_buf_view(&kem_out), cs_buf_view(&sealed_out) }));
	assert_view_equal(cs_buf_view(&out), cs_view_str("plain"));
	cs_buf_free(&out);
	cs_buf_free(&kem_out);
	cs_buf_free(&sealed_out);
}

/* Every suite, with a content that fits the stack and one that does not. */
static void
test_all_suites(void **state)
{
	static uint8_t content[5000] = { 1, 2, 3 };
	const struct cs_view label = cs_view_str("label");
	const struct cs_suite *s;

	(void)state;
	for (size_t i = 0; (s = cs_suite_at(i)) != NULL; i++) {
		struct cs_buf kem = { 0 }, sealed = { 0 }, out = { 0 };
		uint8_t signature[CS_SIG_MAX];
		struct cs_signer *signer;
		struct cs_hpke_key key;
		size_t n;

		assert_ok(cs_signer_new(&signer, s->sig));
		assert_ok(cs_hpke_key_new(&key, s->kem));
		for (size_t len = 100; len <= sizeof content; len += 4900) {
			struct cs_view v = cs_view(content, len);

			assert_ok(cs_sign_with_label(
			    signature, &n, signer, label, v));
			assert_ok(cs_verify_with_label(s->sig,
			    cs_signer_public(signer), label, v,
			    cs_view(signature, n)));
			assert_err(cs_verify_with_label(s->sig,
				       cs_signer_public(signer), label,
				       cs_view(content, len - 1),
				       cs_view(signature, n)),
			    CS_ERR_SIGNATURE);
			cs_buf_reset(&kem);
			cs_buf_reset(&sealed);
			cs_buf_reset(&out);
			assert_ok(cs_encrypt_with_label(&kem, &sealed, s,
			    cs_hpke_key_public(&key),
			    &(struct cs_encrypt_label){ label, v }, label));
			assert_ok(cs_decrypt_with_label(&out, s, &key,
			    &(struct cs_encrypt_label){ label, v },
			    &(struct cs_encrypted){
				cs_buf_view(&kem), cs_buf_view(&sealed) }));
			assert_view_equal(cs_buf_view(&out), label);
			assert_err(
			    cs_decrypt_with_label(&out, s, &key,
				&(struct cs_encrypt_label){
				    label, cs_view(content, len - 1) },
				&(struct cs_encrypted){
				    cs_buf_view(&kem), cs_buf_view(&sealed) }),
			    CS_ERR_DECRYPT);
		}
		cs_signer_free(signer);
		cs_buf_free(&kem);
		cs_buf_free(&sealed);
		cs_buf_free(&out);
	}
}

struct shared {
	const struct cs_suite *suite;
	struct cs_encrypt_context context;
};

/* Seal to recipients of one's own with a context that others use as well. */
static void *
work(void *arg)
{
	const struct shared *shared = arg;
	const struct cs_suite *s = shared->suite;
	struct cs_buf kem = { 0 }, sealed = { 0 }, out = { 0 };
	struct cs_hpke_key key;
	void *failed = NULL;

	for (uint8_t i = 0; i < 10 && failed == NULL; i++) {
		struct cs_view plain = cs_view(&i, 1);

		cs_buf_reset(&kem);
		cs_buf_reset(&sealed);
		cs_buf_reset(&out);
		if (cs_hpke_key_new(&key, s->kem) ||
		    cs_encrypt_to(&kem, &sealed, &shared->context,
			cs_hpke_key_public(&key), plain) ||
		    cs_decrypt_with_label(&out, s, &key,
			&(struct cs_encrypt_label){
			    cs_view_str("label"), cs_view_str("context") },
			&(struct cs_encrypted){
			    cs_buf_view(&kem), cs_buf_view(&sealed) }) ||
		    !cs_view_equal(cs_buf_view(&out), plain))
			failed = arg;
	}
	cs_buf_free(&kem);
	cs_buf_free(&sealed);
	cs_buf_free(&out);
	return failed;
}

static void
test_encrypt_context(void **state)
{
	const struct cs_suite *s;

	(void)state;
	for (size_t i = 0; (s = cs_suite_at(i)) != NULL; i++) {
		struct cs_buf kem = { 0 }, sealed = { 0 };
		struct shared shared = { .suite = s };
		pthread_t threads[2];
		void *failed;

		assert_ok(cs_encrypt_context_init(&shared.context, s,
		    cs_view_str("label"), cs_view_str("context")));
		for (size_t k = 0; k < 2; k++)
			assert_int_equal(
			    pthread_create(&threads[k], NULL, work, &shared),
			    0);
		for (size_t k = 0; k < 2; k++) {
			assert_int_equal(pthread_join(threads[k], &failed), 0);
			assert_null(failed);
		}
		/* A bad key leaves nothing behind. */
		assert_err(cs_encrypt_to(&kem, &sealed, &shared.context,
			       cs_view_str("no key"), cs_view_str("plain")),
		    CS_ERR_KEY);
		assert_int_equal(kem.len, 0);
		assert_int_equal(sealed.len, 0);
		/* Nor does a buffer that is full. */
		{
			struct cs_hpke_key key;

			assert_ok(cs_hpke_key_new(&key, s->kem));
			kem.max = 8;
			assert_err(
			    cs_encrypt_to(&kem, &sealed, &shared.context,
				cs_hpke_key_public(&key), cs_view_str("plain")),
			    CS_ERR_LIMIT);
			assert_int_equal(kem.len, 0);
			assert_int_equal(sealed.len, 0);
		}
		cs_buf_free(&kem);
		cs_buf_free(&sealed);
	}
}

/* RFC 9420, section 17.1. */
static void
test_suites(void **state)
{
	const struct cs_suite *s;
	size_t n = 0;

	(void)state;
	while ((s = cs_suite_at(n)) != NULL) {
		assert_int_equal(s->id, ++n);
		assert_ptr_equal(cs_suite_find(s->id), s);
		assert_int_equal(s->hash_len, cs_hash_len(s->hash));
		assert_int_equal(s->aead_key_len, cs_aead_key_len(s->aead));
		assert_int_equal(s->aead_nonce_len, cs_aead_nonce_len(s->aead));
	}
	assert_int_equal(n, 7);
	assert_null(cs_suite_at(SIZE_MAX));
	assert_null(cs_suite_find(0));
	assert_null(cs_suite_find(0xffff));
}

static enum cs_err
try_labels(void *arg)
{
	static const uint8_t content[5000];
	struct cs_signer *key = arg;
	uint8_t signature[CS_SIG_MAX], out[32];
	struct cs_view x = cs_view_str("x"), v = CS_VIEW_OF(content);
	struct cs_encrypt_context context;
	size_t n;
	enum cs_err err;

	if ((err = cs_sign_with_label(signature, &n, key, x, v)) ||
	    (err = cs_verify_with_label(CS_ED25519, cs_signer_public(key), x, v,
		 cs_view(signature, n))) ||
	    (err = cs_ref_hash(out, suite, x, v)) ||
	    (err = cs_encrypt_context_init(&context, suite, x, v)))
		return err;
	return cs_derive_secret(out, suite, CS_VIEW_OF(out), x);
}

/* Both ways, each buffer of its own. */
static enum cs_err
try_encrypt(void *arg)
{
	const struct cs_hpke_key *key = arg;
	struct cs_view x = cs_view_str("x");
	struct cs_buf kem = { 0 }, sealed = { 0 }, out = { 0 };
	enum cs_err err;

	if ((err = cs_encrypt_with_label(&kem, &sealed, suite,
		 cs_hpke_key_public(key), &(struct cs_encrypt_label){ x, x },
		 x)) == CS_OK)
		err = cs_decrypt_with_label(&out, suite, key,
		    &(struct cs_encrypt_label){ x, x },
		    &(struct cs_encrypted){
			cs_buf_view(&kem), cs_buf_view(&sealed) });
	cs_buf_free(&kem);
	cs_buf_free(&sealed);
	cs_buf_free(&out);
	return err;
}

static void
test_allocations(void **state)
{
	struct cs_signer *signer;
	struct cs_hpke_key key;

	(void)state;
	assert_ok(cs_signer_new(&signer, CS_ED25519));
	cs_test_allocations(try_labels, signer);
	cs_signer_free(signer);
	assert_ok(cs_hpke_key_new(&key, suite->kem));
	cs_test_allocations(try_encrypt, &key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expand),
		cmocka_unit_test(test_sign),
		cmocka_unit_test(test_encrypt),
		cmocka_unit_test(test_all_suites),
		cmocka_unit_test(test_encrypt_context),
		cmocka_unit_test(test_suites),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	suite = cs_suite_find(CS_SUITE_X25519_AES128);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
