/* SPDX-License-Identifier: MIT */
#include "net/server.h"

#include <string.h>

#include "base/alloc.h"
#include "crypto/tls.h"
#include "net/server_http.h"
#include "net/server_internal.h"

#define CLOSE_S 5 /* for the last words to be read */

/* A frame that waits to be written. */
struct pending {
	struct pending *next;
	size_t len;
	uint8_t bytes[]; /* LWS_PRE, then the frame */
};

/* One WebSocket.  Invariant: queued is the sum of len over the list, and
 * server->queued the sum of those. */
struct cs_net_conn {
	struct cs_net_server *server;
	struct lws *wsi;
	void *user;
	struct cs_buf in;
	struct pending *head, **tail;
	struct cs_net_conn *next, **link; /* all of the server */
	size_t queued;
	bool closing;
	bool held;  /* by the program */
	bool known; /* no stranger */
	/* Whole frames that have come and have to wait. */
	struct pending *in_head, **in_tail;
	size_t in_bytes;
	unsigned in_frames;
};

/* Frames that may wait for their turn: a connection that sends more before it
 * is answered is cut.  libwebsockets could leave them in the socket instead,
 * but what it has read already it copies anew for each frame that is taken. */
#define IN_BYTES_MAX ((size_t)1 << 20)
#define IN_FRAMES_MAX 4096
#define IN_BYTES_STRANGER ((size_t)16 << 10)
#define IN_FRAMES_STRANGER 256

struct ws_session {
	struct cs_net_conn *conn;
};

static void
drop_queue(struct cs_net_conn *c)
{
	while (c->head != NULL) {
		struct pending *p = c->head;

		c->head = p->next;
		cs_free(p, sizeof *p + LWS_PRE + p->len);
	}
	c->tail = &c->head;
	c->server->queued -= c->queued;
	c->queued = 0;
}

/* The first frame that waits, for the caller to free. */
static struct pending *
take_kept(struct cs_net_conn *c)
{
	struct pending *p = c->in_head;

	c->in_head = p->next;
	if (c->in_head == NULL)
		c->in_tail = &c->in_head;
	c->in_bytes -= p->len;
	c->in_frames--;
	c->server->queued -= p->len;
	c->server->frames_wait--;
	return p;
}

static void
free_pending(struct pending *p)
{
	cs_free(p, sizeof *p + LWS_PRE + p->len);
}

static void
drop_kept(struct cs_net_conn *c)
{
	while (c->in_head != NULL)
		free_pending(take_kept(c));
}

/* Is its next frame for the program now? */
static bool
flows(const struct cs_net_conn *c)
{
	size_t most = c->server->config.limits.waiting;

	return !c->held && !c->closing && (most == 0 || c->queued <= most);
}

/* End it now, with what it has not read. */
static void
cut(struct cs_net_conn *c)
{
	drop_queue(c);
	drop_kept(c);
	c->closing = true;
	lws_set_timeout(c->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_ASYNC);
}

/* Keep a frame for later. */
static enum cs_err
keep_frame(struct cs_net_conn *c, struct cs_view frame)
{
	size_t bytes = c->known ? IN_BYTES_MAX : IN_BYTES_STRANGER;
	unsigned frames = c->known ? IN_FRAMES_MAX : IN_FRAMES_STRANGER;
	struct pending *p;

	/* One that is longer than that may wait alone. */
	if (c->in_frames >= frames ||
	    (c->in_frames != 0 && c->in_bytes + frame.len > bytes))
		return CS_ERR_LIMIT;
	if ((p = cs_calloc(1, sizeof *p + LWS_PRE + frame.len)) == NULL)
		return CS_ERR_NOMEM;
	p->len = frame.len;
	if (frame.len != 0)
		memcpy(p->bytes + LWS_PRE, frame.data, frame.len);
	*c->in_tail = p;
	c->in_tail = &p->next;
	c->in_bytes += p->len;
	c->in_frames++;
	c->server->queued += p->len;
	c->server->frames_wait++;
	return CS_OK;
}

/* Hand out frames that have waited, as far as their connections flow; true if
 * there were any. */
static bool
give_kept(struct cs_net_server *s)
{
	bool any = false;

	for (struct cs_net_conn *c = s->conns; s->frames_wait != 0 && c != NULL;
	     c = c->next)
		while (c->in_head != NULL && flows(c)) {
			struct pending *p = take_kept(c);

			any = true;
			s->config.frame(s->config.arg, c, c->user,
			    cs_view(p->bytes + LWS_PRE, p->len));
			free_pending(p);
		}
	return any;
}

