/* SPDX-License-Identifier: MIT */
/* Requests and answers as bytes. */
#include "net/web_talk.h"

#include <stdio.h>

#include "support/test.h"

#define BODY_MAX 100

static struct cs_web_request_read got;
static struct cs_web_answer_read answer;

static void
set(char *out, size_t size, char with)
{
	memset(out, with, size - 1);
	out[size - 1] = '\0';
}

/* As long as they come. */
static void
make_request(struct cs_web_request *rq, char path[static CS_WEB_PATH_MAX + 1])
{
	static const uint8_t body[BODY_MAX] = { 1, 0, 2 };

	memset(rq, 0, sizeof *rq);
	set(path, CS_WEB_PATH_MAX + 1, '/');
	rq->method = "PUT";
	rq->path = path;
	rq->n_args = CS_WEB_ARGS_MAX;
	for (size_t i = 0; i < rq->n_args; i++)
		set(rq->args[i], sizeof rq->args[i], (char)('a' + i));
	set(rq->peer, sizeof rq->peer, '1');
	set(rq->host, sizeof rq->host, 'h');
	set(rq->origin, sizeof rq->origin, 'o');
	set(rq->cookie, sizeof rq->cookie, 'c');
	set(rq->authorization, sizeof rq->authorization, 'a');
	set(rq->csrf, sizeof rq->csrf, 'x');
	rq->body = CS_VIEW_OF(body);
}

static void
test_requests(void **state)
{
	static struct cs_web_request rq;
	char path[CS_WEB_PATH_MAX + 1];
	struct cs_buf out = { 0 };

	(void)state;
	make_request(&rq, path);
	assert_ok(cs_web_request_write(&out, &rq));
	assert_true(out.len < CS_WEB_TALK_HEAD_MAX + BODY_MAX);
	assert_ok(cs_web_request_read(&got, cs_buf_view(&out), BODY_MAX));
	assert_string_equal(got.rq.method, "PUT");
	assert_string_equal(got.rq.path, path);
	assert_int_equal(got.rq.n_args, CS_WEB_ARGS_MAX);
	assert_memory_equal(got.rq.args, rq.args, sizeof rq.args);
	assert_string_equal(got.rq.peer, rq.peer);
	assert_string_equal(got.rq.host, rq.host);
	assert_string_equal(got.rq.origin, rq.origin);
	assert_string_equal(got.rq.cookie, rq.cookie);
	assert_string_equal(got.rq.authorization, rq.authorization);
	assert_string_equal(got.rq.csrf, rq.csrf);
	assert_view_equal(got.rq.body, rq.body);
	assert_err(cs_web_request_read(&got, cs_buf_view(&out), BODY_MAX - 1),
	    CS_ERR_LIMIT);
	/* Every byte of it is needed, and no more. */
	for (size_t n = 0; n < out.len; n++)
		assert_int_not_equal(
		    cs_web_request_read(&got, cs_view(out.data, n), BODY_MAX),
		    CS_OK);
	assert_ok(cs_buf_add(&out, cs_view_str("x")));
	assert_err(cs_web_request_read(&got, cs_buf_view(&out), BODY_MAX),
	    CS_ERR_FORMAT);
	cs_buf_free(&out);
}

/* "GET /x", with one thing changed. */
static void
test_requests_that_are_none(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		enum cs_err err;
	} bad[] = {
		{ "\0\2/x\0\0\0\0\0\0\0\0", 12, CS_OK },
		{ "\6\2/x\0\0\0\0\0\0\0\0", 12, CS_ERR_FORMAT }, /* method */
		{ "\0\2xx\0\0\0\0\0\0\0\0", 12, CS_ERR_FORMAT }, /* path */
		{ "\0\0\0\0\0\0\0\0\0\0", 10, CS_ERR_FORMAT },
		{ "\0\2/\0\0\0\0\0\0\0\0\0", 12, CS_ERR_FORMAT },  /* a zero */
		{ "\0\2/x\21\0\0\0\0\0\0\0\0", 12, CS_ERR_LIMIT }, /* args */
		{ "\0\2/x\0\1\0\0\0\0\0\0\0", 13, CS_ERR_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(cs_web_request_read(
			       &got, cs_view(bad[i].bytes, bad[i].n), BODY_MAX),
		    bad[i].err);
}

static void
test_answers(void **state)
{
	struct cs_web_answer a = { .status = 206,
		.media_type = "image/png",
		.retry_after_s = 70000,
		.known = true };
	struct cs_buf out = { 0 };

	(void)state;
	set(a.set_cookie, sizeof a.set_cookie, 'c');
	set(a.disposition, sizeof a.disposition, 'd');
	assert_ok(cs_buf_set(&a.body, cs_view_str("body")));
	assert_ok(cs_web_answer_write(&out, &a, (uint64_t)5 << 32 | 7));
	assert_ok(cs_web_answer_read(&answer, cs_buf_view(&out)));
	assert_int_equal(answer.a.status, 206);
	assert_string_equal(answer.a.media_type, "image/png");
	assert_string_equal(answer.a.set_cookie, a.set_cookie);
	assert_string_equal(answer.a.disposition, a.disposition);
	assert_int_equal(answer.a.retry_after_s, 70000);
	assert_true(answer.a.known);
	assert_null(answer.a.stream);
	assert_int_equal(answer.stream, (uint64_t)5 << 32 | 7);
	assert_view_equal(cs_buf_view(&answer.a.body), cs_view_str("body"));
	cs_buf_free(&answer.a.body);
	for (size_t n = 0; n < out.len; n++) {
		assert_int_not_equal(
		    cs_web_answer_read(&answer, cs_view(out.data, n)), CS_OK);
		assert_null(answer.a.body.data);
	}
	assert_ok(cs_buf_add(&out, cs_view_str("x")));
	assert_err(
	    cs_web_answer_read(&answer, cs_buf_view(&out)), CS_ERR_FORMAT);
	cs_buf_free(&out);
	cs_buf_free(&a.body);
}

static void
test_answers_that_are_none(void **state)
{
	static const struct {
		int status;
		const char *media_type, *cookie;
	} bad[] = {
		{ 100, "text/plain", "" },
		{ 600, "text/plain", "" },
		{ 200, "text/plain\r\nX: y", "" },
		{ 200, "text/plain", "a\nSet-Cookie: b" },
		{ 200, "text/plain", "a\rb" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cs_web_answer a = { .status = bad[i].status,
			.media_type = bad[i].media_type };
		struct cs_buf out = { 0 };

		snprintf(
		    a.set_cookie, sizeof a.set_cookie, "%s", bad[i].cookie);
		assert_ok(cs_web_answer_write(&out, &a, 0));
		assert_err(cs_web_answer_read(&answer, cs_buf_view(&out)),
		    CS_ERR_FORMAT);
		cs_buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_requests_that_are_none),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_answers_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
