/* SPDX-License-Identifier: MIT */
/* Requests: the door to the WebSocket, blobs by PUT and GET with ranges, and
 * pages. */
#include "net/server_http.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "net/http_head.h"
#include "net/server_out.h"

#define ACCEPT_LEN 28 /* base64 of a SHA-1 */
#define ACCEPT_KEY_LEN 24
#define ACCEPT_WITH "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

/* ---- answers ------------------------------------------------------------ */

struct status {
	int code;
	const char *name, *text;
};

static const struct status *
status_of(int code)
{
	static const struct status all[] = {
		{ 200, "OK", "" },
		{ 201, "Created", "Stored.\n" },
		{ 202, "Accepted", "Stored.\n" },
		{ 206, "Partial Content", "" },
		{ 400, "Bad Request", "The request is malformed.\n" },
		{ 401, "Unauthorized",
		    "The ticket is missing, wrong or too old.\n" },
		{ 404, "Not Found", "There is nothing here.\n" },
		{ 405, "Method Not Allowed", "Only GET and PUT are served.\n" },
		{ 409, "Conflict",
		    "The upload does not go on where it stopped, or goes on "
		    "elsewhere.\n" },
		{ 413, "Content Too Large",
		    "That is more than was announced.\n" },
		{ 416, "Range Not Satisfiable",
		    "There are no such bytes in it.\n" },
		{ 422, "Unprocessable Content",
		    "The hash is not the one that was announced.\n" },
		{ 426, "Upgrade Required",
		    "Here is a WebSocket for countersign.v1.\n" },
		{ 431, "Request Header Fields Too Large",
		    "The request's head is too long.\n" },
		{ 507, "Insufficient Storage",
		    "The hub cannot store anything now.\n" },
		{ 500, "Internal Server Error", "The hub failed.\n" },
	};
	size_t i = 0;

	while (all[i].code != code && i + 1 < sizeof all / sizeof *all)
		i++;
	return &all[i];
}

static void
write_text(struct cs_net_conn *c, const char *text)
{
	if (net_write(c, cs_view_str(text)) != CS_OK)
		net_die(c);
}

/* The head of an answer with ${n} bytes of ${type}; ${extra}: more fields. */
static void
write_head(struct cs_net_conn *c, int code, const char *type, uint64_t n,
    const char *extra)
{
	const struct status *status = status_of(code);
	char head[512];

	snprintf(head, sizeof head,
	    "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %llu\r\n"
	    "%s%s\r\n",
	    status->code, status->name, type, (unsigned long long)n, extra,
	    c->closes ? "Connection: close\r\n" : "");
	write_text(c, head);
}

/* An answer, after which the rest of the request's body is skipped. */
static void
reply(struct cs_net_conn *c, int code, const char *text)
{
	write_head(c, code, "text/plain; charset=utf-8", strlen(text), "");
	write_text(c, text);
	if (c->skip != 0)
		net_enter(c, NET_SKIP);
	else
		net_enter(c, c->closes ? NET_CLOSING : NET_HEAD);
}

void
net_http_refuse(struct cs_net_conn *c, int status)
{
	/* What cannot be parsed has no end from which one could go on. */
	if (status == 400 || status == 431) {
		c->closes = true;
		c->skip = 0;
	}
	reply(c, status, status_of(status)->text);
}

/* ---- the WebSocket's door (RFC 6455, section 4.2) ----------------------- */

static bool
is_upgrade(const struct cs_http_head *h)
{
	return cs_http_lists(h, "upgrade", "websocket") &&
	    cs_http_lists(h, "connection", "upgrade") &&
	    cs_view_equal(
		cs_http_field(h, "sec-websocket-version"), cs_view_str("13")) &&
	    cs_http_lists(h, "sec-websocket-protocol", "countersign.v1") &&
	    cs_http_field(h, "sec-websocket-key").len == ACCEPT_KEY_LEN;
}

static enum cs_err
accept_of(char out[static ACCEPT_LEN + 1], struct cs_view key)
{
	const struct cs_view parts[] = { key, cs_view_str(ACCEPT_WITH) };
	uint8_t digest[CS_SHA1_LEN];
	enum cs_err err = cs_sha1_parts(digest, parts, 2);

	if (err)
		return err;
	cs_base64url(out, CS_VIEW_OF(digest));
	for (size_t i = 0; i < ACCEPT_LEN - 1; i++)
		out[i] = out[i] == '-' ? '+' : out[i] == '_' ? '/' : out[i];
	out[ACCEPT_LEN - 1] = '=';
	out[ACCEPT_LEN] = '\0';
	return CS_OK;
}

