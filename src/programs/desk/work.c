/* SPDX-License-Identifier: MIT */
/* countersign-desk: work on cases before they are decided, by command line. */
#include <stdio.h>
#include <string.h>

#include "desk/cases/entry.h"
#include "desk/cases/merge.h"
#include "desk/cases/queue.h"
#include "desk/cases/split.h"
#include "desk/cases/work.h"
#include "desk/core/actor.h"
#include "desk/core/json.h"
#include "desk/decisions/question.h"
#include "desk/people/people.h"
#include "desk/reports/report.h"
#include "desk/show/case.h"
#include "programs/desk/desk.h"
#include "store/clock.h"

/* A change of the case that the first argument names. */
static int
change(const struct cli_args *args, int max,
    enum cs_err (*what)(struct desk_job *j, const struct cs_desk_case_at *c))
{
	struct cs_desk_case_at c;
	struct desk_job j;
	int status = desk_job_begin(&j, args, 1, max);
	enum cs_err err = CS_OK;

	if (status == CLI_OK &&
	    (err = cs_desk_case_find(&c, j.d, j.p.rest[0])) == CS_OK)
		err = what(&j, &c);
	return desk_job_end(&j, status, err);
}

static enum cs_err
claim(struct desk_job *j, const struct cs_desk_case_at *c)
{
	return cs_desk_case_claim(j->d, &j->actor, c->id, c->version);
}

int
run_claim(const struct cli_args *args)
{
	return change(args, 1, claim);
}

static enum cs_err
release(struct desk_job *j, const struct cs_desk_case_at *c)
{
	struct cs_desk_actor to;
	enum cs_err err;

	if (*desk_option(j, "to") == '\0')
		return cs_desk_case_release(j->d, &j->actor, c->id, c->version);
	if ((err = cs_desk_person_find(&to, j->d, desk_option(j, "to"))))
		return err;
	return cs_desk_case_hand_over(
	    j->d, &j->actor, c->id, c->version, to.id);
}

int
run_release(const struct cli_args *args)
{
	return change(args, 1, release);
}

static enum cs_err
note(struct desk_job *j, const struct cs_desk_case_at *c)
{
	enum cs_desk_note kind = CS_DESK_NOTE;

	if (cli_flag(j->args, "escalate"))
		kind = CS_DESK_ESCALATION;
	else if (cli_flag(j->args, "opinion"))
		kind = CS_DESK_OPINION;
	else if (*desk_option(j, "source") != '\0')
		kind = CS_DESK_ATTACHMENT;
	return cs_desk_case_note(j->d, &j->actor, c->id, c->version, kind,
	    desk_option(j, "source"), j->p.n > 1 ? j->p.rest[1] : "");
}

int
run_note(const struct cli_args *args)
{
	return change(args, 2, note);
}

static enum cs_err
triage(struct desk_job *j, const struct cs_desk_case_at *c)
{
	const char *age = desk_option(j, "age");
	const char *threat = desk_option(j, "threat-in");
	json_t *now = json_object();
	long long seconds;
	uint64_t at_ms;
	enum cs_err err;

	/* What is not said stays as it is. */
	err = cs_desk_case_show(now, j->d, &j->actor, c->id, UINT64_MAX);
	at_ms = json_get_num(now, "threat_ms");
	if (strcmp(threat, "never") == 0)
		at_ms = 0;
	else if (*threat != '\0' && !cli_duration(&seconds, threat))
		err = desk_job_problem(j, CS_ERR_MISUSE,
		    "--threat-in takes a time such as 6h, or never.");
	else if (*threat != '\0')
		at_ms = cs_clock_ms() + (uint64_t)seconds * 1000;
	if (err == CS_OK)
		err = cs_desk_case_triage(j->d, &j->actor, c->id, c->version,
		    *age != '\0' ? age : json_get_str(now, "age"), at_ms,
		    desk_option(j, "reason"));
	json_decref(now);
	return err;
}

int
run_triage(const struct cli_args *args)
{
	return change(args, 1, triage);
}

static enum cs_err
merge(struct desk_job *j, const struct cs_desk_case_at *c)
{
	return cs_desk_case_merge(j->d, &j->actor, c->id, c->version,
	    j->p.n > 1 ? json_id_parse(j->p.rest[1]) : 0);
}

int
run_merge(const struct cli_args *args)
{
	return change(args, 2, merge);
}

static enum cs_err
hold(struct desk_job *j, const struct cs_desk_case_at *c)
{
	return cs_desk_case_hold(j->d, &j->actor, c->id, c->version,
	    !cli_flag(j->args, "end"), j->p.n > 1 ? j->p.rest[1] : "");
}

int
run_hold(const struct cli_args *args)
{
	return change(args, 2, hold);
}

static enum cs_err
question(struct desk_job *j, const struct cs_desk_case_at *c)
{
	uint8_t report[16];
	enum cs_err err = cs_desk_report_find(j->d, j->p.rest[0], report);

	return err ? err
		   : cs_desk_case_ask(j->d, &j->actor, c->id, c->version,
			 report, j->p.n > 1 ? j->p.rest[1] : "");
}

int
run_question(const struct cli_args *args)
{
	return change(args, 2, question);
}

/* ---- parts of a case ---------------------------------------------------- */

static enum cs_err
split(struct desk_job *j, const struct cs_desk_case_at *c)
{
	uint64_t items[PLACE_MAX], made;
	size_t n = 0;
	enum cs_err err;

	for (int i = 1; i < j->p.n; i++)
		items[n++] = json_id_parse(j->p.rest[i]);
	err = cs_desk_case_split(
	    j->d, &j->actor, c->id, c->version, items, n, &made);
	if (err == CS_OK)
		printf("Case %llu.\n", (unsigned long long)made);
	return err;
}

int
run_split(const struct cli_args *args)
{
	return change(args, PLACE_MAX, split);
}

static enum cs_err
redact(struct desk_job *j, const struct cs_desk_case_at *c)
{
	return cs_desk_case_redact(j->d, &j->actor, c->id, c->version,
	    j->p.n > 1 ? json_id_parse(j->p.rest[1]) : 0,
	    j->p.n > 2 ? j->p.rest[2] : "");
}

int
run_redact(const struct cli_args *args)
{
	return change(args, 3, redact);
}
