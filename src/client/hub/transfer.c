/* SPDX-License-Identifier: MIT */
#include "client/hub/transfer.h"

#include <string.h>
#include <unistd.h>

#include "client/home/problem.h"
#include "client/hub/again.h"
#include "client/hub/call.h"
#include "net/client_http.h"

/* ---- to the hub --------------------------------------------------------- */

static enum cs_err
move(void *arg, uint8_t *bytes, size_t n)
{
	struct client_upload *u = arg;
	ssize_t got = (ssize_t)n;

	if (u->fd < 0)
		memcpy(bytes, u->bytes.data + u->done, n);
	else
		got = pread(u->fd, bytes, n, (off_t)(u->from + u->done));
	if (got < 0 || (size_t)got != n)
		return CS_ERR_IO;
	u->done += n;
	if (u->progress != NULL)
		u->progress(u->done, u->ask.size);
	return CS_OK;
}

static enum cs_err
put_once(struct cs_client *c, const struct cs_wire_blob_answer *at,
    struct client_upload *u)
{
	char path[CS_BLOB_PATH_SIZE], token[CS_WIRE_TOKEN_MAX + 1];
	struct cs_net_transfer t = {
		.path = path,
		.token = token,
		.offset = at->stored,
		.length = at->size - at->stored,
		.total = at->size,
		.move = move,
		.arg = u,
	};
	enum cs_err err;

	cs_blob_path(path, at->blob);
	memcpy(token, at->token.data, at->token.len);
	token[at->token.len] = '\0';
	u->done = at->stored;
	if ((err = cs_net_client_put(c->link.session.net, &t)))
		return err;
	/* 409: somebody is ahead of us, perhaps what we sent before. */
	return t.status == 201 ? CS_OK
	    : t.status == 422  ? CS_ERR_DIGEST
	    : t.status == 507  ? CS_ERR_DISK_FULL
	    : t.status == 429  ? CS_ERR_BUSY
			       : CS_ERR_CLOSED;
}

/* ${*stored}: how much the hub says that it has. */
static enum cs_err
try_once(struct cs_client *c, struct client_upload *u, uint64_t *stored)
{
	struct cs_wire_blob_answer at;
	enum cs_err err;

	if ((err = client_call(c, CS_WIRE_BLOB_PUT, &cs_wire_blob_put_shape,
		 &u->ask, &cs_wire_blob_answer_shape, &at)))
		return err;
	if (at.size != u->ask.size || at.stored > at.size ||
	    memcmp(at.blob, u->ask.blob, CS_ID_LEN) != 0)
		return client_problem(c, CS_ERR_FORMAT,
		    "The hub gave an answer that makes no sense.");
	*stored = at.stored;
	if (at.stored == at.size)
		return CS_OK;
	return put_once(c, &at, u);
}

/* It goes on as long as it gets anywhere. */
static enum cs_err
put(struct cs_client *c, struct client_upload *u)
{
	struct cs_retry retry = { 0 };
	uint64_t stored = 0;
	enum cs_err err;

	do
		err = try_once(c, u, &stored);
	while (err != CS_OK &&
	    (err = client_again(c, &retry, stored, err)) == CS_OK);
	c->progress++;
	return err;
}

static enum cs_err
explain(struct cs_client *c, enum cs_err err)
{
	switch (err) {
	case CS_ERR_DISK_FULL:
		return client_problem(
		    c, err, "The hub has no room for the file now.");
	case CS_ERR_BUSY:
		return client_problem(
		    c, err, "The hub has too many uploads of yours under way.");
	case CS_ERR_CLOSED:
	case CS_ERR_TIMEOUT:
		return client_problem(c, CS_ERR_CLOSED,
		    "The connection to the hub breaks off again and again.");
	default:
		return err;
	}
}

enum cs_err
client_transfer_put(struct cs_client *c, struct client_upload *u)
{
	return explain(c, put(c, u));
}

/* ---- from the hub ------------------------------------------------------- */

enum cs_err
client_transfer_get(struct cs_client *c, struct cs_blob_fetch *f)
{
	struct cs_retry retry = { 0 };
	enum cs_err again = CS_OK, err;

	do
		err = cs_blob_fetch(&c->link.session, f);
	while (err != CS_OK && f->take_err == CS_OK &&
	    (again = client_again(c, &retry, f->done, err)) == CS_OK);
	if (err && (again == CS_ERR_CLOSED || again == CS_ERR_TIMEOUT) &&
	    f->take_err == CS_OK)
		return client_problem(c, CS_ERR_CLOSED,
		    "The connection to the hub breaks off again and again.");
	return err;
}
