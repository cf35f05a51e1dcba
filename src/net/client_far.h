/* SPDX-License-Identifier: MIT */
/*
 * A connection to a hub that another process has (client_part.h), for a process
 * that holds keys: TLS, HTTP and WebSocket are read over there, and frames come
 * over here.
 *
 * It is asked one question after the other, and waited for.  What it says is
 * not trusted: it may drop, delay and make up what a hub could, and what it
 * says of the connection itself makes the login fail.  An answer that is none,
 * or does not come, ends the whole stream between the two.
 */
#pragma once

#include "net/client.h"

struct cs_net_far;
struct cs_net_transfer;

#define CS_NET_FAR_PIECE_MAX ((size_t)64 << 10) /* of a blob, at once */

/* Messages (family/channel.h); each is about the number of the question, which
 * counts up by one. */
enum cs_net_far_kind {
	/* First of all, and once; there is no answer. */
	CS_NET_FAR_HUB = 1, /* u32 timeout_ms, u16 port, root[32], vec host */
	/* Questions.  Everything but these two can only be asked between them.
	 */
	CS_NET_FAR_OPEN,
	CS_NET_FAR_CLOSE,
	CS_NET_FAR_SEND, /* a frame */
	CS_NET_FAR_RECV, /* u32 timeout_ms */
	CS_NET_FAR_EXPORTER,
	CS_NET_FAR_GET, /* u64 offset, length, total, vec path, token */
	CS_NET_FAR_PUT, /* the same */
	/* Every answer: u8 error, u16 HTTP status or 0, and what was asked
	 * for: a frame, or 32 bytes of the exporter. */
	CS_NET_FAR_DONE,
	/* Before the answer to GET, and what is said to it. */
	CS_NET_FAR_PIECE, /* bytes, at least one */
	CS_NET_FAR_GO,
	CS_NET_FAR_STOP, /* also to WANT: the transfer is to end */
	/* Before the answer to PUT, and what is said to it. */
	CS_NET_FAR_WANT, /* u32 how many */
	CS_NET_FAR_BYTES,
};

/* Ask over ${fd}, a socket of a pair, which is taken whatever is returned, for
 * connections to the hub of ${config}, and to no other. */
CS_CHECKED enum cs_err cs_net_far_new(
    struct cs_net_far **out, int fd, const struct cs_net_client_config *config);
/* After the client that uses it. */
void cs_net_far_free(struct cs_net_far *far);
/* False: the stream has ended, and every call fails with CS_ERR_CLOSED. */
bool cs_net_far_works(const struct cs_net_far *far);

/* What client.h and client_http.h say of the functions of these names. */
CS_CHECKED enum cs_err cs_net_far_open(struct cs_net_far *far);
void cs_net_far_close(struct cs_net_far *far);
CS_CHECKED enum cs_err cs_net_far_send(
    struct cs_net_far *far, struct cs_view frame);
CS_CHECKED enum cs_err cs_net_far_recv(
    struct cs_net_far *far, struct cs_buf *out, int timeout_ms);
CS_CHECKED enum cs_err cs_net_far_exporter(
    struct cs_net_far *far, uint8_t out[static 32]);
CS_CHECKED enum cs_err cs_net_far_get(
    struct cs_net_far *far, struct cs_net_transfer *t);
CS_CHECKED enum cs_err cs_net_far_put(
    struct cs_net_far *far, struct cs_net_transfer *t);
