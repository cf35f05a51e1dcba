/* SPDX-License-Identifier: MIT */
/*
 * The one key that opens a sealed database.
 *
 * Kept in a file of mode 0600, as it is or under a passphrase (argon2id).
 */
#pragma once

#include "crypto/seal.h"

/* Make a key file.  ${passphrase} empty: the key lies there as it is. */
CS_CHECKED enum cs_err cs_keyfile_create(
    struct cs_seal_key *out, const char *path, struct cs_view passphrase);

/* Put ${key} under another passphrase, or none if it is empty, in the place of
 * the file ${path}, whose bytes are overwritten; whole or not at all.  Who has
 * a copy of the old file opens it with the old passphrase. */
CS_CHECKED enum cs_err cs_keyfile_change(
    const struct cs_seal_key *key, const char *path, struct cs_view passphrase);

/* CS_OK and ${*needed}: does opening ${path} take a passphrase? */
CS_CHECKED enum cs_err cs_keyfile_needs_passphrase(
    bool *needed, const char *path);

/* CS_ERR_PASSPHRASE when ${passphrase} is not the one. */
CS_CHECKED enum cs_err cs_keyfile_open(
    struct cs_seal_key *out, const char *path, struct cs_view passphrase);
