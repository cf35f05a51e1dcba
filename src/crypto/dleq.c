/* SPDX-License-Identifier: MIT */
#include "crypto/dleq.h"

#include <sodium.h>
#include <string.h>

#include "base/writer.h"
#include "crypto/hash.h"
#include "crypto/random.h"

#define LEN CS_RISTRETTO_LEN
#define SHA512_LEN 64
#define TAG_MAX 64

static const char context[] = CS_RISTRETTO_CONTEXT;

static enum cs_err
sha512(uint8_t out[static SHA512_LEN], const struct cs_buf *in)
{
	const struct cs_view whole = cs_buf_view(in);

	return cs_hash_parts(out, CS_SHA512, &whole, 1);
}

/* RFC 9497, section 2.2.1, ComputeComposites, of one pair: the factor of both,
 * and both times that. */
struct composite {
	uint8_t d[LEN], m[LEN], z[LEN];
};

static enum cs_err
composite_seed(uint8_t out[static SHA512_LEN], const struct cs_dleq *claim)
{
	char tag[TAG_MAX] = "Seed-";
	size_t n = strlen(tag);
	struct cs_buf text = { 0 };
	struct cs_writer w = cs_writer(&text);
	enum cs_err err;

	memcpy(tag + n, context, sizeof context - 1);
	cs_ristretto_piece(&w, CS_VIEW_OF(claim->public));
	cs_ristretto_piece(&w, cs_view(tag, n + sizeof context - 1));
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = sha512(out, &text);
	cs_buf_free(&text);
	return err;
}

static enum cs_err
compose(struct composite *out, const struct cs_dleq *claim)
{
	uint8_t seed[SHA512_LEN];
	struct cs_buf text = { 0 };
	struct cs_writer w = cs_writer(&text);
	enum cs_err err = composite_seed(seed, claim);

	if (err)
		return err;
	cs_ristretto_piece(&w, CS_VIEW_OF(seed));
	cs_write_u16(&w, 0);
	cs_ristretto_piece(&w, CS_VIEW_OF(claim->element));
	cs_ristretto_piece(&w, CS_VIEW_OF(claim->value));
	cs_write_bytes(&w, cs_view_str("Composite"));
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_ristretto_scalar(
		    out->d, cs_buf_view(&text), "HashToScalar-");
	cs_buf_free(&text);
	if (err)
		return err;
	return crypto_scalarmult_ristretto255(out->m, out->d, claim->element) ==
		    0 &&
		crypto_scalarmult_ristretto255(out->z, out->d, claim->value) ==
		    0
	    ? CS_OK
	    : CS_ERR_SIGNATURE;
}

/* RFC 9497, section 2.2.1: the challenge. */
static enum cs_err
challenge(uint8_t out[static LEN], const struct cs_dleq *claim,
    const struct composite *c, const uint8_t t2[static LEN],
    const uint8_t t3[static LEN])
{
	struct cs_buf text = { 0 };
	struct cs_writer w = cs_writer(&text);
	enum cs_err err;

	cs_ristretto_piece(&w, CS_VIEW_OF(claim->public));
	cs_ristretto_piece(&w, CS_VIEW_OF(c->m));
	cs_ristretto_piece(&w, CS_VIEW_OF(c->z));
	cs_ristretto_piece(&w, cs_view(t2, LEN));
	cs_ristretto_piece(&w, cs_view(t3, LEN));
	cs_write_bytes(&w, cs_view_str("Challenge"));
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_ristretto_scalar(
		    out, cs_buf_view(&text), "HashToScalar-");
	cs_buf_free(&text);
	return err;
}

/* A scalar that nobody can guess. */
static void
random_scalar(uint8_t out[static LEN])
{
	uint8_t wide[crypto_core_ristretto255_NONREDUCEDSCALARBYTES];

	cs_random(wide, sizeof wide);
	crypto_core_ristretto255_scalar_reduce(out, wide);
	cs_wipe(wide, sizeof wide);
}

static enum cs_err
generate(uint8_t proof[static CS_DLEQ_PROOF_LEN], const struct cs_dleq *claim,
    const struct composite *c, const uint8_t private[static LEN])
{
	uint8_t r[LEN], t2[LEN], t3[LEN], product[LEN];
	enum cs_err err = CS_ERR_KEY;

	random_scalar(r);
	if (crypto_scalarmult_ristretto255_base(t2, r) == 0 &&
	    crypto_scalarmult_ristretto255(t3, r, c->m) == 0)
		err = challenge(proof, claim, c, t2, t3);
	if (err == CS_OK) {
		crypto_core_ristretto255_scalar_mul(product, proof, private);
		crypto_core_ristretto255_scalar_sub(proof + LEN, r, product);
	}
	cs_wipe(product, sizeof product);
	cs_wipe(r, sizeof r);
	return err;
}

enum cs_err
cs_dleq_prove(uint8_t proof[static CS_DLEQ_PROOF_LEN],
    const struct cs_dleq *claim, const uint8_t private[static LEN])
{
	struct composite c;
	enum cs_err err = compose(&c, claim);

	if (err)
		return err == CS_ERR_SIGNATURE ? CS_ERR_KEY : err;
	return generate(proof, claim, &c, private);
}

/* a * A + b * B, each scalar public; false: it is the identity. */
static bool
combine(uint8_t out[static LEN], const uint8_t *a, const uint8_t *element_a,
    const uint8_t *b, const uint8_t *element_b)
{
	uint8_t left[LEN], right[LEN];
	bool some = true;

	/* Zero times an element is refused by the library, and is the identity,
	 * which is all zero. */
	if ((element_a == NULL
		    ? crypto_scalarmult_ristretto255_base(left, a)
		    : crypto_scalarmult_ristretto255(left, a, element_a)) != 0)
		memset(left, 0, sizeof left);
	if (crypto_scalarmult_ristretto255(right, b, element_b) != 0)
		memset(right, 0, sizeof right);
	some = crypto_core_ristretto255_add(out, left, right) == 0;
	return some && !sodium_is_zero(out, LEN);
}

enum cs_err
cs_dleq_verify(
    const uint8_t proof[static CS_DLEQ_PROOF_LEN], const struct cs_dleq *claim)
{
	const uint8_t *s = proof + LEN;
	uint8_t t2[LEN], t3[LEN], expected[LEN];
	struct composite c;
	enum cs_err err;

	if (!cs_ristretto_is_element(claim->public) ||
	    !cs_ristretto_is_element(claim->element) ||
	    !cs_ristretto_is_element(claim->value) ||
	    !cs_ristretto_is_scalar(proof) || !cs_ristretto_is_scalar(s))
		return CS_ERR_SIGNATURE;
	if ((err = compose(&c, claim)))
		return err;
	if (!combine(t2, s, NULL, proof, claim->public) ||
	    !combine(t3, s, c.m, proof, c.z))
		return CS_ERR_SIGNATURE;
	if ((err = challenge(expected, claim, &c, t2, t3)))
		return err;
	return cs_view_equal(CS_VIEW_OF(expected), cs_view(proof, LEN))
	    ? CS_OK
	    : CS_ERR_SIGNATURE;
}
