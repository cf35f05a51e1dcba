/* SPDX-License-Identifier: MIT */
/* countersign-desk: decisions and appeals, by command line. */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/print.h"
#include "content/evidence.h"
#include "content/evidence_write.h"
#include "desk/cases/queue.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/daemon/deliver.h"
#include "desk/decisions/appeal.h"
#include "desk/decisions/decide.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/revise.h"
#include "desk/reports/report.h"
#include "desk/show/case.h"
#include "programs/desk/desk.h"

/* Tell the hub now if it can be reached. */
static void
deliver(struct desk_job *j)
{
	if (cs_desk_deliver(j->d) == CS_OK)
		printf("Decided, signed, and told to the hub.\n");
	else
		printf("Decided. The hub cannot be reached; \"run\" delivers "
		       "it as soon as it can.\n");
}

/* And what became of it. */
static enum cs_err
deliver_decision(struct desk_job *j, uint64_t id)
{
	json_t *made = NULL;
	bool reached = cs_desk_deliver(j->d) == CS_OK;
	const char *state;
	enum cs_err err = cs_desk_decision_show(&made, j->d, id);

	state = json_get_str(made, "state");
	if (err == CS_OK && strcmp(state, "applied") == 0)
		printf("Decided, signed, and applied by the hub.\n");
	else if (err == CS_OK && strcmp(state, "failed") == 0)
		err = desk_job_problem(j, CS_ERR_DENIED,
		    "Decided and signed, but the hub did not apply it. "
		    "\"audit\" says why.");
	else if (err == CS_OK)
		printf("Decided%s; \"run\" delivers it as soon as it can.\n",
		    reached ? ". The hub does not take it now"
			    : ". The hub cannot be reached");
	json_decref(made);
	return err;
}

/* The account that --account names, by its number or its handle. */
static enum cs_err
named_account(json_t *out, struct desk_job *j, const struct cs_desk_case_at *c)
{
	const char *name = desk_option(j, "account");
	json_t *shown = json_object();
	const json_t *o;
	size_t i;
	enum cs_err err =
	    cs_desk_case_show(shown, j->d, &j->actor, c->id, UINT64_MAX);

	json_array_foreach (json_object_get(shown, "accounts"), i, o)
		if (strcmp(json_get_str(o, "id"), name) == 0 ||
		    strcmp(json_get_str(o, "handle"), name) == 0)
			json_push(
			    out, json_string(json_get_str(o, "id")), &err);
	json_decref(shown);
	if (err == CS_OK && json_array_size(out) == 0)
		err = desk_job_problem(j, CS_ERR_NOT_FOUND,
		    "There is no account %.64s in this case.", name);
	return err;
}

/* What the options say beside the action. */
static enum cs_err
read_choice(struct cs_desk_choice *choice, json_t *accounts, uint64_t *seen,
    struct desk_job *j, const struct cs_desk_case_at *c)
{
	const char *duration = desk_option(j, "for");
	const char *version = desk_option(j, "seen");
	long long seconds = 0;

	*seen = *version != '\0' ? json_id_parse(version) : c->version;
	if (*seen == 0)
		return desk_job_problem(j, CS_ERR_MISUSE,
		    "--seen takes the number that \"case\" ends with.");
	if (*duration != '\0' && !cli_duration(&seconds, duration))
		return desk_job_problem(
		    j, CS_ERR_MISUSE, "--for takes a time such as 12h or 30d.");
	choice->duration_s = (uint64_t)seconds;
	choice->reason = cli_value(j->args, "reason");
	choice->facts = desk_option(j, "statement");
	choice->legal = desk_option(j, "law");
	choice->to_key = desk_option(j, "to-key");
	choice->all = *desk_option(j, "account") == '\0';
	choice->accounts = accounts;
	return choice->all ? CS_OK : named_account(accounts, j, c);
}

static enum cs_err
decide(struct desk_job *j, const struct cs_desk_case_at *c, int action)
{
	struct cs_desk_choice choice = { .action = (enum cs_desk_action)action,
		.ground = "",
		.at_once = true };
	json_t *accounts = json_array(), *made = NULL;
	uint64_t id = 0, seen;
	enum cs_err err;

	if ((err = read_choice(&choice, accounts, &seen, j, c)) == CS_OK &&
	    (err = cs_desk_case_decide(
		 j->d, &j->actor, c->id, seen, &choice, &id)) == CS_OK &&
	    (err = cs_desk_decision_show(&made, j->d, id)) == CS_OK) {
		if (*json_get_str(made, "aside") != '\0')
			printf("What came since then is now case %s.\n",
			    json_get_str(made, "aside"));
		if (strcmp(json_get_str(made, "state"), "waiting") == 0)
			printf("Decision %s waits for a second person: "
			       "countersign-desk confirm %s --as NAME\n",
			    json_get_str(made, "id"), json_get_str(made, "id"));
		else
			err = deliver_decision(j, id);
	}
	json_decref(accounts);
	json_decref(made);
	return err;
}

