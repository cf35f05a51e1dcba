/* SPDX-License-Identifier: MIT */
/* Receipts that are to be sent, until they are: none unless the user wants
 * them to be. */
#pragma once

#include "client/home/client.h"

/* Does the user want them to be sent? */
CS_CHECKED enum cs_err client_receipts_wanted(bool *out, struct cs_client *c);
/* The message in the row ${id} has come; inside a transaction. */
CS_CHECKED enum cs_err client_receipt_delivered(
    struct cs_client *c, uint64_t id);
/* All new messages up to the row ${last} are shown now; inside a transaction.
 */
CS_CHECKED enum cs_err client_receipt_read(struct cs_client *c, uint64_t last);
/* The same of the conversation ${group_id} alone. */
CS_CHECKED enum cs_err client_receipt_read_in(
    struct cs_client *c, struct cs_view group_id, uint64_t last);
