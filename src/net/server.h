/* SPDX-License-Identifier: MIT */
/*
 * A TLS server for WebSocket frames and for blobs.
 *
 * One thread, one loop.  The program above gets events and gives bytes; it
 * never sees a socket.  What a round costs depends on the connections in which
 * something happens, not on how many there are (decision 0026).
 */
#pragma once

#include "base/bytes.h"
#include "wire/messages.h"

struct cs_net_server;
struct cs_net_conn;
struct cs_release;
struct cs_tls_server;

/* Bytes that may wait for a reader that stalls; then it is cut off. */
#define CS_NET_QUEUE_MAX ((size_t)12 << 20)
/* DESIGN: a handshake has 10 s. */
#define CS_NET_HANDSHAKE_S 10
/* Silence after which a ping is sent, and after which we hang up.  Clients of
 * ours say something every 45 s: those that live are asked nothing. */
#define CS_NET_PING_S 60
#define CS_NET_HANGUP_S 105
/* For the last words to be read; and in it, something of them has to be. */
#define CS_NET_CLOSE_S 5
/* How long something may wait for a reader that takes nothing, of this or of
 * what the kernel has. */
#define CS_NET_STALL_S 30
/* An address at the other end: IPv6, or IPv4 as ::ffff:a.b.c.d. */
#define CS_NET_ADDRESS_LEN 16

/* How much the server bears; 0: no limit. */
struct cs_net_limits {
	unsigned connections;       /* in all */
	unsigned strangers;         /* of them, until cs_net_conn_known() */
	unsigned strangers_address; /* of these, from one address */
	unsigned connects_address;  /* new ones a minute */
	/* New ones a second from which on an address gets few of them, namely
	 * so many a second: */
	unsigned connects;
	unsigned connects_busy;
	unsigned stranger_s; /* seconds that a stranger's WebSocket has */
	size_t waiting;      /* bytes that wait for one reader, of whom nothing
			      * is read meanwhile */
	size_t waiting_all;  /* for all */
};

/* A request for a blob, PUT or GET on /b/ID. */
struct cs_net_blob {
	struct cs_net_conn *conn; /* that asks */
	bool put;
	uint8_t id[16];
	struct cs_view token; /* of the Authorization header; during open */
	/* PUT: where in the blob the body begins.  GET: first byte wanted. */
	uint64_t offset;
	/* PUT: of the body.  GET: in: UINT64_MAX or the length asked for;
	 * out of open: how much is sent. */
	uint64_t length;
	uint64_t total; /* out of open: the whole blob */
	void *user;     /* for the program */
};

/* A request that the program answers itself: for what anybody may read, or a
 * form that somebody has filled in. */
struct cs_net_ask {
	struct cs_net_conn *conn;
	void *user;    /* for the program */
	uint64_t left; /* bytes of the body that have not come */
};
/* Its head; views are borrowed. */
struct cs_net_asked {
	bool post;               /* or GET */
	struct cs_view target;   /* path and query */
	struct cs_view type;     /* of the body; POST */
	struct cs_view language; /* Accept-Language */
	uint64_t length;         /* of the body; POST */
};

/* Instead of a status: the program will say so later. */
#define CS_NET_LATER (-1)

/*
 * A second way in, for pages that run in a browser: the same frames and blobs,
 * and the files of the page.  A WebSocket comes in with an Origin field of the
 * list and not otherwise; where programs come in, one with such a field is
 * refused.  So no page of somebody else's speaks to the hub through a member's
 * browser, and none of ours is taken for a program.
 */
#define CS_NET_ORIGINS_MAX 4
#define CS_NET_ORIGIN_SIZE 128
struct cs_net_web {
	int listener; /* -1: there is none */
	/* HTTP without TLS, from a proxy on this machine.  It names those who
	 * come in X-Forwarded-For, and sees to it that no address comes too
	 * often. */
	bool plain;
	size_t n_origins;
	char origins[CS_NET_ORIGINS_MAX][CS_NET_ORIGIN_SIZE];
};

