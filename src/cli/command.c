/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/text.h"
#include "base/units.h"
#include "cli/complete.h"
#include "cli/manual.h"
#include "crypto/init.h"
#include "store/standard.h"

#define MAX_ARGS 8192 /* a group has 5,000 people at most */
#define MAX_OPTIONS 32

struct cli_args {
	const struct cli_program *program;
	const struct cli_command *command;
	const char *args[MAX_ARGS];
	int n_args;
	struct {
		const struct cli_option *option;
		const char *value;
	} options[MAX_OPTIONS];
	int n_options;
};

static const char *program_name = "countersign";

int
cli_fail(int status, const char *format, ...)
{
	va_list ap;

	fflush(stdout);
	fprintf(stderr, "%s: ", program_name);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	return status;
}

int
cli_count(const struct cli_args *args)
{
	return args->n_args;
}

const char *
cli_arg(const struct cli_args *args, int i)
{
	return i < args->n_args ? args->args[i] : NULL;
}

const char *
cli_value(const struct cli_args *args, const char *name)
{
	/* The last one counts. */
	for (int i = args->n_options; i-- > 0;)
		if (strcmp(args->options[i].option->name, name) == 0)
			return args->options[i].value;
	return NULL;
}

bool
cli_flag(const struct cli_args *args, const char *name)
{
	return cli_value(args, name) != NULL;
}

bool
cli_number(long long *out, const char *s, long long min, long long max)
{
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	*out = strtoll(s, &end, 10);
	return errno == 0 && *end == '\0' && *out >= min && *out <= max;
}

bool
cli_duration(long long *out, const char *s)
{
	static const struct {
		char unit;
		long long seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	char *end;
	long long n;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	n = strtoll(s, &end, 10);
	if (errno != 0 || n <= 0 || n > 100000000 || *end == '\0' ||
	    end[1] != '\0')
		return false;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (units[i].unit == *end) {
			*out = n * units[i].seconds;
			return true;
		}
	return false;
}

bool
cli_listen(
    char host[static CLI_HOST_SIZE], int *port, const char *s, long long least)
{
	const char *colon = strrchr(s, ':');
	long long n;

	if (colon == NULL || colon == s || colon - s >= CLI_HOST_SIZE ||
	    !cli_number(&n, colon + 1, least, 65535))
		return false;
	snprintf(host, CLI_HOST_SIZE, "%.*s", (int)(colon - s), s);
	*port = (int)n;
	return true;
}

static const struct cli_option *
find_in(const struct cli_option *options, const char *name, size_t len)
{
	for (; options != NULL && options->name != NULL; options++)
		if (strlen(options->name) == len &&
		    memcmp(options->name, name, len) == 0)
			return options;
	return NULL;
}

static const struct cli_option *
find_letter(const struct cli_option *options, char letter)
{
	for (; options != NULL && options->name != NULL; options++)
		if (options->letter == letter)
			return options;
	return NULL;
}

/* "group new" is one command of two words. */
static const struct cli_command *
find_command(const struct cli_program *p, int argc, char **argv, int *used)
{
	const struct cli_command *c;
	size_t n;

	for (c = p->commands; c->name != NULL; c++) {
		const char *space = strchr(c->name, ' ');

		if (space == NULL && strcmp(c->name, argv[0]) == 0) {
			*used = 1;
			return c;
		}
		if (space == NULL || argc < 2)
			continue;
		n = (size_t)(space - c->name);
		if (strlen(argv[0]) == n && memcmp(argv[0], c->name, n) == 0 &&
		    strcmp(argv[1], space + 1) == 0) {
			*used = 2;
			return c;
		}
	}
	return NULL;
}

/* No such command; but it may be the first word of some. */
static int
no_command(const struct cli_program *p, const char *word)
{
	size_t len = strlen(word), used = 0;
	char list[300] = "";

	for (const struct cli_command *c = p->commands; c->name != NULL; c++) {
		int n;

		if (strncmp(c->name, word, len) != 0 || c->name[len] != ' ')
			continue;
		n = snprintf(list + used, sizeof list - used, "%s\"%s\"",
		    used == 0 ? "" : ", ", c->name);
		if (n > 0 && (size_t)n < sizeof list - used)
			used += (size_t)n;
		else
			list[used] = '\0';
	}
	return used == 0
	    ? cli_fail(CLI_USAGE,
		  "There is no command \"%.60s\"; try \"%s --help\".", word,
		  p->name)
	    : cli_fail(CLI_USAGE, "One more word is needed: %s.", list);
}

static int
set_option(struct cli_args *a, const struct cli_option *o, const char *value)
{
	if (a->n_options == MAX_OPTIONS)
		return cli_fail(CLI_USAGE, "There are too many options.");
	a->options[a->n_options].option = o;
	a->options[a->n_options].value = value;
	a->n_options++;
	return CLI_OK;
}

/* One key in 64 begins with "-" as text. */
static bool
is_key(const char *arg)
{
	uint8_t key[CS_KEY_LEN];

	return cs_unbase64url(key, sizeof key, arg, strlen(arg)) == CS_OK;
}

/* What is no option may be an argument all the same. */
static int
unknown_option(struct cli_args *a, const char *arg)
{
	if (a->command != NULL && a->n_args < MAX_ARGS && is_key(arg)) {
		a->args[a->n_args++] = arg;
		return CLI_OK;
	}
	return cli_fail(CLI_USAGE,
	    "There is no option \"%.60s\"; try \"%s%s%s --help\".", arg,
	    a->program->name,
	    a->command != NULL && *a->command->name != '\0' ? " " : "",
	    a->command != NULL ? a->command->name : "");
}

/* "--name", "--name=value", "--name value", "-n value", "-nvalue". */
static int
parse_option(struct cli_args *a, int argc, char **argv, int *i)
{
	const struct cli_option *own =
	    a->command != NULL ? a->command->options : NULL;
	const struct cli_option *o;
	const char *arg = argv[*i], *value = NULL;

	if (arg[1] == '-') {
		const char *equals = strchr(arg, '=');
		size_t n = equals != NULL ? (size_t)(equals - arg - 2)
					  : strlen(arg) - 2;

		o = find_in(own, arg + 2, n);
		if (o == NULL)
			o = find_in(a->program->options, arg + 2, n);
		value = equals != NULL ? equals + 1 : NULL;
	} else {
		o = find_letter(own, arg[1]);
		if (o == NULL)
			o = find_letter(a->program->options, arg[1]);
		value = arg[2] != '\0' ? arg + 2 : NULL;
	}
	if (o == NULL)
		return unknown_option(a, arg);
	if (o->arg == NULL)
		return value != NULL
		    ? cli_fail(CLI_USAGE, "--%s takes no value.", o->name)
		    : set_option(a, o, "");
	if (value == NULL) {
		if (*i + 1 >= argc)
			return cli_fail(
			    CLI_USAGE, "--%s needs its %s.", o->name, o->arg);
		value = argv[++*i];
	}
	return set_option(a, o, value);
}

static int
check_count(const struct cli_args *a)
{
	const struct cli_command *c = a->command;

	if (a->n_args >= c->min && (c->max < 0 || a->n_args <= c->max))
		return CLI_OK;
	return cli_fail(CLI_USAGE, "%s Usage: %s%s%s %s",
	    a->n_args < c->min ? "Something is missing."
			       : "There are too many arguments.",
	    a->program->name, *c->name != '\0' ? " " : "", c->name,
	    c->synopsis);
}

static int
print_completion(const struct cli_program *p, const char *shell)
{
	if (shell != NULL && cli_completion(p, shell))
		return CLI_OK;
	return cli_fail(CLI_USAGE, "--completion takes bash, zsh or fish.");
}

/* Handle an option that every program has; ${next} is the argument after
 * ${arg}, or NULL. */
static bool
standard(
    const struct cli_args *a, const char *arg, const char *next, int *status)
{
	const struct cli_program *p = a->program;
	const struct cli_command *c = a->command;

	*status = CLI_OK;
	if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)
		cli_help(p, c);
	else if (strcmp(arg, "--version") == 0)
		printf("%s " CS_VERSION "\n", p->name);
	else if (strcmp(arg, "--man") == 0)
		cli_man(p);
	else if (strcmp(arg, "--completion") == 0)
		*status = print_completion(p, next);
	else
		return false;
	if (fflush(stdout) != 0)
		*status = CLI_CANNOT_WRITE;
	return true;
}

