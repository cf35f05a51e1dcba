/* SPDX-License-Identifier: MIT */
/*
 * Which recovery key the account has now, as far as this device knows: the
 * first one is the account key, and each later one is certified by the one
 * before it, which it ended (franking/revocation.h).
 */
#pragma once

#include "client/home/client.h"
#include "franking/revocation.h"

struct client_recovery_key {
	uint8_t id[CS_ID_LEN]; /* zero: the account key */
	uint8_t public[CS_KEY_LEN];
	struct cs_buf credential; /* that ends with it; empty: account key */
	unsigned renewed;         /* how often the words were renewed */
};
/* Clear ${out} even after a failure. */
CS_CHECKED enum cs_err client_recovery_key_of(
    struct client_recovery_key *out, struct cs_client *c);
void client_recovery_key_clear(struct client_recovery_key *k);

/* The key of the words that are kept on this device; wipe it.
 * CS_ERR_NOT_FOUND: none are, or others have taken their place. */
CS_CHECKED enum cs_err client_recovery_key_kept(struct cs_sign_key *key,
    struct client_recovery_key *now, struct cs_client *c);
/* Sign the end of a device by the recovery key ${key}, which is ${now}. */
CS_CHECKED enum cs_err client_recovery_key_ends(struct cs_buf *out,
    const struct cs_client *c, const struct cs_revocation *revocation,
    const struct client_recovery_key *now, const struct cs_sign_key *key);
