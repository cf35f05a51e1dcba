/* SPDX-License-Identifier: MIT */
#include "crypto/sign.h"

#include <sodium.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/random.h"

_Static_assert(CS_SIGN_SEED_LEN == crypto_sign_SEEDBYTES, "seed");
_Static_assert(CS_SIGN_PUBLIC_LEN == crypto_sign_PUBLICKEYBYTES, "public");
_Static_assert(CS_SIGNATURE_LEN == crypto_sign_BYTES, "signature");

enum cs_err
cs_sign_key_from_seed(
    struct cs_sign_key *out, const uint8_t seed[static CS_SIGN_SEED_LEN])
{
	uint8_t full[crypto_sign_SECRETKEYBYTES];
	int failed = crypto_sign_seed_keypair(out->public, full, seed);

	cs_wipe(full, sizeof full);
	memcpy(out->seed, seed, CS_SIGN_SEED_LEN);
	return failed ? CS_ERR_CRYPTO : CS_OK;
}

enum cs_err
cs_sign_key_new(struct cs_sign_key *out)
{
	uint8_t seed[CS_SIGN_SEED_LEN];
	enum cs_err err;

	cs_random(seed, sizeof seed);
	err = cs_sign_key_from_seed(out, seed);
	cs_wipe(seed, sizeof seed);
	return err;
}

enum cs_err
cs_sign(uint8_t out[static CS_SIGNATURE_LEN], const struct cs_sign_key *key,
    struct cs_view message)
{
	/* libsodium's secret key is the seed followed by the public key. */
	uint8_t full[crypto_sign_SECRETKEYBYTES];
	int failed;

	memcpy(full, key->seed, CS_SIGN_SEED_LEN);
	memcpy(full + CS_SIGN_SEED_LEN, key->public, CS_SIGN_PUBLIC_LEN);
	failed =
	    crypto_sign_detached(out, NULL, message.data, message.len, full);
	cs_wipe(full, sizeof full);
	return failed ? CS_ERR_CRYPTO : CS_OK;
}

bool cs_sign_public_valid(struct cs_view public)
{
	/* Canonical, on the curve, in the prime-order group, not small. */
	return public.len == CS_SIGN_PUBLIC_LEN &&
	    crypto_core_ed25519_is_valid_point(public.data) == 1;
}

enum cs_err
cs_sign_verify(
    struct cs_view public, struct cs_view message, struct cs_view signature)
{
	if (public.len != CS_SIGN_PUBLIC_LEN)
		return CS_ERR_KEY;
	if (signature.len != CS_SIGNATURE_LEN)
		return CS_ERR_SIGNATURE;
	/* libsodium refuses non-canonical S and keys, and small-order points
	 * in R and the key (FRANKING, rule 16). */
	if (crypto_sign_verify_detached(
		signature.data, message.data, message.len, public.data) != 0)
		return CS_ERR_SIGNATURE;
	return CS_OK;
}

/* Each message takes three: the sender's certificate, the key in it, the stamp.
 * So about 80 people can write in turn and none is verified anew, and to look
 * for what is not there takes less than 1 us. */
#define REMEMBERED 256

struct remembered {
	uint8_t hash[CS_SHA256_LEN];
};
static _Thread_local struct remembered remembered[REMEMBERED];

/* Is it there?  Then it moves to the front, away from being forgotten. */
static bool
recall(const uint8_t hash[static CS_SHA256_LEN])
{
	struct remembered found;

	for (size_t i = 0; i < REMEMBERED; i++) {
		if (!cs_view_equal(CS_VIEW_OF(remembered[i].hash),
			cs_view(hash, CS_SHA256_LEN)))
			continue;
		found = remembered[i];
		memmove(&remembered[1], &remembered[0], i * sizeof found);
		remembered[0] = found;
		return true;
	}
	return false;
}

static void
remember(const uint8_t hash[static CS_SHA256_LEN])
{
	memmove(&remembered[1], &remembered[0],
	    (REMEMBERED - 1) * sizeof remembered[0]);
	memcpy(remembered[0].hash, hash, CS_SHA256_LEN);
}

enum cs_err
cs_sign_verify_again(
    struct cs_view public, struct cs_view message, struct cs_view signature)
{
	const struct cs_view parts[] = { public, signature, message };
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err;

	/* Fixed lengths in front, so that nothing can move between them. */
	if (public.len != CS_SIGN_PUBLIC_LEN)
		return CS_ERR_KEY;
	if (signature.len != CS_SIGNATURE_LEN)
		return CS_ERR_SIGNATURE;
	if ((err = cs_hash_parts(hash, CS_SHA256, parts, 3)))
		return err;
	if (recall(hash))
		return CS_OK;
	if ((err = cs_sign_verify(public, message, signature)))
		return err;
	remember(hash);
	return CS_OK;
}

bool cs_sign_public_valid_again(struct cs_view public)
{
	uint8_t hash[CS_SHA256_LEN];

	/* Shorter than what is hashed above, so neither passes for the other.
	 */
	if (public.len != CS_SIGN_PUBLIC_LEN || cs_sha256(hash, public))
		return false;
	if (recall(hash))
		return true;
	if (!cs_sign_public_valid(public))
		return false;
	remember(hash);
	return true;
}
