/* SPDX-License-Identifier: MIT */
/*
 * What a process with a web server says to the one that answers, and back
 * (net/web_far.h, net/web_talk.h).
 *
 * An input is a byte and then, for 0, a request; for 1, an answer; for any
 * other, messages:
 *
 *	u8 kind, u8 number, u16 length, bytes
 */
#include "net/web_far.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz/fuzz_say.h"
#include "fuzz/fuzz_want.h"
#include "net/web_talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BODY_MAX 1000

static unsigned streams;

/* What was read is written as it was: there is one way to say it. */
static void
check_same(struct cs_buf *written, enum cs_err err, struct cs_view in)
{
	fuzz_want(err == CS_OK && cs_view_equal(cs_buf_view(written), in));
	cs_buf_free(written);
}

static void
read_request(struct cs_view in)
{
	static struct cs_web_request_read got;
	struct cs_buf out = { 0 };

	if (cs_web_request_read(&got, in, BODY_MAX) == CS_OK)
		check_same(&out, cs_web_request_write(&out, &got.rq), in);
}

static void
read_answer(struct cs_view in)
{
	static struct cs_web_answer_read got;
	struct cs_buf out = { 0 };

	if (cs_web_answer_read(&got, in) == CS_OK)
		check_same(
		    &out, cs_web_answer_write(&out, &got.a, got.stream), in);
	cs_buf_free(&got.a.body);
}

static void
handle(void *arg, const struct cs_web_request *rq, struct cs_web_answer *a)
{
	(void)arg;
	fuzz_want(rq->path[0] == '/' && strlen(rq->path) <= CS_WEB_PATH_MAX);
	fuzz_want(rq->n_args <= CS_WEB_ARGS_MAX && rq->body.len <= BODY_MAX);
	for (size_t i = 0; i < rq->n_args; i++)
		fuzz_want(strlen(rq->args[i]) < CS_WEB_ARG_MAX);
	a->status = 200;
	if (rq->path[1] == 's') {
		a->stream = &streams;
		streams++;
	}
}

static bool
more(void *arg, void *stream, struct cs_buf *out)
{
	(void)arg;
	fuzz_want(stream == &streams && streams != 0);
	return cs_buf_add(out, cs_view_str("x")) == CS_OK;
}

static void
ended(void *arg, void *stream)
{
	(void)arg;
	fuzz_want(stream == &streams && streams != 0);
	streams--;
}

static void
serve(const uint8_t *data, size_t size)
{
	const struct cs_web_far_config config = {
		.body_max = BODY_MAX,
		.handle = handle,
		.more = more,
		.ended = ended,
	};
	struct cs_web_far *far;
	int pair[2];

	fuzz_want(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	fuzz_want(cs_web_far_new(&far, pair[0], &config) == CS_OK);
	fuzz_say(pair[1], data, size);
	while (cs_web_far_serve(far) == CS_OK)
		;
	cs_web_far_free(far);
	fuzz_want(streams == 0);
	close(pair[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 || size > FUZZ_SAY_MAX)
		return 0;
	if (data[0] == 0)
		read_request(cs_view(data + 1, size - 1));
	else if (data[0] == 1)
		read_answer(cs_view(data + 1, size - 1));
	else
		serve(data + 1, size - 1);
	return 0;
}
