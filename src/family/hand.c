/* SPDX-License-Identifier: MIT */
#include "family/hand.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wipe.h"

/* As it is sent: both ends are the same program. */
struct packet {
	char word[CS_HAND_WORD_MAX];
	uint32_t number;
	uint32_t length;
	uint8_t bytes[CS_HAND_BYTES_MAX];
};

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

enum cs_err
cs_hand_pair(int out[static 2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, out) == 0
	    ? CS_OK
	    : CS_ERR_IO;
}

enum cs_err
cs_hand_send(int socket, const struct cs_hand *h)
{
	struct packet p = { .number = h->number, .length = h->length };
	union control control = { 0 };
	struct iovec iov = { .iov_base = &p, .iov_len = sizeof p };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	memcpy(p.word, h->word, sizeof p.word);
	if (h->length > sizeof p.bytes)
		return CS_ERR_MISUSE;
	memcpy(p.bytes, h->bytes, h->length);
	if (h->fd >= 0) {
		struct cmsghdr *c;

		msg.msg_control = control.bytes;
		msg.msg_controllen = sizeof control.bytes;
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof h->fd);
		memcpy(CMSG_DATA(c), &h->fd, sizeof h->fd);
	}
	do
		n = sendmsg(socket, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	/* What is handed over may be secret. */
	cs_wipe(&p, sizeof p);
	return n == (ssize_t)sizeof p ? CS_OK : CS_ERR_CLOSED;
}

enum cs_err
cs_hand_word(int socket, const char *word, int fd)
{
	struct cs_hand h = { .fd = fd };

	snprintf(h.word, sizeof h.word, "%s", word);
	return cs_hand_send(socket, &h);
}

enum cs_err
cs_hand_bytes(
    int socket, const char *word, uint32_t number, struct cs_view bytes)
{
	struct cs_hand h = { .number = number, .fd = -1 };
	enum cs_err err;

	if (bytes.len > sizeof h.bytes)
		return CS_ERR_MISUSE;
	snprintf(h.word, sizeof h.word, "%s", word);
	h.length = (uint32_t)bytes.len;
	if (bytes.len != 0)
		memcpy(h.bytes, bytes.data, bytes.len);
	err = cs_hand_send(socket, &h);
	cs_wipe(h.bytes, sizeof h.bytes);
	return err;
}

/* The descriptor that came along, or -1; false: there are several.  There is
 * room for more than one, and the system fills it. */
static bool
fd_in(int *out, struct msghdr *msg)
{
	size_t n = 0;

	*out = -1;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL;
	     c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t at = CMSG_LEN(0); at + sizeof *out <= c->cmsg_len;
		     at += sizeof *out, n++) {
			if (*out >= 0)
				close(*out);
			memcpy(out, (uint8_t *)c + at, sizeof *out);
		}
	}
	return n <= 1;
}

enum cs_err
cs_hand_take(struct cs_hand *out, int socket, bool wait)
{
	struct packet p;
	union control control = { 0 };
	struct iovec iov = { .iov_base = &p, .iov_len = sizeof p };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes,
	};
	bool one;
	ssize_t n;

	/* Whoever ends without reading everything leaves ECONNRESET, once,
	 * before what it said last: why it ended, mostly. */
	do
		n = recvmsg(
		    socket, &msg, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	out->fd = -1;
	if (n < 0)
		return errno == EAGAIN ? CS_ERR_BUSY : CS_ERR_CLOSED;
	if (n == 0)
		return CS_ERR_CLOSED;
	one = fd_in(&out->fd, &msg);
	if (!one || n != (ssize_t)sizeof p ||
	    (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ||
	    memchr(p.word, 0, sizeof p.word) == NULL ||
	    p.length > sizeof p.bytes) {
		if (out->fd >= 0)
			close(out->fd);
		out->fd = -1;
		return CS_ERR_FORMAT;
	}
	memcpy(out->word, p.word, sizeof out->word);
	memcpy(out->bytes, p.bytes, sizeof out->bytes);
	out->number = p.number;
	out->length = p.length;
	cs_wipe(&p, sizeof p);
	return CS_OK;
}

bool
cs_hand_is(const struct cs_hand *h, const char *word)
{
	return strcmp(h->word, word) == 0;
}

enum cs_err
cs_hand_copy(void *out, size_t size, const struct cs_hand *h)
{
	if (h->length != size)
		return CS_ERR_FORMAT;
	memcpy(out, h->bytes, size);
	return CS_OK;
}
