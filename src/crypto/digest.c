/* SPDX-License-Identifier: MIT */
/* OpenSSL calls these functions deprecated; see the notes below. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/digest.h"

#include <assert.h>
#include <openssl/sha.h>

/*
 * Implementation notes.  A message costs some thirty HMACs over less than 100
 * bytes, so what matters is how fast a hash begins and ends.  SHA256_Update()
 * and its like run the same code on the same instructions as EVP does, and
 * begin in half the time; HMAC built on them, as RFC 2104 writes it, takes half
 * as long as EVP_MAC and a fifth of libsodium's, which does not know the CPU's
 * SHA instructions (docs/decisions/0009-backends.md).
 */

union state {
	SHA256_CTX sha256;
	SHA512_CTX sha512; /* and SHA-384 */
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
	int ok = 0;

	d->hash = hash;
	switch (hash) {
	case CS_SHA256:
		ok = SHA256_Init(&state(d)->sha256);
		break;
	case CS_SHA384:
		ok = SHA384_Init(&state(d)->sha512);
		break;
	case CS_SHA512:
		ok = SHA512_Init(&state(d)->sha512);
		break;
	default:
		return CS_ERR_UNSUPPORTED;
	}
	return ok == 1 ? CS_OK : CS_ERR_CRYPTO;
}

void
cs_digest_add(struct cs_digest *d, struct cs_view in)
{
	int ok = 1;

	/* A zero-length view may carry NULL. */
	if (in.len == 0)
		return;
	if (d->hash == CS_SHA256)
		ok = SHA256_Update(&state(d)->sha256, in.data, in.len);
	else
		ok = SHA512_Update(&state(d)->sha512, in.data, in.len);
	assert(ok == 1);
}

void
cs_digest_end(struct cs_digest *d, uint8_t *out)
{
	int ok = d->hash == CS_SHA256 ? SHA256_Final(out, &state(d)->sha256)
				      : SHA512_Final(out, &state(d)->sha512);

	assert(ok == 1);
}
