/* SPDX-License-Identifier: MIT */
#include "crypto/curve.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include "crypto/random.h"

/*
 * Implementation notes.  EVP_PKEY takes 100 us to read a P-256 key and 45 to
 * multiply with it; points and groups read one in less than 1 us
 * (docs/decisions/0009-backends.md).  EC_POINT_mul() of one secret scalar is in
 * constant time on all three curves: P-256 and P-521 have code of their own,
 * P-384 takes OpenSSL's ladder.  Its temporaries lie in a BN_CTX, which is made
 * for one call because freeing it is what wipes them.
 */

static struct curve {
	int nid;
	size_t len;
	uint8_t mask; /* of the first byte */
	EC_GROUP *group;
	uint8_t order[CS_CURVE_SCALAR_MAX];
} curves[] = {
	[CS_P256] = { NID_X9_62_prime256v1, 32, 0xff },
	[CS_P384] = { NID_secp384r1, 48, 0xff },
	[CS_P521] = { NID_secp521r1, 66, 0x01 },
};
#define N_CURVES (sizeof curves / sizeof curves[0])

enum cs_err
cs_curve_init(void)
{
	for (struct curve *c = curves; c < curves + N_CURVES; c++) {
		if (c->group != NULL)
			continue;
		c->group = EC_GROUP_new_by_curve_name(c->nid);
		if (c->group == NULL ||
		    BN_bn2binpad(EC_GROUP_get0_order(c->group), c->order,
			(int)c->len) != (int)c->len)
			return CS_ERR_CRYPTO;
	}
	return CS_OK;
}

size_t
cs_curve_scalar_len(enum cs_curve c)
{
	return curves[c].len;
}

size_t
cs_curve_point_len(enum cs_curve c)
{
	return 1 + 2 * curves[c].len;
}

const EC_GROUP *
cs_curve_group(enum cs_curve c)
{
	return curves[c].group;
}

void
cs_curve_scalar_mask(enum cs_curve c, uint8_t *scalar)
{
	scalar[0] &= curves[c].mask;
}

bool
cs_curve_scalar_valid(enum cs_curve c, struct cs_view scalar)
{
	unsigned borrow = 0, any = 0;

	if (scalar.len != curves[c].len)
		return false;
	/* Subtracting the order has to borrow. */
	for (size_t i = scalar.len; i-- > 0;) {
		borrow =
		    (scalar.data[i] - curves[c].order[i] - borrow) >> 8 & 1;
		any |= scalar.data[i];
	}
	return borrow == 1 && any != 0;
}

void
cs_curve_scalar_new(uint8_t *out, enum cs_curve c)
{
	do {
		cs_random(out, curves[c].len);
		cs_curve_scalar_mask(c, out);
	} while (!cs_curve_scalar_valid(c, cs_view(out, curves[c].len)));
}

/* What one multiplication needs; all zero is empty. */
struct work {
	BN_CTX *ctx;
	BIGNUM *scalar;
	EC_POINT *in, *out;
};

static bool
work_init(struct work *w, const struct curve *c, const uint8_t *scalar)
{
	w->ctx = BN_CTX_new();
	w->scalar = BN_bin2bn(scalar, (int)c->len, NULL);
	w->in = EC_POINT_new(c->group);
	w->out = EC_POINT_new(c->group);
	if (w->ctx == NULL || w->scalar == NULL || w->in == NULL ||
	    w->out == NULL)
		return false;
	BN_set_flags(w->scalar, BN_FLG_CONSTTIME);
	return true;
}

static void
work_clear(struct work *w)
{
	EC_POINT_clear_free(w->out);
	EC_POINT_free(w->in);
	BN_clear_free(w->scalar);
	BN_CTX_free(w->ctx);
}

/* Only the uncompressed form: the others would be a second spelling. */
static bool
point_read(const struct curve *c, EC_POINT *out, struct cs_view in, BN_CTX *ctx)
{
	bool ok;

	if (in.len != 1 + 2 * c->len ||
	    in.data[0] != POINT_CONVERSION_UNCOMPRESSED)
		return false;
	/* Refuses coordinates that are not reduced and what is not on the
	 * curve; no point of this form is infinity. */
	ERR_set_mark();
	ok = EC_POINT_oct2point(c->group, out, in.data, in.len, ctx) == 1;
	ERR_pop_to_mark();
	return ok;
}

enum cs_err
cs_curve_public(uint8_t *out, enum cs_curve curve, const uint8_t *scalar)
{
	const struct curve *c = &curves[curve];
	size_t len = cs_curve_point_len(curve);
	struct work w = { 0 };
	enum cs_err err = CS_ERR_CRYPTO;

	if (work_init(&w, c, scalar) &&
	    EC_POINT_mul(c->group, w.out, w.scalar, NULL, NULL, w.ctx) == 1 &&
	    EC_POINT_point2oct(c->group, w.out, POINT_CONVERSION_UNCOMPRESSED,
		out, len, w.ctx) == len)
		err = CS_OK;
	work_clear(&w);
	return err;
}

bool
cs_curve_point_valid(enum cs_curve curve, struct cs_view point)
{
	const struct curve *c = &curves[curve];
	EC_POINT *p = EC_POINT_new(c->group);
	bool ok = p != NULL && point_read(c, p, point, NULL);

	EC_POINT_free(p);
	return ok;
}

enum cs_err
cs_curve_dh(uint8_t *out, enum cs_curve curve, const uint8_t *scalar,
    struct cs_view point)
{
	const struct curve *c = &curves[curve];
	struct work w = { 0 };
	BIGNUM *x = BN_new();
	enum cs_err err = CS_ERR_CRYPTO;

	if (x == NULL || !work_init(&w, c, scalar))
		goto out;
	if (!point_read(c, w.in, point, w.ctx)) {
		err = CS_ERR_KEY;
		goto out;
	}
	/* The curves have prime order: a valid scalar does not lead to
	 * infinity, which would have no coordinates. */
	if (EC_POINT_mul(c->group, w.out, NULL, w.in, w.scalar, w.ctx) == 1 &&
	    EC_POINT_get_affine_coordinates(c->group, w.out, x, NULL, w.ctx) ==
		1 &&
	    BN_bn2binpad(x, out, (int)c->len) == (int)c->len)
		err = CS_OK;
out:
	BN_clear_free(x);
	work_clear(&w);
	return err;
}
