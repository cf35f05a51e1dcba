/* SPDX-License-Identifier: MIT */
/* One connection of the server: TLS, then requests or a WebSocket. */
#include "net/server_conn.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "net/http_head.h"
#include "net/moved.h"
#include "net/release.h"
#include "net/server_ask.h"
#include "net/server_blob.h"
#include "net/server_http.h"
#include "net/server_io.h"
#include "net/server_list.h"
#include "net/server_out.h"
#include "net/server_page.h"
#include "net/server_reply.h"

/* Everything is sent. */
static void
on_sent(struct cs_net_conn *c)
{
	cs_buf_free(&c->out);
	c->out_at = 0;
	c->out_blocked = false;
	if (c->state == NET_CLOSING) {
		net_io_bye(c);
		(void)shutdown(c->fd, SHUT_WR);
		net_enter(c, NET_LINGERS);
	} else if (c->state == NET_SENDS) {
		net_blob_sent(c);
	} else if (c->state == NET_SHOWS) {
		net_page_sent(c);
	}
}

void
net_flush(struct cs_net_conn *c)
{
	size_t most = c->server->config.limits.waiting;
	bool stopped = most != 0 && net_waiting(c) > most;
	enum cs_tls_io io = CS_TLS_DONE;
	size_t put;

	net_list_remove(&c->dirty);
	if (c->state == NET_DEAD || c->state == NET_HANDSHAKE)
		return;
	while (io == CS_TLS_DONE && net_waiting(c) != 0) {
		io = net_io_write(
		    c, cs_view(c->out.data + c->out_at, net_waiting(c)), &put);
		c->out_at += put;
		c->server->queued -= put;
		if (put != 0)
			c->moved_s = c->server->now_s;
	}
	if (io == CS_TLS_OVER) {
		net_die(c);
		return;
	}
	c->out_blocked = net_waiting(c) != 0;
	if (net_waiting(c) == 0)
		on_sent(c);
	/* Its reader has made room for answers. */
	if (stopped && net_flows(c))
		net_later(c);
	net_arm(c);
}

/* ---- in ----------------------------------------------------------------- */

/* A piece of a message, which is handed on when it is whole. */
static void
on_data(struct cs_net_conn *c, const struct cs_ws_got *got)
{
	const struct cs_net_server_config *config = &c->server->config;

	if (got->last && c->in.len == 0) {
		config->frame(config->arg, c, c->user, got->bytes);
	} else if (got->bytes.len != 0 &&
	    cs_buf_add(&c->in, got->bytes) != CS_OK) {
		net_die(c);
	} else if (got->last) {
		struct cs_buf whole = { 0 };

		/* An idle connection holds no buffer. */
		cs_buf_move(&whole, &c->in);
		config->frame(config->arg, c, c->user, cs_buf_view(&whole));
		cs_buf_free(&whole);
	}
}

static void
on_control(struct cs_net_conn *c, const struct cs_ws_got *got)
{
	if (got->opcode == CS_WS_CLOSE)
		net_close_ws(c, CS_WS_CLOSE_NORMAL);
	else if (got->opcode == CS_WS_PING &&
	    net_waiting(c) < CS_NET_QUEUE_MAX &&
	    net_write_frame(c, CS_WS_PONG, got->bytes) != CS_OK)
		net_die(c);
}

/* One thing out of ${*n} bytes of frames. */
static void
take_frame(struct cs_net_conn *c, uint8_t **bytes, size_t *n)
{
	const struct cs_net_server_config *config = &c->server->config;
	size_t most = config->frame_max(config->arg, c->user);
	struct cs_ws_got got;

	cs_ws_next(
	    &got, &c->ws, bytes, n, most > c->in.len ? most - c->in.len : 0);
	switch (got.event) {
	case CS_WS_NOTHING:
		break;
	case CS_WS_DATA:
		on_data(c, &got);
		break;
	case CS_WS_SPOKEN:
		on_control(c, &got);
		break;
	case CS_WS_BAD:
		net_close_ws(c, got.why);
		break;
	}
}

