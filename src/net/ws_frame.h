/* SPDX-License-Identifier: MIT */
/*
 * WebSocket frames (RFC 6455, section 5).
 *
 * Only what the other end of ours sends is taken: binary messages, in any
 * number of frames, without extensions; masked if a client sends them, and not
 * masked if a server does.
 */
#pragma once

#include "base/bytes.h"

#define CS_WS_CONTROL_MAX 125
#define CS_WS_HEAD_MAX 10 /* of a frame that a server sends */
#define CS_WS_MASK_LEN 4  /* a client puts it behind the head */

enum cs_ws_opcode {
	CS_WS_CONTINUATION = 0,
	CS_WS_TEXT = 1,
	CS_WS_BINARY = 2,
	CS_WS_CLOSE = 8,
	CS_WS_PING = 9,
	CS_WS_PONG = 10,
};

/* Reasons to close (RFC 6455, section 7.4.1). */
enum cs_ws_close {
	CS_WS_CLOSE_NORMAL = 1000,
	CS_WS_CLOSE_PROTOCOL = 1002,
	CS_WS_CLOSE_TYPE = 1003,
	CS_WS_CLOSE_TOO_BIG = 1009,
};

/* Where in the stream of frames a connection is; all zero at its beginning, but
 * for ${client}. */
struct cs_ws {
	uint8_t head[14]; /* of the frame, as far as it has come */
	uint8_t n_head;
	bool in_payload;
	bool in_message; /* a message has begun and not ended */
	uint64_t left;   /* of the payload */
	uint32_t at;     /* in the payload, for the mask */
	uint8_t control[CS_WS_CONTROL_MAX];
	uint8_t n_control;
	bool client; /* frames of a server are read */
};

enum cs_ws_event {
	CS_WS_NOTHING, /* all bytes are used up */
	CS_WS_DATA,    /* a piece of a message */
	CS_WS_SPOKEN,  /* a control frame */
	CS_WS_BAD,     /* nothing that follows can be understood */
};

struct cs_ws_got {
	enum cs_ws_event event;
	/* CS_WS_DATA: unmasked, in the bytes that were given.  CS_WS_SPOKEN: in
	 * the struct cs_ws, until the next call. */
	struct cs_view bytes;
	bool last;                /* CS_WS_DATA: the message ends with it */
	enum cs_ws_opcode opcode; /* CS_WS_SPOKEN */
	enum cs_ws_close why;     /* CS_WS_BAD */
};

/*
 * Take the next thing from the ${*n} bytes at ${*bytes}, which move behind it;
 * payload is unmasked where it lies.  ${room} is how much of a message may
 * still come: a frame that announces more is CS_WS_BAD before it is there.
 */
void cs_ws_next(struct cs_ws_got *out, struct cs_ws *ws, uint8_t **bytes,
    size_t *n, uint64_t room);

/* The head of a whole frame with ${n} bytes; returns its length. */
size_t cs_ws_head(
    uint8_t out[static CS_WS_HEAD_MAX], enum cs_ws_opcode opcode, uint64_t n);

/*
 * The same for a client: the head of a frame with ${n} bytes and its ${mask},
 * under which the payload is put where it lies (section 5.3).  The mask is not
 * to be foreseen by whoever chose the payload.
 */
size_t cs_ws_head_masked(uint8_t out[static CS_WS_HEAD_MAX + CS_WS_MASK_LEN],
    enum cs_ws_opcode opcode, const uint8_t mask[static CS_WS_MASK_LEN],
    uint8_t *payload, size_t n);

#define CS_WS_KEY_LEN 24    /* Sec-WebSocket-Key: base64 of 16 bytes */
#define CS_WS_ACCEPT_LEN 28 /* and of a SHA-1 */

/* What a server answers to ${key} (RFC 6455, section 4.2.2), and a zero. */
CS_CHECKED enum cs_err cs_ws_accept(
    char out[static CS_WS_ACCEPT_LEN + 1], struct cs_view key);
