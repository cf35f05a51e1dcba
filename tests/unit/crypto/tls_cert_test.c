/* SPDX-License-Identifier: MIT */
/* Certificates of TLS for keys whose private half is elsewhere. */
#include "crypto/init.h"
#include "crypto/tls_cert.h"
#include "support/test.h"

static struct cs_sign_key root, other_root;
static struct cs_tls_subject subject = {
	.host = "hub.example", .not_before_s = 1000, .not_after_s = 2000
};
static struct cs_buf key;

static struct cs_buf
chain_by(const struct cs_sign_key *by)
{
	struct cs_buf chain = { 0 };

	assert_ok(cs_tls_certify_key(&chain, by, &subject));
	return chain;
}

static void
test_pair(void **state)
{
	struct cs_buf chain = chain_by(&root), both = { 0 }, same = { 0 };
	struct cs_tls_subject s = subject;
	uint8_t public[CS_TLS_PUBLIC_LEN];

	(void)state;
	assert_ok(cs_tls_key_public(public, cs_buf_view(&key)));
	assert_memory_equal(public, subject.public, sizeof public);
	assert_ok(
	    cs_tls_chain_check(cs_buf_view(&chain), root.public, &subject));
	/* In one step it is the same. */
	assert_ok(cs_tls_certify(&both, &same, &root, s.host, 1000, 2000));
	assert_ok(cs_tls_key_public(s.public, cs_buf_view(&same)));
	assert_ok(cs_tls_chain_check(cs_buf_view(&both), root.public, &s));
	assert_err(
	    cs_tls_chain_check(cs_buf_view(&both), root.public, &subject),
	    CS_ERR_MISMATCH);
	cs_buf_free(&chain);
	cs_buf_free(&both);
	cs_buf_free(&same);
}

static void
test_other_subject(void **state)
{
	struct cs_buf chain = chain_by(&root), foreign = chain_by(&other_root);
	struct cs_tls_subject s[4] = { subject, subject, subject, subject };

	(void)state;
	s[0].host = "hub.example.com";
	s[1].not_before_s--;
	s[2].not_after_s--;
	s[3].public[64] ^= 1;
	for (size_t i = 0; i < 4; i++)
		assert_err(
		    cs_tls_chain_check(cs_buf_view(&chain), root.public, &s[i]),
		    CS_ERR_MISMATCH);
	assert_err(
	    cs_tls_chain_check(cs_buf_view(&foreign), root.public, &subject),
	    CS_ERR_CERT);
	cs_buf_free(&chain);
	cs_buf_free(&foreign);
}

/* Whatever byte changes, it is another chain. */
static void
test_changed(void **state)
{
	struct cs_buf chain = chain_by(&root);
	struct cs_view v = cs_buf_view(&chain);

	(void)state;
	for (size_t i = 0; i < chain.len; i++) {
		chain.data[i] ^= 1;
		assert_int_not_equal(
		    cs_tls_chain_check(v, root.public, &subject), CS_OK);
		chain.data[i] ^= 1;
	}
	v.len--;
	assert_err(cs_tls_chain_check(v, root.public, &subject), CS_ERR_FORMAT);
	v.len = v.len / 2;
	assert_err(cs_tls_chain_check(v, root.public, &subject), CS_ERR_FORMAT);
	assert_ok(cs_buf_add(&chain, cs_view_str("more")));
	assert_err(
	    cs_tls_chain_check(cs_buf_view(&chain), root.public, &subject),
	    CS_ERR_FORMAT);
	assert_err(cs_tls_chain_check(cs_view("", 0), root.public, &subject),
	    CS_ERR_FORMAT);
	cs_buf_free(&chain);
}

/* A point that is none, and keys of other kinds. */
static void
test_no_key(void **state)
{
	static const char ed25519[] =
	    "-----BEGIN PRIVATE KEY-----\n"
	    "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n"
	    "-----END PRIVATE KEY-----\n";
	struct cs_tls_subject s = subject;
	struct cs_buf chain = { 0 };
	uint8_t public[CS_TLS_PUBLIC_LEN];

	(void)state;
	s.public[64] ^= 1;
	assert_err(cs_tls_certify_key(&chain, &root, &s), CS_ERR_KEY);
	s = subject;
	s.public[0] = 6;
	assert_err(cs_tls_certify_key(&chain, &root, &s), CS_ERR_KEY);
	assert_int_equal(chain.len, 0);
	assert_err(cs_tls_key_public(public, cs_view_str(ed25519)), CS_ERR_KEY);
	assert_err(
	    cs_tls_key_public(public, cs_view_str("nothing")), CS_ERR_KEY);
	assert_err(cs_tls_key_public(public, cs_view("", 0)), CS_ERR_KEY);
	cs_buf_free(&chain);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pair),
		cmocka_unit_test(test_other_subject),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_no_key),
	};
	int failed;

	if (cs_crypto_init() != CS_OK || cs_sign_key_new(&root) != CS_OK ||
	    cs_sign_key_new(&other_root) != CS_OK ||
	    cs_tls_key_generate(&key, subject.public) != CS_OK)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	cs_buf_free(&key);
	return failed;
}
