/* SPDX-License-Identifier: MIT */
/*
 * What the files of the server share.
 *
 * The loop (server.c) waits for sockets and for time; a connection
 * (server_conn.c) moves bytes through TLS and frames; a request
 * (server_http.c), for a blob (server_blob.c), a page, or what the program has
 * for everybody (server_ask.c), is what some connections are instead of a
 * WebSocket, and is answered (server_reply.c);
 * who comes in where, and how, is server_door.c; files of the page are
 * server_page.c; bytes pass through TLS, or not, in server_io.c;
 * what they have in common is server_out.c, and server_list.c is the server's
 * lists and its view of time.
 *
 * A connection is never freed while something may still hold it: it is put
 * among the dead, and the loop buries them at the end of the round.
 */
#pragma once

#include <stddef.h>

#include "crypto/tls_server.h"
#include "net/peers.h"
#include "net/server.h"
#include "net/ws_frame.h"

#define NET_READ_BYTES ((size_t)16 << 10) /* a record of TLS */
#define NET_TURN_BYTES ((size_t)64 << 10) /* read of one in a round */
#define NET_SLOTS 128                     /* seconds that time can be seen */

/* A place in one of the server's lists; next is NULL outside of any. */
struct net_link {
	struct net_link *next, *prev;
};

/* The connection whose ${member} the link ${l} is. */
#define NET_OF(l, member)                                                      \
	((struct cs_net_conn *)(void *)((char *)(l)-offsetof(                  \
	    struct cs_net_conn, member)))

enum net_state {
	NET_HANDSHAKE, /* of TLS */
	NET_HEAD,      /* of a request is awaited */
	NET_ASKS,      /* the program is to say what becomes of a request */
	NET_BODY,      /* of a PUT is read */
	NET_SKIP,      /* a body that nobody wants is read */
	NET_SENDS,     /* a blob goes out */
	NET_SHOWS,     /* a file of the page does */
	NET_WS,
	NET_CLOSING, /* what waits is sent, and then it is over */
	NET_LINGERS, /* the other side closes, or time does */
	NET_DEAD,
};

struct net_http {
	struct cs_net_blob blob;
	uint64_t done;  /* bytes of it that have gone through */
	bool open;      /* the program has taken it */
	bool continues; /* the client waits to be told to send the body */
	int failed; /* the status that the body's end is answered with; or 0 */
};

/* One TCP connection.  Invariant: server->queued is the sum of what waits in
 * out and rest of all. */
struct cs_net_conn {
	struct cs_net_server *server;
	struct cs_tls *tls; /* NULL: plain HTTP */
	int fd;
	bool web;           /* it came where pages come */
	const char *origin; /* of the page, in the server's list; or NULL */
	enum net_state state;
	void *user; /* the program's, while opened */
	bool opened;
	bool held;   /* by the program */
	bool closes; /* after the answer to this request */
	bool asked;  /* the answer is of somebody who was asked */
	bool pinged;
	uint32_t armed;   /* what epoll waits for */
	bool out_blocked; /* the socket takes no more */
	uint64_t skip;    /* bytes of a body that nobody wants */
	struct net_http *http;
	struct cs_net_ask *ask;
	struct cs_release *release; /* of the file that is sent, */
	struct cs_view file;        /* and what is left of it */
	struct cs_ws ws;
	struct cs_buf in;   /* a head or a message that is not whole yet */
	struct cs_buf rest; /* bytes that wait until it may go on */
	struct cs_buf out;
	size_t out_at; /* so much of it has been sent */
	/* seconds: when the state began, when the other side was last heard,
	 * when something last went out, and when time is looked at */
	uint64_t since_s, opened_s, heard_s, moved_s, due_s;
	uint64_t moved; /* bytes, as the kernel counted them when last asked */
	struct net_peer peer;
	uint8_t address[CS_NET_ADDRESS_LEN];
	struct net_link all, dirty, ready, timed;
};

struct cs_net_server {
	struct cs_net_server_config config;
	struct net_peers *peers;
	struct cs_net_web web;
	struct cs_tls_server *web_tls;
	struct cs_release *shown[2]; /* now and before */
	uint64_t proxied;            /* connections that a proxy made */
	int epoll;
	bool listens, web_listens;
	uint64_t now_s, looked_s;
	size_t queued;
	/* all; those with something to send; those whose rest may go on; the
	 * dead; by the second in which time is looked at */
	struct net_link all, dirty, ready, dead, timed[NET_SLOTS];
	uint8_t bytes[NET_READ_BYTES];
};

static inline size_t
net_waiting(const struct cs_net_conn *c)
{
	return c->out.len - c->out_at;
}
