/* SPDX-License-Identifier: MIT */
#include "net/dial.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/beside.h"
#include "store/clock.h"

/* Bytes that wait in the kernel without having been sent: more would only tell
 * us too early that they have gone. */
#define NOT_SENT_BYTES 32768

static uint64_t
now_ms(void)
{
	return cs_clock_us() / 1000;
}

/* CS_ERR_TIMEOUT */
static enum cs_err
await(int fd, short events, uint64_t end_ms)
{
	struct pollfd fds[1 + CS_NET_BESIDE_MAX] = { { fd, events, 0 } };

	for (;;) {
		uint64_t now = now_ms();
		int all = net_beside_add(fds, 1);
		int n = now < end_ms
		    ? poll(fds, (nfds_t)all, (int)(end_ms - now))
		    : 0;

		if (n > 0 && net_beside_turn(fds, 1, all))
			return CS_ERR_TIMEOUT;
		if (n > 0 && fds[0].revents == 0)
			continue;
		if (n > 0)
			return CS_OK;
		if (n == 0)
			return CS_ERR_TIMEOUT;
		if (errno != EINTR)
			return CS_ERR_IO;
	}
}

/* ---- TCP ---------------------------------------------------------------- */

static void
tune(int fd)
{
	int one = 1, not_sent = NOT_SENT_BYTES;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	(void)setsockopt(
	    fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &not_sent, sizeof not_sent);
}

static enum cs_err
connect_one(int *out, const struct addrinfo *a, uint64_t end_ms)
{
	int failed = 0;
	socklen_t len = sizeof failed;
	enum cs_err err = CS_OK;
	int fd =
	    socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return CS_ERR_CLOSED;
	tune(fd);
	if (connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
		if (errno != EINPROGRESS)
			err = CS_ERR_CLOSED;
		else if ((err = await(fd, POLLOUT, end_ms)) == CS_OK &&
		    (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len) != 0 ||
			failed != 0))
			err = CS_ERR_CLOSED;
	}
	if (err) {
		close(fd);
		return err;
	}
	*out = fd;
	return CS_OK;
}

/* One address after the other, in the time there is for all. */
static enum cs_err
connect_any(int *fd, const struct addrinfo *all, int timeout_ms)
{
	uint64_t end_ms = now_ms() + (uint64_t)timeout_ms;
	enum cs_err err = CS_ERR_CLOSED;
	unsigned left = 0;

	for (const struct addrinfo *a = all; a != NULL; a = a->ai_next)
		left++;
	for (const struct addrinfo *a = all; a != NULL && err != CS_OK;
	     a = a->ai_next) {
		uint64_t now = now_ms();
		uint64_t more = end_ms > now ? end_ms - now : 0;

		err = connect_one(fd, a, now + more / left--);
	}
	return err;
}

/* Where a name leads; digits are looked up nowhere. */
static enum cs_err
look_up(struct addrinfo **out, const char *host, int port)
{
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	};
	char service[16];

	snprintf(service, sizeof service, "%d", port);
	/* RFC 6761, section 6.3: "localhost" is this machine, whatever a
	 * resolver says or whether there is one. */
	if (strcmp(host, "localhost") == 0)
		host = "127.0.0.1";
	if (getaddrinfo(host, service, &hints, out) == 0)
		return CS_OK;
	hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
	/* Where nobody knows it, nobody answers. */
	return getaddrinfo(host, service, &hints, out) == 0 ? CS_OK
							    : CS_ERR_CLOSED;
}

static enum cs_err
connect_to(int *fd, const char *host, int port, int timeout_ms)
{
	struct addrinfo *found = NULL;
	enum cs_err err = look_up(&found, host, port);

	if (err)
		return err;
	err = connect_any(fd, found, timeout_ms);
	freeaddrinfo(found);
	return err;
}

/* ---- the proxy ---------------------------------------------------------- */

static enum cs_err
say(int fd, struct cs_buf *out, uint64_t end_ms)
{
	size_t at = 0;
	enum cs_err err = CS_OK;

	while (err == CS_OK && at < out->len) {
		ssize_t n =
		    send(fd, out->data + at, out->len - at, MSG_NOSIGNAL);

		if (n > 0)
			at += (size_t)n;
		else if (errno == EAGAIN)
			err = await(fd, POLLOUT, end_ms);
		else if (errno != EINTR)
			err = CS_ERR_CLOSED;
	}
	/* A password may be in it. */
	cs_buf_free(out);
	return err;
}

static enum cs_err
hear(int fd, struct cs_net_proxy_talk *t, uint64_t end_ms)
{
	uint8_t bytes[512];
	size_t want = t->wants < sizeof bytes ? t->wants : sizeof bytes;
	ssize_t n = recv(fd, bytes, want, 0);

	if (n > 0)
		return cs_net_proxy_take(t, cs_view(bytes, (size_t)n));
	if (n < 0 && errno == EAGAIN)
		return await(fd, POLLIN, end_ms);
	return n < 0 && errno == EINTR ? CS_OK : CS_ERR_CLOSED;
}

/* A talk is short, and all of it has the time of one step. */
static enum cs_err
talk(int fd, const struct cs_net_dial *how)
{
	uint64_t end_ms = now_ms() + (uint64_t)how->timeout_ms;
	struct cs_net_proxy_talk t;
	enum cs_err err =
	    cs_net_proxy_begin(&t, how->proxy, how->host, how->port);

	while (err == CS_OK && !t.done)
		if ((err = say(fd, &t.out, end_ms)) == CS_OK)
			err = hear(fd, &t, end_ms);
	cs_net_proxy_talk_clear(&t);
	return err;
}

enum cs_err
cs_net_dial(int *fd, bool *proxy_reached, const struct cs_net_dial *how)
{
	const struct cs_net_proxy *p = how->proxy;
	enum cs_err err;

	*fd = -1;
	*proxy_reached = false;
	if (p == NULL || p->kind == CS_NET_PROXY_NONE)
		return connect_to(fd,
		    how->address != NULL ? how->address : how->host, how->port,
		    how->timeout_ms);
	if ((err = connect_to(fd, p->host, p->port, how->timeout_ms)))
		return err;
	*proxy_reached = true;
	if ((err = talk(*fd, how))) {
		close(*fd);
		*fd = -1;
	}
	return err;
}
