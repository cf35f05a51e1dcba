/* SPDX-License-Identifier: MIT */
#include "net/post.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crypto/tls.h"
#include "crypto/tls_public.h"
#include "crypto/tls_server.h"
#include "net/dial.h"
#include "net/http_head.h"
#include "store/clock.h"

#define HTTPS "https://"
#define HTTPS_PORT 443
#define HTTP "http://"
#define HTTP_PORT 80

/* ---- where to ----------------------------------------------------------- */

/* What a URL may have in its path without an escape (RFC 3986), and "%". */
static bool
is_path(struct cs_view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.data[i] <= ' ' || v.data[i] > '~' ||
		    memchr("\"#<>\\^`{|}", v.data[i], 10) != NULL)
			return false;
	return v.len != 0 && v.data[0] == '/';
}

/* A name whose last part is no number: an address is none. */
static bool
is_name(const char *host)
{
	const char *last = strrchr(host, '.');
	size_t n = strlen(host);

	last = last != NULL ? last + 1 : host;
	return n != 0 &&
	    strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-") == n &&
	    host[0] != '.' && host[0] != '-' && *last >= 'a' && *last <= 'z';
}

static bool
begins_with(struct cs_view url, const char *scheme)
{
	size_t n = strlen(scheme);

	return url.len > n &&
	    cs_view_equal(cs_view(url.data, n), cs_view_str(scheme));
}

/* "HOST[:PORT]/PATH", which is not looked at more closely. */
static enum cs_err
split(struct cs_net_endpoint *out, struct cs_view rest)
{
	const uint8_t *slash = memchr(rest.data, '/', rest.len), *colon;
	struct cs_view host;
	uint64_t port = (uint64_t)out->port;

	if (slash == NULL)
		return CS_ERR_FORMAT;
	host = cs_view(rest.data, (size_t)(slash - rest.data));
	out->path = cs_view(slash, rest.len - host.len);
	colon = host.len != 0 ? memchr(host.data, ':', host.len) : NULL;
	if (colon != NULL) {
		size_t before = (size_t)(colon - host.data);

		if (!cs_http_number(
			&port, cs_view(colon + 1, host.len - before - 1)) ||
		    port == 0 || port > 65535)
			return CS_ERR_FORMAT;
		host.len = before;
	}
	if (host.len >= sizeof out->host ||
	    memchr(host.data, '\0', host.len) != NULL)
		return CS_ERR_FORMAT;
	memcpy(out->host, host.data, host.len);
	out->port = (int)port;
	return CS_OK;
}

enum cs_err
cs_net_endpoint_parse(struct cs_net_endpoint *out, struct cs_view url)
{
	const size_t n = sizeof HTTPS - 1;
	enum cs_err err;

	*out = (struct cs_net_endpoint){ .port = HTTPS_PORT };
	if (url.len > CS_NET_ENDPOINT_MAX)
		return CS_ERR_LIMIT;
	if (!begins_with(url, HTTPS))
		return CS_ERR_FORMAT;
	if ((err = split(out, cs_view(url.data + n, url.len - n))))
		return err;
	return is_name(out->host) && is_path(out->path) ? CS_OK : CS_ERR_FORMAT;
}

enum cs_err
cs_net_url_parse(struct cs_net_endpoint *out, struct cs_view url)
{
	const size_t n = sizeof HTTP - 1;
	struct in_addr address;
	enum cs_err err;

	if (url.len > CS_NET_ENDPOINT_MAX || !begins_with(url, HTTP))
		return cs_net_endpoint_parse(out, url);
	*out = (struct cs_net_endpoint){ .port = HTTP_PORT, .plain = true };
	if ((err = split(out, cs_view(url.data + n, url.len - n))))
		return err;
	return (is_name(out->host) ||
		   inet_pton(AF_INET, out->host, &address) == 1) &&
		is_path(out->path)
	    ? CS_OK
	    : CS_ERR_FORMAT;
}

/* ---- one request -------------------------------------------------------- */

struct talk {
	int fd;
	struct cs_tls *tls; /* NULL: without */
	uint64_t end_ms;
	bool stays; /* another request can follow */
};

static uint64_t
now_ms(void)
{
	return cs_clock_us() / 1000;
}

/* Wait for what ${io} wants; CS_ERR_TIMEOUT, CS_ERR_CLOSED. */
static enum cs_err
await(const struct talk *t, enum cs_tls_io io)
{
	struct pollfd p = { t->fd,
		(short)(io == CS_TLS_WANT_WRITE ? POLLOUT : POLLIN), 0 };
	uint64_t now = now_ms();

	if (io == CS_TLS_OVER)
		return CS_ERR_CLOSED;
	if (now >= t->end_ms)
		return CS_ERR_TIMEOUT;
	(void)poll(&p, 1, (int)(t->end_ms - now));
	return CS_OK;
}

