/* SPDX-License-Identifier: MIT */
/* A TCP connection to a hub, straight or through a proxy. */
#pragma once

#include "net/proxy.h"

struct cs_net_dial {
	const char *host;
	const char *address; /* in digits, instead of asking for it; or NULL */
	int port;
	const struct cs_net_proxy *proxy; /* NULL, or of kind NONE: straight */
	int timeout_ms;                   /* for each step of it */
};

/*
 * Connect; ${*fd} does not block, and is the caller's.  CS_ERR_CLOSED,
 * CS_ERR_TIMEOUT: nobody answers; with a proxy also what cs_net_proxy_take()
 * says, and ${*proxy_reached} tells on which side of the proxy it went wrong.
 * Behind a proxy, ${host} is named to nobody but the proxy.
 */
CS_CHECKED enum cs_err cs_net_dial(
    int *fd, bool *proxy_reached, const struct cs_net_dial *how);
