/* SPDX-License-Identifier: MIT */
#include "net/beside.h"

#include <unistd.h>

#include "support/test.h"

struct other {
	int fd, turns;
	bool end;
};

static int
wait_for(void *arg, struct pollfd *out)
{
	struct other *o = arg;

	out[0] = (struct pollfd){ o->fd, POLLIN, 0 };
	return 1;
}

static bool
turn(void *arg)
{
	struct other *o = arg;
	struct pollfd fds[CS_NET_BESIDE_MAX];
	char c;

	/* Whoever answers is not called again meanwhile. */
	assert_int_equal(net_beside_add(fds, 0), 0);
	assert_int_equal(read(o->fd, &c, 1), 1);
	o->turns++;
	return o->end;
}

static bool
wait_once(void)
{
	struct pollfd fds[1 + CS_NET_BESIDE_MAX] = { { -1, POLLIN, 0 } };
	int n = net_beside_add(fds, 1);

	assert_true(poll(fds, (nfds_t)n, 0) >= 0);
	return net_beside_turn(fds, 1, n);
}

static void
test_beside(void **state)
{
	int ends[2];
	struct other o = { 0 };
	const struct cs_net_beside beside = { &o, wait_for, turn };

	(void)state;
	assert_int_equal(pipe(ends), 0);
	o.fd = ends[0];
	assert_false(wait_once());
	cs_net_beside(&beside);
	assert_false(wait_once());
	assert_int_equal(o.turns, 0);
	assert_int_equal(write(ends[1], "a", 1), 1);
	assert_false(wait_once());
	assert_int_equal(o.turns, 1);
	assert_int_equal(write(ends[1], "b", 1), 1);
	o.end = true;
	assert_true(wait_once());
	cs_net_beside(NULL);
	assert_int_equal(write(ends[1], "c", 1), 1);
	assert_false(wait_once());
	assert_int_equal(o.turns, 2);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_beside) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
