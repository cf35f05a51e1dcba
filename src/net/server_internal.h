/* SPDX-License-Identifier: MIT */
/* Shared by server.c and server_http.c. */
#pragma once

#include <libwebsockets.h>

#include "net/peers.h"
#include "net/server.h"

struct cs_net_server {
	struct cs_net_server_config config;
	struct lws_context *context;
	struct net_peers *peers;
	struct cs_net_conn *conns;
	size_t queued;      /* sum over conns, both ways */
	size_t frames_wait; /* of all conns, that were kept */
	lws_sorted_usec_list_t timer;
	bool timer_fired;
};

/* What lws keeps for an HTTP request. */
struct http_session {
	struct cs_net_blob blob;
	uint64_t done;
	bool open;
	int failed; /* HTTP status that the body's end is answered with; or 0 */
	const char *page;
};
