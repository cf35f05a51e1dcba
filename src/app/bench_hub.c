/* SPDX-License-Identifier: MIT */
/*
 * Messages through a real hub, over loopback with TLS: how many a second, and
 * how long one takes from sender to recipient.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/bench.h"
#include "base/alloc.h"
#include "store/db.h"

#define WINDOW 32 /* submissions that wait for their answer */
#define MEMBERS_MAX 256

/* Shared with the processes of the members. */
struct board {
	volatile int ready;
	volatile int go;
	volatile int stop;
	volatile uint64_t done[MEMBERS_MAX];
};

static void
external_key(const struct bench_member *m, uint8_t out[static 32],
    const struct bench_hub *h)
{
	struct cs_role_key_cert cert;

	bench_must(cs_role_key_cert_verify(&cert,
		       cs_buf_view(&m->session.info.external_cert),
		       CS_VIEW_OF(h->root), CS_ROLE_EXTERNAL_SENDER,
		       (uint64_t)time(NULL)),
	    "external sender");
	memcpy(out, cert.public, 32);
}

/* A sender and a recipient of its own, with a group of two at the hub. */
static void
pair_up(struct bench_hub *h, struct bench_member *a, struct bench_member *b,
    unsigned number)
{
	uint8_t external[32];

	bench_member_init(a, 2 * number);
	bench_member_init(b, 2 * number + 1);
	bench_hub_join(h, a);
	bench_hub_join(h, b);
	external_key(a, external, h);
	bench_pair(a, b, 2, h->root, "localhost", external, true);
}

/* One request in the air, not waited for. */
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
    struct bench_hub *h, struct board *board, unsigned number, bool ping)
{
	uint8_t text[1024];
	struct bench_member a, b;
	struct flight f = { .n = 0 };

