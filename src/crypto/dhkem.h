/* SPDX-License-Identifier: MIT */
/* The KEMs of RFC 9180, section 7.1, and their keys. */
#pragma once

#include "crypto/small_order.h"
#include "crypto/suite.h"

/* The lengths of P-521; an encapsulation is as long as a public key. */
#define CS_HPKE_PRIVATE_MAX 66
#define CS_HPKE_PUBLIC_MAX 133

/* A KEM key pair; wipe it after use. */
struct cs_hpke_key {
	enum cs_kem kem;
	uint8_t private_len, public_len;
	uint8_t private[CS_HPKE_PRIVATE_MAX];
	uint8_t public[CS_HPKE_PUBLIC_MAX];
};

static inline struct cs_view
cs_hpke_key_private(const struct cs_hpke_key *k)
{
	return cs_view(k->private, k->private_len);
}

static inline struct cs_view
cs_hpke_key_public(const struct cs_hpke_key *k)
{
	return cs_view(k->public, k->public_len);
}

/* Nsk, and Npk, which is Nenc as well; 0 for what is not one of ours. */
size_t cs_hpke_private_len(enum cs_kem kem);
size_t cs_hpke_public_len(enum cs_kem kem);

/*
 * A fresh key pair, derived from fresh input.  This and the next two leave
 * zeroes in ${out} when they fail.
 */
CS_CHECKED enum cs_err cs_hpke_key_new(
    struct cs_hpke_key *out, enum cs_kem kem);

/* RFC 9180, section 7.1.3, DeriveKeyPair. */
CS_CHECKED enum cs_err cs_hpke_key_derive(
    struct cs_hpke_key *out, enum cs_kem kem, struct cs_view ikm);

/* The pair of a private key in its serialized form, or CS_ERR_KEY. */
CS_CHECKED enum cs_err cs_hpke_key_from_private(
    struct cs_hpke_key *out, enum cs_kem kem, struct cs_view private);

/*
 * Could something be sealed to ${public}?  Cheap; exactly what sealing would
 * refuse is refused.  A point of small order is not a key: a peer who publishes
 * one stops everybody who has to seal to it.
 */
CS_CHECKED bool cs_hpke_public_valid(enum cs_kem kem, struct cs_view public);

/* Section 4.1: a secret as long as the KEM's hash, and Nenc bytes of ${enc},
 * from which the holder of ${public}'s private key gets the same.  CS_ERR_KEY
 * for a key that is not valid. */
CS_CHECKED enum cs_err cs_dhkem_encap(uint8_t secret[static CS_HASH_MAX],
    uint8_t enc[static CS_HPKE_PUBLIC_MAX], enum cs_kem kem,
    struct cs_view public);
CS_CHECKED enum cs_err cs_dhkem_decap(uint8_t secret[static CS_HASH_MAX],
    struct cs_view enc, const struct cs_hpke_key *key);

/* How long the secret is. */
size_t cs_dhkem_secret_len(enum cs_kem kem);
