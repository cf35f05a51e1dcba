/* SPDX-License-Identifier: MIT */
/* countersign-desk: decisions and appeals, by command line. */
#include "programs/desk/main.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "cli/print.h"
#include "content/evidence.h"
#include "content/evidence_write.h"
#include "desk/cases/case.h"
#include "desk/cases/queue.h"
#include "desk/core/policy.h"
#include "desk/core/record.h"
#include "desk/core/text.h"
#include "desk/daemon/deliver.h"
#include "desk/decisions/appeal.h"
#include "desk/decisions/decide.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/revise.h"
#include "desk/reports/report.h"
#include "desk/show/decision.h"
#include "programs/desk/place.h"

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

static void
say_waits(uint64_t id)
{
	printf("Decision %llu waits for a second person: countersign-desk "
	       "confirm %llu --as NAME\n",
	    (unsigned long long)id, (unsigned long long)id);
}

/* The same, and say what became of the decision. */
static enum cs_err
deliver_decision(struct desk_job *j, uint64_t id)
{
	bool reached = cs_desk_deliver(j->d) == CS_OK;
	struct desk_decision made;
	enum cs_err err = desk_decision_load(&made, j->d, id);

	if (err == CS_OK && made.state == CS_DESK_DECISION_APPLIED)
		printf("Decided, signed, and applied by the hub.\n");
	else if (err == CS_OK && made.state == CS_DESK_DECISION_FAILED)
		err = desk_job_problem(j, CS_ERR_DENIED,
		    "Decided and signed, but the hub did not apply it. "
		    "\"audit\" says why.");
	else if (err == CS_OK && made.state == CS_DESK_DECISION_WAITING)
		say_waits(id);
	else if (err == CS_OK)
		printf("Decided%s; \"run\" delivers it as soon as it can.\n",
		    reached ? ". The hub does not take it now"
			    : ". The hub cannot be reached");
	desk_decision_clear(&made);
	return err;
}

/* Find the account that --account names, by its number or its handle. */
static enum cs_err
named_account(uint8_t out[static CS_ID_LEN], struct desk_job *j,
    const struct cs_desk_case_at *at)
{
	const char *name = desk_option(j, "account");
	struct desk_case c;
	bool found = false;
	enum cs_err err = desk_case_load(&c, j->d, at->id);

	for (size_t i = 0; i < c.accounts.n && !found; i++) {
		const struct desk_account *a = &c.accounts.at[i];
		char hex[2 * CS_ID_LEN + 1];

		cs_hex(hex, CS_VIEW_OF(a->id));
		found = strcmp(hex, name) == 0 || strcmp(a->handle, name) == 0;
		if (found)
			memcpy(out, a->id, CS_ID_LEN);
	}
	desk_case_clear(&c);
	if (err == CS_OK && !found)
		err = desk_job_problem(j, CS_ERR_NOT_FOUND,
		    "There is no account %.64s in this case.", name);
	return err;
}

/* Fill ${c} from the options besides the action; ${account} is for
 * --account. */
static enum cs_err
read_choice(struct cs_desk_choice *choice, uint8_t (*account)[CS_ID_LEN],
    struct desk_job *j, const struct cs_desk_case_at *c)
{
	const char *duration = desk_option(j, "for");
	long long seconds = 0;

	if (*duration != '\0' && !cli_duration(&seconds, duration))
		return desk_job_problem(
		    j, CS_ERR_MISUSE, "--for takes a time such as 12h or 30d.");
	choice->duration_s = (uint64_t)seconds;
	choice->reason = cli_value(j->args, "reason");
	choice->facts = desk_option(j, "statement");
	choice->legal = desk_option(j, "law");
	choice->to_key = desk_option(j, "to-key");
	choice->all = *desk_option(j, "account") == '\0';
	choice->accounts = account;
	choice->n_accounts = choice->all ? 0 : 1;
	return choice->all ? CS_OK : named_account(*account, j, c);
}

/* Set the version that --seen names, or the one just read. */
static enum cs_err
read_seen(uint64_t *seen, struct desk_job *j, const struct cs_desk_case_at *c)
{
	const char *version = desk_option(j, "seen");

	*seen = *version != '\0' ? desk_id_parse(version) : c->version;
	return *seen != 0 ? CS_OK
			  : desk_job_problem(j, CS_ERR_MISUSE,
				"--seen takes the number that \"case\" ends "
				"with.");
}

