/* SPDX-License-Identifier: MIT */
/* Memory of a hub with connections that are logged in and silent, beside what
 * libwebsockets takes for as many by itself; and what a request costs beside
 * them. */
#include "programs/bench/idle.h"

#include <stdio.h>
#include <unistd.h>

#include "net/client.h"
#include "net/client_internal.h"
#include "programs/bench/bench.h"
#include "programs/bench/crowd.h"
#include "programs/bench/peer.h"
#include "programs/bench/process.h"
#include "programs/bench/server.h"
#include "programs/bench/util.h"
#include "programs/bench/world.h"

#define PER_PROCESS 100
#define CROWD_MAX 100000 /* numbers of members below it */
#define REQUESTS 5000
#define IDLE_S 5
#define WAIT_MS 50 /* of one after the other: each has its turn in time */

/* The server to connect to. */
struct place {
	struct bench_hub *hub; /* NULL: libwebsockets alone */
	int port;
	const uint8_t *root;
};

/* Members of one process, logged in and silent but for the pings by which our
 * programs say that they live, before the hub would ask. */
static void
idle_members(
    struct bench_hub *h, struct bench_board *board, unsigned from, unsigned n)
{
	static struct bench_member m[PER_PROCESS];

	for (unsigned i = 0; i < n; i++) {
		bench_member_init(&m[i], from + i);
		bench_hub_join(h, &m[i]);
		(void)bench_ping(&m[i]);
		__sync_fetch_and_add(&board->ready, 1);
	}
	for (;;)
		for (unsigned i = 0; i < n; i++)
			bench_must(
			    cs_session_wait(&m[i].session, WAIT_MS), "wait");
}

static void
connect_only(const struct place *p)
{
	const struct cs_net_client_config config = {
		.host = "localhost",
		.port = p->port,
		.root_public = p->root,
		.timeout_ms = 30000,
	};
	struct cs_net_client *c; /* goes with the process */

	bench_must(cs_net_client_open(&c, &config), "connect");
}

static void
connect_more(
    struct bench_crowd *crowd, const struct place *p, unsigned from, unsigned n)
{
	int ready = crowd->board->ready + (int)n;

	if (bench_crowd_fork(crowd)) {
		if (p->hub != NULL)
			idle_members(p->hub, crowd->board, from, n);
		for (unsigned i = 0; i < n; i++) {
			connect_only(p);
			__sync_fetch_and_add(&crowd->board->ready, 1);
		}
		for (;;)
			pause();
	}
	bench_crowd_wait(crowd, ready);
	fprintf(stderr, "\r%u connections", from + n);
}

struct cost {
	double request_us; /* of the hub's processor */
	double idle;       /* part of a processor */
};

/* What a request costs beside all that are connected, and what those cost. */
static struct cost
cost_beside(struct bench_member *m, pid_t hub)
{
	struct cost c;
	uint64_t before = bench_cpu_of(hub);

	sleep(IDLE_S);
	/* What is too little to be counted is not nothing. */
	c.idle = (double)(bench_cpu_of(hub) - before + 1) / 1e9 / IDLE_S;
	before = bench_cpu_of(hub);
	for (unsigned i = 0; i < REQUESTS; i++)
		(void)bench_ping(m);
	c.request_us =
	    (double)(bench_cpu_of(hub) - before + 1) / 1e3 / REQUESTS;
	return c;
}

/* From 100 connections to ${n}, in steps of ten. */
static void
costs(struct bench_hub *h, struct bench_crowd *crowd, const struct place *p,
    unsigned n)
{
	struct bench_member m;
	struct cost first = { 0 };
	char what[64];
	unsigned at = 0;

	for (unsigned to = n < 100 ? n : 100; at < n; to *= 10) {
		struct cost c;

		to = to < n ? to : n;
		for (; at < to; at += PER_PROCESS)
			connect_more(crowd, p, at,
			    to - at < PER_PROCESS ? to - at : PER_PROCESS);
		at = to;
		fputc('\n', stderr);
		bench_member_init(&m, CROWD_MAX + to);
		bench_hub_join(h, &m);
		c = cost_beside(&m, h->pid);
		bench_member_clear(&m);
		if (first.request_us == 0)
			first = c;
		snprintf(
		    what, sizeof what, "a request beside %u idle, CPU", to);
		bench_ratio(what, c.request_us, "us", "beside the fewest",
		    first.request_us, 0);
		snprintf(what, sizeof what, "%u idle connections, CPU", to);
		bench_ratio(what, c.idle * 100, "%", "goal, %", 1, 1);
	}
}

/* KiB for each of ${n}; ${*alone} is the process with one. */
static struct bench_memory
each(struct bench_crowd *crowd, const struct place *p, pid_t server, unsigned n,
    struct bench_memory *alone)
{
	struct bench_memory after;

	/* What the first connection sets up is not counted for each. */
	connect_more(crowd, p, 0, 1);
	*alone = bench_memory_of(server);
	for (unsigned at = 1; at < n + 1; at += PER_PROCESS)
		connect_more(crowd, p, at,
		    n + 1 - at < PER_PROCESS ? n + 1 - at : PER_PROCESS);
	fputc('\n', stderr);
	sleep(2);
	after = bench_memory_of(server);
	bench_crowd_check(crowd);
	return (struct bench_memory){ (after.rss - alone->rss) / n,
		(after.pss - alone->pss) / n };
}

void
bench_idle(const struct bench_options *o)
{
	struct place hub = { 0 }, peer = { 0 };
	struct bench_memory ours, theirs, alone, peer_alone;
	struct bench_crowd crowd;
	struct cs_sign_key root;
	struct bench_hub h;

	bench_section("Memory of the hub with idle connections, logged in");
	bench_hub_start(&h);
	hub.hub = &h;
	bench_crowd_init(&crowd);
	ours = each(&crowd, &hub, h.pid, o->connections, &alone);
	bench_crowd_end(&crowd);

	bench_crowd_init(&crowd);
	costs(&h, &crowd, &hub, o->connections);
	bench_crowd_end(&crowd);

	bench_must(cs_sign_key_new(&root), "key");
	peer.port = bench_free_port();
	peer.root = root.public;
	bench_crowd_init(&crowd);
	bench_peer_start(&crowd, &h, peer.port, &root);
	theirs =
	    each(&crowd, &peer, crowd.pids[0], o->connections, &peer_alone);
	bench_crowd_end(&crowd);
	bench_hub_stop(&h);

	bench_value("the hub alone", alone.pss, "KiB");
	bench_ratio("each idle connection", ours.pss, "KiB",
	    "the limit of 32 KiB, in KiB", 32, 1);
	bench_value("each idle connection, resident", ours.rss, "KiB");
	bench_ratio("each idle connection beside a bare one", ours.pss, "KiB",
	    "TLS and WebSocket of libwebsockets alone, KiB", theirs.pss, 0);
}