static void
upgrade(struct cs_net_conn *c, const struct cs_http_head *h)
{
	char accept[ACCEPT_LEN + 1], answer[256];

	if (!cs_view_equal(h->method, cs_view_str("GET")) || !is_upgrade(h)) {
		net_http_refuse(c, 426);
		return;
	}
	if (accept_of(accept, cs_http_field(h, "sec-websocket-key")) != CS_OK) {
		net_http_refuse(c, 500);
		return;
	}
	snprintf(answer, sizeof answer,
	    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
	    "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n"
	    "Sec-WebSocket-Protocol: countersign.v1\r\n\r\n",
	    accept);
	write_text(c, answer);
	if (c->state != NET_DEAD)
		net_open(c);
}

/* ---- blobs: the head ---------------------------------------------------- */

/* What stands before the first ${c} is a number, and the rest is ${*v}. */
static bool
number_before(uint64_t *out, struct cs_view *v, char c)
{
	const uint8_t *at = v->len != 0 ? memchr(v->data, c, v->len) : NULL;
	size_t n;

	if (at == NULL)
		return false;
	n = (size_t)(at - v->data);
	if (!cs_http_number(out, cs_view(v->data, n)))
		return false;
	*v = cs_view(at + 1, v->len - n - 1);
	return true;
}

static bool
skip_word(struct cs_view *v, const char *word)
{
	size_t n = strlen(word);

	if (v->len < n ||
	    !cs_view_equal(cs_view(v->data, n), cs_view_str(word)))
		return false;
	*v = cs_view(v->data + n, v->len - n);
	return true;
}

/* RFC 9110, section 14: "bytes=A-" or "bytes=A-B"; one range, no suffix. */
static bool
parse_range(struct cs_net_blob *b, struct cs_view v)
{
	uint64_t last;

	if (!skip_word(&v, "bytes=") || !number_before(&b->offset, &v, '-'))
		return false;
	if (v.len == 0)
		return true;
	if (!cs_http_number(&last, v) || last < b->offset ||
	    last - b->offset == UINT64_MAX)
		return false;
	b->length = last - b->offset + 1;
	return true;
}

/* "bytes A-B/TOTAL" on a PUT; the total is known from the ticket. */
static bool
parse_content_range(struct cs_net_blob *b, struct cs_view v)
{
	uint64_t last;

	return skip_word(&v, "bytes ") && number_before(&b->offset, &v, '-') &&
	    number_before(&last, &v, '/') && last >= b->offset &&
	    b->length != 0 && last - b->offset == b->length - 1;
}

static bool
parse_id(uint8_t id[static 16], struct cs_view target)
{
	char hex[33] = { 0 };

	if (!skip_word(&target, "/b/") || target.len != 32)
		return false;
	memcpy(hex, target.data, 32);
	return cs_unhex(id, 16, hex) == CS_OK;
}

/* Fill ${b} from the request's head; 0 or an HTTP status. */
static int
parse_head(struct cs_net_blob *b, const struct cs_http_head *h)
{
	struct cs_view auth = cs_http_field(h, "authorization");
	struct cs_view range = cs_http_field(h, "range");
	struct cs_view content_range = cs_http_field(h, "content-range");

	if (!parse_id(b->id, h->target))
		return 404;
	if (skip_word(&auth, "Bearer "))
		b->token = auth;
	if (!b->put) {
		b->length = UINT64_MAX;
		return range.len == 0 || parse_range(b, range) ? 0 : 416;
	}
	b->length = h->content_length;
	if (!h->has_content_length ||
	    (content_range.len != 0 && !parse_content_range(b, content_range)))
		return 400;
	return 0;
}

/* ---- blobs: the body ---------------------------------------------------- */

static const struct cs_net_server_config *
config_of(const struct cs_net_conn *c)
{
	return &c->server->config;
}

void
net_http_drop(struct cs_net_conn *c)
{
	struct net_http *h = c->http;

	c->http = NULL;
	c->held = false;
	if (h == NULL)
		return;
	if (h->open)
		config_of(c)->blob_over(config_of(c)->arg, &h->blob);
	cs_free(h, sizeof *h);
}

static void
end_body(struct cs_net_conn *c, int status)
{
	net_http_drop(c);
	reply(c, status, status_of(status)->text);
	net_later(c);
}

/* All of the body has come. */
static void
ask_done(struct cs_net_conn *c)
{
	struct net_http *h = c->http;
	int status = h->failed;

	if (status == 0)
		status =
		    config_of(c)->blob_done(config_of(c)->arg, &h->blob);
	if (status == CS_NET_LATER)
		net_enter(c, NET_ASKS);
	else
		end_body(c, status);
}

size_t
net_http_body(struct cs_net_conn *c, const uint8_t *bytes, size_t n)
{
	struct net_http *h = c->http;
	uint64_t left = h->blob.length - h->done;
	size_t piece = left < n ? (size_t)left : n;

	c->moved_s = c->server->now_s;
	if (h->failed == 0 && piece != 0)
		h->failed = config_of(c)->blob_write(
		    config_of(c)->arg, &h->blob, cs_view(bytes, piece));
	h->done += piece;
	if (h->done == h->blob.length)
		ask_done(c);
	return piece;
}

