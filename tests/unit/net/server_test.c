/* SPDX-License-Identifier: MIT */
/* Who gets a place at a server, and who waits for whom. */
#include "net/server.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/net_world.h"

static const struct net_certificate good = { "localhost", -3600, 3600 };
static struct cs_net_limits limits;

/* ---- the server: its words are what it does ----------------------------- */

#define BIG ((size_t)1 << 20)

static unsigned bigs, closes;
static struct cs_net_conn *held;

static enum cs_err
opened(void *arg, struct cs_net_conn *c, void **user)
{
	(void)arg;
	*user = c;
	return cs_net_conn_send(c, cs_view_str("hello"));
}

static size_t
frame_max(void *arg, void *user)
{
	(void)arg;
	(void)user;
	return 1000;
}

static void
say_number(struct cs_net_conn *c, unsigned n)
{
	char text[16];

	snprintf(text, sizeof text, "%u", n);
	(void)!cs_net_conn_send(c, cs_view_str(text));
}

static void
frame(void *arg, struct cs_net_conn *c, void *user, struct cs_view bytes)
{
	static uint8_t big[BIG];

	(void)arg;
	(void)user;
	if (cs_view_equal(bytes, cs_view_str("know"))) {
		cs_net_conn_known(c);
		(void)!cs_net_conn_send(c, cs_view_str("known"));
	} else if (cs_view_equal(bytes, cs_view_str("big"))) {
		bigs++;
		(void)!cs_net_conn_send(c, CS_VIEW_OF(big));
	} else if (cs_view_equal(bytes, cs_view_str("bigs"))) {
		say_number(c, bigs);
	} else if (cs_view_equal(bytes, cs_view_str("closes"))) {
		say_number(c, closes);
	} else if (cs_view_equal(bytes, cs_view_str("hold"))) {
		held = c;
		cs_net_conn_hold(c);
	} else if (cs_view_equal(bytes, cs_view_str("resume"))) {
		cs_net_conn_resume(held);
		(void)!cs_net_conn_send(c, cs_view_str("resumed"));
	} else if (cs_view_equal(bytes, cs_view_str("last words"))) {
		for (int i = 0; i < 8; i++)
			(void)!cs_net_conn_send(c, CS_VIEW_OF(big));
		cs_net_conn_close(c);
	} else {
		(void)!cs_net_conn_send(c, bytes);
	}
}

static void
closed(void *arg, struct cs_net_conn *c, void *user)
{
	(void)arg;
	(void)c;
	(void)user;
	closes++;
}

static void
serve(struct net_world *w, int ready)
{
	net_serve(w, ready,
	    (struct cs_net_server_config){
		.limits = limits,
		.opened = opened,
		.frame_max = frame_max,
		.frame = frame,
		.closed = closed,
	    });
}

/* ---- clients ------------------------------------------------------------ */

static enum cs_err
try_connect(struct cs_net_client **out, const struct net_world *w)
{
	struct cs_net_client_config config = net_client_config(w);
	struct cs_buf in = { 0 };
	enum cs_err err = cs_net_client_open(out, &config);

	if (err == CS_OK) {
		err = cs_net_client_recv(*out, &in, 20000);
		cs_buf_free(&in);
	}
	return err;
}

static struct cs_net_client *
connect_to(const struct net_world *w)
{
	struct cs_net_client *c;

	assert_ok(try_connect(&c, w));
	return c;
}

static void
hear(struct cs_net_client *c, const char *answer)
{
	struct cs_buf in = { 0 };

	assert_ok(cs_net_client_recv(c, &in, 20000));
	assert_view_equal(cs_buf_view(&in), cs_view_str(answer));
	cs_buf_free(&in);
}

static void
say(struct cs_net_client *c, const char *word)
{
	assert_ok(cs_net_client_send(c, cs_view_str(word)));
}

static unsigned
ask_number(struct cs_net_client *c, const char *word)
{
	struct cs_buf in = { 0 };
	unsigned n;

	say(c, word);
	assert_ok(cs_net_client_recv(c, &in, 20000));
	assert_ok(cs_buf_add(&in, cs_view("", 1)));
	n = (unsigned)strtoul((const char *)in.data, NULL, 10);
	cs_buf_free(&in);
	return n;
}

static bool
is_cut(struct cs_net_client *c)
{
	struct cs_buf in = { 0 };
	enum cs_err err = cs_net_client_send(c, cs_view_str("there?"));

	if (err == CS_OK)
		err = cs_net_client_recv(c, &in, 20000);
	cs_buf_free(&in);
	assert_true(err == CS_OK || err == CS_ERR_CLOSED);
	return err == CS_ERR_CLOSED;
}

/* ---- places ------------------------------------------------------------- */

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

/* ---- readers ------------------------------------------------------------ */

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
		for (unsigned j = 0; j < 12; j++)
			say(c[i], "big");
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
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_strangers_of_an_address),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_connects),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_too_much_waits),
		cmocka_unit_test(test_hold),
		cmocka_unit_test(test_last_words),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
