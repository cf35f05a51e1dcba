/* SPDX-License-Identifier: MIT */
#include "crypto/tls_key.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/ssl.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"

/*
 * Implementation notes.
 *
 * OpenSSL 3 finds what it does with a key in providers.  Ours offers keys of
 * the type "EC", because a server looks for one of the type that the leaf
 * certificate has, and one kind of signature, under a name of its own, which
 * our keys ask for.  It cannot export a private key, so no other provider ever
 * gets to sign with one.  Everything else, the keys of the certificates and
 * of the key exchange included, is the default provider's: its property is
 * preferred wherever nobody asks for ours.
 */

#define PROVIDER "countersign"
#define SIGNATURE "countersign-remote"
#define PARAM_OWNER "countersign-owner"
#define CURVE "prime256v1"
#define POINT_LEN 65 /* uncompressed (SEC 1, section 2.3.3) */

struct cs_tls_key {
	OSSL_LIB_CTX *library;
	OSSL_PROVIDER *standard, *ours;
	cs_tls_remote_sign *sign;
	void *arg;
};

/* What OpenSSL holds for us: a public key, and who signs with it. */
struct half {
	uint8_t point[POINT_LEN];
	bool known;               /* the point is there */
	struct cs_tls_key *owner; /* NULL: nobody signs */
};

/* ---- keys --------------------------------------------------------------- */

static void *
half_new(void *provider)
{
	(void)provider;
	return cs_calloc(1, sizeof(struct half));
}

static void
half_free(void *key)
{
	cs_free(key, sizeof(struct half));
}

static int
half_has(const void *key, int selection)
{
	const struct half *h = key;

	return h != NULL &&
	    (!(selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) || h->known) &&
	    (!(selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) ||
		h->owner != NULL);
}

/* What is asked here is whether a key is that of a certificate. */
static int
half_match(const void *a, const void *b, int selection)
{
	const struct half *ha = a, *hb = b;

	(void)selection;
	return ha->known && hb->known &&
	    cs_view_equal(CS_VIEW_OF(ha->point), CS_VIEW_OF(hb->point));
}

/* The public key of a certificate comes here from the default provider, and
 * our own from cs_tls_key_use(). */
static int
half_import(void *key, int selection, const OSSL_PARAM params[])
{
	const OSSL_PARAM *group =
	    OSSL_PARAM_locate_const(params, OSSL_PKEY_PARAM_GROUP_NAME);
	const OSSL_PARAM *point =
	    OSSL_PARAM_locate_const(params, OSSL_PKEY_PARAM_PUB_KEY);
	const OSSL_PARAM *owner = OSSL_PARAM_locate_const(params, PARAM_OWNER);
	struct half *h = key;
	const char *name;
	void *into = h->point;
	size_t n = 0;

	(void)selection;
	if (group == NULL || point == NULL ||
	    OSSL_PARAM_get_utf8_string_ptr(group, &name) != 1 ||
	    strcmp(name, CURVE) != 0 ||
	    OSSL_PARAM_get_octet_string(point, &into, sizeof h->point, &n) !=
		1 ||
	    n != sizeof h->point)
		return 0;
	h->known = true;
	into = &h->owner;
	return owner == NULL ||
	    OSSL_PARAM_get_octet_string(owner, &into, sizeof h->owner, &n) == 1;
}

static const OSSL_PARAM *
half_import_types(int selection)
{
	static const OSSL_PARAM types[] = {
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
		OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0),
		OSSL_PARAM_octet_string(PARAM_OWNER, NULL, 0),
		OSSL_PARAM_END,
	};

	(void)selection;
	return types;
}

static int
put_int(OSSL_PARAM params[], const char *name, int value)
{
	OSSL_PARAM *p = OSSL_PARAM_locate(params, name);

	return p == NULL || OSSL_PARAM_set_int(p, value) == 1;
}

static int
put_text(OSSL_PARAM params[], const char *name, const char *value)
{
	OSSL_PARAM *p = OSSL_PARAM_locate(params, name);

	return p == NULL || OSSL_PARAM_set_utf8_string(p, value) == 1;
}

