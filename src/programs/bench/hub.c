/* SPDX-License-Identifier: MIT */
/*
 * Messages a second through a real hub, over loopback with TLS, beside what
 * connections, disk and signatures allow in the same run.
 */
#include "programs/bench/hub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "programs/bench/bench.h"
#include "programs/bench/crowd.h"
#include "programs/bench/disk.h"
#include "programs/bench/process.h"
#include "programs/bench/server.h"
#include "programs/bench/util.h"
#include "programs/bench/world.h"

#define WINDOW 32 /* submissions that wait for their answer */

/* Send one request without waiting for its answer. */
struct flight {
	uint32_t id[WINDOW];
	unsigned n;
};

static void
land_one(struct flight *f, struct bench_member *m, bool ping)
{
	struct cs_wire_submit_answer answer;
	struct cs_wire_empty none;

	if (ping)
		bench_must(cs_session_answer(&m->session, f->id[0],
			       &cs_wire_empty_shape, &none),
		    "answer");
	else
		bench_must(cs_session_answer(&m->session, f->id[0],
			       &cs_wire_submit_answer_shape, &answer),
		    "answer");
	memmove(f->id, f->id + 1, (--f->n) * sizeof f->id[0]);
}

static void
launch(struct flight *f, struct bench_member *m, struct cs_view text, bool ping)
{
	const struct cs_wire_empty none = { 0 };
	struct cs_wire_submit ask = { .group_id = cs_mls_group_id(m->group) };
	struct cs_buf message = { 0 }, body = { 0 };

	if (ping) {
		bench_must(cs_session_send(&m->session, &f->id[f->n++],
			       CS_WIRE_PING, &cs_wire_empty_shape, &none),
		    "send");
		return;
	}
	bench_send(&message, m, "localhost", text, &body);
	ask.message = cs_buf_view(&message);
	bench_must(cs_session_send(&m->session, &f->id[f->n++], CS_WIRE_SUBMIT,
		       &cs_wire_submit_shape, &ask),
	    "send");
	cs_buf_free(&message);
	cs_buf_free(&body);
}

static void
member_process(
    struct bench_hub *h, struct bench_board *board, unsigned number, bool ping)
{
	uint8_t text[1024];
	struct bench_member a, b;
	struct flight f = { .n = 0 };

	memset(text, 'x', sizeof text);
	bench_hub_pair(h, &a, &b, number);
	__sync_fetch_and_add(&board->ready, 1);
	while (!board->go)
		usleep(1000);
	while (!board->stop) {
		while (f.n < WINDOW)
			launch(&f, &a, CS_VIEW_OF(text), ping);
		land_one(&f, &a, ping);
		board->done[number]++;
	}
	_exit(0);
}

/* Of all members together. */
struct result {
	double rate;    /* answers a second */
	double cpu_us;  /* of the hub's processors, for one */
	double written; /* bytes, for one */
};

static struct result
run(struct bench_hub *h, unsigned members, unsigned seconds, bool ping)
{
	struct bench_crowd crowd;
	uint64_t from, spent, cpu, written, done = 0;

	bench_crowd_init(&crowd);
	for (unsigned i = 0; i < members; i++)
		if (bench_crowd_fork(&crowd))
			member_process(h, crowd.board, i, ping);
	bench_crowd_wait(&crowd, (int)members);
	cpu = bench_cpu_of(h->pid);
	written = bench_written_of(h->pid);
	crowd.board->go = 1;
	from = bench_ns();
	usleep(seconds * 1000000);
	for (unsigned i = 0; i < members; i++)
		done += crowd.board->done[i];
	spent = bench_ns() - from;
	cpu = bench_cpu_of(h->pid) - cpu;
	written = bench_written_of(h->pid) - written;
	bench_crowd_check(
	    &crowd); /* a run that lost members measures nothing */
	bench_crowd_end(&crowd);
	done = done != 0 ? done : 1;
	return (struct result){
		.rate = (double)done * 1e9 / (double)spent,
		.cpu_us = (double)cpu / 1e3 / (double)done,
		.written = (double)written / (double)done,
	};
}

/* ---- limits of the machine, in the same run ----------------------------- */

struct limits {
	double commits, rows, signatures;
};

static double
signatures_a_second(void)
{
	struct cs_sign_key key;
	uint8_t sig[CS_SIGNATURE_LEN], tbs[CS_STAMP_TBS_LEN] = { 0 };
	uint64_t from = bench_ns();
	unsigned n = 0;

	bench_must(cs_sign_key_new(&key), "key");
	for (; bench_ns() - from < 500000000u; n++)
		bench_must(cs_sign(sig, &key, CS_VIEW_OF(tbs)), "sign");
	return n * 1e9 / (double)(bench_ns() - from);
}

static void
measure_limits(struct limits *l, const struct bench_hub *h)
{
	struct cs_db *db = bench_disk_open(h);

	l->commits = bench_disk_rate(db, 1);
	l->rows = bench_disk_rate(db, WINDOW);
	l->signatures = signatures_a_second();
	bench_disk_close(db);
	bench_value(
	    "SQLite commits of one row, synced", l->commits, "a second");
	bench_value("SQLite rows, 32 in a synced commit", l->rows, "a second");
	bench_value("Ed25519 signatures, one core", l->signatures, "a second");
}

static void
report(
    struct bench_hub *h, const struct limits *l, unsigned n, unsigned seconds)
{
	struct result ping = run(h, n, seconds, true);
	struct result message = run(h, n, seconds, false);
	double pings = ping.rate, messages = message.rate;
	char name[64];

	snprintf(name, sizeof name, "%u sending", n);
	bench_ratio(name, messages, "a second",
	    "empty requests over the same connections", pings, 0);
	snprintf(name, sizeof name, "%u sending, beside commits", n);
	bench_ratio(name, messages, "a second", "commits of one row, synced",
	    l->commits, 0);
	snprintf(name, sizeof name, "%u sending, beside rows", n);
	bench_ratio(name, messages, "a second", "rows, 32 in a synced commit",
	    l->rows, 0);
	snprintf(name, sizeof name, "%u sending, beside signatures", n);
	bench_ratio(name, messages, "a second", "signatures, one core",
	    l->signatures, 0);
	snprintf(name, sizeof name, "%u sending, CPU of the hub each", n);
	bench_ratio(
	    name, message.cpu_us, "us", "of an empty request", ping.cpu_us, 0);
	snprintf(name, sizeof name, "%u sending, written each", n);
	bench_value(name, message.written, "bytes");
}

void
bench_throughput(const struct bench_options *o)
{
	const char *s = o->members;
	struct limits limits;
	struct bench_hub h;
	char *end;

	bench_section("Messages of 1 KiB through a hub, acknowledged after "
		      "their fsync");
	bench_hub_start(&h);
	measure_limits(&limits, &h);
	while (*s != '\0') {
		unsigned n = (unsigned)strtoul(s, &end, 10);

		if (n < 1 || n > BENCH_MEMBERS_MAX ||
		    (*end != ',' && *end != '\0'))
			bench_must(CS_ERR_FORMAT, "--members");
		fprintf(stderr, "%u sending...\n", n);
		report(&h, &limits, n, o->seconds);
		s = *end == ',' ? end + 1 : end;
	}
	bench_hub_stop(&h);
}
