/* SPDX-License-Identifier: MIT */
/* Proxies: where they are, and talks with good ones and with others. */
#include "net/proxy.h"

#include <stdio.h>

#include "support/test.h"

/* ---- where it is -------------------------------------------------------- */

static void
test_places(void **state)
{
	struct cs_net_proxy p;

	(void)state;
	assert_ok(cs_net_proxy_parse(&p, "socks5h://127.0.0.1:9050"));
	assert_int_equal(p.kind, CS_NET_PROXY_SOCKS5);
	assert_string_equal(p.host, "127.0.0.1");
	assert_int_equal(p.port, 9050);
	assert_false(p.has_user);
	assert_ok(cs_net_proxy_parse(&p, "socks5://[::1]"));
	assert_string_equal(p.host, "::1");
	assert_int_equal(p.port, 1080);
	assert_ok(cs_net_proxy_parse(&p, "http://a%40b:c%3ad@proxy.lan:8080/"));
	assert_int_equal(p.kind, CS_NET_PROXY_HTTP);
	assert_true(p.has_user);
	assert_string_equal(p.user, "a@b");
	assert_string_equal(p.password, "c:d");
	assert_string_equal(p.host, "proxy.lan");
	assert_int_equal(p.port, 8080);
	assert_ok(cs_net_proxy_parse(&p, "none"));
	assert_int_equal(p.kind, CS_NET_PROXY_NONE);
}

static void
test_no_places(void **state)
{
	static const char *const bad[] = { "socks5h://", "socks5h://:1",
		"http://a:0", "http://a:65536", "http://a:1x", "http://a b",
		"http://a/b", "http://[::1", "http://[::1]x", "http://@a",
		"http://%@a", "http://%0@a", "http://%00@a", "http://:x@a",
		"http://a?b" };
	char text[700];
	struct cs_net_proxy p;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(cs_net_proxy_parse(&p, bad[i]), CS_ERR_FORMAT);
	assert_err(cs_net_proxy_parse(&p, "https://a:1"), CS_ERR_UNSUPPORTED);
	assert_err(cs_net_proxy_parse(&p, "socks4://a"), CS_ERR_UNSUPPORTED);
	assert_err(cs_net_proxy_parse(&p, ""), CS_ERR_UNSUPPORTED);
	/* One character more than fits, of each part. */
	snprintf(text, sizeof text, "http://%0255d", 1);
	assert_ok(cs_net_proxy_parse(&p, text));
	snprintf(text, sizeof text, "http://%0256d", 1);
	assert_err(cs_net_proxy_parse(&p, text), CS_ERR_FORMAT);
	snprintf(text, sizeof text, "http://%0255d:%0255d@a", 1, 1);
	assert_ok(cs_net_proxy_parse(&p, text));
	snprintf(text, sizeof text, "http://%0256d@a", 1);
	assert_err(cs_net_proxy_parse(&p, text), CS_ERR_FORMAT);
}

/* ---- talks -------------------------------------------------------------- */

static struct cs_net_proxy_talk talk;
static struct cs_net_proxy proxy;

static void
begin(const char *where)
{
	cs_net_proxy_talk_clear(&talk);
	assert_ok(cs_net_proxy_parse(&proxy, where));
	assert_ok(cs_net_proxy_begin(&talk, &proxy, "hub.invalid", 443));
}

/* Hear ${answer}, byte by byte, until it means something. */
static enum cs_err
hear(const void *answer, size_t n)
{
	const uint8_t *bytes = answer;
	enum cs_err err = CS_OK;

	cs_buf_reset(&talk.out);
	for (size_t i = 0; err == CS_OK && i < n; i++) {
		assert_false(talk.done);
		assert_true(talk.wants > 0);
		err = cs_net_proxy_take(&talk, cs_view(bytes + i, 1));
	}
	return err;
}

#define HEAR(...)                                                              \
	hear((const uint8_t[]){ __VA_ARGS__ },                                 \
	    sizeof(const uint8_t[]){ __VA_ARGS__ })

#define CONNECT "\5\1\0\3\13hub.invalid\1\273"

static void
test_socks(void **state)
{
	(void)state;
	begin("socks5h://p");
	assert_view_equal(cs_buf_view(&talk.out), cs_view("\5\1\0", 3));
	assert_ok(HEAR(5, 0));
	assert_view_equal(
	    cs_buf_view(&talk.out), cs_view(CONNECT, sizeof CONNECT - 1));
	assert_ok(HEAR(5, 0, 0, 1, 1, 2, 3, 4, 0, 80));
	assert_true(talk.done);
	/* With a name of its own, and with IPv6. */
	begin("socks5h://p");
	assert_ok(HEAR(5, 0, 5, 0, 0, 3, 2, 'a', 'b', 0, 80));
	assert_true(talk.done);
	begin("socks5h://p");
	assert_ok(HEAR(5, 0, 5, 0, 0, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
	    13, 14, 15, 16, 0, 80));
	assert_true(talk.done);
	/* Nothing of what follows is its own. */
	assert_err(cs_net_proxy_take(&talk, cs_view("x", 1)), CS_ERR_MISUSE);
	cs_net_proxy_talk_clear(&talk);
}

