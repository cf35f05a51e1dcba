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
	const char *fields = answer->fields;

	if (fields == NULL)
		fields = answer->forever ? FOREVER FOR_ALL : ASK_AGAIN FOR_ALL;
	c->asked = true;
	net_reply_head(
	    c, answer->status, answer->type, answer->bytes.len, fields);
	c->asked = false;
	if (c->state != NET_DEAD && answer->bytes.len != 0 &&
	    net_write(c, answer->bytes) != CS_OK)
		net_die(c);
	if (c->state != NET_DEAD)
		net_reply_over(c);
}

void
cs_net_ask_answer(struct cs_net_ask *a, const struct cs_net_answer *answer)
{
	struct cs_net_conn *c = a->conn;

	if (c->ask != a)
		return;
	c->skip = a->left;
	net_ask_drop(c);
	if (answer->type != NULL)
		send_bytes(c, answer);
	else
		net_reply_status(c, answer->status);
	net_later(c);
}

size_t
net_ask_body(struct cs_net_conn *c, const uint8_t *bytes, size_t n)
{
	const struct cs_net_server_config *config = &c->server->config;
	struct cs_net_ask *a = c->ask;
	size_t piece = a->left < n ? (size_t)a->left : n;

	c->moved_s = c->server->now_s;
	a->left -= piece;
	config->ask_bytes(config->arg, a, cs_view(bytes, piece));
	/* It may be answered already. */
	if (c->ask == a && a->left == 0) {
		net_enter(c, NET_ASKS);
		config->ask_whole(config->arg, a);
	}
	return piece;
}

/* Its body is read, if it has one. */
static void
begin(struct cs_net_conn *c, const struct cs_http_head *h, bool post)
{
	if (!post) {
		net_enter(c, NET_ASKS);
		return;
	}
	if (cs_http_lists(h, "expect", "100-continue"))
		net_reply_text(c, "HTTP/1.1 100 Continue\r\n\r\n");
	if (c->state == NET_DEAD)
		return;
	if (c->ask->left != 0) {
		net_enter(c, NET_BODY);
		net_later(c);
		return;
	}
	net_enter(c, NET_ASKS);
	c->server->config.ask_whole(c->server->config.arg, c->ask);
}

/* A page of another site's does not file anything in the name of who looks at
 * it.  Who is no browser says nothing about that. */
static bool
is_led_here(const struct cs_http_head *h)
{
	struct cs_view from = cs_http_field(h, "sec-fetch-site");

	return from.len != 0 &&
	    !cs_view_equal(from, cs_view_str("same-origin")) &&
	    !cs_view_equal(from, cs_view_str("none"));
}

static bool
is_too_long(const struct cs_net_conn *c, const struct cs_http_head *h)
{
	return h->content_length > c->server->config.ask_max;
}

bool
net_ask_request(struct cs_net_conn *c, const struct cs_http_head *h)
{
	const struct cs_net_server_config *config = &c->server->config;
	const struct cs_net_asked what = {
		.post = cs_view_equal(h->method, cs_view_str("POST")),
		.target = h->target,
		.type = cs_http_field(h, "content-type"),
		.language = cs_http_field(h, "accept-language"),
		.length = h->content_length,
	};
	struct cs_net_ask *a;

	if (config->asks == NULL ||
	    !config->asks(config->arg, what.post, h->target))
		return false;
	if (what.post && is_led_here(h)) {
		net_reply_status(c, 403);
		return true;
	}
	if (what.post && (!h->has_content_length || is_too_long(c, h))) {
		c->skip = is_too_long(c, h) ? 0 : c->skip;
		c->closes |= is_too_long(c, h);
		net_reply_status(c, h->has_content_length ? 413 : 411);
		return true;
	}
	if ((a = cs_calloc(1, sizeof *a)) == NULL) {
		net_die(c);
		return true;
	}
	a->conn = c;
	a->left = what.post ? h->content_length : 0;
	if (config->ask(config->arg, a, &what)) {
		c->ask = a;
		c->skip = 0;
		begin(c, h, what.post);
		return true;
	}
	cs_free(a, sizeof *a);
	net_reply_status(c, 503);
	return true;
}
