/* SPDX-License-Identifier: MIT */
#include "hub/network/asks.h"

#include "base/alloc.h"
#include "hub/network/site.h"
#include "hub/network/tlog.h"

bool
network_asks(void *arg, bool post, struct cs_view target)
{
	(void)arg;
	return (!post && network_tlog_asks(target)) ||
	    network_site_asks(target);
}

bool
network_ask(void *arg, struct cs_net_ask *a, const struct cs_net_asked *what)
{
	struct network *n = arg;
	struct network_ask *mine = cs_calloc(1, sizeof *mine);
	bool taken;

	if (mine == NULL)
		return false;
	mine->of = a;
	mine->site = !network_tlog_asks(what->target);
	taken = mine->site ? network_site_ask(n, mine, what)
			   : network_tlog_ask(n, mine, what->target);
	if (taken)
		a->user = mine;
	else
		cs_free(mine, sizeof *mine);
	return taken;
}

void
network_ask_bytes(void *arg, struct cs_net_ask *a, struct cs_view bytes)
{
	network_site_bytes(arg, a->user, bytes);
}

void
network_ask_whole(void *arg, struct cs_net_ask *a)
{
	network_site_whole(arg, a->user);
}

void
network_ask_over(void *arg, struct cs_net_ask *a)
{
	struct network *n = arg;
	struct network_ask *mine = a->user;

	if (mine->site)
		network_site_over(n, mine);
	else
		cs_slots_remove(&n->asks, mine->number);
	cs_free(mine, sizeof *mine);
}