static int
parse(struct cli_args *a, int argc, char **argv)
{
	const struct cli_program *p = a->program;
	bool options = true;
	int status;

	for (int i = 1; i < argc; i++) {
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (options && argv[i][0] == '-' && argv[i][1] != '\0') {
			if (standard(a, argv[i], argv[i + 1], &status))
				exit(status);
			if ((status = parse_option(a, argc, argv, &i)) != 0)
				return status;
		} else if (a->command == NULL) {
			int used = 0;

			a->command = find_command(p, argc - i, argv + i, &used);
			if (a->command == NULL)
				return no_command(p, argv[i]);
			i += used - 1;
		} else if (a->n_args == MAX_ARGS) {
			return cli_fail(
			    CLI_USAGE, "There are too many arguments.");
		} else {
			a->args[a->n_args++] = argv[i];
		}
	}
	if (a->command == NULL)
		return cli_fail(CLI_USAGE,
		    "Say what to do; \"%s --help\" lists it.", p->name);
	return check_count(a);
}

int
cli_main(const struct cli_program *program, int argc, char **argv)
{
	const struct rlimit no_core = { 0, 0 };
	struct cli_args *a;
	int status;

	program_name = program->name;
	if (!cs_standard_fill())
		return CLI_SOFTWARE; /* and there is no place to say so */
	/* A shell asks; it would throw an error message away. */
	if (argc > 1 && strcmp(argv[1], "__complete") == 0) {
		cli_complete(program, argc - 2, argv + 2);
		return fflush(stdout) == 0 ? CLI_OK : CLI_CANNOT_WRITE;
	}
	if (cs_crypto_init() != CS_OK)
		return cli_fail(
		    CLI_SOFTWARE, "The cryptographic libraries do not start.");
	/* Keys and messages in memory are not to be found on a disk. */
	(void)setrlimit(RLIMIT_CORE, &no_core);
	a = calloc(1, sizeof *a);
	if (a == NULL)
		return cli_fail(CLI_SOFTWARE, "There is no memory left.");
	a->program = program;
	if (program->commands[0].name[0] == '\0')
		a->command = &program->commands[0];
	status = parse(a, argc, argv);
	if (status == CLI_OK)
		status = a->command->run(a);
	free(a);
	/* Output that did not arrive is a failure. */
	if ((fflush(stdout) != 0 || ferror(stdout)) && status == CLI_OK)
		status = cli_fail(
		    CLI_CANNOT_WRITE, "The output could not be written.");
	return status;
}
