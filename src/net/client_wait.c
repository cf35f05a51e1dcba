/* SPDX-License-Identifier: MIT */
#include "net/client_wait.h"

#include <errno.h>
#include <poll.h>

#include "net/beside.h"
#include "net/client_ws.h"
#include "net/moved.h"
#include "store/clock.h"

static uint64_t
now_ms(void)
{
	return cs_clock_us() / 1000;
}

struct net_patience
net_patience(const struct net_line *l, int timeout_ms, uint64_t least)
{
	struct net_patience p = {
		.timeout_ms = timeout_ms,
		.least = least,
		.moved = least != 0 ? cs_net_moved(l->fd) : 0,
	};

	net_patience_renew(&p);
	return p;
}

void
net_patience_renew(struct net_patience *p)
{
	p->end_ms = now_ms() + (uint64_t)p->timeout_ms;
}

/* The time is over: has enough moved in it for some more? */
static bool
goes_on(struct net_patience *p, const struct net_line *l)
{
	uint64_t moved = p->least != 0 ? cs_net_moved(l->fd) : 0;

	if (p->least == 0 || moved - p->moved < p->least)
		return false;
	p->moved = moved;
	net_patience_renew(p);
	return true;
}

enum cs_err
net_wait(struct cs_net_client *c, const struct net_line *l, short events,
    struct net_patience *p)
{
	bool beside = l != &c->line && c->line.tls != NULL && !c->over;
	struct pollfd fds[2 + CS_NET_BESIDE_MAX] = {
		{ l->fd, events, 0 },
		{ beside ? c->line.fd : -1,
		    beside ? net_ws_events(c) : (short)0, 0 },
	};
	uint64_t now = now_ms();
	int wait_ms, turn_ms = INT32_MAX, n;

	if (now >= p->end_ms && !goes_on(p, l))
		return CS_ERR_TIMEOUT;
	wait_ms = (int)(p->end_ms - now);
	if (c->line.tls != NULL && !c->over)
		turn_ms = net_ws_patience_ms(c);
	n = net_beside_add(fds, 2);
	if (poll(fds, (nfds_t)n, wait_ms < turn_ms ? wait_ms : turn_ms) < 0 &&
	    errno != EINTR)
		return CS_ERR_IO;
	if (net_beside_turn(fds, 2, n))
		return CS_ERR_TIMEOUT;
	if (beside)
		net_ws_turn(c);
	return CS_OK;
}
