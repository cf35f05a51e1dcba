/* SPDX-License-Identifier: MIT */
/*
 * Which recovery key an account has now.  The first one is the account key; a
 * later one is certified by the one before it, which it has ended
 * (franking/revocation.h).
 */
#pragma once

#include "franking/credential.h"
#include "hub/core/hub.h"

struct hub_recovery_key {
	uint8_t account[CS_ID_LEN];
	uint8_t id[CS_ID_LEN];        /* zero: the account key */
	bool replaced;                /* by another one */
	struct cs_buf devices, notes; /* empty for the account key */
};
void hub_recovery_key_clear(struct hub_recovery_key *k);

/* Whose is ${key}, or was it?  CS_ERR_NOT_FOUND: of no account that is here.
 * Clear ${out} even after a failure, here and below. */
CS_CHECKED enum cs_err hub_recovery_key_find(struct hub_recovery_key *out,
    struct cs_hub *hub, const uint8_t key[static CS_KEY_LEN]);
/* The one that ${account} has now. */
CS_CHECKED enum cs_err hub_recovery_key_of(struct hub_recovery_key *out,
    struct cs_hub *hub, const uint8_t account[static CS_ID_LEN]);
/* ${next}, with its public ${key}, takes the place of the one before.
 * CS_ERR_EXISTS: that key was one before. */
CS_CHECKED enum cs_err hub_recovery_key_replace(struct cs_hub *hub,
    const struct hub_recovery_key *next, const uint8_t key[static CS_KEY_LEN]);
