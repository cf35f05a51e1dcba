/* SPDX-License-Identifier: MIT */
/* src/crypto/hpke.h: RFC 9180, base mode, DHKEM(X25519, HKDF-SHA256). */
#pragma once

#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/small_order.h"

#define CS_HPKE_PUBLIC_LEN CS_X25519_LEN

/* A KEM key pair; wipe it after use. */
struct cs_hpke_key {
	uint8_t private[CS_X25519_LEN];
	uint8_t public[CS_X25519_LEN];
};

/* A fresh key pair: derived from fresh input, as in RFC 9180, 7.1.3. */
CS_CHECKED enum cs_err cs_hpke_key_new(struct cs_hpke_key *out);

/* RFC 9180, section 7.1.3, DeriveKeyPair. */
CS_CHECKED enum cs_err cs_hpke_key_derive(
    struct cs_hpke_key *out, struct cs_view ikm);

/* The pair of a private key in its serialized form. */
CS_CHECKED enum cs_err cs_hpke_key_from_private(
    struct cs_hpke_key *out, const uint8_t private[static CS_X25519_LEN]);

/* Could something be sealed to ${public}?  A point of small order is not a
 * key: a peer who publishes one stops everybody who has to seal to it. */
CS_CHECKED bool cs_hpke_public_valid(struct cs_view public);

/* One direction of a conversation; wipe with cs_hpke_clear(). */
struct cs_hpke {
	const struct cs_suite *suite;
	uint8_t key[CS_AEAD_KEY_MAX];
	uint8_t base_nonce[CS_AEAD_NONCE_MAX];
	uint8_t exporter_secret[CS_HASH_MAX];
	uint64_t seq;
};

/* SetupBaseS: also gives ${enc}, for the receiver. */
CS_CHECKED enum cs_err cs_hpke_sender(struct cs_hpke *out,
    uint8_t enc[static CS_X25519_LEN], const struct cs_suite *suite,
    struct cs_view public, struct cs_view info);

/* SetupBaseR. */
CS_CHECKED enum cs_err cs_hpke_receiver(struct cs_hpke *out,
    const struct cs_suite *suite, const struct cs_hpke_key *key,
    struct cs_view enc, struct cs_view info);

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
