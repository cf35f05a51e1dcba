/* SPDX-License-Identifier: MIT */
/* A web server in another process: the real one, asked over HTTP, and one that
 * lies. */
#include "net/web_far.h"

#include <poll.h>

#include "net/listen.h"
#include "net/web_part.h"
#include "support/net_world.h"
#include "support/part_world.h"

#define BODY_MAX 2000
#define LONG ((size_t)3 << 20)

/* ---- who answers -------------------------------------------------------- */

static unsigned streams, looks;
static char last_peer[48];

static void
handle(void *arg, const struct cs_web_request *rq, struct cs_web_answer *a)
{
	uint8_t *at;

	(void)arg;
	memcpy(last_peer, rq->peer, sizeof last_peer);
	a->status = 200;
	a->media_type = "text/plain";
	if (strcmp(rq->path, "/stream") == 0) {
		a->media_type = "text/event-stream";
		a->stream = &streams;
		streams++;
	} else if (strcmp(rq->path, "/long") == 0) {
		assert_ok(cs_buf_extend(&a->body, LONG, &at));
		memset(at, 'x', LONG);
	} else {
		assert_ok(cs_buf_add(&a->body, cs_view_str(rq->method)));
		assert_ok(cs_buf_add(&a->body, rq->body));
		snprintf(a->set_cookie, sizeof a->set_cookie, "a=b");
	}
}

/* Two events, and then it ends. */
static bool
more(void *arg, void *stream, struct cs_buf *out)
{
	(void)arg;
	assert_ptr_equal(stream, &streams);
	assert_ok(cs_buf_add(out, cs_view_str("data: x\n\n")));
	return ++looks < 3;
}

static void
ended(void *arg, void *stream)
{
	(void)arg;
	assert_ptr_equal(stream, &streams);
	streams--;
}

static const struct cs_web_far_config config = {
	.body_max = BODY_MAX,
	.handle = handle,
	.more = more,
	.ended = ended,
};

/* ---- the real one ------------------------------------------------------- */

struct scene {
	struct part_world part;
	struct cs_web_far *far;
	int listener, port;
};

static void
scene_init(struct scene *s)
{
	s->port = net_free_port();
	assert_ok(cs_net_listen(&s->listener, 1, "127.0.0.1", s->port));
	part_start(&s->part, cs_web_part_main);
	assert_ok(cs_hand_word(s->part.socket, "listener", s->listener));
	assert_ok(
	    cs_hand_bytes(s->part.socket, "body", BODY_MAX, cs_view(NULL, 0)));
	assert_ok(cs_hand_bytes(
	    s->part.socket, "csp", 0, cs_view_str("default-src 'none'")));
	assert_ok(
	    cs_web_far_new(&s->far, part_join(&s->part, "console"), &config));
	part_go(&s->part);
}

static void
scene_clear(struct scene *s)
{
	cs_web_far_free(s->far);
	close(s->listener);
	assert_int_equal(streams, 0);
}

static char answer[2 * LONG];

/* Send a request, and answer for the console until the connection ends; the
 * status. */
static int
ask(struct scene *s, const char *request)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)s->port) };
	struct pollfd p[2] = { { .events = POLLIN } };
	size_t len = 0;
	ssize_t n = 1;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	p[0].fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(
	    connect(p[0].fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(send(p[0].fd, request, strlen(request), MSG_NOSIGNAL),
	    strlen(request));
	while (n > 0) {
		p[1].fd = cs_web_far_fd(s->far, &p[1].events);
		assert_true(poll(p, 2, 20000) > 0);
		if (p[1].revents != 0)
			assert_ok(cs_web_far_serve(s->far));
		if (p[0].revents == 0)
			continue;
		n = recv(p[0].fd, answer + len, sizeof answer - 1 - len, 0);
		len += n > 0 ? (size_t)n : 0;
	}
	answer[len] = '\0';
	close(p[0].fd);
	/* That a stream has ended is said behind the end of its connection. */
	p[1].fd = cs_web_far_fd(s->far, &p[1].events);
	while (streams != 0 && poll(p + 1, 1, 20000) > 0)
		assert_ok(cs_web_far_serve(s->far));
	return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? atoi(answer + 9) : 0;
}

#define END "Host: desk\r\nConnection: close\r\n\r\n"

static void
test_requests(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s);
	assert_int_equal(ask(&s, "GET / HTTP/1.1\r\n" END), 200);
	assert_non_null(strstr(answer, "\r\n\r\nGET"));
	assert_non_null(strstr(answer, "default-src 'none'"));
	assert_non_null(strstr(answer, "a=b"));
	assert_string_equal(last_peer, "127.0.0.1");
	assert_int_equal(
	    ask(&s, "POST /x HTTP/1.1\r\nContent-Length: 5\r\n" END "hello"),
	    200);
	assert_non_null(strstr(answer, "\r\n\r\nPOSThello"));
	assert_int_equal(
	    ask(&s, "POST /x HTTP/1.1\r\nContent-Length: 2001\r\n" END), 413);
	assert_int_equal(ask(&s, "GET /long HTTP/1.1\r\n" END), 200);
	assert_true(strlen(answer) > LONG);
	assert_int_equal(part_end(&s.part), 0);
	scene_clear(&s);
}

static void
test_stream(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s);
	looks = 0;
	assert_int_equal(ask(&s, "GET /stream HTTP/1.1\r\n" END), 200);
	assert_non_null(strstr(answer, "data: x\n\ndata: x\n\n"));
	assert_int_equal(looks, 3);
	assert_int_equal(streams, 0);
	kill(s.part.pid, SIGKILL);
	assert_int_equal(part_wait(&s.part), -1);
	assert_err(cs_web_far_serve(s.far), CS_ERR_CLOSED);
	scene_clear(&s);
}

