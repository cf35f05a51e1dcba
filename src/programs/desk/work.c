/* SPDX-License-Identifier: MIT */
/* countersign-desk: work on cases before they are decided, by command line. */
#include "programs/desk/main.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "desk/cases/case.h"
#include "desk/cases/entry.h"
#include "desk/cases/merge.h"
#include "desk/cases/queue.h"
#include "desk/cases/split.h"
#include "desk/cases/work.h"
#include "desk/core/actor.h"
#include "desk/core/text.h"
#include "desk/decisions/question.h"
#include "desk/people/people.h"
#include "desk/reports/report.h"
#include "programs/desk/place.h"
#include "store/clock.h"

/* Make the edit of the case that the first argument names. */
static int
change(const struct cli_args *args, int max,
    enum cs_err (*what)(struct desk_job *j, const struct cs_desk_edit *e))
{
	struct cs_desk_case_at c;
	struct desk_job j;
	int status = desk_job_begin(&j, args, 1, max);
	enum cs_err err = CS_OK;

	if (status == CLI_OK &&
	    (err = cs_desk_case_find(&c, j.d, j.p.rest[0])) == CS_OK)
		err = what(&j,
		    &(struct cs_desk_edit){ .d = j.d,
			.actor = &j.actor,
			.case_id = c.id,
			.version = c.version });
	return desk_job_end(&j, status, err);
}

/* The argument number ${i}, or "". */
static const char *
argument(const struct desk_job *j, int i)
{
	return j->p.n > i ? j->p.rest[i] : "";
}

static enum cs_err
claim(struct desk_job *j, const struct cs_desk_edit *e)
{
	(void)j;
	return cs_desk_case_claim(e);
}

int
run_claim(const struct cli_args *args)
{
	return change(args, 1, claim);
}

static enum cs_err
release(struct desk_job *j, const struct cs_desk_edit *e)
{
	struct cs_desk_actor to;
	enum cs_err err;

	if (*desk_option(j, "to") == '\0')
		return cs_desk_case_release(e);
	if ((err = cs_desk_person_find(&to, j->d, desk_option(j, "to"))))
		return err;
	return cs_desk_case_hand_over(e, to.id);
}

int
run_release(const struct cli_args *args)
{
	return change(args, 1, release);
}

static enum cs_err
note(struct desk_job *j, const struct cs_desk_edit *e)
{
	enum cs_desk_entry_kind kind = CS_DESK_ENTRY_NOTE;

	if (cli_flag(j->args, "escalate"))
		kind = CS_DESK_ENTRY_ESCALATION;
	else if (cli_flag(j->args, "opinion"))
		kind = CS_DESK_ENTRY_OPINION;
	else if (*desk_option(j, "source") != '\0')
		kind = CS_DESK_ENTRY_ATTACHMENT;
	return cs_desk_case_note(
	    e, kind, desk_option(j, "source"), argument(j, 1));
}

int
run_note(const struct cli_args *args)
{
	return change(args, 2, note);
}

/* Say when a threat is to come true; what is not given stays as it is. */
static enum cs_err
read_threat(uint64_t *at_ms, struct desk_job *j)
{
	const char *threat = desk_option(j, "threat-in");
	long long seconds;

	if (*threat == '\0')
		return CS_OK;
	if (strcmp(threat, "never") == 0) {
		*at_ms = 0;
		return CS_OK;
	}
	if (!cli_duration(&seconds, threat))
		return desk_job_problem(j, CS_ERR_MISUSE,
		    "--threat-in takes a time such as 6h, or never.");
	*at_ms = cs_clock_ms() + (uint64_t)seconds * CS_SECOND_MS;
	return CS_OK;
}

static enum cs_err
triage(struct desk_job *j, const struct cs_desk_edit *e)
{
	const char *age = desk_option(j, "age");
	struct desk_case now;
	enum cs_err err = desk_case_load(&now, j->d, e->case_id);

	if (err == CS_OK && (err = read_threat(&now.threat_ms, j)) == CS_OK)
		err = cs_desk_case_triage(e,
		    *age != '\0' ? age : cs_desk_age_name(now.age),
		    now.threat_ms, desk_option(j, "reason"));
	desk_case_clear(&now);
	return err;
}

int
run_triage(const struct cli_args *args)
{
	return change(args, 1, triage);
}

static enum cs_err
merge(struct desk_job *j, const struct cs_desk_edit *e)
{
	return cs_desk_case_merge(e, desk_id_parse(argument(j, 1)));
}

int
run_merge(const struct cli_args *args)
{
	return change(args, 2, merge);
}

static enum cs_err
hold(struct desk_job *j, const struct cs_desk_edit *e)
{
	return cli_flag(j->args, "end") ? cs_desk_case_unhold(e, argument(j, 1))
					: cs_desk_case_hold(e, argument(j, 1));
}

int
run_hold(const struct cli_args *args)
{
	return change(args, 2, hold);
}

static enum cs_err
question(struct desk_job *j, const struct cs_desk_edit *e)
{
	uint8_t report[CS_ID_LEN];
	enum cs_err err = cs_desk_report_find(j->d, j->p.rest[0], report);

	return err ? err : cs_desk_case_ask(e, report, argument(j, 1));
}

int
run_question(const struct cli_args *args)
{
	return change(args, 2, question);
}

/* ---- parts of a case ---------------------------------------------------- */

static enum cs_err
split(struct desk_job *j, const struct cs_desk_edit *e)
{
	uint64_t items[PLACE_MAX], made;
	size_t n = 0;
	enum cs_err err;

	for (int i = 1; i < j->p.n; i++)
		items[n++] = desk_id_parse(j->p.rest[i]);
	err = cs_desk_case_split(e, items, n, &made);
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
redact(struct desk_job *j, const struct cs_desk_edit *e)
{
	return cs_desk_case_redact(
	    e, desk_id_parse(argument(j, 1)), argument(j, 2));
}

int
run_redact(const struct cli_args *args)
{
	return change(args, 3, redact);
}
