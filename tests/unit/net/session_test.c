/* SPDX-License-Identifier: MIT */
/* Requests and answers, with a hub that says what it should and what not. */
#include "net/session.h"

#include "support/net_world.h"

static const struct net_certificate good = { "localhost", -3600, 3600 };

/* ---- the hub ------------------------------------------------------------ */

static uint16_t version = CS_WIRE_VERSION;

static void
send_frame(struct cs_net_conn *c, uint8_t kind, uint32_t id,
    const struct cs_wire_shape *shape, const void *message)
{
	struct cs_buf frame = { 0 };

	if (cs_wire_frame_head(&frame, kind, id) != CS_OK ||
	    cs_wire_write(&frame, shape, message) != CS_OK ||
	    cs_net_conn_send(c, cs_buf_view(&frame)) != CS_OK)
		_exit(4);
	cs_buf_free(&frame);
}

static enum cs_err
opened(void *arg, struct cs_net_conn *c, void **user)
{
	struct cs_wire_hello hello = {
		.version = version,
		.hub_name = cs_view_str("hub.example"),
		.now_ms = (uint64_t)time(NULL) * 1000 + 7200000,
		.stamp_cert = cs_view_str("stamp"),
		.external_cert = cs_view_str("external"),
	};

	(void)arg;
	(void)user;
	memset(hello.challenge, 7, sizeof hello.challenge);
	send_frame(c, CS_WIRE_HELLO, 0, &cs_wire_hello_shape, &hello);
	return CS_OK;
}

static size_t
frame_max(void *arg, void *user)
{
	(void)arg;
	(void)user;
	return CS_WIRE_FRAME_MAX;
}

static void
push(struct cs_net_conn *c, uint64_t head)
{
	const struct cs_wire_push p = {
		.kind = CS_WIRE_PUSH_GROUP,
		.group_id = cs_view_str("sixteen bytes id"),
		.head = head,
	};

	send_frame(c, CS_WIRE_PUSH, 0, &cs_wire_push_shape, &p);
}

/* The kind of the request says what the hub does. */
static void
frame(void *arg, struct cs_net_conn *c, void *user, struct cs_view bytes)
{
	const struct cs_wire_empty none = { 0 };
	struct cs_wire_error error = {
		.code = CS_WIRE_E_LIMIT,
		.sentence = cs_view_str("Send money to this address."),
		.data = cs_view_str("data!"),
	};
	struct cs_wire_frame f;

	(void)arg;
	(void)user;
	if (cs_wire_frame_parse(&f, bytes) != CS_OK)
		_exit(5);
	switch (f.kind) {
	case CS_WIRE_PING:
		push(c, 1);
		push(c, 2);
		send_frame(
		    c, CS_WIRE_ANSWER, f.id, &cs_wire_empty_shape, &none);
		push(c, 3);
		break;
	case CS_WIRE_SYNC:
		send_frame(
		    c, CS_WIRE_ERROR, f.id, &cs_wire_error_shape, &error);
		break;
	case CS_WIRE_SETTINGS_SET: /* the body is what a refusal says */
		error.data = f.body;
		send_frame(
		    c, CS_WIRE_ERROR, f.id, &cs_wire_error_shape, &error);
		break;
	case CS_WIRE_ACK: /* the answer to something else */
		send_frame(
		    c, CS_WIRE_ANSWER, f.id + 1, &cs_wire_empty_shape, &none);
		break;
	case CS_WIRE_FETCH: /* no answer, and no refusal */
		send_frame(c, CS_WIRE_HELLO, f.id, &cs_wire_empty_shape, &none);
		break;
	default: /* bytes that are left over */
		send_frame(
		    c, CS_WIRE_ANSWER, f.id, &cs_wire_error_shape, &error);
	}
}

static void
closed(void *arg, struct cs_net_conn *c, void *user)
{
	(void)arg;
	(void)c;
	(void)user;
}

static void
serve(struct net_world *w, int ready)
{
	net_serve(w, ready,
	    (struct cs_net_server_config){
		.opened = opened,
		.frame_max = frame_max,
		.frame = frame,
		.closed = closed,
	    });
}

/* ---- tests -------------------------------------------------------------- */

static void
open_session(struct cs_session *s, const struct net_world *w)
{
	struct cs_net_client_config config = net_client_config(w);

	memset(s, 0, sizeof *s);
	assert_ok(cs_session_open(s, &config));
}

static enum cs_err
ask(struct cs_session *s, uint8_t kind)
{
	struct cs_wire_empty none = { 0 };

	return cs_session_call(
	    s, kind, &cs_wire_empty_shape, &none, &cs_wire_empty_shape, &none);
}

static void
test_hello(void **state)
{
	struct net_world w;
	struct cs_session s;
	uint8_t challenge[32];

	(void)state;
	net_fork(&w, serve, &good);
	open_session(&s, &w);
	memset(challenge, 7, sizeof challenge);
	assert_string_equal(s.info.name, "hub.example");
	assert_memory_equal(s.info.challenge, challenge, sizeof challenge);
	assert_view_equal(
	    cs_buf_view(&s.info.stamp_cert), cs_view_str("stamp"));
	assert_int_equal(s.info.desk_seal_cert.len, 0);
	/* Its clock is two hours ahead, give or take a slow machine. */
	assert_in_range(s.info.clock_skew_ms, 7200000 - 60000, 7200000 + 1000);
	cs_session_close(&s);
	net_world_clear(&w);
}

