/* SPDX-License-Identifier: MIT */
/* Memory of a hub with connections that are logged in and silent. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/bench.h"

#define PER_PROCESS 100

struct memory {
	double rss, pss; /* KiB */
};

static struct memory
memory_of(pid_t pid)
{
	char path[64], line[256];
	unsigned long long kb;
	struct memory m = { 0 };
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
	if ((f = fopen(path, "r")) == NULL)
		bench_must(CS_ERR_IO, path);
	while (fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "Rss: %llu", &kb) == 1)
			m.rss = (double)kb;
		else if (sscanf(line, "Pss: %llu", &kb) == 1)
			m.pss = (double)kb;
	fclose(f);
	return m;
}

static void
idle_process(
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
		pause();
}

static void
connect_more(
    struct bench_crowd *crowd, struct bench_hub *h, unsigned from, unsigned n)
{
	if (bench_crowd_fork(crowd))
		idle_process(h, crowd->board, from, n);
	bench_crowd_wait(crowd, (int)(from + n));
	fprintf(stderr, "\r%u connections", from + n);
}

void
bench_idle(const struct bench_options *o)
{
	unsigned n = o->connections;
	struct memory before, after;
	struct bench_crowd crowd;
	struct bench_hub h;

	bench_section("Memory of the hub with idle connections, logged in");
	bench_crowd_init(&crowd);
	bench_hub_start(&h);
	/* What the first connection sets up is not each one's. */
	connect_more(&crowd, &h, 0, 1);
	before = memory_of(h.pid);
	for (unsigned at = 1; at < n + 1; at += PER_PROCESS)
		connect_more(&crowd, &h, at,
		    n + 1 - at < PER_PROCESS ? n + 1 - at : PER_PROCESS);
	fputc('\n', stderr);
	sleep(2);
	after = memory_of(h.pid);
	bench_value("the hub alone", before.pss, "KiB");
	bench_ratio("each idle connection", (after.pss - before.pss) / n, "KiB",
	    "the limit of 32 KiB, in KiB", 32, 1);
	bench_value("each idle connection, resident",
	    (after.rss - before.rss) / n, "KiB");
	bench_crowd_end(&crowd);
	bench_hub_stop(&h);
}
