/* SPDX-License-Identifier: MIT */
/*
 *     peers PROTOCOL PORT PATH load PAIRS SECONDS
 *
 * lets one of each pair send to the other as fast as PEERS_WINDOW messages in
 * the air allow, and
 *
 *     peers PROTOCOL PORT PATH lone N
 *
 * one of one pair, one message at a time.  PROTOCOL is "xmpp", of a server at
 * 127.0.0.1:PORT with the certificate PATH, or "countersign", of the hub in the
 * folder PATH.  Prints "begin" and "end" when what is between them is to be
 * measured at the server, and then what was measured here, as JSON.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "crypto/init.h"
#include "load/peers/peers.h"
#include "programs/bench/util.h"

#define PAIRS_MAX 100
#define SECONDS_MAX 600
#define LONE_MAX 100000
#define ASK_EVERY 8
/* So many a second are encrypted beforehand for each sender. */
#define PREPARED_RATE 4000

void
peers_must(enum cs_err err, const char *what)
{
	if (err == CS_OK)
		return;
	fprintf(stderr, "peers: %s: %s\n", what, cs_err_text(err));
	exit(1);
}

static void
say(const char *line)
{
	puts(line);
	fflush(stdout);
}

/* ---- under load --------------------------------------------------------- */

/* Shared by all processes. */
struct board {
	volatile unsigned ready;
	volatile bool go, dry; /* dry: somebody has no message any more */
	volatile uint64_t acknowledged[PAIRS_MAX], received[PAIRS_MAX];
	volatile pid_t recipients[PAIRS_MAX];
};

struct load {
	const struct peers_protocol *protocol;
	struct peers_target target;
	unsigned pairs, seconds;
	struct board *board;
	pid_t senders[PAIRS_MAX];
};

