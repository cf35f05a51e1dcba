/* SPDX-License-Identifier: MIT */
/*
 * AES-GCM and ChaCha20-Poly1305 as a library has them; inside this layer only.
 * aead.c has checked everything: lengths of key and nonce, and that text and
 * aad fit an int.  ${p->aead} is not CS_XCHACHA20POLY1305.
 */
#pragma once

#include "crypto/aead.h"

/* Fetch the algorithms once. */
CS_CHECKED enum cs_err cs_cipher_init(void);

/* As cs_aead_seal_to(). */
CS_CHECKED enum cs_err cs_cipher_seal(
    uint8_t *out, const struct cs_aead_params *p, struct cs_view plain);

/* As cs_aead_open_to(), of at least a tag; after CS_ERR_DECRYPT the caller
 * wipes ${out}. */
CS_CHECKED enum cs_err cs_cipher_open(
    uint8_t *out, const struct cs_aead_params *p, struct cs_view sealed);
