/* SPDX-License-Identifier: MIT */
/*
 * Reading the last entry of a log, acknowledging it, sending another: in logs
 * of a thousand to a million entries.  The entries before are written straight
 * into the hub's database, as many copies of one message.
 */
#include "programs/bench/log.h"

#include <stdio.h>
#include <stdlib.h>

#include "hub/core/schema.h"
#include "programs/bench/server.h"
#include "programs/bench/util.h"
#include "programs/bench/world.h"
#include "store/db.h"

#define ROUNDS 100
#define ROUNDS_QUICK 10

struct scene {
	struct bench_hub hub;
	struct bench_member a, b;
	struct cs_view group; /* of a's */
	uint64_t head;
};

static int
by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Make the log ${n} entries long, of which all but the last are read. */
static void
fill(struct scene *s, uint64_t n)
{
	struct cs_db *db;
	char path[256];

	snprintf(path, sizeof path, "%s/hub.db", s->hub.dir);
	bench_must(cs_db_open(&db, path, CS_DB_SHARED, &cs_hub_schema), path);
	bench_must(cs_db_begin(db), "begin");
	bench_must(
	    cs_db_exec(db,
		"WITH RECURSIVE x(seq) AS (SELECT ?+1 UNION ALL"
		" SELECT seq+1 FROM x WHERE seq<?)"
		" INSERT INTO log SELECT grp,x.seq,account,device,epoch,"
		"content,accepted,randomblob(32),stamp,message"
		" FROM log,x WHERE grp=? AND log.seq=?",
		cs_int(s->head), cs_int(n), cs_blob(s->group), cs_int(s->head)),
	    "entries");
	bench_must(cs_db_exec(db, "UPDATE grp SET seq=? WHERE id=?", cs_int(n),
		       cs_blob(s->group)),
	    "group");
	bench_must(cs_db_exec(db, "UPDATE member SET cursor=? WHERE grp=?",
		       cs_int(n - 1), cs_blob(s->group)),
	    "cursors");
	bench_must(cs_db_commit(db), "commit");
	cs_db_close(db);
	s->head = n;
}

static uint64_t
fetch_last(struct scene *s)
{
	const struct cs_wire_fetch ask = {
		.group_id = s->group, .after = s->head - 1, .max = 1
	};
	struct cs_wire_fetch_answer answer;
	uint64_t from = bench_ns();

	bench_must(
	    cs_session_call(&s->b.session, CS_WIRE_FETCH, &cs_wire_fetch_shape,
		&ask, &cs_wire_fetch_answer_shape, &answer),
	    "fetch");
	if (answer.entries.n != 1)
		bench_must(CS_ERR_NOT_FOUND, "the last entry");
	return bench_ns() - from;
}

static uint64_t
ack_last(struct bench_member *m, const struct scene *s)
{
	const struct cs_wire_ack ask = { s->group, s->head };
	struct cs_wire_empty answer;
	uint64_t from = bench_ns();

	bench_must(cs_session_call(&m->session, CS_WIRE_ACK, &cs_wire_ack_shape,
		       &ask, &cs_wire_empty_shape, &answer),
	    "ack");
	return bench_ns() - from;
}

static void
submit(struct scene *s)
{
	struct cs_wire_submit ask = { .group_id = s->group };
	struct cs_wire_submit_answer answer;
	struct cs_buf message = { 0 }, body = { 0 };

	bench_send(&message, &s->a, "localhost", cs_view_str("a word"), &body);
	ask.message = cs_buf_view(&message);
	bench_must(cs_session_call(&s->a.session, CS_WIRE_SUBMIT,
		       &cs_wire_submit_shape, &ask,
		       &cs_wire_submit_answer_shape, &answer),
	    "submit");
	s->head = answer.group_seq;
	cs_buf_free(&message);
	cs_buf_free(&body);
}

struct times {
	double fetch_us, ack_us, ping_us;
};

static struct times
measure(struct scene *s, unsigned rounds)
{
	uint64_t fetch[ROUNDS], ack[ROUNDS], ping[ROUNDS];

	for (unsigned i = 0; i < rounds; i++) {
		submit(s);
		fetch[i] = fetch_last(s);
		(void)ack_last(&s->a, s);
		ack[i] = ack_last(&s->b, s);
		ping[i] = bench_ping(&s->b);
	}
	qsort(fetch, rounds, sizeof *fetch, by_value);
	qsort(ack, rounds, sizeof *ack, by_value);
	qsort(ping, rounds, sizeof *ping, by_value);
	return (struct times){ (double)fetch[rounds / 2] / 1e3,
		(double)ack[rounds / 2] / 1e3, (double)ping[rounds / 2] / 1e3 };
}

void
bench_log(const struct bench_options *o)
{
	struct scene s = { .head = 0 };
	struct times first = { 0 };

	bench_section("The last entry of a long log, over TLS");
	bench_hub_start(&s.hub);
	bench_hub_pair(&s.hub, &s.a, &s.b, 0);
	s.group = cs_mls_group_id(s.a.group);
	submit(&s);
	for (uint64_t n = 1000, most = o->entries;; n *= 10) {
		n = n < most ? n : most;
		char what[64];
		struct times t;

		fill(&s, n);
		t = measure(&s, o->quick ? ROUNDS_QUICK : ROUNDS);
		if (first.ping_us == 0)
			first = t;
		snprintf(what, sizeof what, "fetch the last of %llu, p50",
		    (unsigned long long)n);
		bench_ratio(
		    what, t.fetch_us, "us", "of 1,000", first.fetch_us, 0);
		snprintf(what, sizeof what, "acknowledge it, p50");
		bench_ratio(what, t.ack_us, "us", "of 1,000", first.ack_us, 0);
		bench_ratio("an empty request, p50", t.ping_us, "us",
		    "beside 1,000", first.ping_us, 0);
		if (n == most)
			break;
	}
	bench_member_clear(&s.a);
	bench_member_clear(&s.b);
	bench_hub_stop(&s.hub);
}
