/* SPDX-License-Identifier: MIT */
#include "net/client.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "crypto/random.h"
#include "net/client_far.h"
#include "net/client_line.h"
#include "net/client_ws.h"
#include "net/http_head.h"
#include "wire/messages.h"

#define PROTOCOL "countersign.v1"
/* A line on which less moves in its time, pings and their answers included, is
 * one on which nothing does. */
#define MOVES_LEAST 512

/* ---- becoming a WebSocket (RFC 6455, section 4.1) ----------------------- */

static bool
is_accepted(const struct cs_http_head *h, const char *key)
{
	char accept[CS_WS_ACCEPT_LEN + 1];

	return h->status == 101 && cs_http_lists(h, "upgrade", "websocket") &&
	    cs_http_lists(h, "connection", "upgrade") &&
	    cs_ws_accept(accept, cs_view_str(key)) == CS_OK &&
	    cs_view_equal(cs_http_field(h, "sec-websocket-accept"),
		cs_view_str(accept)) &&
	    cs_view_equal(cs_http_field(h, "sec-websocket-protocol"),
		cs_view_str(PROTOCOL)) &&
	    cs_http_field(h, "sec-websocket-extensions").len == 0;
}

static enum cs_err
upgrade(struct cs_net_client *c, struct cs_buf *head, struct cs_buf *rest,
    int timeout_ms)
{
	struct net_patience p = net_patience(&c->line, timeout_ms, 1);
	char request[1024], key[CS_BASE64_SIZE(16)];
	struct cs_http_head h;
	uint8_t nonce[16];
	enum cs_err err;
	int n;

	cs_random(nonce, sizeof nonce);
	cs_base64(key, CS_VIEW_OF(nonce));
	n = snprintf(request, sizeof request,
	    "GET /ws HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"
	    "Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\n"
	    "Sec-WebSocket-Protocol: " PROTOCOL "\r\n"
	    "Sec-WebSocket-Version: 13\r\n\r\n",
	    c->host, key);
	if (n < 0 || (size_t)n >= sizeof request)
		return CS_ERR_LIMIT;
	if ((err = net_line_write(
		 c, &c->line, cs_view(request, (size_t)n), &p)) ||
	    (err = net_line_head(c, &c->line, head, rest, &p)))
		return err;
	/* Whoever answers otherwise is no hub. */
	return cs_http_answer_parse(&h, cs_buf_view(head)) == CS_OK &&
		is_accepted(&h, key)
	    ? CS_OK
	    : CS_ERR_CLOSED;
}

static enum cs_err
connect_ws(struct cs_net_client *c, int timeout_ms)
{
	struct cs_buf head = { 0 }, rest = { 0 };
	enum cs_err err = net_line_open(&c->line, c, timeout_ms);

	if (err == CS_OK) {
		/* Nobody is beside it yet. */
		c->over = true;
		err = upgrade(c, &head, &rest, timeout_ms);
		if (err == CS_ERR_FORMAT)
			err = CS_ERR_CLOSED;
		c->over = false;
		if (err == CS_OK)
			net_ws_begin(c, &rest);
		else
			net_line_close(&c->line);
	}
	cs_buf_free(&head);
	cs_buf_free(&rest);
	return err;
}

/* ---- beginning and end -------------------------------------------------- */

static enum cs_err
make_all(struct cs_net_client *c)
{
	const struct cs_net_client_config *config = &c->config;
	enum cs_err err;

	/* Whoever hangs up ends a connection, not the program. */
	(void)signal(SIGPIPE, SIG_IGN);
	memcpy(c->root_public, config->root_public, sizeof c->root_public);
	if (config->proxy != NULL)
		c->proxy = *config->proxy;
	c->host = cs_strdup(config->host);
	if (c->host == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_tls_client_new(
		 &c->ssl_ctx, c->root_public, c->host, config->clock)))
		return err;
	if (config->tickets != NULL)
		cs_tls_client_keep(c->ssl_ctx, config->tickets);
	return CS_OK;
}

enum cs_err
cs_net_client_new(
    struct cs_net_client **out, const struct cs_net_client_config *config)
{
	struct cs_net_client *c = cs_calloc(1, sizeof *c);
	enum cs_err err = CS_OK;

	*out = NULL;
	if (c == NULL)
		return CS_ERR_NOMEM;
	c->config = *config;
	c->far = config->far;
	c->tail = &c->head;
	if (c->far == NULL)
		err = make_all(c);
	if (err) {
		cs_net_client_close(c);
		return err;
	}
	*out = c;
	return CS_OK;
}

