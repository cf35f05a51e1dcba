/* SPDX-License-Identifier: MIT */
/* A server that does what it is told, and clients that tell it. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "support/net_world.h"

static const struct net_certificate good = { "localhost", -3600, 3600 };
static struct cs_net_limits limits;

/* ---- the server: its words are what it does ----------------------------- */

#define BIG ((size_t)1 << 20)

static unsigned bigs, closes;
static struct cs_net_conn *held;

static inline enum cs_err
opened(void *arg, struct cs_net_conn *c, void **user)
{
	(void)arg;
	*user = c;
	return cs_net_conn_send(c, cs_view_str("hello"));
}

static inline size_t
frame_max(void *arg, void *user)
{
	(void)arg;
	(void)user;
	return 1000;
}

static inline void
say_number(struct cs_net_conn *c, unsigned n)
{
	char text[16];

	snprintf(text, sizeof text, "%u", n);
	(void)!cs_net_conn_send(c, cs_view_str(text));
}

static inline void
frame(void *arg, struct cs_net_conn *c, void *user, struct cs_view bytes)
{
	static uint8_t big[BIG];

	(void)arg;
	(void)user;
	if (cs_view_equal(bytes, cs_view_str("know"))) {
		cs_net_conn_known(c);
		(void)!cs_net_conn_send(c, cs_view_str("known"));
	} else if (cs_view_equal(bytes, cs_view_str("big"))) {
		bigs++;
		(void)!cs_net_conn_send(c, CS_VIEW_OF(big));
	} else if (cs_view_equal(bytes, cs_view_str("bigs"))) {
		say_number(c, bigs);
	} else if (cs_view_equal(bytes, cs_view_str("closes"))) {
		say_number(c, closes);
	} else if (cs_view_equal(bytes, cs_view_str("rounds"))) {
		say_number(c, net_rounds);
	} else if (cs_view_equal(bytes, cs_view_str("hold"))) {
		held = c;
		cs_net_conn_hold(c);
	} else if (cs_view_equal(bytes, cs_view_str("resume"))) {
		cs_net_conn_resume(held);
		(void)!cs_net_conn_send(c, cs_view_str("resumed"));
	} else if (cs_view_equal(bytes, cs_view_str("last words"))) {
		for (int i = 0; i < 8; i++)
			(void)!cs_net_conn_send(c, CS_VIEW_OF(big));
		cs_net_conn_close(c);
	} else {
		(void)!cs_net_conn_send(c, bytes);
	}
}

static inline void
closed(void *arg, struct cs_net_conn *c, void *user)
{
	(void)arg;
	(void)c;
	(void)user;
	closes++;
}

static inline void
serve(struct net_world *w, int ready)
{
	net_serve(w, ready,
	    (struct cs_net_server_config){
		.limits = limits,
		.opened = opened,
		.frame_max = frame_max,
		.frame = frame,
		.closed = closed,
	    });
}

/* ---- clients ------------------------------------------------------------ */

static inline enum cs_err
try_connect(struct cs_net_client **out, const struct net_world *w)
{
	struct cs_net_client_config config = net_client_config(w);
	struct cs_buf in = { 0 };
	enum cs_err err = cs_net_client_open(out, &config);

	if (err == CS_OK) {
		err = cs_net_client_recv(*out, &in, 20000);
		cs_buf_free(&in);
	}
	return err;
}

static inline struct cs_net_client *
connect_to(const struct net_world *w)
{
	struct cs_net_client *c;

	assert_ok(try_connect(&c, w));
	return c;
}

static inline void
hear(struct cs_net_client *c, const char *answer)
{
	struct cs_buf in = { 0 };

	assert_ok(cs_net_client_recv(c, &in, 20000));
	assert_view_equal(cs_buf_view(&in), cs_view_str(answer));
	cs_buf_free(&in);
}

static inline void
say(struct cs_net_client *c, const char *word)
{
	assert_ok(cs_net_client_send(c, cs_view_str(word)));
}

static inline unsigned
ask_number(struct cs_net_client *c, const char *word)
{
	struct cs_buf in = { 0 };
	unsigned n;

	say(c, word);
	assert_ok(cs_net_client_recv(c, &in, 20000));
	assert_ok(cs_buf_add(&in, cs_view("", 1)));
	n = (unsigned)strtoul((const char *)in.data, NULL, 10);
	cs_buf_free(&in);
	return n;
}

static inline bool
is_cut(struct cs_net_client *c)
{
	struct cs_buf in = { 0 };
	enum cs_err err = cs_net_client_send(c, cs_view_str("there?"));

	if (err == CS_OK)
		err = cs_net_client_recv(c, &in, 20000);
	cs_buf_free(&in);
	assert_true(err == CS_OK || err == CS_ERR_CLOSED);
	return err == CS_ERR_CLOSED;
}