static void
test_socks_password(void **state)
{
	(void)state;
	begin("socks5h://al:pw@p");
	assert_view_equal(cs_buf_view(&talk.out), cs_view("\5\2\0\2", 4));
	assert_ok(HEAR(5, 2));
	assert_view_equal(cs_buf_view(&talk.out), cs_view("\1\2al\2pw", 7));
	assert_ok(HEAR(1, 0));
	assert_view_equal(
	    cs_buf_view(&talk.out), cs_view(CONNECT, sizeof CONNECT - 1));
	assert_ok(HEAR(5, 0, 0, 1, 1, 2, 3, 4, 0, 80));
	assert_true(talk.done);
	begin("socks5h://al:pw@p");
	assert_err(HEAR(5, 2, 1, 1), CS_ERR_DENIED);
	begin("socks5h://al:pw@p");
	assert_err(HEAR(5, 2, 5, 0), CS_ERR_FORMAT);
	cs_net_proxy_talk_clear(&talk);
}

static void
test_socks_refuses(void **state)
{
	(void)state;
	begin("socks5h://p");
	assert_err(HEAR(4, 0), CS_ERR_FORMAT);
	begin("socks5h://p");
	assert_err(HEAR(5, 255), CS_ERR_DENIED);
	/* It asks for what was not offered. */
	begin("socks5h://p");
	assert_err(HEAR(5, 2), CS_ERR_FORMAT);
	begin("socks5h://p");
	assert_err(HEAR(5, 0, 5, 2, 0, 1, 0), CS_ERR_DENIED);
	begin("socks5h://p");
	assert_err(HEAR(5, 0, 5, 4, 0, 1, 0), CS_ERR_CLOSED);
	begin("socks5h://p");
	assert_err(HEAR(5, 0, 5, 0xf1, 0, 1, 0), CS_ERR_CLOSED);
	begin("socks5h://p");
	assert_err(HEAR(5, 0, 5, 9, 0, 1, 0), CS_ERR_FORMAT);
	begin("socks5h://p");
	assert_err(HEAR(5, 0, 5, 0, 0, 2, 0), CS_ERR_FORMAT);
	begin("socks5h://p");
	assert_err(HEAR(5, 0, 5, 0, 1, 1, 0), CS_ERR_FORMAT);
	begin("socks5h://p");
	assert_err(HEAR(5, 0, 4, 0, 0, 1, 0), CS_ERR_FORMAT);
	cs_net_proxy_talk_clear(&talk);
}

static enum cs_err
hear_text(const char *where, const char *answer)
{
	begin(where);
	return hear(answer, strlen(answer));
}

static void
test_http(void **state)
{
	char text[10000];

	(void)state;
	begin("http://al:pw@p");
	assert_view_equal(cs_buf_view(&talk.out),
	    cs_view_str("CONNECT hub.invalid:443 HTTP/1.1\r\n"
			"Host: hub.invalid:443\r\n"
			"Proxy-Authorization: Basic YWw6cHc=\r\n\r\n"));
	assert_ok(hear_text("http://p", "HTTP/1.0 200 fine\r\nVia: x\r\n\r\n"));
	assert_true(talk.done);
	assert_err(
	    hear_text("http://p", "HTTP/1.1 407 no\r\n\r\n"), CS_ERR_DENIED);
	assert_err(
	    hear_text("http://p", "HTTP/1.1 502 no\r\n\r\n"), CS_ERR_CLOSED);
	assert_err(
	    hear_text("http://p", "HTTP/2 200 no\r\n\r\n"), CS_ERR_FORMAT);
	assert_err(hear_text("http://p", "SSH-2.0-x\r\n\r\n"), CS_ERR_FORMAT);
	/* One that never ends. */
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	assert_err(hear_text("http://p", text), CS_ERR_FORMAT);
	assert_true(talk.in.len <= sizeof text);
	cs_net_proxy_talk_clear(&talk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_no_places),
		cmocka_unit_test(test_socks),
		cmocka_unit_test(test_socks_password),
		cmocka_unit_test(test_socks_refuses),
		cmocka_unit_test(test_http),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
