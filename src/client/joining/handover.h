/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"
#include "client/joining/archive.h"

/* Write what the device of ${credential} has to know: the account's key,
 * contacts and conversations, but no message; and ${history}, the key of the
 * archive that they come in, or NULL: none comes. */
CS_CHECKED enum cs_err client_handover_write(struct cs_buf *out,
    struct cs_client *c, struct cs_view credential,
    const struct client_archive_key *history);
/* Check what was handed over, and become that device; inside a transaction.
 * ${wants_history}: if an archive comes, it is waited for. */
CS_CHECKED enum cs_err client_handover_take(
    struct cs_client *c, struct cs_view plain, bool wants_history);
