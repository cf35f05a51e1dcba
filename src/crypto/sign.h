/* SPDX-License-Identifier: MIT */
/* Ed25519 (RFC 8032), verified strictly. */
#pragma once

#include "crypto/suite.h"

#define CS_SIGN_PUBLIC_LEN 32
#define CS_SIGN_SEED_LEN 32
#define CS_SIGNATURE_LEN 64

/* A private signing key with its public half.  Wipe it after use. */
struct cs_sign_key {
	uint8_t seed[CS_SIGN_SEED_LEN];
	uint8_t public[CS_SIGN_PUBLIC_LEN];
};

/* A fresh key. */
CS_CHECKED enum cs_err cs_sign_key_new(struct cs_sign_key *out);

/* The key of ${seed}. */
CS_CHECKED enum cs_err cs_sign_key_from_seed(
    struct cs_sign_key *out, const uint8_t seed[static CS_SIGN_SEED_LEN]);

CS_CHECKED enum cs_err cs_sign(uint8_t out[static CS_SIGNATURE_LEN],
    const struct cs_sign_key *key, struct cs_view message);

/*
 * CS_OK only for a canonical signature by a canonical key of full order;
 * CS_ERR_KEY or CS_ERR_SIGNATURE otherwise.  A wrong length is one of both.
 */
CS_CHECKED enum cs_err cs_sign_verify(
    struct cs_view public, struct cs_view message, struct cs_view signature);

/*
 * The same, for what the same process verifies again and again: certificates
 * and stamps that come with each message.  The last few that verified are
 * remembered, by a hash over key, message and signature, in each thread.
 */
CS_CHECKED enum cs_err cs_sign_verify_again(
    struct cs_view public, struct cs_view message, struct cs_view signature);

/* Is ${public} a key that cs_sign_verify() could accept? */
CS_CHECKED bool cs_sign_public_valid(struct cs_view public);
/* The same, for keys that come again and again; remembered as above. */
CS_CHECKED bool cs_sign_public_valid_again(struct cs_view public);
