/* SPDX-License-Identifier: MIT */
/*
 * What is to be uploaded is cleaned and encrypted first, into a file of the
 * home beside the database, whose key is in the sealed message; so it waits for
 * a line as a text does, and goes on, in another command too, where the hub has
 * it.
 */
#pragma once

#include "client/home/client.h"

/* A new spool for the file ${blob}, open for writing; ${*path} is the caller's,
 * by cs_free_plain(). */
CS_CHECKED enum cs_err client_spool_new(int *fd, char **path,
    const struct cs_client *c, const uint8_t blob[static CS_ID_LEN]);
/* Remove the spools of which no message knows: those of commands that were
 * ended. */
CS_CHECKED enum cs_err client_spools_sweep(struct cs_client *c);
/* Open it for reading, or remove it.  CS_ERR_NOT_FOUND */
CS_CHECKED enum cs_err client_spool_open(
    int *fd, const struct cs_client *c, const uint8_t blob[static CS_ID_LEN]);
void client_spool_remove(
    const struct cs_client *c, const uint8_t blob[static CS_ID_LEN]);
