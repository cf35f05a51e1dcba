/* SPDX-License-Identifier: MIT */
#include "cli/secret.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/report_error.h"
#include "store/file.h"

#define PASSPHRASE_MAX 1024

/* A line without echo. */
static enum cs_err
ask(struct cs_buf *out, const char *prompt)
{
	char line[PASSPHRASE_MAX];
	struct termios before, silent;
	enum cs_err err = CS_ERR_CLOSED;
	size_t n;

	if (tcgetattr(STDIN_FILENO, &before) != 0)
		return CS_ERR_IO;
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	fputs(prompt, stderr);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	if (fgets(line, sizeof line, stdin) != NULL) {
		n = strcspn(line, "\n");
		err = cs_buf_set(out, cs_view(line, n));
	}
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	cs_wipe(line, sizeof line);
	return err;
}

/* ${what}, such as "passphrase", out of a file. */
static int
from_file(struct cs_buf *out, const char *what, const char *path)
{
	enum cs_err err = cs_file_read(out, path, PASSPHRASE_MAX);

	if (err)
		return report_error(err, "The %s file %s", what, path);
	while (out->len != 0 &&
	    (out->data[out->len - 1] == '\n' ||
		out->data[out->len - 1] == '\r'))
		out->len--;
	if (out->len == 0)
		return cli_fail(
		    CLI_USAGE, "The %s file %s is empty.", what, path);
	return CLI_OK;
}

/* The same for all, from wherever it comes. */
static int
check_long(const struct cs_buf *passphrase)
{
	return passphrase->len >= CLI_PASSPHRASE_LEAST
	    ? CLI_OK
	    : cli_fail(CLI_USAGE,
		  "Choose a longer passphrase: at least %d characters.",
		  CLI_PASSPHRASE_LEAST);
}

/* From the file of ${option}, or the terminal. */
static int
read_passphrase(struct cs_buf *out, const struct cli_args *args,
    const char *option, enum cli_passphrase_kind kind)
{
	const char *path = cli_value(args, option);
	struct cs_buf again = { .max = PASSPHRASE_MAX };
	int status;
	enum cs_err err;
	bool same;

	if (path != NULL) {
		status = from_file(out, "passphrase", path);
		return status != CLI_OK || kind == CLI_PASSPHRASE_KNOWN
		    ? status
		    : check_long(out);
	}
	if (!isatty(STDIN_FILENO))
		return cli_fail(CLI_USAGE,
		    kind == CLI_PASSPHRASE_KNOWN
			? "The folder takes a passphrase: give it with "
			  "--passphrase-file FILE."
			: "Say which passphrase the folder is to take: --%s "
			  "FILE.",
		    option);
	if ((err = ask(out,
		 kind == CLI_PASSPHRASE_NEW ? "New passphrase: "
					    : "Passphrase: ")))
		return report_error(err, "Reading the passphrase");
	if (kind == CLI_PASSPHRASE_KNOWN)
		return CLI_OK;
	if ((status = check_long(out)) != CLI_OK)
		return status;
	if ((err = ask(&again, "The same again: ")))
		return report_error(err, "Reading the passphrase");
	same = cs_view_equal(cs_buf_view(out), cs_buf_view(&again));
	cs_buf_free(&again);
	return same ? CLI_OK : cli_fail(CLI_USAGE, "They are not the same.");
}

/* What is not good enough is no less a secret: nothing is left of it. */
static int
passphrase_of(struct cs_buf *out, const struct cli_args *args,
    const char *option, enum cli_passphrase_kind kind)
{
	int status = read_passphrase(out, args, option, kind);

	if (status != CLI_OK)
		cs_buf_free(out);
	return status;
}

int
cli_passphrase(struct cs_buf *out, const struct cli_args *args,
    enum cli_passphrase_kind kind)
{
	return passphrase_of(out, args, "passphrase-file", kind);
}

int
cli_other_passphrase(struct cs_buf *out, const struct cli_args *args)
{
	return passphrase_of(
	    out, args, "new-passphrase-file", CLI_PASSPHRASE_NEW);
}

int
cli_backup_passphrase(struct cs_buf *out, const struct cli_args *args,
    enum cli_passphrase_kind kind)
{
	return passphrase_of(out, args, "backup-passphrase-file", kind);
}

int
cli_new_passphrase(struct cs_buf *out, const struct cli_args *args)
{
	return cli_flag(args, "passphrase") ||
		cli_value(args, "passphrase-file") != NULL
	    ? cli_passphrase(out, args, CLI_PASSPHRASE_NEW)
	    : CLI_OK;
}

static enum cs_err
from_input(struct cs_buf *out)
{
	char line[PASSPHRASE_MAX];
	enum cs_err err = CS_ERR_CLOSED;

	if (fgets(line, sizeof line, stdin) != NULL)
		err = cs_buf_set(out, cs_view(line, strcspn(line, "\n")));
	cs_wipe(line, sizeof line);
	return err;
}

int
cli_words(struct cs_buf *out, const struct cli_args *args, const char *prompt)
{
	const char *path = cli_value(args, "words-file");
	enum cs_err err;
	int status = CLI_OK;

	if (path != NULL)
		status = from_file(out, "words", path);
	else if ((err = isatty(STDIN_FILENO) ? ask(out, prompt)
					     : from_input(out)))
		status = report_error(err, "Reading the words");
	if (status == CLI_OK && (err = cs_buf_add(out, cs_view("", 1))))
		status = report_error(err, "Reading the words");
	return status;
}
