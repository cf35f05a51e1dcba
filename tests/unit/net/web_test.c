/* SPDX-License-Identifier: MIT */
/* The small HTTP server, spoken to byte by byte. */
#include "net/web.h"

#include "support/net_world.h"

#define BODY_MAX 2000

static const struct net_certificate unused = { "localhost", -60, 60 };

/* ---- the server: it says what it was asked ------------------------------ */

static void
handle(void *arg, const struct cs_web_request *rq, struct cs_web_answer *a)
{
	char text[4096];

	(void)arg;
	snprintf(text, sizeof text,
	    "%s %s n=%zu a=%s b=%s body=%.*s host=%s cookie=%s csrf=%s",
	    rq->method, rq->path, rq->n_args, cs_web_arg(rq, "a"),
	    cs_web_arg(rq, "b"), (int)rq->body.len,
	    rq->body.len != 0 ? (const char *)rq->body.data : "", rq->host,
	    rq->cookie, rq->csrf);
	a->status = 200;
	a->media_type = "text/plain";
	if (cs_buf_set(&a->body, cs_view_str(text)) != CS_OK)
		_exit(4);
}

static void
serve(struct net_world *w, int ready)
{
	struct cs_web *web = NULL;
	struct cs_web_config config = {
		.body_max = BODY_MAX,
		.csp = "default-src 'none'",
		.handle = handle,
	};

	if (cs_net_listen(&config.listener, 1, "127.0.0.1", w->port) != CS_OK ||
	    cs_web_new(&web, &config) != CS_OK || write(ready, "", 1) != 1)
		_exit(2);
	_exit(cs_web_run(web) == CS_OK ? 0 : 3);
}

/* ---- the client --------------------------------------------------------- */

static char answer[1 << 16];

/* Send ${request}, and read until the server has nothing more to say. */
static const char *
ask(const struct net_world *w, const char *request)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)w->port) };
	const struct timeval patience = { .tv_sec = 20 };
	size_t len = 0;
	ssize_t n;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(
	    send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
	while (len < sizeof answer - 1 &&
	    (n = recv(fd, answer + len, sizeof answer - 1 - len, 0)) > 0)
		len += (size_t)n;
	answer[len] = '\0';
	close(fd);
	return answer;
}

static int
status(const struct net_world *w, const char *request)
{
	const char *a = ask(w, request);

	return strncmp(a, "HTTP/1.1 ", 9) == 0 ? atoi(a + 9) : 0;
}

/* With a status that says so, or by hanging up on what is no HTTP. */
static bool
is_refused(const struct net_world *w, const char *request)
{
	int got = status(w, request);

	return got == 0 || got / 100 == 4;
}

#define END "Host: desk\r\nConnection: close\r\n\r\n"

static void
test_requests(void **state)
{
	struct net_world w;
	const char *a;

	(void)state;
	net_fork(&w, serve, &unused);
	a = ask(&w,
	    "GET /cases?a=1&b=%C3%A9+x HTTP/1.1\r\nCookie: s=1\r\n"
	    "X-CSRF-Token: t\r\n" END);
	assert_non_null(strstr(a, "HTTP/1.1 200"));
	assert_non_null(strstr(a, "GET /cases n=2 a=1 b=\xc3\xa9 x body= "));
	assert_non_null(strstr(a, "host=desk cookie=s=1 csrf=t"));
	assert_non_null(strstr(a, "default-src 'none'"));
	a = ask(&w, "POST /x HTTP/1.1\r\nContent-Length: 5\r\n" END "hello");
	assert_non_null(strstr(a, "POST /x n=0 a= b= body=hello "));
	a = ask(&w, "DELETE /x HTTP/1.1\r\n" END);
	assert_non_null(strstr(a, "DELETE /x "));
	net_world_clear(&w);
}

/* What is more than announced or allowed is refused; the next one is not. */
static void
test_refused(void **state)
{
	static char many[512], path[2048], header[4096];
	struct net_world w;
	size_t n = 0;

	(void)state;
	net_fork(&w, serve, &unused);
	assert_int_equal(
	    status(&w, "POST /x HTTP/1.1\r\nContent-Length: 2001\r\n" END),
	    413);
	assert_true(
	    is_refused(&w, "POST /x HTTP/1.1\r\nContent-Length: -1\r\n" END));
	for (int i = 0; i < CS_WEB_ARGS_MAX + 1; i++)
		n += (size_t)snprintf(
		    many + n, sizeof many - n, "%ca=%d", i == 0 ? '?' : '&', i);
	snprintf(header, sizeof header, "GET /x%s HTTP/1.1\r\n" END, many);
	assert_true(is_refused(&w, header));
	memset(path, 'a', sizeof path - 1);
	path[0] = '/';
	path[CS_WEB_PATH_MAX + 10] = '\0';
	snprintf(header, sizeof header, "GET %s HTTP/1.1\r\n" END, path);
	assert_true(is_refused(&w, header));
	path[CS_WEB_PATH_MAX + 10] = 'a';
	snprintf(header, sizeof header, "GET /x HTTP/1.1\r\nCookie: %s\r\n" END,
	    path);
	assert_true(is_refused(&w, header));
	assert_int_equal(status(&w, "GET /x HTTP/1.1\r\n" END), 200);
	net_world_clear(&w);
}

/* All the connections that one address can have, and somebody comes from there:
 * the oldest of those that have proved nothing makes room. */
static void
test_many_connections(void **state)
{
	enum { N = 600 };
	struct sockaddr_in at = { .sin_family = AF_INET };
	struct net_world w;
	int fd[N];

	(void)state;
	net_fork(&w, serve, &unused);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	at.sin_port = htons((uint16_t)w.port);
	for (size_t i = 0; i < N; i++) {
		fd[i] = socket(AF_INET, SOCK_STREAM, 0);
		assert_true(fd[i] >= 0);
		assert_int_equal(
		    connect(fd[i], (struct sockaddr *)&at, sizeof at), 0);
	}
	assert_non_null(strstr(
	    ask(&w,
		"GET /here HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
	    "GET /here"));
	for (size_t i = 0; i < N; i++)
		close(fd[i]);
	net_world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_connections),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
