/* SPDX-License-Identifier: MIT */
/*
 * A connection to the hub from a page: the browser has the WebSocket, TLS below
 * it, and HTTP; web/member/src/worker asks it.
 *
 * hub.open, hub.recv and hub.transfer wait.  While they do, what is below them
 * on the stack is put away (Asyncify, see src/programs/engine), so that the
 * same straight code as in the native client runs on afterwards.
 */
#include "net/client.h"

#include <string.h>

#include "base/alloc.h"
#include "net/client_http.h"
#include "wire/messages.h"

#define CHUNK ((size_t)64 << 10)
#define ORIGIN_MAX 300 /* a host has 253 at most */
#define HOST(name) __attribute__((import_module("hub"), import_name(name)))

enum host_answer { HOST_CLOSED = -1, HOST_TIMEOUT = -2 };

/* 0, or a host_answer. */
HOST("open")
int host_open(const char *host, size_t len, int port, int timeout_ms);
HOST("close") void host_close(void);
HOST("send") int host_send(const uint8_t *frame, size_t len);
/* The length of the next frame, which host_take() gives; or a host_answer. */
HOST("recv") int host_recv(int timeout_ms);
/* The origin of the page: its length, or -1: longer than ${size}. */
HOST("origin") int host_origin(char *out, size_t size);
HOST("take") void host_take(uint8_t *out, size_t len);
/*
 * One HTTP request; ${bytes} is the body of a PUT.  The status, or a
 * host_answer; ${*moved}: bytes sent, or how many host_body() gives, in order.
 */
struct host_transfer {
	const char *path, *token;
	uint32_t path_len, token_len;
	uint64_t offset, total;
	const uint8_t *bytes;
	uint32_t len, moved;
	uint32_t put, timeout_ms;
};
HOST("transfer") int host_transfer(struct host_transfer *t);
HOST("body") void host_body(uint8_t *out, size_t len);

struct cs_net_client {
	int timeout_ms;
};

static enum cs_err
error_of(int answer)
{
	return answer == HOST_TIMEOUT ? CS_ERR_TIMEOUT : CS_ERR_CLOSED;
}

enum cs_err
cs_net_client_open(
    struct cs_net_client **out, const struct cs_net_client_config *config)
{
	struct cs_net_client *c;
	int rc;

	*out = NULL;
	if ((c = cs_calloc(1, sizeof *c)) == NULL)
		return CS_ERR_NOMEM;
	c->timeout_ms = config->timeout_ms;
	if (config->proxy_reached != NULL)
		*config->proxy_reached = false;
	rc = host_open(config->host, strlen(config->host), config->port,
	    config->timeout_ms);
	if (rc < 0) {
		cs_free(c, sizeof *c);
		return error_of(rc);
	}
	*out = c;
	return CS_OK;
}

void
cs_net_client_close(struct cs_net_client *c)
{
	if (c == NULL)
		return;
	host_close();
	cs_free(c, sizeof *c);
}

enum cs_err
cs_net_client_send(struct cs_net_client *c, struct cs_view frame)
{
	(void)c;
	return host_send(frame.data, frame.len) < 0 ? CS_ERR_CLOSED : CS_OK;
}

enum cs_err
cs_net_client_recv(struct cs_net_client *c, struct cs_buf *out, int timeout_ms)
{
	int n = host_recv(timeout_ms);
	enum cs_err err;
	uint8_t *at;

	(void)c;
	if (n < 0)
		return error_of(n);
	cs_buf_reset(out);
	if ((err = cs_buf_extend(out, (size_t)n, &at)) == CS_OK)
		host_take(at, (size_t)n);
	return err;
}

/* A page is not told that a part of a frame came. */
enum cs_err
cs_net_client_await(struct cs_net_client *c, struct cs_buf *out, int timeout_ms)
{
	return cs_net_client_recv(c, out, timeout_ms);
}

/* The browser judges the certificate: for us it is always in time. */
void
cs_net_client_validity(
    const struct cs_net_client *c, uint64_t *from_s, uint64_t *until_s)
{
	(void)c;
	*from_s = 0;
	*until_s = UINT64_MAX;
}

/* It is not told about its TLS connection either: a login is bound to where the
 * page came from, which the browser tells the hub. */
enum cs_err
cs_net_client_binding(
    struct cs_net_client *c, uint8_t *kind, uint8_t out[static 32])
{
	struct cs_wire_binding binding;
	char origin[ORIGIN_MAX];
	int n = host_origin(origin, sizeof origin);
	enum cs_err err;

	(void)c;
	if (n <= 0)
		return CS_ERR_CLOSED;
	if ((err = cs_wire_origin_binding(
		 &binding, cs_view((const uint8_t *)origin, (size_t)n))))
		return err;
	*kind = binding.kind;
	memcpy(out, binding.value, sizeof binding.value);
	return CS_OK;
}

/* ---- blobs -------------------------------------------------------------- */

static enum cs_err
transfer(
    struct cs_net_client *c, struct cs_net_transfer *t, struct host_transfer *h)
{
	int rc;

	h->path = t->path;
	h->path_len = (uint32_t)strlen(t->path);
	h->token = t->token;
	h->token_len = (uint32_t)strlen(t->token);
	h->offset = t->offset;
	h->total = t->total;
	h->timeout_ms = (uint32_t)c->timeout_ms;
	rc = host_transfer(h);
	t->status = rc > 0 ? rc : 0;
	return rc > 0 ? CS_OK : error_of(rc);
}

enum cs_err
cs_net_client_put(struct cs_net_client *c, struct cs_net_transfer *t)
{
	size_t n = (size_t)t->length;
	uint8_t *bytes = cs_calloc(n, 1);
	struct host_transfer h = { .put = 1, .bytes = bytes };
	enum cs_err err = CS_ERR_NOMEM;

	t->status = 0;
	t->moved = 0;
	if (bytes == NULL || (err = t->move(t->arg, bytes, n)))
		goto out;
	h.len = (uint32_t)n;
	err = transfer(c, t, &h);
	t->moved = h.moved;
out:
	cs_free(bytes, n);
	return err;
}

enum cs_err
cs_net_client_get(struct cs_net_client *c, struct cs_net_transfer *t)
{
	struct host_transfer h = { 0 };
	uint8_t *chunk = cs_calloc(CHUNK, 1);
	enum cs_err err = CS_ERR_NOMEM;

	t->status = 0;
	t->moved = 0;
	if (chunk == NULL || (err = transfer(c, t, &h)) || t->status / 100 != 2)
		goto out;
	for (size_t left = h.moved, n; left != 0 && err == CS_OK; left -= n) {
		n = left < CHUNK ? left : CHUNK;
		host_body(chunk, n);
		err = t->move(t->arg, chunk, n);
		t->moved += n;
	}
out:
	cs_free(chunk, CHUNK);
	return err;
}
