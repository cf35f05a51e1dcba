/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/test.h"

/* ---- numbers ------------------------------------------------------------ */

static void
test_number(void **state)
{
	static const char *const junk[] = { "", " ", " 1", "1 ", "+1", "-1",
		"0x10", "1.0", "1e3", "a", "1a", "\t1",
		"99999999999999999999999" };
	long long n;

	(void)state;
	assert_true(cli_number(&n, "0", 0, 10));
	assert_int_equal(n, 0);
	assert_true(cli_number(&n, "10", 0, 10));
	assert_int_equal(n, 10);
	assert_true(cli_number(&n, "007", 0, 10));
	assert_int_equal(n, 7);
	assert_false(cli_number(&n, "11", 0, 10));
	assert_false(cli_number(&n, "4", 5, 10));
	assert_true(cli_number(&n, "9223372036854775807", 0, LLONG_MAX));
	assert_true(n == LLONG_MAX);
	assert_false(cli_number(&n, "9223372036854775808", 0, LLONG_MAX));
	for (size_t i = 0; i < sizeof junk / sizeof junk[0]; i++)
		if (cli_number(&n, junk[i], LLONG_MIN, LLONG_MAX))
			fail_msg("taken: \"%s\"", junk[i]);
}

static void
test_duration(void **state)
{
	static const char *const junk[] = { "", "7", "d", "0d", "-1d", "+1d",
		" 1d", "1 d", "1d ", "1dd", "1w", "1D", "1.5h", "0x1d", "1h30m",
		"100000001s", "99999999999999999999999s" };
	long long n;

	(void)state;
	assert_true(cli_duration(&n, "90s"));
	assert_int_equal(n, 90);
	assert_true(cli_duration(&n, "15m"));
	assert_int_equal(n, 900);
	assert_true(cli_duration(&n, "12h"));
	assert_int_equal(n, 43200);
	assert_true(cli_duration(&n, "7d"));
	assert_int_equal(n, 604800);
	assert_true(cli_duration(&n, "100000000d"));
	assert_true(n == 8640000000000);
	for (size_t i = 0; i < sizeof junk / sizeof junk[0]; i++)
		if (cli_duration(&n, junk[i]))
			fail_msg("taken: \"%s\"", junk[i]);
}

static void
test_listen(void **state)
{
	static const char *const junk[] = { "", ":", ":1", "a", "a:", "a:-1",
		"a: 1", "a:1 ", "a:65536", "a:x", "1" };
	char host[CLI_HOST_SIZE], longest[CLI_HOST_SIZE + 8] = "";
	int port;

	(void)state;
	assert_true(cli_listen(host, &port, "127.0.0.1:7443", 1));
	assert_string_equal(host, "127.0.0.1");
	assert_int_equal(port, 7443);
	assert_true(cli_listen(host, &port, "::1:0", 0));
	assert_string_equal(host, "::1");
	assert_int_equal(port, 0);
	assert_false(cli_listen(host, &port, "a:0", 1));
	for (size_t i = 0; i < sizeof junk / sizeof junk[0]; i++)
		if (cli_listen(host, &port, junk[i], 0))
			fail_msg("taken: \"%s\"", junk[i]);
	memset(longest, 'a', CLI_HOST_SIZE - 1);
	snprintf(longest + CLI_HOST_SIZE - 1, 4, ":1");
	assert_true(cli_listen(host, &port, longest, 1));
	longest[CLI_HOST_SIZE - 1] = 'a';
	snprintf(longest + CLI_HOST_SIZE, 4, ":1");
	assert_false(cli_listen(host, &port, longest, 1));
}

/* ---- a small program ---------------------------------------------------- */

/* What the last command saw. */
static struct {
	unsigned runs;
	char command[16], args[64], home[16], file[16];
	bool loud;
} seen;

static void
note(char *out, size_t size, const char *s)
{
	snprintf(out, size, "%s", s != NULL ? s : "(none)");
}

