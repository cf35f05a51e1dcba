/* SPDX-License-Identifier: MIT */
/*
 * One member sends, the others are logged in and are told.  Those are made
 * members in the hub's database: what their programs do with a message is
 * measured elsewhere.
 */
#include "programs/bench/groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hub/core/schema.h"
#include "programs/bench/crowd.h"
#include "programs/bench/process.h"
#include "programs/bench/server.h"
#include "programs/bench/util.h"
#include "programs/bench/world.h"
#include "store/db.h"

#define PER_PROCESS 100
#define FIRST 1000 /* number of the first of them */
#define ROUNDS 100
#define TELL_US 25
#define SETTLE_MS 300 /* for all to be told */

static const unsigned sizes[] = { 2, 10, 100, 1000, 5000 };

struct scene {
	struct bench_hub hub;
	struct bench_member a, b;
	struct cs_view group; /* of a's */
	struct bench_crowd crowd;
	unsigned connected; /* of the crowd */
};

static int
by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
connect_more(struct scene *s, unsigned n)
{
	int ready = s->crowd.board->ready + (int)n;

	if (bench_crowd_fork(&s->crowd)) {
		static struct bench_member m[PER_PROCESS];

		for (unsigned i = 0; i < n; i++) {
			bench_member_init(&m[i], FIRST + s->connected + i);
			bench_hub_join(&s->hub, &m[i]);
			__sync_fetch_and_add(&s->crowd.board->ready, 1);
		}
		for (;;)
			pause();
	}
	bench_crowd_wait(&s->crowd, ready);
	s->connected += n;
	fprintf(stderr, "\r%u connections", s->connected);
}

/* All who are connected become members. */
static void
enter_all(const struct scene *s)
{
	struct cs_db *db;
	char path[256];

	snprintf(path, sizeof path, "%s/hub.db", s->hub.dir);
	bench_must(cs_db_open(&db, path, CS_DB_SHARED, &cs_hub_schema), path);
	bench_must(
	    cs_db_exec(db,
		"INSERT OR IGNORE INTO member(grp,device,account,leaf,"
		"from_seq,cursor)"
		" SELECT ?,id,account,10+ROW_NUMBER() OVER (),0,0 FROM device",
		cs_blob(s->group)),
	    "members");
	cs_db_close(db);
}

static uint64_t
submit(struct scene *s)
{
	struct cs_wire_submit ask = { .group_id = s->group };
	struct cs_wire_submit_answer answer;
	struct cs_buf message = { 0 }, body = { 0 };
	uint8_t text[256];
	uint64_t from;

	memset(text, 'x', sizeof text);
	bench_send(&message, &s->a, "localhost", CS_VIEW_OF(text), &body);
	ask.message = cs_buf_view(&message);
	from = bench_ns();
	bench_must(cs_session_call(&s->a.session, CS_WIRE_SUBMIT,
		       &cs_wire_submit_shape, &ask,
		       &cs_wire_submit_answer_shape, &answer),
	    "submit");
	from = bench_ns() - from;
	cs_buf_free(&message);
	cs_buf_free(&body);
	return from;
}

struct cost {
	double answer_us, cpu_us;
};

static struct cost
measure(struct scene *s, unsigned size, unsigned rounds)
{
	uint64_t answer[ROUNDS], cpu;

	(void)submit(s);
	usleep(SETTLE_MS * 1000);
	cpu = bench_cpu_of(s->hub.pid);
	for (unsigned i = 0; i < rounds; i++) {
		answer[i] = submit(s);
		/* Until all have been told. */
		usleep(1000 + size * TELL_US);
	}
	usleep(SETTLE_MS * 1000);
	cpu = bench_cpu_of(s->hub.pid) - cpu;
	qsort(answer, rounds, sizeof *answer, by_value);
	return (struct cost){ (double)answer[rounds / 2] / 1e3,
		(double)cpu / 1e3 / rounds };
}

void
bench_groups(const struct bench_options *o)
{
	struct scene s = { .connected = 0 };
	struct cost first = { 0 };
	char what[64];

	bench_section("A message in a group whose members are all connected");
	bench_hub_start(&s.hub);
	bench_hub_pair(&s.hub, &s.a, &s.b, 0);
	s.group = cs_mls_group_id(s.a.group);
	bench_crowd_init(&s.crowd);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct cost c;

		if (o->quick && sizes[i] > 10)
			break;
		while (s.connected + 2 < sizes[i])
			connect_more(&s,
			    sizes[i] - 2 - s.connected < PER_PROCESS
				? sizes[i] - 2 - s.connected
				: PER_PROCESS);
		fputc('\n', stderr);
		enter_all(&s);
		c = measure(&s, sizes[i], o->quick ? ROUNDS / 10 : ROUNDS);
		if (i == 0)
			first = c;
		snprintf(what, sizeof what,
		    "members: %u, until the answer, p50", sizes[i]);
		bench_ratio(
		    what, c.answer_us, "us", "with two", first.answer_us, 0);
		snprintf(
		    what, sizeof what, "members: %u, CPU of the hub", sizes[i]);
		bench_ratio(what, c.cpu_us, "us", "with two", first.cpu_us, 0);
		snprintf(
		    what, sizeof what, "members: %u, CPU for each", sizes[i]);
		bench_value(what, c.cpu_us / sizes[i], "us");
	}
	bench_crowd_end(&s.crowd);
	bench_member_clear(&s.a);
	bench_member_clear(&s.b);
	bench_hub_stop(&s.hub);
}
