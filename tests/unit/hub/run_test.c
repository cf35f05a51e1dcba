/* SPDX-License-Identifier: MIT */
/* A hub with all of its processes, which are this program again, and somebody
 * who knocks. */
#include "hub/admin.h"
#include "hub/hub.h"
#include "hub/tlog_admin.h"
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
world_make(struct world *w)
{
	w->dir = temp_dir_new();
	w->net.port = net_free_port();
	assert_ok(cs_hub_init(temp_path(&w->dir, "hub"), "hub.example",
	    "127.0.0.1", w->net.port));
}

static void
world_run(struct world *w)
{
	int pair[2];
	char byte;

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

static void
world_init(struct world *w)
{
	world_make(w);
	world_run(w);
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

/* Anybody gets the log. */
static void
test_log(void **state)
{
	static const char get[] =
	    "GET /log/checkpoint HTTP/1.1\r\nHost: a\r\n\r\n";
	struct world w;
	struct raw r;

	(void)state;
	world_init(&w);
	raw_open(&r, &w.net);
	raw_say(&r, get, sizeof get - 1);
	assert_true(raw_hear(&r, "\r\n\r\nhub.example/log\n", 20));
	raw_close(&r);
	assert_int_equal(raw_status(&w.net,
			     "GET /log/tile/7/000 HTTP/1.1\r\nHost: a\r\n\r\n"),
	    404);
	assert_int_equal(raw_status(&w.net,
			     "GET /log/../hub.db HTTP/1.1\r\nHost: a\r\n\r\n"),
	    404);
	world_clear(&w);
}

/* Somebody who listens at a port of ${*port}. */
static int
listen_at(int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	struct timeval patience = { .tv_sec = 60 };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

/* A witness is asked, and what it says to that ends nothing. */
static void
test_witness(void **state)
{
	static const char refusal[] =
	    "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n";
	char policy[512], who[CS_NOTE_KEY_SIZE], heard[4096];
	struct cs_tlog_cosigner witness;
	struct cs_sign_key key;
	struct world w;
	size_t n = 0;
	unsigned line;
	ssize_t got;
	int port, listener = listen_at(&port), fd;

	(void)state;
	assert_ok(cs_crypto_init());
	world_make(&w);
	assert_ok(cs_sign_key_new(&key));
	assert_ok(cs_tlog_cosigner(&witness, "w.example", key.public));
	cs_tlog_cosigner_text(who, &witness);
	snprintf(policy, sizeof policy,
	    "witness w %s http://127.0.0.1:%d/at\nquorum w\n", who, port);
	assert_ok(cs_file_write(
	    temp_path(&w.dir, "policy"), cs_view_str(policy), 0644));
	assert_ok(cs_hub_log_witnesses(
	    &line, temp_path(&w.dir, "hub"), temp_path(&w.dir, "policy")));
	world_run(&w);
	fd = accept(listener, NULL, NULL);
	assert_true(fd >= 0);
	while (memmem(heard, n, "\xe2\x80\x94 hub.example/log ", 20) == NULL &&
	    (got = recv(fd, heard + n, sizeof heard - n, 0)) > 0)
		n += (size_t)got;
	assert_memory_equal(heard, "POST /at/add-checkpoint HTTP/1.1\r\n", 34);
	assert_non_null(memmem(heard, n, "\r\n\r\nold 0\n", 10));
	assert_non_null(memmem(heard, n, "\nhub.example/log\n", 17));
	assert_int_equal(send(fd, refusal, sizeof refusal - 1, 0),
	    (ssize_t)sizeof refusal - 1);
	close(fd);
	close(listener);
	assert_int_equal(raw_status(&w.net,
			     "GET /log/checkpoint HTTP/1.1\r\nHost: a\r\n\r\n"),
	    200);
	world_clear(&w);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_blobs),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_witness),
	};

	if (argc == 3 && strcmp(argv[1], "part") == 0)
		return cs_hub_part(argv[2]);
	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
