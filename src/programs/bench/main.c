/* SPDX-License-Identifier: MIT */
/* countersign-bench: how fast it is, beside what it could be. */

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "cli/command.h"
#include "cli/report_error.h"
#include "programs/bench/bench.h"
#include "programs/bench/delay.h"
#include "programs/bench/desk.h"
#include "programs/bench/groups.h"
#include "programs/bench/hub.h"
#include "programs/bench/idle.h"
#include "programs/bench/log.h"
#include "programs/bench/message.h"
#include "programs/bench/mls.h"
#include "programs/bench/phash.h"
#include "programs/bench/stamps.h"
#include "programs/bench/tlog.h"
#include "programs/bench/util.h"
#include "programs/bench/wire.h"

static int
options_of(struct bench_options *o, const struct cli_args *args)
{
	const char *value;
	long long n;

	o->quick = cli_flag(args, "quick");
	o->seconds = o->quick ? 1 : 5;
	o->connections = o->quick ? 50 : 1000;
	o->members = o->quick ? "1,3" : "1,10,100";
	if ((value = cli_value(args, "members")) != NULL)
		o->members = value;
	o->peer = cli_value(args, "peer");
	if ((value = cli_value(args, "seconds")) != NULL) {
		if (!cli_number(&n, value, 1, 3600))
			return cli_fail(
			    CLI_USAGE, "--seconds takes 1 to 3600.");
		o->seconds = (unsigned)n;
	}
	o->entries = o->quick ? 10000 : 1000000;
	if ((value = cli_value(args, "entries")) != NULL) {
		if (!cli_number(&n, value, 1000, 100000000))
			return cli_fail(
			    CLI_USAGE, "--entries takes 1000 to 100000000.");
		o->entries = (uint64_t)n;
	}
	if ((value = cli_value(args, "connections")) != NULL) {
		if (!cli_number(&n, value, 1, 10000))
			return cli_fail(
			    CLI_USAGE, "--connections takes 1 to 10000.");
		o->connections = (unsigned)n;
	}
	return CLI_OK;
}

static int
run(const struct cli_args *args,
    void (*const *parts)(const struct bench_options *o), size_t n)
{
	struct bench_options o;
	int status = options_of(&o, args);

	if (status != CLI_OK)
		return status;
	bench_begin(cli_flag(args, "json") ? BENCH_JSON : BENCH_TEXT);
	for (size_t i = 0; i < n; i++)
		parts[i](&o);
	bench_end();
	return CLI_OK;
}

static void (*const all_parts[])(const struct bench_options *o) = {
	bench_message, bench_wire, bench_throughput, bench_delay, bench_idle,
	bench_mls, bench_phash, bench_desk, bench_log, bench_tlog, bench_stamps,
	bench_mls_scale, bench_groups
};

static int
run_groups(const struct cli_args *args)
{
	return run(args, &all_parts[12], 1);
}

static int
run_message(const struct cli_args *args)
{
	return run(args, &all_parts[0], 1);
}

static int
run_wire(const struct cli_args *args)
{
	return run(args, &all_parts[1], 1);
}

static int
run_hub(const struct cli_args *args)
{
	return run(args, &all_parts[2], 2);
}

static int
run_idle(const struct cli_args *args)
{
	return run(args, &all_parts[4], 1);
}

static int
run_mls(const struct cli_args *args)
{
	return run(args, &all_parts[5], 1);
}

static int
run_mls_scale(const struct cli_args *args)
{
	return run(args, &all_parts[11], 1);
}

static int
run_phash(const struct cli_args *args)
{
	return run(args, &all_parts[6], 1);
}

static int
run_desk(const struct cli_args *args)
{
	return run(args, &all_parts[7], 1);
}

static int
run_log(const struct cli_args *args)
{
	return run(args, &all_parts[8], 1);
}

static int
run_tlog(const struct cli_args *args)
{
	return run(args, &all_parts[9], 1);
}

static int
run_stamps(const struct cli_args *args)
{
	return run(args, &all_parts[10], 1);
}

static int
run_all(const struct cli_args *args)
{
	return run(args, all_parts, 11);
}

static const struct cli_option options[] = {
	{ "json", 0, NULL, "for programs: one object" },
	{ "quick", 0, NULL, "too short to mean much: does it run?" },
	{ "members", 0, "LIST", "how many send at once (1,10,100)" },
	{ "seconds", 0, "N", "how long each of these goes on (5)" },
	{ "entries", 0, "N",
	    "for log and tlog: entries of the longest (1000000)" },
	{ "connections", 0, "N", "how many are idle (1000)" },
	{ "peer", 0, "COMMAND",
	    "for mls: prints another implementation's figures, each as name, "
	    "tab, microseconds" },
	{ 0 },
};

static const struct cli_command commands[] = {
	{ "message", "", "what a message costs sender, hub and recipient",
	    "Medians, beside the primitives that each cannot do without, "
	    "measured in the same run.",
	    0, 0, NULL, run_message },
	{ "wire", "", "how many bytes a message of 100 bytes takes", NULL, 0, 0,
	    NULL, run_wire },
	{ "hub", "", "messages a second through a hub, and their delay",
	    "Starts a hub of its own on 127.0.0.1, in a temporary folder.", 0,
	    0, NULL, run_hub },
	{ "idle", "",
	    "idle connections: their memory, and requests beside them", NULL, 0,
	    0, NULL, run_idle },
	{ "groups", "", "a message in groups of 2 to 5,000, all connected",
	    NULL, 0, 0, NULL, run_groups },
	{ "log", "", "reading in logs of up to a million entries", NULL, 0, 0,
	    NULL, run_log },
	{ "tlog", "", "writing and proving in a transparency log",
	    "In a folder of its own, in the temporary folder.", 0, 0, NULL,
	    run_tlog },
	{ "stamps", "", "stamps in batches, beside one signature each", NULL, 0,
	    0, NULL, run_stamps },
	{ "mls", "", "what MLS groups cost, in suites 1, 2 and 3",
	    "Medians, beside the sum of the signatures, verifications and "
	    "encapsulations that each step cannot do without.",
	    0, 0, NULL, run_mls },
	{ "mls-scale", "", "the same for groups of 2 to 10,000", NULL, 0, 0,
	    NULL, run_mls_scale },
	{ "phash", "", "hashing photos, and finding those that look alike",
	    "Beside a scan of all hashes in the same run.  Up to 10 million "
	    "of them, if there is the memory.",
	    0, 0, NULL, run_phash },
	{ "desk", "", "verifying reports; very many cases",
	    "Beside the primitives that a report cannot do without, in the "
	    "same run.",
	    0, 0, NULL, run_desk },
	{ "all", "", "all of it", NULL, 0, 0, NULL, run_all },
	{ 0 },
};

static const struct cli_program program = {
	.name = "countersign-bench",
	.summary = "measure Countersign on this machine",
	.details = "Machines differ and are noisy: what counts are the ratios "
		   "to what was measured beside it in the same run.",
	.options = options,
	.commands = commands,
	.exits = report_exits,
	.see_also = "countersignd(1)",
};

int
main(int argc, char **argv)
{
	struct rlimit files;

	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files); /* for the hub, too */
	}
	return cli_main(&program, argc, argv);
}