/* ---- one that lies ------------------------------------------------------ */

static const char request[] = "\0\7/stream\0\0\0\0\0\0\0\0";
#define REQUEST cs_view(request, sizeof request - 1)

static const struct lie {
	uint8_t kind;
	uint64_t about;
	uint32_t announced;
	struct cs_view bytes;
	enum cs_err err;
} lies[] = {
	{ CS_WEB_TALK_REQUEST, 2, 3, { (const uint8_t *)"xyz", 3 },
	    CS_ERR_FORMAT },
	{ CS_WEB_TALK_REQUEST, 1, sizeof request - 1,
	    { (const uint8_t *)request, sizeof request - 1 }, CS_ERR_FORMAT },
	{ CS_WEB_TALK_REQUEST, 3, sizeof request - 1,
	    { (const uint8_t *)request, sizeof request - 1 }, CS_ERR_FORMAT },
	{ CS_WEB_TALK_REQUEST, 2, UINT32_MAX,
	    { (const uint8_t *)request, sizeof request - 1 }, CS_ERR_LIMIT },
	{ 0, 2, 0, { NULL, 0 }, CS_ERR_FORMAT },
	{ 99, 2, 0, { NULL, 0 }, CS_ERR_FORMAT },
	{ CS_WEB_TALK_ANSWER, 2, 0, { NULL, 0 }, CS_ERR_FORMAT },
	/* Streams that are not there. */
	{ CS_WEB_TALK_MORE, 2, 8, { (const uint8_t *)"\0\0\0\1\0\0\0\2", 8 },
	    CS_ERR_FORMAT },
	{ CS_WEB_TALK_MORE, 2, 8, { (const uint8_t *)"\0\0\0\0\0\0\0\1", 8 },
	    CS_ERR_FORMAT },
	{ CS_WEB_TALK_MORE, 2, 8, { (const uint8_t *)"\0\0\0\1\0\0\0\0", 8 },
	    CS_ERR_FORMAT },
	{ CS_WEB_TALK_MORE, 2, 9, { (const uint8_t *)"\0\0\0\1\0\0\0\1x", 9 },
	    CS_ERR_FORMAT },
	{ CS_WEB_TALK_ENDED, 2, 7, { (const uint8_t *)"\0\0\0\1\0\0\0", 7 },
	    CS_ERR_FORMAT },
};

static struct cs_web_far *
far_of(int *other)
{
	struct cs_web_far *far;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_ok(cs_web_far_new(&far, pair[0], &config));
	*other = pair[1];
	return far;
}

/* After one request that began a stream. */
static void
test_lies(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		const struct lie *l = &lies[i];
		struct cs_web_far *far;
		int other;

		far = far_of(&other);
		part_say(other, CS_WEB_TALK_REQUEST, 1, (uint32_t)REQUEST.len,
		    REQUEST);
		assert_ok(cs_web_far_serve(far));
		assert_int_equal(streams, 1);
		part_say(other, l->kind, l->about, l->announced, l->bytes);
		assert_err(cs_web_far_serve(far), l->err);
		cs_web_far_free(far);
		assert_int_equal(streams, 0);
		close(other);
	}
}

/* A stream ends once. */
static void
test_ended_twice(void **state)
{
	static const uint8_t first[] = { 0, 0, 0, 1, 0, 0, 0, 1 };
	struct cs_web_far *far;
	int other;

	(void)state;
	far = far_of(&other);
	part_say(other, CS_WEB_TALK_REQUEST, 1, (uint32_t)REQUEST.len, REQUEST);
	part_say(other, CS_WEB_TALK_ENDED, 2, 8, CS_VIEW_OF(first));
	assert_ok(cs_web_far_serve(far));
	assert_int_equal(streams, 0);
	part_say(other, CS_WEB_TALK_ENDED, 3, 8, CS_VIEW_OF(first));
	assert_err(cs_web_far_serve(far), CS_ERR_FORMAT);
	cs_web_far_free(far);
	close(other);
}

/* Who begins streams and never ends one is no web server. */
static void
test_too_many_streams(void **state)
{
	enum cs_err err = CS_OK;
	struct cs_web_far *far;
	unsigned begun;
	int other;

	(void)state;
	far = far_of(&other);
	for (begun = 0; err == CS_OK; begun++) {
		part_say(other, CS_WEB_TALK_REQUEST, begun + 1,
		    (uint32_t)REQUEST.len, REQUEST);
		err = cs_web_far_serve(far);
	}
	assert_err(err, CS_ERR_LIMIT);
	assert_int_equal(begun, CS_WEB_STREAMS_MAX + 2);
	assert_int_equal(streams, CS_WEB_STREAMS_MAX + 1);
	cs_web_far_free(far);
	assert_int_equal(streams, 0);
	close(other);
}

/* Whoever does not take the answer is not read meanwhile. */
static void
test_slow(void **state)
{
	static const char ask_long[] = "\0\5/long\0\0\0\0\0\0\0\0";
	struct cs_web_far *far;
	short events;
	int other;

	(void)state;
	far = far_of(&other);
	for (unsigned i = 1; i <= 20; i++)
		part_say(other, CS_WEB_TALK_REQUEST, i,
		    (uint32_t)sizeof ask_long - 1,
		    cs_view(ask_long, sizeof ask_long - 1));
	for (unsigned i = 0; i < 20; i++)
		assert_ok(cs_web_far_serve(far));
	(void)cs_web_far_fd(far, &events);
	assert_int_equal(events, POLLOUT);
	cs_web_far_free(far);
	close(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_ended_twice),
		cmocka_unit_test(test_too_many_streams),
		cmocka_unit_test(test_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
