/* SPDX-License-Identifier: MIT */
/* Requests: the door to the WebSocket, blobs, and pages. */
#include "net/server_http.h"

#include <stdio.h>
#include <string.h>

#include "net/http_head.h"
#include "net/server_ask.h"
#include "net/server_blob.h"
#include "net/server_door.h"
#include "net/server_out.h"
#include "net/server_page.h"
#include "net/server_reply.h"
#include "net/ws_frame.h"

/* ---- the WebSocket's door (RFC 6455, section 4.2) ----------------------- */

static bool
is_upgrade(const struct cs_http_head *h)
{
	return cs_http_lists(h, "upgrade", "websocket") &&
	    cs_http_lists(h, "connection", "upgrade") &&
	    cs_view_equal(
		cs_http_field(h, "sec-websocket-version"), cs_view_str("13")) &&
	    cs_http_lists(h, "sec-websocket-protocol", "countersign.v1") &&
	    cs_http_field(h, "sec-websocket-key").len == CS_WS_KEY_LEN;
}

static void
upgrade(struct cs_net_conn *c, const struct cs_http_head *h)
{
	char accept[CS_WS_ACCEPT_LEN + 1], answer[256];

	if (!cs_view_equal(h->method, cs_view_str("GET")) || !is_upgrade(h)) {
		net_reply_status(c, 426);
		return;
	}
	if (cs_ws_accept(accept, cs_http_field(h, "sec-websocket-key")) !=
	    CS_OK) {
		net_reply_status(c, 500);
		return;
	}
	snprintf(answer, sizeof answer,
	    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
	    "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n"
	    "Sec-WebSocket-Protocol: countersign.v1\r\n\r\n",
	    accept);
	net_reply_text(c, answer);
	if (c->state != NET_DEAD)
		net_open(c);
}

/* ---- pages -------------------------------------------------------------- */

static void
page(struct cs_net_conn *c, struct cs_view target)
{
	const struct cs_net_server_config *config = &c->server->config;
	const char *text = NULL;
	char path[256];

	if (target.len < sizeof path) {
		memcpy(path, target.data, target.len);
		path[target.len] = '\0';
		text = config->page(config->arg, path);
	}
	if (text != NULL)
		net_reply(c, 200, text);
	else
		net_reply_status(c, 404);
}

static bool
is_blob(struct cs_view target)
{
	return target.len >= 3 &&
	    cs_view_equal(cs_view(target.data, 3), cs_view_str("/b/"));
}

void
net_http_request(struct cs_net_conn *c, struct cs_view head)
{
	struct cs_http_head h;
	struct cs_view target;
	bool put, get, post;

	if (cs_http_head_parse(&h, head) != CS_OK) {
		net_reply_status(c, 400);
		return;
	}
	c->closes = h.close;
	c->skip = h.content_length;
	put = cs_view_equal(h.method, cs_view_str("PUT"));
	get = cs_view_equal(h.method, cs_view_str("GET"));
	post = cs_view_equal(h.method, cs_view_str("POST"));
	target = h.target;
	net_door_named(c, &h);
	if (!put && !get && !post)
		net_reply_status(c, 405);
	else if (get && h.content_length != 0)
		net_reply_status(c, 400);
	else if (!put && net_ask_request(c, &h))
		return;
	else if (post)
		net_reply_status(c, 405);
	else if (!net_door_lets_in(c, &h))
		net_reply_status(c, 403);
	else if (cs_view_equal(target, cs_view_str("/ws")))
		upgrade(c, &h);
	else if (is_blob(target))
		net_blob_request(c, &h, put);
	else if (put)
		net_reply_status(c, 404);
	else if (c->web)
		net_page_request(c, &h);
	else
		page(c, h.target);
}
