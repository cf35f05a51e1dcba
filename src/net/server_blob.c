/* SPDX-License-Identifier: MIT */
/* Requests for blobs: PUT, and GET with ranges. */
#include "net/server_blob.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "net/server_out.h"
#include "net/server_reply.h"

/* ---- the head ----------------------------------------------------------- */

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

/* ---- the body ----------------------------------------------------------- */

static const struct cs_net_server_config *
config_of(const struct cs_net_conn *c)
{
	return &c->server->config;
}

void
net_blob_drop(struct cs_net_conn *c)
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
	net_blob_drop(c);
	net_reply_status(c, status);
	net_later(c);
}

/* All of the body has come. */
static void
ask_done(struct cs_net_conn *c)
{
	struct net_http *h = c->http;
	int status = h->failed;

	if (status == 0)
		status = config_of(c)->blob_done(config_of(c)->arg, &h->blob);
	if (status == CS_NET_LATER)
		net_enter(c, NET_ASKS);
	else
		end_body(c, status);
}

size_t
net_blob_body(struct cs_net_conn *c, const uint8_t *bytes, size_t n)
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
	net_reply_head(
	    c, part ? 206 : 200, "application/octet-stream", b->length, range);
	net_enter(c, NET_SENDS);
}

void
net_blob_sent(struct cs_net_conn *c)
{
	struct net_http *h = c->http;

	if (h->done < h->blob.length) {
		config_of(c)->blob_read(config_of(c)->arg, &h->blob);
		return;
	}
	net_blob_drop(c);
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
		net_reply_text(c, "HTTP/1.1 100 Continue\r\n\r\n");
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
		net_blob_drop(c);
		net_reply_status(c, status);
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

void
net_blob_request(
    struct cs_net_conn *c, const struct cs_http_head *head, bool put)
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