static enum cs_err
decide_named(struct desk_job *j, const struct cs_desk_case_at *c)
{
	int action = cs_desk_action_find(j->p.rest[1]);

	if (action < 0)
		return desk_job_problem(j, CS_ERR_MISUSE,
		    "An action is none, warn, disable, disable-until, "
		    "quarantine, dissolve or refer.");
	return decide(j, c, action);
}

int
run_decide(const struct cli_args *args)
{
	struct cs_desk_case_at c;
	struct desk_job j;
	int status = desk_job_begin(&j, args, 2, 2);
	enum cs_err err = CS_OK;

	if (status == CLI_OK &&
	    (err = cs_desk_case_find(&c, j.d, j.p.rest[0])) == CS_OK)
		err = decide_named(&j, &c);
	return desk_job_end(&j, status, err);
}

/* The last decision of the case that holds and took something. */
static enum cs_err
reverse_last(struct desk_job *j, const struct cs_desk_case_at *c)
{
	const char *why = desk_option(j, "statement");
	json_t *shown = json_object(), *o;
	uint64_t id = 0, made;
	size_t i;
	enum cs_err err =
	    cs_desk_case_show(shown, j->d, &j->actor, c->id, UINT64_MAX);

	json_array_foreach (json_object_get(shown, "decisions"), i, o) {
		const char *state = json_get_str(o, "state");

		if ((strcmp(state, "applied") == 0 ||
			strcmp(state, "queued") == 0) &&
		    strncmp(json_get_str(o, "action"), "disable", 7) == 0 &&
		    !json_is_string(json_object_get(o, "reverses")))
			id = json_id_parse(json_get_str(o, "id"));
	}
	json_decref(shown);
	if (err == CS_OK && id == 0)
		err = desk_job_problem(
		    j, CS_ERR_NOT_FOUND, "Nobody is disabled in this case.");
	if (err == CS_OK &&
	    (err = cs_desk_decision_reverse(j->d, &j->actor, id,
		 *why != '\0' ? why : "The decision was wrong.", &made)) ==
		CS_OK)
		err = deliver_decision(j, made);
	return err;
}

/* The report itself has to be proved: a case may hold others that are. */
static enum cs_err
check_report(struct desk_job *j)
{
	struct cs_desk_report_opened r = { 0 };
	uint8_t id[16];
	enum cs_err err;

	if ((err = cs_desk_report_find(j->d, j->p.rest[0], id)) == CS_OK &&
	    (err = cs_desk_report_load(&r, j->d, id)) == CS_OK &&
	    (r.evidence == NULL || !r.evidence->all_proved))
		err = desk_job_problem(j, CS_ERR_DENIED,
		    "This report is not proved; nobody is disabled for it.");
	cs_desk_report_clear(&r);
	return err;
}

/* The three words of a desk of one person, by the number of a report. */
int
run_act(const struct cli_args *args)
{
	const char *reason = cli_value(args, "reason");
	struct cs_desk_case_at c;
	const char *what;
	struct desk_job j;
	int status = desk_job_begin(&j, args, 2, 2);
	enum cs_err err = CS_OK;

	if (status != CLI_OK)
		return desk_job_end(&j, status, CS_OK);
	what = j.p.rest[1];
	if (strcmp(what, "disable") != 0 && strcmp(what, "enable") != 0 &&
	    strcmp(what, "dismiss") != 0)
		return desk_job_end(&j,
		    cli_fail(CLI_USAGE,
			"A decision is \"disable\", \"enable\" or "
			"\"dismiss\"."),
		    CS_OK);
	if (strcmp(what, "disable") == 0 &&
	    (reason == NULL || cs_reason_find(reason) == 0))
		return desk_job_end(&j,
		    cli_fail(CLI_USAGE,
			"Say why: --reason trafficking, child-abuse, "
			"threat-to-life, terrorism, recruitment-of-children, "
			"intimate-images, exposure, harassment, fraud, spam or "
			"other."),
		    CS_OK);
	if ((err = check_report(&j)) == CS_OK &&
	    (err = cs_desk_case_find(&c, j.d, j.p.rest[0])) == CS_OK)
		err = strcmp(what, "enable") == 0 ? reverse_last(&j, &c)
		    : strcmp(what, "disable") == 0
		    ? decide(&j, &c, CS_DESK_ACTION_DISABLE)
		    : decide(&j, &c, CS_DESK_ACTION_NONE);
	return desk_job_end(&j, CLI_OK, err);
}

/* ---- second thoughts, second people ------------------------------------- */

static int
by_number(const struct cli_args *args, int max,
    enum cs_err (*what)(struct desk_job *j, uint64_t id))
{
	struct desk_job j;
	int status = desk_job_begin(&j, args, 1, max);
	enum cs_err err = CS_OK;

	if (status == CLI_OK)
		err = what(&j, json_id_parse(j.p.rest[0]));
	return desk_job_end(&j, status, err);
}

