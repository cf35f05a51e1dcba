/* SPDX-License-Identifier: MIT */
/* Who gets a place at a server, and who makes room. */
#include "net/peers.h"

#include "support/net_words.h"

/* Of strangers the oldest makes room; who is known stays, however many come
 * after. */
static void
test_strangers(void **state)
{
	struct net_world w;
	struct cs_net_client *member, *c[12];

	(void)state;
	limits = (struct cs_net_limits){ .connections = 100, .strangers = 4 };
	net_fork(&w, serve, &good);
	member = connect_to(&w);
	say(member, "know");
	hear(member, "known");
	for (size_t i = 0; i < 12; i++)
		c[i] = connect_to(&w);
	for (size_t i = 0; i < 12; i++) {
		assert_int_equal(is_cut(c[i]), i < 8);
		cs_net_client_close(c[i]);
	}
	assert_false(is_cut(member));
	/* Those who left have left their place. */
	for (size_t i = 0; i < 4; i++)
		c[i] = connect_to(&w);
	for (size_t i = 0; i < 4; i++) {
		assert_false(is_cut(c[i]));
		cs_net_client_close(c[i]);
	}
	cs_net_client_close(member);
	net_world_clear(&w);
}

static void
test_strangers_of_an_address(void **state)
{
	struct net_world w;
	struct cs_net_client *c[4];

	(void)state;
	limits = (struct cs_net_limits){ .strangers_address = 3 };
	net_fork(&w, serve, &good);
	for (size_t i = 0; i < 4; i++)
		c[i] = connect_to(&w);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(is_cut(c[i]), i == 0);
		cs_net_client_close(c[i]);
	}
	net_world_clear(&w);
}

/* Where all places are members', nobody is cut for somebody who comes. */
static void
test_full(void **state)
{
	struct net_world w;
	struct cs_net_client *c[4], *more;

	(void)state;
	limits = (struct cs_net_limits){ .connections = 4 };
	net_fork(&w, serve, &good);
	for (size_t i = 0; i < 4; i++) {
		c[i] = connect_to(&w);
		say(c[i], "know");
		hear(c[i], "known");
	}
	assert_true(try_connect(&more, &w) != CS_OK);
	cs_net_client_close(more);
	for (size_t i = 0; i < 4; i++) {
		assert_false(is_cut(c[i]));
		cs_net_client_close(c[i]);
	}
	net_world_clear(&w);
}

static void
test_connects(void **state)
{
	struct net_world w;
	struct cs_net_client *c;

	(void)state;
	limits = (struct cs_net_limits){ .connects_address = 5 };
	net_fork(&w, serve, &good);
	for (size_t i = 0; i < 6; i++) {
		enum cs_err err = try_connect(&c, &w);

		assert_int_equal(err == CS_OK, i < 5);
		cs_net_client_close(c);
	}
	net_world_clear(&w);
}

/* More come than can be served: an address that comes again and again waits.
 */
static void
test_busy(void **state)
{
	struct net_world w;
	struct cs_net_client *c;

	(void)state;
	limits = (struct cs_net_limits){ .connects = 1, .connects_busy = 3 };
	net_fork(&w, serve, &good);
	/* One a second gets in, and after three only that. */
	for (size_t i = 0; i < 3; i++) {
		assert_ok(try_connect(&c, &w));
		cs_net_client_close(c);
	}
	for (unsigned i = 0;; i++) {
		enum cs_err err = try_connect(&c, &w);

		cs_net_client_close(c);
		if (err)
			break;
		assert_true(i < 200);
	}
	net_world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_strangers_of_an_address),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_connects),
		cmocka_unit_test(test_busy),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