/* So much more is too much for all: who has most waiting goes. */
static void
make_room(struct cs_net_server *s, size_t len)
{
	size_t most = s->config.limits.waiting_all;

	while (most != 0 && s->queued != 0 && s->queued + len > most) {
		struct cs_net_conn *worst = s->conns;

		for (struct cs_net_conn *c = s->conns; c != NULL; c = c->next)
			if (c->queued + c->in_bytes >
			    worst->queued + worst->in_bytes)
				worst = c;
		cut(worst);
	}
}

static int
on_open(struct cs_net_server *s, struct ws_session *session, struct lws *wsi)
{
	struct cs_net_conn *c = cs_calloc(1, sizeof *c);

	if (c == NULL)
		return -1;
	c->server = s;
	c->wsi = wsi;
	c->tail = &c->head;
	c->in_tail = &c->in_head;
	if (s->config.opened(s->config.arg, c, &c->user) != CS_OK) {
		drop_queue(c);
		cs_free(c, sizeof *c);
		return -1;
	}
	c->next = s->conns;
	c->link = &s->conns;
	if (c->next != NULL)
		c->next->link = &c->next;
	s->conns = c;
	session->conn = c;
	return 0;
}

static void
on_close(struct ws_session *session)
{
	struct cs_net_conn *c = session->conn;

	session->conn = NULL;
	if (c == NULL)
		return;
	c->server->config.closed(c->server->config.arg, c, c->user);
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
	drop_queue(c);
	drop_kept(c);
	cs_buf_free(&c->in);
	cs_free(c, sizeof *c);
}

static int
on_receive(struct cs_net_conn *c, struct lws *wsi, const void *in, size_t len)
{
	const struct cs_net_server_config *config = &c->server->config;

	if (c->closing)
		return 0;
	/* Text frames are none of ours. */
	if (!lws_frame_is_binary(wsi))
		return -1;
	c->in.max = config->frame_max(config->arg, c->user);
	if (cs_buf_add(&c->in, cs_view(in, len)) != CS_OK) {
		lws_close_reason(
		    wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, NULL, 0);
		return -1;
	}
	if (!lws_is_final_fragment(wsi) ||
	    lws_remaining_packet_payload(wsi) != 0)
		return 0;
	if (c->in_head == NULL && flows(c))
		config->frame(config->arg, c, c->user, cs_buf_view(&c->in));
	else if (keep_frame(c, cs_buf_view(&c->in)) != CS_OK)
		cut(c);
	/* An idle connection holds no buffer. */
	cs_buf_free(&c->in);
	return 0;
}

/* Something moved: the time for the next begins. */
static void
wait_for_reader(struct cs_net_conn *c)
{
	if (c->closing)
		lws_set_timeout(c->wsi, PENDING_TIMEOUT_CLOSE_SEND, CLOSE_S);
	else if (c->head != NULL)
		lws_set_timeout(
		    c->wsi, PENDING_TIMEOUT_HTTP_CONTENT, CS_NET_STALL_S);
	else
		lws_set_timeout(c->wsi, NO_PENDING_TIMEOUT, 0);
}

static int
on_writable(struct cs_net_conn *c, struct lws *wsi)
{
	struct pending *p = c->head;
	int n;

	if (p == NULL)
		return c->closing ? -1 : 0;
	n = lws_write(wsi, p->bytes + LWS_PRE, p->len, LWS_WRITE_BINARY);
	if (n < 0)
		return -1;
	c->head = p->next;
	if (c->head == NULL)
		c->tail = &c->head;
	c->queued -= p->len;
	c->server->queued -= p->len;
	cs_free(p, sizeof *p + LWS_PRE + p->len);
	wait_for_reader(c);
	if (c->head != NULL || c->closing)
		lws_callback_on_writable(wsi);
	return 0;
}

static struct cs_net_server *
server_of(struct lws *wsi)
{
	return lws_context_user(lws_get_context(wsi));
}

static int
ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
    void *in, size_t len)
{
	struct ws_session *session = user;

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		return on_open(server_of(wsi), session, wsi);
	case LWS_CALLBACK_CLOSED:
		on_close(session);
		return 0;
	case LWS_CALLBACK_RECEIVE:
		return session->conn != NULL
		    ? on_receive(session->conn, wsi, in, len)
		    : -1;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return session->conn != NULL ? on_writable(session->conn, wsi)
					     : -1;
	default:
		return 0;
	}
}

enum cs_err
cs_net_conn_send(struct cs_net_conn *c, struct cs_view frame)
{
	struct pending *p;

	if (c->closing)
		return CS_ERR_CLOSED;
	if (frame.len > CS_NET_QUEUE_MAX - c->queued) {
		/* It stalls: it costs its limit and no more. */
		cut(c);
		return CS_ERR_LIMIT;
	}
	make_room(c->server, frame.len);
	if (c->closing)
		return CS_ERR_LIMIT;
	p = cs_calloc(1, sizeof *p + LWS_PRE + frame.len);
	if (p == NULL)
		return CS_ERR_NOMEM;
	p->len = frame.len;
	memcpy(p->bytes + LWS_PRE, frame.data, frame.len);
	*c->tail = p;
	c->tail = &p->next;
	c->queued += p->len;
	c->server->queued += p->len;
	if (c->head == p)
		wait_for_reader(c);
	lws_callback_on_writable(c->wsi);
	return CS_OK;
}

