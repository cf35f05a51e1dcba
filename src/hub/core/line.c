/* SPDX-License-Identifier: MIT */
#include "hub/core/line.h"

#include "base/alloc.h"
#include "family/channel.h"
#include "family/slots.h"
#include "store/clock.h"
#include <errno.h>

/* What connections have sent ahead of their turns, for all: then nothing more
 * is read until the round is over. */
#define AHEAD_MAX ((size_t)16 << 20)
/* So much of a window that is free again is worth a message. */
#define CREDIT_LEAST (HUB_TALK_WINDOW / 4)

struct hub_link {
	struct cs_hub *hub;
	struct cs_channel *channel; /* NULL: it is over */
	struct cs_slots lines;
	enum hub_role role; /* of its connections, at first */
};

/* ---- out ---------------------------------------------------------------- */

static void
put(struct hub_conn *c, uint8_t kind, struct cs_view bytes)
{
	struct hub_link *l = c->link;

	/* What does not fit ends the link, at its next turn. */
	if (l != NULL && l->channel != NULL)
		(void)!cs_channel_put(l->channel, kind, c->line, bytes);
}

void
hub_line_send(struct hub_conn *c, struct cs_view frame)
{
	put(c, HUB_TALK_SEND, frame);
}

void
hub_line_close(struct hub_conn *c)
{
	c->ended = true;
	put(c, HUB_TALK_END, cs_view(NULL, 0));
}

void
hub_line_allow(struct hub_conn *c, size_t frame_max, bool known)
{
	const struct hub_talk_allow allow = { (uint32_t)frame_max, known };

	put(c, HUB_TALK_ALLOW, HUB_TALK_OF(allow));
}

static void
give_credit(struct hub_conn *c)
{
	uint64_t bytes = c->taken;

	c->taken = 0;
	put(c, HUB_TALK_CREDIT, HUB_TALK_OF(bytes));
}

void
hub_lines_flush(struct cs_hub *hub)
{
	for (size_t i = 0; i < HUB_LINKS_MAX; i++)
		if (hub->links[i] != NULL && hub->links[i]->channel != NULL)
			(void)!cs_channel_flush(hub->links[i]->channel);
}

/* ---- connections -------------------------------------------------------- */

static void
leave_waiting(struct hub_conn *c)
{
	struct hub_conn **at = &c->hub->waiting;

	while (*at != NULL && *at != c)
		at = &(*at)->next_waiting;
	if (*at != NULL)
		*at = c->next_waiting;
	c->waits = false;
	c->hub->ahead -= c->ahead.len;
	cs_buf_free(&c->ahead);
}

static void
end_conn(struct hub_conn *c)
{
	if (c->waits || c->ahead.len != 0)
		leave_waiting(c);
	c->hub->events->closed(c);
	c->hub->n_conns--;
	cs_free(c, sizeof *c);
}

static bool
open_conn(struct hub_link *l, uint64_t line, struct cs_view bytes)
{
	struct cs_hub *hub = l->hub;
	struct hub_conn *c = cs_calloc(1, sizeof *c);
	struct hub_talk_opened opened;

	if (c == NULL || !hub_talk_copy(&opened, sizeof opened, bytes) ||
	    hub->n_conns >= hub->connections ||
	    cs_slots_put(&l->lines, line, c, hub->connections) != CS_OK) {
		cs_free(c, sizeof *c);
		return false;
	}
	c->hub = hub;
	c->link = l;
	c->line = line;
	c->role = l->role;
	memcpy(c->address, opened.address, sizeof c->address);
	c->binding = opened.binding;
	hub->n_conns++;
	if (hub->events->opened(c) != CS_OK)
		hub_line_close(c);
	return true;
}

/* A frame goes to the hub, or behind those that wait for the connection's next
 * turn: uint32 length, bytes. */