/* Bytes of a head: those behind it stay. */
static void
take_head(struct cs_net_conn *c, uint8_t **bytes, size_t *n)
{
	struct cs_buf head = { 0 };
	size_t before = c->in.len, len;
	size_t piece = CS_HTTP_HEAD_MAX - before;

	if (piece > *n)
		piece = *n;
	if (cs_buf_add(&c->in, cs_view(*bytes, piece)) != CS_OK) {
		net_die(c);
		return;
	}
	len = cs_http_head_length(cs_buf_view(&c->in));
	if (len != 0)
		piece = len - before;
	*bytes += piece;
	*n -= piece;
	if (len == 0) {
		if (c->in.len == CS_HTTP_HEAD_MAX)
			net_reply_status(c, 431);
		return;
	}
	cs_buf_move(&head, &c->in);
	net_http_request(c, cs_view(head.data, len));
	cs_buf_free(&head);
}

static size_t
skip(struct cs_net_conn *c, size_t n)
{
	size_t piece = c->skip < n ? (size_t)c->skip : n;

	c->skip -= piece;
	c->moved_s = c->server->now_s;
	if (c->skip == 0)
		net_enter(c, c->closes ? NET_CLOSING : NET_HEAD);
	return piece;
}

/* Hand out ${n} bytes that have come, as far as it flows. */
static void
take(struct cs_net_conn *c, uint8_t *bytes, size_t n)
{
	size_t piece;

	while (n != 0 && net_flows(c)) {
		piece = n;
		switch (c->state) {
		case NET_HEAD:
			take_head(c, &bytes, &n);
			continue;
		case NET_WS:
			take_frame(c, &bytes, &n);
			continue;
		case NET_BODY:
			piece = c->ask != NULL ? net_ask_body(c, bytes, n)
					       : net_blob_body(c, bytes, n);
			break;
		case NET_SKIP:
			piece = skip(c, n);
			break;
		case NET_SENDS: /* until it is sent */
		case NET_SHOWS:
			if (c->rest.len == 0 &&
			    cs_buf_add(&c->rest, cs_view(bytes, n)) == CS_OK)
				c->server->queued += n;
			else
				net_die(c);
			return;
		default:
			return;
		}
		bytes += piece;
		n -= piece;
	}
	if (n == 0 || c->state == NET_DEAD)
		return;
	if (cs_buf_add(&c->rest, cs_view(bytes, n)) != CS_OK)
		net_die(c);
	else
		c->server->queued += n;
}

static void
handshake(struct cs_net_conn *c)
{
	switch (cs_tls_handshake(c->tls)) {
	case CS_TLS_DONE:
		c->out_blocked = false;
		net_enter(c, NET_HEAD);
		if (net_io_pending(c))
			net_later(c);
		return;
	case CS_TLS_WANT_READ:
		c->out_blocked = false;
		break;
	case CS_TLS_WANT_WRITE:
		c->out_blocked = true;
		break;
	case CS_TLS_OVER:
		net_die(c);
		return;
	}
	net_arm(c);
}

void
net_readable(struct cs_net_conn *c)
{
	uint8_t *bytes = c->server->bytes;
	enum cs_tls_io io = CS_TLS_DONE;
	size_t got, turn = 0;

	if (c->state == NET_HANDSHAKE) {
		handshake(c);
		return;
	}
	do {
		io = net_io_read(c, bytes, NET_READ_BYTES, &got);
		if (io != CS_TLS_DONE)
			break;
		turn += got;
		c->heard_s = c->server->now_s;
		c->pinged = false;
		take(c, bytes, got);
		cs_wipe(bytes, got);
	} while (net_reads(c) && net_io_pending(c) && turn < NET_TURN_BYTES);
	if (io == CS_TLS_OVER)
		net_die(c);
	if (c->state == NET_DEAD)
		return;
	/* The socket says nothing of what OpenSSL has read already.  A part of
	 * a record is no reason to come back: its rest will be told. */
	if (io == CS_TLS_DONE && net_io_pending(c) && net_reads(c))
		net_later(c);
	net_arm(c);
}

void
net_writable(struct cs_net_conn *c)
{
	if (c->state == NET_HANDSHAKE)
		handshake(c);
	else
		net_flush(c);
}

void
net_go_on(struct cs_net_conn *c)
{
	struct cs_buf rest = { 0 };

	net_list_remove(&c->ready);
	if (c->state == NET_DEAD || !net_flows(c))
		return;
	if (c->rest.len != 0) {
		cs_buf_move(&rest, &c->rest);
		c->server->queued -= rest.len;
		take(c, rest.data, rest.len);
		cs_buf_free(&rest);
	}
	if (net_reads(c) && net_io_pending(c))
		net_readable(c);
	if (c->state != NET_DEAD)
		net_arm(c);
}