static int
take(const struct cli_args *args, const char *command)
{
	seen.runs++;
	note(seen.command, sizeof seen.command, command);
	seen.args[0] = '\0';
	for (int i = 0; i < cli_count(args); i++) {
		size_t at = strlen(seen.args);

		snprintf(seen.args + at, sizeof seen.args - at, "[%s]",
		    cli_arg(args, i));
	}
	assert_null(cli_arg(args, cli_count(args)));
	note(seen.home, sizeof seen.home, cli_value(args, "home"));
	note(seen.file, sizeof seen.file, cli_value(args, "file"));
	seen.loud = cli_flag(args, "loud");
	return 0;
}

static int
run_send(const struct cli_args *args)
{
	return take(args, "send");
}

static int
run_group_new(const struct cli_args *args)
{
	(void)take(args, "group new");
	return CLI_TRY_LATER;
}

static const struct cli_option everywhere[] = {
	{ "home", 'H', "DIR", "The folder.", NULL },
	{ NULL, 0, NULL, NULL, NULL },
};
static const struct cli_option of_send[] = {
	{ "file", 'f', "PATH", "A file.", NULL },
	{ "loud", 'l', NULL, "Shout.", NULL },
	{ NULL, 0, NULL, NULL, NULL },
};
static const struct cli_command commands[] = {
	{ "send", "WHO [TEXT]", "Send", NULL, 1, 2, of_send, run_send },
	{ "group new", "NAME...", "Make", NULL, 1, -1, NULL, run_group_new },
	{ NULL, NULL, NULL, NULL, 0, 0, NULL, NULL },
};
static const struct cli_exit_text exits[] = { { 0, "Done." }, { 0, NULL } };
static const struct cli_program program = {
	.name = "toy",
	.summary = "a program",
	.details = "It does little.",
	.options = everywhere,
	.commands = commands,
	.exits = exits,
	.see_also = "nothing",
};

#define MAX_WORDS 16

/* Split at blanks; what it says on standard error is not looked at. */
static int
run(const char *line)
{
	static char copy[256];
	char *argv[MAX_WORDS + 1], *save = NULL, *word;
	int argc = 0, keep = dup(STDERR_FILENO);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), status;

	assert_true(keep >= 0 && null >= 0);
	memset(&seen, 0, sizeof seen);
	snprintf(copy, sizeof copy, "%s", line);
	for (word = strtok_r(copy, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save)) {
		assert_true(argc < MAX_WORDS);
		argv[argc++] = word;
	}
	argv[argc] = NULL;
	assert_true(dup2(null, STDERR_FILENO) >= 0);
	status = cli_main(&program, argc, argv);
	assert_true(dup2(keep, STDERR_FILENO) >= 0);
	close(keep);
	close(null);
	return status;
}

static void
refused(const char *line)
{
	assert_int_equal(run(line), CLI_USAGE);
	assert_int_equal(seen.runs, 0);
}

static void
test_commands(void **state)
{
	(void)state;
	assert_int_equal(run("toy send alma"), 0);
	assert_string_equal(seen.command, "send");
	assert_string_equal(seen.args, "[alma]");
	assert_int_equal(run("toy group new a b c"), CLI_TRY_LATER);
	assert_string_equal(seen.command, "group new");
	assert_string_equal(seen.args, "[a][b][c]");
	refused("toy");
	refused("toy sen alma");
	refused("toy sends alma");
	refused("toy group");
	refused("toy group old a");
	refused("toy new a");
}

static void
test_count(void **state)
{
	(void)state;
	refused("toy send");
	assert_int_equal(run("toy send a b"), 0);
	refused("toy send a b c");
	refused("toy group new");
	assert_int_equal(
	    run("toy group new 1 2 3 4 5 6 7 8 9 10 11"), CLI_TRY_LATER);
}

