/* SPDX-License-Identifier: MIT */
/* What the holder of a TLS key signs, and what it does not. */
#include "crypto/tls_signer.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "crypto/init.h"
#include "unit/crypto/tls_pair.h"

#define PADDING_LEN ((size_t)64)
#define SERVER "TLS 1.3, server CertificateVerify"
#define CLIENT "TLS 1.3, client CertificateVerify"
#define HASH_AT (PADDING_LEN + sizeof SERVER)

static struct cs_sign_key root;

/* RFC 8446, section 4.4.3: the padding, ${context} with its zero, and
 * ${n_hash} bytes. */
static struct cs_buf
to_sign(const char *context, size_t n_hash)
{
	struct cs_buf tbs = { 0 };
	uint8_t *at;

	assert_ok(cs_buf_extend(&tbs, PADDING_LEN, &at));
	memset(at, 0x20, PADDING_LEN);
	assert_ok(cs_buf_add(&tbs, cs_view(context, strlen(context) + 1)));
	assert_ok(cs_buf_extend(&tbs, n_hash, &at));
	for (size_t i = 0; i < n_hash; i++)
		at[i] = (uint8_t)(i + 1);
	return tbs;
}

static void
is_refused(struct cs_tls_signer *s, struct cs_view tbs)
{
	uint8_t sig[CS_TLS_SIG_MAX] = { 0 };
	size_t n;

	assert_err(cs_tls_signer_sign(s, sig, &n, tbs), CS_ERR_DENIED);
	assert_int_equal(n, 0);
	assert_true(cs_view_is_zero(CS_VIEW_OF(sig)));
}

/* Does the key of the leaf of ${chain} say that ${sig} signs ${tbs}? */
static bool
verifies(const struct cs_buf *chain, struct cs_view sig, struct cs_view tbs)
{
	BIO *in = BIO_new_mem_buf(chain->data, (int)chain->len);
	X509 *leaf = PEM_read_bio_X509(in, NULL, NULL, NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL,
			     X509_get0_pubkey(leaf)),
	    1);
	ok = EVP_DigestVerify(ctx, sig.data, sig.len, tbs.data, tbs.len) == 1;
	EVP_MD_CTX_free(ctx);
	X509_free(leaf);
	BIO_free(in);
	return ok;
}

static void
test_signed(void **state)
{
	static const size_t hashes[] = { 32, 48 };
	struct tls_identity id = tls_identity_new(&root, "hub.example");
	uint8_t sig[CS_TLS_SIG_MAX];
	struct cs_tls_signer *s;
	struct cs_buf tbs;
	size_t n;

	(void)state;
	assert_ok(cs_tls_signer_new(&s, cs_buf_view(&id.key)));
	/* Long enough for a signature of every length to come by. */
	for (size_t i = 0; i < 200; i++) {
		tbs = to_sign(SERVER, hashes[i % 2]);
		tbs.data[HASH_AT] = (uint8_t)i;
		assert_ok(cs_tls_signer_sign(s, sig, &n, cs_buf_view(&tbs)));
		assert_true(n <= sizeof sig);
		assert_true(
		    verifies(&id.chain, cs_view(sig, n), cs_buf_view(&tbs)));
		tbs.data[HASH_AT] ^= 1;
		assert_false(
		    verifies(&id.chain, cs_view(sig, n), cs_buf_view(&tbs)));
		cs_buf_free(&tbs);
	}
	cs_tls_signer_free(s);
	tls_identity_clear(&id);
}

