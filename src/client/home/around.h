/* SPDX-License-Identifier: MIT */
/* What is shown with a message: what it says now, and what others said of
 * it. */
#pragma once

#include "client/home/client.h"

/* The row that holds what the message in the row ${id} says now: its last edit,
 * or itself. */
CS_CHECKED enum cs_err client_current(
    uint64_t *out, struct cs_client *c, uint64_t id);
/* Each person once with each reaction; ${*more}: messages that were left out.
 */
CS_CHECKED enum cs_err client_reactions(
    struct cs_client_reaction out[static CS_CLIENT_REACTIONS_MAX], size_t *n,
    size_t *more, struct cs_client *c, uint64_t id);
CS_CHECKED enum cs_err client_receipts_of(
    struct cs_client_receipt out[static CS_CLIENT_RECEIPTS_MOST], size_t *n,
    struct cs_client *c, uint64_t id);
