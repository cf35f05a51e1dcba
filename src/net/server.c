/* SPDX-License-Identifier: MIT */
/* The loop: who comes, whose socket can be read or written, whose time has
 * come. */
#include "net/server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/units.h"
#include "net/release.h"
#include "net/server_conn.h"
#include "net/server_door.h"
#include "net/server_list.h"
#include "net/server_out.h"
#include "store/clock.h"

#define EVENTS 256 /* that are taken at once */
#define COMERS 32  /* that are let in before somebody else is looked at */
#define FLUSH_US                                                               \
	5000         /* of a round for sending; the rest waits for the next    \
		      */
#define LOOK_MS 1000 /* time is looked at so often */

/* ---- time ----------------------------------------------------------- */

static void
listen_again(struct cs_net_server *s, bool listens)
{
	struct epoll_event e = { .events = listens ? EPOLLIN : 0 };
	/* Pages wait until there is a certificate. */
	bool web = listens && (s->web.plain || s->web_tls != NULL);

	if (s->listens != listens) {
		s->listens = listens;
		(void)epoll_ctl(
		    s->epoll, EPOLL_CTL_MOD, s->config.listener, &e);
	}
	if (s->web.listener >= 0 && s->web_listens != web) {
		s->web_listens = web;
		e.events = web ? EPOLLIN : 0;
		e.data.ptr = &s->web;
		(void)epoll_ctl(s->epoll, EPOLL_CTL_MOD, s->web.listener, &e);
	}
}

static void
look_at_times(struct cs_net_server *s)
{
	while (s->looked_s < s->now_s) {
		struct net_link *slot = &s->timed[++s->looked_s % NET_SLOTS];
		struct net_link due;

		/* After a long sleep each slot is looked at once. */
		if (s->looked_s + NET_SLOTS < s->now_s)
			s->looked_s = s->now_s - NET_SLOTS;
		if (slot->next == slot)
			continue;
		net_list_move(&due, slot);
		while (due.next != &due) {
			struct cs_net_conn *c = NET_OF(due.next, timed);

			net_list_remove(&c->timed);
			net_look(c);
		}
	}
	listen_again(s, true);
}

static void
tell_time(struct cs_net_server *s)
{
	s->now_s = cs_clock_us() / 1000000;
}

/* ---- who comes ---------------------------------------------------------- */