/* Say what follows from the decision ${id}. */
static enum cs_err
say_decided(struct desk_job *j, uint64_t id)
{
	struct desk_decision made;
	enum cs_err err = desk_decision_load(&made, j->d, id);
	bool waits = made.state == CS_DESK_DECISION_WAITING;

	if (err == CS_OK && made.aside != 0)
		printf("What came since then is now case %llu.\n",
		    (unsigned long long)made.aside);
	if (err == CS_OK && waits)
		say_waits(id);
	desk_decision_clear(&made);
	return err || waits ? err : deliver_decision(j, id);
}

static enum cs_err
decide(struct desk_job *j, const struct cs_desk_case_at *c,
    enum cs_desk_action action)
{
	struct cs_desk_choice choice = {
		.action = action, .ground = "", .at_once = true
	};
	struct cs_desk_edit e = {
		.d = j->d, .actor = &j->actor, .case_id = c->id
	};
	uint8_t account[1][CS_ID_LEN];
	uint64_t id = 0;
	enum cs_err err;

	if ((err = read_seen(&e.version, j, c)) ||
	    (err = read_choice(&choice, account, j, c)) ||
	    (err = cs_desk_case_decide(&e, &choice, &id)))
		return err;
	return say_decided(j, id);
}

static enum cs_err
decide_named(struct desk_job *j, const struct cs_desk_case_at *c)
{
	int action = cs_desk_action_find(j->p.rest[1]);

	if (action < 0)
		return desk_job_problem(j, CS_ERR_MISUSE,
		    "An action is none, warn, disable, disable-until, "
		    "quarantine, dissolve or refer.");
	return decide(j, c, (enum cs_desk_action)action);
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

static enum cs_err
find_disabling(void *arg, const struct desk_decision *dec)
{
	uint64_t *id = arg;

	if ((dec->state == CS_DESK_DECISION_APPLIED ||
		dec->state == CS_DESK_DECISION_QUEUED) &&
	    (dec->action == CS_DESK_ACTION_DISABLE ||
		dec->action == CS_DESK_ACTION_DISABLE_UNTIL) &&
	    dec->reverses == 0)
		*id = dec->id;
	return CS_OK;
}

/* Reverse the last decision of the case that stands and did something. */
static enum cs_err
reverse_last(struct desk_job *j, const struct cs_desk_case_at *c)
{
	const char *why = desk_option(j, "statement");
	uint64_t id = 0, made;
	enum cs_err err = desk_decisions(j->d, c->id, find_disabling, &id);

	if (err == CS_OK && id == 0)
		err = desk_job_problem(
		    j, CS_ERR_NOT_FOUND, "Nobody is disabled in this case.");
	if (err == CS_OK &&
	    (err = cs_desk_decision_reverse(j->d, &j->actor, id,
		 *why != '\0' ? why : "The decision was wrong.", &made)) ==
		CS_OK)
		err = say_decided(j, made);
	return err;
}

/* The report itself has to be proved, not only others in its case. */
static enum cs_err
check_report(struct desk_job *j)
{
	struct cs_desk_report_opened r = { 0 };
	uint8_t id[CS_ID_LEN];
	enum cs_err err;

	if ((err = cs_desk_report_find(j->d, j->p.rest[0], id)) == CS_OK &&
	    (err = cs_desk_report_load(&r, j->d, id)) == CS_OK &&
	    (r.evidence == NULL || !r.evidence->all_proved))
		err = desk_job_problem(j, CS_ERR_DENIED,
		    "This report is not proved; nobody is disabled for it.");
	cs_desk_report_clear(&r);
	return err;
}

/* The three commands for a desk of one person, which take the number of a
 * report. */
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
		err = what(&j, desk_id_parse(j.p.rest[0]));
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

	return err ? err : say_decided(j, made);
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
	    strcmp(word, "agree") == 0 ? CS_DESK_CHECK_AGREED
				       : CS_DESK_CHECK_DISAGREED,
	    j->p.n > 2 ? j->p.rest[2] : "");
}

int
run_quality(const struct cli_args *args)
{
	return by_number(args, 3, quality);
}

/* ---- appeals ------------------------------------------------------------ */

