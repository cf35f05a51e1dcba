/* SPDX-License-Identifier: MIT */
#include "net/web.h"

#include <libwebsockets.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "crypto/tls.h"
#include "net/peers.h"

#define CHUNK 16384
#define REQUEST_S 20 /* for the head of a request to come whole */
#define BODY_S 120   /* for the rest of it, over a slow line */
#define LENGTH_DIGITS 10
/* A body may be large, so there are few of them at once in all. */
#define BODY_SMALL ((size_t)64 << 10) /* any number of these */
#define BODIES_LARGE 4                /* as much as so many of the largest */
#define POLL_US 500000
#define ACCEPTS 16     /* at once */
#define STALL_LOOKS 40 /* of a stream's reader, before it counts as gone */

struct cs_web {
	struct cs_web_config config;
	struct lws_context *context;
	struct lws_vhost *vhost;
	struct lws *listening;
	volatile sig_atomic_t stop;
	struct net_peers *peers;
	unsigned streams;
	size_t held; /* bytes of bodies that are larger than small */
};

/* What one request is at; in memory of lws, zero at its start. */
struct session {
	struct cs_web_request *rq; /* NULL: between requests */
	char *path;
	struct cs_buf body, out;
	size_t sent;
	void *stream;
	unsigned stalled; /* looks in a row that found something unread */
	bool answered;
	bool ends; /* the connection, with this answer */
};

/* Who is at the other end of a connection; hangs on it. */
struct web_peer {
	struct net_peer peer;
	struct lws *wsi;
};

static struct cs_web *
web_of(struct lws *wsi)
{
	return lws_context_user(lws_get_context(wsi));
}

/* ---- who comes ---------------------------------------------------------- */

static void
on_cut(struct net_peer *peer)
{
	struct web_peer *p = (struct web_peer *)peer;

	lws_set_timeout(p->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_ASYNC);
}

static void
address_of(uint8_t out[static CS_NET_ADDRESS_LEN], lws_sockfd_type fd)
{
	struct sockaddr_storage from = { 0 };
	socklen_t n = sizeof from;

	if (getpeername(fd, (struct sockaddr *)&from, &n) != 0)
		from.ss_family = AF_UNSPEC;
	cs_net_address(out, &from);
}

static int
came(struct cs_web *w, struct lws *wsi)
{
	struct web_peer *p = cs_calloc(1, sizeof *p);
	uint8_t address[CS_NET_ADDRESS_LEN];

	if (p == NULL)
		return -1;
	p->wsi = wsi;
	address_of(address, lws_get_socket_fd(wsi));
	cs_net_peers_came(w->peers, &p->peer, address);
	lws_set_opaque_user_data(wsi, p);
	return 0;
}

static void
gone(struct cs_web *w, struct lws *wsi)
{
	struct web_peer *p = lws_get_opaque_user_data(wsi);

	if (p == NULL)
		return;
	lws_set_opaque_user_data(wsi, NULL);
	cs_net_peers_gone(w->peers, &p->peer);
	cs_free(p, sizeof *p);
}

static void
know(struct cs_web *w, struct lws *wsi)
{
	struct web_peer *p = lws_get_opaque_user_data(wsi);

	if (p != NULL)
		cs_net_peers_know(w->peers, &p->peer);
}

const char *
cs_web_arg(const struct cs_web_request *rq, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < rq->n_args; i++)
		if (strncmp(rq->args[i], name, n) == 0 && rq->args[i][n] == '=')
			return rq->args[i] + n + 1;
	return "";
}

/* ---- the answer --------------------------------------------------------- */

struct head {
	struct lws *wsi;
	unsigned char *p, *end;
	bool failed;
};

static void
add(struct head *h, const char *name, const char *value)
{
	h->failed |=
	    lws_add_http_header_by_name(h->wsi, (const unsigned char *)name,
		(const unsigned char *)value, (int)strlen(value), &h->p,
		h->end) != 0;
}

/* What every answer says, so that no browser guesses, keeps or frames it. */
static void
add_common(struct head *h, const struct cs_web *w)
{
	add(h, "content-security-policy:", w->config.csp);
	add(h, "x-content-type-options:", "nosniff");
	add(h, "x-frame-options:", "DENY");
	add(h, "referrer-policy:", "no-referrer");
	add(h, "cache-control:", "no-store");
	add(h, "cross-origin-opener-policy:", "same-origin");
	add(h, "cross-origin-resource-policy:", "same-origin");
	add(h,
	    "permissions-policy:", "camera=(), microphone=(), geolocation=()");
}

