/* SPDX-License-Identifier: MIT */
/* Bytes at rest, under one key, bound to their place. */
#pragma once

#include "crypto/aead.h"

#define CS_SEAL_KEY_LEN 32
/* A sealed thing is this much longer: version, nonce, tag. */
#define CS_SEAL_OVERHEAD (1 + 24 + CS_AEAD_TAG_LEN)

struct cs_seal_key {
	uint8_t b[CS_SEAL_KEY_LEN];
};

/*
 * Append version | nonce | XChaCha20-Poly1305(plain).  ${place} says where the
 * bytes belong (table, row, column), so that one cannot stand for another.
 */
CS_CHECKED enum cs_err cs_seal(struct cs_buf *out,
    const struct cs_seal_key *key, struct cs_view place, struct cs_view plain);
CS_CHECKED enum cs_err cs_unseal(struct cs_buf *out,
    const struct cs_seal_key *key, struct cs_view place, struct cs_view sealed);
