/* SPDX-License-Identifier: MIT */
#include "crypto/tls_signer.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#define PADDING_LEN 64
#define PADDING 0x20
/* Its last byte, the zero that C adds, is the separator. */
#define CONTEXT "TLS 1.3, server CertificateVerify"

/* The struct is OpenSSL's own under another name. */
static EVP_PKEY *
key_of(struct cs_tls_signer *s)
{
	return (EVP_PKEY *)s;
}

/* A key behind a password is none: nobody is here to be asked for it. */
static int
no_password(char *out, int max, int writing, void *arg)
{
	(void)out;
	(void)max;
	(void)writing;
	(void)arg;
	return -1;
}

static BIO *
reader_of(struct cs_view pem)
{
	if (pem.len == 0)
		pem = cs_view("", 0);
	return pem.len <= INT_MAX ? BIO_new_mem_buf(pem.data, (int)pem.len)
				  : NULL;
}

static bool
is_p256(const EVP_PKEY *key)
{
	char group[32];
	size_t n;

	return EVP_PKEY_is_a(key, "EC") == 1 &&
	    EVP_PKEY_get_group_name(key, group, sizeof group, &n) == 1 &&
	    strcmp(group, "prime256v1") == 0;
}

enum cs_err
cs_tls_signer_new(struct cs_tls_signer **out, struct cs_view key_pem)
{
	BIO *in = reader_of(key_pem);
	EVP_PKEY *key;

	*out = NULL;
	if (in == NULL)
		return CS_ERR_NOMEM;
	key = PEM_read_bio_PrivateKey(in, NULL, no_password, NULL);
	BIO_free(in);
	ERR_clear_error();
	if (key == NULL)
		return CS_ERR_FORMAT;
	if (!is_p256(key)) {
		EVP_PKEY_free(key);
		return CS_ERR_UNSUPPORTED;
	}
	*out = (struct cs_tls_signer *)key;
	return CS_OK;
}

void
cs_tls_signer_free(struct cs_tls_signer *s)
{
	EVP_PKEY_free(key_of(s));
}

/* A key that signed anything else could be had to make certificates, or to
 * play a client. */
static bool
is_certificate_verify(struct cs_view tbs)
{
	const size_t head = PADDING_LEN + sizeof CONTEXT;

	if (tbs.len != head + 32 && tbs.len != head + 48)
		return false;
	for (size_t i = 0; i < PADDING_LEN; i++)
		if (tbs.data[i] != PADDING)
			return false;
	return cs_view_equal(cs_view(tbs.data + PADDING_LEN, sizeof CONTEXT),
	    cs_view(CONTEXT, sizeof CONTEXT));
}

enum cs_err
cs_tls_signer_sign(struct cs_tls_signer *s, uint8_t out[static CS_TLS_SIG_MAX],
    size_t *n, struct cs_view tbs)
{
	EVP_MD_CTX *ctx;
	enum cs_err err = CS_OK;

	*n = 0;
	if (!is_certificate_verify(tbs))
		return CS_ERR_DENIED;
	ctx = EVP_MD_CTX_new();
	if (ctx == NULL)
		return CS_ERR_NOMEM;
	*n = CS_TLS_SIG_MAX;
	if (EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key_of(s)) != 1 ||
	    EVP_DigestSign(ctx, out, n, tbs.data, tbs.len) != 1) {
		ERR_clear_error();
		*n = 0;
		err = CS_ERR_CRYPTO;
	}
	EVP_MD_CTX_free(ctx);
	return err;
}

enum cs_err
cs_tls_signer_check(const struct cs_tls_signer *s, struct cs_view chain_pem)
{
	BIO *in = reader_of(chain_pem);
	const EVP_PKEY *ours = (const EVP_PKEY *)s;
	X509 *leaf;
	EVP_PKEY *theirs;
	enum cs_err err = CS_ERR_FORMAT;

	if (in == NULL)
		return CS_ERR_NOMEM;
	leaf = PEM_read_bio_X509(in, NULL, no_password, NULL);
	theirs = leaf != NULL ? X509_get0_pubkey(leaf) : NULL;
	if (theirs != NULL)
		err = EVP_PKEY_eq(theirs, ours) == 1 ? CS_OK : CS_ERR_MISMATCH;
	X509_free(leaf);
	BIO_free(in);
	ERR_clear_error();
	return err;
}
