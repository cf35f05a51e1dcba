/* SPDX-License-Identifier: MIT */
/* One connection of the server, from its first byte to its last. */
#pragma once

#include "net/server_internal.h"

/* ${fd} belongs to it from now on, unless an error is returned. */
CS_CHECKED enum cs_err net_conn_new(struct cs_net_server *s, int fd,
    const uint8_t address[static CS_NET_ADDRESS_LEN], bool web);
/* The program is told. */
void net_conn_free(struct cs_net_conn *c);

/* The socket can be read, or written. */
void net_readable(struct cs_net_conn *c);
void net_writable(struct cs_net_conn *c);
/* Go on with what waited for the program. */
void net_go_on(struct cs_net_conn *c);
/* Send what waits, as far as the socket takes it. */
void net_flush(struct cs_net_conn *c);
/* Time has come: end it, ask whether it lives, or look again later. */
void net_look(struct cs_net_conn *c);
