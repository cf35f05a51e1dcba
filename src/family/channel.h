/* SPDX-License-Identifier: MIT */
/*
 * One end of a stream of messages between two processes of a family.
 *
 * A message has a kind, a number that says what it is about, and bytes.  Who is
 * at the other end is not trusted: a message that is longer than agreed, or a
 * stream that waits for longer than agreed to be read, ends the channel.
 *
 *	struct { uint32 length; uint8 kind; uint64 about;
 *		 opaque bytes[length]; }	numbers as the machine has them
 */
#pragma once

#include <poll.h>

#include "base/bytes.h"

struct cs_channel;

struct cs_channel_message {
	uint8_t kind;
	uint64_t about;
	struct cs_view bytes; /* until the next call on the channel */
};

struct cs_channel_limits {
	size_t message; /* bytes of the longest that is taken in */
	size_t waiting; /* bytes that may wait for the other end to read */
};

/* ${fd}, a socket of a pair, belongs to the channel from now on, whatever is
 * returned.  Calls never wait, except cs_channel_await(). */
CS_CHECKED enum cs_err cs_channel_new(
    struct cs_channel **out, int fd, const struct cs_channel_limits *limits);
void cs_channel_free(struct cs_channel *c);

int cs_channel_fd(const struct cs_channel *c);

/* Queue a message of ${n} parts, one behind the other.  CS_ERR_LIMIT: too much
 * waits already; the channel is over then. */
CS_CHECKED enum cs_err cs_channel_put_parts(struct cs_channel *c, uint8_t kind,
    uint64_t about, const struct cs_view *parts, size_t n);
CS_CHECKED enum cs_err cs_channel_put(
    struct cs_channel *c, uint8_t kind, uint64_t about, struct cs_view bytes);
/* Send what is queued, as far as the socket takes it; CS_ERR_CLOSED. */
CS_CHECKED enum cs_err cs_channel_flush(struct cs_channel *c);
/* Bytes that are queued. */
size_t cs_channel_waiting(const struct cs_channel *c);
/* What poll(2) is to wait for: what comes, and room for what is queued; NULL:
 * nothing. */
struct pollfd cs_channel_watch(const struct cs_channel *c);

/* Take in what has come.  CS_ERR_CLOSED: the other end is gone, and no more
 * will come than was taken in; CS_ERR_LIMIT: it announces too long a message.
 */
CS_CHECKED enum cs_err cs_channel_fill(struct cs_channel *c);
/* The next whole message of what has come; false: there is none. */
bool cs_channel_next(struct cs_channel_message *out, struct cs_channel *c);

/*
 * Wait until all is sent and a message has come, which is ${*out} then; for
 * whom nothing can go on without the answer.  CS_ERR_TIMEOUT after
 * ${timeout_ms}.
 */
CS_CHECKED enum cs_err cs_channel_await(
    struct cs_channel_message *out, struct cs_channel *c, int timeout_ms);
