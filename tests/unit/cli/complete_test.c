/* SPDX-License-Identifier: MIT */
#include "cli/complete.h"

#include <stdio.h>
#include <unistd.h>

#include "support/test.h"

static int
run(const struct cli_args *args)
{
	(void)args;
	return 0;
}

static const struct cli_option common[] = {
	{ "home", 'H', "DIR", "where" },
	{ 0 },
};
static const struct cli_option send_options[] = {
	{ "colour", 0, "COLOUR", "which", "red green grey" },
	{ "text", 't', "TEXT", "what" },
	{ "loud", 'l', NULL, "loudly" },
	{ 0 },
};
static const struct cli_command commands[] = {
	{ "send", "NAME FILE", "send it", NULL, 2, 2, send_options, run },
	{ "group new", "GROUP", "make one", NULL, 1, 1, NULL, run },
	{ "group list", "", "list them", NULL, 0, 0, NULL, run },
	{ "settings", "strangers refuse|request", "set", NULL, 2, 2, NULL,
	    run },
	{ 0 },
};
static const struct cli_program toy = { .name = "toy",
	.summary = "a toy",
	.options = common,
	.commands = commands };
static const struct cli_command only[] = {
	{ "", "BUNDLE...", "one thing", NULL, 0, -1, NULL, run },
	{ 0 },
};
static const struct cli_program single = {
	.name = "toy-single", .summary = "a toy", .commands = only
};

/* Standard output of ${p} asked about ${line}; the last word may be empty. */
static const char *
ask(const struct cli_program *p, const char *line)
{
	static char out[4096];
	char copy[256], *words[16], *at = copy;
	FILE *f = tmpfile();
	int n = 0, keep;
	size_t len;

	assert_non_null(f);
	snprintf(copy, sizeof copy, "%s", line);
	while ((words[n++] = strsep(&at, " ")) != NULL && at != NULL)
		assert_true(n < 16);
	fflush(stdout);
	keep = dup(STDOUT_FILENO);
	dup2(fileno(f), STDOUT_FILENO);
	cli_complete(p, n, words);
	fflush(stdout);
	dup2(keep, STDOUT_FILENO);
	close(keep);
	rewind(f);
	len = fread(out, 1, sizeof out - 1, f);
	out[len] = '\0';
	fclose(f);
	return out;
}

static void
test_commands(void **state)
{
	(void)state;
	assert_string_equal(ask(&toy, ""),
	    "send\tsend it\ngroup\tseveral commands\nsettings\tset\n");
	assert_string_equal(ask(&toy, "se"), "send\tsend it\nsettings\tset\n");
	assert_string_equal(ask(&toy, "x"), "");
	assert_string_equal(
	    ask(&toy, "group "), "new\tmake one\nlist\tlist them\n");
	assert_string_equal(ask(&toy, "group l"), "list\tlist them\n");
	assert_string_equal(ask(&toy, "grou n"), "");
	/* Options may stand before the command. */
	assert_string_equal(
	    ask(&toy, "--home send se"), "send\tsend it\nsettings\tset\n");
}

static void
test_options(void **state)
{
	(void)state;
	assert_string_equal(ask(&toy, "send --"),
	    "--colour\twhich\n--text\twhat\n--loud\tloudly\n--home\twhere\n"
	    "--help\tshow this\n--version\tshow the version\n"
	    "--completion\tprint completion for bash, zsh or fish\n"
	    "--man\tprint the man page, in roff\n");
	assert_string_equal(ask(&toy, "send --l"), "--loud\tloudly\n");
	assert_string_equal(ask(&toy, "send --colour g"), "green\t\ngrey\t\n");
	assert_string_equal(ask(&toy, "--home "), ":files\n");
	assert_string_equal(ask(&toy, "send --text "), "");
	assert_string_equal(ask(&toy, "send -t "), "");
	assert_string_equal(ask(&toy, "--completion f"), "fish\t\n");
	/* Behind "--", nothing is an option. */
	assert_string_equal(ask(&toy, "send -- --l"), "");
}

static void
test_arguments(void **state)
{
	(void)state;
	assert_string_equal(ask(&toy, "send "), "");
	assert_string_equal(ask(&toy, "send alma "), ":files\n");
	assert_string_equal(ask(&toy, "send --loud alma "), ":files\n");
	assert_string_equal(ask(&toy, "send alma x "), "");
	assert_string_equal(ask(&toy, "settings "), "strangers\t\n");
	assert_string_equal(
	    ask(&toy, "settings strangers re"), "refuse\t\nrequest\t\n");
	assert_string_equal(ask(&toy, "settings strangers refused"), "");
	assert_string_equal(ask(&single, ""), ":files\n");
	assert_string_equal(ask(&toy, "group list "), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
