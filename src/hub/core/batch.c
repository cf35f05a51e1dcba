/* SPDX-License-Identifier: MIT */
#include "hub/core/batch.h"

#include <string.h>

#include "base/alloc.h"
#include "hub/core/connection.h"
#include "hub/core/hub.h"

/* The memory that the batch keeps between rounds. */
#define BATCH_KEEP ((size_t)1 << 20)

enum cs_err
hub_batch_begin(struct cs_hub *hub)
{
	return cs_db_in_transaction(hub->db) ? CS_OK : cs_db_begin(hub->db);
}

static enum cs_err
enqueue(struct cs_hub *hub, struct hub_conn *conn, uint32_t id, size_t from)
{
	if (hub->n_out == hub->cap_out) {
		size_t cap = hub->cap_out == 0 ? 64 : hub->cap_out * 2;
		struct hub_outgoing *grown =
		    cs_grow(hub->out, hub->cap_out, cap, sizeof *hub->out);

		if (grown == NULL)
			return CS_ERR_NOMEM;
		hub->out = grown;
		hub->cap_out = cap;
	}
	hub->out[hub->n_out++] =
	    (struct hub_outgoing){ conn, id, from, hub->batch.len };
	return CS_OK;
}

static enum cs_err
queue(struct cs_hub *hub, struct hub_conn *conn, uint8_t kind, uint32_t id,
    const struct cs_wire_shape *shape, const void *message)
{
	size_t from = hub->batch.len;
	enum cs_err err;

	if ((err = cs_wire_frame_head(&hub->batch, kind, id)) ||
	    (err = cs_wire_write(&hub->batch, shape, message)) ||
	    (err = enqueue(hub, conn, id, from)))
		hub->batch.len = from;
	return err;
}

enum cs_err
hub_answer(struct hub_request *rq, const struct cs_wire_shape *shape,
    const void *message)
{
	return queue(rq->hub, rq->conn, CS_WIRE_ANSWER, rq->id, shape, message);
}

static void
push_to(struct hub_conn *conn, const struct cs_wire_push *push)
{
	(void)!queue(
	    conn->hub, conn, CS_WIRE_PUSH, 0, &cs_wire_push_shape, push);
}

void
hub_push_device(struct cs_hub *hub, const uint8_t device[static CS_ID_LEN],
    const struct cs_wire_push *push)
{
	struct hub_conn *c = hub_conn_first(hub, device);

	for (; c != NULL; c = c->next_device)
		if (c->role == HUB_DEVICE &&
		    memcmp(c->device, device, CS_ID_LEN) == 0)
			push_to(c, push);
}

void
hub_push_desk(struct cs_hub *hub, const struct cs_wire_push *push)
{
	for (struct hub_conn *c = hub->conns; c != NULL; c = c->next)
		if (c->role == HUB_DESK)
			push_to(c, push);
}

void
hub_push_account(struct cs_hub *hub, const uint8_t account[static CS_ID_LEN],
    const struct cs_wire_push *push)
{
	for (struct hub_conn *c = hub->conns; c != NULL; c = c->next)
		if ((c->role == HUB_DEVICE || c->role == HUB_HELD) &&
		    memcmp(c->account, account, CS_ID_LEN) == 0)
			push_to(c, push);
}

/* Nothing that waited is durable: tell the other side so. */
static void
refuse(struct cs_hub *hub, const struct hub_outgoing *o)
{
	struct cs_wire_error error = {
		.code = CS_WIRE_E_UNAVAILABLE,
		.sentence =
		    cs_view_str(cs_wire_code_text(CS_WIRE_E_UNAVAILABLE)),
	};
	struct cs_buf frame = { 0 };

	(void)hub;
	if (o->id != 0 &&
	    cs_wire_frame_head(&frame, CS_WIRE_ERROR, o->id) == CS_OK &&
	    cs_wire_write(&frame, &cs_wire_error_shape, &error) == CS_OK)
		(void)!cs_net_conn_send(o->conn->net, cs_buf_view(&frame));
	cs_buf_free(&frame);
}

void
hub_batch_end(struct cs_hub *hub)
{
	bool durable = true;

	if (cs_db_in_transaction(hub->db))
		durable = cs_db_commit(hub->db) == CS_OK;
	for (size_t i = 0; i < hub->n_out; i++) {
		struct hub_outgoing *o = &hub->out[i];

		if (o->conn == NULL)
			continue;
		if (!durable)
			refuse(hub, o);
		else
			/* At worst the connection is cut; the log has
			 * everything. */
			(void)!cs_net_conn_send(o->conn->net,
			    cs_view(
				hub->batch.data + o->from, o->to - o->from));
	}
	for (struct hub_conn *c = hub->conns; c != NULL; c = c->next) {
		c->round_cost = c->round_bytes = c->round_us = 0;
		cs_net_conn_resume(c->net);
		if (c->end_after_round)
			cs_net_conn_close(c->net);
	}
	hub->n_out = 0;
	if (hub->batch.cap > BATCH_KEEP)
		cs_buf_free(&hub->batch);
	else
		hub->batch.len = 0;
}
