/* SPDX-License-Identifier: MIT */
#include "net/server_ask.h"

#include <string.h>

#include "base/alloc.h"
#include "net/server_out.h"
#include "net/server_reply.h"

#define FOREVER "Cache-Control: public, max-age=31536000, immutable\r\n"
#define ASK_AGAIN "Cache-Control: no-cache\r\n"
/* What anybody may read, a page of somebody else's may, too. */
#define FOR_ALL "Access-Control-Allow-Origin: *\r\n"

void
net_ask_drop(struct cs_net_conn *c)
{
	struct cs_net_ask *a = c->ask;

	c->ask = NULL;
	if (a == NULL)
		return;
	c->server->config.ask_over(c->server->config.arg, a);
	cs_free(a, sizeof *a);
}

static void
send_bytes(struct cs_net_conn *c, const struct cs_net_answer *answer)
{
	net_reply_head(c, answer->status, answer->type, answer->bytes.len,
	    answer->forever ? FOREVER FOR_ALL : ASK_AGAIN FOR_ALL);
	if (c->state != NET_DEAD && answer->bytes.len != 0 &&
	    net_write(c, answer->bytes) != CS_OK)
		net_die(c);
	if (c->state != NET_DEAD)
		net_enter(c, c->closes ? NET_CLOSING : NET_HEAD);
}

void
cs_net_ask_answer(struct cs_net_ask *a, const struct cs_net_answer *answer)
{
	struct cs_net_conn *c = a->conn;

	if (c->state != NET_ASKS)
		return;
	net_ask_drop(c);
	if (answer->type != NULL)
		send_bytes(c, answer);
	else
		net_reply_status(c, answer->status);
	net_later(c);
}

bool
net_ask_request(struct cs_net_conn *c, struct cs_view path)
{
	const struct cs_net_server_config *config = &c->server->config;
	struct cs_net_ask *a;

	if (config->asks == NULL || !config->asks(config->arg, path))
		return false;
	if ((a = cs_calloc(1, sizeof *a)) == NULL) {
		net_die(c);
		return true;
	}
	a->conn = c;
	if (config->ask(config->arg, a, path)) {
		c->ask = a;
		net_enter(c, NET_ASKS);
		return true;
	}
	cs_free(a, sizeof *a);
	net_reply_status(c, 503);
	return true;
}
