/* SPDX-License-Identifier: MIT */
/*
 * What the hub keeps for whoever comes back with words that were renewed.  The
 * key of the account's notes came from the first words and stays; and which
 * account it is has to be known, since the words do not say.
 */
#pragma once

#include "client/home/client.h"

struct client_recovery_notes {
	uint8_t account[CS_ID_LEN], account_key[CS_KEY_LEN];
	struct cs_seal_key notes;
};
/* Seal it under ${key}, which comes from the words (client_account_keys()). */
CS_CHECKED enum cs_err client_recovery_notes_seal(struct cs_buf *out,
    const struct cs_client *c, const struct cs_seal_key *key);
/* CS_ERR_DECRYPT, CS_ERR_FORMAT, CS_ERR_VERSION.  Wipe ${out}, even after a
 * failure. */
CS_CHECKED enum cs_err client_recovery_notes_open(
    struct client_recovery_notes *out, const struct cs_seal_key *key,
    struct cs_view sealed);
