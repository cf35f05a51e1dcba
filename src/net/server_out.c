/* SPDX-License-Identifier: MIT */
#include "net/server_out.h"

#include <string.h>
#include <sys/epoll.h>

#include "net/server_list.h"

/* ---- waiting ------------------------------------------------------------ */

/* May what comes next be handed to the program? */
bool
net_flows(const struct cs_net_conn *c)
{
	size_t most = c->server->config.limits.waiting;

	if (c->state == NET_ASKS)
		return false;
	return (c->state != NET_WS && c->state != NET_BODY) ||
	    (!c->held && (most == 0 || net_waiting(c) <= most));
}

bool
net_reads(const struct cs_net_conn *c)
{
	return c->state != NET_DEAD && c->state != NET_SENDS &&
	    c->state != NET_SHOWS && c->rest.len == 0 && net_flows(c);
}

/* What epoll shall tell.  A reader that is stopped leaves what comes in the
 * socket, until its sender notices. */
void
net_arm(struct cs_net_conn *c)
{
	struct epoll_event e = {
		.events = (net_reads(c) ? (uint32_t)EPOLLIN : 0) |
		    (c->out_blocked ? (uint32_t)EPOLLOUT : 0),
		.data.ptr = c,
	};

	if (e.events == c->armed)
		return;
	c->armed = e.events;
	(void)epoll_ctl(c->server->epoll, EPOLL_CTL_MOD, c->fd, &e);
}

void
net_later(struct cs_net_conn *c)
{
	if (c->ready.next == NULL && c->state != NET_DEAD)
		net_list_add(&c->server->ready, &c->ready);
}

void
net_die(struct cs_net_conn *c)
{
	if (c->state == NET_DEAD)
		return;
	c->state = NET_DEAD;
	c->server->queued -= net_waiting(c) + c->rest.len;
	cs_buf_free(&c->in);
	cs_buf_free(&c->rest);
	cs_buf_free(&c->out);
	c->out_at = 0;
	net_list_remove(&c->dirty);
	net_list_remove(&c->ready);
	net_list_remove(&c->timed);
	cs_net_peers_gone(c->server->peers, &c->peer);
	net_list_remove(&c->all);
	net_list_add(&c->server->dead, &c->all);
}

void
net_enter(struct cs_net_conn *c, enum net_state state)
{
	if (c->state == NET_DEAD)
		return;
	c->state = state;
	c->since_s = c->moved_s = c->server->now_s;
	net_due(c, c->since_s + CS_NET_CLOSE_S);
	if (state == NET_CLOSING && net_waiting(c) == 0 &&
	    c->dirty.next == NULL)
		net_list_add(&c->server->dirty, &c->dirty);
	net_arm(c);
}

/* ---- out ---------------------------------------------------------------- */

enum cs_err
net_write(struct cs_net_conn *c, struct cs_view bytes)
{
	enum cs_err err;

	if (net_waiting(c) == 0)
		c->moved_s = c->server->now_s;
	if (c->out_at > c->out.len / 2) {
		memmove(c->out.data, c->out.data + c->out_at, net_waiting(c));
		c->out.len -= c->out_at;
		c->out_at = 0;
	}
	if ((err = cs_buf_add(&c->out, bytes)))
		return err;
	c->server->queued += bytes.len;
	if (c->dirty.next == NULL)
		net_list_add(&c->server->dirty, &c->dirty);
	net_due(c, c->moved_s + CS_NET_STALL_S);
	return CS_OK;
}

enum cs_err
net_write_frame(
    struct cs_net_conn *c, enum cs_ws_opcode opcode, struct cs_view v)
{
	uint8_t head[CS_WS_HEAD_MAX];
	size_t n = cs_ws_head(head, opcode, v.len);
	enum cs_err err = cs_buf_reserve(&c->out, n + v.len);

	if (err == CS_OK)
		err = net_write(c, cs_view(head, n));
	return err == CS_OK && v.len != 0 ? net_write(c, v) : err;
}

void
net_close_ws(struct cs_net_conn *c, enum cs_ws_close why)
{
	const uint8_t code[2] = { (uint8_t)(why >> 8), (uint8_t)why };

	if (net_write_frame(c, CS_WS_CLOSE, CS_VIEW_OF(code)) != CS_OK)
		net_die(c);
	net_enter(c, NET_CLOSING);
}

void
net_open(struct cs_net_conn *c)
{
	const struct cs_net_server_config *config = &c->server->config;

	net_enter(c, NET_WS);
	if (config->opened(config->arg, c, &c->user) == CS_OK)
		c->opened = true;
	else
		net_die(c);
}
