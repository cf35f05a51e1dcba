/* SPDX-License-Identifier: MIT */
/*
 * What a browser's engine does without: the curves of NIST and the two of 448
 * bits.  None of its suites has them (suite_web.c), and no key of theirs is
 * valid, so that what they would compute is asked for by nobody.
 */
#include "crypto/curve.h"

#include "crypto/ecdsa.h"
#include "crypto/ed448.h"
#include "crypto/x448.h"

enum cs_err
cs_curve_init(void)
{
	return CS_OK;
}

size_t
cs_curve_scalar_len(enum cs_curve c)
{
	(void)c;
	return 0;
}

size_t
cs_curve_point_len(enum cs_curve c)
{
	(void)c;
	return 0;
}

void
cs_curve_scalar_new(uint8_t *out, enum cs_curve c)
{
	(void)out;
	(void)c;
}

bool
cs_curve_scalar_valid(enum cs_curve c, struct cs_view scalar)
{
	(void)c;
	(void)scalar;
	return false;
}

void
cs_curve_scalar_mask(enum cs_curve c, uint8_t *scalar)
{
	(void)c;
	(void)scalar;
}

enum cs_err
cs_curve_public(uint8_t *out, enum cs_curve c, const uint8_t *scalar)
{
	(void)out;
	(void)c;
	(void)scalar;
	return CS_ERR_UNSUPPORTED;
}

bool
cs_curve_point_valid(enum cs_curve c, struct cs_view point)
{
	(void)c;
	(void)point;
	return false;
}

enum cs_err
cs_curve_dh(
    uint8_t *out, enum cs_curve c, const uint8_t *scalar, struct cs_view point)
{
	(void)out;
	(void)c;
	(void)scalar;
	(void)point;
	return CS_ERR_UNSUPPORTED;
}

enum cs_err
cs_ecdsa_key_new(struct ec_key_st **out, enum cs_curve c, const uint8_t *scalar,
    const uint8_t *point)
{
	*out = NULL;
	(void)c;
	(void)scalar;
	(void)point;
	return CS_ERR_UNSUPPORTED;
}

void
cs_ecdsa_key_free(struct ec_key_st *key)
{
	(void)key;
}

enum cs_err
cs_ecdsa_sign(uint8_t *out, size_t *n, enum cs_curve c, struct ec_key_st *key,
    struct cs_view message)
{
	(void)out;
	(void)c;
	(void)key;
	(void)message;
	*n = 0;
	return CS_ERR_UNSUPPORTED;
}

enum cs_err
cs_ecdsa_verify(enum cs_curve c, struct cs_view point, struct cs_view message,
    struct cs_view signature)
{
	(void)c;
	(void)point;
	(void)message;
	(void)signature;
	return CS_ERR_UNSUPPORTED;
}

enum cs_err
cs_ed448_key_new(struct evp_pkey_st **out,
    uint8_t public[static CS_ED448_KEY_LEN],
    const uint8_t private[static CS_ED448_KEY_LEN])
{
	*out = NULL;
	(void)public;
	(void)private;
	return CS_ERR_UNSUPPORTED;
}

void
cs_ed448_key_free(struct evp_pkey_st *key)
{
	(void)key;
}

enum cs_err
cs_ed448_sign(
    uint8_t *out, size_t *n, struct evp_pkey_st *key, struct cs_view message)
{
	(void)out;
	(void)key;
	(void)message;
	*n = 0;
	return CS_ERR_UNSUPPORTED;
}

enum cs_err
cs_ed448_verify(
    struct cs_view public, struct cs_view message, struct cs_view signature)
{
	(void)public;
	(void)message;
	(void)signature;
	return CS_ERR_UNSUPPORTED;
}

enum cs_err
cs_x448_public(
    uint8_t out[static CS_X448_LEN], const uint8_t private[static CS_X448_LEN])
{
	(void)out;
	(void)private;
	return CS_ERR_UNSUPPORTED;
}

enum cs_err
cs_x448(uint8_t out[static CS_X448_LEN],
    const uint8_t private[static CS_X448_LEN],
    const uint8_t public[static CS_X448_LEN],
    const uint8_t peer[static CS_X448_LEN])
{
	(void)out;
	(void)private;
	(void)public;
	(void)peer;
	return CS_ERR_UNSUPPORTED;
}
