/* SPDX-License-Identifier: MIT */
/* Requests: the door to the WebSocket, blobs by PUT and GET with ranges, and
 * pages. */
#pragma once

#include "net/server_internal.h"

/* A whole head. */
void net_http_request(struct cs_net_conn *c, struct cs_view head);
/* Of ${n} bytes of a body; how many belonged to it. */
size_t net_http_body(struct cs_net_conn *c, const uint8_t *bytes, size_t n);
/* All is sent: more of the blob, or the next request. */
void net_http_sent(struct cs_net_conn *c);
/* Let go of what is open. */
void net_http_drop(struct cs_net_conn *c);
/* An HTTP status, and no more of this request. */
void net_http_refuse(struct cs_net_conn *c, int status);