enum cs_err
cs_net_client_connect(
    struct cs_net_client *c, const char *address, int timeout_ms)
{
	if (c->far != NULL)
		return cs_net_far_open(c->far);
	snprintf(c->address, sizeof c->address, "%s",
	    address != NULL ? address : "");
	return connect_ws(c, timeout_ms);
}

enum cs_err
cs_net_client_open(
    struct cs_net_client **out, const struct cs_net_client_config *config)
{
	enum cs_err err;

	if ((err = cs_net_client_new(out, config)) == CS_OK &&
	    (err = cs_net_client_connect(*out, NULL, config->timeout_ms)) !=
		CS_OK) {
		cs_net_client_close(*out);
		*out = NULL;
	}
	/* They need not outlive the call. */
	if (err == CS_OK) {
		(*out)->config.proxy = NULL;
		(*out)->config.proxy_reached = NULL;
	}
	return err;
}

void
cs_net_client_hang_up(struct cs_net_client *c)
{
	net_line_close(&c->line);
	net_ws_clear(c);
}

void
cs_net_client_close(struct cs_net_client *c)
{
	if (c == NULL)
		return;
	if (c->far != NULL)
		cs_net_far_close(c->far);
	cs_net_client_hang_up(c);
	cs_tls_client_free(c->ssl_ctx);
	cs_free_plain(c->host);
	cs_free(c, sizeof *c);
}

/* ---- frames ------------------------------------------------------------- */

static bool
is_over(const struct cs_net_client *c)
{
	return c->over || c->line.tls == NULL;
}

enum cs_err
cs_net_client_send(struct cs_net_client *c, struct cs_view frame)
{
	struct net_patience p;
	enum cs_err err;

	if (c->far != NULL)
		return cs_net_far_send(c->far, frame);
	if (is_over(c))
		return CS_ERR_CLOSED;
	if ((err = net_ws_queue(c, CS_WS_BINARY, frame)))
		return err;
	p = net_patience(&c->line, c->config.timeout_ms, MOVES_LEAST);
	for (;;) {
		net_ws_turn(c);
		if (c->out.len == 0 || is_over(c))
			break;
		if ((err = net_wait(c, &c->line, net_ws_events(c), &p)))
			return err;
	}
	return c->out.len == 0 ? CS_OK : CS_ERR_CLOSED;
}

/* The first of the frames that have come. */
static void
take_first(struct cs_net_client *c, struct cs_buf *out)
{
	struct net_arrived *a = c->head;

	c->head = a->next;
	if (c->head == NULL)
		c->tail = &c->head;
	c->n_arrived--;
	c->waiting -= a->frame.len;
	cs_buf_move(out, &a->frame);
	cs_free(a, sizeof *a);
}

static enum cs_err
recv_frame(struct cs_net_client *c, struct cs_buf *out, struct net_patience *p)
{
	enum cs_err err = CS_OK;

	while (c->head == NULL) {
		net_ws_turn(c);
		if (c->head != NULL)
			break;
		if (is_over(c))
			return CS_ERR_CLOSED;
		if ((err = net_wait(c, &c->line, net_ws_events(c), p)))
			return err;
	}
	take_first(c, out);
	return CS_OK;
}

enum cs_err
cs_net_client_recv(struct cs_net_client *c, struct cs_buf *out, int timeout_ms)
{
	struct net_patience p;

	cs_buf_free(out);
	if (c->far != NULL)
		return cs_net_far_recv(c->far, out, timeout_ms);
	p = net_patience(&c->line, timeout_ms, 0);
	return recv_frame(c, out, &p);
}

enum cs_err
cs_net_client_await(struct cs_net_client *c, struct cs_buf *out, int timeout_ms)
{
	struct net_patience p;

	cs_buf_free(out);
	if (c->far != NULL)
		return cs_net_far_recv(c->far, out, timeout_ms);
	p = net_patience(&c->line, timeout_ms, MOVES_LEAST);
	return recv_frame(c, out, &p);
}

enum cs_err
cs_net_client_exporter(struct cs_net_client *c, uint8_t out[static 32])
{
	if (c->far != NULL)
		return cs_net_far_exporter(c->far, out);
	if (c->line.tls == NULL)
		return CS_ERR_CLOSED;
	return cs_tls_exporter(out, c->line.tls);
}

enum cs_err
cs_net_client_binding(
    struct cs_net_client *c, uint8_t *kind, uint8_t out[static 32])
{
	*kind = CS_WIRE_BINDING_EXPORTER;
	return cs_net_client_exporter(c, out);
}

void
cs_net_client_validity(
    const struct cs_net_client *c, uint64_t *from_s, uint64_t *until_s)
{
	*from_s = *until_s = 0;
	if (c->ssl_ctx != NULL)
		cs_tls_client_validity(c->ssl_ctx, from_s, until_s);
}
