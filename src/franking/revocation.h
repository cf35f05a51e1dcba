/* SPDX-License-Identifier: MIT */
/*
 * Ending a device, or a recovery key (docs/decisions/0023 and 0035).
 *
 * Any other device of the account, or its recovery key, says that a device is
 * the account's no longer, and names the devices among those that it certified
 * that stay, with their keys.  All others that it certified, now or later, end
 * with it: a date would not do, since a thief writes any date into a
 * certificate.
 *
 * A recovery key ends in favour of another in the same way: it certifies the
 * next one, like a device, and signs its own end beside that one's credential.
 * The first one, the account's key, has the id zero.
 */
#pragma once

#include "franking/credential.h"

/* DESIGN: devices an account; and the next recovery key. */
#define CS_REVOCATION_KEPT_MAX 21
#define CS_REVOCATION_MAX (CS_CREDENTIAL_MAX + 2048)

struct cs_revocation {
	uint8_t account[16];
	uint8_t device[16]; /* that ends; zero: the account key certifies no
			     * more */
	uint64_t at_ms;
	size_t n_kept;
	struct cs_revocation_kept {
		uint8_t device[16], key[32];
	} kept[CS_REVOCATION_KEPT_MAX];
};

/* Append the signed statement, by ${key}: of the device whose credential
 * ${signer} is, or the recovery key of its account; or, if ${signer} is of the
 * next recovery key, the key that ends. */
CS_CHECKED enum cs_err cs_revocation_make(struct cs_buf *out,
    const struct cs_revocation *revocation, struct cs_view signer,
    const struct cs_sign_key *key);

enum cs_revocation_by {
	CS_REVOCATION_BY_DEVICE,      /* whose credential it has */
	CS_REVOCATION_BY_ACCOUNT_KEY, /* the first recovery key */
	/* The key that ends, in favour of the device whose credential it has.
	 */
	CS_REVOCATION_BY_ITSELF
};
/* What is signed, and by whom.  ${signer} is what its credential says, verified
 * at at_ms; a recovery key ends by itself only.  CS_ERR_CERT, CS_ERR_EXPIRED,
 * CS_ERR_MISMATCH (of another account), CS_ERR_FORMAT, CS_ERR_LIMIT,
 * CS_ERR_VERSION. */
CS_CHECKED enum cs_err cs_revocation_verify(struct cs_revocation *out,
    struct cs_identity *signer, enum cs_revocation_by *by, struct cs_view in,
    struct cs_view root_public);
/* What is signed, of one that was verified before: the signature is not
 * checked. */
CS_CHECKED enum cs_err cs_revocation_peek(
    struct cs_revocation *out, struct cs_view in);
/* Of one that was verified before: is it the end of the recovery key ${id} in
 * favour of another, whose credential ${next} becomes?  It points into ${in}.
 */
bool cs_revocation_succeeds(
    struct cs_view *next, const uint8_t id[static 16], struct cs_view in);
/* Name a device, or the next recovery key, that stays.  CS_ERR_LIMIT */
CS_CHECKED enum cs_err cs_revocation_keep(struct cs_revocation *revocation,
    const uint8_t device[static 16], const uint8_t key[static 32]);
/* Does it end the identity?  It is the device, or came through it and not
 * through one that is kept. */
bool cs_revocation_ends(
    const struct cs_revocation *revocation, const struct cs_identity *identity);
