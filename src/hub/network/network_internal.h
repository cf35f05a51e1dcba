/* SPDX-License-Identifier: MIT */
/* What the files of a network process share. */
#pragma once

#include "family/channel.h"
#include "family/slots.h"
#include "hub/talk/talk.h"
#include "net/release.h"
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

/* Certificates in use and those before, whose connections may still be there;
 * and what has come and is not in use yet. */
struct network_chain {
	struct network_tls tls[NETWORK_TLS_MAX]; /* the last one is in use */
	size_t n_tls;
	struct cs_buf pem;
	uint32_t key; /* of the pem */
	bool fresh;
};

/* A request that another process answers. */
struct network_ask {
	struct cs_net_ask *of;
	uint64_t number; /* among those of its process */
	bool site;       /* that of the site; or that of the log */
	bool forever;    /* what is answered never changes */
};

struct network {
	struct cs_net_server *server;
	struct cs_net_limits limits;
	int listener;
	struct cs_net_web web;
	struct cs_release *shown[2]; /* of the page: now and before */
	int pages_fd[2]; /* they, until this process is confined; or -1 */
	struct cs_channel *database, *files, *signer; /* signer: of TLS */
	struct cs_channel *tlog, *site;
	struct cs_slots lines;    /* WebSockets */
	struct cs_slots requests; /* for blobs */
	struct cs_slots asks;     /* for the log's files */
	struct cs_slots visits;   /* to the site */
	struct network_chain own, pages;
	uint32_t orders; /* signatures that were asked for */
	struct hub_talk_tickets tickets;
	bool fresh_tickets, have_tickets, confined;
};
