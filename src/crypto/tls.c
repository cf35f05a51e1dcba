/* SPDX-License-Identifier: MIT */
#include "crypto/tls.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/alloc.h"
#include "crypto/random.h"

#define EXPORTER_LABEL "EXPORTER-countersign-login-v1"

/* What a client context checks against; hangs on its SSL_CTX. */
struct pin {
	uint8_t root[CS_SIGN_PUBLIC_LEN];
	char host[256];
	enum cs_err refusal;
};

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
	char alt[300];
	struct cert_plan leaf_plan = { "Countersign hub", alt, not_before_s,
		not_after_s };
	struct cert_plan root_plan = { "Countersign operator root", NULL,
		not_before_s, not_after_s };
	EVP_PKEY *root_key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, root->seed, sizeof root->seed);
	EVP_PKEY *leaf_key = EVP_EC_gen("P-256");
	BIO *chain = BIO_new(BIO_s_mem()), *key = BIO_new(BIO_s_secmem());
	X509 *leaf = NULL, *ca = NULL;
	enum cs_err err = CS_ERR_CRYPTO;

	alt_name(alt, sizeof alt, host);
	if (root_key == NULL || leaf_key == NULL || chain == NULL ||
	    key == NULL)
		goto out;
	leaf = certify(&leaf_plan, leaf_key, root_key);
	ca = certify(&root_plan, root_key, root_key);
	if (leaf == NULL || ca == NULL ||
	    PEM_write_bio_X509(chain, leaf) != 1 ||
	    PEM_write_bio_X509(chain, ca) != 1 ||
	    PEM_write_bio_PrivateKey(
		key, leaf_key, NULL, NULL, 0, NULL, NULL) != 1)
		goto out;
	if ((err = pem_out(chain_pem, chain)) == CS_OK)
		err = pem_out(key_pem, key);
out:
	X509_free(leaf);
	X509_free(ca);
	BIO_free(chain);
	BIO_free(key);
	EVP_PKEY_free(leaf_key);
	EVP_PKEY_free(root_key);
	return err;
}

/* The leaf has to carry a signature of the pinned root itself: names and
 * other certificates that the server sends count for nothing. */
static enum cs_err
check_leaf(X509 *leaf, const struct pin *pin)
{
	EVP_PKEY *root = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, pin->root, sizeof pin->root);
	enum cs_err err = CS_OK;

	if (root == NULL)
		return CS_ERR_KEY;
	if (X509_verify(leaf, root) != 1 || X509_check_ca(leaf) != 0)
		err = CS_ERR_CERT;
	else if (X509_check_host(leaf, pin->host, 0, 0, NULL) != 1 &&
	    X509_check_ip_asc(leaf, pin->host, 0) != 1)
		err = CS_ERR_MISMATCH;
	else if (X509_cmp_current_time(X509_get0_notBefore(leaf)) >= 0 ||
	    X509_cmp_current_time(X509_get0_notAfter(leaf)) <= 0)
		err = CS_ERR_EXPIRED;
	EVP_PKEY_free(root);
	return err;
}

/* Stands in for OpenSSL's walk along certificate authorities. */
static int
verify_pinned(X509_STORE_CTX *store, void *arg)
{
	struct pin *pin = arg;
	X509 *leaf = X509_STORE_CTX_get0_cert(store);

	pin->refusal = leaf == NULL ? CS_ERR_CERT : check_leaf(leaf, pin);
	X509_STORE_CTX_set_error(store,
	    pin->refusal == CS_OK ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
	return pin->refusal == CS_OK;
}

static int pin_index = -1;

enum cs_err
cs_tls_client_new(void **ssl_ctx,
    const uint8_t root_public[static CS_SIGN_PUBLIC_LEN], const char *host)
{
	struct pin *pin;
	SSL_CTX *ctx;

	*ssl_ctx = NULL;
	if (strlen(host) >= sizeof pin->host)
		return CS_ERR_LIMIT;
	if (pin_index < 0)
		pin_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	pin = cs_calloc(1, sizeof *pin);
	if (pin == NULL)
		return CS_ERR_NOMEM;
	ctx = SSL_CTX_new(TLS_client_method());
	if (ctx == NULL || SSL_CTX_set_ex_data(ctx, pin_index, pin) != 1 ||
	    SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1) {
		SSL_CTX_free(ctx);
		cs_free(pin, sizeof *pin);
		return CS_ERR_CRYPTO;
	}
	memcpy(pin->root, root_public, sizeof pin->root);
	memcpy(pin->host, host, strlen(host) + 1);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, verify_pinned, pin);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	*ssl_ctx = ctx;
	return CS_OK;
}

void
cs_tls_client_free(void *ssl_ctx)
{
	struct pin *pin;

	if (ssl_ctx == NULL)
		return;
	pin = SSL_CTX_get_ex_data(ssl_ctx, pin_index);
	SSL_CTX_free(ssl_ctx);
	cs_free(pin, sizeof *pin);
}

enum cs_err
cs_tls_client_refusal(const void *ssl_ctx)
{
	const struct pin *pin = SSL_CTX_get_ex_data(ssl_ctx, pin_index);

	return pin->refusal;
}

enum cs_err
cs_tls_server_setup(void *ssl_ctx)
{
	SSL_CTX_set_mode(ssl_ctx, SSL_MODE_RELEASE_BUFFERS);
	/* A resumed session would only save time at the price of state. */
	SSL_CTX_set_session_cache_mode(ssl_ctx, SSL_SESS_CACHE_OFF);
	if (SSL_CTX_set_num_tickets(ssl_ctx, 0) != 1 ||
	    SSL_CTX_set_min_proto_version(ssl_ctx, TLS1_3_VERSION) != 1)
		return CS_ERR_CRYPTO;
	return CS_OK;
}

enum cs_err
cs_tls_exporter(uint8_t out[static CS_TLS_EXPORTER_LEN], void *ssl)
{
	if (SSL_export_keying_material(ssl, out, CS_TLS_EXPORTER_LEN,
		EXPORTER_LABEL, sizeof EXPORTER_LABEL - 1, NULL, 0, 0) != 1)
		return CS_ERR_CRYPTO;
	return CS_OK;
}
