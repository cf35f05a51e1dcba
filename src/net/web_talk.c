/* SPDX-License-Identifier: MIT */
#include "net/web_talk.h"

#include <string.h>

#include "base/reader.h"
#include "base/writer.h"

/* What web.c calls a method; any other is "OTHER". */
static const char *const methods[] = { "GET", "POST", "PUT", "DELETE", "HEAD",
	"OTHER" };
#define METHODS (sizeof methods / sizeof *methods)

static void
write_string(struct cs_writer *w, const char *s)
{
	cs_write_vec(w, cs_view_str(s));
}

/* ---- requests ----------------------------------------------------------- */

static uint8_t
method_number(const char *name)
{
	size_t i = 0;

	while (i < METHODS - 1 && strcmp(methods[i], name) != 0)
		i++;
	return (uint8_t)i;
}

enum cs_err
cs_web_request_write(struct cs_buf *out, const struct cs_web_request *rq)
{
	struct cs_writer w = cs_writer(out);

	cs_write_u8(&w, method_number(rq->method));
	write_string(&w, rq->path);
	cs_write_u8(&w, (uint8_t)rq->n_args);
	for (size_t i = 0; i < rq->n_args; i++)
		write_string(&w, rq->args[i]);
	write_string(&w, rq->peer);
	write_string(&w, rq->host);
	write_string(&w, rq->origin);
	write_string(&w, rq->cookie);
	write_string(&w, rq->authorization);
	write_string(&w, rq->csrf);
	cs_write_vec(&w, rq->body);
	return cs_writer_end(&w);
}

enum cs_err
cs_web_request_read(
    struct cs_web_request_read *out, struct cs_view in, size_t body_max)
{
	struct cs_web_request *rq = &out->rq;
	struct cs_reader r = cs_reader(in);
	uint8_t method = cs_read_u8(&r);

	memset(out, 0, sizeof *out);
	if (method >= METHODS)
		cs_reader_fail(&r, CS_ERR_FORMAT);
	else
		rq->method = methods[method];
	cs_read_string(&r, out->path, sizeof out->path);
	rq->path = out->path;
	/* RFC 9112, section 3.2.1: what was asked for begins with a slash. */
	if (out->path[0] != '/')
		cs_reader_fail(&r, CS_ERR_FORMAT);
	rq->n_args = cs_read_u8(&r);
	if (rq->n_args > CS_WEB_ARGS_MAX) {
		cs_reader_fail(&r, CS_ERR_LIMIT);
		rq->n_args = 0;
	}
	for (size_t i = 0; i < rq->n_args; i++)
		cs_read_string(&r, rq->args[i], sizeof rq->args[i]);
	cs_read_string(&r, rq->peer, sizeof rq->peer);
	cs_read_string(&r, rq->host, sizeof rq->host);
	cs_read_string(&r, rq->origin, sizeof rq->origin);
	cs_read_string(&r, rq->cookie, sizeof rq->cookie);
	cs_read_string(&r, rq->authorization, sizeof rq->authorization);
	cs_read_string(&r, rq->csrf, sizeof rq->csrf);
	rq->body = cs_read_vec_max(&r, body_max);
	return cs_reader_end(&r);
}

/* ---- answers ------------------------------------------------------------ */

enum cs_err
cs_web_answer_write(
    struct cs_buf *out, const struct cs_web_answer *a, uint64_t stream)
{
	struct cs_writer w = cs_writer(out);

	cs_write_u16(&w, (uint16_t)a->status);
	write_string(&w, a->media_type);
	write_string(&w, a->set_cookie);
	write_string(&w, a->disposition);
	cs_write_u32(&w, a->retry_after_s);
	cs_write_u8(&w, a->known);
	cs_write_u64(&w, stream);
	cs_write_vec(&w, cs_buf_view(&a->body));
	return cs_writer_end(&w);
}

/* A header of several lines would be several headers. */
static void
read_header(struct cs_reader *r, char *out, size_t size)
{
	cs_read_string(r, out, size);
	if (strpbrk(out, "\r\n") != NULL)
		cs_reader_fail(r, CS_ERR_FORMAT);
}

enum cs_err
cs_web_answer_read(struct cs_web_answer_read *out, struct cs_view in)
{
	struct cs_web_answer *a = &out->a;
	struct cs_reader r = cs_reader(in);
	struct cs_view body;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	a->status = cs_read_u16(&r);
	if (a->status < 200 || a->status > 599)
		cs_reader_fail(&r, CS_ERR_FORMAT);
	read_header(&r, out->media_type, sizeof out->media_type);
	a->media_type = out->media_type;
	read_header(&r, a->set_cookie, sizeof a->set_cookie);
	read_header(&r, a->disposition, sizeof a->disposition);
	a->retry_after_s = cs_read_u32(&r);
	a->known = cs_read_optional(&r);
	out->stream = cs_read_u64(&r);
	body = cs_read_vec_max(&r, CS_WEB_ANSWER_MAX);
	if ((err = cs_reader_end(&r)))
		return err;
	return cs_buf_set(&a->body, body);
}
