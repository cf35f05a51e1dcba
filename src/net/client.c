/* SPDX-License-Identifier: MIT */
#include "net/client.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "crypto/tls.h"
#include "net/client_far.h"
#include "net/client_http.h"
#include "net/client_internal.h"
#include "net/client_wait.h"
#include "wire/frame.h"

/* A hub that is trusted with nothing is not trusted with our memory. */
#define ARRIVED_MAX 256

static int
on_receive(struct cs_net_client *c, struct lws *wsi, const void *in, size_t n)
{
	struct arrived *a;
	size_t count = 0;

	if (!lws_frame_is_binary(wsi))
		return -1;
	c->in.max = CS_WIRE_FRAME_MAX;
	if (cs_buf_add(&c->in, cs_view(in, n)) != CS_OK)
		return -1;
	if (!lws_is_final_fragment(wsi) ||
	    lws_remaining_packet_payload(wsi) != 0)
		return 0;
	for (a = c->head; a != NULL; a = a->next)
		count++;
	a = count < ARRIVED_MAX ? cs_calloc(1, sizeof *a) : NULL;
	if (a == NULL)
		return -1;
	cs_buf_move(&a->frame, &c->in);
	*c->tail = a;
	c->tail = &a->next;
	return 0;
}

static int
on_writable(struct cs_net_client *c, struct lws *wsi)
{
	size_t n;

	if (!c->sending)
		return 0;
	n = c->out.len - LWS_PRE;
	if (lws_write(wsi, c->out.data + LWS_PRE, n, LWS_WRITE_BINARY) < 0)
		return -1;
	if (lws_partial_buffered(wsi)) {
		/* TLS took a part; lws keeps the rest and calls again. */
		c->out.len = LWS_PRE;
		c->sending = false;
		lws_callback_on_writable(wsi);
		return 0;
	}
	c->sending = false;
	return 0;
}

static void
on_gone(struct cs_net_client *c)
{
	c->wsi = NULL;
	c->failed = true;
}

static int
ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
    void *in, size_t len)
{
	struct cs_net_client *c = lws_context_user(lws_get_context(wsi));

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		c->established = true;
		return 0;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
	case LWS_CALLBACK_CLIENT_CLOSED:
		on_gone(c);
		return 0;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		return on_receive(c, wsi, in, len);
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		return on_writable(c, wsi);
	default:
		return 0;
	}
}

static const struct lws_protocols protocols[] = {
	{ "countersign.v1", ws_callback, 0, 16384, 0, NULL, 0 },
	{ "http", cs_net_client_http_callback, 0, 0, 0, NULL, 0 },
	{ 0 },
};

static const lws_retry_bo_t keepalive = {
	.secs_since_valid_ping = 45,
	.secs_since_valid_hangup = 90,
};

static enum cs_err
connect_ws(struct cs_net_client *c, int timeout_ms)
{
	struct lws_client_connect_info info = { 0 };
	enum cs_err err, refusal;

	cs_tls_client_refusal_forget(c->ssl_ctx);
	info.context = c->context;
	info.address = cs_net_client_address(c);
	info.port = c->config.port;
	info.path = "/ws";
	info.host = c->host;
	info.origin = NULL;
	info.protocol = protocols[0].name;
	info.local_protocol_name = protocols[0].name;
	info.ssl_connection = CS_NET_CLIENT_TLS;
	info.pwsi = &c->wsi;
	if (lws_client_connect_via_info(&info) == NULL && !c->failed)
		c->failed = true;
	err = cs_net_client_wait(c, &c->established, timeout_ms);
	refusal = cs_tls_client_refusal(c->ssl_ctx);
	return refusal != CS_OK ? refusal : err;
}

static enum cs_err
make_context(struct cs_net_client *c)
{
	struct lws_context_creation_info info = { 0 };

	lws_set_log_level(0, NULL);
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.user = c;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	info.provided_client_ssl_ctx = c->ssl_ctx;
	info.pt_serv_buf_size = 65536;
	info.timeout_secs = (unsigned)(c->config.timeout_ms / 1000 + 1);
	info.retry_and_idle_policy = &keepalive;
	info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
	    LWS_SERVER_OPTION_DISABLE_IPV6;
	c->context = lws_create_context(&info);
	return c->context != NULL ? CS_OK : CS_ERR_NOMEM;
}

