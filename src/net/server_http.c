/* SPDX-License-Identifier: MIT */
/* Plain HTTP on the server: blobs by PUT and GET with ranges, and pages. */
#include "net/server_http.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/tls.h"
#include "net/server_internal.h"

#define CHUNK 16384
#define HEADER_MAX 256

static const struct cs_net_server_config *
config_of(struct lws *wsi)
{
	struct cs_net_server *s = lws_context_user(lws_get_context(wsi));

	return &s->config;
}

/* An unsigned decimal number at ${*s}, which moves behind it. */
static bool
number(uint64_t *out, const char **s)
{
	uint64_t x = 0;
	const char *at = *s;

	while (*at >= '0' && *at <= '9') {
		if (x > (UINT64_MAX - 9) / 10)
			return false;
		x = x * 10 + (uint64_t)(*at++ - '0');
	}
	if (at == *s)
		return false;
	*out = x;
	*s = at;
	return true;
}

/* RFC 9110, section 14: "bytes=A-" or "bytes=A-B"; one range, no suffix. */
static bool
parse_range(struct cs_net_blob *b, const char *s)
{
	uint64_t last;

	if (strncmp(s, "bytes=", 6) != 0)
		return false;
	s += 6;
	if (!number(&b->offset, &s) || *s++ != '-')
		return false;
	if (*s == '\0')
		return true;
	if (!number(&last, &s) || *s != '\0' || last < b->offset)
		return false;
	b->length = last - b->offset + 1;
	return true;
}

/* "bytes A-B/TOTAL" on a PUT; the total is known from the ticket. */
static bool
parse_content_range(struct cs_net_blob *b, const char *s)
{
	uint64_t last;

	if (strncmp(s, "bytes ", 6) != 0)
		return false;
	s += 6;
	return number(&b->offset, &s) && *s++ == '-' && number(&last, &s) &&
	    *s == '/' && last >= b->offset && last - b->offset + 1 == b->length;
}