static int
send_head(struct lws *wsi, const struct cs_web *w,
    const struct cs_web_answer *a, size_t length)
{
	unsigned char buf[LWS_PRE + 4096], *start = buf + LWS_PRE;
	struct head h = { wsi, start, buf + sizeof buf - 1, false };
	char number[16];

	if (lws_add_http_common_headers(
		wsi, (unsigned)a->status, a->media_type, length, &h.p, h.end))
		return -1;
	add_common(&h, w);
	if (a->set_cookie[0] != '\0')
		add(&h, "set-cookie:", a->set_cookie);
	if (a->disposition[0] != '\0')
		add(&h, "content-disposition:", a->disposition);
	if (a->retry_after_s != 0) {
		snprintf(number, sizeof number, "%u", a->retry_after_s);
		add(&h, "retry-after:", number);
	}
	if (h.failed || lws_finalize_write_http_header(wsi, start, &h.p, h.end))
		return -1;
	return 0;
}

static int
start_stream(struct lws *wsi, struct session *s, const struct cs_web_answer *a)
{
	struct cs_web *w = web_of(wsi);

	if (send_head(wsi, w, a, LWS_ILLEGAL_HTTP_CONTENT_LEN) != 0) {
		w->config.ended(w->config.arg, a->stream);
		return -1;
	}
	s->stream = a->stream;
	w->streams++;
	lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
	lws_set_timer_usecs(wsi, 1);
	return 0;
}

/* The body is read, or will not be. */
static void
drop_body(struct cs_web *w, struct session *s)
{
	if (s->body.len > BODY_SMALL)
		w->held -= s->body.len;
	cs_buf_free(&s->body);
}

/* Send ${a}, whose body is taken. */
static int
send_answer(struct lws *wsi, struct session *s, struct cs_web_answer *a)
{
	int failed = send_head(wsi, web_of(wsi), a, a->body.len);

	cs_buf_move(&s->out, &a->body);
	s->sent = 0;
	if (failed != 0)
		return -1;
	if (s->rq != NULL && strcmp(s->rq->method, "HEAD") == 0)
		cs_buf_free(&s->out);
	if (s->out.len == 0)
		return s->ends || lws_http_transaction_completed(wsi) ? -1 : 0;
	lws_callback_on_writable(wsi);
	return 0;
}

static int
answer(struct lws *wsi, struct session *s)
{
	struct cs_web *w = web_of(wsi);
	struct cs_web_answer a = { .status = 500,
		.media_type = "text/plain; charset=utf-8" };

	s->answered = true;
	lws_set_timer_usecs(wsi, LWS_SET_TIMER_USEC_CANCEL);
	s->rq->body = cs_buf_view(&s->body);
	w->config.handle(w->config.arg, s->rq, &a);
	if (a.known)
		know(w, wsi);
	drop_body(w, s);
	if (a.stream != NULL && w->streams >= CS_WEB_STREAMS_MAX) {
		w->config.ended(w->config.arg, a.stream);
		a.stream = NULL;
		a.status = 503;
	}
	if (a.stream != NULL) {
		cs_buf_free(&a.body);
		return start_stream(wsi, s, &a);
	}
	return send_answer(wsi, s, &a);
}

/* Answer without asking anybody; what else comes on this connection is not
 * read, because it may be anything. */
static int
refuse(struct lws *wsi, struct session *s, int status)
{
	struct cs_web_answer a = { .status = status,
		.media_type = "text/plain; charset=utf-8" };

	s->answered = s->ends = true;
	drop_body(web_of(wsi), s);
	return send_answer(wsi, s, &a);
}

static void
clear(struct cs_web *w, struct session *s)
{
	drop_body(w, s);
	if (s->rq != NULL)
		cs_free(s->rq, sizeof *s->rq);
	cs_free_plain(s->path);
	cs_buf_free(&s->out);
	s->rq = NULL;
	s->path = NULL;
	s->sent = 0;
	s->answered = false;
}

/* ---- the request -------------------------------------------------------- */

