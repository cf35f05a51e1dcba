/* SPDX-License-Identifier: MIT */
/*
 * Who is connected to the server, and who makes room when it is full.
 *
 * Whoever connects is a stranger, until the program above says that they have
 * proved who they are.  Strangers have a part of the places, and an address a
 * part of those: when they are all taken the oldest stranger is cut off, who
 * has had most time.  So a flood of strangers takes nothing from members, and
 * does not keep out one who comes.
 */
#pragma once

#include "net/server.h"

struct net_peers;
struct net_place;
struct sockaddr_storage;

/* One connection; part of what the server keeps for it. */
struct net_peer {
	struct net_peer *next, **link; /* strangers, the oldest first */
	struct net_place *place;
	bool counted, known;
};

/* ${limits} is copied; ${cut} ends a connection, and calls nothing here. */
CS_CHECKED enum cs_err cs_net_peers_new(struct net_peers **out,
    const struct cs_net_limits *limits, void (*cut)(struct net_peer *peer));
void cs_net_peers_free(struct net_peers *p);

/* An address of the system's as one of ours; zero if it is of another kind. */
void cs_net_address(uint8_t out[static CS_NET_ADDRESS_LEN],
    const struct sockaddr_storage *from);

/* May somebody at ${address} connect?  Counts that they do. */
bool cs_net_peers_may_come(
    struct net_peers *p, const uint8_t address[static CS_NET_ADDRESS_LEN]);
/* ${peer} is connected now, as a stranger. */
void cs_net_peers_came(struct net_peers *p, struct net_peer *peer,
    const uint8_t address[static CS_NET_ADDRESS_LEN]);
/* It is over. */
void cs_net_peers_gone(struct net_peers *p, struct net_peer *peer);
/* It has proved who it is. */
void cs_net_peers_know(struct net_peers *p, struct net_peer *peer);