/* Let one in at one of the doors, if one waits. */
static bool
come(struct cs_net_server *s, bool web)
{
	struct sockaddr_storage from = { 0 };
	socklen_t len = sizeof from;
	uint8_t address[CS_NET_ADDRESS_LEN];
	int one = 1;
	int fd = accept4(web ? s->web.listener : s->config.listener,
	    (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0) {
		/* Out of files or memory: not to be asked again and again. */
		if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
			listen_again(s, false);
		return false;
	}
	if (web && s->web.plain)
		net_door_unnamed(address, s);
	else
		cs_net_address(address, &from);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (!cs_net_peers_may_come(s->peers, address) ||
	    net_conn_new(s, fd, address, web) != CS_OK)
		close(fd);
	return true;
}

static void
on_cut(struct net_peer *peer)
{
	net_die(NET_OF(peer, peer));
}

/* ---- the round ---------------------------------------------------------- */

/* Send what the program has queued; true: some of it has to wait. */
static bool
flush(struct cs_net_server *s)
{
	uint64_t end_us = cs_clock_us() + FLUSH_US;
	size_t n = 0;

	/* Those that get more meanwhile are behind the others. */
	for (struct net_link *l = s->dirty.next; l != &s->dirty; l = l->next)
		n++;
	while (n-- > 0 && s->dirty.next != &s->dirty && cs_clock_us() < end_us)
		net_flush(NET_OF(s->dirty.next, dirty));
	return s->dirty.next != &s->dirty;
}

/* Hand out what has waited, once for each; true: there was something. */
static bool
go_on(struct cs_net_server *s)
{
	struct net_link now;
	bool any = s->ready.next != &s->ready;

	net_list_move(&now, &s->ready);
	while (now.next != &now)
		net_go_on(NET_OF(now.next, ready));
	return any;
}

static void
on_events(struct cs_net_conn *c, uint32_t events)
{
	if (c->state != NET_DEAD && (events & EPOLLOUT) != 0)
		net_writable(c);
	if (c->state != NET_DEAD && (events & EPOLLIN) != 0)
		net_readable(c);
	else if (c->state != NET_DEAD && (events & (EPOLLERR | EPOLLHUP)) != 0)
		net_die(c);
}

static void
bury(struct cs_net_server *s)
{
	while (s->dead.next != &s->dead)
		net_conn_free(NET_OF(s->dead.next, all));
}

enum cs_err
cs_net_server_run(struct cs_net_server *s, int timeout_ms)
{
	struct epoll_event events[EVENTS];
	bool busy;
	int n;

	tell_time(s);
	busy = go_on(s);
	busy = flush(s) || busy || s->ready.next != &s->ready;
	bury(s);
	if (timeout_ms > LOOK_MS)
		timeout_ms = LOOK_MS;
	/* What was handed out just now wants an answer. */
	n = epoll_wait(s->epoll, events, EVENTS, busy ? 0 : timeout_ms);
	if (n < 0 && errno != EINTR)
		return CS_ERR_IO;
	tell_time(s);
	for (int i = 0; i < n; i++) {
		bool web = events[i].data.ptr == &s->web;

		if (events[i].data.ptr != NULL && !web)
			on_events(events[i].data.ptr, events[i].events);
		else
			for (int j = 0; j < COMERS && come(s, web); j++)
				;
	}
	look_at_times(s);
	bury(s);
	return CS_OK;
}

void
cs_net_server_use(struct cs_net_server *s, struct cs_tls_server *tls)
{
	s->config.tls = tls;
}

void
cs_net_server_use_web(struct cs_net_server *s, struct cs_tls_server *tls)
{
	s->web_tls = tls;
	listen_again(s, s->listens);
}

void
cs_net_server_show(
    struct cs_net_server *s, struct cs_release *now, struct cs_release *before)
{
	(void)cs_release_use(now);
	(void)cs_release_use(before);
	cs_release_drop(s->shown[0]);
	cs_release_drop(s->shown[1]);
	s->shown[0] = now;
	s->shown[1] = before;
}

int
cs_net_server_fd(const struct cs_net_server *s)
{
	return s->epoll;
}

bool
cs_net_server_busy(const struct cs_net_server *s)
{
	return s->ready.next != &s->ready || s->dirty.next != &s->dirty ||
	    s->dead.next != &s->dead;
}

/* ---- beginning and end -------------------------------------------------- */

enum cs_err
cs_net_server_new(
    struct cs_net_server **out, const struct cs_net_server_config *config)
{
	struct cs_net_server *s = cs_calloc(1, sizeof *s);
	struct epoll_event e = { .events = EPOLLIN };
	enum cs_err err;

	*out = NULL;
	if (s == NULL)
		return CS_ERR_NOMEM;
	s->config = *config;
	s->epoll = -1;
	s->listens = true;
	s->web.listener = -1;
	if (config->web != NULL)
		s->web = *config->web;
	s->web_listens = s->web.plain;
	net_list_init(&s->all);
	net_list_init(&s->dirty);
	net_list_init(&s->ready);
	net_list_init(&s->dead);
	for (size_t i = 0; i < NET_SLOTS; i++)
		net_list_init(&s->timed[i]);
	tell_time(s);
	s->looked_s = s->now_s;
	err = cs_net_peers_new(&s->peers, &config->limits, on_cut);
	if (err == CS_OK &&
	    ((s->epoll = epoll_create1(EPOLL_CLOEXEC)) < 0 ||
		epoll_ctl(s->epoll, EPOLL_CTL_ADD, config->listener, &e) != 0))
		err = CS_ERR_IO;
	if (err == CS_OK && s->web.listener >= 0) {
		e.events = s->web_listens ? EPOLLIN : 0;
		e.data.ptr = &s->web;
		if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->web.listener, &e) !=
		    0)
			err = CS_ERR_IO;
	}
	if (err)
		cs_net_server_free(s);
	else
		*out = s;
	return err;
}

