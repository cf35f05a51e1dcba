/* SPDX-License-Identifier: MIT */
#include "crypto/tls_cert.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "crypto/random.h"

static enum cs_err
pem_out(struct cs_buf *out, BIO *bio)
{
	char *data = NULL;
	long n = BIO_get_mem_data(bio, &data);

	return n > 0 ? cs_buf_add(out, cs_view(data, (size_t)n))
		     : CS_ERR_CRYPTO;
}

static int
add_ext(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	int ok = ext != NULL && X509_add_ext(cert, ext, -1) == 1;

	X509_EXTENSION_free(ext);
	return ok;
}

/* An IP address has a field of its own among the alternative names. */
static void
alt_name(char *out, size_t n, const char *host)
{
	ASN1_OCTET_STRING *ip = a2i_IPADDRESS(host);

	snprintf(out, n, "%s:%s", ip != NULL ? "IP" : "DNS", host);
	ASN1_OCTET_STRING_free(ip);
}

struct cert_plan {
	const char *name;
	const char *alt; /* NULL for the root */
	uint64_t not_before_s, not_after_s;
};

static X509 *
certify(const struct cert_plan *plan, EVP_PKEY *subject, EVP_PKEY *root)
{
	X509 *cert = X509_new();
	X509_NAME *name = X509_NAME_new(), *issuer = X509_NAME_new();
	uint8_t serial[16];
	BIGNUM *bn = NULL;
	int ok;

	cs_random(serial, sizeof serial);
	serial[0] &= 0x7f;
	bn = BN_bin2bn(serial, sizeof serial, NULL);
	ok = cert != NULL && name != NULL && issuer != NULL && bn != NULL &&
	    X509_set_version(cert, X509_VERSION_3) == 1 &&
	    BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(cert)) != NULL &&
	    ASN1_TIME_set(X509_getm_notBefore(cert),
		(time_t)plan->not_before_s) != NULL &&
	    ASN1_TIME_set(
		X509_getm_notAfter(cert), (time_t)plan->not_after_s) != NULL &&
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
		(const unsigned char *)plan->name, -1, -1, 0) == 1 &&
	    X509_NAME_add_entry_by_txt(issuer, "CN", MBSTRING_UTF8,
		(const unsigned char *)"Countersign operator root", -1, -1,
		0) == 1 &&
	    X509_set_subject_name(cert, name) == 1 &&
	    X509_set_issuer_name(cert, issuer) == 1 &&
	    X509_set_pubkey(cert, subject) == 1;
	if (ok && plan->alt != NULL)
		ok =
		    add_ext(cert, NID_basic_constraints, "critical,CA:FALSE") &&
		    add_ext(cert, NID_ext_key_usage, "serverAuth") &&
		    add_ext(cert, NID_subject_alt_name, plan->alt);
	else if (ok)
		ok = add_ext(cert, NID_basic_constraints,
			 "critical,CA:TRUE,pathlen:0") &&
		    add_ext(cert, NID_key_usage, "critical,keyCertSign");
	ok = ok && X509_sign(cert, root, NULL) > 0;
	X509_NAME_free(name);
	X509_NAME_free(issuer);
	BN_free(bn);
	if (!ok) {
		X509_free(cert);
		return NULL;
	}
	return cert;
}

enum cs_err
cs_tls_certify(struct cs_buf *chain_pem, struct cs_buf *key_pem,
    const struct cs_sign_key *root, const char *host, uint64_t not_before_s,
    uint64_t not_after_s)
{
	struct cs_tls_subject subject = { .host = host,
		.not_before_s = not_before_s,
		.not_after_s = not_after_s };
	enum cs_err err = cs_tls_key_generate(key_pem, subject.public);

	return err ? err : cs_tls_certify_key(chain_pem, root, &subject);
}

static enum cs_err
public_of(uint8_t out[static CS_TLS_PUBLIC_LEN], EVP_PKEY *key)
{
	char group[32];
	size_t n = 0;

	if (!EVP_PKEY_is_a(key, "EC") ||
	    EVP_PKEY_get_group_name(key, group, sizeof group, &n) != 1 ||
	    strcmp(group, SN_X9_62_prime256v1) != 0)
		return CS_ERR_KEY;
	if (EVP_PKEY_get_octet_string_param(
		key, OSSL_PKEY_PARAM_PUB_KEY, out, CS_TLS_PUBLIC_LEN, &n) != 1)
		return CS_ERR_KEY;
	return n == CS_TLS_PUBLIC_LEN && out[0] == 4 ? CS_OK : CS_ERR_KEY;
}

enum cs_err
cs_tls_key_generate(
    struct cs_buf *key_pem, uint8_t public[static CS_TLS_PUBLIC_LEN])
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	BIO *bio = BIO_new(BIO_s_secmem());
	enum cs_err err = CS_ERR_CRYPTO;

	if (key != NULL && bio != NULL &&
	    PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) ==
		1 &&
	    (err = public_of(public, key)) == CS_OK)
		err = pem_out(key_pem, bio);
	BIO_free(bio);
	EVP_PKEY_free(key);
	return err;
}

enum cs_err
cs_tls_key_public(uint8_t out[static CS_TLS_PUBLIC_LEN], struct cs_view key_pem)
{
	BIO *bio = key_pem.len <= INT_MAX
	    ? BIO_new_mem_buf(key_pem.data, (int)key_pem.len)
	    : NULL;
	EVP_PKEY *key = NULL;
	enum cs_err err = CS_ERR_CRYPTO;

	if (bio != NULL) {
		char none[] = ""; /* or it would ask on the terminal */

		key = PEM_read_bio_PrivateKey(bio, NULL, NULL, none);
		err = key != NULL ? public_of(out, key) : CS_ERR_KEY;
	}
	ERR_clear_error();
	EVP_PKEY_free(key);
	BIO_free(bio);
	return err;
}

