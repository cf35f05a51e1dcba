/* SPDX-License-Identifier: MIT */
/* Heads of requests, and what two readers could understand in two ways. */
#include "net/http_head.h"

#include "support/test.h"

static enum cs_err
parse(struct cs_http_head *h, const char *head)
{
	return cs_http_head_parse(h, cs_view_str(head));
}

static void
test_good(void **state)
{
	static const char head[] =
	    "PUT /b/00 HTTP/1.1\r\nHost: a\r\nX:\t one two \r\n"
	    "CONTENT-length: 17\r\nConnection: keep-alive , Upgrade\r\n"
	    "Empty:\r\n\r\n";
	struct cs_http_head h;

	(void)state;
	assert_ok(parse(&h, head));
	assert_view_equal(h.method, cs_view_str("PUT"));
	assert_view_equal(h.target, cs_view_str("/b/00"));
	assert_view_equal(cs_http_field(&h, "x"), cs_view_str("one two"));
	assert_int_equal(cs_http_field(&h, "empty").len, 0);
	assert_int_equal(cs_http_field(&h, "none").len, 0);
	assert_true(h.has_content_length);
	assert_int_equal(h.content_length, 17);
	assert_true(cs_http_lists(&h, "connection", "upgrade"));
	assert_false(cs_http_lists(&h, "connection", "keep"));
	assert_false(h.close);
	assert_ok(parse(&h,
	    "GET / HTTP/1.1\r\nhost:a\r\nConnection: x,CLOSE"
	    "\r\n\r\n"));
	assert_true(h.close);
	assert_false(h.has_content_length);
}

static void
test_length(void **state)
{
	static const char two[] =
	    "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n";

	(void)state;
	for (size_t n = 0; n < sizeof two; n++)
		assert_int_equal(
		    cs_http_head_length(cs_view(two, n)), n < 18 ? 0 : 18);
	assert_int_equal(cs_http_head_length(cs_view_str("a\n\n\r\n\n")), 0);
}

static void
test_bad(void **state)
{
	static const char *const bad[] = {
		"",
		"\r\n\r\n",
		"GET / HTTP/1.1\r\n\r\n", /* without a host */
		"GET / HTTP/1.0\r\nHost: a\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
		"GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /  HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n",
		"G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET / HTTP/1.1\nHost: a\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\n\n",
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n ",
		"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
		"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
		"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n",
		"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
		"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\n",
		"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
		"content-length: 1\r\n\r\n",
		"PUT / HTTP/1.1\r\nHost: a\r\n"
		"Content-Length: 99999999999999999999\r\n\r\n",
		"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
		"\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: a\r\n"
		"Authorization: b\r\n\r\n",
	};
	struct cs_http_head h;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (parse(&h, bad[i]) != CS_ERR_FORMAT)
			fail_msg("taken: %s", bad[i]);
}

static void
test_many_fields(void **state)
{
	struct cs_http_head h;
	struct cs_buf head = { 0 };

	(void)state;
	assert_ok(
	    cs_buf_add(&head, cs_view_str("GET / HTTP/1.1\r\nHost:a\r\n")));
	for (int i = 1; i < CS_HTTP_FIELDS_MAX; i++)
		assert_ok(cs_buf_add(&head, cs_view_str("a:b\r\n")));
	assert_ok(cs_buf_add(&head, cs_view_str("\r\n")));
	assert_ok(cs_http_head_parse(&h, cs_buf_view(&head)));
	head.len -= 2;
	assert_ok(cs_buf_add(&head, cs_view_str("a:b\r\n\r\n")));
	assert_err(cs_http_head_parse(&h, cs_buf_view(&head)), CS_ERR_FORMAT);
	cs_buf_free(&head);
}

static enum cs_err
answer(struct cs_http_head *h, const char *head)
{
	return cs_http_answer_parse(h, cs_view_str(head));
}

static void
test_answers(void **state)
{
	static const char *const bad[] = { "HTTP/1.1 200\r\n",
		"HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 99 OK\r\n\r\n",
		"HTTP/1.1 600 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
		"HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 +20 OK\r\n\r\n",
		"HTTP/1.1 200 O\x01K\r\n\r\n", "HTTP/1.1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
		("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
		 "Content-Length: 1\r\n\r\n"),
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"HTTP/1.1 200 OK\r\n folded\r\n\r\n",
		"HTTP/1.1 200 OK\r\n\r\nx", "GET / HTTP/1.1\r\n\r\n" };
	struct cs_http_head h;

	(void)state;
	assert_ok(
	    answer(&h, "HTTP/1.1 206 Partial\r\nContent-Length: 12\r\n\r\n"));
	assert_int_equal(h.status, 206);
	assert_int_equal(h.content_length, 12);
	assert_ok(answer(&h, "HTTP/1.0 200\r\nConnection: close\r\n\r\n"));
	assert_int_equal(h.status, 200);
	assert_true(h.close);
	assert_false(h.has_content_length);
	assert_ok(answer(&h, "HTTP/1.0 200\r\n\r\n"));
	assert_true(h.close);
	assert_ok(answer(&h, "HTTP/1.1 200\r\n\r\n"));
	assert_false(h.close);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(answer(&h, bad[i]), CS_ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_many_fields),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
