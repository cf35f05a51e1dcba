/* SPDX-License-Identifier: MIT */
/* Sockets that share an address, with one another and with nobody else. */
#include "net/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "support/net_world.h"

#define SOCKETS 3
#define GUESTS 64

static void
close_all(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		close(fds[i]);
}

static int
visit(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

/* Each of those who come reaches one of the sockets, and each socket some. */
static void
test_shared(void **state)
{
	int fds[SOCKETS], guests[GUESTS], port = net_free_port();
	size_t n[SOCKETS] = { 0 }, all = 0;

	(void)state;
	assert_ok(cs_net_listen(fds, SOCKETS, "127.0.0.1", port));
	for (size_t i = 0; i < GUESTS; i++)
		guests[i] = visit(port);
	while (all < GUESTS) {
		struct pollfd p[SOCKETS];
		int fd;

		for (size_t i = 0; i < SOCKETS; i++)
			p[i] = (struct pollfd){ fds[i], POLLIN, 0 };
		assert_true(poll(p, SOCKETS, -1) > 0);
		for (size_t i = 0; i < SOCKETS; i++)
			while ((fd = accept(fds[i], NULL, NULL)) >= 0) {
				close(fd);
				n[i]++;
				all++;
			}
	}
	assert_int_equal(all, GUESTS);
	for (size_t i = 0; i < SOCKETS; i++)
		assert_int_not_equal(n[i], 0);
	close_all(guests, GUESTS);
	close_all(fds, SOCKETS);
	/* Who was here a moment ago is in nobody's way. */
	assert_ok(cs_net_listen(fds, 1, "127.0.0.1", port));
	close_all(fds, 1);
}

/* A second hub would take half of the first one's members. */
static void
test_busy(void **state)
{
	int fds[SOCKETS], others[SOCKETS], port = net_free_port(), guest;

	(void)state;
	assert_ok(cs_net_listen(fds, SOCKETS, "127.0.0.1", port));
	assert_err(
	    cs_net_listen(others, SOCKETS, "127.0.0.1", port), CS_ERR_BUSY);
	assert_err(cs_net_listen(others, 1, "127.0.0.1", port), CS_ERR_BUSY);
	guest = visit(port);
	close(guest);
	close_all(fds, SOCKETS);
	assert_ok(cs_net_listen(others, SOCKETS, "127.0.0.1", port));
	close_all(others, SOCKETS);
}

static void
test_not_ours(void **state)
{
	int fd, before = dup(0), after;

	(void)state;
	close(before);
	/* Of those that are for documents (RFC 5737). */
	assert_err(cs_net_listen(&fd, 1, "192.0.2.1", 8443), CS_ERR_IO);
	after = dup(0);
	assert_int_equal(before, after);
	close(after);
}

/* Nothing of it is inherited, and nobody waits for it. */
static void
test_flags(void **state)
{
	int fd;

	(void)state;
	assert_ok(cs_net_listen(&fd, 1, "127.0.0.1", net_free_port()));
	assert_int_equal(accept(fd, NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_not_ours),
		cmocka_unit_test(test_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
