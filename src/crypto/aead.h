/* SPDX-License-Identifier: MIT */
/* Authenticated encryption, from any thread. */
#pragma once

#include "crypto/suite.h"

size_t cs_aead_key_len(enum cs_aead aead);
size_t cs_aead_nonce_len(enum cs_aead aead);

/* What one encryption needs; ${key} and ${nonce} have the aead's lengths. */
struct cs_aead_params {
	enum cs_aead aead;
	struct cs_view key;
	struct cs_view nonce;
	struct cs_view aad;
};

/*
 * Write plain.len + CS_AEAD_TAG_LEN bytes, ciphertext then tag, to ${out},
 * which may be where ${plain} is.
 */
CS_CHECKED enum cs_err cs_aead_seal_to(
    uint8_t *out, const struct cs_aead_params *params, struct cs_view plain);

/*
 * Write sealed.len - CS_AEAD_TAG_LEN bytes to ${out}, which may be where
 * ${sealed} is.  On CS_ERR_DECRYPT ${out} holds zeroes.
 */
CS_CHECKED enum cs_err cs_aead_open_to(
    uint8_t *out, const struct cs_aead_params *params, struct cs_view sealed);

/* The same, appended to a buffer; after a failure ${out} is unchanged. */
CS_CHECKED enum cs_err cs_aead_seal(struct cs_buf *out,
    const struct cs_aead_params *params, struct cs_view plain);
CS_CHECKED enum cs_err cs_aead_open(struct cs_buf *out,
    const struct cs_aead_params *params, struct cs_view sealed);

/* Fetch the algorithms of OpenSSL once: looking them up costs more than using
 * them.  For cs_crypto_init(). */
CS_CHECKED enum cs_err cs_aead_init(void);
