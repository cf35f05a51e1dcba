/* SPDX-License-Identifier: MIT */
/*
 * What a process with a web server (web_part.h) and the one that answers
 * (web_far.h) say to one another: the requests of web.h and their answers, as
 * bytes.
 */
#pragma once

#include "net/web.h"

#define CS_WEB_PART "web"
#define CS_WEB_MEDIA_TYPE_MAX 128
#define CS_WEB_DISPOSITION_MAX 256
/* A page, or a list of a million hashes as a file. */
#define CS_WEB_ANSWER_MAX ((size_t)256 << 20)
/* Of a request or an answer, beside its body. */
#define CS_WEB_TALK_HEAD_MAX ((size_t)32 << 10)

/* Messages (family/channel.h); each is about the number of the question, which
 * counts up by one. */
enum cs_web_talk_kind {
	/* Questions of the web server. */
	CS_WEB_TALK_REQUEST = 1, /* cs_web_request_write() */
	CS_WEB_TALK_MORE,        /* u64 stream */
	CS_WEB_TALK_ENDED,       /* the same; there is no answer */
	/* Answers. */
	CS_WEB_TALK_ANSWER, /* cs_web_answer_write() */
	CS_WEB_TALK_EVENTS, /* u8 whether it goes on, and its bytes */
};

/* Append a request to ${out}, whatever was there. */
CS_CHECKED enum cs_err cs_web_request_write(
    struct cs_buf *out, const struct cs_web_request *rq);

/* A request that was read, with room for its path. */
struct cs_web_request_read {
	struct cs_web_request rq;
	char path[CS_WEB_PATH_MAX + 1];
};

/*
 * Read ${in}, of which the body stays a view.  CS_ERR_FORMAT, CS_ERR_LIMIT: it
 * is no request that web.c makes, of a body of at most ${body_max} bytes.
 */
CS_CHECKED enum cs_err cs_web_request_read(
    struct cs_web_request_read *out, struct cs_view in, size_t body_max);

/* Append an answer.  ${stream} stands for ${a->stream}; 0: there is none. */
CS_CHECKED enum cs_err cs_web_answer_write(
    struct cs_buf *out, const struct cs_web_answer *a, uint64_t stream);

/* An answer that was read, with room for its media type; its body is owned. */
struct cs_web_answer_read {
	struct cs_web_answer a;
	char media_type[CS_WEB_MEDIA_TYPE_MAX];
	uint64_t stream;
};

/* CS_ERR_FORMAT, CS_ERR_LIMIT: it is none that cs_web_answer_write() makes, or
 * a header of it is more than one line; then nothing is owned. */
CS_CHECKED enum cs_err cs_web_answer_read(
    struct cs_web_answer_read *out, struct cs_view in);
