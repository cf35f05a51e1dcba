/* SPDX-License-Identifier: MIT */
#include "net/client_http.h"

#include <stdio.h>
#include <string.h>

#include "net/client_far.h"
#include "net/client_internal.h"
#include "net/client_wait.h"

#define CHUNK 16384

static int
add_header(struct lws *wsi, const char *name, const char *value, uint8_t **p,
    uint8_t *end)
{
	return lws_add_http_header_by_name(wsi, (const unsigned char *)name,
	    (const unsigned char *)value, (int)strlen(value), p, end);
}

static int
on_head(struct cs_net_client *c, struct lws *wsi, void *in, size_t len)
{
	struct cs_net_transfer *t = c->transfer;
	uint8_t **p = in, *end = *p + len;
	char value[160];

	snprintf(value, sizeof value, "Bearer %s", t->token);
	if (add_header(wsi, "authorization:", value, p, end))
		return -1;
	if (c->put) {
		snprintf(
		    value, sizeof value, "%llu", (unsigned long long)t->length);
		if (add_header(wsi, "content-length:", value, p, end))
			return -1;
		snprintf(value, sizeof value, "bytes %llu-%llu/%llu",
		    (unsigned long long)t->offset,
		    (unsigned long long)(t->offset + t->length - 1),
		    (unsigned long long)t->total);
		if (add_header(wsi, "content-range:", value, p, end))
			return -1;
		lws_client_http_body_pending(wsi, 1);
		lws_callback_on_writable(wsi);
	} else if (t->offset != 0) {
		snprintf(value, sizeof value, "bytes=%llu-",
		    (unsigned long long)t->offset);
		if (add_header(wsi, "range:", value, p, end))
			return -1;
	}
	return 0;
}

static int
on_writable(struct cs_net_client *c, struct lws *wsi)
{
	struct cs_net_transfer *t = c->transfer;
	uint8_t buf[LWS_PRE + CHUNK];
	uint64_t left = t->length - t->moved;
	size_t n = left < CHUNK ? (size_t)left : CHUNK;
	bool last = n == left;

	if (!c->put || left == 0)
		return 0;
	c->transfer_err = t->move(t->arg, buf + LWS_PRE, n);
	if (c->transfer_err)
		return -1;
	if (lws_write(wsi, buf + LWS_PRE, n,
		last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0)
		return -1;
	t->moved += n;
	cs_net_client_touch(c, c->config.timeout_ms);
	if (last)
		lws_client_http_body_pending(wsi, 0);
	else
		lws_callback_on_writable(wsi);
	return 0;
}

static int
on_body(struct cs_net_client *c, uint8_t *in, size_t len)
{
	struct cs_net_transfer *t = c->transfer;

	cs_net_client_touch(c, c->config.timeout_ms);
	/* The body of a refusal, or of an answer to PUT, is for people. */
	if (c->put || t->status / 100 != 2)
		return 0;
	/* A range that we did not get is not what we asked for. */
	if (t->offset != 0 && t->status != 206)
		return -1;
	c->transfer_err = t->move(t->arg, in, len);
	if (c->transfer_err)
		return -1;
	t->moved += len;
	return 0;
}

static int
on_readable(struct lws *wsi)
{
	char buf[LWS_PRE + CHUNK];
	char *p = buf + LWS_PRE;
	int n = CHUNK;

	return lws_http_client_read(wsi, &p, &n) < 0 ? -1 : 0;
}

int
cs_net_client_http_callback(struct lws *wsi, enum lws_callback_reasons reason,
    void *user, void *in, size_t len)
{
	struct cs_net_client *c = lws_context_user(lws_get_context(wsi));

	(void)user;
	if (c == NULL || c->transfer == NULL)
		return 0;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		return on_head(c, wsi, in, len);
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
		return on_writable(c, wsi);
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
		c->transfer->status = (int)lws_http_client_http_response(wsi);
		return 0;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
		return on_body(c, in, len);
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
		return on_readable(wsi);
	case LWS_CALLBACK_COMPLETED_CLIENT_HTTP:
		c->transfer_over = true;
		return 0;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
		c->transfer_over = true;
		c->transfer_wsi = NULL;
		return 0;
	default:
		return 0;
	}
}

static enum cs_err
run(struct cs_net_client *c, struct cs_net_transfer *t, bool put)
{
	struct lws_client_connect_info info = { 0 };
	enum cs_err err;

	t->status = 0;
	t->moved = 0;
	c->transfer = t;
	c->put = put;
	c->transfer_over = false;
	c->transfer_err = CS_OK;
	info.context = c->context;
	info.address = cs_net_client_address(c);
	info.port = c->config.port;
	info.path = t->path;
	info.host = c->host;
	info.method = put ? "PUT" : "GET";
	info.protocol = "http";
	info.local_protocol_name = "http";
	info.alpn = "http/1.1";
	info.ssl_connection = CS_NET_CLIENT_TLS;
	info.pwsi = &c->transfer_wsi;
	if (lws_client_connect_via_info(&info) == NULL)
		c->transfer_over = true;
	err = cs_net_client_wait(c, &c->transfer_over, c->config.timeout_ms);
	if (c->transfer_wsi != NULL)
		lws_set_timeout(
		    c->transfer_wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
	c->transfer_wsi = NULL;
	c->transfer = NULL;
	if (c->transfer_err)
		return c->transfer_err;
	if (err)
		return err;
	return t->status != 0 ? CS_OK : CS_ERR_CLOSED;
}

enum cs_err
cs_net_client_put(struct cs_net_client *c, struct cs_net_transfer *t)
{
	if (c->far != NULL)
		return cs_net_far_put(c->far, t);
	return run(c, t, true);
}

enum cs_err
cs_net_client_get(struct cs_net_client *c, struct cs_net_transfer *t)
{
	if (c->far != NULL)
		return cs_net_far_get(c->far, t);
	return run(c, t, false);
}