/* False: it is too long. */
static bool
header(struct lws *wsi, char out[static CS_WEB_HEADER_MAX],
    enum lws_token_indexes token)
{
	out[0] = '\0';
	return lws_hdr_total_length(wsi, token) <= 0 ||
	    lws_hdr_copy(wsi, out, CS_WEB_HEADER_MAX, token) > 0;
}

static bool
csrf_header(struct lws *wsi, char out[static CS_WEB_HEADER_MAX])
{
	static const char name[] = "x-csrf-token:";
	int n = (int)sizeof name - 1;

	out[0] = '\0';
	return lws_hdr_custom_length(wsi, name, n) <= 0 ||
	    lws_hdr_custom_copy(wsi, out, CS_WEB_HEADER_MAX, name, n) > 0;
}

static bool
read_headers(struct lws *wsi, struct cs_web_request *rq)
{
	return header(wsi, rq->host, WSI_TOKEN_HOST) &&
	    header(wsi, rq->origin, WSI_TOKEN_ORIGIN) &&
	    header(wsi, rq->cookie, WSI_TOKEN_HTTP_COOKIE) &&
	    header(wsi, rq->authorization, WSI_TOKEN_HTTP_AUTHORIZATION) &&
	    csrf_header(wsi, rq->csrf);
}

/*
 * RFC 9112, section 6.3: how long the body is.  One length, in digits, and no
 * other framing: what somebody before us could read in another way than we do
 * ends in a request that nobody has made.
 */
static bool
read_length(struct lws *wsi, size_t *out)
{
	const enum lws_token_indexes token = WSI_TOKEN_HTTP_CONTENT_LENGTH;
	char text[LENGTH_DIGITS + 1];
	int n = lws_hdr_total_length(wsi, token);

	*out = 0;
	if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0)
		return false;
	if (n <= 0)
		return true;
	if (n > LENGTH_DIGITS || lws_hdr_fragment_length(wsi, token, 1) > 0 ||
	    lws_hdr_copy(wsi, text, sizeof text, token) != n)
		return false;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p < '0' || *p > '9')
			return false;
		*out = *out * 10 + (size_t)(*p - '0');
	}
	return true;
}

static const char *
method_of(struct lws *wsi)
{
	static const struct {
		enum lws_token_indexes token;
		const char *name;
	} methods[] = {
		{ WSI_TOKEN_GET_URI, "GET" },
		{ WSI_TOKEN_POST_URI, "POST" },
		{ WSI_TOKEN_PUT_URI, "PUT" },
		{ WSI_TOKEN_DELETE_URI, "DELETE" },
		{ WSI_TOKEN_HEAD_URI, "HEAD" },
	};

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (lws_hdr_total_length(wsi, methods[i].token) > 0)
			return methods[i].name;
	return "OTHER";
}

/* False: one is too long, or there are too many. */
static bool
read_args(struct lws *wsi, struct cs_web_request *rq)
{
	const enum lws_token_indexes token = WSI_TOKEN_HTTP_URI_ARGS;

	for (int i = 0; lws_hdr_fragment_length(wsi, token, i) > 0; i++) {
		if (i == CS_WEB_ARGS_MAX ||
		    lws_hdr_copy_fragment(
			wsi, rq->args[i], CS_WEB_ARG_MAX, token, i) < 0)
			return false;
		rq->n_args++;
	}
	return true;
}

static int
on_request(struct lws *wsi, struct session *s, const char *path)
{
	struct cs_web *w = web_of(wsi);
	struct cs_web_request *rq;
	size_t length;

	clear(w, s);
	if (strlen(path) > CS_WEB_PATH_MAX ||
	    (s->rq = rq = cs_calloc(1, sizeof *rq)) == NULL ||
	    (s->path = cs_strdup(path)) == NULL)
		return -1;
	rq->method = method_of(wsi);
	rq->path = s->path;
	lws_get_peer_simple(wsi, rq->peer, sizeof rq->peer);
	if (!read_length(wsi, &length) ||
	    (strcmp(rq->method, "GET") == 0 && length != 0))
		return refuse(wsi, s, 400);
	if (!read_headers(wsi, rq))
		return refuse(wsi, s, 431);
	if (!read_args(wsi, rq))
		return refuse(wsi, s, 414);
	if (length > w->config.body_max)
		return refuse(wsi, s, 413);
	if (length == 0)
		return answer(wsi, s);
	s->body.max = length;
	lws_set_timer_usecs(wsi, BODY_S * LWS_US_PER_SEC);
	return 0; /* its body comes */
}

