/* SPDX-License-Identifier: MIT */
/*
 * Ending a device (docs/decisions/0023).
 *
 * Any other device of the account, or its recovery key, says that a device is
 * the account's no longer, and names the devices among those that it certified
 * that stay.  All others that it certified, now or later, end with it: a date
 * would not do, since a thief writes any date into a certificate.
 */
#pragma once

#include "franking/credential.h"

#define CS_REVOCATION_KEPT_MAX 20 /* DESIGN: devices an account */
#define CS_REVOCATION_MAX (CS_CREDENTIAL_MAX + 1024)

struct cs_revocation {
	uint8_t account[16];
	uint8_t device[16]; /* that ends */
	uint64_t at_ms;
	size_t n_kept;
	uint8_t kept[CS_REVOCATION_KEPT_MAX][16];
};

/* Append the signed statement, by ${key}: of the device whose credential
 * ${signer} is, or the recovery key of its account. */
CS_CHECKED enum cs_err cs_revocation_make(struct cs_buf *out,
    const struct cs_revocation *revocation, struct cs_view signer,
    const struct cs_sign_key *key);
/* What is signed, and by whom.  ${signer} is verified at at_ms; its device
 * signed, unless ${by_recovery_key}.  CS_ERR_CERT, CS_ERR_EXPIRED,
 * CS_ERR_MISMATCH (of another account), CS_ERR_FORMAT, CS_ERR_LIMIT,
 * CS_ERR_VERSION. */
CS_CHECKED enum cs_err cs_revocation_verify(struct cs_revocation *out,
    struct cs_identity *signer, bool *by_recovery_key, struct cs_view in,
    struct cs_view root_public);
/* What is signed, of one that was verified before: the signature is not
 * checked. */
CS_CHECKED enum cs_err cs_revocation_peek(
    struct cs_revocation *out, struct cs_view in);
/* Does it end the identity?  It is the device, or came through it and not
 * through one that is kept. */
bool cs_revocation_ends(
    const struct cs_revocation *revocation, const struct cs_identity *identity);