static enum cs_err
undo(struct desk_job *j, uint64_t id)
{
	return cs_desk_decision_undo(j->d, &j->actor, id);
}

int
run_undo(const struct cli_args *args)
{
	return by_number(args, 1, undo);
}

static enum cs_err
confirm(struct desk_job *j, uint64_t id)
{
	enum cs_err err = cs_desk_decision_confirm(j->d, &j->actor, id);

	if (err == CS_OK)
		printf("Confirmed. It is sent in some seconds, and can be "
		       "taken back until then: countersign-desk undo %s\n",
		    j->p.rest[0]);
	return err;
}

int
run_confirm(const struct cli_args *args)
{
	return by_number(args, 1, confirm);
}

static enum cs_err
refuse(struct desk_job *j, uint64_t id)
{
	return cs_desk_decision_refuse(
	    j->d, &j->actor, id, j->p.n > 1 ? j->p.rest[1] : "");
}

int
run_refuse(const struct cli_args *args)
{
	return by_number(args, 2, refuse);
}

static enum cs_err
reverse(struct desk_job *j, uint64_t id)
{
	uint64_t made;
	enum cs_err err = cs_desk_decision_reverse(
	    j->d, &j->actor, id, j->p.n > 1 ? j->p.rest[1] : "", &made);

	return err ? err : deliver_decision(j, made);
}

int
run_reverse(const struct cli_args *args)
{
	return by_number(args, 2, reverse);
}

static enum cs_err
quality(struct desk_job *j, uint64_t id)
{
	const char *word = j->p.n > 1 ? j->p.rest[1] : "";

	if (strcmp(word, "agree") != 0 && strcmp(word, "disagree") != 0)
		return desk_job_problem(j, CS_ERR_MISUSE,
		    "It is quality DECISION agree or quality DECISION "
		    "disagree.");
	return cs_desk_decision_check(j->d, &j->actor, id,
	    strcmp(word, "agree") == 0, j->p.n > 2 ? j->p.rest[2] : "");
}

int
run_quality(const struct cli_args *args)
{
	return by_number(args, 3, quality);
}

/* ---- appeals ------------------------------------------------------------ */

int
run_appeals(const struct cli_args *args)
{
	json_t *items = json_array(), *o;
	struct desk_job j;
	size_t i;
	int status = desk_job_begin(&j, args, 0, 0);
	enum cs_err err = CS_OK;

	if (status == CLI_OK)
		err = cs_desk_appeals(
		    items, j.d, &j.actor, !cli_flag(args, "decided"));
	json_array_foreach (items, i, o) {
		if (cli_flag(args, "json")) {
			desk_print_line(o);
			continue;
		}
		printf("%.16s  %-11s case %s  %s  ", json_get_str(o, "id"),
		    json_get_str(o, "kind"), json_get_str(o, "case"),
		    json_get_str(o, "state"));
		cli_print_time(stdout, json_get_num(o, "at_ms"));
		printf("\n    ");
		cli_print_text(stdout, cs_view_str(json_get_str(o, "text")), 4);
		printf("\n");
	}
	json_decref(items);
	return desk_job_end(&j, status, err);
}

/* The one whose number begins so. */
static enum cs_err
find_appeal(uint8_t id[static 16], struct desk_job *j, const char *prefix)
{
	size_t n = 0, i;
	json_t *o;
	enum cs_err err = CS_OK;

	for (int open = 0; open < 2 && err == CS_OK; open++) {
		json_t *items = json_array();

		err = cs_desk_appeals(items, j->d, &j->actor, open != 0);
		json_array_foreach (items, i, o)
			if (strncmp(json_get_str(o, "id"), prefix,
				strlen(prefix)) == 0 &&
			    cs_unhex(id, 16, json_get_str(o, "id")) == CS_OK)
				n++;
		json_decref(items);
	}
	if (err == CS_OK && n != 1)
		err = desk_job_problem(j, CS_ERR_NOT_FOUND,
		    n == 0 ? "There is no such appeal."
			   : "More than one appeal's number begins so.");
	return err;
}

int
run_appeal(const struct cli_args *args)
{
	uint8_t id[16];
	struct desk_job j;
	int status = desk_job_begin(&j, args, 2, 2);
	enum cs_err err = CS_OK;

	if (status == CLI_OK) {
		bool back = strcmp(j.p.rest[1], "reverse") == 0;

		if (!back && strcmp(j.p.rest[1], "uphold") != 0)
			status = cli_fail(CLI_USAGE,
			    "An outcome is \"uphold\" or \"reverse\".");
		else if ((err = find_appeal(id, &j, j.p.rest[0])) == CS_OK &&
		    (err = cs_desk_appeal_decide(j.d, &j.actor, id, back,
			 desk_option(&j, "answer"))) == CS_OK)
			deliver(&j);
	}
	return desk_job_end(&j, status, err);
}
