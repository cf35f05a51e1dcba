/* SPDX-License-Identifier: MIT */
/*
 * A connection to a hub, for programs that wait.
 *
 * TLS 1.3; the hub's certificate has to be signed by the operator root key
 * that the invite link pinned.
 */
#pragma once

#include "base/bytes.h"
#include "crypto/tls.h"

struct cs_net_client;
struct cs_net_far;
struct cs_net_proxy;

struct cs_net_client_config {
	const char *host;
	int port;
	const uint8_t *root_public; /* 32 bytes: the pin */
	/* To connect; and of a transfer, or of a frame that is sent, how long
	 * nothing may move. */
	int timeout_ms;
	enum cs_tls_clock clock; /* who judges the hub's certificate by time */
	/* To resume with, and to keep those that come; outlives the client and
	 * is the caller's.  NULL: each handshake is a full one. */
	struct cs_tls_tickets *tickets;
	/* The process that does it for us (client_far.h), with tickets of its
	 * own; outlives the client and is the caller's.  NULL: it is done here.
	 */
	struct cs_net_far *far;
	/* To connect through; copied.  NULL: straight.  Not where another
	 * process does it. */
	const struct cs_net_proxy *proxy;
	/* Out of cs_net_client_open(), or NULL: the proxy was there, and
	 * whatever failed did so behind it. */
	bool *proxy_reached;
};

/*
 * Connect.  CS_ERR_CERT, CS_ERR_MISMATCH or CS_ERR_EXPIRED: somebody answers,
 * but not this operator's hub; CS_ERR_CLOSED: nobody answers;
 * CS_ERR_TIMEOUT; with a proxy, what cs_net_dial() says.
 */
CS_CHECKED enum cs_err cs_net_client_open(
    struct cs_net_client **out, const struct cs_net_client_config *config);
void cs_net_client_close(struct cs_net_client *c);

/*
 * The same in steps, for a process that can open no file later on: make all
 * that it takes; connect, to ${address} in digits, or to the host if that is
 * NULL; hang up, and connect again.  cs_net_client_connect() fails as
 * cs_net_client_open() does.
 */
CS_CHECKED enum cs_err cs_net_client_new(
    struct cs_net_client **out, const struct cs_net_client_config *config);
CS_CHECKED enum cs_err cs_net_client_connect(
    struct cs_net_client *c, const char *address, int timeout_ms);
void cs_net_client_hang_up(struct cs_net_client *c);

/* Send a frame and wait until it is with the kernel.  CS_ERR_CLOSED,
 * CS_ERR_TIMEOUT: nothing moved for the client's time. */
CS_CHECKED enum cs_err cs_net_client_send(
    struct cs_net_client *c, struct cs_view frame);

/* The next frame replaces what ${out} holds; CS_ERR_TIMEOUT after
 * ${timeout_ms}, CS_ERR_CLOSED. */
CS_CHECKED enum cs_err cs_net_client_recv(
    struct cs_net_client *c, struct cs_buf *out, int timeout_ms);

/* With CS_TLS_OTHER_CLOCK and a connection made here: from when until when the
 * hub's certificate is valid, in seconds since 1970. */
void cs_net_client_validity(
    const struct cs_net_client *c, uint64_t *from_s, uint64_t *until_s);
/* The same, but time counts only while nothing moves: on a slow line a frame
 * takes as long as it takes. */
CS_CHECKED enum cs_err cs_net_client_await(
    struct cs_net_client *c, struct cs_buf *out, int timeout_ms);

CS_CHECKED enum cs_err cs_net_client_exporter(
    struct cs_net_client *c, uint8_t out[static 32]);

/* What a login on this connection is bound to: ${*kind} of enum
 * cs_wire_binding_kind, which is the exporter here. */
CS_CHECKED enum cs_err cs_net_client_binding(
    struct cs_net_client *c, uint8_t *kind, uint8_t out[static 32]);
