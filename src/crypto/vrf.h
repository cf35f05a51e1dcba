/* SPDX-License-Identifier: MIT */
/*
 * A function that only the owner of a key computes, whose value is the only one
 * for its input, and that everybody can verify.
 *
 * It is that of RFC 9497 in its verifiable mode (VOPRF, mode 1, with
 * ristretto255 and SHA-512), where nothing is blinded: the element of the input
 * (section 4.1) times the key, with the proof of section 2.2 that it is that
 * key, hashed as Finalize does (section 3.3.2).  A blinded element and one that
 * is not are the same to proof and verifier.
 */
#pragma once

#include "base/bytes.h"

#define CS_VRF_KEY_LEN 32    /* either half */
#define CS_VRF_SEED_LEN 32   /* a private half is made of */
#define CS_VRF_OUTPUT_LEN 64 /* the value */
#define CS_VRF_PROOF_LEN 96  /* element32 | c32 | s32 */
#define CS_VRF_INPUT_MAX 65535

struct cs_vrf_key {
	uint8_t private[CS_VRF_KEY_LEN];
	uint8_t public[CS_VRF_KEY_LEN];
};

/* RFC 9497, section 3.2.1, DeriveKeyPair: the key of ${seed} for ${info}.
 * CS_ERR_KEY: there is none, as happens once in 2^252 times. */
CS_CHECKED enum cs_err cs_vrf_key_derive(struct cs_vrf_key *out,
    const uint8_t seed[static CS_VRF_SEED_LEN], struct cs_view info);

/* The value of ${input}, and the proof of it.  CS_ERR_LIMIT: the input is
 * longer than CS_VRF_INPUT_MAX. */
CS_CHECKED enum cs_err cs_vrf_prove(uint8_t output[static CS_VRF_OUTPUT_LEN],
    uint8_t proof[static CS_VRF_PROOF_LEN], const struct cs_vrf_key *key,
    struct cs_view input);

/* The value of ${input} under the key ${public}, if ${proof} proves it.
 * CS_ERR_KEY: that is no key; CS_ERR_SIGNATURE: it proves something else, or is
 * in another encoding than cs_vrf_prove() gives. */
CS_CHECKED enum cs_err cs_vrf_verify(uint8_t output[static CS_VRF_OUTPUT_LEN],
    const uint8_t public[static CS_VRF_KEY_LEN],
    const uint8_t proof[static CS_VRF_PROOF_LEN], struct cs_view input);
