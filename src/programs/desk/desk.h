/* SPDX-License-Identifier: MIT */
/* What the files of countersign-desk share. */
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
/* The same with ${min} to ${max} arguments. */
int find_place_among(
    struct place *p, const struct cli_args *args, int min, int max);
/* The same in two steps, for a caller that opens it twice. */
int read_passphrase(
    struct cs_buf *out, const char *dir, const struct cli_args *args);
int open_desk_with(
    struct cs_desk **out, const char *dir, struct cs_view passphrase);
int open_desk(
    struct cs_desk **out, const char *dir, const struct cli_args *args);
/* Print why something failed; returns the exit status. */
int desk_fail(const struct cs_desk *d, enum cs_err err);
/* Find who acts: --as NAME with that person's password, or whoever has the
 * folder. */
int find_who(
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
/* Write to --output, or to standard output. */
int desk_write_out(const struct cli_args *args, struct cs_view bytes);

/* ---- the commands ------------------------------------------------------- */

typedef int desk_command(const struct cli_args *args);

desk_command run_cases, run_case, run_claim, run_release, run_note, run_triage,
    run_merge, run_split, run_redact, run_hold, run_decide, run_undo,
    run_confirm, run_refuse, run_reverse, run_quality, run_appeals, run_appeal,
    run_question, run_act, run_lists, run_tokens;
desk_command run_people, run_policy, run_audit, run_statements, run_statistics,
    run_custody, run_print, run_retention, run_backup, run_restore;
desk_command run_run;