static enum cs_err
shake_hands(const struct talk *t)
{
	enum cs_tls_io io;
	enum cs_err err = CS_OK;

	while (err == CS_OK && (io = cs_tls_handshake(t->tls)) != CS_TLS_DONE)
		err = await(t, io);
	return err;
}

/* What a call on a socket without TLS came to. */
static enum cs_tls_io
plain_io(ssize_t n, enum cs_tls_io want)
{
	if (n > 0)
		return CS_TLS_DONE;
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? want
							    : CS_TLS_OVER;
}

static enum cs_tls_io
put_some(const struct talk *t, struct cs_view bytes, size_t *put)
{
	ssize_t n;

	if (t->tls != NULL)
		return cs_tls_write(t->tls, bytes, put);
	n = send(t->fd, bytes.data, bytes.len, MSG_NOSIGNAL);
	*put = n > 0 ? (size_t)n : 0;
	return plain_io(n, CS_TLS_WANT_WRITE);
}

static enum cs_tls_io
get_some(const struct talk *t, uint8_t *out, size_t size, size_t *got)
{
	ssize_t n;

	if (t->tls != NULL)
		return cs_tls_read(t->tls, out, size, got);
	n = recv(t->fd, out, size, 0);
	*got = n > 0 ? (size_t)n : 0;
	return plain_io(n, CS_TLS_WANT_READ);
}

static enum cs_err
say(const struct talk *t, struct cs_view bytes)
{
	enum cs_err err = CS_OK;

	while (err == CS_OK && bytes.len != 0) {
		size_t put = 0;
		enum cs_tls_io io = put_some(t, bytes, &put);

		if (io == CS_TLS_DONE)
			bytes = cs_view(bytes.data + put, bytes.len - put);
		else
			err = await(t, io);
	}
	return err;
}

/* Append what comes next to ${in}, or wait for it.  CS_ERR_LIMIT: it is more
 * than wanted. */
static enum cs_err
hear_some(const struct talk *t, struct cs_buf *in)
{
	uint8_t bytes[4096];
	size_t got = 0;
	enum cs_tls_io io = get_some(t, bytes, sizeof bytes, &got);

	return io != CS_TLS_DONE ? await(t, io)
				 : cs_buf_add(in, cs_view(bytes, got));
}

/* The rest of a body of which ${in} has the beginning: as long as the head
 * says, or until the other side closes. */
static enum cs_err
hear_body(const struct talk *t, struct cs_buf *out, struct cs_view in,
    const struct cs_http_head *h)
{
	const size_t max = out->max != 0 ? out->max : CS_BUF_MAX;
	size_t before = out->len;
	uint64_t n = h->has_content_length ? h->content_length : UINT64_MAX;
	enum cs_err err;

	if (h->has_content_length && n > max - before)
		return CS_ERR_LIMIT;
	err = cs_buf_add(out, in);
	while (err == CS_OK && out->len - before < n)
		err = hear_some(t, out);
	if (err == CS_ERR_CLOSED && !h->has_content_length)
		return CS_OK;
	/* Nothing else was asked for. */
	if (err == CS_OK && out->len - before > n)
		return CS_ERR_FORMAT;
	return err;
}

static enum cs_err
hear(struct talk *t, struct cs_net_post *p)
{
	struct cs_buf in = { .max = CS_HTTP_HEAD_MAX };
	struct cs_http_head h;
	enum cs_err err = CS_OK;
	size_t n = 0;

	while (err == CS_OK && (n = cs_http_head_length(cs_buf_view(&in))) == 0)
		err = hear_some(t, &in);
	if (err == CS_ERR_LIMIT)
		err = CS_ERR_FORMAT;
	if (err == CS_OK &&
	    (err = cs_http_answer_parse(&h, cs_view(in.data, n))) == CS_OK) {
		p->status = h.status;
		if (p->answer != NULL)
			err = hear_body(
			    t, p->answer, cs_view(in.data + n, in.len - n), &h);
		t->stays = err == CS_OK && p->answer != NULL &&
		    h.has_content_length && !h.close;
	}
	cs_buf_free(&in);
	return err;
}