static bool
on_frame(struct hub_conn *c, struct cs_view frame)
{
	uint32_t length = (uint32_t)frame.len;

	if (c->ended)
		return true;
	if (!c->held && c->ahead.len == 0) {
		c->taken += length + HUB_TALK_FRAME_COST;
		c->hub->events->frame(c, frame);
		return true;
	}
	if (c->ahead.len > HUB_TALK_WINDOW ||
	    cs_buf_add(&c->ahead, HUB_TALK_OF(length)) != CS_OK ||
	    cs_buf_add(&c->ahead, frame) != CS_OK)
		return false;
	c->hub->ahead += sizeof length + length;
	return true;
}

void
hub_line_hold(struct hub_conn *c)
{
	c->held = true;
}

void
hub_line_resume(struct hub_conn *c)
{
	c->held = false;
	if (c->taken >= CREDIT_LEAST)
		give_credit(c);
	if (c->ahead.len == 0 || c->waits)
		return;
	c->waits = true;
	c->next_waiting = c->hub->waiting;
	c->hub->waiting = c;
}

/* Hand out what a connection sent ahead, until it is held again. */
static void
take_turn(struct hub_conn *c)
{
	struct cs_buf ahead = { 0 };
	size_t at = 0;
	uint32_t length;

	c->hub->ahead -= c->ahead.len;
	cs_buf_move(&ahead, &c->ahead);
	while (at < ahead.len && !c->held && !c->ended) {
		memcpy(&length, ahead.data + at, sizeof length);
		at += sizeof length;
		c->taken += length + HUB_TALK_FRAME_COST;
		c->hub->events->frame(c, cs_view(ahead.data + at, length));
		at += length;
	}
	if (at < ahead.len && !c->ended) {
		/* What cannot be kept ends the connection: it comes again. */
		if (cs_buf_set(&c->ahead,
			cs_view(ahead.data + at, ahead.len - at)) == CS_OK)
			c->hub->ahead += c->ahead.len;
		else
			hub_line_close(c);
	}
	cs_buf_free(&ahead);
}

static void
take_turns(struct cs_hub *hub)
{
	struct hub_conn *c, *now = hub->waiting;

	hub->waiting = NULL;
	while ((c = now) != NULL) {
		now = c->next_waiting;
		c->waits = false;
		take_turn(c);
	}
}

/* ---- links -------------------------------------------------------------- */

static void
answer_blob(struct hub_link *l, uint64_t about, struct cs_view bytes)
{
	struct hub_talk_grant grant = { .status = 400 };
	struct hub_talk_blob asked;

	if (bytes.len >= sizeof asked) {
		memcpy(&asked, bytes.data, sizeof asked);
		l->hub->events->blob(l->hub, &grant, &asked,
		    cs_view(
			bytes.data + sizeof asked, bytes.len - sizeof asked));
	}
	(void)!cs_channel_put(
	    l->channel, HUB_TALK_GRANT, about, HUB_TALK_OF(grant));
}

/* false: no process of ours says that. */
static bool
on_message(struct hub_link *l, const struct cs_channel_message *m)
{
	struct hub_conn *c = cs_slots_get(&l->lines, m->about);

	switch (m->kind) {
	case HUB_TALK_OPENED:
		return c == NULL && open_conn(l, m->about, m->bytes);
	case HUB_TALK_FRAME:
		return c != NULL && on_frame(c, m->bytes);
	case HUB_TALK_CLOSED:
		if (c == NULL)
			return false;
		cs_slots_remove(&l->lines, m->about);
		end_conn(c);
		return true;
	case HUB_TALK_BLOB:
		answer_blob(l, m->about, m->bytes);
		return true;
	default:
		return false;
	}
}

static void
end_link(struct hub_link *l)
{
	struct hub_conn *c;
	size_t at = 0;

	cs_channel_free(l->channel);
	l->channel = NULL;
	while ((c = cs_slots_each(&l->lines, &at)) != NULL)
		end_conn(c);
	cs_slots_free(&l->lines);
}