static int
on_body(struct lws *wsi, struct session *s, const void *in, size_t len)
{
	struct cs_web *w = web_of(wsi);
	size_t before = s->body.len;

	if (s->rq == NULL || s->answered)
		return 0;
	if (before + len > BODY_SMALL &&
	    w->held + len > BODIES_LARGE * w->config.body_max)
		return refuse(wsi, s, 503);
	if (cs_buf_add(&s->body, cs_view(in, len)) != CS_OK)
		return -1;
	if (s->body.len > BODY_SMALL)
		w->held += before > BODY_SMALL ? len : s->body.len;
	return 0;
}

static int
on_writable(struct lws *wsi, struct session *s)
{
	unsigned char buf[LWS_PRE + CHUNK];
	size_t left = s->out.len - s->sent;
	size_t n = left < CHUNK ? left : CHUNK;
	bool last = n == left && s->stream == NULL;

	if (n == 0)
		return 0;
	if (s->stream == NULL) /* a reader that takes nothing is let go */
		lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, REQUEST_S);
	memcpy(buf + LWS_PRE, s->out.data + s->sent, n);
	if (lws_write(wsi, buf + LWS_PRE, n,
		last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)n)
		return -1;
	s->sent += n;
	cs_wipe(buf, sizeof buf);
	if (last) {
		clear(web_of(wsi), s);
		if (s->ends)
			return -1;
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	}
	if (s->sent < s->out.len)
		lws_callback_on_writable(wsi);
	else
		cs_buf_free(&s->out), s->sent = 0;
	return 0;
}

/* Has the reader closed?  Nothing is read from a stream, so nobody else would
 * notice before the next event. */
static bool
reader_gone(struct lws *wsi)
{
	struct pollfd p = { .fd = lws_get_socket_fd(wsi), .events = POLLRDHUP };

	return poll(&p, 1, 0) > 0;
}

/* The next look at a stream's events. */
static int
on_timer(struct lws *wsi, struct session *s)
{
	struct cs_web *w = web_of(wsi);

	if (s->stream == NULL) /* a body that does not come */
		return s->answered ? 0 : -1;
	if (reader_gone(wsi))
		return -1;
	/* A reader that stalls gets nothing new until it has read, and loses
	 * its place in the end. */
	if (s->out.len == 0) {
		s->stalled = 0;
		if (!w->config.more(w->config.arg, s->stream, &s->out))
			return -1;
	} else if (++s->stalled >= STALL_LOOKS) {
		return -1;
	}
	if (s->out.len != 0)
		lws_callback_on_writable(wsi);
	lws_set_timer_usecs(wsi, POLL_US);
	return 0;
}

static void
on_closed(struct lws *wsi, struct session *s)
{
	struct cs_web *w = web_of(wsi);

	if (s->stream != NULL) {
		w->config.ended(w->config.arg, s->stream);
		w->streams--;
		s->stream = NULL;
	}
	clear(w, s);
}

/* ---- events ------------------------------------------------------------- */

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
    void *in, size_t len)
{
	struct session *s = user;
	struct cs_web *w = wsi != NULL ? web_of(wsi) : NULL;

	switch (reason) {
	case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
		return cs_tls_server_setup(user) == CS_OK ? 0 : -1;
	case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
		return came(w, wsi);
	case LWS_CALLBACK_WSI_DESTROY:
		gone(w, wsi);
		return 0;
	case LWS_CALLBACK_HTTP:
		return on_request(wsi, s, in);
	case LWS_CALLBACK_HTTP_BODY:
		return on_body(wsi, s, in, len);
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return s->rq != NULL && !s->answered ? answer(wsi, s) : 0;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return on_writable(wsi, s);
	case LWS_CALLBACK_TIMER:
		return on_timer(wsi, s);
	/* Either of them comes last: bytes that are no request may make
	 * something else of a connection. */
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
	case LWS_CALLBACK_CLOSED_HTTP:
		if (s != NULL)
			on_closed(wsi, s);
		return 0;
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return 1; /* there is nothing to upgrade to */
	default:
		return 0;
	}
}

/* ---- those who come ----------------------------------------------------- */

/* Let in who may come: libwebsockets is given connections, and never listens,
 * because it would want to open its socket by itself. */
