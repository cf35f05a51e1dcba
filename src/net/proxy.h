/* SPDX-License-Identifier: MIT */
/*
 * A proxy between a client and a hub: SOCKS5 (RFC 1928), as Tor has it, or
 * CONNECT of HTTP (RFC 9110, section 9.3.6).
 *
 * The proxy is given the hub's name and looks it up: no resolver of this
 * machine learns it.  TLS goes through it to the hub, so it learns no more than
 * any line does.  No I/O here: bytes come in, bytes go out.
 */
#pragma once

#include "base/bytes.h"

#define CS_NET_PROXY_HOST_MAX 255
#define CS_NET_PROXY_WORD_MAX 255 /* a user's name, or a password */

enum cs_net_proxy_kind {
	CS_NET_PROXY_NONE,
	CS_NET_PROXY_SOCKS5,
	CS_NET_PROXY_HTTP,
};

/* All zero: none. */
struct cs_net_proxy {
	enum cs_net_proxy_kind kind;
	char host[CS_NET_PROXY_HOST_MAX + 1];
	int port;
	bool has_user;
	char user[CS_NET_PROXY_WORD_MAX + 1];
	char password[CS_NET_PROXY_WORD_MAX + 1];
};

/*
 * Parse "socks5h://[USER:PASSWORD@]HOST[:PORT]", "http://..." in the same way,
 * or "none".  "socks5" means the same as "socks5h".  CS_ERR_FORMAT;
 * CS_ERR_UNSUPPORTED: a proxy of another kind.
 */
CS_CHECKED enum cs_err cs_net_proxy_parse(
    struct cs_net_proxy *out, const char *text);

/* A talk with a proxy, from the first byte until the hub is behind it. */
struct cs_net_proxy_talk {
	const struct cs_net_proxy *proxy; /* the caller's */
	const char *host;                 /* the same */
	int port;
	unsigned step;
	size_t wants; /* so many bytes of the answer are missing; not 0 */
	bool done;
	struct cs_buf in;  /* what came of an answer */
	struct cs_buf out; /* to be sent, and emptied, before the next answer */
};

/* ${proxy} is not CS_NET_PROXY_NONE.  End with cs_net_proxy_talk_clear(). */
CS_CHECKED enum cs_err cs_net_proxy_begin(struct cs_net_proxy_talk *t,
    const struct cs_net_proxy *proxy, const char *host, int port);
void cs_net_proxy_talk_clear(struct cs_net_proxy_talk *t);

/*
 * Take ${bytes}, as many as are wanted at most: what follows the talk is for
 * others.  CS_ERR_DENIED: the proxy wants a name and a password, or others;
 * CS_ERR_CLOSED: it says that it does not reach the hub; CS_ERR_FORMAT: no such
 * proxy answers like this.
 */
CS_CHECKED enum cs_err cs_net_proxy_take(
    struct cs_net_proxy_talk *t, struct cs_view bytes);
