/* SPDX-License-Identifier: MIT */
/*
 * Groups that the user asked to be let into.  The hub keeps a sealed note of
 * each ask for the devices of the account, so that each of them knows which
 * Welcome the user wanted.
 */
#pragma once

#include "client/home/client.h"

struct client_asked {
	uint8_t ref[CS_HASH_LEN]; /* of the group, as the link named it */
	uint64_t at_ms;
};
/* Write such a note, sealed; replaces what ${out} holds. */
CS_CHECKED enum cs_err client_asked_write(struct cs_buf *out,
    const struct cs_client *c, const struct client_asked *asked);
/* CS_ERR_DECRYPT: no device of this account wrote it. */
CS_CHECKED enum cs_err client_asked_read(
    struct client_asked *out, const struct cs_client *c, struct cs_view sealed);

/* Fetch the notes, before Welcomes are taken. */
CS_CHECKED enum cs_err client_asked_fetch(struct cs_client *c);
/* Did the user ask to be let into the group ${ref}?  An ask is good for one
 * Welcome: it is used up.  Inside a transaction. */
CS_CHECKED enum cs_err client_asked_use(
    bool *out, struct cs_client *c, const uint8_t ref[static CS_HASH_LEN]);
