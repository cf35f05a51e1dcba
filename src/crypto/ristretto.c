/* SPDX-License-Identifier: MIT */
#include "crypto/ristretto.h"

#include <sodium.h>
#include <string.h>

#include "crypto/hash.h"

#define UNIFORM crypto_core_ristretto255_HASHBYTES
#define SHA512_LEN 64
#define SHA512_BLOCK 128
#define DST_MAX 64

_Static_assert(CS_RISTRETTO_LEN == crypto_core_ristretto255_BYTES &&
	CS_RISTRETTO_LEN == crypto_core_ristretto255_SCALARBYTES,
    "elements and scalars");
_Static_assert(UNIFORM == crypto_core_ristretto255_NONREDUCEDSCALARBYTES,
    "a hash is of one length");

static const char context[] = CS_RISTRETTO_CONTEXT;

/*
 * RFC 9380, section 5.3.1, expand_message_xmd with SHA-512, of 64 bytes: one
 * block.  The tag is ${tag} before the context.
 */
static enum cs_err
expand(uint8_t out[static UNIFORM], struct cs_view message, const char *tag)
{
	static const uint8_t zeroes[SHA512_BLOCK], length[2] = { 0, UNIFORM };
	uint8_t dst[DST_MAX], b0[SHA512_LEN];
	size_t n = strlen(tag);
	const struct cs_view first[] = {
		CS_VIEW_OF(zeroes),
		message,
		CS_VIEW_OF(length),
		cs_view("", 1),
		cs_view(dst, n + sizeof context),
	};
	struct cs_view second[] = {
		CS_VIEW_OF(b0),
		cs_view("\x01", 1),
		cs_view(dst, n + sizeof context),
	};
	enum cs_err err;

	memcpy(dst, tag, n);
	memcpy(dst + n, context, sizeof context - 1);
	/* The tag's length stands behind it. */
	dst[n + sizeof context - 1] = (uint8_t)(n + sizeof context - 1);
	err = cs_hash_parts(b0, CS_SHA512, first, sizeof first / sizeof *first);
	if (err == CS_OK)
		err = cs_hash_parts(
		    out, CS_SHA512, second, sizeof second / sizeof *second);
	cs_wipe(b0, sizeof b0);
	return err;
}

enum cs_err
cs_ristretto_element(uint8_t out[static CS_RISTRETTO_LEN], struct cs_view text)
{
	uint8_t uniform[UNIFORM];
	enum cs_err err = expand(uniform, text, "HashToGroup-");

	if (err == CS_OK)
		crypto_core_ristretto255_from_hash(out, uniform);
	return err;
}

enum cs_err
cs_ristretto_scalar(
    uint8_t out[static CS_RISTRETTO_LEN], struct cs_view text, const char *tag)
{
	uint8_t uniform[UNIFORM];
	enum cs_err err = expand(uniform, text, tag);

	if (err == CS_OK)
		crypto_core_ristretto255_scalar_reduce(out, uniform);
	cs_wipe(uniform, sizeof uniform);
	return err;
}

bool
cs_ristretto_is_element(const uint8_t e[static CS_RISTRETTO_LEN])
{
	return crypto_core_ristretto255_is_valid_point(e) == 1 &&
	    !sodium_is_zero(e, CS_RISTRETTO_LEN);
}

bool
cs_ristretto_is_scalar(const uint8_t s[static CS_RISTRETTO_LEN])
{
	uint8_t wide[UNIFORM] = { 0 }, reduced[CS_RISTRETTO_LEN];

	memcpy(wide, s, CS_RISTRETTO_LEN);
	crypto_core_ristretto255_scalar_reduce(reduced, wide);
	return cs_view_equal(CS_VIEW_OF(reduced), cs_view(s, CS_RISTRETTO_LEN));
}

void
cs_ristretto_piece(struct cs_writer *w, struct cs_view piece)
{
	cs_write_u16(w, (uint16_t)piece.len);
	cs_write_bytes(w, piece);
}