/* NULL: ${public} is no point of P-256. */
static EVP_PKEY *
key_of(const uint8_t public[static CS_TLS_PUBLIC_LEN])
{
	char group[] = SN_X9_62_prime256v1;
	uint8_t point[CS_TLS_PUBLIC_LEN];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(
		    OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(
		    OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	memcpy(point, public, sizeof point);
	if (ctx == NULL || point[0] != 4 || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return key;
}

enum cs_err
cs_tls_certify_key(struct cs_buf *chain_pem, const struct cs_sign_key *root,
    const struct cs_tls_subject *subject)
{
	char alt[300];
	struct cert_plan leaf_plan = { "Countersign hub", alt,
		subject->not_before_s, subject->not_after_s };
	struct cert_plan root_plan = { "Countersign operator root", NULL,
		subject->not_before_s, subject->not_after_s };
	EVP_PKEY *root_key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, root->seed, sizeof root->seed);
	EVP_PKEY *leaf_key = key_of(subject->public);
	BIO *chain = BIO_new(BIO_s_mem());
	X509 *leaf = NULL, *ca = NULL;
	enum cs_err err = leaf_key == NULL ? CS_ERR_KEY : CS_ERR_CRYPTO;

	alt_name(alt, sizeof alt, subject->host);
	if (root_key == NULL || leaf_key == NULL || chain == NULL)
		goto out;
	leaf = certify(&leaf_plan, leaf_key, root_key);
	ca = certify(&root_plan, root_key, root_key);
	if (leaf != NULL && ca != NULL &&
	    PEM_write_bio_X509(chain, leaf) == 1 &&
	    PEM_write_bio_X509(chain, ca) == 1)
		err = pem_out(chain_pem, chain);
out:
	X509_free(leaf);
	X509_free(ca);
	BIO_free(chain);
	EVP_PKEY_free(leaf_key);
	EVP_PKEY_free(root_key);
	return err;
}

/* Written anew, two certificates give the same bytes if there was nothing
 * around them: PEM lets a reader pass over text. */
static enum cs_err
read_chain(X509 **leaf, X509 **ca, struct cs_view pem)
{
	BIO *in =
	    pem.len <= INT_MAX ? BIO_new_mem_buf(pem.data, (int)pem.len) : NULL;
	BIO *again = BIO_new(BIO_s_mem());
	struct cs_buf same = { 0 };
	enum cs_err err = CS_ERR_CRYPTO;

	if (in == NULL || again == NULL)
		goto out;
	*leaf = PEM_read_bio_X509(in, NULL, NULL, NULL);
	*ca = PEM_read_bio_X509(in, NULL, NULL, NULL);
	err = CS_ERR_FORMAT;
	if (*leaf == NULL || *ca == NULL)
		goto out;
	err = CS_ERR_CRYPTO;
	if (PEM_write_bio_X509(again, *leaf) == 1 &&
	    PEM_write_bio_X509(again, *ca) == 1 &&
	    (err = pem_out(&same, again)) == CS_OK &&
	    !cs_view_equal(cs_buf_view(&same), pem))
		err = CS_ERR_FORMAT;
out:
	ERR_clear_error();
	cs_buf_free(&same);
	BIO_free(in);
	BIO_free(again);
	return err;
}

static bool
is_for(X509 *leaf, const struct cs_tls_subject *subject)
{
	EVP_PKEY *key = X509_get0_pubkey(leaf);
	uint8_t public[CS_TLS_PUBLIC_LEN];

	return key != NULL && public_of(public, key) == CS_OK &&
	    cs_view_equal(CS_VIEW_OF(public), CS_VIEW_OF(subject->public)) &&
	    (X509_check_host(leaf, subject->host, 0, 0, NULL) == 1 ||
		X509_check_ip_asc(leaf, subject->host, 0) == 1) &&
	    ASN1_TIME_cmp_time_t(X509_get0_notBefore(leaf),
		(time_t)subject->not_before_s) == 0 &&
	    ASN1_TIME_cmp_time_t(
		X509_get0_notAfter(leaf), (time_t)subject->not_after_s) == 0;
}

enum cs_err
cs_tls_chain_check(struct cs_view chain_pem,
    const uint8_t root_public[static CS_SIGN_PUBLIC_LEN],
    const struct cs_tls_subject *subject)
{
	EVP_PKEY *root = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, root_public, CS_SIGN_PUBLIC_LEN);
	X509 *leaf = NULL, *ca = NULL;
	enum cs_err err = CS_ERR_KEY;

	if (root == NULL || (err = read_chain(&leaf, &ca, chain_pem)))
		goto out;
	if (X509_verify(leaf, root) != 1 || X509_check_ca(leaf) != 0 ||
	    X509_verify(ca, root) != 1)
		err = CS_ERR_CERT;
	else if (!is_for(leaf, subject))
		err = CS_ERR_MISMATCH;
out:
	ERR_clear_error();
	X509_free(leaf);
	X509_free(ca);
	EVP_PKEY_free(root);
	return err;
}

enum cs_err
cs_tls_chain_until(uint64_t *until_s, struct cs_view chain_pem)
{
	X509 *leaf = NULL, *ca = NULL;
	struct tm tm;
	enum cs_err err = read_chain(&leaf, &ca, chain_pem);

	*until_s = 0;
	if (err == CS_OK && ASN1_TIME_to_tm(X509_get0_notAfter(leaf), &tm) == 1)
		*until_s = (uint64_t)timegm(&tm);
	ERR_clear_error();
	X509_free(leaf);
	X509_free(ca);
	return err || *until_s != 0 ? err : CS_ERR_CORRUPT;
}
