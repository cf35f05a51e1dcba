/* SPDX-License-Identifier: MIT */
/*
 * ECDSA (FIPS 186-5) with the hash of the curve's size and
 * signatures in DER, as RFC 9420, section 5.1.2, has them; inside this layer
 * only.
 */
#pragma once

#include "crypto/curve.h"

/* OpenSSL's EC_KEY. */
struct ec_key_st;

/* A private key from a valid scalar and its point. */
CS_CHECKED enum cs_err cs_ecdsa_key_new(struct ec_key_st **out, enum cs_curve c,
    const uint8_t *scalar, const uint8_t *point);
void cs_ecdsa_key_free(struct ec_key_st *key);

/* ${key} is only read, so that threads may share it. */
CS_CHECKED enum cs_err cs_ecdsa_sign(uint8_t *out, size_t *n, enum cs_curve c,
    struct ec_key_st *key, struct cs_view message);

/* CS_ERR_KEY or CS_ERR_SIGNATURE for what is not exactly right. */
CS_CHECKED enum cs_err cs_ecdsa_verify(enum cs_curve c, struct cs_view point,
    struct cs_view message, struct cs_view signature);