static void
test_options(void **state)
{
	static const char *const same[] = { "toy --home h send a --file f",
		"toy --home=h send a --file=f", "toy -H h send -f f a",
		"toy -Hh send -ff a", "toy send a --home h --file f",
		"toy send --file x a --file f --home=h" };

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		assert_int_equal(run(same[i]), 0);
		assert_string_equal(seen.home, "h");
		assert_string_equal(seen.file, "f");
		assert_string_equal(seen.args, "[a]");
		assert_false(seen.loud);
	}
	assert_int_equal(run("toy send -l a"), 0);
	assert_true(seen.loud);
	assert_string_equal(seen.file, "(none)");
	assert_int_equal(run("toy send --file= a"), 0);
	assert_string_equal(seen.file, "");
	/* After "--", and "-" alone, there are arguments. */
	assert_int_equal(run("toy send -- --file -l"), 0);
	assert_string_equal(seen.args, "[--file][-l]");
	assert_int_equal(run("toy send -"), 0);
	assert_string_equal(seen.args, "[-]");
	/* Without its value, with one too many, of another command. */
	refused("toy send a --file");
	refused("toy send a -f");
	refused("toy send a --loud=yes");
	refused("toy send a -lx");
	refused("toy send a --fil f");
	refused("toy send a --files f");
	refused("toy send a -x");
	refused("toy --file f send a");
	refused("toy group new a --loud");
}

/* A key that begins with "-" is no option; but what is, stays one. */
static void
test_key(void **state)
{
	(void)state;
	assert_int_equal(
	    run("toy send -Ok2sKtuDq7etNOrFPDhEFirJhf1md-5vfwjhEpKth4 -l"), 0);
	assert_string_equal(
	    seen.args, "[-Ok2sKtuDq7etNOrFPDhEFirJhf1md-5vfwjhEpKth4]");
	assert_true(seen.loud);
	assert_int_equal(
	    run("toy send --k2sKtuDq7etNOrFPDhEFirJhf1md-5vfwjhEpKth4"), 0);
	assert_string_equal(
	    seen.args, "[--k2sKtuDq7etNOrFPDhEFirJhf1md-5vfwjhEpKth4]");
	assert_int_equal(
	    run("toy send a -fk2sKtuDq7etNOrFPDhEFirJhf1md-5vfwjhEpKth4"), 0);
	assert_string_equal(seen.args, "[a]");
	/* Cut short, too long, stray bits; and no command is a key. */
	refused("toy send -Ok2sKtuDq7etNOrFPDhEFirJhf1md-5vfwjhEpKth");
	refused("toy send -Ok2sKtuDq7etNOrFPDhEFirJhf1md-5vfwjhEpKth4A");
	refused("toy send -Ok2sKtuDq7etNOrFPDhEFirJhf1md-5vfwjhEpKth5");
	refused("toy -Ok2sKtuDq7etNOrFPDhEFirJhf1md-5vfwjhEpKth4 send a");
}

static void
test_many_options(void **state)
{
	static char words[][5] = { "toy", "send", "a", "-l" };
	char *argv[48];

	(void)state;
	for (size_t i = 0; i < 48; i++)
		argv[i] = words[i < 3 ? i : 3];
	memset(&seen, 0, sizeof seen);
	assert_int_equal(cli_main(&program, 3 + 32, argv), 0);
	assert_int_equal(seen.runs, 1);
	assert_int_equal(cli_main(&program, 3 + 33, argv), CLI_USAGE);
	assert_int_equal(seen.runs, 1);
}

/* The status of a run in a process of its own, and what it printed first. */
static int
apart(const char *line, char *out, size_t size)
{
	int ends[2], status;
	FILE *f;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		run(line);
		_exit(99); /* it should have ended */
	}
	close(ends[1]);
	f = fdopen(ends[0], "r");
	assert_non_null(f);
	size = fread(out, 1, size - 1, f);
	out[size] = '\0';
	fclose(f);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
test_standard(void **state)
{
	char out[16384];

	(void)state;
	assert_int_equal(apart("toy --help", out, sizeof out), 0);
	assert_non_null(strstr(out, "send"));
	assert_non_null(strstr(out, "group new"));
	assert_int_equal(apart("toy -h", out, sizeof out), 0);
	assert_int_equal(apart("toy send --help", out, sizeof out), 0);
	assert_non_null(strstr(out, "--file"));
	assert_int_equal(apart("toy --version", out, sizeof out), 0);
	assert_string_equal(out, "toy " CS_VERSION "\n");
	assert_int_equal(apart("toy --man", out, sizeof out), 0);
	assert_non_null(strstr(out, ".TH"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_listen),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_many_options),
		cmocka_unit_test(test_standard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