	memset(text, 'x', sizeof text);
	pair_up(h, &a, &b, number);
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

/* Answers a second, all members together. */
static double
run(struct bench_hub *h, unsigned members, unsigned seconds, bool ping)
{
	struct board *board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pids[MEMBERS_MAX];
	uint64_t from, spent, done = 0;

	if (board == MAP_FAILED)
		bench_must(CS_ERR_NOMEM, "memory");
	for (unsigned i = 0; i < members; i++)
		if ((pids[i] = fork()) == 0)
			member_process(h, board, i, ping);
	while (board->ready < (int)members)
		usleep(10000);
	board->go = 1;
	from = bench_ns();
	usleep(seconds * 1000000);
	for (unsigned i = 0; i < members; i++)
		done += board->done[i];
	spent = bench_ns() - from;
	board->stop = 1;
	for (unsigned i = 0; i < members; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	munmap(board, sizeof *board);
	return (double)done * 1e9 / (double)spent;
}

/* ---- limits of the machine, in the same run
 * -------------------------------------- */

static const char *const steps[] = {
	"CREATE TABLE row(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
};
static const struct cs_db_schema schema = { "countersign bench", steps, 1 };

/* Transactions a second, each one row of 1.4 KB, synced. */
static double
syncs_a_second(const char *folder)
{
	struct cs_db *db = NULL;
	uint8_t bytes[1400] = { 0 };
	char path[128];
	uint64_t from = bench_ns();
	unsigned n = 0;

	snprintf(path, sizeof path, "%s/../sync.db", folder);
	bench_must(cs_db_open(&db, path, CS_DB_SHARED, &schema), "database");
	for (; bench_ns() - from < 1000000000u; n++) {
		bench_must(cs_db_begin(db), "begin");
		bench_must(cs_db_exec(db, "INSERT INTO row(bytes) VALUES(?)",
			       cs_blob(CS_VIEW_OF(bytes))),
		    "insert");
		bench_must(cs_db_commit(db), "commit");
	}
	cs_db_close(db);
	return n * 1e9 / (double)(bench_ns() - from);
}

/* ---- delay
 * -------------------------------------------------------------------------- */

/* Fetch what the push told of, and open it. */
static void
take(struct bench_member *b, uint64_t *after)
{
	struct cs_wire_fetch ask = { .group_id = cs_mls_group_id(b->group),
		.after = *after,
		.max = 10 };
	struct cs_wire_fetch_answer answer;
	struct cs_mls_received received;
	struct cs_wire_entry entry;
	struct cs_view rest;

	bench_must(
	    cs_session_call(&b->session, CS_WIRE_FETCH, &cs_wire_fetch_shape,
		&ask, &cs_wire_fetch_answer_shape, &answer),
	    "fetch");
	rest = answer.entries.raw;
	while (cs_wire_next(&entry, &cs_wire_entry_shape, &rest)) {
		*after = entry.group_seq;
		bench_must(cs_mls_process(&received, b->group, entry.message),
		    "process");
		cs_mls_received_clear(&received);
	}
}

static uint64_t
ping(struct bench_member *m)
{
	const struct cs_wire_empty none = { 0 };
	struct cs_wire_empty answer;
	uint64_t from = bench_ns();

	bench_must(
	    cs_session_call(&m->session, CS_WIRE_PING, &cs_wire_empty_shape,
		&none, &cs_wire_empty_shape, &answer),
	    "ping");
	return bench_ns() - from;
}

static void
delay(struct bench_hub *h, unsigned runs)
{
	struct bench_member a, b;
	uint64_t *t = cs_calloc(runs, sizeof *t);
	uint64_t *p = cs_calloc(runs, sizeof *p), after = 1;
	uint8_t text[1024];

	if (t == NULL || p == NULL)
		bench_must(CS_ERR_NOMEM, "memory");
	memset(text, 'x', sizeof text);
	pair_up(h, &a, &b, 5000);
	for (unsigned i = 0; i < runs; i++) {
		struct cs_wire_push push = { 0 };
		struct flight f = { .n = 0 };
		uint64_t from, before = after;

		p[i] = ping(&b);
		from = bench_ns();
		launch(&f, &a, CS_VIEW_OF(text), false);
		while (after == before) {
			bench_must(
			    cs_session_push(&b.session, &push, 30000), "push");
			if (push.kind == CS_WIRE_PUSH_GROUP)
				take(&b, &after);
		}
		t[i] = bench_ns() - from;
		land_one(&f, &a, false);
	}
	bench_ratio("end to end, p50",
	    (double)bench_percentile(t, runs, 50) / 1000, "us",
	    "ping over the same TLS, p50",
	    (double)bench_percentile(p, runs, 50) / 1000, 0);
	bench_ratio("end to end, p99",
	    (double)bench_percentile(t, runs, 99) / 1000, "us",
	    "ping over the same TLS, p99",
	    (double)bench_percentile(p, runs, 99) / 1000, 0);
	cs_free(t, runs * sizeof *t);
	cs_free(p, runs * sizeof *p);
	bench_member_clear(&a);
	bench_member_clear(&b);
}

void
bench_throughput(const struct bench_options *o)
{
	const char *s = o->members;
	struct bench_hub h;
	double syncs;
	char *end;

	bench_section("Messages of 1 KiB through a hub, acknowledged after "
		      "their fsync");
	bench_hub_start(&h);
	syncs = syncs_a_second(h.dir);
	bench_value("SQLite commits of one row, synced", syncs, "a second");
	while (*s != '\0') {
		unsigned n = (unsigned)strtoul(s, &end, 10);
		double messages, pings;
		char name[64];

		if (n < 1 || n > MEMBERS_MAX || (*end != ',' && *end != '\0'))
			bench_must(CS_ERR_FORMAT, "--members");
		fprintf(stderr, "%u sending...\n", n);
		pings = run(&h, n, o->seconds, true);
		messages = run(&h, n, o->seconds, false);
		snprintf(name, sizeof name, "%u sending", n);
		bench_ratio(name, messages, "a second",
		    "empty requests over the same connections", pings, 0);
		s = *end == ',' ? end + 1 : end;
	}
	bench_section("Delay, one message at a time: encrypt, submit, push, "
		      "fetch, decrypt");
	delay(&h, o->quick ? 20 : 1000);
	bench_hub_stop(&h);
}

/* ---- memory of idle connections
 * ----------------------------------------------------- */

static uint64_t
memory_of(pid_t pid)
{
	char path[64], line[256];
	unsigned long long kb = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
	if ((f = fopen(path, "r")) == NULL)
		bench_must(CS_ERR_IO, path);
	while (fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "Pss: %llu", &kb) == 1)
			break;
	fclose(f);
	return kb * 1024;
}

#define PER_PROCESS 100

static void
idle_process(
    struct bench_hub *h, struct board *board, unsigned number, unsigned n)
{
	static struct bench_member m[PER_PROCESS];

	for (unsigned i = 0; i < n; i++) {
		bench_member_init(&m[i], number * PER_PROCESS + i);
		bench_hub_join(h, &m[i]);
		(void)ping(&m[i]);
		__sync_fetch_and_add(&board->ready, 1);
	}
	for (;;)
		pause();
}

void
bench_idle(const struct bench_options *o)
{
	unsigned n = o->connections, processes = 0;
	struct board *board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pids[100];
	struct bench_hub h;
	uint64_t before = 0, after;

	if (board == MAP_FAILED || n > PER_PROCESS * 100)
		bench_must(CS_ERR_LIMIT, "--connections");
	bench_section("Memory of the hub with idle connections, logged in");
	bench_hub_start(&h);
	/* What the first connection sets up is not each one's. */
	for (unsigned rest = n + 1; rest > 0; processes++) {
		unsigned now = processes == 0 ? 1
		    : rest < PER_PROCESS      ? rest
					      : PER_PROCESS;

		if ((pids[processes] = fork()) == 0)
			idle_process(&h, board, processes, now);
		rest -= now;
		while (board->ready < (int)(n + 1 - rest))
			usleep(10000);
		if (processes == 0)
			before = memory_of(h.pid);
		fprintf(stderr, "\r%u connections", n + 1 - rest);
	}
	fputc('\n', stderr);
	sleep(2);
	after = memory_of(h.pid);
	bench_value("the hub alone", (double)before / 1024, "KiB");
	bench_ratio("each idle connection", (double)(after - before) / 1024 / n,
	    "KiB", "the limit of 32 KiB, in KiB", 32, 1);
	for (unsigned i = 0; i < processes; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	munmap(board, sizeof *board);
	bench_hub_stop(&h);
}
