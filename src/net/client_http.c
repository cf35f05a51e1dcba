/* SPDX-License-Identifier: MIT */
#include "net/client_http.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/units.h"
#include "net/client_far.h"
#include "net/client_line.h"
#include "net/http_head.h"

#define CHUNK 16384
#define HEAD_SIZE 1024
/* For the hub to make durable what it has: a busy disk may take its time. */
#define DURABLE_MS (60 * CS_SECOND_MS)

/* One transfer on its way. */
struct moving {
	struct cs_net_client *c;
	struct cs_net_transfer *t;
	struct net_line line;
	struct net_patience patience;
	struct cs_buf head, rest;
	bool stopped; /* by us */
};

/* ---- the request -------------------------------------------------------- */

static enum cs_err
write_request(struct moving *m, bool put)
{
	const struct cs_net_transfer *t = m->t;
	char head[HEAD_SIZE], range[128] = "", token[256] = "";
	int n;

	if (t->token[0] != '\0')
		snprintf(token, sizeof token, "Authorization: Bearer %s\r\n",
		    t->token);

	if (put)
		snprintf(range, sizeof range,
		    "Content-Length: %llu\r\n"
		    "Content-Range: bytes %llu-%llu/%llu\r\n",
		    (unsigned long long)t->length,
		    (unsigned long long)t->offset,
		    (unsigned long long)(t->offset + t->length - 1),
		    (unsigned long long)t->total);
	else if (t->offset != 0)
		snprintf(range, sizeof range, "Range: bytes=%llu-\r\n",
		    (unsigned long long)t->offset);
	n = snprintf(head, sizeof head,
	    "%s %s HTTP/1.1\r\nHost: %s\r\n%s%sConnection: close\r\n\r\n",
	    put ? "PUT" : "GET", t->path, m->c->host, token, range);
	if (n < 0 || (size_t)n >= sizeof head)
		return CS_ERR_LIMIT;
	return net_line_write(
	    m->c, &m->line, cs_view(head, (size_t)n), &m->patience);
}

/* ---- the body, and the answer ------------------------------------------- */

static enum cs_err
read_answer(struct moving *m, struct cs_http_head *h)
{
	enum cs_err err;

	if ((err = net_line_head(
		 m->c, &m->line, &m->head, &m->rest, &m->patience)) == CS_OK)
		err = cs_http_answer_parse(h, cs_buf_view(&m->head));
	if (err == CS_OK)
		m->t->status = h->status;
	return err;
}

/* Wait until the line takes more, so that what has gone is what has moved: it
 * has more room than that. */
static enum cs_err
await_room(struct moving *m, bool *answered)
{
	struct pollfd p = { m->line.fd, POLLOUT, 0 };
	enum cs_err err = CS_OK;

	*answered = net_line_answers(&m->line, &m->head);
	while (err == CS_OK && !*answered && poll(&p, 1, 0) == 0) {
		err = net_wait(m->c, &m->line, POLLIN | POLLOUT, &m->patience);
		*answered = net_line_answers(&m->line, &m->head);
	}
	return err;
}

/* A hub that has answered does not want the rest. */
static enum cs_err
write_body(struct moving *m)
{
	struct cs_net_transfer *t = m->t;
	uint8_t bytes[CHUNK];
	bool answered = false;
	enum cs_err err = CS_OK;

	while (err == CS_OK && t->moved < t->length) {
		uint64_t left = t->length - t->moved;
		size_t n = left < sizeof bytes ? (size_t)left : sizeof bytes;

		if ((err = await_room(m, &answered)) || answered)
			break;
		err = t->move(t->arg, bytes, n);
		m->stopped = err != CS_OK;
		if (err == CS_OK &&
		    (err = net_line_write(m->c, &m->line, cs_view(bytes, n),
			 &m->patience)) == CS_OK)
			t->moved += n;
	}
	return err;
}

static enum cs_err
take(struct moving *m, uint8_t *bytes, size_t n, uint64_t length)
{
	struct cs_net_transfer *t = m->t;
	enum cs_err err;

	if (n > length - t->moved)
		return CS_ERR_FORMAT;
	if ((err = t->move(t->arg, bytes, n)) == CS_OK)
		t->moved += n;
	return err;
}

static enum cs_err
read_body(struct moving *m, uint64_t length)
{
	uint8_t bytes[CHUNK];
	size_t got;
	enum cs_err err = CS_OK;

	if (m->rest.len != 0)
		err = take(m, m->rest.data, m->rest.len, length);
	while (err == CS_OK && m->t->moved < length)
		if ((err = net_line_read(m->c, &m->line, bytes, sizeof bytes,
			 &got, &m->patience)) == CS_OK)
			err = take(m, bytes, got, length);
	return err;
}

/* ---- a transfer --------------------------------------------------------- */

static enum cs_err
put(struct moving *m)
{
	struct cs_http_head h;
	enum cs_err err = write_body(m);

	/* Who breaks off may have said why. */
	if (m->stopped || (err && err != CS_ERR_CLOSED))
		return err;
	if (m->patience.timeout_ms < (int)DURABLE_MS)
		m->patience.timeout_ms = (int)DURABLE_MS;
	net_patience_renew(&m->patience);
	return read_answer(m, &h);
}

static enum cs_err
get(struct moving *m)
{
	struct cs_http_head h;
	enum cs_err err = read_answer(m, &h);

	/* The body of a refusal is for people, and a range that we did not get
	 * is not what we asked for. */
	if (err || h.status / 100 != 2)
		return err;
	if (!h.has_content_length || (m->t->offset != 0 && h.status != 206))
		return CS_ERR_FORMAT;
	return read_body(m, h.content_length);
}

static enum cs_err
run(struct cs_net_client *c, struct cs_net_transfer *t, bool putting)
{
	struct moving *m = cs_calloc(1, sizeof *m);
	enum cs_err err;

	t->status = 0;
	t->moved = 0;
	if (m == NULL)
		return CS_ERR_NOMEM;
	m->c = c;
	m->t = t;
	err = net_line_open(&m->line, c, c->config.timeout_ms);
	if (err == CS_OK) {
		m->patience = net_patience(&m->line, c->config.timeout_ms, 1);
		if ((err = write_request(m, putting)) == CS_OK)
			err = putting ? put(m) : get(m);
	}
	net_line_close(&m->line);
	cs_buf_free(&m->head);
	cs_buf_free(&m->rest);
	cs_free(m, sizeof *m);
	return err;
}

enum cs_err
cs_net_client_put(struct cs_net_client *c, struct cs_net_transfer *t)
{
	if (c->far != NULL)
		return cs_net_far_put(c->far, t);
	return run(c, t, true);
}

enum cs_err
cs_net_client_get(struct cs_net_client *c, struct cs_net_transfer *t)
{
	if (c->far != NULL)
		return cs_net_far_get(c->far, t);
	return run(c, t, false);
}
