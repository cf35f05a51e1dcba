/* SPDX-License-Identifier: MIT */
#include "crypto/aead.h"

#include <limits.h>
#include <sodium.h>

#include "crypto/cipher.h"

enum cs_err
cs_aead_init(void)
{
	return cs_cipher_init();
}

size_t
cs_aead_key_len(enum cs_aead aead)
{
	switch (aead) {
	case CS_AES128GCM:
		return 16;
	case CS_AES256GCM:
	case CS_XCHACHA20POLY1305:
	case CS_CHACHA20POLY1305:
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
	case CS_CHACHA20POLY1305:
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

enum cs_err
cs_aead_seal_to(
    uint8_t *out, const struct cs_aead_params *p, struct cs_view plain)
{
	enum cs_err err = check(p, plain.len);

	if (err)
		return err;
	if (p->aead != CS_XCHACHA20POLY1305)
		return cs_cipher_seal(out, p, plain);
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
		err = cs_cipher_open(out, p, sealed);
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
