/* SPDX-License-Identifier: MIT */
#include "hub/core/fanout.h"

#include <string.h>

#include "base/alloc.h"
#include "hub/core/connection.h"
#include "hub/core/line.h"
#include "hub/core/push.h"

#define PIECE 256 /* members that are told between two rounds */

/* Members are told in the order of their devices' ids, from ${from} around. */
struct hub_fanout {
	uint8_t id[CS_WIRE_GROUP_ID_MAX];
	size_t id_len;
	uint64_t head;
	const struct hub_conn *by;
	uint8_t from[CS_ID_LEN], at[CS_ID_LEN];
	bool around; /* past the last of them, and at the first again */
};

static struct cs_view
id_of(const struct hub_fanout *f)
{
	return cs_view(f->id, f->id_len);
}

static struct hub_fanout *
find(struct cs_hub *hub, struct cs_view group)
{
	for (size_t i = 0; i < hub->n_fanouts; i++)
		if (cs_view_equal(id_of(&hub->fanouts[i]), group))
			return &hub->fanouts[i];
	return NULL;
}

void
hub_fanout_add(struct cs_hub *hub, struct cs_view group, uint64_t head,
    const struct hub_conn *by)
{
	struct hub_fanout *f = find(hub, group);

	if (f != NULL) {
		memcpy(f->from, f->at, sizeof f->from);
		f->around = false;
		f->head = head;
		f->by = f->by == by ? by : NULL;
		return;
	}
	if (hub->n_fanouts == hub->cap_fanouts) {
		size_t cap = hub->cap_fanouts == 0 ? 64 : hub->cap_fanouts * 2;

		f = cs_grow(hub->fanouts, hub->cap_fanouts, cap, sizeof *f);
		if (f == NULL)
			return;
		hub->fanouts = f;
		hub->cap_fanouts = cap;
	}
	f = &hub->fanouts[hub->n_fanouts++];
	*f = (struct hub_fanout){ .id_len = group.len, .head = head, .by = by };
	memcpy(f->id, group.data, group.len);
}

static void
tell_device(struct cs_hub *hub, const struct hub_fanout *f,
    const uint8_t device[static CS_ID_LEN], struct cs_view frame)
{
	struct hub_conn *c = hub_conn_of_device(hub, device);
	bool connected = false;

	for (; c != NULL; c = hub_conn_next_of_device(c)) {
		connected |= c->role == HUB_DEVICE;
		if (c->role == HUB_DEVICE && c != f->by)
			hub_line_send(c, frame);
	}
	if (!connected)
		hub_push_waits(hub, device);
}

/* Tell the next ${*left} of the group; true: all have been told. */
static bool
tell_next(struct cs_hub *hub, struct hub_fanout *f, unsigned *left)
{
	static const uint8_t last[CS_ID_LEN] = { 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff };
	const struct cs_wire_push push = {
		.kind = CS_WIRE_PUSH_GROUP,
		.group_id = id_of(f),
		.head = f->head,
	};
	struct cs_buf frame = { 0 };
	struct cs_rows rows;
	unsigned n = 0, most = *left;
	enum cs_err err;

	if ((err = cs_wire_frame_head(&frame, CS_WIRE_PUSH, 0)) ||
	    (err = cs_wire_write(&frame, &cs_wire_push_shape, &push)))
		goto out;
	err = cs_db_query(&rows, hub->db,
	    "SELECT device FROM member WHERE grp=? AND device>? AND device<=?"
	    " AND until_seq IS NULL ORDER BY device LIMIT ?",
	    cs_blob(id_of(f)), cs_blob(CS_VIEW_OF(f->at)),
	    cs_blob(f->around ? CS_VIEW_OF(f->from) : CS_VIEW_OF(last)),
	    cs_int(most));
	while (err == CS_OK && cs_rows_next(&rows)) {
		cs_col_copy(&rows, 0, f->at, sizeof f->at);
		tell_device(hub, f, f->at, cs_buf_view(&frame));
		n++;
	}
	err = cs_rows_end(&rows, err);
	*left -= n;
out:
	cs_buf_free(&frame);
	/* What cannot be told now is found at the next look. */
	if (err)
		return true;
	if (n == most)
		return false;
	if (f->around || cs_view_is_zero(CS_VIEW_OF(f->from)))
		return true;
	f->around = true;
	memset(f->at, 0, sizeof f->at);
	return false;
}

void
hub_fanout_work(struct cs_hub *hub)
{
	unsigned left = PIECE;

	while (hub->n_fanouts != 0 && left != 0) {
		if (!tell_next(hub, &hub->fanouts[0], &left))
			continue;
		memmove(hub->fanouts, hub->fanouts + 1,
		    --hub->n_fanouts * sizeof *hub->fanouts);
	}
}

bool
hub_fanout_due(const struct cs_hub *hub)
{
	return hub->n_fanouts != 0;
}

void
hub_fanout_forget(struct cs_hub *hub, const struct hub_conn *c)
{
	for (size_t i = 0; i < hub->n_fanouts; i++)
		if (hub->fanouts[i].by == c)
			hub->fanouts[i].by = NULL;
}

void
hub_fanout_free(struct cs_hub *hub)
{
	cs_free(hub->fanouts, hub->cap_fanouts * sizeof *hub->fanouts);
	hub->fanouts = NULL;
	hub->n_fanouts = hub->cap_fanouts = 0;
}
