/* SPDX-License-Identifier: MIT */
/* RFC 9180, base mode, with the algorithms of a suite. */
#pragma once

#include "crypto/aead.h"
#include "crypto/dhkem.h"
#include "crypto/hash.h"

/* mode, hash of the empty PSK's id, hash of the info. */
#define CS_HPKE_CONTEXT_MAX (1 + 2 * CS_HASH_MAX)

/*
 * What of a conversation's start depends on no key: key_schedule_context of
 * RFC 9180, section 5.1.  Nothing here is secret or changes, so one may serve
 * many recipients, from several threads.
 */
struct cs_hpke_info {
	const struct cs_suite *suite;
	uint8_t context[CS_HPKE_CONTEXT_MAX];
};

CS_CHECKED enum cs_err cs_hpke_info_init(struct cs_hpke_info *out,
    const struct cs_suite *suite, struct cs_view info);

/* One direction of a conversation; wipe with cs_hpke_clear(). */
struct cs_hpke {
	struct cs_hpke_info info;
	uint8_t secret[CS_HASH_MAX];
	uint8_t key[CS_AEAD_KEY_MAX];
	uint8_t base_nonce[CS_AEAD_NONCE_MAX];
	uint64_t seq;
};

/* SetupBaseS: also gives ${enc}, for the receiver: cs_hpke_public_len(). */
CS_CHECKED enum cs_err cs_hpke_sender(struct cs_hpke *out,
    uint8_t enc[static CS_HPKE_PUBLIC_MAX], const struct cs_hpke_info *info,
    struct cs_view public);

/* SetupBaseR.  A ${key} of another suite is CS_ERR_MISUSE. */
CS_CHECKED enum cs_err cs_hpke_receiver(struct cs_hpke *out,
    const struct cs_hpke_info *info, const struct cs_hpke_key *key,
    struct cs_view enc);

/* Seal or open the next message in order; appends to ${out}. */
CS_CHECKED enum cs_err cs_hpke_seal(struct cs_hpke *h, struct cs_buf *out,
    struct cs_view aad, struct cs_view plain);
CS_CHECKED enum cs_err cs_hpke_open(struct cs_hpke *h, struct cs_buf *out,
    struct cs_view aad, struct cs_view sealed);

/* RFC 9180, section 5.3: ${n} bytes out. */
CS_CHECKED enum cs_err cs_hpke_export(
    const struct cs_hpke *h, uint8_t *out, size_t n, struct cs_view context);

void cs_hpke_clear(struct cs_hpke *h);

/*
 * One message in one call: appends enc | ciphertext.  SealBase and OpenBase of
 * RFC 9180, section 6.1.
 */
CS_CHECKED enum cs_err cs_hpke_seal_once(struct cs_buf *out,
    const struct cs_suite *suite, struct cs_view public, struct cs_view info,
    struct cs_view aad, struct cs_view plain);
CS_CHECKED enum cs_err cs_hpke_open_once(struct cs_buf *out,
    const struct cs_suite *suite, const struct cs_hpke_key *key,
    struct cs_view info, struct cs_view aad, struct cs_view sealed);

/* Compute what every use of a suite begins with.  For cs_crypto_init(). */
CS_CHECKED enum cs_err cs_hpke_init(void);