void
cs_net_server_free(struct cs_net_server *s)
{
	if (s == NULL)
		return;
	while (s->all.next != &s->all) {
		struct cs_net_conn *c = NET_OF(s->all.next, all);

		/* The last answers are durable already. */
		net_flush(c);
		net_die(c);
	}
	bury(s);
	if (s->epoll >= 0)
		close(s->epoll);
	cs_release_drop(s->shown[0]);
	cs_release_drop(s->shown[1]);
	cs_net_peers_free(s->peers);
	cs_free(s, sizeof *s);
}

/* ---- connections, for the program --------------------------------------- */

/* So much more is too much for all: who has most waiting goes, unless its
 * socket takes some of it. */
static void
make_room(struct cs_net_server *s, size_t len)
{
	size_t most = s->config.limits.waiting_all, before;

	while (most != 0 && s->queued != 0 && s->queued + len > most) {
		struct cs_net_conn *worst = NULL;

		for (struct net_link *l = s->all.next; l != &s->all;
		     l = l->next) {
			struct cs_net_conn *c = NET_OF(l, all);

			if (worst == NULL ||
			    net_waiting(c) + c->rest.len >
				net_waiting(worst) + worst->rest.len)
				worst = c;
		}
		if (worst == NULL)
			return;
		before = s->queued;
		net_flush(worst);
		if (s->queued == before)
			net_die(worst);
	}
}

enum cs_err
cs_net_conn_send(struct cs_net_conn *c, struct cs_view frame)
{
	enum cs_err err;

	if (c->state != NET_WS)
		return CS_ERR_CLOSED;
	if (frame.len > CS_NET_QUEUE_MAX - net_waiting(c)) {
		/* It stalls: it costs its limit and no more. */
		net_die(c);
		return CS_ERR_LIMIT;
	}
	make_room(c->server, frame.len);
	if (c->state == NET_DEAD)
		return CS_ERR_LIMIT;
	if ((err = net_write_frame(c, CS_WS_BINARY, frame)))
		net_die(c);
	return err;
}

void
cs_net_conn_close(struct cs_net_conn *c)
{
	if (c->state == NET_WS)
		net_close_ws(c, CS_WS_CLOSE_NORMAL);
}

void
cs_net_conn_hold(struct cs_net_conn *c)
{
	c->held = true;
}

void
cs_net_conn_resume(struct cs_net_conn *c)
{
	if (!c->held)
		return;
	c->held = false;
	net_later(c);
}

void
cs_net_conn_known(struct cs_net_conn *c)
{
	cs_net_peers_know(c->server->peers, &c->peer);
}

void
cs_net_conn_address(
    uint8_t out[static CS_NET_ADDRESS_LEN], const struct cs_net_conn *c)
{
	memcpy(out, c->address, CS_NET_ADDRESS_LEN);
}

enum cs_err
cs_net_conn_exporter(struct cs_net_conn *c, uint8_t out[static 32])
{
	return cs_tls_server_exporter(out, c->tls);
}

enum cs_err
cs_net_conn_binding(struct cs_wire_binding *out, struct cs_net_conn *c)
{
	if (c->web)
		return c->origin != NULL
		    ? cs_wire_origin_binding(out, cs_view_str(c->origin))
		    : CS_ERR_DENIED;
	out->kind = CS_WIRE_BINDING_EXPORTER;
	return cs_net_conn_exporter(c, out->value);
}
