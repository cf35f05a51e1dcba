/* SPDX-License-Identifier: MIT */
/* Who may come in where: programs at one port, pages of our origins at another.
 */
#pragma once

#include "net/http_head.h"
#include "net/server_internal.h"

/* Take the address of who asks from what a proxy on this machine says, before
 * anything counts what they do. */
void net_door_named(struct cs_net_conn *c, const struct cs_http_head *h);

/*
 * May this request be answered?  Where programs come in, none that names an
 * origin.  Where pages do, one with an origin of the list, which ${c} has from
 * then on; and without one, what a browser asks for without: to GET files and
 * blobs.
 */
bool net_door_lets_in(struct cs_net_conn *c, const struct cs_http_head *h);

/* The fields of each answer to a page: what the browser shall not let it do. */
const char *net_door_headers(const struct cs_net_conn *c);

/* An address for one whom a proxy has let in and not named yet: each is
 * another, and none is anybody's. */
void net_door_unnamed(
    uint8_t out[static CS_NET_ADDRESS_LEN], struct cs_net_server *s);
