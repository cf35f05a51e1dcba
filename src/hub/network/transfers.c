/* SPDX-License-Identifier: MIT */
#include "hub/network/transfers.h"

#include "base/alloc.h"
#include "net/server_blob.h"

#define UNAVAILABLE 507

struct request {
	struct cs_net_blob *blob;
	uint64_t number;
	bool asked;    /* the files' process has it */
	bool begun;    /* and has said yes */
	size_t flight; /* PUT: bytes that it has not written yet */
	size_t wanted; /* GET: bytes that it may send and has not */
};

static struct request *
request_of(const struct cs_net_blob *b)
{
	return b->user;
}

static enum cs_err
tell_files(struct network *n, const struct request *r, uint8_t kind,
    struct cs_view bytes)
{
	return n->files == NULL
	    ? CS_ERR_CLOSED
	    : cs_channel_put(n->files, kind, r->number, bytes);
}

/* ---- callbacks ---------------------------------------------------------- */

int
network_blob_open(void *arg, struct cs_net_blob *b)
{
	struct network *n = arg;
	struct request *r = cs_calloc(1, sizeof *r);
	struct hub_talk_blob ask = {
		.offset = b->offset,
		.length = b->length,
		.put = b->put,
	};
	struct cs_view parts[] = { HUB_TALK_OF(ask), b->token };

	if (r == NULL)
		return UNAVAILABLE;
	memcpy(ask.id, b->id, CS_ID_LEN);
	r->blob = b;
	r->number = cs_slots_add(&n->requests, r);
	if (r->number == 0 || b->token.len > CS_WIRE_TOKEN_MAX ||
	    cs_channel_put_parts(
		n->database, HUB_TALK_BLOB, r->number, parts, 2) != CS_OK) {
		cs_slots_remove(&n->requests, r->number);
		cs_free(r, sizeof *r);
		return b->token.len > CS_WIRE_TOKEN_MAX ? 401 : UNAVAILABLE;
	}
	b->user = r;
	return CS_NET_LATER;
}

int
network_blob_write(void *arg, struct cs_net_blob *b, struct cs_view bytes)
{
	struct request *r = request_of(b);

	if (tell_files(arg, r, HUB_TALK_BYTES, bytes) != CS_OK)
		return UNAVAILABLE;
	r->flight += bytes.len;
	if (r->flight > HUB_TALK_FILE_WINDOW)
		cs_net_conn_hold(b->conn);
	return 0;
}

int
network_blob_done(void *arg, struct cs_net_blob *b)
{
	return tell_files(arg, request_of(b), HUB_TALK_WHOLE,
		   cs_view(NULL, 0)) == CS_OK
	    ? CS_NET_LATER
	    : UNAVAILABLE;
}

/* The reader has all that came: as much again may be on its way. */
void
network_blob_read(void *arg, struct cs_net_blob *b)
{
	struct request *r = request_of(b);
	uint64_t more = HUB_TALK_FILE_WINDOW - r->wanted;

	if (more == 0)
		return;
	r->wanted += more;
	if (tell_files(arg, r, HUB_TALK_MORE, HUB_TALK_OF(more)) != CS_OK)
		cs_net_blob_bytes(b, cs_view(NULL, 0));
}

void
network_blob_over(void *arg, struct cs_net_blob *b)
{
	struct network *n = arg;
	struct request *r = request_of(b);

	if (r->asked)
		(void)!tell_files(n, r, HUB_TALK_DROP, cs_view(NULL, 0));
	cs_slots_remove(&n->requests, r->number);
	cs_free(r, sizeof *r);
}

/* ---- what is said of them ------------------------------------------------ */

enum cs_err
network_blob_granted(struct network *n, const struct cs_channel_message *m)
{
	struct request *r = cs_slots_get(&n->requests, m->about);
	struct hub_talk_grant grant;

	if (!hub_talk_copy(&grant, sizeof grant, m->bytes))
		return CS_ERR_FORMAT;
	if (r == NULL || r->asked)
		return CS_OK;
	if (grant.status != 0) {
		cs_net_blob_opened(r->blob, grant.status);
		return CS_OK;
	}
	r->blob->total = grant.pass.size;
	if (!r->blob->put)
		r->blob->length = grant.pass.length;
	r->asked =
	    tell_files(n, r, HUB_TALK_BEGIN, HUB_TALK_OF(grant)) == CS_OK;
	if (!r->asked)
		cs_net_blob_opened(r->blob, UNAVAILABLE);
	return CS_OK;
}

/* Say how it ends; the request is freed. */
static void
fail(struct request *r, int status)
{
	r->asked = false;
	if (!r->begun)
		cs_net_blob_opened(r->blob, status);
	else if (r->blob->put)
		cs_net_blob_ended(r->blob, status);
	else
		cs_net_blob_bytes(r->blob, cs_view(NULL, 0));
}

static enum cs_err
on_status(struct request *r, struct cs_view bytes)
{
	int32_t status;

	if (!hub_talk_copy(&status, sizeof status, bytes))
		return CS_ERR_FORMAT;
	if (r->begun || status != 0) {
		fail(r, status != 0 ? status : 500);
		return CS_OK;
	}
	r->begun = true;
	cs_net_blob_opened(r->blob, 0);
	return CS_OK;
}

static enum cs_err
on_bytes(struct request *r, struct cs_view bytes)
{
	if (r->blob->put || bytes.len > r->wanted || bytes.len == 0)
		return CS_ERR_FORMAT;
	r->wanted -= bytes.len;
	cs_net_blob_bytes(r->blob, bytes);
	return CS_OK;
}

static enum cs_err
on_taken(struct request *r, struct cs_view bytes)
{
	uint64_t n;

	if (!hub_talk_copy(&n, sizeof n, bytes) || n > r->flight)
		return CS_ERR_FORMAT;
	r->flight -= n;
	if (r->flight <= HUB_TALK_FILE_WINDOW)
		cs_net_conn_resume(r->blob->conn);
	return CS_OK;
}

enum cs_err
network_blob_told(struct network *n, const struct cs_channel_message *m)
{
	struct request *r = cs_slots_get(&n->requests, m->about);

	if (r == NULL)
		return CS_OK;
	switch (m->kind) {
	case HUB_TALK_STATUS:
		return on_status(r, m->bytes);
	case HUB_TALK_BYTES:
		return on_bytes(r, m->bytes);
	case HUB_TALK_TAKEN:
		return on_taken(r, m->bytes);
	default:
		return CS_ERR_FORMAT;
	}
}

void
network_blobs_fail(struct network *n)
{
	struct request *r;
	size_t at = 0;

	while ((r = cs_slots_each(&n->requests, &at)) != NULL)
		if (r->asked)
			fail(r, UNAVAILABLE);
}
