/* SPDX-License-Identifier: MIT */
/*
 * A small HTTP server for pages and their API: one request, one
 * answer, and streams of events.  One thread, one loop; the program above gets
 * requests and gives answers.
 */
#pragma once

#include "base/bytes.h"

#define CS_WEB_HEADER_MAX 1024 /* of one header, as a string */
#define CS_WEB_PATH_MAX 512
#define CS_WEB_ARGS_MAX 16
#define CS_WEB_ARG_MAX 512
#define CS_WEB_STREAMS_MAX 64 /* pages that listen; each costs little */
#define CS_WEB_CONNECTIONS_MAX 512
/* Of them, until one of their requests has proved who makes it; from one
 * address; and new ones a minute.  The oldest makes room. */
#define CS_WEB_STRANGERS_MAX 384
#define CS_WEB_STRANGERS_ADDRESS_MAX 256
#define CS_WEB_CONNECTS_MAX 3000

struct cs_web_request {
	const char *method; /* "GET", "POST", "PUT", "DELETE" */
	const char *path;   /* decoded, without the query */
	char args[CS_WEB_ARGS_MAX][CS_WEB_ARG_MAX]; /* "name=value", decoded */
	size_t n_args;
	struct cs_view body;
	char peer[48]; /* the address that it comes from */
	/* Headers; "" if there was none. */
	char host[CS_WEB_HEADER_MAX], origin[CS_WEB_HEADER_MAX],
	    cookie[CS_WEB_HEADER_MAX], authorization[CS_WEB_HEADER_MAX],
	    csrf[CS_WEB_HEADER_MAX]; /* X-CSRF-Token */
};
/* The value of ${name} in the query, or "". */
const char *cs_web_arg(const struct cs_web_request *rq, const char *name);

struct cs_web_answer {
	int status;
	const char *media_type;
	struct cs_buf body;
	char set_cookie[CS_WEB_HEADER_MAX]; /* or "" */
	char disposition[256];              /* Content-Disposition, or "" */
	unsigned retry_after_s;             /* or 0 */
	bool known;   /* who asked has proved who they are */
	void *stream; /* not NULL: events follow, see below */
};

/* A file that is built into a program, and served as it is. */
struct cs_web_file {
	const char *path; /* "/index.html" */
	const char *media_type;
	const unsigned char *data;
	size_t len;
};

struct cs_web_config {
	int listener; /* which is taken, whatever cs_web_new() returns */
	const char *chain_path, *key_path; /* PEM; NULL: without TLS */
	size_t body_max;
	const char *csp; /* Content-Security-Policy of every answer */
	void *arg;
	void (*handle)(void *arg, const struct cs_web_request *rq,
	    struct cs_web_answer *answer);
	/* Twice a second: append what has happened to ${out}, which is sent
	 * as it is; false ends the stream. */
	bool (*more)(void *arg, void *stream, struct cs_buf *out);
	void (*ended)(void *arg, void *stream);
	/* ${watched} can be read; taken, too.  NULL: nothing else is. */
	void (*changed)(void *arg);
	int watched;
};

struct cs_web;

/* CS_ERR_IO: chain and key are none, or do not belong together. */
CS_CHECKED enum cs_err cs_web_new(
    struct cs_web **out, const struct cs_web_config *config);
void cs_web_free(struct cs_web *w);
/* Wait for events and handle them; ends after cs_web_stop(). */
CS_CHECKED enum cs_err cs_web_run(struct cs_web *w);
/* From a callback, or a signal: end cs_web_run(). */
void cs_web_stop(struct cs_web *w);
