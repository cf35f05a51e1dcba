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

#include <libwebsockets.h>

#include "net/server.h"

struct net_peers;

/* ${limits} is copied. */
CS_CHECKED enum cs_err cs_net_peers_new(
    struct net_peers **out, const struct cs_net_limits *limits);
void cs_net_peers_free(struct net_peers *p);

/* May the other end of ${fd} connect?  Counts that it does. */
bool cs_net_peers_may_come(struct net_peers *p, lws_sockfd_type fd);
/* ${wsi} is a connection now, a stranger's; false: end it. */
bool cs_net_peers_came(struct net_peers *p, struct lws *wsi);
/* ${wsi} is over. */
void cs_net_peers_gone(struct net_peers *p, struct lws *wsi);
/* The other end of ${wsi} has proved who it is. */
void cs_net_peers_know(struct net_peers *p, struct lws *wsi);
/* The address at the other end of ${wsi}; zero if it is not known. */
void cs_net_peers_address(
    uint8_t out[static CS_NET_ADDRESS_LEN], const struct lws *wsi);
