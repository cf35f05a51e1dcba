/* SPDX-License-Identifier: MIT */
#include "crypto/cipher.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>

/*
 * Implementation notes.  A context keeps its cipher: to give it another one
 * costs more than to encrypt 100 bytes, so each thread has one of each, made
 * when it first needs it and freed when it ends.
 */

enum { AES128GCM, AES256GCM, CHACHA20POLY1305, N_CIPHERS };
static EVP_CIPHER *ciphers[N_CIPHERS];
static pthread_key_t at_thread_end;

struct contexts {
	EVP_CIPHER_CTX *v[N_CIPHERS];
};
static _Thread_local struct contexts contexts;

static void
contexts_free(void *arg)
{
	struct contexts *c = arg;

	for (size_t i = 0; i < N_CIPHERS; i++) {
		EVP_CIPHER_CTX_free(c->v[i]);
		c->v[i] = NULL;
	}
}

enum cs_err
cs_cipher_init(void)
{
	static const char *const names[N_CIPHERS] = { "AES-128-GCM",
		"AES-256-GCM", "ChaCha20-Poly1305" };

	if (ciphers[N_CIPHERS - 1] != NULL)
		return CS_OK;
	for (size_t i = 0; i < N_CIPHERS; i++) {
		ciphers[i] = EVP_CIPHER_fetch(NULL, names[i], NULL);
		if (ciphers[i] == NULL)
			return CS_ERR_CRYPTO;
	}
	if (pthread_key_create(&at_thread_end, contexts_free) != 0)
		return CS_ERR_CRYPTO;
	return CS_OK;
}

static EVP_CIPHER_CTX *
context_new(size_t which)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	if (ctx == NULL ||
	    EVP_CipherInit_ex2(ctx, ciphers[which], NULL, NULL, 1, NULL) != 1 ||
	    pthread_setspecific(at_thread_end, &contexts) != 0) {
		EVP_CIPHER_CTX_free(ctx);
		return NULL;
	}
	contexts.v[which] = ctx;
	return ctx;
}

/* This thread's context for ${p}, with its key and nonce, or NULL. */
static EVP_CIPHER_CTX *
evp_begin(const struct cs_aead_params *p, int encrypt)
{
	size_t which = p->aead == CS_AES128GCM ? AES128GCM
	    : p->aead == CS_AES256GCM          ? AES256GCM
					       : CHACHA20POLY1305;
	EVP_CIPHER_CTX *ctx = contexts.v[which];

	if (ctx == NULL && (ctx = context_new(which)) == NULL)
		return NULL;
	return EVP_CipherInit_ex2(
		   ctx, NULL, p->key.data, p->nonce.data, encrypt, NULL) == 1
	    ? ctx
	    : NULL;
}

/* A zero-length view may carry NULL, which EVP takes for a question. */
static enum cs_err
evp_update(EVP_CIPHER_CTX *ctx, uint8_t *out, struct cs_view in)
{
	int n = 0;

	if (in.len == 0)
		return CS_OK;
	return EVP_CipherUpdate(ctx, out, &n, in.data, (int)in.len) == 1 &&
		n == (int)in.len
	    ? CS_OK
	    : CS_ERR_CRYPTO;
}

enum cs_err
cs_cipher_seal(
    uint8_t *out, const struct cs_aead_params *p, struct cs_view plain)
{
	EVP_CIPHER_CTX *ctx = evp_begin(p, 1);
	enum cs_err err;
	uint8_t none[16];
	int n = 0;

	if (ctx == NULL)
		return CS_ERR_CRYPTO;
	if ((err = evp_update(ctx, NULL, p->aad)) ||
	    (err = evp_update(ctx, out, plain)))
		return err;
	if (EVP_CipherFinal_ex(ctx, none, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, CS_AEAD_TAG_LEN,
		out + plain.len) != 1)
		return CS_ERR_CRYPTO;
	return CS_OK;
}

enum cs_err
cs_cipher_open(
    uint8_t *out, const struct cs_aead_params *p, struct cs_view sealed)
{
	EVP_CIPHER_CTX *ctx = evp_begin(p, 0);
	size_t len = sealed.len - CS_AEAD_TAG_LEN;
	uint8_t tag[CS_AEAD_TAG_LEN], none[16];
	enum cs_err err;
	int n = 0;

	if (ctx == NULL)
		return CS_ERR_CRYPTO;
	memcpy(tag, sealed.data + len, sizeof tag);
	if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) !=
	    1)
		return CS_ERR_CRYPTO;
	if ((err = evp_update(ctx, NULL, p->aad)) ||
	    (err = evp_update(ctx, out, cs_view(sealed.data, len))))
		return err;
	return EVP_CipherFinal_ex(ctx, none, &n) == 1 ? CS_OK : CS_ERR_DECRYPT;
}