struct cs_net_server_config {
	int listener;              /* of net/listen.h; it stays the caller's */
	struct cs_tls_server *tls; /* the same */
	const struct cs_net_web *web; /* or NULL; copied */
	struct cs_net_limits limits;
	void *arg; /* for all callbacks */
	/* ${*user} is the program's own pointer for the connection; an error
	 * closes it. */
	enum cs_err (*opened)(void *arg, struct cs_net_conn *c, void **user);
	/* How long may the next frame of this connection be? */
	size_t (*frame_max)(void *arg, void *user);
	void (*frame)(
	    void *arg, struct cs_net_conn *c, void *user, struct cs_view frame);
	void (*closed)(void *arg, struct cs_net_conn *c, void *user);
	/* 0 to go on, an HTTP status to refuse with, or CS_NET_LATER:
	 * cs_net_blob_opened() of server_blob.h will say it. */
	int (*blob_open)(void *arg, struct cs_net_blob *b);
	/* More of a PUT's body, in order; 0, or an HTTP status that ends it.
	 * cs_net_conn_hold() keeps the rest away. */
	int (*blob_write)(
	    void *arg, struct cs_net_blob *b, struct cs_view bytes);
	/* The PUT's body is all there: a 2xx, an error, or CS_NET_LATER:
	 * cs_net_blob_ended() will say it. */
	int (*blob_done)(void *arg, struct cs_net_blob *b);
	/* GET: the reader takes more, which cs_net_blob_bytes() gives. */
	void (*blob_read)(void *arg, struct cs_net_blob *b);
	/* No more of ${b}, which blob_open() took: it is answered, or its
	 * connection is gone. */
	void (*blob_over)(void *arg, struct cs_net_blob *b);
	/* Is ${target} of that kind?  NULL: none is. */
	bool (*asks)(void *arg, bool post, struct cs_view target);
	/* It is asked for: cs_net_ask_answer() of server_ask.h will answer, and
	 * not in this call.  False: it cannot be had now. */
	bool (*ask)(
	    void *arg, struct cs_net_ask *a, const struct cs_net_asked *what);
	/* POST: more of its body, in order, and at last that it is whole; of
	 * at most ask_max bytes. */
	void (*ask_bytes)(
	    void *arg, struct cs_net_ask *a, struct cs_view bytes);
	void (*ask_whole)(void *arg, struct cs_net_ask *a);
	uint64_t ask_max;
	/* No more of ${a}: it is answered, or its connection is gone. */
	void (*ask_over)(void *arg, struct cs_net_ask *a);
	/* A page for GET on any other path, as text, or NULL: 404. */
	const char *(*page)(void *arg, const char *path);
};

CS_CHECKED enum cs_err cs_net_server_new(
    struct cs_net_server **out, const struct cs_net_server_config *config);
void cs_net_server_free(struct cs_net_server *s);

/*
 * Wait for events at most ${timeout_ms} (0: take only what has come already)
 * and hand them out; returns after one round, so that the program can make
 * durable what the round brought and only then answer.
 */
CS_CHECKED enum cs_err cs_net_server_run(
    struct cs_net_server *s, int timeout_ms);
/* Connections that come from now on speak TLS with ${tls}, which stays the
 * caller's. */
void cs_net_server_use(struct cs_net_server *s, struct cs_tls_server *tls);
/* The same for pages; NULL: they are let in by plain HTTP, or not at all. */
void cs_net_server_use_web(struct cs_net_server *s, struct cs_tls_server *tls);
/* The release of the page that is served from now on, and the one before, whose
 * files are still given by their hashes; or NULL.  They are used, and stay the
 * caller's. */
void cs_net_server_show(
    struct cs_net_server *s, struct cs_release *now, struct cs_release *before);
/* For who waits for other things, too: can be read when there is something to
 * do, or cs_net_server_busy() says that there is something already; and once a
 * second in any case. */
int cs_net_server_fd(const struct cs_net_server *s);
bool cs_net_server_busy(const struct cs_net_server *s);

/* Queue a frame; what is queued leaves together, with the next
 * cs_net_server_run().  Over CS_NET_QUEUE_MAX the connection is cut and
 * CS_ERR_LIMIT returned.  Over limits.waiting_all the one with most waiting is
 * cut, and so is a reader that takes nothing for CS_NET_STALL_S. */
CS_CHECKED enum cs_err cs_net_conn_send(
    struct cs_net_conn *c, struct cs_view frame);

/* Close once everything queued is sent, or after some seconds. */
void cs_net_conn_close(struct cs_net_conn *c);

/* Hand out no further frame of ${c}, and read none, until cs_net_conn_resume():
 * its sender finds that the connection takes no more. */
void cs_net_conn_hold(struct cs_net_conn *c);
void cs_net_conn_resume(struct cs_net_conn *c);

/* The other end has proved who it is: it is no stranger any longer. */
void cs_net_conn_known(struct cs_net_conn *c);
void cs_net_conn_address(
    uint8_t out[static CS_NET_ADDRESS_LEN], const struct cs_net_conn *c);

/* Of a connection with TLS. */
CS_CHECKED enum cs_err cs_net_conn_exporter(
    struct cs_net_conn *c, uint8_t out[static 32]);
/* What a login on this connection has to be bound to.  CS_ERR_DENIED: it is a
 * page's, and its browser did not say of which origin. */
CS_CHECKED enum cs_err cs_net_conn_binding(
    struct cs_wire_binding *out, struct cs_net_conn *c);
