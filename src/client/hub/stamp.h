/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* What the hub was asked to stamp. */
struct client_stamped {
	const struct client_group *group;
	struct cs_view message;
	const uint8_t *tag; /* CS_HASH_LEN; NULL for a handshake */
	uint64_t epoch;
};

/* Store the operator's certificate of a stamp key, once it verifies. */
CS_CHECKED enum cs_err client_stamp_cert_learn(
    struct cs_client *c, struct cs_view cert);
/* Find the operator's certificate of the stamp key ${key_id}, asking the hub if
 * it is new and no transaction is open; replaces what ${out} holds.
 * CS_ERR_NOT_FOUND */
CS_CHECKED enum cs_err client_stamp_cert(
    struct cs_buf *out, struct cs_client *c, const uint8_t key_id[static 8]);
/* Check the stamp in the hub's answer to ${s->message}: it has to be the one
 * that the log shows.  CS_ERR_STAMP */
CS_CHECKED enum cs_err client_stamp_check(struct cs_stamp *stamp,
    struct cs_client *c, const struct client_stamped *s,
    const struct cs_wire_submit_answer *answer);
