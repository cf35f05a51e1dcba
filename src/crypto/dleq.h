/* SPDX-License-Identifier: MIT */
/*
 * Proofs that two elements were multiplied by the same scalar (RFC 9497,
 * section 2.2, with ristretto255 and SHA-512): the generator, which gave a
 * public key, and another one.  Of one pair at a time.
 */
#pragma once

#include "base/bytes.h"
#include "crypto/ristretto.h"

#define CS_DLEQ_PROOF_LEN (2 * CS_RISTRETTO_LEN) /* c32 | s32 */

/* What is claimed: that ${public} is the generator times the key, and ${value}
 * is ${element} times the same. */
struct cs_dleq {
	uint8_t public[CS_RISTRETTO_LEN];
	uint8_t element[CS_RISTRETTO_LEN], value[CS_RISTRETTO_LEN];
};

/* RFC 9497, section 2.2.1, GenerateProof, by the key ${private}.  CS_ERR_KEY:
 * that is no key. */
CS_CHECKED enum cs_err cs_dleq_prove(uint8_t proof[static CS_DLEQ_PROOF_LEN],
    const struct cs_dleq *claim,
    const uint8_t private[static CS_RISTRETTO_LEN]);

/* RFC 9497, section 2.2.2, VerifyProof.  CS_ERR_SIGNATURE: it does not hold, or
 * something is no element or scalar. */
CS_CHECKED enum cs_err cs_dleq_verify(
    const uint8_t proof[static CS_DLEQ_PROOF_LEN], const struct cs_dleq *claim);
