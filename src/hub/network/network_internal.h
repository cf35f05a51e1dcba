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

/* Certificates, with the number that their key has in the process that signs.
 */
struct network_tls {
	struct network *network;
	struct cs_tls_server *server;
	uint32_t key;
};

struct network {
	struct cs_net_server *server;
	struct cs_net_limits limits;
	int listener;
	struct cs_channel *database, *files, *signer; /* signer: of TLS */
	struct cs_slots lines;                        /* WebSockets */
	struct cs_slots requests;                     /* for blobs */
	struct network_tls tls[NETWORK_TLS_MAX]; /* the last one is in use */
	size_t n_tls;
	uint32_t orders;     /* signatures that were asked for */
	struct cs_buf chain; /* that has come and is not in use yet */
	struct hub_talk_tickets tickets;
	uint32_t chain_key; /* of the chain */
	bool fresh_chain, fresh_tickets, have_tickets;
};
