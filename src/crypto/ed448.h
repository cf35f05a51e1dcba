/* SPDX-License-Identifier: MIT */
/* Ed448 (RFC 8032); inside this layer only. */
#pragma once

#include "base/bytes.h"

#define CS_ED448_KEY_LEN 57 /* of both halves */

/* OpenSSL's EVP_PKEY. */
struct evp_pkey_st;

/* The key of a seed, and its public half, which OpenSSL computes anyway.  Also
 * after a failure ${*out} is to be freed. */
CS_CHECKED enum cs_err cs_ed448_key_new(struct evp_pkey_st **out,
    uint8_t public[static CS_ED448_KEY_LEN],
    const uint8_t private[static CS_ED448_KEY_LEN]);
void cs_ed448_key_free(struct evp_pkey_st *key);

CS_CHECKED enum cs_err cs_ed448_sign(
    uint8_t *out, size_t *n, struct evp_pkey_st *key, struct cs_view message);

/* CS_ERR_KEY or CS_ERR_SIGNATURE for what is not exactly right. */
CS_CHECKED enum cs_err cs_ed448_verify(
    struct cs_view public, struct cs_view message, struct cs_view signature);
