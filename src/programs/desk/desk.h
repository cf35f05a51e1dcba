/* SPDX-License-Identifier: MIT */
/* What the files of countersign-desk share. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"
#include "cli/command.h"
#include "desk/core/actor.h"

struct cs_desk;

/* Arguments without the desk's folder, which is --desk, $COUNTERSIGN_DESK, or
 * whichever argument is a folder. */
struct place {
	const char *dir;
	const char *rest[8];
	int n;
};
#define PLACE_MAX 8

bool is_folder(const char *path);
/* ${want} arguments beside the folder; a status that is not 0 has been said. */
int find_place(struct place *p, const struct cli_args *args, int want);
/* The same, ${min} to ${max}. */
int find_place_among(
    struct place *p, const struct cli_args *args, int min, int max);
/* In two steps, for who opens it twice. */
int read_passphrase(
    struct cs_buf *out, const char *dir, const struct cli_args *args);
int open_desk_with(
    struct cs_desk **out, const char *dir, struct cs_view passphrase);
int open_desk(
    struct cs_desk **out, const char *dir, const struct cli_args *args);
/* Say why something failed; its status. */
int desk_fail(const struct cs_desk *d, enum cs_err err);
/* Who acts: --as NAME with that person's password, or whoever has the folder.
 */
int find_who(
    struct cs_desk_actor *out, struct cs_desk *d, const struct cli_args *args);

/* One command at work: the desk, who acts, and the arguments. */
struct desk_job {
	struct cs_desk *d;
	struct cs_desk_actor actor;
	struct place p;
	const struct cli_args *args;
	char problem[512];
};
/* With ${min} to ${max} arguments beside the folder; end it in any case.  A
 * status that is not 0 has been said. */
int desk_job_begin(
    struct desk_job *j, const struct cli_args *args, int min, int max);
/* The status of the command, after saying what ${err} means. */
int desk_job_end(struct desk_job *j, int status, enum cs_err err);
/* ${err}, with a sentence of ours. */
enum cs_err desk_job_problem(struct desk_job *j, enum cs_err err,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The value of an option, "" if it was not given. */
const char *desk_option(const struct desk_job *j, const char *name);
/* One line of JSON. */
void desk_print_line(const json_t *o);
/* To --output, or to standard output. */
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
