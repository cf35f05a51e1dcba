/* SPDX-License-Identifier: MIT */
/*
 * How long a message takes from sender to recipient, one at a time: encrypt,
 * submit, fsync, push, fetch, decrypt, every check of a recipient's.
 */
#include "programs/bench/delay.h"

#include <string.h>

#include "base/alloc.h"
#include "programs/bench/bench.h"
#include "programs/bench/disk.h"
#include "programs/bench/recipient.h"
#include "programs/bench/server.h"
#include "programs/bench/util.h"
#include "programs/bench/world.h"

/* Fetch what the push told of, open it and check it. */
static void
take(const struct bench_hub *h, struct bench_member *b, uint64_t *after)
{
	struct cs_wire_fetch ask = { .group_id = cs_mls_group_id(b->group),
		.after = *after,
		.max = 10 };
	struct cs_wire_fetch_answer answer;
	struct cs_wire_entry entry;
	struct cs_view rest;

	bench_must(
	    cs_session_call(&b->session, CS_WIRE_FETCH, &cs_wire_fetch_shape,
		&ask, &cs_wire_fetch_answer_shape, &answer),
	    "fetch");
	rest = answer.entries.raw;
	while (cs_wire_next(&entry, &cs_wire_entry_shape, &rest)) {
		*after = entry.group_seq;
		bench_receive(b, &entry, h->root,
		    cs_buf_view(&b->session.info.stamp_cert));
	}
}

static uint64_t
one(const struct bench_hub *h, struct bench_member *a, struct bench_member *b,
    uint64_t *after)
{
	struct cs_wire_submit ask = { .group_id = cs_mls_group_id(a->group) };
	struct cs_wire_submit_answer answer;
	struct cs_buf message = { 0 }, body = { 0 };
	uint8_t text[1024];
	uint64_t from, spent, before = *after;
	uint32_t id;

	memset(text, 'x', sizeof text);
	from = bench_ns();
	bench_send(&message, a, "localhost", CS_VIEW_OF(text), &body);
	ask.message = cs_buf_view(&message);
	bench_must(cs_session_send(&a->session, &id, CS_WIRE_SUBMIT,
		       &cs_wire_submit_shape, &ask),
	    "send");
	while (*after == before) {
		struct cs_wire_push push;

		bench_must(cs_session_push(&b->session, &push, 30000), "push");
		if (push.kind == CS_WIRE_PUSH_GROUP)
			take(h, b, after);
	}
	spent = bench_ns() - from;
	bench_must(cs_session_answer(
		       &a->session, id, &cs_wire_submit_answer_shape, &answer),
	    "answer");
	cs_buf_free(&message);
	cs_buf_free(&body);
	return spent;
}

static void
compare(const char *name, double percent, uint64_t *t, const char *peer,
    uint64_t *p, unsigned n)
{
	bench_ratio(name, (double)bench_percentile(t, n, percent) / 1000, "us",
	    peer, (double)bench_percentile(p, n, percent) / 1000, 0);
}

void
bench_delay(const struct bench_options *o)
{
	unsigned n = o->quick ? 20 : 1000;
	uint64_t *t = cs_calloc(n, sizeof *t), *p = cs_calloc(n, sizeof *p);
	uint64_t *d = cs_calloc(n, sizeof *d), after = 1;
	struct bench_member a, b;
	struct bench_hub h;
	struct cs_db *db;

	if (t == NULL || p == NULL || d == NULL)
		bench_must(CS_ERR_NOMEM, "memory");
	bench_section("Delay of one message of 1 KiB at a time, until every "
		      "check of the recipient is done");
	bench_hub_start(&h);
	db = bench_disk_open(&h);
	bench_hub_pair(&h, &a, &b, 0);
	for (unsigned i = 0; i < n; i++) {
		p[i] = bench_ping(&b);
		d[i] = bench_disk_commit(db, 1);
		t[i] = one(&h, &a, &b, &after);
	}
	compare("end to end, p50", 50, t, "ping over the same TLS, p50", p, n);
	compare("end to end, p99", 99, t, "ping over the same TLS, p99", p, n);
	compare("end to end beside a commit, p50", 50, t,
	    "one row in a synced commit, p50", d, n);
	compare("end to end beside a commit, p99", 99, t,
	    "one row in a synced commit, p99", d, n);
	bench_disk_close(db);
	cs_free(t, n * sizeof *t);
	cs_free(p, n * sizeof *p);
	cs_free(d, n * sizeof *d);
	bench_member_clear(&a);
	bench_member_clear(&b);
	bench_hub_stop(&h);
}
