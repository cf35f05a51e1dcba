/* SPDX-License-Identifier: MIT */
#include "net/post.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/tls_public.h"
#include "support/net_words.h"
#include "unit/net/net_raw.h"

/* ---- where to ----------------------------------------------------------- */

static void
test_endpoints(void **state)
{
	static const struct {
		const char *url, *host, *path;
		int port;
	} fine[] = {
		{ "https://push.example.net/", "push.example.net", "/", 443 },
		{ "https://a/b?c=d%20", "a", "/b?c=d%20", 443 },
		{ "https://a:8443/b:c/d@e", "a", "/b:c/d@e", 8443 },
		{ "https://1a.b-c.d1/x", "1a.b-c.d1", "/x", 443 },
	};
	static const char *const bad[] = { "", "https://", "https:///x",
		"http://a/x", "https://a", "https://a?x", "https://A/x",
		"https://u@a/x", "https://a:/x", "https://a:0/x",
		"https://a:65536/x", "https://a:1:2/x", "https://a:-1/x",
		"https://127.0.0.1/x", "https://[::1]/x", "https://1/x",
		"https://a.1/x", "https://.a/x", "https://-a/x", "https://a./x",
		"https://a/ ", "https://a/\r\nX: y", "https://a/\x7f",
		"https://a/#x", "https://a/\"", "https://a/\\",
		"https://a/\xc3\xa4", " https://a/" };
	struct cs_net_endpoint to;
	char longest[CS_NET_ENDPOINT_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
		assert_ok(cs_net_endpoint_parse(&to, cs_view_str(fine[i].url)));
		assert_string_equal(to.host, fine[i].host);
		assert_int_equal(to.port, fine[i].port);
		assert_view_equal(to.path, cs_view_str(fine[i].path));
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(cs_net_endpoint_parse(&to, cs_view_str(bad[i])),
		    CS_ERR_FORMAT);
	assert_err(cs_net_endpoint_parse(&to, cs_view("https://a\0b/", 12)),
	    CS_ERR_FORMAT);
	memset(longest, 'a', sizeof longest);
	memcpy(longest, "https://a/", 10);
	assert_ok(
	    cs_net_endpoint_parse(&to, cs_view(longest, CS_NET_ENDPOINT_MAX)));
	assert_err(cs_net_endpoint_parse(
		       &to, cs_view(longest, CS_NET_ENDPOINT_MAX + 1)),
	    CS_ERR_LIMIT);
	/* A host that is too long. */
	longest[9] = 'a';
	longest[9 + CS_NET_ENDPOINT_HOST_SIZE] = '/';
	assert_err(
	    cs_net_endpoint_parse(&to, cs_view(longest, 1000)), CS_ERR_FORMAT);
}

static void
test_urls(void **state)
{
	static const struct {
		const char *url, *host, *path;
		int port;
		bool plain;
	} fine[] = {
		{ "https://w.example/w1/x", "w.example", "/w1/x", 443, false },
		{ "http://w.example/", "w.example", "/", 80, true },
		{ "http://127.0.0.1:7780/x", "127.0.0.1", "/x", 7780, true },
	};
	static const char *const bad[] = { "", "http://", "http:///x",
		"http://a", "HTTP://a/", "http://a b/", "http://1.2.3/x",
		"http://1.2.3.4.5/x", "http://[::1]/x", "http://a:0/x",
		"http://a:65536/x", "http://u@a/x", "http://a/\r\nX: y",
		"https://127.0.0.1/x", "ftp://a/x", "http://a/x y" };
	char longest[CS_NET_ENDPOINT_MAX + 2];
	struct cs_net_endpoint to;

	(void)state;
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
		assert_ok(cs_net_url_parse(&to, cs_view_str(fine[i].url)));
		assert_string_equal(to.host, fine[i].host);
		assert_int_equal(to.port, fine[i].port);
		assert_true(to.plain == fine[i].plain);
		assert_view_equal(to.path, cs_view_str(fine[i].path));
		/* Web Push goes to none of those without TLS. */
		assert_true(
		    (cs_net_endpoint_parse(&to, cs_view_str(fine[i].url)) ==
			CS_OK) == !fine[i].plain);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(
		    cs_net_url_parse(&to, cs_view_str(bad[i])), CS_ERR_FORMAT);
	memset(longest, 'a', sizeof longest);
	memcpy(longest, "http://a/", 9);
	assert_ok(cs_net_url_parse(&to, cs_view(longest, CS_NET_ENDPOINT_MAX)));
	assert_err(
	    cs_net_url_parse(&to, cs_view(longest, CS_NET_ENDPOINT_MAX + 1)),
	    CS_ERR_LIMIT);
}

/* ---- to a server of ours ------------------------------------------------ */

static void
world_init(struct net_world *w)
{
	limits = (struct cs_net_limits){ 0 };
	net_fork(w, serve, &good);
}

static enum cs_err
post(int *status, const struct net_world *w, const char *authorities,
    const char *host)
{
	struct cs_buf pem = { 0 };
	struct cs_net_endpoint to;
	struct cs_net_post p = { .to = &to,
		.fields = cs_view_str("X: y\r\n"),
		.body = cs_view_str("body"),
		.timeout_ms = 20000 };
	char url[128];
	enum cs_err err;

	snprintf(url, sizeof url, "https://%s:%d/x", host, w->port);
	assert_ok(cs_net_endpoint_parse(&to, cs_view_str(url)));
	assert_ok(cs_file_read(&pem, authorities, 65536));
	assert_ok(cs_tls_public_new(&p.ssl_ctx, cs_buf_view(&pem)));
	err = cs_net_post(&p);
	*status = p.status;
	cs_tls_public_free(p.ssl_ctx);
	cs_buf_free(&pem);
	return err;
}

/* The server takes no POST, and says so: it was reached, and answered. */
static void
test_post(void **state)
{
	struct net_world w, other;
	int status;

	(void)state;
	world_init(&w);
	world_init(&other);
	assert_ok(post(&status, &w, temp_path(&w.dir, "tls.pem"), "localhost"));
	assert_int_equal(status, 405);
	/* Certified by somebody else, and for another name. */
	assert_err(
	    post(&status, &w, temp_path(&other.dir, "tls.pem"), "localhost"),
	    CS_ERR_CLOSED);
	assert_int_equal(status, 0);
	assert_int_not_equal(post(&status, &w, temp_path(&w.dir, "tls.pem"),
				 "localhost.localdomain"),
	    CS_OK);
	net_world_clear(&other);
	net_world_clear(&w);
}

/* ---- connections that are kept ------------------------------------------ */

/* The answer to the ${k}th request on the ${n}th connection says both; false:
 * the connection ends with it. */
static bool
answer(int fd, const char *request, int n, int k)
{
	char body[32], text[256];
	bool ends = strstr(request, " /close ") != NULL;
	bool open = strstr(request, " /open ") != NULL;
	bool old = strstr(request, " /old ") != NULL;
	bool half = strstr(request, " /half ") != NULL;
	size_t len = (size_t)snprintf(body, sizeof body, "%d %d", n, k) + half;
	int status = strstr(request, " /none ") != NULL ? 404 : 200;

	if (open)
		snprintf(text, sizeof text, "HTTP/1.1 200 X\r\n\r\n%s", body);
	else
		snprintf(text, sizeof text,
		    "HTTP/1.%d %d X\r\n%sContent-Length: %zu\r\n\r\n%s",
		    old ? 0 : 1, status, ends ? "Connection: close\r\n" : "",
		    len, body);
	(void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
	return !ends && !open && !old && !half &&
	    strstr(request, "Connection: close") == NULL;
}

/* Each connection ends without a word behind its third answer. */
static void
serve_some(int listener)
{
	struct pollfd wait = { listener, POLLIN, 0 };
	char request[1024];

	for (int n = 1; poll(&wait, 1, -1) == 1; n++) {
		int fd = accept(listener, NULL, NULL);
		ssize_t got;

		for (int k = 1; k <= 3; k++) {
			got = recv(fd, request, sizeof request - 1, 0);
			if (got <= 0)
				break;
			request[got] = '\0';
			if (!answer(fd, request, n, k))
				break;
		}
		close(fd);
	}
	_exit(0);
}

static struct {
	int port;
	pid_t child;
} counting;

static int
count_begin(void **state)
{
	int listener;

	(void)state;
	assert_ok(cs_net_listen(&listener, 1, "127.0.0.1", 0));
	counting.port = cs_net_listen_port(listener);
	counting.child = fork();
	assert_int_not_equal(counting.child, -1);
	if (counting.child == 0) {
		alarm(60);
		serve_some(listener);
	}
	close(listener);
	return 0;
}

static int
count_end(void **state)
{
	(void)state;
	kill(counting.child, SIGKILL);
	waitpid(counting.child, NULL, 0);
	return 0;
}

enum how { GET, POST };

static enum cs_err
ask(struct cs_net_kept *kept, enum how how, const char *path, const char *said)
{
	struct cs_net_endpoint to;
	struct cs_buf body = { .max = 32 };
	struct cs_net_post p = {
		.to = &to, .timeout_ms = 20000, .answer = &body, .kept = kept
	};
	char url[64];
	enum cs_err err;

	snprintf(url, sizeof url, "http://127.0.0.1:%d%s", counting.port, path);
	assert_ok(cs_net_url_parse(&to, cs_view_str(url)));
	err = how == GET ? cs_net_get(&p) : cs_net_post(&p);
	if (err == CS_OK)
		assert_view_equal(cs_buf_view(&body), cs_view_str(said));
	cs_buf_free(&body);
	return err;
}

static void
test_kept(void **state)
{
	struct cs_net_kept kept = { .open = false };

	(void)state;
	/* Nobody wants it kept. */
	assert_ok(ask(NULL, GET, "/x", "1 1"));
	assert_ok(ask(NULL, GET, "/x", "2 1"));
	assert_ok(ask(&kept, GET, "/x", "3 1"));
	assert_ok(ask(&kept, POST, "/x", "3 2"));
	assert_true(kept.open);
	/* What is not there is an answer, too. */
	assert_ok(ask(&kept, GET, "/none", "3 3"));
	/* It was closed meanwhile: a GET is said again. */
	assert_ok(ask(&kept, GET, "/x", "4 1"));
	/* The other side says that it ends, or shows it. */
	assert_ok(ask(&kept, GET, "/close", "4 2"));
	assert_false(kept.open);
	assert_ok(ask(&kept, GET, "/open", "5 1"));
	assert_false(kept.open);
	assert_ok(ask(&kept, GET, "/old", "6 1"));
	assert_false(kept.open);
	/* An answer that breaks off is not asked for again. */
	assert_ok(ask(&kept, GET, "/x", "7 1"));
	assert_err(ask(&kept, GET, "/half", ""), CS_ERR_CLOSED);
	assert_false(kept.open);
	/* Nor is a POST, of which nobody knows whether it was heard. */
	assert_ok(ask(&kept, GET, "/x", "8 1"));
	assert_ok(ask(&kept, GET, "/x", "8 2"));
	assert_ok(ask(&kept, GET, "/x", "8 3"));
	assert_err(ask(&kept, POST, "/x", ""), CS_ERR_CLOSED);
	cs_net_kept_close(&kept);
	cs_net_kept_close(&kept);
}

/* One to somebody else is another one. */
static void
test_kept_elsewhere(void **state)
{
	struct cs_net_kept kept = { .open = false };
	int port = counting.port;

	(void)state;
	assert_ok(ask(&kept, GET, "/x", "1 1"));
	counting.port = net_free_port();
	assert_err(ask(&kept, GET, "/x", ""), CS_ERR_CLOSED);
	assert_false(kept.open);
	counting.port = port;
	assert_ok(ask(&kept, GET, "/x", "2 1"));
	cs_net_kept_close(&kept);
}

/* With TLS; and never without the authorities. */
static void
test_kept_tls(void **state)
{
	struct net_world w;
	struct cs_net_kept kept = { .open = false };
	struct cs_net_endpoint to;
	struct cs_buf pem = { 0 }, body = { 0 };
	struct cs_net_post p = {
		.to = &to, .timeout_ms = 20000, .answer = &body, .kept = &kept
	};
	char url[64];
	int fd;

	(void)state;
	world_init(&w);
	snprintf(url, sizeof url, "https://localhost:%d/x", w.port);
	assert_ok(cs_net_endpoint_parse(&to, cs_view_str(url)));
	assert_ok(cs_file_read(&pem, temp_path(&w.dir, "tls.pem"), 65536));
	assert_ok(cs_tls_public_new(&p.ssl_ctx, cs_buf_view(&pem)));
	assert_ok(cs_net_get(&p));
	assert_int_equal(p.status, 404);
	assert_true(kept.open);
	assert_non_null(kept.tls);
	fd = kept.fd;
	assert_ok(cs_net_get(&p));
	assert_int_equal(kept.fd, fd);
	cs_net_kept_close(&kept);
	cs_tls_public_free(p.ssl_ctx);
	cs_buf_free(&pem);
	cs_buf_free(&body);
	net_world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_endpoints),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_post),
		cmocka_unit_test_setup_teardown(
		    test_kept, count_begin, count_end),
		cmocka_unit_test_setup_teardown(
		    test_kept_elsewhere, count_begin, count_end),
		cmocka_unit_test(test_kept_tls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