static void
test_refused(void **state)
{
	struct tls_identity id = tls_identity_new(&root, "hub.example");
	struct cs_tls_signer *s;
	struct cs_buf tbs;

	(void)state;
	assert_ok(cs_tls_signer_new(&s, cs_buf_view(&id.key)));
	for (size_t n = 0; n <= 70; n++) {
		if (n == 32 || n == 48)
			continue;
		tbs = to_sign(SERVER, n);
		is_refused(s, cs_buf_view(&tbs));
		cs_buf_free(&tbs);
	}
	tbs = to_sign(CLIENT, 32);
	is_refused(s, cs_buf_view(&tbs));
	cs_buf_free(&tbs);
	/* Each byte before the hash counts, and each bit of it. */
	tbs = to_sign(SERVER, 48);
	for (size_t i = 0; i < HASH_AT; i++)
		for (int bit = 0; bit < 8; bit++) {
			tbs.data[i] ^= (uint8_t)(1 << bit);
			is_refused(s, cs_buf_view(&tbs));
			tbs.data[i] ^= (uint8_t)(1 << bit);
		}
	/* Less padding, and a byte more elsewhere. */
	is_refused(s, cs_view(tbs.data + 1, tbs.len - 1));
	is_refused(s, cs_view(tbs.data + 16, tbs.len - 16));
	is_refused(s, cs_view(NULL, 0));
	cs_buf_free(&tbs);
	cs_tls_signer_free(s);
	tls_identity_clear(&id);
}

static struct cs_buf
pem_of(EVP_PKEY *key, const char *password)
{
	struct cs_buf pem = { 0 };
	BIO *out = BIO_new(BIO_s_mem());
	char *data;
	long n;

	assert_int_equal(
	    PEM_write_bio_PrivateKey(out, key,
		password != NULL ? EVP_aes_256_cbc() : NULL,
		(const unsigned char *)password,
		password != NULL ? (int)strlen(password) : 0, NULL, NULL),
	    1);
	n = BIO_get_mem_data(out, &data);
	assert_ok(cs_buf_add(&pem, cs_view(data, (size_t)n)));
	BIO_free(out);
	EVP_PKEY_free(key);
	return pem;
}

static void
is_no_key(struct cs_buf pem, enum cs_err want)
{
	struct cs_tls_signer *s;

	assert_err(cs_tls_signer_new(&s, cs_buf_view(&pem)), want);
	assert_null(s);
	cs_buf_free(&pem);
}

static void
test_keys(void **state)
{
	struct tls_identity id = tls_identity_new(&root, "hub.example");
	struct cs_tls_signer *s;

	(void)state;
	is_no_key(pem_of(EVP_EC_gen("P-384"), NULL), CS_ERR_UNSUPPORTED);
	is_no_key(pem_of(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL),
	    CS_ERR_UNSUPPORTED);
	is_no_key(pem_of(EVP_EC_gen("P-256"), "secret"), CS_ERR_FORMAT);
	is_no_key((struct cs_buf){ 0 }, CS_ERR_FORMAT);
	assert_err(
	    cs_tls_signer_new(&s, cs_buf_view(&id.chain)), CS_ERR_FORMAT);
	assert_err(cs_tls_signer_new(&s, cs_view(id.key.data, id.key.len / 2)),
	    CS_ERR_FORMAT);
	cs_tls_signer_free(NULL);
	tls_identity_clear(&id);
}

static void
test_belongs_together(void **state)
{
	struct tls_identity id = tls_identity_new(&root, "hub.example");
	struct tls_identity other = tls_identity_new(&root, "hub.example");
	struct cs_tls_signer *s;

	(void)state;
	assert_ok(cs_tls_signer_new(&s, cs_buf_view(&id.key)));
	assert_ok(cs_tls_signer_check(s, cs_buf_view(&id.chain)));
	assert_err(
	    cs_tls_signer_check(s, cs_buf_view(&other.chain)), CS_ERR_MISMATCH);
	assert_err(cs_tls_signer_check(s, cs_buf_view(&id.key)), CS_ERR_FORMAT);
	assert_err(
	    cs_tls_signer_check(s, cs_view(id.chain.data, 200)), CS_ERR_FORMAT);
	/* Only the leaf counts. */
	assert_ok(cs_buf_add(&other.chain, cs_buf_view(&id.chain)));
	assert_err(
	    cs_tls_signer_check(s, cs_buf_view(&other.chain)), CS_ERR_MISMATCH);
	cs_tls_signer_free(s);
	tls_identity_clear(&id);
	tls_identity_clear(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_belongs_together),
	};

	if (cs_crypto_init() != CS_OK || cs_sign_key_new(&root) != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
