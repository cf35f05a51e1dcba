/* SPDX-License-Identifier: MIT */
#include "net/client_wait.h"

#include <string.h>

#include "net/client_internal.h"

static void
on_timer(lws_sorted_usec_list_t *sul)
{
	struct cs_net_client *c =
	    lws_container_of(sul, struct cs_net_client, timer);

	c->timed_out = true;
	/* It may fire before lws waits, and then lws waits all the same. */
	lws_cancel_service(c->context);
}

void
cs_net_client_touch(struct cs_net_client *c, int timeout_ms)
{
	c->timed_out = false;
	lws_sul_schedule(
	    c->context, 0, &c->timer, on_timer, (lws_usec_t)timeout_ms * 1000);
}

enum cs_err
cs_net_client_wait(struct cs_net_client *c, const bool *flag, int timeout_ms)
{
	cs_net_client_touch(c, timeout_ms);
	while (!*flag && !c->timed_out && !c->failed)
		if (lws_service(c->context, 0) < 0)
			return CS_ERR_IO;
	lws_sul_cancel(&c->timer);
	if (*flag)
		return CS_OK;
	return c->failed ? CS_ERR_CLOSED : CS_ERR_TIMEOUT;
}

const char *
cs_net_client_address(const struct cs_net_client *c)
{
	if (c->address[0] != '\0')
		return c->address;
	/* RFC 6761, section 6.3: "localhost" is this machine, whatever a
	 * resolver says or whether there is one. */
	return strcmp(c->host, "localhost") == 0 ? "127.0.0.1" : c->host;
}
