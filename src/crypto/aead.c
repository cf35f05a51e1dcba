/* SPDX-License-Identifier: MIT */
#include "crypto/aead.h"

#include <limits.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>

#include "crypto/backend.h"

static EVP_CIPHER *aes128gcm, *aes256gcm;
static EVP_CIPHER_CTX *scratch;

enum cs_err
cs_backend_aead_init(void)
{
	if (scratch != NULL)
		return CS_OK;
	aes128gcm = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	aes256gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	scratch = EVP_CIPHER_CTX_new();
	if (aes128gcm == NULL || aes256gcm == NULL || scratch == NULL)
		return CS_ERR_CRYPTO;
	return CS_OK;
}

size_t
cs_aead_key_len(enum cs_aead aead)
{
	switch (aead) {
	case CS_AES128GCM:
		return 16;
	case CS_AES256GCM:
	case CS_XCHACHA20POLY1305:
		return 32;
	}
	return 0;
}

size_t
cs_aead_nonce_len(enum cs_aead aead)
{
	switch (aead) {
	case CS_AES128GCM:
	case CS_AES256GCM:
		return 12;
	case CS_XCHACHA20POLY1305:
		return 24;
	}
	return 0;
}

static enum cs_err
check(const struct cs_aead_params *p, size_t len)
{
	if (cs_aead_key_len(p->aead) == 0 ||
	    p->key.len != cs_aead_key_len(p->aead) ||
	    p->nonce.len != cs_aead_nonce_len(p->aead))
		return CS_ERR_MISUSE;
	if (len > INT_MAX - CS_AEAD_TAG_LEN || p->aad.len > INT_MAX)
		return CS_ERR_LIMIT;
	return CS_OK;
}

static const EVP_CIPHER *
gcm(enum cs_aead aead)
{
	return aead == CS_AES128GCM ? aes128gcm : aes256gcm;
}

/* A zero-length view may carry NULL, which EVP takes for a question. */
static enum cs_err
gcm_update(uint8_t *out, struct cs_view in, int encrypt)
{
	int n = 0;

	if (in.len == 0)
		return CS_OK;
	return EVP_CipherUpdate(scratch, out, &n, in.data, (int)in.len) == 1 &&
		n == (int)in.len
	    ? CS_OK
	    : (encrypt ? CS_ERR_CRYPTO : CS_ERR_DECRYPT);
}

static enum cs_err
gcm_seal(uint8_t *out, const struct cs_aead_params *p, struct cs_view plain)
{
	enum cs_err err;
	uint8_t none[16];
	int n = 0;

	if (EVP_EncryptInit_ex2(
		scratch, gcm(p->aead), p->key.data, p->nonce.data, NULL) != 1)
		return CS_ERR_CRYPTO;
	if ((err = gcm_update(NULL, p->aad, 1)) ||
	    (err = gcm_update(out, plain, 1)))
		return err;
	if (EVP_EncryptFinal_ex(scratch, none, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(scratch, EVP_CTRL_AEAD_GET_TAG, CS_AEAD_TAG_LEN,
		out + plain.len) != 1)
		return CS_ERR_CRYPTO;
	return CS_OK;
}

static enum cs_err
gcm_open(uint8_t *out, const struct cs_aead_params *p, struct cs_view sealed)
{
	size_t len = sealed.len - CS_AEAD_TAG_LEN;
	uint8_t tag[CS_AEAD_TAG_LEN], none[16];
	enum cs_err err;
	int n = 0;

	memcpy(tag, sealed.data + len, sizeof tag);
	if (EVP_DecryptInit_ex2(
		scratch, gcm(p->aead), p->key.data, p->nonce.data, NULL) != 1)
		return CS_ERR_CRYPTO;
	if ((err = gcm_update(NULL, p->aad, 0)) ||
	    (err = gcm_update(out, cs_view(sealed.data, len), 0)))
		return err;
	if (EVP_CIPHER_CTX_ctrl(
		scratch, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) != 1)
		return CS_ERR_CRYPTO;
	return EVP_DecryptFinal_ex(scratch, none, &n) == 1 ? CS_OK
							   : CS_ERR_DECRYPT;
}

enum cs_err
cs_aead_seal_to(
    uint8_t *out, const struct cs_aead_params *p, struct cs_view plain)
{
	enum cs_err err = check(p, plain.len);

	if (err)
		return err;
	if (p->aead != CS_XCHACHA20POLY1305)
		return gcm_seal(out, p, plain);
	if (crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, plain.data,
		plain.len, p->aad.data, p->aad.len, NULL, p->nonce.data,
		p->key.data) != 0)
		return CS_ERR_CRYPTO;
	return CS_OK;
}

enum cs_err
cs_aead_open_to(
    uint8_t *out, const struct cs_aead_params *p, struct cs_view sealed)
{
	enum cs_err err = check(p, sealed.len);

	if (err)
		return err;
	if (sealed.len < CS_AEAD_TAG_LEN)
		return CS_ERR_DECRYPT;
	if (p->aead != CS_XCHACHA20POLY1305)
		err = gcm_open(out, p, sealed);
	else if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL,
		     sealed.data, sealed.len, p->aad.data, p->aad.len,
		     p->nonce.data, p->key.data) != 0)
		err = CS_ERR_DECRYPT;
	if (err)
		cs_wipe(out, sealed.len - CS_AEAD_TAG_LEN);
	return err;
}

enum cs_err
cs_aead_seal(
    struct cs_buf *out, const struct cs_aead_params *p, struct cs_view plain)
{
	size_t before = out->len;
	enum cs_err err;
	uint8_t *at;

	if (plain.len > CS_BUF_MAX)
		return CS_ERR_LIMIT;
	if ((err = cs_buf_extend(out, plain.len + CS_AEAD_TAG_LEN, &at)))
		return err;
	if ((err = cs_aead_seal_to(at, p, plain)))
		out->len = before;
	return err;
}

enum cs_err
cs_aead_open(
    struct cs_buf *out, const struct cs_aead_params *p, struct cs_view sealed)
{
	size_t before = out->len;
	enum cs_err err;
	uint8_t *at;

	if (sealed.len < CS_AEAD_TAG_LEN)
		return CS_ERR_DECRYPT;
	if ((err = cs_buf_extend(out, sealed.len - CS_AEAD_TAG_LEN, &at)))
		return err;
	if ((err = cs_aead_open_to(at, p, sealed)))
		out->len = before;
	return err;
}
