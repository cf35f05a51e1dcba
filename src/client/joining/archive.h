/* SPDX-License-Identifier: MIT */
/*
 * What was said, on its way from one device of an account to a new one
 * (docs/PROTOCOL.md, "What was said before").
 *
 * An archive is a backup under a key of its own, which the new device gets with
 * what it is handed.  It lies at the hub for the two of them, in parts; where
 * they are, and how long it is, nobody finds out who does not have the key.
 */
#pragma once

#include "client/home/client.h"

#define CLIENT_ARCHIVE_PART (64 * CS_MIB) /* the hub takes 104 of one blob */
#define CLIENT_ARCHIVE_PARTS_MAX 1024
#define CLIENT_ARCHIVE_DAYS 30 /* as long as the hub keeps a blob */

struct client_archive_key {
	uint8_t b[CS_KEY_LEN];
};

/* Its blobs: that the new device is ready; how long the archive is; and from
 * CLIENT_ARCHIVE_FIRST on its parts. */
enum { CLIENT_ARCHIVE_READY = 0, CLIENT_ARCHIVE_LENGTH = 1 };
#define CLIENT_ARCHIVE_FIRST 2u

/* The id of one of them. */
CS_CHECKED enum cs_err client_archive_blob(uint8_t out[static CS_ID_LEN],
    const struct client_archive_key *key, uint32_t n);
/* How many parts are there, and how long is the ${n}th?  From 0 on. */
uint32_t client_archive_parts(uint64_t size);
uint64_t client_archive_part(uint64_t size, uint32_t n);

/* The blob that says how long the archive is: always of this length. */
#define CLIENT_ARCHIVE_LENGTH_LEN (1 + 8 + CS_SEAL_OVERHEAD)
CS_CHECKED enum cs_err client_archive_length_seal(
    struct cs_buf *out, const struct client_archive_key *key, uint64_t size);
/* CS_ERR_DECRYPT, CS_ERR_FORMAT, CS_ERR_VERSION; CS_ERR_LIMIT: longer than an
 * archive is. */
CS_CHECKED enum cs_err client_archive_length_open(uint64_t *size,
    const struct client_archive_key *key, struct cs_view sealed);