static enum cs_err
request(const struct talk *t, const struct cs_net_post *p, bool get)
{
	struct cs_buf head = { 0 };
	char text[CS_NET_ENDPOINT_HOST_SIZE + 64];
	enum cs_err err;

	if ((err = cs_buf_add(&head, cs_view_str(get ? "GET " : "POST "))) ==
		CS_OK &&
	    (err = cs_buf_add(&head, p->to->path)) == CS_OK) {
		snprintf(
		    text, sizeof text, " HTTP/1.1\r\nHost: %s", p->to->host);
		err = cs_buf_add(&head, cs_view_str(text));
	}
	if (err == CS_OK &&
	    p->to->port != (p->to->plain ? HTTP_PORT : HTTPS_PORT)) {
		snprintf(text, sizeof text, ":%d", p->to->port);
		err = cs_buf_add(&head, cs_view_str(text));
	}
	if (err == CS_OK)
		err = cs_buf_add(&head,
		    cs_view_str(p->kept != NULL ? "\r\n"
						: "\r\nConnection: close\r\n"));
	if (err == CS_OK && !get) {
		snprintf(
		    text, sizeof text, "Content-Length: %zu\r\n", p->body.len);
		err = cs_buf_add(&head, cs_view_str(text));
	}
	if (err == CS_OK && (err = cs_buf_add(&head, p->fields)) == CS_OK &&
	    (err = cs_buf_add(&head, cs_view_str("\r\n"))) == CS_OK &&
	    (get || (err = cs_buf_add(&head, p->body)) == CS_OK))
		err = say(t, cs_buf_view(&head));
	cs_buf_free(&head);
	return err;
}

/* ---- connections -------------------------------------------------------- */

static void
hang_up(struct talk *t)
{
	if (t->tls != NULL)
		cs_tls_free(t->tls);
	if (t->fd >= 0)
		close(t->fd);
	*t = (struct talk){ .fd = -1 };
}

static enum cs_err
reach(struct talk *t, const struct cs_net_post *p)
{
	const struct cs_net_dial how = {
		.host = p->to->host,
		.port = p->to->port,
		.timeout_ms = p->timeout_ms,
	};
	bool reached;
	enum cs_err err = cs_net_dial(&t->fd, &reached, &how);

	t->end_ms = now_ms() + (uint64_t)p->timeout_ms;
	if (err || p->to->plain)
		return err;
	err = p->pinned
	    ? cs_tls_connect(&t->tls, p->ssl_ctx, t->fd)
	    : cs_tls_public_connect(&t->tls, p->ssl_ctx, t->fd, p->to->host);
	if (err)
		return err;
	return shake_hands(t);
}

/* The connection that was kept, if it leads there. */
static bool
take_kept(struct talk *t, const struct cs_net_post *p)
{
	struct cs_net_kept *k = p->kept;

	if (k == NULL || !k->open)
		return false;
	if (strcmp(k->host, p->to->host) != 0 || k->port != p->to->port ||
	    (k->tls == NULL) != p->to->plain) {
		cs_net_kept_close(k);
		return false;
	}
	t->fd = k->fd;
	t->tls = k->tls;
	t->end_ms = now_ms() + (uint64_t)p->timeout_ms;
	*k = (struct cs_net_kept){ .open = false };
	return true;
}

static void
keep(struct talk *t, const struct cs_net_post *p)
{
	struct cs_net_kept *k = p->kept;

	*k = (struct cs_net_kept){
		.open = true, .fd = t->fd, .tls = t->tls, .port = p->to->port
	};
	memcpy(k->host, p->to->host, sizeof k->host);
}

void
cs_net_kept_close(struct cs_net_kept *k)
{
	struct talk t = { .fd = k->fd, .tls = k->tls };

	if (k->open)
		hang_up(&t);
	*k = (struct cs_net_kept){ .open = false };
}

static enum cs_err
exchange(struct talk *t, struct cs_net_post *p, bool get)
{
	enum cs_err err = request(t, p, get);

	return err ? err : hear(t, p);
}

static enum cs_err
talk(struct cs_net_post *p, bool get)
{
	struct talk t = { .fd = -1 };
	bool kept = take_kept(&t, p);
	enum cs_err err;

	p->status = 0;
	if ((err = kept ? CS_OK : reach(&t, p)) == CS_OK)
		err = exchange(&t, p, get);
	/* Whoever closes a connection on which nothing is asked for may do so
	 * while something is; a GET can be said twice. */
	if (kept && get && err == CS_ERR_CLOSED && p->status == 0) {
		hang_up(&t);
		if ((err = reach(&t, p)) == CS_OK)
			err = exchange(&t, p, get);
	}
	if (p->kept != NULL && t.stays)
		keep(&t, p);
	else
		hang_up(&t);
	return err;
}

enum cs_err
cs_net_post(struct cs_net_post *p)
{
	return talk(p, false);
}

enum cs_err
cs_net_get(struct cs_net_post *p)
{
	return talk(p, true);
}
