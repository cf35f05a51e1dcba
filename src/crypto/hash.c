/* SPDX-License-Identifier: MIT */
#include "crypto/hash.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>

#include "base/alloc.h"
#include "crypto/backend.h"

static EVP_MD *sha256;
static EVP_MD_CTX *scratch; /* this layer is used from one thread */

enum cs_err
cs_backend_hash_init(void)
{
	if (sha256 != NULL)
		return CS_OK;
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	scratch = EVP_MD_CTX_new();
	return sha256 != NULL && scratch != NULL ? CS_OK : CS_ERR_CRYPTO;
}

size_t
cs_hash_len(enum cs_hash hash)
{
	return hash == CS_SHA256 ? CS_SHA256_LEN : 0;
}

enum cs_err
cs_hash_parts(
    uint8_t *out, enum cs_hash hash, const struct cs_view *parts, size_t n)
{
	if (hash != CS_SHA256)
		return CS_ERR_UNSUPPORTED;
	if (EVP_DigestInit_ex2(scratch, sha256, NULL) != 1)
		return CS_ERR_CRYPTO;
	for (size_t i = 0; i < n; i++)
		if (EVP_DigestUpdate(scratch, parts[i].data, parts[i].len) != 1)
			return CS_ERR_CRYPTO;
	return EVP_DigestFinal_ex(scratch, out, NULL) == 1 ? CS_OK
							   : CS_ERR_CRYPTO;
}

enum cs_err
cs_sha256(uint8_t out[static CS_SHA256_LEN], struct cs_view in)
{
	return cs_hash_parts(out, CS_SHA256, &in, 1);
}

struct cs_hasher {
	EVP_MD_CTX *ctx;
};

enum cs_err
cs_hasher_new(struct cs_hasher **out, enum cs_hash hash)
{
	struct cs_hasher *h;

	*out = NULL;
	if (hash != CS_SHA256)
		return CS_ERR_UNSUPPORTED;
	h = cs_calloc(1, sizeof *h);
	if (h == NULL)
		return CS_ERR_NOMEM;
	h->ctx = EVP_MD_CTX_new();
	if (h->ctx == NULL || EVP_DigestInit_ex2(h->ctx, sha256, NULL) != 1) {
		cs_hasher_free(h);
		return CS_ERR_CRYPTO;
	}
	*out = h;
	return CS_OK;
}

enum cs_err
cs_hasher_add(struct cs_hasher *h, struct cs_view in)
{
	return EVP_DigestUpdate(h->ctx, in.data, in.len) == 1 ? CS_OK
							      : CS_ERR_CRYPTO;
}

enum cs_err
cs_hasher_end(struct cs_hasher *h, uint8_t *out)
{
	if (EVP_DigestFinal_ex(h->ctx, out, NULL) != 1 ||
	    EVP_DigestInit_ex2(h->ctx, sha256, NULL) != 1)
		return CS_ERR_CRYPTO;
	return CS_OK;
}

void
cs_hasher_free(struct cs_hasher *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->ctx);
	cs_free(h, sizeof *h);
}

enum cs_err
cs_hmac_parts(uint8_t *out, enum cs_hash hash, struct cs_view key,
    const struct cs_view *parts, size_t n)
{
	crypto_auth_hmacsha256_state state;

	if (hash != CS_SHA256)
		return CS_ERR_UNSUPPORTED;
	crypto_auth_hmacsha256_init(&state, key.data, key.len);
	for (size_t i = 0; i < n; i++)
		crypto_auth_hmacsha256_update(
		    &state, parts[i].data, parts[i].len);
	crypto_auth_hmacsha256_final(&state, out);
	cs_wipe(&state, sizeof state);
	return CS_OK;
}

enum cs_err
cs_hkdf_extract(
    uint8_t *out, enum cs_hash hash, struct cs_view salt, struct cs_view ikm)
{
	static const uint8_t zero[CS_HASH_MAX];

	if (salt.len == 0)
		salt = cs_view(zero, cs_hash_len(hash));
	return cs_hmac_parts(out, hash, salt, &ikm, 1);
}

enum cs_err
cs_hkdf_expand(uint8_t *out, size_t n, enum cs_hash hash, struct cs_view prk,
    struct cs_view info)
{
	uint8_t block[CS_HASH_MAX], counter = 0;
	size_t block_len = cs_hash_len(hash), done = 0, previous = 0;
	enum cs_err err = CS_OK;

	/* RFC 5869, section 2.3: L <= 255 * HashLen. */
	if (block_len == 0 || n > 255 * block_len)
		return CS_ERR_MISUSE;
	while (done < n) {
		struct cs_view parts[3];
		size_t take = n - done < block_len ? n - done : block_len;

		counter++;
		parts[0] = cs_view(block, previous);
		parts[1] = info;
		parts[2] = cs_view(&counter, 1);
		if ((err = cs_hmac_parts(block, hash, prk, parts, 3)))
			break;
		memcpy(out + done, block, take);
		done += take;
		previous = block_len;
	}
	cs_wipe(block, sizeof block);
	return err;
}
