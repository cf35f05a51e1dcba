/* SPDX-License-Identifier: MIT */
#include "crypto/digest.h"

#include <bearssl.h>
#include <sodium.h>

/* libsodium's code is unrolled, and twice as fast here as BearSSL's, from which
 * comes SHA-384. */
union state {
	crypto_hash_sha256_state sha256;
	crypto_hash_sha512_state sha512;
	br_sha384_context sha384;
} __attribute__((may_alias));
_Static_assert(
    sizeof(union state) <= sizeof((struct cs_digest *)0)->state, "room");

static union state *
state(struct cs_digest *d)
{
	return (union state *)(void *)d->state;
}

enum cs_err
cs_digest_begin(struct cs_digest *d, enum cs_hash hash)
{
	d->hash = hash;
	switch (hash) {
	case CS_SHA256:
		(void)crypto_hash_sha256_init(&state(d)->sha256);
		return CS_OK;
	case CS_SHA384:
		br_sha384_init(&state(d)->sha384);
		return CS_OK;
	case CS_SHA512:
		(void)crypto_hash_sha512_init(&state(d)->sha512);
		return CS_OK;
	}
	return CS_ERR_UNSUPPORTED;
}

void
cs_digest_add(struct cs_digest *d, struct cs_view in)
{
	if (in.len == 0)
		return;
	if (d->hash == CS_SHA256)
		(void)crypto_hash_sha256_update(
		    &state(d)->sha256, in.data, in.len);
	else if (d->hash == CS_SHA384)
		br_sha384_update(&state(d)->sha384, in.data, in.len);
	else
		(void)crypto_hash_sha512_update(
		    &state(d)->sha512, in.data, in.len);
}

void
cs_digest_end(struct cs_digest *d, uint8_t *out)
{
	if (d->hash == CS_SHA256)
		(void)crypto_hash_sha256_final(&state(d)->sha256, out);
	else if (d->hash == CS_SHA384)
		br_sha384_out(&state(d)->sha384, out);
	else
		(void)crypto_hash_sha512_final(&state(d)->sha512, out);
}