static int
reply(struct lws *wsi, int status, const char *text)
{
	uint8_t buf[LWS_PRE + 2048], *start = buf + LWS_PRE, *p = start,
				     *end = buf + sizeof buf - 1;
	size_t n = strlen(text);

	if (lws_add_http_common_headers(wsi, (unsigned)status,
		"text/plain; charset=utf-8", n, &p, end) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return -1;
	if (n > 1024)
		n = 1024;
	memcpy(start, text, n);
	if (lws_write(wsi, start, n, LWS_WRITE_HTTP_FINAL) < 0)
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static const char *
status_text(int status)
{
	switch (status) {
	case 400:
		return "The request is malformed.\n";
	case 401:
		return "The ticket is missing, wrong or too old.\n";
	case 404:
		return "There is nothing here.\n";
	case 405:
		return "Only GET and PUT are served.\n";
	case 409:
		return "The upload does not go on where it stopped, or goes on "
		       "elsewhere.\n";
	case 413:
		return "That is more than was announced.\n";
	case 416:
		return "There are no such bytes in it.\n";
	case 422:
		return "The hash is not the one that was announced.\n";
	case 507:
		return "The hub cannot store anything now.\n";
	default:
		return status < 300 ? "Stored.\n" : "The hub failed.\n";
	}
}

static int
refuse(struct lws *wsi, int status)
{
	return reply(wsi, status, status_text(status));
}

static bool
header(struct lws *wsi, char out[static HEADER_MAX], enum lws_token_indexes t)
{
	return lws_hdr_copy(wsi, out, HEADER_MAX, t) > 0;
}

/* Fill ${b} from the request's head; 0 or an HTTP status. */
static int
parse_head(struct lws *wsi, struct cs_net_blob *b, const char *path,
    char auth[static HEADER_MAX])
{
	char value[HEADER_MAX];
	const char *s = value;

	if (strlen(path) != 3 + 32 || cs_unhex(b->id, 16, path + 3) != CS_OK)
		return 404;
	if (header(wsi, auth, WSI_TOKEN_HTTP_AUTHORIZATION) &&
	    strncmp(auth, "Bearer ", 7) == 0)
		b->token = cs_view_str(auth + 7);
	if (!b->put) {
		b->length = UINT64_MAX;
		if (header(wsi, value, WSI_TOKEN_HTTP_RANGE) &&
		    !parse_range(b, value))
			return 416;
		return 0;
	}
	if (!header(wsi, value, WSI_TOKEN_HTTP_CONTENT_LENGTH) ||
	    !number(&b->length, &s) || *s != '\0')
		return 400;
	if (header(wsi, value, WSI_TOKEN_HTTP_CONTENT_RANGE) &&
	    !parse_content_range(b, value))
		return 400;
	return 0;
}

static int
start_get(struct lws *wsi, struct http_session *h)
{
	uint8_t buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start,
				     *end = buf + sizeof buf - 1;
	struct cs_net_blob *b = &h->blob;
	bool part = b->offset != 0 || b->length != b->total;
	char range[96];

	snprintf(range, sizeof range, "bytes %llu-%llu/%llu",
	    (unsigned long long)b->offset,
	    (unsigned long long)(b->offset + b->length - 1),
	    (unsigned long long)b->total);
	if (lws_add_http_common_headers(wsi, part ? 206 : 200,
		"application/octet-stream", b->length, &p, end) ||
	    (part &&
		lws_add_http_header_by_name(wsi,
		    (const unsigned char *)"content-range:",
		    (unsigned char *)range, (int)strlen(range), &p, end)) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return -1;
	lws_callback_on_writable(wsi);
	return 0;
}

static void
know(struct lws *wsi)
{
	struct cs_net_server *s = lws_context_user(lws_get_context(wsi));

	cs_net_peers_know(s->peers, wsi);
}

static int
on_request(struct lws *wsi, struct http_session *h, const char *path)
{
	const struct cs_net_server_config *config = config_of(wsi);
	char auth[HEADER_MAX];
	int status;

	memset(h, 0, sizeof *h);
	h->blob.fd = -1;
	if (lws_hdr_total_length(wsi, WSI_TOKEN_PUT_URI) > 0)
		h->blob.put = true;
	else if (lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) == 0)
		return refuse(wsi, 405);
	if (strncmp(path, "/b/", 3) != 0) {
		const char *page =
		    h->blob.put ? NULL : config->page(config->arg, path);

		return page != NULL ? reply(wsi, 200, page) : refuse(wsi, 404);
	}
	status = parse_head(wsi, &h->blob, path, auth);
	if (status == 0)
		status = config->blob_open(config->arg, &h->blob);
	h->blob.token = cs_view(NULL, 0);
	if (status != 0)
		return refuse(wsi, status);
	h->open = true;
	/* A ticket is a member's. */
	know(wsi);
	return h->blob.put ? 0 : start_get(wsi, h);
}

static int
on_body(struct lws *wsi, struct http_session *h, struct cs_view bytes)
{
	const struct cs_net_server_config *config = config_of(wsi);

	/* A request that was refused may still send its body. */
	if (!h->open || h->failed != 0)
		return 0;
	if (bytes.len > h->blob.length - h->done)
		h->failed = 413;
	else
		h->failed = config->blob_write(config->arg, &h->blob, bytes);
	if (h->failed == 0)
		h->done += bytes.len;
	return 0;
}

/* End what is open; the status of a PUT. */
static int
finish(struct lws *wsi, struct http_session *h)
{
	const struct cs_net_server_config *config = config_of(wsi);
	int status = 0;

	if (!h->open)
		return 0;
	h->open = false;
	if (h->blob.put)
		status = config->blob_done(config->arg, &h->blob,
		    h->failed == 0 && h->done == h->blob.length);
	if (h->blob.fd >= 0)
		close(h->blob.fd);
	h->blob.fd = -1;
	return h->failed != 0 ? h->failed : status;
}

static int
on_body_end(struct lws *wsi, struct http_session *h)
{
	return h->open ? refuse(wsi, finish(wsi, h)) : 0;
}

static int
on_writable(struct lws *wsi, struct http_session *h)
{
	uint8_t buf[LWS_PRE + CHUNK];
	uint64_t left = h->blob.length - h->done;
	ssize_t n;
	bool last;

	if (!h->open || h->blob.put)
		return 0;
	n = pread(h->blob.fd, buf + LWS_PRE, left < CHUNK ? left : CHUNK,
	    (off_t)(h->blob.offset + h->done));
	if (n < 0 || (n == 0 && left != 0))
		return -1;
	/* A reader that takes nothing is let go. */
	lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, CS_NET_STALL_S);
	h->done += (uint64_t)n;
	last = h->done == h->blob.length;
	if (lws_write(wsi, buf + LWS_PRE, (size_t)n,
		last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0)
		return -1;
	if (!last) {
		lws_callback_on_writable(wsi);
		return 0;
	}
	finish(wsi, h);
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

int
cs_net_http_callback(struct lws *wsi, enum lws_callback_reasons reason,
    void *user, void *in, size_t len)
{
	struct http_session *h = user;
	struct cs_net_server *s =
	    wsi != NULL ? lws_context_user(lws_get_context(wsi)) : NULL;

	switch (reason) {
	case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
		return cs_tls_server_setup(user) == CS_OK ? 0 : -1;
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		return cs_net_peers_may_come(
			   s->peers, (lws_sockfd_type)(intptr_t)in)
		    ? 0
		    : -1;
	case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
		return cs_net_peers_came(s->peers, wsi) ? 0 : -1;
	case LWS_CALLBACK_WSI_DESTROY:
		cs_net_peers_gone(s->peers, wsi);
		return 0;
	case LWS_CALLBACK_HTTP:
		return on_request(wsi, h, in);
	case LWS_CALLBACK_HTTP_BODY:
		return on_body(wsi, h, cs_view(in, len));
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return on_body_end(wsi, h);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return on_writable(wsi, h);
	case LWS_CALLBACK_CLOSED_HTTP:
		if (h != NULL)
			finish(wsi, h);
		return 0;
	default:
		return 0;
	}
}
