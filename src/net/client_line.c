/* SPDX-License-Identifier: MIT */
#include "net/client_line.h"

#include <poll.h>
#include <unistd.h>

#include "net/dial.h"
#include "net/http_head.h"

static short
events_of(enum cs_tls_io io)
{
	return io == CS_TLS_WANT_WRITE ? POLLOUT : POLLIN;
}

static enum cs_err
shake_hands(struct net_line *l, struct cs_net_client *c, int timeout_ms)
{
	struct net_patience p = net_patience(l, timeout_ms, 1);
	enum cs_tls_io io;
	enum cs_err err = CS_OK;

	while (err == CS_OK && (io = cs_tls_handshake(l->tls)) != CS_TLS_DONE)
		err = io == CS_TLS_OVER ? CS_ERR_CLOSED
					: net_wait(c, l, events_of(io), &p);
	return err;
}

enum cs_err
net_line_open(struct net_line *l, struct cs_net_client *c, int timeout_ms)
{
	const struct cs_net_dial how = {
		.host = c->host,
		.address = c->address[0] != '\0' ? c->address : NULL,
		.port = c->config.port,
		.proxy = &c->proxy,
		.timeout_ms = timeout_ms,
	};
	bool reached;
	enum cs_err err, refusal;

	cs_tls_client_refusal_forget(c->ssl_ctx);
	err = cs_net_dial(&l->fd, &reached, &how);
	if (c->config.proxy_reached != NULL)
		*c->config.proxy_reached = reached;
	if (err)
		return err;
	if ((err = cs_tls_connect(&l->tls, c->ssl_ctx, l->fd))) {
		close(l->fd);
		return err;
	}
	if ((err = shake_hands(l, c, timeout_ms)) == CS_OK)
		return CS_OK;
	net_line_close(l);
	refusal = cs_tls_client_refusal(c->ssl_ctx);
	return refusal != CS_OK ? refusal : err;
}

void
net_line_close(struct net_line *l)
{
	if (l->tls == NULL)
		return;
	cs_tls_bye(l->tls);
	cs_tls_free(l->tls);
	close(l->fd);
	l->tls = NULL;
}

enum cs_err
net_line_write(struct cs_net_client *c, struct net_line *l,
    struct cs_view bytes, struct net_patience *p)
{
	enum cs_tls_io io;
	enum cs_err err = CS_OK;
	size_t put;

	while (err == CS_OK && bytes.len != 0) {
		io = cs_tls_write(l->tls, bytes, &put);
		bytes = cs_view(bytes.data + put, bytes.len - put);
		if (io == CS_TLS_OVER)
			err = CS_ERR_CLOSED;
		else if (io != CS_TLS_DONE)
			err = net_wait(c, l, events_of(io), p);
		else
			net_patience_renew(p);
	}
	return err;
}

enum cs_err
net_line_read(struct cs_net_client *c, struct net_line *l, uint8_t *out,
    size_t n, size_t *got, struct net_patience *p)
{
	enum cs_tls_io io;
	enum cs_err err = CS_OK;

	while (err == CS_OK &&
	    (io = cs_tls_read(l->tls, out, n, got)) != CS_TLS_DONE)
		err = io == CS_TLS_OVER ? CS_ERR_CLOSED
					: net_wait(c, l, events_of(io), p);
	if (err == CS_OK)
		net_patience_renew(p);
	return err;
}

bool
net_line_answers(struct net_line *l, struct cs_buf *out)
{
	uint8_t bytes[4096];
	size_t got = 0;
	/* A ticket is something that comes, and nothing to be read. */
	enum cs_tls_io io = cs_tls_read(l->tls, bytes, sizeof bytes, &got);

	return io == CS_TLS_OVER ||
	    (io == CS_TLS_DONE &&
		cs_buf_add(out, cs_view(bytes, got)) == CS_OK);
}

enum cs_err
net_line_head(struct cs_net_client *c, struct net_line *l, struct cs_buf *head,
    struct cs_buf *rest, struct net_patience *p)
{
	uint8_t bytes[4096];
	size_t got = 0, len;
	enum cs_err err;

	while ((len = cs_http_head_length(cs_buf_view(head))) == 0) {
		if (head->len > CS_HTTP_HEAD_MAX)
			return CS_ERR_FORMAT;
		if ((err = net_line_read(c, l, bytes, sizeof bytes, &got, p)) ||
		    (err = cs_buf_add(head, cs_view(bytes, got))))
			return err;
	}
	if ((err = cs_buf_set(
		 rest, cs_view(head->data + len, head->len - len))))
		return err;
	head->len = len;
	return CS_OK;
}
