/* SPDX-License-Identifier: MIT */
/*
 * NIST's prime curves (SP 800-186), which ECDSA and DHKEM
 * share; inside this layer only.  Scalars are big-endian and of full width,
 * points uncompressed: 4 | x | y.
 */
#pragma once

#include "base/bytes.h"

enum cs_curve { CS_P256, CS_P384, CS_P521 };

/* Those of P-521. */
#define CS_CURVE_SCALAR_MAX 66
#define CS_CURVE_POINT_MAX 133

size_t cs_curve_scalar_len(enum cs_curve c); /* of a coordinate, too */
size_t cs_curve_point_len(enum cs_curve c);

/* OpenSSL's EC_GROUP: static memory that nobody changes, so that threads may
 * share it. */
struct ec_group_st;
const struct ec_group_st *cs_curve_group(enum cs_curve c);

/* A fresh private scalar. */
void cs_curve_scalar_new(uint8_t *out, enum cs_curve c);

/* Is ${scalar} in 1..n-1?  In constant time, but for a wrong length. */
CS_CHECKED bool cs_curve_scalar_valid(enum cs_curve c, struct cs_view scalar);

/* Cut off the bits of a candidate that no scalar has. */
void cs_curve_scalar_mask(enum cs_curve c, uint8_t *scalar);

/* The public point of a valid scalar. */
CS_CHECKED enum cs_err cs_curve_public(
    uint8_t *out, enum cs_curve c, const uint8_t *scalar);

/* Is ${point} well-formed, on the curve, and not infinity? */
CS_CHECKED bool cs_curve_point_valid(enum cs_curve c, struct cs_view point);

/*
 * The x-coordinate of ${scalar} times ${point}, in constant time;
 * CS_ERR_KEY if ${point} is not valid.
 */
CS_CHECKED enum cs_err cs_curve_dh(
    uint8_t *out, enum cs_curve c, const uint8_t *scalar, struct cs_view point);

/* Fetch the algorithms of OpenSSL once.  For cs_crypto_init(). */
CS_CHECKED enum cs_err cs_curve_init(void);
