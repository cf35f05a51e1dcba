/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* What is needed to prove our own message later: all but the stamp. */
struct client_sealed {
	struct cs_buf plain; /* what the view points into */
	struct cs_view ciphertext;
	uint64_t epoch, sender_seq, claimed_ms;
	uint32_t leaf;
	uint8_t sig[CS_SIGNATURE_LEN];
	uint8_t tag[CS_HASH_LEN];
};

/* Store what became of the message ${id} when it was encrypted. */
CS_CHECKED enum cs_err client_outbox_set(
    struct cs_client *c, uint64_t id, const struct client_sealed *m);
/* CS_ERR_NOT_FOUND: it is not in the outbox.  Without a ciphertext it was not
 * encrypted yet.  ${out->plain} is the caller's to free, after a failure, too.
 */
CS_CHECKED enum cs_err client_outbox_get(
    struct client_sealed *out, struct cs_client *c, uint64_t id);
/* The hub took the message ${id} and stamped it: keep its proof; inside a
 * transaction. */
CS_CHECKED enum cs_err client_outbox_deliver(struct cs_client *c, uint64_t id,
    const struct client_sealed *m, const struct cs_stamp *stamp);
/* The message of ours that ${stamp} is about is with the hub: keep its proof.
 * CS_ERR_NOT_FOUND: there is none of that hash. */
CS_CHECKED enum cs_err client_sent(
    struct cs_client *c, struct client_group *g, const struct cs_stamp *stamp);
