/* SPDX-License-Identifier: MIT */
/* A POST or GET by HTTPS to somebody whom authorities certify, or by HTTP;
 * whoever calls waits. */
#pragma once

#include "base/bytes.h"

struct cs_tls;

#define CS_NET_ENDPOINT_MAX 1024
#define CS_NET_ENDPOINT_HOST_SIZE 254

/* "https://HOST[:PORT]/PATH" */
struct cs_net_endpoint {
	char host[CS_NET_ENDPOINT_HOST_SIZE]; /* a name in small letters */
	int port;
	bool plain;          /* without TLS: cs_net_url_parse() only */
	struct cs_view path; /* of the text, from its "/" on */
};
/* CS_ERR_FORMAT: of another kind, an address in place of a name, or letters
 * that no URL has; CS_ERR_LIMIT: longer than CS_NET_ENDPOINT_MAX. */
CS_CHECKED enum cs_err cs_net_endpoint_parse(
    struct cs_net_endpoint *out, struct cs_view url);
/* The same of what an operator wrote down, where "http://" is allowed too, for
 * what needs no secrecy and is signed; then the host may be an address of IPv4.
 */
CS_CHECKED enum cs_err cs_net_url_parse(
    struct cs_net_endpoint *out, struct cs_view url);

/* A connection for the next request to the same host and port.  All zero: there
 * is none. */
struct cs_net_kept {
	bool open;
	int fd;
	struct cs_tls *tls; /* NULL: without */
	char host[CS_NET_ENDPOINT_HOST_SIZE];
	int port;
};
/* Before the ssl_ctx that it was made with is freed. */
void cs_net_kept_close(struct cs_net_kept *k);

struct cs_net_post {
	void *ssl_ctx; /* of crypto/tls_public.h; if plain: NULL */
	bool pinned;   /* it is one of crypto/tls.h, which knows the host */
	const struct cs_net_endpoint *to;
	struct cs_view fields; /* more of the head, each with its CR LF */
	struct cs_view body;
	int timeout_ms; /* for all of it, but looking up the name */
	int status;     /* out: of HTTP */
	/* Out: the body of the answer, appended, up to its max; NULL: it is not
	 * read. */
	struct cs_buf *answer;
	/* In and out, the caller's; NULL: the connection is closed behind the
	 * answer.  It is kept only behind an answer that was read to its end.
	 */
	struct cs_net_kept *kept;
};
/* CS_ERR_CLOSED, CS_ERR_TIMEOUT: nobody answers, or not in time, or not who
 * they should be, or the answer breaks off; CS_ERR_FORMAT: that is no answer;
 * CS_ERR_LIMIT: its body is longer than wanted. */
CS_CHECKED enum cs_err cs_net_post(struct cs_net_post *p);
/* The same by GET, without a body: ${p->body} is not looked at.  If a
 * connection that was kept is closed by now, it is asked on another one. */
CS_CHECKED enum cs_err cs_net_get(struct cs_net_post *p);