static int
half_get_params(void *key, OSSL_PARAM params[])
{
	(void)key;
	return put_int(params, OSSL_PKEY_PARAM_BITS, 256) &&
	    put_int(params, OSSL_PKEY_PARAM_SECURITY_BITS, 128) &&
	    put_int(params, OSSL_PKEY_PARAM_MAX_SIZE, CS_TLS_SIG_MAX) &&
	    put_text(params, OSSL_PKEY_PARAM_DEFAULT_DIGEST, "SHA256") &&
	    put_text(params, OSSL_PKEY_PARAM_GROUP_NAME, CURVE);
}

static const OSSL_PARAM *
half_gettable_params(void *provider)
{
	static const OSSL_PARAM gettable[] = {
		OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, NULL),
		OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, NULL),
		OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, NULL),
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, NULL, 0),
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
		OSSL_PARAM_END,
	};

	(void)provider;
	return gettable;
}

static const char *
half_operation_name(int operation)
{
	return operation == OSSL_OP_SIGNATURE ? SIGNATURE : NULL;
}

static const OSSL_DISPATCH half_functions[] = {
	{ OSSL_FUNC_KEYMGMT_NEW, (void (*)(void))half_new },
	{ OSSL_FUNC_KEYMGMT_FREE, (void (*)(void))half_free },
	{ OSSL_FUNC_KEYMGMT_HAS, (void (*)(void))half_has },
	{ OSSL_FUNC_KEYMGMT_MATCH, (void (*)(void))half_match },
	{ OSSL_FUNC_KEYMGMT_IMPORT, (void (*)(void))half_import },
	{ OSSL_FUNC_KEYMGMT_IMPORT_TYPES, (void (*)(void))half_import_types },
	{ OSSL_FUNC_KEYMGMT_GET_PARAMS, (void (*)(void))half_get_params },
	{ OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS,
	    (void (*)(void))half_gettable_params },
	{ OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME,
	    (void (*)(void))half_operation_name },
	{ 0, NULL },
};

/* ---- signatures --------------------------------------------------------- */

/* One signature, for which OpenSSL keeps the key alive. */
struct signing {
	const struct cs_tls_key *owner;
};

static void *
signing_new(void *provider, const char *properties)
{
	(void)provider;
	(void)properties;
	return cs_calloc(1, sizeof(struct signing));
}

static void
signing_free(void *ctx)
{
	cs_free(ctx, sizeof(struct signing));
}

/* RFC 8446, section 4.2.3: P-256 goes with SHA-256. */
static int
signing_init(void *ctx, const char *digest, void *key, const OSSL_PARAM ps[])
{
	const struct half *h = key;
	struct signing *s = ctx;

	(void)ps;
	if (h == NULL || h->owner == NULL || digest == NULL ||
	    (strcasecmp(digest, "SHA256") != 0 &&
		strcasecmp(digest, "SHA2-256") != 0))
		return 0;
	s->owner = h->owner;
	return 1;
}

/* Without ${out}, the question is how long a signature may become. */
static int
signing_sign(void *ctx, unsigned char *out, size_t *n, size_t max,
    const unsigned char *tbs, size_t tbs_len)
{
	const struct signing *s = ctx;
	uint8_t sig[CS_TLS_SIG_MAX];
	size_t len = 0;

	if (s->owner == NULL)
		return 0;
	if (out == NULL) {
		*n = CS_TLS_SIG_MAX;
		return 1;
	}
	if (s->owner->sign(s->owner->arg, sig, &len, cs_view(tbs, tbs_len)) !=
		CS_OK ||
	    len == 0 || len > sizeof sig || len > max)
		return 0;
	memcpy(out, sig, len);
	*n = len;
	return 1;
}

static const OSSL_DISPATCH signing_functions[] = {
	{ OSSL_FUNC_SIGNATURE_NEWCTX, (void (*)(void))signing_new },
	{ OSSL_FUNC_SIGNATURE_FREECTX, (void (*)(void))signing_free },
	{ OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, (void (*)(void))signing_init },
	{ OSSL_FUNC_SIGNATURE_DIGEST_SIGN, (void (*)(void))signing_sign },
	{ 0, NULL },
};

/* ---- the provider ------------------------------------------------------- */

