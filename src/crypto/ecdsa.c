/* SPDX-License-Identifier: MIT */
/* OpenSSL calls EC_KEY deprecated; see the notes below. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/ecdsa.h"

#include <limits.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>

#include "crypto/curve.h"
#include "crypto/hash.h"

/*
 * Implementation notes.  A public key comes as a point and is used once.  To
 * make an EVP_PKEY of it takes OpenSSL 3.0 longer than to verify a P-256
 * signature; an EC_KEY is ready in 1.5 us (docs/decisions/0009-backends.md).
 */

static enum cs_hash
hash_of(enum cs_curve c)
{
	static const enum cs_hash hashes[] = {
		[CS_P256] = CS_SHA256,
		[CS_P384] = CS_SHA384,
		[CS_P521] = CS_SHA512,
	};

	return hashes[c];
}

static EC_KEY *
key_from_point(enum cs_curve c, struct cs_view point)
{
	EC_KEY *key = EC_KEY_new();

	if (key == NULL || EC_KEY_set_group(key, cs_curve_group(c)) != 1 ||
	    EC_KEY_oct2key(key, point.data, point.len, NULL) != 1) {
		EC_KEY_free(key);
		return NULL;
	}
	return key;
}

enum cs_err
cs_ecdsa_key_new(
    EC_KEY **out, enum cs_curve c, const uint8_t *scalar, const uint8_t *point)
{
	EC_KEY *key = key_from_point(c, cs_view(point, cs_curve_point_len(c)));
	BIGNUM *d = BN_bin2bn(scalar, (int)cs_curve_scalar_len(c), NULL);
	enum cs_err err = CS_ERR_CRYPTO;

	if (key != NULL && d != NULL && EC_KEY_set_private_key(key, d) == 1) {
		*out = key;
		key = NULL;
		err = CS_OK;
	}
	BN_clear_free(d);
	EC_KEY_free(key);
	return err;
}

void
cs_ecdsa_key_free(EC_KEY *key)
{
	EC_KEY_free(key); /* wipes the scalar */
}

enum cs_err
cs_ecdsa_sign(uint8_t *out, size_t *n, enum cs_curve c, EC_KEY *key,
    struct cs_view message)
{
	uint8_t hash[CS_HASH_MAX];
	ECDSA_SIG *sig = NULL;
	enum cs_err err;
	int len;

	if ((err = cs_hash_parts(hash, hash_of(c), &message, 1)))
		return err;
	sig = ECDSA_do_sign(hash, (int)cs_hash_len(hash_of(c)), key);
	len = sig == NULL ? -1 : i2d_ECDSA_SIG(sig, &out);
	*n = len > 0 ? (size_t)len : 0;
	ECDSA_SIG_free(sig);
	return len > 0 ? CS_OK : CS_ERR_CRYPTO;
}

enum cs_err
cs_ecdsa_verify(enum cs_curve c, struct cs_view point, struct cs_view message,
    struct cs_view signature)
{
	uint8_t hash[CS_HASH_MAX];
	enum cs_err err;
	EC_KEY *key;

	/* Compressed and hybrid points are a second spelling of a key. */
	if (point.len != cs_curve_point_len(c) ||
	    point.data[0] != POINT_CONVERSION_UNCOMPRESSED)
		return CS_ERR_KEY;
	if (signature.len > INT_MAX)
		return CS_ERR_SIGNATURE;
	if ((err = cs_hash_parts(hash, hash_of(c), &message, 1)))
		return err;
	ERR_set_mark();
	/* ECDSA_verify() encodes what it decoded and compares, so that one
	 * signature has one spelling, and wants r and s in 1..n-1. */
	if ((key = key_from_point(c, point)) == NULL)
		err = CS_ERR_KEY;
	else if (ECDSA_verify(0, hash, (int)cs_hash_len(hash_of(c)),
		     signature.data, (int)signature.len, key) != 1)
		err = CS_ERR_SIGNATURE;
	ERR_pop_to_mark();
	EC_KEY_free(key);
	return err;
}
