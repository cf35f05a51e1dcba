/* SPDX-License-Identifier: MIT */
#include "hub/network/lines.h"

#include "base/alloc.h"

struct line {
	struct cs_net_conn *conn;
	uint64_t number;
	size_t flight; /* bytes that the database has not done with */
	size_t frame_max;
};

enum cs_err
network_line_opened(void *arg, struct cs_net_conn *c, void **user)
{
	struct network *n = arg;
	struct line *l = cs_calloc(1, sizeof *l);
	struct hub_talk_opened opened;
	enum cs_err err;

	if (l == NULL)
		return CS_ERR_NOMEM;
	l->conn = c;
	l->frame_max = CS_WIRE_FRAME_MAX_EARLY;
	cs_net_conn_address(opened.address, c);
	if ((err = cs_net_conn_binding(&opened.binding, c)) == CS_OK &&
	    (l->number = cs_slots_add(&n->lines, l)) == 0)
		err = CS_ERR_NOMEM;
	if (err == CS_OK)
		err = cs_channel_put(n->database, HUB_TALK_OPENED, l->number,
		    HUB_TALK_OF(opened));
	cs_wipe(&opened, sizeof opened);
	if (err) {
		cs_slots_remove(&n->lines, l->number);
		cs_free(l, sizeof *l);
		return err;
	}
	*user = l;
	return CS_OK;
}

size_t
network_line_max(void *arg, void *user)
{
	const struct line *l = user;

	(void)arg;
	return l->frame_max;
}

void
network_line_frame(
    void *arg, struct cs_net_conn *c, void *user, struct cs_view frame)
{
	struct network *n = arg;
	struct line *l = user;

	/* A channel that is over is found so at the end of the round. */
	(void)!cs_channel_put(n->database, HUB_TALK_FRAME, l->number, frame);
	l->flight += frame.len + HUB_TALK_FRAME_COST;
	if (l->flight > HUB_TALK_WINDOW)
		cs_net_conn_hold(c);
}

void
network_line_closed(void *arg, struct cs_net_conn *c, void *user)
{
	struct network *n = arg;
	struct line *l = user;

	(void)c;
	(void)!cs_channel_put(
	    n->database, HUB_TALK_CLOSED, l->number, cs_view(NULL, 0));
	cs_slots_remove(&n->lines, l->number);
	cs_free(l, sizeof *l);
}

static enum cs_err
on_credit(struct line *l, struct cs_view bytes)
{
	uint64_t credit;

	if (!hub_talk_copy(&credit, sizeof credit, bytes) || credit > l->flight)
		return CS_ERR_FORMAT;
	l->flight -= credit;
	if (l->flight <= HUB_TALK_WINDOW)
		cs_net_conn_resume(l->conn);
	return CS_OK;
}

static enum cs_err
on_allow(struct line *l, struct cs_view bytes)
{
	struct hub_talk_allow allow;

	if (!hub_talk_copy(&allow, sizeof allow, bytes))
		return CS_ERR_FORMAT;
	l->frame_max = allow.frame_max;
	if (allow.known != 0)
		cs_net_conn_known(l->conn);
	return CS_OK;
}

enum cs_err
network_line_told(struct network *n, const struct cs_channel_message *m)
{
	struct line *l = cs_slots_get(&n->lines, m->about);

	/* It was on its way when the connection ended. */
	if (l == NULL)
		return CS_OK;
	switch (m->kind) {
	case HUB_TALK_SEND:
		(void)!cs_net_conn_send(l->conn, m->bytes);
		return CS_OK;
	case HUB_TALK_END:
		cs_net_conn_close(l->conn);
		return CS_OK;
	case HUB_TALK_CREDIT:
		return on_credit(l, m->bytes);
	case HUB_TALK_ALLOW:
		return on_allow(l, m->bytes);
	default:
		return CS_ERR_FORMAT;
	}
}