static const OSSL_ALGORITHM *
query(void *provider, int operation, int *no_cache)
{
	static const OSSL_ALGORITHM keys[] = {
		{ "EC:id-ecPublicKey:1.2.840.10045.2.1", "provider=" PROVIDER,
		    half_functions, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	static const OSSL_ALGORITHM signatures[] = {
		{ SIGNATURE, "provider=" PROVIDER, signing_functions, NULL },
		{ NULL, NULL, NULL, NULL },
	};

	(void)provider;
	*no_cache = 0;
	if (operation == OSSL_OP_KEYMGMT)
		return keys;
	return operation == OSSL_OP_SIGNATURE ? signatures : NULL;
}

static int
start(const OSSL_CORE_HANDLE *core, const OSSL_DISPATCH *in,
    const OSSL_DISPATCH **out, void **provider)
{
	static const OSSL_DISPATCH functions[] = {
		{ OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query },
		{ 0, NULL },
	};
	static char nothing;

	(void)core;
	(void)in;
	*out = functions;
	*provider = &nothing; /* OpenSSL wants one */
	return 1;
}

/* ---- for the server ----------------------------------------------------- */

enum cs_err
cs_tls_key_new(struct cs_tls_key **out, cs_tls_remote_sign *sign, void *arg)
{
	struct cs_tls_key *k = cs_calloc(1, sizeof *k);

	*out = NULL;
	if (k == NULL)
		return CS_ERR_NOMEM;
	k->sign = sign;
	k->arg = arg;
	k->library = OSSL_LIB_CTX_new();
	if (k->library == NULL ||
	    OSSL_PROVIDER_add_builtin(k->library, PROVIDER, start) != 1 ||
	    (k->standard = OSSL_PROVIDER_load(k->library, "default")) == NULL ||
	    (k->ours = OSSL_PROVIDER_load(k->library, PROVIDER)) == NULL ||
	    EVP_set_default_properties(k->library, "?provider=default") != 1) {
		cs_tls_key_free(k);
		return CS_ERR_CRYPTO;
	}
	*out = k;
	return CS_OK;
}

void
cs_tls_key_free(struct cs_tls_key *k)
{
	if (k == NULL)
		return;
	if (k->ours != NULL)
		OSSL_PROVIDER_unload(k->ours);
	if (k->standard != NULL)
		OSSL_PROVIDER_unload(k->standard);
	OSSL_LIB_CTX_free(k->library);
	cs_free(k, sizeof *k);
}

void *
cs_tls_key_library(struct cs_tls_key *k)
{
	return k->library;
}

/* The public key of ${leaf}, as a point of P-256. */
static enum cs_err
point_of(uint8_t out[static POINT_LEN], X509 *leaf)
{
	EVP_PKEY *public = X509_get0_pubkey(leaf);
	char group[32];
	size_t n;

	if (public == NULL || EVP_PKEY_is_a(public, "EC") != 1 ||
	    EVP_PKEY_get_group_name(public, group, sizeof group, &n) != 1 ||
	    strcmp(group, CURVE) != 0 ||
	    EVP_PKEY_get_octet_string_param(
		public, OSSL_PKEY_PARAM_PUB_KEY, out, POINT_LEN, &n) != 1 ||
	    n != POINT_LEN)
		return CS_ERR_UNSUPPORTED;
	return CS_OK;
}

enum cs_err
cs_tls_key_use(struct cs_tls_key *k, void *ssl_ctx, void *leaf)
{
	uint8_t point[POINT_LEN];
	char curve[] = CURVE;
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(
		    OSSL_PKEY_PARAM_GROUP_NAME, curve, sizeof curve - 1),
		OSSL_PARAM_octet_string(
		    OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
		OSSL_PARAM_octet_string(PARAM_OWNER, &k, sizeof k),
		OSSL_PARAM_END,
	};
	EVP_PKEY_CTX *making = NULL;
	EVP_PKEY *key = NULL;
	enum cs_err err;

	if ((err = point_of(point, leaf)))
		return err;
	making =
	    EVP_PKEY_CTX_new_from_name(k->library, "EC", "provider=" PROVIDER);
	if (making == NULL || EVP_PKEY_fromdata_init(making) != 1 ||
	    EVP_PKEY_fromdata(making, &key, EVP_PKEY_KEYPAIR, params) != 1 ||
	    SSL_CTX_use_PrivateKey(ssl_ctx, key) != 1 ||
	    SSL_CTX_check_private_key(ssl_ctx) != 1)
		err = CS_ERR_CRYPTO;
	EVP_PKEY_free(key);
	EVP_PKEY_CTX_free(making);
	return err;
}
