/* SPDX-License-Identifier: MIT */
#include "net/post.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_endpoints),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_post),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
