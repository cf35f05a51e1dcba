/* SPDX-License-Identifier: MIT */
/* The desk that a command is about, who acts, and how it ends. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"
#include "cli/command.h"
#include "desk/core/actor.h"

struct cs_desk;

/* The arguments without the desk's folder, which is --desk,
 * $COUNTERSIGN_DESK, or an argument that is a folder. */
struct place {
	const char *dir;
	const char *rest[8];
	int n;
};
#define PLACE_MAX 8

bool is_folder(const char *path);
/* Take ${want} arguments besides the folder.  If the status is not 0, the
 * reason was printed. */
int find_place(struct place *p, const struct cli_args *args, int want);
/* Ask for the passphrase of the desk in ${dir} if it has one, and open the
 * desk.  If the status is not 0, the reason was printed. */
int open_desk(
    struct cs_desk **out, const char *dir, const struct cli_args *args);
/* The same in two steps, for a caller that opens it twice. */
int read_passphrase(
    struct cs_buf *out, const char *dir, const struct cli_args *args);
int open_desk_with(
    struct cs_desk **out, const char *dir, struct cs_view passphrase);
/* Print why something failed; returns the exit status. */
int desk_fail(const struct cs_desk *d, enum cs_err err);
/* Find who acts: --as NAME with that person's password, or whoever has the
 * folder. */
int find_actor(
    struct cs_desk_actor *out, struct cs_desk *d, const struct cli_args *args);

/* One command: the desk, who acts, and the arguments. */
struct desk_job {
	struct cs_desk *d;
	struct cs_desk_actor actor;
	struct place p;
	const struct cli_args *args;
	char problem[512];
};
/* Begin a command with ${min} to ${max} arguments besides the folder; the
 * caller ends it in any case.  If the status is not 0, the reason was
 * printed. */
int desk_job_begin(
    struct desk_job *j, const struct cli_args *args, int min, int max);
/* Print what ${err} means; returns the exit status. */
int desk_job_end(struct desk_job *j, int status, enum cs_err err);
/* The same with a sentence of the caller's. */
enum cs_err desk_job_problem(struct desk_job *j, enum cs_err err,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The value of an option, "" if it was not given. */
const char *desk_option(const struct desk_job *j, const char *name);
/* Print one line of JSON. */
void desk_print_line(const json_t *o);
/* Write to --output, a new file, or to standard output. */
int desk_write_out(const struct cli_args *args, struct cs_view bytes);
