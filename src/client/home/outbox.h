/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* A message on its way: what was written, and all that proves it later but the
 * stamp. */
struct client_sending {
	uint64_t id; /* its row */
	struct client_record record;
	struct cs_buf written;    /* what ${record.body} points into */
	struct cs_buf ciphertext; /* empty: it was not encrypted yet */
	uint64_t epoch, sender_seq, claimed_ms;
	uint64_t after; /* entries that were read before it was encrypted */
	uint32_t leaf;
	uint8_t sig[CS_SIGNATURE_LEN];
	uint8_t tag[CS_HASH_LEN];
};

void client_sending_clear(struct client_sending *s);
/* Store a message that is to be sent, and get its row; inside a transaction.
 * ${file}: the id of the file that has to be uploaded before; or NULL. */
CS_CHECKED enum cs_err client_outbox_add(uint64_t *id, struct cs_client *c,
    const struct client_group *g, const struct client_record *r,
    const uint8_t mid[static CS_CLIENT_MID_LEN], const uint8_t *file);
/* Find the first message, of all groups, after ${after} whose file is still to
 * be uploaded, and its group.  CS_ERR_NOT_FOUND */
CS_CHECKED enum cs_err client_outbox_next_file(
    uint64_t *id, struct cs_buf *group_id, struct cs_client *c, uint64_t after);
/* Is there a message that waits for the file ${file}? */
CS_CHECKED enum cs_err client_outbox_waits_for(
    bool *waits, struct cs_client *c, const uint8_t file[static CS_ID_LEN]);
/* Its file is with the hub; inside a transaction. */
CS_CHECKED enum cs_err client_outbox_uploaded(struct cs_client *c, uint64_t id);
/* Find the first message of ${g} in the outbox after ${after} that waits for no
 * file.  CS_ERR_NOT_FOUND */
CS_CHECKED enum cs_err client_outbox_next(uint64_t *id, struct cs_client *c,
    const struct client_group *g, uint64_t after);
/* Free ${out} with client_sending_clear(), even after a failure.
 * CS_ERR_NOT_FOUND: it is not in the outbox. */
CS_CHECKED enum cs_err client_outbox_load(
    struct client_sending *out, struct cs_client *c, uint64_t id);
/* Store what the message was sealed into; inside a transaction. */
CS_CHECKED enum cs_err client_outbox_seal(
    struct cs_client *c, const struct client_sending *s);
/* The hub refused the message for good: it failed; inside a transaction. */
CS_CHECKED enum cs_err client_outbox_fail(
    struct cs_client *c, const struct client_sending *s);
/* The conversation is over for the user: what waits in it has failed, and is
 * never sent to whoever is in it later. */
CS_CHECKED enum cs_err client_outbox_drop(
    struct cs_client *c, const struct client_group *g);
/* The hub took the message and stamped it: keep its proof; inside a
 * transaction. */
CS_CHECKED enum cs_err client_outbox_deliver(struct cs_client *c,
    const struct client_sending *s, const struct cs_stamp *stamp);
/* A message of this device with ${stamp} stands in the log: keep its proof, if
 * that has not been done; inside a transaction.  CS_ERR_NOT_FOUND: there is
 * none of that hash. */
CS_CHECKED enum cs_err client_outbox_seen(struct cs_client *c,
    const struct client_group *g, const struct cs_stamp *stamp);
