/* SPDX-License-Identifier: MIT */
/*
 * Whether the hub shows to everybody that names lead to the accounts that this
 * device knows (decision 0049): of the user's own name, and of each that it has
 * met.
 */
#pragma once

#include "client/home/client.h"

/* A name that is not shown after so long is something to tell the user. */
#define CLIENT_NAMES_PATIENCE_MS CS_DAY_MS

/* An account and the hash of its certificate, to be asked for. */
struct client_name {
	uint8_t account[CS_ID_LEN];
	uint8_t value[CS_HASH_LEN]; /* SHA-256 of the AccountCert */
};

/* Note that the device met the account whose credential is ${bytes}; inside of
 * a transaction. */
CS_CHECKED enum cs_err client_names_met(struct cs_client *c,
    const uint8_t account[static CS_ID_LEN], struct cs_view bytes);
/* Was the user's own not asked for within the last minute? */
CS_CHECKED enum cs_err client_names_due(bool *due, struct cs_client *c);
/* The user's own again, and up to ${most} - 1 of others that were not shown
 * yet, those that were asked for longest ago first. */
CS_CHECKED enum cs_err client_names_next(
    struct client_name *out, size_t *n, size_t most, struct cs_client *c);
/* What came of it: the hub showed it, or not; inside of a transaction. */
CS_CHECKED enum cs_err client_names_note(
    struct cs_client *c, const struct client_name *name, bool shown);

/* The name of the account as this device knows it; NULL: it does not. */
const char *client_names_handle(
    struct cs_client *c, const uint8_t account[static CS_ID_LEN]);

/* Is ${key} the one by which the hub has given labels since this device first
 * looked?  CS_ERR_MISMATCH: it is another. */
CS_CHECKED enum cs_err client_names_key(
    struct cs_client *c, const uint8_t key[static CS_KEY_LEN]);
