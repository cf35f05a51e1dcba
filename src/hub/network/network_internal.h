/* SPDX-License-Identifier: MIT */
/* What the files of a network process share. */
#pragma once

#include "family/channel.h"
#include "family/slots.h"
#include "hub/talk/talk.h"
#include "net/server.h"

/* Changes of certificates that are lived through; then the process begins anew.
 * Connections keep the one that they began with. */
#define NETWORK_TLS_MAX 16
/* While so much waits for the database, nobody is read. */
#define NETWORK_BEHIND ((size_t)8 << 20)

struct network {
	struct cs_net_server *server;
	struct cs_net_limits limits;
	int listener;
	struct cs_channel *database, *files, *signer; /* signer: of TLS */
	struct cs_slots lines;                        /* WebSockets */
	struct cs_slots requests;                     /* for blobs */
	struct cs_tls_server *tls[NETWORK_TLS_MAX]; /* the last one is in use */
	size_t n_tls;
	uint64_t orders;     /* signatures that were asked for */
	struct cs_buf chain; /* that has come and is not in use yet */
	struct hub_talk_tickets tickets;
	bool fresh_chain, fresh_tickets, have_tickets;
};
