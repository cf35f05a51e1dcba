/* SPDX-License-Identifier: MIT */
#include "crypto/ed448.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto/small_order.h"

#define ED448_SIG_LEN 114

enum cs_err
cs_ed448_key_new(EVP_PKEY **out, uint8_t public[static CS_ED448_KEY_LEN],
    const uint8_t private[static CS_ED448_KEY_LEN])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED448, NULL, private, CS_ED448_KEY_LEN);
	size_t n = CS_ED448_KEY_LEN;

	*out = key;
	return key != NULL &&
		EVP_PKEY_get_raw_public_key(key, public, &n) == 1 &&
		n == CS_ED448_KEY_LEN
	    ? CS_OK
	    : CS_ERR_CRYPTO;
}

void
cs_ed448_key_free(EVP_PKEY *key)
{
	EVP_PKEY_free(key);
}

enum cs_err
cs_ed448_sign(uint8_t *out, size_t *n, EVP_PKEY *key, struct cs_view message)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	enum cs_err err = CS_ERR_CRYPTO;

	*n = ED448_SIG_LEN;
	if (ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestSign(ctx, out, n, message.data, message.len) == 1)
		err = CS_OK;
	EVP_MD_CTX_free(ctx);
	return err;
}

/* OpenSSL refuses keys and R that are not reduced, and S that is not below the
 * order, but not a key of small order, for which one signature fits all. */
enum cs_err
cs_ed448_verify(
    struct cs_view public, struct cs_view message, struct cs_view signature)
{
	EVP_MD_CTX *ctx = NULL;
	EVP_PKEY *key = NULL;
	enum cs_err err = CS_OK;

	if (public.len != CS_ED448_KEY_LEN || cs_448_small_order(public.data))
		return CS_ERR_KEY;
	if (signature.len != ED448_SIG_LEN)
		return CS_ERR_SIGNATURE;
	ERR_set_mark();
	key = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED448, NULL, public.data, public.len);
	ctx = EVP_MD_CTX_new();
	if (key == NULL || ctx == NULL ||
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) != 1)
		err = CS_ERR_CRYPTO;
	else if (EVP_DigestVerify(ctx, signature.data, signature.len,
		     message.data, message.len) != 1)
		err = CS_ERR_SIGNATURE;
	ERR_pop_to_mark();
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return err;
}
