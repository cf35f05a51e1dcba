/* SPDX-License-Identifier: MIT */
#include "family/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/clock.h"

#define HEAD_LEN 13
#define PIECE ((size_t)256 << 10) /* that is read at once */
#define KEEP ((size_t)1 << 20)    /* memory that an idle channel keeps */

/* Invariant: in_at <= in.len, out_at <= out.len. */
struct cs_channel {
	int fd;
	struct cs_channel_limits limits;
	struct cs_buf in, out;
	size_t in_at, out_at; /* so much is done with */
	bool over;
};

enum cs_err
cs_channel_new(
    struct cs_channel **out, int fd, const struct cs_channel_limits *limits)
{
	struct cs_channel *c = cs_calloc(1, sizeof *c);
	int flags = fcntl(fd, F_GETFL);

	*out = NULL;
	if (c == NULL || flags < 0 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
		cs_free_plain(c);
		close(fd);
		return c == NULL ? CS_ERR_NOMEM : CS_ERR_IO;
	}
	c->fd = fd;
	c->limits = *limits;
	c->in.max = limits->message + HEAD_LEN + PIECE;
	c->out.max = limits->waiting;
	*out = c;
	return CS_OK;
}

void
cs_channel_free(struct cs_channel *c)
{
	if (c == NULL)
		return;
	close(c->fd);
	cs_buf_free(&c->in);
	cs_buf_free(&c->out);
	cs_free(c, sizeof *c);
}

int
cs_channel_fd(const struct cs_channel *c)
{
	return c->fd;
}

/* Move what is left to the front, and give much memory back when little is. */
static void
pack(struct cs_buf *b, size_t *at)
{
	size_t left = b->len - *at;

	if (left == 0 && b->cap > KEEP) {
		cs_buf_free(b);
	} else if (*at != 0) {
		memmove(b->data, b->data + *at, left);
		b->len = left;
	}
	*at = 0;
}

/* ---- out ---------------------------------------------------------------- */

enum cs_err
cs_channel_put_parts(struct cs_channel *c, uint8_t kind, uint64_t about,
    const struct cs_view *parts, size_t n)
{
	uint8_t head[HEAD_LEN];
	size_t whole = 0;
	uint32_t length;
	enum cs_err err;

	for (size_t i = 0; i < n; i++)
		whole += parts[i].len;
	if (c->over || whole > UINT32_MAX)
		return CS_ERR_CLOSED;
	if (c->out_at > c->out.len / 2)
		pack(&c->out, &c->out_at);
	length = (uint32_t)whole;
	memcpy(head, &length, sizeof length);
	head[4] = kind;
	memcpy(head + 5, &about, sizeof about);
	if ((err = cs_buf_reserve(&c->out, sizeof head + whole))) {
		c->over = true;
		return err;
	}
	err = cs_buf_add(&c->out, CS_VIEW_OF(head));
	for (size_t i = 0; err == CS_OK && i < n; i++)
		if (parts[i].len != 0)
			err = cs_buf_add(&c->out, parts[i]);
	return err;
}

enum cs_err
cs_channel_put(
    struct cs_channel *c, uint8_t kind, uint64_t about, struct cs_view bytes)
{
	return cs_channel_put_parts(c, kind, about, &bytes, 1);
}

enum cs_err
cs_channel_flush(struct cs_channel *c)
{
	while (!c->over && c->out_at < c->out.len) {
		ssize_t n = send(c->fd, c->out.data + c->out_at,
		    c->out.len - c->out_at, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return CS_OK;
		if (n <= 0)
			c->over = true;
		else
			c->out_at += (size_t)n;
	}
	if (c->over)
		return CS_ERR_CLOSED;
	pack(&c->out, &c->out_at);
	return CS_OK;
}

size_t
cs_channel_waiting(const struct cs_channel *c)
{
	return c->over ? 0 : c->out.len - c->out_at;
}

struct pollfd
cs_channel_watch(const struct cs_channel *c)
{
	if (c == NULL)
		return (struct pollfd){ .fd = -1, .events = POLLIN };
	return (struct pollfd){ .fd = c->fd,
		.events = (short)(POLLIN |
		    (cs_channel_waiting(c) != 0 ? POLLOUT : 0)) };
}

/* ---- in ----------------------------------------------------------------- */

/* How long the message is whose head has come, with its head; 0: none has. */
static size_t
announced(const struct cs_channel *c)
{
	uint32_t length;

	if (c->in.len - c->in_at < HEAD_LEN)
		return 0;
	memcpy(&length, c->in.data + c->in_at, sizeof length);
	return (size_t)HEAD_LEN + length;
}

enum cs_err
cs_channel_fill(struct cs_channel *c)
{
	size_t want = PIECE;
	uint8_t *at;
	ssize_t n;
	enum cs_err err;

	if (c->over)
		return CS_ERR_CLOSED;
	pack(&c->in, &c->in_at);
	if ((err = cs_buf_reserve(&c->in, want)))
		return err;
	at = c->in.data + c->in.len;
	do
		n = recv(c->fd, at, want, 0);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		c->in.len += (size_t)n;
	if (n == 0 || (n < 0 && errno != EAGAIN)) {
		c->over = true;
		return CS_ERR_CLOSED;
	}
	if (announced(c) > c->limits.message + HEAD_LEN) {
		c->over = true;
		return CS_ERR_LIMIT;
	}
	return CS_OK;
}

bool
cs_channel_next(struct cs_channel_message *out, struct cs_channel *c)
{
	size_t whole = announced(c);
	const uint8_t *at;

	if (whole == 0 || c->in.len - c->in_at < whole ||
	    whole > c->limits.message + HEAD_LEN) {
		/* Of the second in a piece nobody has looked at the length. */
		c->over |= whole > c->limits.message + HEAD_LEN;
		return false;
	}
	at = c->in.data + c->in_at;
	out->kind = at[4];
	memcpy(&out->about, at + 5, sizeof out->about);
	out->bytes = cs_view(at + HEAD_LEN, whole - HEAD_LEN);
	c->in_at += whole;
	return true;
}

/* ---- both --------------------------------------------------------------- */

enum cs_err
cs_channel_await(
    struct cs_channel_message *out, struct cs_channel *c, int timeout_ms)
{
	uint64_t end_us = cs_clock_us() + (uint64_t)timeout_ms * 1000;
	enum cs_err err;

	for (;;) {
		uint64_t now_us = cs_clock_us();
		struct pollfd p;

		if ((err = cs_channel_flush(c)))
			return err;
		if (cs_channel_next(out, c))
			return CS_OK;
		if (now_us >= end_us)
			return CS_ERR_TIMEOUT;
		p = cs_channel_watch(c);
		if (poll(&p, 1, (int)((end_us - now_us) / 1000) + 1) < 0 &&
		    errno != EINTR)
			return CS_ERR_IO;
		if ((p.revents & ~POLLOUT) != 0 &&
		    (err = cs_channel_fill(c)) != CS_OK)
			return err;
	}
}
