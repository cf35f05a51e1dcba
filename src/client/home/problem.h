/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

#define CLIENT_UTC_SIZE 32 /* of client_utc() */

/* Note a sentence for the user; returns ${err}. */
enum cs_err client_problem(struct cs_client *c, enum cs_err err,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* CS_ERR_CLOSED, with a sentence: there is no connection. */
CS_CHECKED enum cs_err client_need_hub(struct cs_client *c);
/* Something is about to be waited for.  Nobody does so in a transaction or with
 * a question of the database open; CS_ERR_MISUSE, with a sentence: see
 * cs_client_at_once(). */
CS_CHECKED enum cs_err client_may_wait(struct cs_client *c);
/* Put a time into words that fit into a sentence; "?": it is none. */
void client_utc(char out[static CLIENT_UTC_SIZE], uint64_t ms);
