/* SPDX-License-Identifier: MIT */
#include "crypto/x448.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>

enum cs_err
cs_x448_public(
    uint8_t out[static CS_X448_LEN], const uint8_t private[static CS_X448_LEN])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_X448, NULL, private, CS_X448_LEN);
	size_t n = CS_X448_LEN;
	enum cs_err err = CS_OK;

	if (key == NULL || EVP_PKEY_get_raw_public_key(key, out, &n) != 1 ||
	    n != CS_X448_LEN)
		err = CS_ERR_CRYPTO;
	EVP_PKEY_free(key);
	return err;
}

/* EVP_PKEY_new_raw_private_key() would compute the public half anew, which
 * takes as long as what it is needed for. */
static EVP_PKEY *
key_pair(const uint8_t *private, const uint8_t *public)
{
	/* OpenSSL has one type for parameters that it reads and writes. */
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY,
		    (void *)(uintptr_t) private, CS_X448_LEN),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
		    (void *)(uintptr_t) public, CS_X448_LEN),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "X448", NULL);
	EVP_PKEY *key = NULL;

	if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

enum cs_err
cs_x448(uint8_t out[static CS_X448_LEN],
    const uint8_t private[static CS_X448_LEN],
    const uint8_t public[static CS_X448_LEN],
    const uint8_t peer[static CS_X448_LEN])
{
	EVP_PKEY *ours = NULL, *theirs = NULL;
	EVP_PKEY_CTX *ctx = NULL;
	size_t n = CS_X448_LEN;
	enum cs_err err = CS_ERR_CRYPTO;

	ERR_set_mark();
	ours = key_pair(private, public);
	theirs =
	    EVP_PKEY_new_raw_public_key(EVP_PKEY_X448, NULL, peer, CS_X448_LEN);
	if (ours == NULL || theirs == NULL)
		goto out;
	ctx = EVP_PKEY_CTX_new(ours, NULL);
	if (ctx == NULL || EVP_PKEY_derive_init(ctx) != 1 ||
	    EVP_PKEY_derive_set_peer(ctx, theirs) != 1)
		goto out;
	if (EVP_PKEY_derive(ctx, out, &n) == 1 && n == CS_X448_LEN)
		err = CS_OK;
	else
		err = CS_ERR_KEY;
out:
	ERR_pop_to_mark();
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(ours);
	EVP_PKEY_free(theirs);
	return err;
}