void
cs_net_conn_close(struct cs_net_conn *c)
{
	if (c->closing)
		return;
	c->closing = true;
	lws_set_timeout(c->wsi, PENDING_TIMEOUT_CLOSE_SEND, CLOSE_S);
	lws_callback_on_writable(c->wsi);
}

void
cs_net_conn_hold(struct cs_net_conn *c)
{
	c->held = true;
}

void
cs_net_conn_resume(struct cs_net_conn *c)
{
	c->held = false;
}

void
cs_net_conn_known(struct cs_net_conn *c)
{
	c->known = true;
	cs_net_peers_know(c->server->peers, c->wsi);
}

void
cs_net_conn_address(
    uint8_t out[static CS_NET_ADDRESS_LEN], const struct cs_net_conn *c)
{
	cs_net_peers_address(out, c->wsi);
}

enum cs_err
cs_net_conn_exporter(struct cs_net_conn *c, uint8_t out[static 32])
{
	return cs_tls_exporter(out, lws_get_ssl(c->wsi));
}

/* lws keeps this for each WebSocket, idle ones too: a frame with a message of
 * the usual length fits, and longer ones come in pieces. */
#define RX_BYTES 4096

/* The first protocol serves plain HTTP, too. */
static const struct lws_protocols protocols[] = {
	{ "http", cs_net_http_callback, sizeof(struct http_session), 0, 0, NULL,
	    0 },
	{ "countersign.v1", ws_callback, sizeof(struct ws_session), RX_BYTES, 0,
	    NULL, 0 },
	{ 0 },
};

static const lws_retry_bo_t keepalive = {
	.secs_since_valid_ping = CS_NET_PING_S,
	.secs_since_valid_hangup = CS_NET_HANGUP_S,
};

enum cs_err
cs_net_server_new(
    struct cs_net_server **out, const struct cs_net_server_config *config)
{
	struct cs_net_server *s = cs_calloc(1, sizeof *s);
	struct lws_context_creation_info info = { 0 };

	*out = NULL;
	if (s == NULL)
		return CS_ERR_NOMEM;
	s->config = *config;
	if (cs_net_peers_new(&s->peers, &config->limits) != CS_OK) {
		cs_free(s, sizeof *s);
		return CS_ERR_NOMEM;
	}
	lws_set_log_level(0, NULL);
	info.iface = config->host;
	info.port = config->port;
	info.protocols = protocols;
	info.user = s;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	info.ssl_cert_filepath = config->chain_path;
	info.ssl_private_key_filepath = config->key_path;
	info.alpn = "http/1.1";
	info.timeout_secs = CS_NET_HANDSHAKE_S;
	info.keepalive_timeout = CS_NET_HANDSHAKE_S;
	info.pt_serv_buf_size = 32768;
	info.retry_and_idle_policy = &keepalive;
	info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
	    LWS_SERVER_OPTION_DISABLE_IPV6 |
	    LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	s->context = lws_create_context(&info);
	if (s->context == NULL) {
		cs_net_peers_free(s->peers);
		cs_free(s, sizeof *s);
		return CS_ERR_IO;
	}
	*out = s;
	return CS_OK;
}

void
cs_net_server_free(struct cs_net_server *s)
{
	if (s == NULL)
		return;
	lws_sul_cancel(&s->timer);
	lws_context_destroy(s->context);
	cs_net_peers_free(s->peers);
	cs_free(s, sizeof *s);
}

static void
on_timer(lws_sorted_usec_list_t *sul)
{
	struct cs_net_server *s =
	    lws_container_of(sul, struct cs_net_server, timer);

	s->timer_fired = true;
	/* It may fire before lws waits, and then lws waits all the same. */
	lws_cancel_service(s->context);
}

enum cs_err
cs_net_server_run(struct cs_net_server *s, int timeout_ms)
{
	/* Their answers are not to wait for whatever comes next. */
	if (give_kept(s))
		timeout_ms = 0;
	if (timeout_ms == 0) /* below zero: lws looks and does not wait */
		return lws_service(s->context, -1) < 0 ? CS_ERR_IO : CS_OK;
	lws_sul_schedule(
	    s->context, 0, &s->timer, on_timer, (lws_usec_t)timeout_ms * 1000);
	return lws_service(s->context, 0) < 0 ? CS_ERR_IO : CS_OK;
}
