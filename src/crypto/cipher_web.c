/* SPDX-License-Identifier: MIT */
#include "crypto/cipher.h"

#include <bearssl.h>
#include <sodium.h>
#include <string.h>

/*
 * Implementation notes.  A browser's own AES-GCM answers later, and nothing
 * here waits.  WebAssembly has no AES instructions; tables would tell the key
 * by the cache, so it is BearSSL's bitsliced AES and its GHASH by
 * multiplications, both in constant time.
 */

struct gcm {
	br_aes_ct64_ctr_keys keys;
	br_gcm_context gcm;
};

static void
gcm_run(struct gcm *g, const struct cs_aead_params *p, int encrypt,
    uint8_t *text, size_t n)
{
	br_aes_ct64_ctr_init(&g->keys, p->key.data, p->key.len);
	br_gcm_init(&g->gcm, &g->keys.vtable, br_ghash_ctmul64);
	br_gcm_reset(&g->gcm, p->nonce.data, p->nonce.len);
	br_gcm_aad_inject(&g->gcm, p->aad.data, p->aad.len);
	br_gcm_flip(&g->gcm);
	br_gcm_run(&g->gcm, encrypt, text, n);
}

static void
gcm_seal(uint8_t *out, const struct cs_aead_params *p, struct cs_view plain)
{
	struct gcm g;

	if (plain.len != 0)
		memmove(out, plain.data, plain.len);
	gcm_run(&g, p, 1, out, plain.len);
	br_gcm_get_tag(&g.gcm, out + plain.len);
	cs_wipe(&g, sizeof g);
}

static enum cs_err
gcm_open(uint8_t *out, const struct cs_aead_params *p, struct cs_view sealed)
{
	size_t n = sealed.len - CS_AEAD_TAG_LEN;
	uint8_t tag[CS_AEAD_TAG_LEN];
	struct gcm g;
	bool right;

	memcpy(tag, sealed.data + n, sizeof tag);
	if (n != 0)
		memmove(out, sealed.data, n);
	gcm_run(&g, p, 0, out, n);
	right = br_gcm_check_tag(&g.gcm, tag) == 1;
	cs_wipe(&g, sizeof g);
	return right ? CS_OK : CS_ERR_DECRYPT;
}

enum cs_err
cs_cipher_init(void)
{
	return CS_OK;
}

enum cs_err
cs_cipher_seal(
    uint8_t *out, const struct cs_aead_params *p, struct cs_view plain)
{
	if (p->aead != CS_CHACHA20POLY1305) {
		gcm_seal(out, p, plain);
		return CS_OK;
	}
	return crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, plain.data,
		   plain.len, p->aad.data, p->aad.len, NULL, p->nonce.data,
		   p->key.data) == 0
	    ? CS_OK
	    : CS_ERR_CRYPTO;
}

enum cs_err
cs_cipher_open(
    uint8_t *out, const struct cs_aead_params *p, struct cs_view sealed)
{
	if (p->aead != CS_CHACHA20POLY1305)
		return gcm_open(out, p, sealed);
	return crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL,
		   sealed.data, sealed.len, p->aad.data, p->aad.len,
		   p->nonce.data, p->key.data) == 0
	    ? CS_OK
	    : CS_ERR_DECRYPT;
}
