/* SPDX-License-Identifier: MIT */
/* Requests by HTTP: the door to the WebSocket, blobs, and pages. */
#pragma once

#include "net/server_internal.h"

/* A whole head. */
void net_http_request(struct cs_net_conn *c, struct cs_view head);
