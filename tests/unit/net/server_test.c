/* SPDX-License-Identifier: MIT */
/* Answers wait for their reader, and nobody waits for one who does not read. */
#include "net/server.h"

#include "support/net_words.h"

/* Much is asked for and nothing read: what is not asked yet costs nothing, and
 * in the end all of it comes. */
static void
test_unread(void **state)
{
	enum { N = 64 };
	struct net_world w;
	struct cs_net_client *c, *other;
	struct cs_buf in = { 0 };
	unsigned n, before = 0;

	(void)state;
	limits = (struct cs_net_limits){ .waiting = BIG };
	net_fork(&w, serve, &good);
	c = connect_to(&w);
	other = connect_to(&w);
	for (unsigned i = 0; i < N; i++)
		say(c, "big");
	/* Until no more of them is taken. */
	while ((n = ask_number(other, "bigs")) == 0 || n != before) {
		before = n;
		usleep(100000);
	}
	/* The sockets hold some MiB. */
	assert_in_range(n, 1, N / 2);
	for (unsigned i = 0; i < N; i++) {
		assert_ok(cs_net_client_recv(c, &in, 20000));
		assert_int_equal(in.len, BIG);
	}
	assert_int_equal(ask_number(other, "bigs"), N);
	cs_buf_free(&in);
	cs_net_client_close(c);
	cs_net_client_close(other);
	net_world_clear(&w);
}

/* All together have too much waiting: whoever has most goes, and who reads
 * stays. */
static void
test_too_much_waits(void **state)
{
	struct net_world w;
	struct cs_net_client *c[8], *other;
	struct cs_buf in = { 0 };

	(void)state;
	limits = (struct cs_net_limits){ .waiting_all = 2 * BIG };
	net_fork(&w, serve, &good);
	other = connect_to(&w);
	for (size_t i = 0; i < 8; i++) {
		c[i] = connect_to(&w);
		/* It may be cut before it has asked for all of them. */
		for (unsigned j = 0; j < 12; j++)
			(void)!cs_net_client_send(c[i], cs_view_str("big"));
		assert_false(is_cut(other));
	}
	say(other, "big");
	assert_ok(cs_net_client_recv(other, &in, 20000));
	assert_int_equal(in.len, BIG);
	assert_true(ask_number(other, "closes") >= 1);
	for (size_t i = 0; i < 8; i++)
		cs_net_client_close(c[i]);
	cs_buf_free(&in);
	cs_net_client_close(other);
	net_world_clear(&w);
}

static void
test_hold(void **state)
{
	struct net_world w;
	struct cs_net_client *c, *other;
	struct cs_buf in = { 0 };

	(void)state;
	limits = (struct cs_net_limits){ 0 };
	net_fork(&w, serve, &good);
	c = connect_to(&w);
	other = connect_to(&w);
	say(c, "hold");
	for (unsigned i = 0; i < 100; i++)
		say(c, "next");
	assert_err(cs_net_client_recv(c, &in, 300), CS_ERR_TIMEOUT);
	say(other, "resume");
	hear(other, "resumed");
	for (unsigned i = 0; i < 100; i++)
		hear(c, "next");
	cs_buf_free(&in);
	cs_net_client_close(c);
	cs_net_client_close(other);
	net_world_clear(&w);
}

/* Who sends without end while nothing of it is taken finds that the connection
 * takes no more: nobody else notices, and later all of it is there. */
static void
test_flood(void **state)
{
	static uint8_t word[1000];
	struct net_world w;
	struct cs_net_client_config config;
	struct cs_net_client *c, *other;
	struct cs_buf in = { 0 };
	unsigned sent = 0;
	enum cs_err err = CS_OK;

	(void)state;
	limits = (struct cs_net_limits){ 0 };
	net_fork(&w, serve, &good);
	other = connect_to(&w);
	config = net_client_config(&w);
	config.timeout_ms = 1000;
	assert_ok(cs_net_client_open(&c, &config));
	hear(c, "hello");
	say(c, "hold");
	while (sent < 100000 &&
	    (err = cs_net_client_send(c, CS_VIEW_OF(word))) == CS_OK)
		sent++;
	assert_err(err, CS_ERR_TIMEOUT);
	assert_true(sent > 50);
	say(other, "resume");
	hear(other, "resumed");
	for (unsigned i = 0; i < sent; i++) {
		assert_ok(cs_net_client_recv(c, &in, 20000));
		assert_view_equal(cs_buf_view(&in), CS_VIEW_OF(word));
	}
	assert_int_equal(ask_number(other, "closes"), 0);
	cs_buf_free(&in);
	cs_net_client_close(c);
	cs_net_client_close(other);
	net_world_clear(&w);
}

/* Who does not read its last words does not stay for them. */
static void
test_last_words(void **state)
{
	struct net_world w;
	struct cs_net_client *c, *other;
	unsigned n = 0;

	(void)state;
	limits = (struct cs_net_limits){ 0 };
	net_fork(&w, serve, &good);
	c = connect_to(&w);
	other = connect_to(&w);
	say(c, "last words");
	for (unsigned i = 0; i < 200 && n == 0; i++) {
		usleep(100000);
		n = ask_number(other, "closes");
	}
	assert_int_equal(n, 1);
	cs_net_client_close(c);
	cs_net_client_close(other);
	net_world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_too_much_waits),
		cmocka_unit_test(test_hold),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_last_words),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