static void
test_another_version(void **state)
{
	struct cs_net_client_config config;
	struct cs_session s = { 0 };
	struct net_world w;

	(void)state;
	version = CS_WIRE_VERSION + 1;
	net_fork(&w, serve, &good);
	version = CS_WIRE_VERSION;
	config = net_client_config(&w);
	assert_err(cs_session_open(&s, &config), CS_ERR_VERSION);
	net_world_clear(&w);
}

/* Pushes that come before an answer are kept, in order. */
static void
test_answer_and_pushes(void **state)
{
	struct cs_wire_push p;
	struct net_world w;
	struct cs_session s;

	(void)state;
	net_fork(&w, serve, &good);
	open_session(&s, &w);
	assert_ok(ask(&s, CS_WIRE_PING));
	for (uint64_t i = 1; i <= 3; i++) {
		assert_ok(cs_session_push(&s, &p, 20000));
		assert_int_equal(p.kind, CS_WIRE_PUSH_GROUP);
		assert_int_equal(p.head, i);
	}
	assert_err(cs_session_push(&s, &p, 100), CS_ERR_TIMEOUT);
	assert_ok(ask(&s, CS_WIRE_PING));
	cs_session_close(&s);
	net_world_clear(&w);
}

/* A refusal has its code, its data, and our own words for it. */
static void
test_refusal(void **state)
{
	struct net_world w;
	struct cs_session s;

	(void)state;
	net_fork(&w, serve, &good);
	open_session(&s, &w);
	assert_err(ask(&s, CS_WIRE_SYNC), CS_ERR_DENIED);
	assert_int_equal(s.code, CS_WIRE_E_LIMIT);
	assert_string_equal(
	    s.sentence, "A limit is reached, and something has to go first.");
	assert_view_equal(cs_buf_view(&s.refusal_data), cs_view_str("data!"));
	assert_int_equal(s.retry_s, 0);
	assert_ok(ask(&s, CS_WIRE_PING));
	assert_int_equal(s.code, 0);
	cs_session_close(&s);
	net_world_clear(&w);
}

/* A limit says when it is over, in words too, and no hub makes us wait for
 * ever. */
static void
test_retry(void **state)
{
	static const struct {
		uint32_t seconds, retry_s;
		const char *sentence;
	} cases[] = {
		{ 0, 0, "A limit is reached, and something has to go first." },
		{ 1, 1, "A limit is reached. Try again in 1 second." },
		{ 59, 59, "A limit is reached. Try again in 59 seconds." },
		{ 121, 121, "A limit is reached. Try again in 3 minutes." },
		{ 7200, 7200, "A limit is reached. Try again in 120 minutes." },
		{ 7201, 7201, "A limit is reached. Try again in 3 hours." },
		{ UINT32_MAX, 172800,
		    "A limit is reached. Try again in 48 hours." },
	};
	struct cs_wire_empty none;
	struct net_world w;
	struct cs_session s = { 0 };

	(void)state;
	net_fork(&w, serve, &good);
	open_session(&s, &w);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct cs_wire_retry retry = { cases[i].seconds };

		assert_err(cs_session_call(&s, CS_WIRE_SETTINGS_SET,
			       &cs_wire_retry_shape, &retry,
			       &cs_wire_empty_shape, &none),
		    CS_ERR_DENIED);
		assert_int_equal(s.retry_s, cases[i].retry_s);
		assert_string_equal(s.sentence, cases[i].sentence);
	}
	cs_session_close(&s);
	net_world_clear(&w);
}

/* Time passes, and what comes meanwhile is not lost. */
static void
test_wait(void **state)
{
	struct cs_wire_push p;
	struct net_world w;
	struct cs_session s = { 0 };

	(void)state;
	net_fork(&w, serve, &good);
	open_session(&s, &w);
	assert_ok(ask(&s, CS_WIRE_PING));
	assert_ok(cs_session_wait(&s, 300));
	for (uint64_t i = 1; i <= 3; i++) {
		assert_ok(cs_session_push(&s, &p, 0));
		assert_int_equal(p.head, i);
	}
	kill(w.child, SIGSTOP);
	assert_ok(cs_session_wait(&s, 10));
	kill(w.child, SIGCONT);
	assert_ok(ask(&s, CS_WIRE_PING));
	cs_session_close(&s);
	net_world_clear(&w);
}

static void
test_lies(void **state)
{
	static const uint8_t kinds[] = { CS_WIRE_ACK, CS_WIRE_FETCH,
		CS_WIRE_NOTICES };
	struct net_world w;
	struct cs_session s;

	(void)state;
	net_fork(&w, serve, &good);
	for (size_t i = 0; i < sizeof kinds; i++) {
		open_session(&s, &w);
		assert_err(ask(&s, kinds[i]), CS_ERR_FORMAT);
		cs_session_close(&s);
	}
	net_world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hello),
		cmocka_unit_test(test_another_version),
		cmocka_unit_test(test_answer_and_pushes),
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_retry),
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