/* Is the round full? */
static bool
is_full(const struct cs_hub *hub)
{
	return hub->n_out >= HUB_ROUND_OUT_MAX ||
	    hub->batch.len >= HUB_ROUND_BYTES_MAX || hub->ahead >= AHEAD_MAX;
}

/* Hand out what has come on a link; it has more: there was no room for it. */
static bool
serve(struct hub_link *l)
{
	struct cs_channel_message m;

	while (l->channel != NULL && !is_full(l->hub)) {
		if (!cs_channel_next(&m, l->channel))
			return false;
		if (!on_message(l, &m))
			end_link(l);
	}
	return l->channel != NULL;
}

enum cs_err
hub_link_new(struct cs_hub *hub, unsigned number, int fd)
{
	const struct cs_channel_limits limits = { HUB_TALK_MAX,
		HUB_TALK_WAITING };
	struct hub_link *l;

	if (number >= HUB_LINKS_MAX)
		return CS_ERR_LIMIT;
	if (hub->links[number] == NULL) {
		l = cs_calloc(1, sizeof *l);
		if (l == NULL)
			return CS_ERR_NOMEM;
		l->hub = hub;
		l->role = number == HUB_LINK_SITE ? HUB_AT_SITE : HUB_NOBODY;
		hub->links[number] = l;
	}
	l = hub->links[number];
	end_link(l);
	return cs_channel_new(&l->channel, fd, &limits);
}

void
hub_links_free(struct cs_hub *hub)
{
	for (size_t i = 0; i < HUB_LINKS_MAX; i++) {
		if (hub->links[i] == NULL)
			continue;
		end_link(hub->links[i]);
		cs_free(hub->links[i], sizeof *hub->links[i]);
		hub->links[i] = NULL;
	}
}

/* ---- the round ---------------------------------------------------------- */

static short
wanted(const struct hub_link *l, bool full)
{
	return (short)((full ? 0 : POLLIN) |
	    (cs_channel_waiting(l->channel) != 0 ? POLLOUT : 0));
}

/* Read and serve the link whose socket is ready. */
static void
on_ready(struct hub_link *l, short events)
{
	enum cs_err err = CS_OK;

	if (l->channel == NULL)
		return;
	if ((events & POLLOUT) != 0)
		err = cs_channel_flush(l->channel);
	if (err == CS_OK && (events & ~POLLOUT) != 0)
		err = cs_channel_fill(l->channel);
	/* What came before the end counts. */
	l->hub->more |= serve(l);
	if (err)
		end_link(l);
}

enum cs_err
hub_lines_run(
    struct cs_hub *hub, int timeout_ms, struct pollfd *others, size_t n)
{
	struct pollfd p[HUB_LINKS_MAX + HUB_OTHERS_MAX];
	struct hub_link *of[HUB_LINKS_MAX];
	size_t n_links = 0;

	take_turns(hub);
	hub->more = false;
	for (size_t i = 0; i < HUB_LINKS_MAX; i++) {
		struct hub_link *l = hub->links[i];

		if (l == NULL || l->channel == NULL)
			continue;
		/* What no round had room for. */
		hub->more |= serve(l);
		if (l->channel == NULL)
			continue;
		of[n_links] = l;
		p[n_links++] = (struct pollfd){ cs_channel_fd(l->channel),
			wanted(l, is_full(hub)), 0 };
	}
	if (n != 0)
		memcpy(p + n_links, others, n * sizeof *others);
	if (hub->more || hub->waiting != NULL)
		timeout_ms = 0;
	if (poll(p, n_links + n, timeout_ms) < 0 && errno != EINTR)
		return CS_ERR_IO;
	for (size_t i = 0; i < n_links; i++)
		if (p[i].revents != 0)
			on_ready(of[i], p[i].revents);
	if (n != 0)
		memcpy(others, p + n_links, n * sizeof *others);
	return CS_OK;
}
