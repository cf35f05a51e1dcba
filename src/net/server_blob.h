/* SPDX-License-Identifier: MIT */
/* Requests for blobs; what the program says of them, and what the server's
 * files do with them. */
#pragma once

#include "net/http_head.h"
#include "net/server_internal.h"

/* What CS_NET_LATER stood for: as the callbacks would have returned it. */
void cs_net_blob_opened(struct cs_net_blob *b, int status);
void cs_net_blob_ended(struct cs_net_blob *b, int status);
/* The next bytes of a blob that is fetched, at least one and no more than are
 * wanted; none: it cannot be had, and the connection ends. */
void cs_net_blob_bytes(struct cs_net_blob *b, struct cs_view bytes);

/* A request for a blob, of which the head has come. */
void net_blob_request(
    struct cs_net_conn *c, const struct cs_http_head *head, bool put);
/* Of ${n} bytes of a body; how many belonged to it. */
size_t net_blob_body(struct cs_net_conn *c, const uint8_t *bytes, size_t n);
/* All is sent: more of the blob, or the next request. */
void net_blob_sent(struct cs_net_conn *c);
/* Let go of what is open. */
void net_blob_drop(struct cs_net_conn *c);
