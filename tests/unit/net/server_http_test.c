/* SPDX-License-Identifier: MIT */
/* The server's door, asked by somebody who speaks TLS and no more. */
#include <stdio.h>

#include "support/net_words.h"
#include "unit/net/net_raw.h"

#define DOOR                                                                   \
	"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"        \
	"Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"     \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"                      \
	"Sec-WebSocket-Protocol: chat, countersign.v1\r\n\r\n"

static void
world_init(struct net_world *w)
{
	limits = (struct cs_net_limits){ 0 };
	net_fork(w, serve, &good);
}

static void
test_statuses(void **state)
{
	struct net_world w;

	(void)state;
	world_init(&w);
	assert_int_equal(raw_status(&w, DOOR), 101);
	assert_int_equal(
	    raw_status(&w, "GET /ws HTTP/1.1\r\nHost: a\r\n\r\n"), 426);
	assert_int_equal(
	    raw_status(&w,
		"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
		"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
		"Sec-WebSocket-Protocol: chat\r\n\r\n"),
	    426);
	assert_int_equal(
	    raw_status(&w, "GET /none HTTP/1.1\r\nHost: a\r\n\r\n"), 404);
	assert_int_equal(raw_status(&w,
			     "POST / HTTP/1.1\r\nHost: a\r\n"
			     "Content-Length: 3\r\n\r\nabc"),
	    405);
	assert_int_equal(raw_status(&w, "GET / HTTP/1.1\r\n\r\n"), 400);
	assert_int_equal(raw_status(&w, "\x16\x03\x01\r\n\r\n"), 400);
	net_world_clear(&w);
}

/* A head that does not end, and two requests at once. */
static void
test_heads(void **state)
{
	static const char two[] = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
				  "GET /2 HTTP/1.1\r\nHost: a\r\n"
				  "Connection: close\r\n\r\n";
	char line[64];
	struct net_world w;
	struct raw r;

	(void)state;
	world_init(&w);
	raw_open(&r, &w);
	memset(line, 'a', sizeof line);
	raw_say(&r, "GET / HTTP/1.1\r\nX: ", 19);
	for (int i = 0; i < 128; i++)
		raw_say(&r, line, sizeof line);
	assert_true(raw_hear(&r, "431", 3));
	assert_false(raw_hear(&r, "never", 5));
	raw_close(&r);
	raw_open(&r, &w);
	raw_say(&r, two, sizeof two - 1);
	assert_false(raw_hear(&r, "never", 5));
	assert_non_null(memmem(r.in + 1, r.n - 1, "HTTP/1.1 404", 12));
	raw_close(&r);
	net_world_clear(&w);
}

/* RFC 6455, section 1.3: the answer to its key; then frames. */
static void
test_door(void **state)
{
	static const uint8_t ping[] = { 0x89, 0x82, 0, 0, 0, 0, 'h', 'i' };
	static const uint8_t pong[] = { 0x8a, 2, 'h', 'i' };
	static const uint8_t echo[] = { 0x82, 0x83, 0, 0, 0, 0, 'a', 'b', 'c' };
	static const uint8_t echoed[] = { 0x82, 3, 'a', 'b', 'c' };
	static const uint8_t text[] = { 0x81, 0x81, 0, 0, 0, 0, 'a' };
	static const uint8_t bad_type[] = { 0x88, 2, 0x03, 0xeb };
	struct net_world w;
	struct cs_net_client *other;
	struct raw r;

	(void)state;
	world_init(&w);
	other = connect_to(&w);
	raw_open(&r, &w);
	raw_say(&r, DOOR, strlen(DOOR));
	assert_true(raw_hear(
	    &r, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", 52));
	assert_true(raw_hear(&r, "hello", 5));
	for (size_t i = 0; i < sizeof ping; i++)
		raw_say(&r, ping + i, 1);
	assert_true(raw_hear(&r, pong, sizeof pong));
	raw_say(&r, echo, sizeof echo);
	assert_true(raw_hear(&r, echoed, sizeof echoed));
	raw_say(&r, text, sizeof text);
	assert_true(raw_hear(&r, bad_type, sizeof bad_type));
	assert_false(raw_hear(&r, "never", 5));
	raw_close(&r);
	for (int i = 0; i < 100 && ask_number(other, "closes") == 0; i++)
		usleep(100000);
	assert_int_equal(ask_number(other, "closes"), 1);
	cs_net_client_close(other);
	net_world_clear(&w);
}

/* The beginning of a record, whose rest does not come, costs nothing. */
static void
test_half_a_record(void **state)
{
	static const uint8_t half[] = { 0x17, 3, 3, 0, 100, 1, 2, 3 };
	struct net_world w;
	struct cs_net_client *other;
	struct raw r;
	unsigned before;

	(void)state;
	world_init(&w);
	other = connect_to(&w);
	raw_open(&r, &w);
	assert_int_equal(write(r.fd, half, sizeof half), sizeof half);
	usleep(200000);
	before = ask_number(other, "rounds");
	usleep(500000);
	assert_in_range(ask_number(other, "rounds"), before, before + 20);
	raw_close(&r);
	cs_net_client_close(other);
	net_world_clear(&w);
}

/* Who says nothing is let go, stranger or not yet anybody. */
static void
test_silence(void **state)
{
	struct net_world w;
	struct cs_net_client *c, *member;

	(void)state;
	limits = (struct cs_net_limits){ .stranger_s = 2 };
	net_fork(&w, serve, &good);
	member = connect_to(&w);
	say(member, "know");
	hear(member, "known");
	c = connect_to(&w);
	for (int i = 0; i < 100 && ask_number(member, "closes") == 0; i++)
		usleep(100000);
	assert_int_equal(ask_number(member, "closes"), 1);
	assert_true(is_cut(c));
	assert_false(is_cut(member));
	cs_net_client_close(c);
	cs_net_client_close(member);
	net_world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_door),
		cmocka_unit_test(test_half_a_record),
		cmocka_unit_test(test_silence),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
