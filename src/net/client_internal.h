/* SPDX-License-Identifier: MIT */
/* Shared by client.c, client_http.c and client_wait.c. */
#pragma once

#include <libwebsockets.h>

#include "net/client.h"

/* A frame that came and was not asked for yet. */
struct arrived {
	struct arrived *next;
	struct cs_buf frame;
};

/* A hub that sends us elsewhere could have us ask what only we can reach, and
 * in plain. */
#define CS_NET_CLIENT_TLS (LCCSCF_USE_SSL | LCCSCF_HTTP_NO_FOLLOW_REDIRECT)

#define CS_NET_CLIENT_ADDRESS_SIZE 48

struct cs_net_client {
	struct cs_net_client_config config;
	struct cs_net_far *far; /* not NULL: it has all of what follows */
	char *host;
	char address[CS_NET_CLIENT_ADDRESS_SIZE]; /* "": by the host */
	uint8_t root_public[32];
	void *ssl_ctx;
	struct lws_context *context;
	struct lws *wsi; /* the WebSocket; NULL when it is gone */
	lws_sorted_usec_list_t timer;
	bool timed_out;
	bool established;
	bool failed;
	struct cs_buf in;  /* a frame that is not whole yet */
	struct cs_buf out; /* LWS_PRE, then the frame to write */
	bool sending;
	struct arrived *head, **tail;

	struct cs_net_transfer *transfer;
	bool put;
	bool transfer_over;
	struct lws *transfer_wsi;
	enum cs_err transfer_err;
};
