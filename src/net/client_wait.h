/* SPDX-License-Identifier: MIT */
/* Waiting on a line of a client, while its WebSocket goes on. */
#pragma once

#include "net/client_internal.h"

/*
 * How long to wait: until ${timeout_ms} have passed in which fewer than
 * ${least} bytes moved.  No time counts while more do, however slow the line.
 */
struct net_patience {
	int timeout_ms;
	uint64_t least; /* 0: all time counts */
	uint64_t end_ms, moved;
};

struct net_patience net_patience(
    const struct net_line *l, int timeout_ms, uint64_t least);
/* Bytes moved, as whoever waits has seen. */
void net_patience_renew(struct net_patience *p);

/*
 * Wait until ${l} is ready for ${events} of poll(), or the WebSocket for its
 * turn, which it then has had.  CS_ERR_TIMEOUT.
 */
CS_CHECKED enum cs_err net_wait(struct cs_net_client *c,
    const struct net_line *l, short events, struct net_patience *p);