/* ---- time --------------------------------------------------------------- */

/* The second in which ${c} has to be ended. */
static uint64_t
ends_s(const struct cs_net_conn *c)
{
	unsigned stranger_s = c->server->config.limits.stranger_s;
	uint64_t end = c->heard_s + CS_NET_HANGUP_S;

	switch (c->state) {
	case NET_HANDSHAKE:
	case NET_HEAD:
		return c->since_s + CS_NET_HANDSHAKE_S;
	case NET_ASKS:
	case NET_BODY:
	case NET_SKIP:
	case NET_SENDS:
	case NET_SHOWS:
		return c->moved_s + CS_NET_STALL_S;
	case NET_WS:
		if (net_waiting(c) != 0 && c->moved_s + CS_NET_STALL_S < end)
			end = c->moved_s + CS_NET_STALL_S;
		if (!c->peer.known && stranger_s != 0 &&
		    c->opened_s + stranger_s < end)
			end = c->opened_s + stranger_s;
		return end;
	default:
		return c->since_s + CS_NET_CLOSE_S;
	}
}

/* Megabytes may have gone to the kernel, which a slow line takes minutes to get
 * rid of: as long as they become fewer, somebody reads. */
static void
look_at_socket(struct cs_net_conn *c)
{
	uint64_t moved;

	if (c->state == NET_HANDSHAKE || c->state == NET_HEAD)
		return;
	moved = cs_net_moved(c->fd);
	if (moved == c->moved)
		return;
	c->moved = moved;
	c->moved_s = c->server->now_s;
	if (c->state == NET_CLOSING || c->state == NET_LINGERS)
		c->since_s = c->moved_s;
}

void
net_look(struct cs_net_conn *c)
{
	uint64_t now = c->server->now_s, end = ends_s(c);
	uint64_t ping = c->heard_s + CS_NET_PING_S;

	if (end <= now) {
		look_at_socket(c);
		end = ends_s(c);
	}
	if (end <= now) {
		net_die(c);
		return;
	}
	if (c->state == NET_WS && !c->pinged && ping <= now) {
		c->pinged = true;
		if (net_write_frame(c, CS_WS_PING, cs_view(NULL, 0)) != CS_OK) {
			net_die(c);
			return;
		}
	}
	net_due(c, c->state == NET_WS && !c->pinged && ping < end ? ping : end);
}

/* ---- coming and going --------------------------------------------------- */

enum cs_err
net_conn_new(struct cs_net_server *s, int fd,
    const uint8_t address[static CS_NET_ADDRESS_LEN], bool web)
{
	struct cs_net_conn *c = cs_calloc(1, sizeof *c);
	struct epoll_event e = { .events = EPOLLIN };
	enum cs_err err = CS_OK;

	if (c == NULL)
		return CS_ERR_NOMEM;
	c->web = web;
	if (web && s->web.plain)
		c->state = NET_HEAD;
	else
		err = cs_tls_accept(
		    &c->tls, web ? s->web_tls : s->config.tls, fd);
	if (err) {
		cs_free(c, sizeof *c);
		return err;
	}
	e.data.ptr = c;
	if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e) != 0) {
		cs_tls_free(c->tls);
		cs_free(c, sizeof *c);
		return CS_ERR_IO;
	}
	c->server = s;
	c->fd = fd;
	c->armed = e.events;
	c->since_s = c->opened_s = c->heard_s = c->moved_s = s->now_s;
	memcpy(c->address, address, CS_NET_ADDRESS_LEN);
	cs_net_peers_came(s->peers, &c->peer, address);
	net_list_add(&s->all, &c->all);
	net_due(c, s->now_s + CS_NET_HANDSHAKE_S);
	return CS_OK;
}

void
net_conn_free(struct cs_net_conn *c)
{
	const struct cs_net_server_config *config = &c->server->config;

	if (c->opened)
		config->closed(config->arg, c, c->user);
	net_blob_drop(c);
	net_ask_drop(c);
	cs_release_drop(c->release);
	net_list_remove(&c->all);
	cs_tls_free(c->tls);
	close(c->fd);
	cs_free(c, sizeof *c);
}
