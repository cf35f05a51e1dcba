/* SPDX-License-Identifier: MIT */
/*
 * Programs as tables.
 *
 * One table says what a program and its commands are called, take and do.
 * Parsing, --help, the man page and the shell completion all come from it, so
 * that they cannot tell different stories.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses (sysexits.h where it has one), listed in each man page. */
enum cli_exit {
	CLI_OK = 0,
	CLI_NOT_DONE = 1,      /* the sentence on standard error says why */
	CLI_USAGE = 64,        /* wrong, missing or too many arguments */
	CLI_UNREACHABLE = 69,  /* nobody answers at the hub's address */
	CLI_SOFTWARE = 70,     /* out of memory, or a fault of ours */
	CLI_CANNOT_WRITE = 73, /* disk full, folder read-only */
	CLI_TRY_LATER = 75,    /* busy or too slow */
	CLI_NOT_VERIFIED = 76, /* what the hub gave does not verify */
	CLI_DENIED = 77,       /* account disabled, or not allowed */
	CLI_STATE = 78,        /* no folder, a damaged or a newer one */
};

struct cli_option {
	const char *name; /* without dashes */
	char letter;      /* or 0 */
	const char *arg;  /* what follows, or NULL: a flag */
	const char *help;
	const char *values; /* all there are, for completion; or NULL */
};

struct cli_args;

struct cli_command {
	const char *name;
	const char *synopsis;             /* arguments, as in the usage line */
	const char *summary;              /* one line, without a full stop */
	const char *details;              /* sentences, or NULL */
	int min, max;                     /* arguments; max -1: any number */
	const struct cli_option *options; /* ends with a NULL name; or NULL */
	int (*run)(const struct cli_args *args);
};

struct cli_exit_text {
	int status;
	const char *text;
};

struct cli_program {
	const char *name;
	const char *summary;
	const char *details;
	const struct cli_option *options;   /* for every command */
	const struct cli_command *commands; /* ends with a NULL name */
	/* A program without commands has one entry with the name "". */
	const struct cli_exit_text *exits; /* ends with a NULL text */
	const char *see_also;
};

/* Take the descriptors 0 to 2 (store/standard.h), start the cryptographic
 * libraries, parse and run; the program's exit status. */
int cli_main(const struct cli_program *program, int argc, char **argv);

/* Arguments after the command; a key that begins with "-" is one, too. */
int cli_count(const struct cli_args *args);
const char *cli_arg(const struct cli_args *args, int i);
/* The value of an option, or NULL; whether a flag was given. */
const char *cli_value(const struct cli_args *args, const char *name);
bool cli_flag(const struct cli_args *args, const char *name);

/* "NAME: sentence" on standard error; returns ${status}. */
int cli_fail(int status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A whole number of ${min} to ${max}, nothing else around it. */
bool cli_number(long long *out, const char *s, long long min, long long max);
/* "90s", "15m", "12h", "7d" as seconds. */
bool cli_duration(long long *out, const char *s);

/* "ADDRESS:PORT" to listen on: an address of this machine, not looked at, and a
 * port of ${least} to 65535. */
#define CLI_HOST_SIZE 64
bool cli_listen(
    char host[static CLI_HOST_SIZE], int *port, const char *s, long long least);
