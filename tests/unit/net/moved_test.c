/* SPDX-License-Identifier: MIT */
/* What the kernel says of bytes on their way. */
#include "net/moved.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/test.h"

static void
pair(int out[2])
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(
	    getsockname(listener, (struct sockaddr *)&at, &len), 0);
	out[0] = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(out[0], (struct sockaddr *)&at, len), 0);
	out[1] = accept(listener, NULL, NULL);
	assert_true(out[1] >= 0);
	close(listener);
}

/* Bytes count where they arrive and where that is confirmed, and only there. */
static void
test_moved(void **state)
{
	uint64_t here, there;
	char bytes[1000] = "";
	int fds[2];

	(void)state;
	pair(fds);
	here = cs_net_moved(fds[0]);
	there = cs_net_moved(fds[1]);
	assert_int_equal(
	    send(fds[0], bytes, sizeof bytes, 0), (ssize_t)sizeof bytes);
	while (cs_net_moved(fds[0]) - here < sizeof bytes ||
	    cs_net_moved(fds[1]) - there < sizeof bytes)
		poll(NULL, 0, 1);
	here = cs_net_moved(fds[0]);
	there = cs_net_moved(fds[1]);
	/* Reading what has come moves nothing. */
	assert_int_equal(
	    recv(fds[1], bytes, sizeof bytes, 0), (ssize_t)sizeof bytes);
	assert_int_equal(cs_net_moved(fds[0]), here);
	assert_int_equal(cs_net_moved(fds[1]), there);
	close(fds[0]);
	close(fds[1]);
}

/* Of what is no such socket nothing is known. */
static void
test_others(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(cs_net_moved(fds[0]), 0);
	assert_int_equal(cs_net_moved(-1), 0);
	close(fds[0]);
	close(fds[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
