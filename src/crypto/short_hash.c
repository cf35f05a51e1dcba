/* SPDX-License-Identifier: MIT */
#include "crypto/short_hash.h"

#include <sodium.h>
#include <string.h>

_Static_assert(CS_SHORT_HASH_KEY_LEN == crypto_shorthash_KEYBYTES, "key");

uint64_t
cs_short_hash(
    const uint8_t key[static CS_SHORT_HASH_KEY_LEN], struct cs_view in)
{
	uint8_t out[crypto_shorthash_BYTES];
	uint64_t x;

	crypto_shorthash(out, in.data, in.len, key);
	memcpy(&x, out, sizeof x);
	return x;
}