/* A process that ends with this one; true in it. */
static bool
fork_one(pid_t *pid)
{
	fflush(NULL);
	*pid = fork();
	if (*pid < 0)
		peers_must(CS_ERR_NOMEM, "a process");
	if (*pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return *pid == 0;
}

static void
wait_go(struct board *b)
{
	__sync_fetch_and_add(&b->ready, 1);
	while (!b->go)
		usleep(1000);
}

static void
receive_all(struct load *l, void *pair, unsigned number)
{
	wait_go(l->board);
	for (;;) {
		l->board->received[number] += l->protocol->received(pair);
		l->protocol->taken(pair);
	}
}

static void
send_all(struct load *l, void *pair, unsigned number)
{
	unsigned in_air = 0, n;

	wait_go(l->board);
	for (;;) {
		while (in_air < PEERS_WINDOW && l->protocol->send(pair))
			in_air++;
		if (in_air == 0)
			break;
		n = l->protocol->acknowledged(pair);
		in_air -= n;
		l->board->acknowledged[number] += n;
	}
	l->board->dry = true;
	pause();
}

static void
pair_process(struct load *l, unsigned number)
{
	void *pair = l->protocol->open(&l->target, number);
	pid_t recipient;

	l->protocol->prepare(pair, l->seconds * PREPARED_RATE);
	if (fork_one(&recipient))
		receive_all(l, pair, number);
	l->board->recipients[number] = recipient;
	send_all(l, pair, number);
}

/* Seconds of a processor that a process of ours has had. */
static double
cpu_of(pid_t pid)
{
	struct timespec ts;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 ||
	    clock_gettime(clock, &ts) != 0)
		peers_must(CS_ERR_CLOSED, "a process ended");
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

struct sum {
	double acknowledged, received, cpu;
	uint64_t ns;
};

static struct sum
sum_up(const struct load *l)
{
	struct sum s = { .ns = bench_ns() };

	for (unsigned i = 0; i < l->pairs; i++) {
		s.acknowledged += (double)l->board->acknowledged[i];
		s.received += (double)l->board->received[i];
		s.cpu += cpu_of(l->senders[i]) +
		    cpu_of((pid_t)l->board->recipients[i]);
	}
	return s;
}

/* What a process says is the reason why it ends. */
static void
check_processes(void)
{
	if (waitpid(-1, NULL, WNOHANG) > 0)
		peers_must(CS_ERR_CLOSED, "a process ended");
}

static void
start_pairs(struct load *l)
{
	for (unsigned i = 0; i < l->pairs; i++)
		if (fork_one(&l->senders[i]))
			pair_process(l, i);
	while (l->board->ready < 2 * l->pairs) {
		check_processes();
		usleep(10000);
	}
}

static void
run_load(struct load *l)
{
	struct sum before, after;

	l->target.ask_every = ASK_EVERY;
	l->board = mmap(NULL, sizeof *l->board, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (l->board == MAP_FAILED)
		peers_must(CS_ERR_NOMEM, "memory");
	start_pairs(l);
	before = sum_up(l);
	say("begin");
	l->board->go = true;
	while (!l->board->dry &&
	    bench_ns() - before.ns < (uint64_t)l->seconds * 1000000000) {
		check_processes();
		usleep(10000);
	}
	after = sum_up(l);
	say("end");
	printf("{\"seconds\":%.3f,\"acknowledged\":%.0f,\"received\":%.0f,"
	       "\"cpu\":%.3f,\"dry\":%s}\n",
	    (double)(after.ns - before.ns) / 1e9, after.acknowledged,
	    after.received, after.cpu - before.cpu,
	    l->board->dry ? "true" : "false");
	/* The others end with us. */
}

/* ---- one at a time ------------------------------------------------------ */

static double
us(uint64_t *ns, unsigned n, double percent)
{
	return (double)bench_percentile(ns, n, percent) / 1000;
}

/* Time both, each waiting for itself first in half of the rounds, so that
 * neither waits for the other. */
static void
run_lone(const struct peers_protocol *protocol, struct peers_target *target,
    unsigned n)
{
	uint64_t *times[2] = { cs_calloc(n, sizeof(uint64_t)),
		cs_calloc(n, sizeof(uint64_t)) };
	void *pair;

	if (times[0] == NULL || times[1] == NULL)
		peers_must(CS_ERR_NOMEM, "memory");
	target->ask_every = 1;
	pair = protocol->open(target, 0);
	protocol->prepare(pair, 2 * n);
	say("begin");
	for (unsigned i = 0; i < 2 * n; i++) {
		uint64_t from = bench_ns();

		if (!protocol->send(pair))
			peers_must(CS_ERR_LIMIT, "messages");
		if (i % 2 == 0)
			(void)protocol->received(pair);
		else
			(void)protocol->acknowledged(pair);
		times[i % 2][i / 2] = bench_ns() - from;
		if (i % 2 == 0)
			(void)protocol->acknowledged(pair);
		else
			(void)protocol->received(pair);
		protocol->taken(pair);
	}
	say("end");
	printf("{\"received_p50\":%.1f,\"received_p99\":%.1f,"
	       "\"acknowledged_p50\":%.1f,\"acknowledged_p99\":%.1f}\n",
	    us(times[0], n, 50), us(times[0], n, 99), us(times[1], n, 50),
	    us(times[1], n, 99));
	cs_free(times[0], n * sizeof(uint64_t));
	cs_free(times[1], n * sizeof(uint64_t));
}

/* ---- asked for ---------------------------------------------------------- */

static unsigned
number(const char *text, unsigned most)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text == '\0' || *end != '\0' || n == 0 || n > most)
		peers_must(CS_ERR_FORMAT, text);
	return (unsigned)n;
}

int
main(int argc, char **argv)
{
	struct load l = { 0 };

	if (argc < 6) {
		fprintf(stderr,
		    "usage: peers PROTOCOL PORT PATH load PAIRS SECONDS\n"
		    "       peers PROTOCOL PORT PATH lone N\n");
		return 2;
	}
	peers_must(cs_crypto_init(), "the library of primitives");
	l.protocol =
	    strcmp(argv[1], "xmpp") == 0 ? &peers_xmpp : &peers_countersign;
	l.target = (struct peers_target){ .port = (int)number(argv[2], 65535),
		.path = argv[3] };
	if (strcmp(argv[4], "load") == 0 && argc == 7) {
		l.pairs = number(argv[5], PAIRS_MAX);
		l.seconds = number(argv[6], SECONDS_MAX);
		run_load(&l);
	} else {
		run_lone(l.protocol, &l.target, number(argv[5], LONE_MAX));
	}
	return 0;
}
