/* SPDX-License-Identifier: MIT */
#include "net/beside.h"

#include <stddef.h>

static const struct cs_net_beside *beside;
static bool at_it; /* what is done beside does not wait, or be called again */

void
cs_net_beside(const struct cs_net_beside *b)
{
	beside = b;
}

int
net_beside_add(struct pollfd *fds, int n)
{
	return beside != NULL && !at_it
	    ? n + beside->wait_for(beside->arg, fds + n)
	    : n;
}

bool
net_beside_turn(const struct pollfd *fds, int n, int all)
{
	bool ready = false, end;

	for (int i = n; i < all; i++)
		ready |= fds[i].revents != 0;
	if (!ready)
		return false;
	at_it = true;
	end = beside->turn(beside->arg);
	at_it = false;
	return end;
}