static void
start_get(struct cs_net_conn *c)
{
	const struct cs_net_blob *b = &c->http->blob;
	bool part = b->offset != 0 || b->length != b->total;
	char range[128] = "";

	if (part)
		snprintf(range, sizeof range,
		    "Content-Range: bytes %llu-%llu/%llu\r\n",
		    (unsigned long long)b->offset,
		    (unsigned long long)(b->offset + b->length - 1),
		    (unsigned long long)b->total);
	write_head(
	    c, part ? 206 : 200, "application/octet-stream", b->length, range);
	net_enter(c, NET_SENDS);
}

void
net_http_sent(struct cs_net_conn *c)
{
	struct net_http *h = c->http;

	if (h->done < h->blob.length) {
		config_of(c)->blob_read(config_of(c)->arg, &h->blob);
		return;
	}
	net_http_drop(c);
	net_enter(c, c->closes ? NET_CLOSING : NET_HEAD);
	net_later(c);
}

void
cs_net_blob_bytes(struct cs_net_blob *b, struct cs_view bytes)
{
	struct cs_net_conn *c = b->conn;
	struct net_http *h = c->http;

	if (c->state != NET_SENDS)
		return;
	if (bytes.len == 0 || bytes.len > b->length - h->done ||
	    net_write(c, bytes) != CS_OK)
		net_die(c);
	else
		h->done += bytes.len;
}

static void
start_put(struct cs_net_conn *c)
{
	if (c->http->continues)
		write_text(c, "HTTP/1.1 100 Continue\r\n\r\n");
	net_enter(c, NET_BODY);
	if (c->state == NET_BODY && c->http->blob.length == 0)
		ask_done(c);
	else
		net_later(c);
}

/* The program has said what becomes of the request. */
static void
go_on(struct cs_net_conn *c, int status)
{
	struct net_http *h = c->http;

	if (status != 0) {
		net_http_drop(c);
		net_http_refuse(c, status);
		net_later(c);
		return;
	}
	c->skip = 0;
	/* A ticket is a member's. */
	cs_net_peers_know(c->server->peers, &c->peer);
	if (h->blob.put)
		start_put(c);
	else
		start_get(c);
}

void
cs_net_blob_opened(struct cs_net_blob *b, int status)
{
	struct cs_net_conn *c = b->conn;

	if (c->state == NET_ASKS)
		go_on(c, status);
}

void
cs_net_blob_ended(struct cs_net_blob *b, int status)
{
	struct cs_net_conn *c = b->conn;

	if (c->state == NET_ASKS)
		end_body(c, status);
	/* Before the end: what still comes is read and dropped. */
	else if (c->state == NET_BODY && c->http->failed == 0)
		c->http->failed = status;
}

static void
blob(struct cs_net_conn *c, const struct cs_http_head *head, bool put)
{
	struct net_http *h = cs_calloc(1, sizeof *h);
	int status;

	if (h == NULL) {
		net_die(c);
		return;
	}
	c->http = h;
	h->blob.conn = c;
	h->blob.put = put;
	h->continues = put && cs_http_lists(head, "expect", "100-continue");
	status = parse_head(&h->blob, head);
	if (status == 0) {
		status = config_of(c)->blob_open(config_of(c)->arg, &h->blob);
		h->open = status == 0 || status == CS_NET_LATER;
	}
	h->blob.token = cs_view(NULL, 0);
	if (status == CS_NET_LATER)
		net_enter(c, NET_ASKS);
	else
		go_on(c, status);
}

/* ---- pages -------------------------------------------------------------- */

static void
page(struct cs_net_conn *c, struct cs_view target)
{
	const struct cs_net_server_config *config = config_of(c);
	const char *text = NULL;
	char path[256];

	if (target.len < sizeof path) {
		memcpy(path, target.data, target.len);
		path[target.len] = '\0';
		text = config->page(config->arg, path);
	}
	if (text != NULL)
		reply(c, 200, text);
	else
		net_http_refuse(c, 404);
}

void
net_http_request(struct cs_net_conn *c, struct cs_view head)
{
	struct cs_http_head h;
	struct cs_view target;
	bool put;

	if (cs_http_head_parse(&h, head) != CS_OK) {
		net_http_refuse(c, 400);
		return;
	}
	c->closes = h.close;
	c->skip = h.content_length;
	put = cs_view_equal(h.method, cs_view_str("PUT"));
	target = h.target;
	if (!put && !cs_view_equal(h.method, cs_view_str("GET")))
		net_http_refuse(c, 405);
	else if (!put && h.content_length != 0)
		net_http_refuse(c, 400);
	else if (cs_view_equal(target, cs_view_str("/ws")))
		upgrade(c, &h);
	else if (skip_word(&target, "/b/"))
		blob(c, &h, put);
	else if (put)
		net_http_refuse(c, 404);
	else
		page(c, h.target);
}
