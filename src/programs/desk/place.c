/* SPDX-License-Identifier: MIT */
/* Which desk a command is for, and who acts. */
#include "programs/desk/place.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/report_error.h"
#include "cli/secret.h"
#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/problem.h"
#include "desk/desk.h"
#include "desk/people/people.h"
#include "desk/people/sign_in.h"
#include "store/file.h"

bool
is_folder(const char *path)
{
	struct stat st;

	return path != NULL && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
find_place_among(struct place *p, const struct cli_args *args, int min, int max)
{
	memset(p, 0, sizeof *p);
	p->dir = cli_value(args, "desk");
	if (p->dir == NULL)
		p->dir = getenv("COUNTERSIGN_DESK");
	for (int i = 0; i < cli_count(args); i++) {
		const char *arg = cli_arg(args, i);

		if (cli_count(args) > min && is_folder(arg))
			p->dir = arg;
		else if (p->n < PLACE_MAX)
			p->rest[p->n++] = arg;
	}
	if (p->dir == NULL)
		return cli_fail(CLI_USAGE,
		    "Say which desk: --desk DIR, or $COUNTERSIGN_DESK.");
	if (p->n < min || p->n > max)
		return cli_fail(CLI_USAGE,
		    p->n > max ? "There is an argument too many."
			       : "Say which one, by its number.");
	return CLI_OK;
}

int
find_place(struct place *p, const struct cli_args *args, int want)
{
	return find_place_among(p, args, want, want);
}

static int
open_failed(enum cs_err err, const char *dir)
{
	switch (err) {
	case CS_ERR_NOT_FOUND:
		return cli_fail(CLI_STATE,
		    "There is no desk in %s; \"countersign-desk init DIR "
		    "--hub-dir HUBDIR\" makes one.",
		    dir);
	case CS_ERR_PASSPHRASE:
		return cli_fail(CLI_STATE, "That is not the passphrase.");
	case CS_ERR_NEWER:
		return cli_fail(CLI_STATE,
		    "The desk in %s was written by a newer version. Nothing "
		    "was changed.",
		    dir);
	case CS_ERR_CORRUPT:
	case CS_ERR_MISMATCH:
		return cli_fail(CLI_STATE,
		    "The desk in %s is damaged. Nothing was changed.", dir);
	default:
		return report_error(err, "The desk in %s", dir);
	}
}

int
read_passphrase(
    struct cs_buf *out, const char *dir, const struct cli_args *args)
{
	bool needed = false;
	enum cs_err err;

	if ((err = cs_desk_needs_passphrase(&needed, dir)))
		return open_failed(err, dir);
	return needed ? cli_passphrase(out, args, CLI_PASSPHRASE_KNOWN)
		      : CLI_OK;
}

int
open_desk_with(struct cs_desk **out, const char *dir, struct cs_view passphrase)
{
	enum cs_err err = cs_desk_open(out, dir, passphrase);

	return err ? open_failed(err, dir) : CLI_OK;
}

int
open_desk(struct cs_desk **out, const char *dir, const struct cli_args *args)
{
	struct cs_buf passphrase = { .max = 4096 };
	int status = read_passphrase(&passphrase, dir, args);

	*out = NULL;
	if (status == CLI_OK)
		status = open_desk_with(out, dir, cs_buf_view(&passphrase));
	cs_buf_free(&passphrase);
	return status;
}

int
desk_fail(const struct cs_desk *d, enum cs_err err)
{
	if (cs_desk_problem(d)[0] == '\0')
		return report_error(err, "That did not work");
	return cli_fail(err == CS_ERR_MISUSE ? CLI_USAGE : report_status(err),
	    "%s", cs_desk_problem(d));
}

/* Read the password for --as from --password-file. */
static int
read_password(struct cs_buf *out, const struct cli_args *args)
{
	const char *path = cli_value(args, "password-file");
	enum cs_err err;

	if (path == NULL)
		return cli_fail(
		    CLI_USAGE, "Whoever acts proves it: --password-file FILE.");
	if ((err = cs_file_read(out, path, CS_DESK_PASSWORD_MAX)))
		return report_error(err, "%s", path);
	while (out->len > 0 &&
	    (out->data[out->len - 1] == '\n' ||
		out->data[out->len - 1] == '\r'))
		out->len--;
	return CLI_OK;
}

int
find_actor(
    struct cs_desk_actor *out, struct cs_desk *d, const struct cli_args *args)
{
	const char *name = cli_value(args, "as");
	struct cs_buf password = { .max = CS_DESK_PASSWORD_MAX + 16 };
	int status;
	enum cs_err err;

	*out = cs_desk_operator;
	if (name == NULL)
		return CLI_OK;
	if ((status = read_password(&password, args)) != CLI_OK)
		return status;
	if ((err = cs_desk_person_find(out, d, name)) == CS_OK)
		err =
		    cs_desk_password_check(d, out->id, cs_buf_view(&password));
	cs_buf_free(&password);
	if (err == CS_ERR_NOT_FOUND || err == CS_ERR_DENIED)
		return cli_fail(CLI_DENIED, "Not with this name and password.");
	return err ? desk_fail(d, err) : CLI_OK;
}

/* ---- jobs --------------------------------------------------------------- */

int
desk_job_begin(
    struct desk_job *j, const struct cli_args *args, int min, int max)
{
	int status;

	memset(j, 0, sizeof *j);
	j->args = args;
	if ((status = find_place_among(&j->p, args, min, max)) != CLI_OK ||
	    (status = open_desk(&j->d, j->p.dir, args)) != CLI_OK)
		return status;
	return find_actor(&j->actor, j->d, args);
}

int
desk_job_end(struct desk_job *j, int status, enum cs_err err)
{
	if (status == CLI_OK && err && j->problem[0] != '\0')
		status = cli_fail(
		    err == CS_ERR_MISUSE ? CLI_USAGE : report_status(err), "%s",
		    j->problem);
	else if (status == CLI_OK && err)
		status = desk_fail(j->d, err);
	cs_desk_close(j->d);
	return status;
}

enum cs_err
desk_job_problem(struct desk_job *j, enum cs_err err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(j->problem, sizeof j->problem, format, ap);
	va_end(ap);
	return err;
}

const char *
desk_option(const struct desk_job *j, const char *name)
{
	const char *value = cli_value(j->args, name);

	return value != NULL ? value : "";
}

void
desk_print_line(const json_t *o)
{
	if (json_dumpf(o, stdout, JSON_COMPACT | JSON_ENSURE_ASCII) == 0)
		putchar('\n');
}

int
desk_write_out(const struct cli_args *args, struct cs_view bytes)
{
	const char *path = cli_value(args, "output");
	enum cs_err err;

	if (path == NULL || strcmp(path, "-") == 0)
		return fwrite(bytes.data, 1, bytes.len, stdout) == bytes.len
		    ? CLI_OK
		    : cli_fail(CLI_CANNOT_WRITE, "It cannot be written.");
	err = cs_file_create(path, bytes, 0600);
	return err ? report_error(err, "%s", path) : CLI_OK;
}