static enum cs_err
make_all(struct cs_net_client *c)
{
	const struct cs_net_client_config *config = &c->config;
	enum cs_err err;

	memcpy(c->root_public, config->root_public, sizeof c->root_public);
	c->host = cs_strdup(config->host);
	if (c->host == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_tls_client_new(
		 &c->ssl_ctx, c->root_public, c->host, config->clock)))
		return err;
	if (config->tickets != NULL)
		cs_tls_client_keep(c->ssl_ctx, config->tickets);
	return make_context(c);
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
	return err;
}

static void
forget_arrived(struct cs_net_client *c)
{
	while (c->head != NULL) {
		struct arrived *a = c->head;

		c->head = a->next;
		cs_buf_free(&a->frame);
		cs_free(a, sizeof *a);
	}
	c->tail = &c->head;
}

void
cs_net_client_hang_up(struct cs_net_client *c)
{
	if (c->wsi != NULL)
		lws_set_timeout(
		    c->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
	lws_sul_cancel(&c->timer);
	forget_arrived(c);
	cs_buf_free(&c->in);
	cs_buf_free(&c->out);
	c->wsi = NULL;
	c->established = c->failed = c->sending = false;
}

void
cs_net_client_close(struct cs_net_client *c)
{
	if (c == NULL)
		return;
	if (c->far != NULL)
		cs_net_far_close(c->far);
	if (c->context != NULL) {
		lws_sul_cancel(&c->timer);
		lws_context_destroy(c->context);
	}
	cs_tls_client_free(c->ssl_ctx);
	forget_arrived(c);
	cs_buf_free(&c->in);
	cs_buf_free(&c->out);
	cs_free_plain(c->host);
	cs_free(c, sizeof *c);
}

enum cs_err
cs_net_client_send(struct cs_net_client *c, struct cs_view frame)
{
	bool sent = false;
	enum cs_err err;
	uint8_t *at;

	if (c->far != NULL)
		return cs_net_far_send(c->far, frame);
	if (c->failed || c->wsi == NULL)
		return CS_ERR_CLOSED;
	cs_buf_reset(&c->out);
	if ((err = cs_buf_extend(&c->out, LWS_PRE, &at)) ||
	    (err = cs_buf_add(&c->out, frame)))
		return err;
	c->sending = true;
	lws_callback_on_writable(c->wsi);
	cs_net_client_touch(c, c->config.timeout_ms);
	while (!sent && !c->failed && !c->timed_out) {
		if (lws_service(c->context, 0) < 0)
			return CS_ERR_IO;
		sent = !c->sending;
	}
	lws_sul_cancel(&c->timer);
	if (sent)
		return CS_OK;
	return c->failed ? CS_ERR_CLOSED : CS_ERR_TIMEOUT;
}

enum cs_err
cs_net_client_recv(struct cs_net_client *c, struct cs_buf *out, int timeout_ms)
{
	struct arrived *a;

	cs_buf_free(out);
	if (c->far != NULL)
		return cs_net_far_recv(c->far, out, timeout_ms);
	cs_net_client_touch(c, timeout_ms);
	while (c->head == NULL && !c->failed && !c->timed_out)
		if (lws_service(c->context, 0) < 0)
			return CS_ERR_IO;
	lws_sul_cancel(&c->timer);
	a = c->head;
	if (a == NULL)
		return c->failed ? CS_ERR_CLOSED : CS_ERR_TIMEOUT;
	c->head = a->next;
	if (c->head == NULL)
		c->tail = &c->head;
	cs_buf_move(out, &a->frame);
	cs_free(a, sizeof *a);
	return CS_OK;
}

enum cs_err
cs_net_client_exporter(struct cs_net_client *c, uint8_t out[static 32])
{
	if (c->far != NULL)
		return cs_net_far_exporter(c->far, out);
	if (c->wsi == NULL)
		return CS_ERR_CLOSED;
	return cs_tls_exporter(out, lws_get_ssl(c->wsi));
}

void
cs_net_client_validity(
    const struct cs_net_client *c, uint64_t *from_s, uint64_t *until_s)
{
	*from_s = *until_s = 0;
	if (c->ssl_ctx != NULL)
		cs_tls_client_validity(c->ssl_ctx, from_s, until_s);
}
