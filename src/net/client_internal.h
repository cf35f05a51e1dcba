/* SPDX-License-Identifier: MIT */
/*
 * What the files of the client share.
 *
 * A line (client_line.c) is TLS on a socket, and waits; one of them carries the
 * WebSocket (client_ws.c) for as long as the client is open, and each transfer
 * (client_http.c) has another.  Whoever waits on a line (client_wait.c) lets
 * the WebSocket take what comes meanwhile.
 */
#pragma once

#include "crypto/tls.h"
#include "crypto/tls_server.h"
#include "net/client.h"
#include "net/proxy.h"
#include "net/ws_frame.h"

#define NET_CLIENT_ADDRESS_SIZE 48

/* A frame that came and was not asked for yet. */
struct net_arrived {
	struct net_arrived *next;
	struct cs_buf frame;
};

struct net_line {
	int fd;
	struct cs_tls *tls; /* NULL: it is not open */
	/* What the last call has to wait for: POLLIN or POLLOUT. */
	short wants;
};

struct cs_net_client {
	struct cs_net_client_config config;
	struct cs_net_far *far; /* not NULL: it has all of what follows */
	char *host;
	char address[NET_CLIENT_ADDRESS_SIZE]; /* "": by the host */
	uint8_t root_public[32];
	struct cs_net_proxy proxy;
	void *ssl_ctx;

	struct net_line line; /* of the WebSocket */
	bool over;            /* it is gone */
	struct cs_ws ws;
	struct cs_buf in;  /* a message that is not whole yet */
	struct cs_buf out; /* frames to be written */
	size_t out_at;     /* so much of them is */
	uint64_t heard_ms, said_ms;
	bool asked; /* by a ping whether anybody is there */
	/* Of messages: bytes that have come, and those that wait. */
	uint64_t payload, waiting;
	size_t n_arrived;
	struct net_arrived *head, **tail;
};
