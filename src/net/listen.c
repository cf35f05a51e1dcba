/* SPDX-License-Identifier: MIT */
#include "net/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024

/* A socket bound to ${a}, or -1; alone there, or ${shared} with others of
 * ours. */
static int
bound(const struct addrinfo *a, bool shared)
{
	int one = 1;
	int fd =
	    socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
	    (!shared ||
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) ==
		    0) &&
	    bind(fd, a->ai_addr, a->ai_addrlen) == 0)
		return fd;
	close(fd);
	return -1;
}

/* All of them on ${a}; what went wrong is in errno. */
static bool
listen_at(int *fds, size_t n, const struct addrinfo *a)
{
	size_t i = 0;
	int alone, saved;

	/* Sockets that share would be let in beside another program's of the
	 * same user: so the first question is whether one could be alone. */
	if ((alone = bound(a, false)) < 0)
		return false;
	if (listen(alone, BACKLOG) == 0) {
		close(alone);
		while (i < n && (fds[i] = bound(a, true)) >= 0) {
			i++;
			if (listen(fds[i - 1], BACKLOG) != 0)
				break;
		}
		if (i == n)
			return true;
	} else {
		close(alone);
	}
	saved = errno;
	while (i > 0)
		close(fds[--i]);
	errno = saved;
	return false;
}

enum cs_err
cs_net_listen(int *fds, size_t n, const char *host, int port)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	char service[16];
	bool done = false, busy = false;

	snprintf(service, sizeof service, "%d", port);
	if (getaddrinfo(host, service, &hints, &found) != 0)
		return CS_ERR_IO;
	for (int family = 0; !done && family < 2; family++)
		for (struct addrinfo *a = found; !done && a != NULL;
		     a = a->ai_next) {
			if (a->ai_family != (family == 0 ? AF_INET : AF_INET6))
				continue;
			done = listen_at(fds, n, a);
			busy |= !done && errno == EADDRINUSE;
		}
	freeaddrinfo(found);
	return done ? CS_OK : busy ? CS_ERR_BUSY : CS_ERR_IO;
}

int
cs_net_listen_port(int fd)
{
	struct sockaddr_storage at = { 0 };
	socklen_t len = sizeof at;

	if (getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		return 0;
	if (at.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&at)->sin6_port);
	return at.ss_family == AF_INET
	    ? ntohs(((struct sockaddr_in *)&at)->sin_port)
	    : 0;
}
