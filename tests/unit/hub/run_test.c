/* SPDX-License-Identifier: MIT */
/* A hub with all of its processes, which are this program again, and somebody
 * who knocks. */
#include "hub/admin.h"
#include "hub/hub.h"
#include "unit/net/net_raw.h"
#include "wire/messages.h"

#define DOOR                                                                   \
	"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"        \
	"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"                 \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"                      \
	"Sec-WebSocket-Protocol: countersign.v1\r\n\r\n"

struct world {
	struct net_world net; /* of which the port is used */
	struct temp_dir dir;
	pid_t hub;
};

static int ready_fd;

static void
ready(const struct cs_hub_ready *at)
{
	(void)at;
	(void)!write(ready_fd, "", 1);
}

/* Nothing has to be said of a hub that works. */
static void
told(const char *sentence)
{
	fprintf(stderr, "%s\n", sentence);
	_exit(99);
}

static void
world_init(struct world *w)
{
	int pair[2];
	char byte;

	w->dir = temp_dir_new();
	w->net.port = net_free_port();
	assert_ok(cs_hub_init(temp_path(&w->dir, "hub"), "hub.example",
	    "127.0.0.1", w->net.port));
	assert_int_equal(pipe(pair), 0);
	fflush(NULL);
	if ((w->hub = fork()) == 0) {
		close(pair[0]);
		ready_fd = pair[1];
		_exit(cs_hub_run(temp_path(&w->dir, "hub"), ready, told));
	}
	close(pair[1]);
	assert_int_equal(read(pair[0], &byte, 1), 1);
	close(pair[0]);
}

/* It ends when it is told to, and all went well. */
static void
world_clear(struct world *w)
{
	int status;

	assert_int_equal(kill(w->hub, SIGTERM), 0);
	assert_int_equal(waitpid(w->hub, &status, 0), w->hub);
	assert_int_equal(status, 0);
	temp_dir_clear(&w->dir);
}

static void
test_pages(void **state)
{
	struct world w;
	struct raw r;

	(void)state;
	world_init(&w);
	raw_open(&r, &w.net);
	raw_say(&r, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27);
	assert_true(raw_hear(&r, "This is a Countersign hub.", 26));
	raw_close(&r);
	assert_int_equal(
	    raw_status(&w.net, "GET /i/x HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
	assert_int_equal(
	    raw_status(&w.net, "GET /none HTTP/1.1\r\nHost: a\r\n\r\n"), 404);
	world_clear(&w);
}

/* The hub greets, and answers: from the socket to the database and back. */
static void
test_request(void **state)
{
	/* One frame (RFC 6455, section 5.2), with a mask of zeroes: a request
	 * of the number 7 that asks for nothing. */
	static const uint8_t ping[] = { 0x82, 0x85, 0, 0, 0, 0, CS_WIRE_PING, 0,
		0, 0, 7 };
	static const uint8_t answer[] = { CS_WIRE_ANSWER, 0, 0, 0, 7 };
	static const uint8_t hello[] = { CS_WIRE_HELLO, 0, 0, 0, 0 };
	struct world w;
	struct raw r;

	(void)state;
	world_init(&w);
	raw_open(&r, &w.net);
	raw_say(&r, DOOR, strlen(DOOR));
	assert_true(raw_hear(&r, hello, sizeof hello));
	raw_say(&r, ping, sizeof ping);
	assert_true(raw_hear(&r, answer, sizeof answer));
	raw_close(&r);
	world_clear(&w);
}

/* Whoever has no ticket has no blob. */
static void
test_blobs(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_int_equal(
	    raw_status(&w.net,
		"GET /b/00112233445566778899aabbccddeeff HTTP/1.1\r\n"
		"Host: a\r\nAuthorization: Bearer nothing\r\n\r\n"),
	    401);
	assert_int_equal(
	    raw_status(&w.net,
		"PUT /b/00112233445566778899aabbccddeeff HTTP/1.1\r\n"
		"Host: a\r\nContent-Length: 2\r\n\r\nab"),
	    401);
	world_clear(&w);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_blobs),
	};

	if (argc == 3 && strcmp(argv[1], "part") == 0)
		return cs_hub_part(argv[2]);
	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