static enum cs_err
show_appeal(void *arg, const struct desk_appeal *a)
{
	char hex[2 * CS_ID_LEN + 1];

	(void)arg;
	cs_hex(hex, CS_VIEW_OF(a->id));
	printf("%.16s  %-11s case %llu  %s  ", hex,
	    desk_appeal_kind_name(a->kind), (unsigned long long)a->case_id,
	    desk_appeal_state_name(a->state));
	cli_print_time(stdout, a->at_ms);
	printf("\n");
	cli_print_text(stdout, "    ", cs_view_str(desk_string(a->text)), 4);
	printf("\n");
	return CS_OK;
}

static enum cs_err
print_appeals(struct desk_job *j, enum cs_desk_appeal_state state)
{
	json_t *items = json_array(), *o;
	size_t i;
	enum cs_err err = cs_desk_appeals(items, j->d, &j->actor, state);

	json_array_foreach (items, i, o)
		desk_print_line(o);
	json_decref(items);
	return err;
}

int
run_appeals(const struct cli_args *args)
{
	bool decided = cli_flag(args, "decided");
	struct desk_job j;
	int status = desk_job_begin(&j, args, 0, 0);
	enum cs_err err = CS_OK;

	if (status != CLI_OK)
		return desk_job_end(&j, status, err);
	if (cli_flag(args, "json"))
		err = print_appeals(&j,
		    decided ? CS_DESK_APPEAL_REVERSED : CS_DESK_APPEAL_OPEN);
	else
		err = decided ? desk_appeals_decided(j.d, show_appeal, NULL)
			      : desk_appeals_open(j.d, show_appeal, NULL);
	return desk_job_end(&j, status, err);
}

/* Appeals whose number begins with a prefix. */
struct finding {
	const char *prefix;
	uint8_t id[CS_ID_LEN];
	size_t n;
};

static enum cs_err
match_appeal(void *arg, const struct desk_appeal *a)
{
	struct finding *f = arg;
	char hex[2 * CS_ID_LEN + 1];

	cs_hex(hex, CS_VIEW_OF(a->id));
	if (strncmp(hex, f->prefix, strlen(f->prefix)) == 0) {
		memcpy(f->id, a->id, sizeof f->id);
		f->n++;
	}
	return CS_OK;
}

/* Find the only appeal whose number begins with ${prefix}. */
static enum cs_err
find_appeal(struct finding *f, struct desk_job *j, const char *prefix)
{
	enum cs_err err;

	*f = (struct finding){ .prefix = prefix };
	if ((err = desk_appeals_open(j->d, match_appeal, f)) == CS_OK)
		err = desk_appeals_decided(j->d, match_appeal, f);
	if (err == CS_OK && f->n != 1)
		err = desk_job_problem(j, CS_ERR_NOT_FOUND,
		    f->n == 0 ? "There is no such appeal."
			      : "More than one appeal's number begins so.");
	return err;
}

/* Say what follows from an appeal that was decided. */
static enum cs_err
say_heard(struct desk_job *j, const uint8_t id[static CS_ID_LEN])
{
	struct desk_decision dec = { 0 };
	struct desk_appeal a;
	bool waits = false;
	enum cs_err err = desk_appeal_load(&a, j->d, id);

	if (err == CS_OK && a.waits &&
	    (err = desk_appeal_decision(&dec, j->d, &a)) == CS_OK)
		waits = dec.state != CS_DESK_DECISION_REVERSED;
	if (waits)
		say_waits(dec.reversed_by);
	else if (err == CS_OK)
		deliver(j);
	desk_decision_clear(&dec);
	desk_appeal_clear(&a);
	return err;
}

int
run_appeal(const struct cli_args *args)
{
	struct finding f;
	struct desk_job j;
	int status = desk_job_begin(&j, args, 2, 2);
	enum cs_err err = CS_OK;

	if (status == CLI_OK) {
		bool back = strcmp(j.p.rest[1], "reverse") == 0;

		if (!back && strcmp(j.p.rest[1], "uphold") != 0)
			status = cli_fail(CLI_USAGE,
			    "An outcome is \"uphold\" or \"reverse\".");
		else if ((err = find_appeal(&f, &j, j.p.rest[0])) == CS_OK &&
		    (err = cs_desk_appeal_decide(j.d, &j.actor, f.id,
			 back ? CS_DESK_APPEAL_REVERSED : CS_DESK_APPEAL_UPHELD,
			 desk_option(&j, "answer"))) == CS_OK)
			err = say_heard(&j, f.id);
	}
	return desk_job_end(&j, status, err);
}
