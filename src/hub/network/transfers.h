/* SPDX-License-Identifier: MIT */
/* Requests for blobs: the database says whether, the files' process has the
 * bytes. */
#pragma once

#include "hub/network/network_internal.h"

/* Callbacks of the server, whose arg is the struct network. */
int network_blob_open(void *arg, struct cs_net_blob *b);
int network_blob_write(void *arg, struct cs_net_blob *b, struct cs_view bytes);
int network_blob_done(void *arg, struct cs_net_blob *b);
void network_blob_read(void *arg, struct cs_net_blob *b);
void network_blob_over(void *arg, struct cs_net_blob *b);

/* What the database, or the files' process, says of one.  CS_ERR_FORMAT: it
 * does not say that. */
CS_CHECKED enum cs_err network_blob_granted(
    struct network *n, const struct cs_channel_message *m);
CS_CHECKED enum cs_err network_blob_told(
    struct network *n, const struct cs_channel_message *m);

/* The files' process is gone, and with it what was under way. */
void network_blobs_fail(struct network *n);
