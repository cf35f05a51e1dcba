/* SPDX-License-Identifier: MIT */
#include "hub/core/batch.h"

#include <string.h>

#include "base/alloc.h"
#include "hub/core/connection.h"
#include "hub/core/fanout.h"
#include "hub/core/hub.h"
#include "hub/core/line.h"
#include "hub/core/push.h"
#include "hub/core/spent.h"
#include "store/clock.h"

/* The memory that the batch keeps between rounds. */
#define BATCH_KEEP ((size_t)1 << 20)

enum cs_err
hub_batch_begin(struct cs_hub *hub)
{
	return cs_db_in_transaction(hub->db) ? CS_OK : cs_db_begin(hub->db);
}

enum cs_err
hub_save(struct hub_request *rq)
{
	enum cs_err err = hub_batch_begin(rq->hub);

	if (err == CS_OK && !rq->saved)
		err = cs_db_savepoint(rq->hub->db);
	rq->saved = rq->saved || err == CS_OK;
	return err;
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
	struct hub_conn *c = hub_conn_of_device(hub, device);

	bool connected = false;

	for (; c != NULL; c = hub_conn_next_of_device(c))
		if (c->role == HUB_DEVICE) {
			connected = true;
			push_to(c, push);
		}
	if (!connected)
		hub_push_waits(hub, device);
}

void
hub_push_desk(struct cs_hub *hub, const struct cs_wire_push *push)
{
	for (struct hub_conn *c = hub->desks; c != NULL; c = c->next_desk)
		push_to(c, push);
}

void
hub_push_account(struct cs_hub *hub, const uint8_t account[static CS_ID_LEN],
    const struct cs_wire_push *push)
{
	struct hub_conn *c = hub_conn_of_account(hub, account);

	for (; c != NULL; c = hub_conn_next_of_account(c))
		push_to(c, push);
}

/* ---- groups that have news ---------------------------------------------- */

enum cs_err
hub_wake(struct cs_hub *hub, struct cs_view group, uint64_t head,
    const struct hub_conn *by)
{
	struct hub_wake *w;

	if (hub->n_wakes == hub->cap_wakes) {
		size_t cap = hub->cap_wakes == 0 ? 64 : hub->cap_wakes * 2;

		w = cs_grow(hub->wakes, hub->cap_wakes, cap, sizeof *w);
		if (w == NULL)
			return CS_ERR_NOMEM;
		hub->wakes = w;
		hub->cap_wakes = cap;
	}
	w = &hub->wakes[hub->n_wakes++];
	*w = (struct hub_wake){ .id_len = group.len, .head = head, .by = by };
	memcpy(w->id, group.data, group.len);
	return CS_OK;
}

/* What is durable is told. */
static void
tell(struct cs_hub *hub, bool durable)
{
	for (size_t i = 0; durable && i < hub->n_wakes; i++) {
		const struct hub_wake *w = &hub->wakes[i];

		hub_fanout_add(hub, cs_view(w->id, w->id_len), w->head, w->by);
	}
	hub->n_wakes = 0;
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
		hub_line_send(o->conn, cs_buf_view(&frame));
	cs_buf_free(&frame);
}

bool
hub_batch_end(struct cs_hub *hub)
{
	bool durable = true;
	struct hub_conn *c;
	enum cs_err err;

	hub->answered = hub->n_out;
	hub->commit_us = cs_clock_us();
	err = hub_spent_write(hub, false);
	if (hub->broken)
		err = CS_ERR_IO;
	hub->broken = false;
	if (cs_db_in_transaction(hub->db)) {
		if (err == CS_OK)
			err = cs_db_commit(hub->db);
		else
			cs_db_rollback(hub->db);
		durable = err == CS_OK;
	}
	/* Nor did it give anything to the log (core/tlog.h). */
	hub->tlog.loaded &= durable;
	hub->commit_us = cs_clock_us() - hub->commit_us;
	for (size_t i = 0; i < hub->n_out; i++) {
		struct hub_outgoing *o = &hub->out[i];

		if (o->conn == NULL)
			continue;
		if (!durable)
			refuse(hub, o);
		else
			/* At worst the connection is cut; the log has
			 * everything. */
			hub_line_send(o->conn,
			    cs_view(
				hub->batch.data + o->from, o->to - o->from));
	}
	while ((c = hub->touched) != NULL) {
		hub_conn_untouch(c);
		c->round_cost = c->round_bytes = c->round_us = 0;
		hub_line_resume(c);
		if (c->end_after_round)
			hub_line_close(c);
	}
	tell(hub, durable);
	hub_lines_flush(hub);
	hub->n_out = 0;
	if (hub->batch.cap > BATCH_KEEP)
		cs_buf_free(&hub->batch);
	else
		hub->batch.len = 0;
	return durable;
}

void
hub_batch_free(struct cs_hub *hub)
{
	cs_buf_free(&hub->batch);
	cs_free(hub->out, hub->cap_out * sizeof *hub->out);
	cs_free(hub->wakes, hub->cap_wakes * sizeof *hub->wakes);
	hub->out = NULL;
	hub->wakes = NULL;
	hub->n_out = hub->cap_out = hub->n_wakes = hub->cap_wakes = 0;
}