static void
let_in(struct cs_web *w)
{
	uint8_t address[CS_NET_ADDRESS_LEN];
	int one = 1;

	for (unsigned i = 0; i < ACCEPTS; i++) {
		int fd = accept4(w->config.listener, NULL, NULL,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0)
			return;
		address_of(address, fd);
		(void)setsockopt(
		    fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		/* Closed by it if it cannot be taken. */
		if (cs_net_peers_may_come(w->peers, address))
			(void)lws_adopt_socket_vhost(w->vhost, fd);
		else
			close(fd);
	}
}

/* The listener, and what the program watches. */
static int
watched_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
    void *in, size_t len)
{
	struct cs_web *w = wsi != NULL ? web_of(wsi) : NULL;

	(void)user;
	(void)in;
	(void)len;
	if (reason != LWS_CALLBACK_RAW_RX_FILE || w == NULL)
		return 0;
	if (wsi == w->listening)
		let_in(w);
	else
		w->config.changed(w->config.arg);
	return 0;
}

/* ---- the server --------------------------------------------------------- */

static const struct lws_protocols protocols[] = {
	{ "http", callback, sizeof(struct session), 0, 0, NULL, 0 },
	{ "watched", watched_callback, 0, 0, 0, NULL, 0 },
	{ 0 },
};

static struct lws *
watch(struct cs_web *w, int *fd)
{
	lws_sock_file_fd_type what = { .filefd = *fd };
	struct lws *wsi = lws_adopt_descriptor_vhost(
	    w->vhost, LWS_ADOPT_RAW_FILE_DESC, what, protocols[1].name, NULL);

	/* Closed with it from now on. */
	if (wsi != NULL)
		*fd = -1;
	return wsi;
}

static bool
make_context(struct cs_web *w)
{
	const struct cs_web_config *config = &w->config;
	struct lws_context_creation_info info = { 0 };

	lws_set_log_level(0, NULL);
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	info.user = w;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	info.max_http_header_data = 8192;
	info.pt_serv_buf_size = CHUNK;
	if (config->chain_path != NULL)
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	if ((w->context = lws_create_context(&info)) == NULL)
		return false;
	info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
	info.protocols = protocols;
	info.timeout_secs = REQUEST_S;
	info.keepalive_timeout = REQUEST_S;
	info.ssl_cert_filepath = config->chain_path;
	info.ssl_private_key_filepath = config->key_path;
	info.alpn = "http/1.1";
	info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
	w->vhost = lws_create_vhost(w->context, &info);
	return w->vhost != NULL;
}

enum cs_err
cs_web_new(struct cs_web **out, const struct cs_web_config *config)
{
	static const struct cs_net_limits limits = {
		.connections = CS_WEB_CONNECTIONS_MAX,
		.strangers = CS_WEB_STRANGERS_MAX,
		.strangers_address = CS_WEB_STRANGERS_ADDRESS_MAX,
		.connects_address = CS_WEB_CONNECTS_MAX,
	};
	int listener = config->listener,
	    watched = config->changed != NULL ? config->watched : -1;
	struct cs_web *w = cs_calloc(1, sizeof *w);
	enum cs_err err = CS_ERR_NOMEM;

	*out = NULL;
	if (w == NULL)
		goto out;
	w->config = *config;
	if ((err = cs_net_peers_new(&w->peers, &limits, on_cut)))
		goto out;
	err = CS_ERR_IO;
	if (!make_context(w) || (w->listening = watch(w, &listener)) == NULL ||
	    (watched >= 0 && watch(w, &watched) == NULL))
		goto out;
	*out = w;
	w = NULL;
	err = CS_OK;
out:
	cs_web_free(w);
	if (listener >= 0)
		close(listener);
	if (watched >= 0)
		close(watched);
	return err;
}

void
cs_web_free(struct cs_web *w)
{
	if (w == NULL)
		return;
	if (w->context != NULL)
		lws_context_destroy(w->context);
	cs_net_peers_free(w->peers);
	cs_free(w, sizeof *w);
}

enum cs_err
cs_web_run(struct cs_web *w)
{
	while (!w->stop)
		if (lws_service(w->context, 0) < 0)
			return CS_ERR_IO;
	return CS_OK;
}

void
cs_web_stop(struct cs_web *w)
{
	w->stop = 1;
	lws_cancel_service(w->context);
}
