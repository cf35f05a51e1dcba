/* SPDX-License-Identifier: MIT */
/* countersign-desk: cases, decisions and appeals by command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/desk.h"
#include "base/text.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "content/evidence.h"
#include "desk/decision_internal.h"

/* One command at work: the desk, who acts, and the arguments. */
struct job {
	struct cs_desk *d;
	struct cs_desk_who who;
	struct place p;
	const struct cli_args *args;
};

static int
begin(struct job *j, const struct cli_args *args, int min, int max)
{
	int status;

	memset(j, 0, sizeof *j);
	j->args = args;
	if ((status = find_place_among(&j->p, args, min, max)) != CLI_OK ||
	    (status = open_desk(&j->d, j->p.dir, args)) != CLI_OK)
		return status;
	return find_who(&j->who, j->d, args);
}

static int
end(struct job *j, int status, enum cs_err err)
{
	if (status == CLI_OK && err)
		status = desk_fail(j->d, err);
	cs_desk_close(j->d);
	return status;
}

static const char *
option(const struct job *j, const char *name)
{
	const char *value = cli_value(j->args, name);

	return value != NULL ? value : "";
}

static void
print_line(json_t *o)
{
	if (json_dumpf(o, stdout, JSON_COMPACT) == 0)
		putchar('\n');
}

/* ---- which case --------------------------------------------------------- */

/* A case's number; or that of a report, from four characters on, whose case is
 * meant. */
static enum cs_err
find_case(struct desk_case *out, struct job *j, const char *s)
{
	uint64_t id = desk_id(s);
	uint8_t report[16];
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (id != 0 && strlen(s) < 9 &&
	    (err = desk_case_load(out, j->d, id)) != CS_ERR_NOT_FOUND)
		return err;
	desk_case_clear(out);
	if (strlen(s) < 4)
		return desk_problem(
		    j->d, CS_ERR_NOT_FOUND, "There is no case %.16s.", s);
	if ((err = cs_desk_find(j->d, s, report)) ||
	    (err = desk_case_of_report(&id, j->d, report)))
		return err;
	return desk_case_load(out, j->d, id);
}

/* ---- lists -------------------------------------------------------------- */

static void
case_line(const json_t *o)
{
	const json_t *a, *accounts = json_object_get(o, "accounts");
	const json_t *assignee = json_object_get(o, "assignee");
	size_t i;

	printf("%6s  %llu  %-22s %-8s ", desk_str(o, "id"),
	    (unsigned long long)desk_num(o, "severity"), desk_str(o, "reason"),
	    desk_str(o, "state"));
	cli_print_time(stdout, desk_num(o, "opened_ms"));
	printf("  %llu report%s, %llu message%s",
	    (unsigned long long)desk_num(o, "reports"),
	    desk_num(o, "reports") == 1 ? "" : "s",
	    (unsigned long long)desk_num(o, "items"),
	    desk_num(o, "items") == 1 ? "" : "s");
	json_array_foreach (accounts, i, a)
		if (i < 5)
			printf("%s%s", i == 0 ? " of " : ", ",
			    desk_str(a, "handle"));
	if (desk_bool(o, "overdue"))
		printf("  OVERDUE");
	if (json_is_object(assignee))
		printf("  (%s)", desk_str(assignee, "name"));
	printf("\n");
}

int
run_cases(const struct cli_args *args)
{
	struct cs_desk_query q = { .state = -1, .assignee = -1, .limit = 200 };
	json_t *out = json_object(), *o;
	struct job j;
	size_t i;
	int status = begin(&j, args, 0, 0);
	enum cs_err err = CS_OK;

	if (status == CLI_OK) {
		const char *state = option(&j, "state");

		q.reason = option(&j, "reason");
		q.words = option(&j, "search");
		q.cursor = option(&j, "after");
		if (*state != '\0' &&
		    (q.state = cs_desk_case_state_find(state)) < 0)
			status = cli_fail(CLI_USAGE,
			    "A state is open, waiting, decided or closed.");
	}
	if (status == CLI_OK &&
	    (err = cs_desk_cases(out, j.d, &j.who, &q)) == CS_OK) {
		json_array_foreach (json_object_get(out, "items"), i, o) {
			if (cli_flag(args, "json"))
				print_line(o);
			else
				case_line(o);
		}
		if (json_is_string(json_object_get(out, "next")) &&
		    !cli_flag(args, "json"))
			printf("More: --after %s\n", desk_str(out, "next"));
	}
	json_decref(out);
	return end(&j, status, err);
}

static void
show_decision(const json_t *o)
{
	const json_t *targets = json_object_get(o, "targets");

	printf("  decision %s: %s (%s) by %s, %s", desk_str(o, "id"),
	    desk_str(o, "action"), desk_str(o, "reason"),
	    desk_str(json_object_get(o, "by"), "name"), desk_str(o, "state"));
	if (desk_num(targets, "total") != 0)
		printf(", applied %llu of %llu",
		    (unsigned long long)desk_num(targets, "applied"),
		    (unsigned long long)desk_num(targets, "total"));
	printf("\n");
}

static void
show_item(const json_t *o)
{
	const json_t *v;
	size_t i;

	printf("\n  message %s of %s, entry %llu of group %s, accepted ",
	    desk_str(o, "id"),
	    desk_str(json_object_get(o, "account"), "handle"),
	    (unsigned long long)desk_num(o, "seq"), desk_str(o, "group"));
	cli_print_time(stdout, desk_num(o, "accepted_ms"));
	printf("\n    reported by reporter %llu in %.16s: %s\n    ",
	    (unsigned long long)desk_num(o, "reporter"), desk_str(o, "report"),
	    desk_bool(o, "proved") ? "proved" : "NOT PROVED");
	cli_print_text(stdout, cs_view_str(desk_str(o, "text")), 4);
	printf("\n");
	json_array_foreach (json_object_get(o, "links"), i, v)
		if (!desk_bool(v, "ok"))
			printf("    not proved that %s: %s\n",
			    desk_str(v, "text"), desk_str(v, "problem"));
	json_array_foreach (json_object_get(o, "media"), i, v)
		printf("    file %s, %s, %llu bytes: %s\n", desk_str(v, "id"),
		    desk_str(v, "type"),
		    (unsigned long long)desk_num(v, "size"),
		    desk_str(v, "state"));
}

static void
show_case(const json_t *o)
{
	const json_t *v;
	size_t i;

	case_line(o);
	json_array_foreach (json_object_get(o, "decisions"), i, v)
		show_decision(v);
	json_array_foreach (json_object_get(o, "appeals"), i, v) {
		printf("  %s %.16s, %s: ", desk_str(v, "kind"),
		    desk_str(v, "id"), desk_str(v, "state"));
		cli_print_text(stdout, cs_view_str(desk_str(v, "text")), 4);
		printf("\n");
	}
	json_array_foreach (json_object_get(o, "notes"), i, v) {
		printf("  %s by %s: ", desk_str(v, "kind"), desk_str(v, "by"));
		cli_print_text(stdout, cs_view_str(desk_str(v, "text")), 4);
		printf("\n");
	}
	json_array_foreach (json_object_get(o, "questions"), i, v) {
		printf(
		    "  asked the reporter of %.16s: ", desk_str(v, "report"));
		cli_print_text(stdout, cs_view_str(desk_str(v, "text")), 4);
		printf("\n    answer: ");
		cli_print_text(stdout, cs_view_str(desk_str(v, "answer")), 4);
		printf("\n");
	}
	json_array_foreach (json_object_get(o, "items"), i, v)
		show_item(v);
	printf("  as it is now: --seen %llu\n",
	    (unsigned long long)desk_num(o, "version"));
}

int
run_case(const struct cli_args *args)
{
	json_t *out = json_object();
	struct desk_case c = { 0 };
	struct job j;
	int status = begin(&j, args, 1, 1);
	enum cs_err err = CS_OK;

	if (status == CLI_OK &&
	    (err = find_case(&c, &j, j.p.rest[0])) == CS_OK &&
	    (err = cs_desk_case_show(out, j.d, &j.who, c.id, 0)) == CS_OK) {
		if (cli_flag(args, "json"))
			print_line(out);
		else
			show_case(out);
	}
	desk_case_clear(&c);
	json_decref(out);
	return end(&j, status, err);
}

/* ---- work --------------------------------------------------------------- */

/* A change of the case that the first argument names. */
static int
change(const struct cli_args *args, int max,
    enum cs_err (*what)(struct job *j, const struct desk_case *c))
{
	struct desk_case c = { 0 };
	struct job j;
	int status = begin(&j, args, 1, max);
	enum cs_err err = CS_OK;

	if (status == CLI_OK && (err = find_case(&c, &j, j.p.rest[0])) == CS_OK)
		err = what(&j, &c);
	desk_case_clear(&c);
	return end(&j, status, err);
}

static enum cs_err
claim(struct job *j, const struct desk_case *c)
{
	return cs_desk_claim(j->d, &j->who, c->id, c->version);
}

int
run_claim(const struct cli_args *args)
{
	return change(args, 1, claim);
}

static enum cs_err
release(struct job *j, const struct desk_case *c)
{
	struct cs_desk_who to;
	enum cs_err err;

	if (*option(j, "to") == '\0')
		return cs_desk_release(j->d, &j->who, c->id, c->version);
	if ((err = cs_desk_person_find(&to, j->d, option(j, "to"))))
		return err;
	return cs_desk_hand_over(j->d, &j->who, c->id, c->version, to.id);
}

int
run_release(const struct cli_args *args)
{
	return change(args, 1, release);
}

static enum cs_err
note(struct job *j, const struct desk_case *c)
{
	enum cs_desk_note kind = CS_DESK_NOTE;

	if (cli_flag(j->args, "escalate"))
		kind = CS_DESK_ESCALATION;
	else if (cli_flag(j->args, "opinion"))
		kind = CS_DESK_OPINION;
	else if (*option(j, "source") != '\0')
		kind = CS_DESK_ATTACHMENT;
	return cs_desk_note_add(j->d, &j->who, c->id, c->version, kind,
	    option(j, "source"), j->p.n > 1 ? j->p.rest[1] : "");
}

int
run_note(const struct cli_args *args)
{
	return change(args, 2, note);
}

static enum cs_err
triage(struct job *j, const struct desk_case *c)
{
	const char *age = option(j, "age");

	return cs_desk_triage(j->d, &j->who, c->id, c->version,
	    *age != '\0' ? age : desk_str(c->doc, "age"),
	    desk_num(c->doc, "threat_ms"), option(j, "reason"));
}

int
run_triage(const struct cli_args *args)
{
	return change(args, 1, triage);
}

static enum cs_err
merge(struct job *j, const struct desk_case *c)
{
	return cs_desk_merge(j->d, &j->who, c->id, c->version,
	    j->p.n > 1 ? desk_id(j->p.rest[1]) : 0);
}

int
run_merge(const struct cli_args *args)
{
	return change(args, 2, merge);
}

static enum cs_err
hold(struct job *j, const struct desk_case *c)
{
	return cs_desk_hold(j->d, &j->who, c->id, c->version,
	    !cli_flag(j->args, "end"), j->p.n > 1 ? j->p.rest[1] : "");
}

int
run_hold(const struct cli_args *args)
{
	return change(args, 2, hold);
}

static enum cs_err
question(struct job *j, const struct desk_case *c)
{
	uint8_t report[16];
	enum cs_err err = cs_desk_find(j->d, j->p.rest[0], report);

	return err ? err
		   : cs_desk_question(j->d, &j->who, c->id, c->version, report,
			 j->p.n > 1 ? j->p.rest[1] : "");
}

int
run_question(const struct cli_args *args)
{
	return change(args, 2, question);
}

/* ---- deciding ----------------------------------------------------------- */

/* Each account of which something is proved, unless some were named. */
static enum cs_err
accounts_of(json_t *out, struct job *j, const struct desk_case *c)
{
	const char *only = option(j, "account");
	json_t *proved = json_object();
	const char *hex;
	json_t *handle;
	enum cs_err err = desk_accounts_proved(proved, j->d, c->id);

	json_object_foreach (proved, hex, handle)
		if (*only == '\0' || strcmp(only, hex) == 0 ||
		    strcmp(only, json_string_value(handle)) == 0)
			desk_add(out, json_string(hex), &err);
	json_decref(proved);
	return err;
}

/* All items, or all files, of the case. */
static enum cs_err
ids_of(json_t *out, struct job *j, const struct desk_case *c, bool media)
{
	json_t *items = json_array(), *o, *m;
	size_t i, k;
	enum cs_err err = desk_items(items, j->d, c, 0);

	json_array_foreach (items, i, o) {
		if (!media)
			desk_add(
			    out, json_incref(json_object_get(o, "id")), &err);
		else
			json_array_foreach (json_object_get(o, "media"), k, m)
				desk_add(out,
				    json_incref(json_object_get(m, "id")),
				    &err);
	}
	json_decref(items);
	return err;
}

/* Tell the hub now if it can be reached. */
static void
deliver(struct job *j)
{
	if (desk_actions_flush(j->d) == CS_OK)
		printf("Decided, signed, and applied by the hub.\n");
	else
		printf("Decided. The hub cannot be reached; \"run\" delivers "
		       "it as soon as it can.\n");
}

static enum cs_err
decide(struct job *j, const struct desk_case *c, int action)
{
	json_t *accounts = json_array(), *items = json_array(),
	       *media = json_array(), *made = NULL;
	const char *reason = option(j, "reason");
	long long seconds = 0;
	uint64_t seen = c->version;
	struct cs_desk_choice choice = {
		.action = (enum cs_desk_act)action,
		.reason = *reason != '\0' ? reason : NULL,
		.accounts = accounts,
		.items = items,
		.media = media,
		.facts = option(j, "statement"),
		.ground = "",
		.legal = option(j, "law"),
		.to_key = option(j, "to-key"),
		.at_once = true,
	};
	uint64_t id = 0;
	enum cs_err err = CS_OK;

	if (*option(j, "for") != '\0') {
		if (!cli_duration(&seconds, option(j, "for")))
			err = desk_problem(j->d, CS_ERR_MISUSE,
			    "--for takes a time such as 12h or 30d.");
		choice.duration_s = (uint64_t)seconds;
	}
	if (err == CS_OK && (err = accounts_of(accounts, j, c)) == CS_OK &&
	    action == CS_DESK_ACT_DISSOLVE)
		err = ids_of(items, j, c, false);
	if (err == CS_OK && action == CS_DESK_ACT_QUARANTINE)
		err = ids_of(media, j, c, true);
	if (err == CS_OK && *option(j, "seen") != '\0' &&
	    (seen = desk_id(option(j, "seen"))) == 0)
		err = desk_problem(j->d, CS_ERR_MISUSE,
		    "--seen takes the number that \"case\" ends with.");
	if (err == CS_OK &&
	    (err = cs_desk_decide(j->d, &j->who, c->id, seen, &choice, &id)) ==
		CS_OK &&
	    (err = cs_desk_decision_show(&made, j->d, id)) == CS_OK) {
		if (*desk_str(made, "aside") != '\0')
			printf("What came since then is now case %s.\n",
			    desk_str(made, "aside"));
		if (strcmp(desk_str(made, "state"), "waiting") == 0)
			printf("Decision %s waits for a second person: "
			       "countersign-desk confirm %s --as NAME\n",
			    desk_str(made, "id"), desk_str(made, "id"));
		else
			deliver(j);
	}
	json_decref(accounts);
	json_decref(items);
	json_decref(media);
	json_decref(made);
	return err;
}

static enum cs_err
decide_named(struct job *j, const struct desk_case *c)
{
	int action = cs_desk_act_find(j->p.rest[1]);

	if (action < 0)
		return desk_problem(j->d, CS_ERR_MISUSE,
		    "An action is none, warn, disable, disable-until, "
		    "quarantine, dissolve or refer.");
	return decide(j, c, action);
}

int
run_decide(const struct cli_args *args)
{
	struct desk_case c = { 0 };
	struct job j;
	int status = begin(&j, args, 2, 2);
	enum cs_err err = CS_OK;

	if (status == CLI_OK && (err = find_case(&c, &j, j.p.rest[0])) == CS_OK)
		err = decide_named(&j, &c);
	desk_case_clear(&c);
	return end(&j, status, err);
}

/* The last decision of the case that holds and took something. */
static enum cs_err
reverse_last(struct job *j, const struct desk_case *c)
{
	json_t *list = json_array(), *o;
	uint64_t id = 0, made;
	size_t i;
	enum cs_err err = desk_decisions(list, j->d, c->id);

	json_array_foreach (list, i, o) {
		const char *state = desk_str(o, "state");

		if ((strcmp(state, "applied") == 0 ||
			strcmp(state, "queued") == 0) &&
		    strncmp(desk_str(o, "action"), "disable", 7) == 0 &&
		    !json_is_string(json_object_get(o, "reverses")))
			id = desk_id(desk_str(o, "id"));
	}
	json_decref(list);
	if (err == CS_OK && id == 0)
		err = desk_problem(
		    j->d, CS_ERR_NOT_FOUND, "Nobody is disabled in this case.");
	if (err == CS_OK &&
	    (err = cs_desk_reverse(j->d, &j->who, id,
		 *option(j, "statement") != '\0' ? option(j, "statement")
						 : "The decision was wrong.",
		 &made)) == CS_OK)
		deliver(j);
	return err;
}

/* The report itself has to be proved: a case may hold others that are. */
static enum cs_err
check_report(struct job *j)
{
	struct cs_desk_case r = { 0 };
	uint8_t id[16];
	enum cs_err err;

	if ((err = cs_desk_find(j->d, j->p.rest[0], id)) == CS_OK &&
	    (err = cs_desk_load(&r, j->d, id)) == CS_OK &&
	    (r.evidence == NULL || !r.evidence->all_proved))
		err = desk_problem(j->d, CS_ERR_DENIED,
		    "This report is not proved; nobody is disabled for it.");
	cs_desk_case_clear(&r);
	return err;
}

/* The three words of a desk of one person, by the number of a report. */
int
run_act(const struct cli_args *args)
{
	const char *reason = cli_value(args, "reason");
	struct desk_case c = { 0 };
	const char *what;
	struct job j;
	int status = begin(&j, args, 2, 2);
	enum cs_err err = CS_OK;

	if (status != CLI_OK)
		return end(&j, status, CS_OK);
	what = j.p.rest[1];
	if (strcmp(what, "disable") != 0 && strcmp(what, "enable") != 0 &&
	    strcmp(what, "dismiss") != 0)
		return end(&j,
		    cli_fail(CLI_USAGE,
			"A decision is \"disable\", \"enable\" or "
			"\"dismiss\"."),
		    CS_OK);
	if (strcmp(what, "disable") == 0 &&
	    (reason == NULL || cs_reason_find(reason) == 0))
		return end(&j,
		    cli_fail(CLI_USAGE,
			"Say why: --reason trafficking, child-abuse, "
			"threat-to-life, terrorism, recruitment-of-children, "
			"intimate-images, exposure, harassment, fraud, spam or "
			"other."),
		    CS_OK);
	if ((err = check_report(&j)) == CS_OK &&
	    (err = find_case(&c, &j, j.p.rest[0])) == CS_OK)
		err = strcmp(what, "enable") == 0 ? reverse_last(&j, &c)
		    : strcmp(what, "disable") == 0
		    ? decide(&j, &c, CS_DESK_ACT_DISABLE)
		    : decide(&j, &c, CS_DESK_ACT_NONE);
	desk_case_clear(&c);
	return end(&j, CLI_OK, err);
}

/* ---- second thoughts, second people ------------------------------------- */

static int
by_number(const struct cli_args *args, int max,
    enum cs_err (*what)(struct job *j, uint64_t id))
{
	struct job j;
	int status = begin(&j, args, 1, max);
	enum cs_err err = CS_OK;

	if (status == CLI_OK)
		err = what(&j, desk_id(j.p.rest[0]));
	return end(&j, status, err);
}

static enum cs_err
undo(struct job *j, uint64_t id)
{
	return cs_desk_undo(j->d, &j->who, id);
}

int
run_undo(const struct cli_args *args)
{
	return by_number(args, 1, undo);
}

static enum cs_err
confirm(struct job *j, uint64_t id)
{
	enum cs_err err = cs_desk_confirm(j->d, &j->who, id);

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
refuse(struct job *j, uint64_t id)
{
	return cs_desk_refuse(
	    j->d, &j->who, id, j->p.n > 1 ? j->p.rest[1] : "");
}

int
run_refuse(const struct cli_args *args)
{
	return by_number(args, 2, refuse);
}

static enum cs_err
reverse(struct job *j, uint64_t id)
{
	uint64_t made;
	enum cs_err err = cs_desk_reverse(
	    j->d, &j->who, id, j->p.n > 1 ? j->p.rest[1] : "", &made);

	if (err == CS_OK)
		deliver(j);
	return err;
}

int
run_reverse(const struct cli_args *args)
{
	return by_number(args, 2, reverse);
}

/* ---- appeals ------------------------------------------------------------ */

int
run_appeals(const struct cli_args *args)
{
	json_t *items = json_array(), *o;
	struct job j;
	size_t i;
	int status = begin(&j, args, 0, 0);
	enum cs_err err = CS_OK;

	if (status == CLI_OK)
		err = cs_desk_appeals(
		    items, j.d, &j.who, !cli_flag(args, "decided"));
	json_array_foreach (items, i, o) {
		if (cli_flag(args, "json")) {
			print_line(o);
			continue;
		}
		printf("%.16s  %-11s case %s  %s  ", desk_str(o, "id"),
		    desk_str(o, "kind"), desk_str(o, "case"),
		    desk_str(o, "state"));
		cli_print_time(stdout, desk_num(o, "at_ms"));
		printf("\n    ");
		cli_print_text(stdout, cs_view_str(desk_str(o, "text")), 4);
		printf("\n");
	}
	json_decref(items);
	return end(&j, status, err);
}

/* The one whose number begins so. */
static enum cs_err
find_appeal(uint8_t id[static 16], struct job *j, const char *prefix)
{
	size_t n = 0, i;
	json_t *o;
	enum cs_err err = CS_OK;

	for (int open = 0; open < 2 && err == CS_OK; open++) {
		json_t *items = json_array();

		err = cs_desk_appeals(items, j->d, &j->who, open != 0);
		json_array_foreach (items, i, o)
			if (strncmp(desk_str(o, "id"), prefix,
				strlen(prefix)) == 0 &&
			    cs_unhex(id, 16, desk_str(o, "id")) == CS_OK)
				n++;
		json_decref(items);
	}
	if (err == CS_OK && n != 1)
		err = desk_problem(j->d, CS_ERR_NOT_FOUND,
		    n == 0 ? "There is no such appeal."
			   : "More than one appeal's number begins so.");
	return err;
}

int
run_appeal(const struct cli_args *args)
{
	uint8_t id[16];
	struct job j;
	int status = begin(&j, args, 2, 2);
	enum cs_err err = CS_OK;

	if (status == CLI_OK) {
		bool back = strcmp(j.p.rest[1], "reverse") == 0;

		if (!back && strcmp(j.p.rest[1], "uphold") != 0)
			status = cli_fail(CLI_USAGE,
			    "An outcome is \"uphold\" or \"reverse\".");
		else if ((err = find_appeal(id, &j, j.p.rest[0])) == CS_OK &&
		    (err = cs_desk_appeal_decide(
			 j.d, &j.who, id, back, option(&j, "answer"))) == CS_OK)
			deliver(&j);
	}
	return end(&j, status, err);
}
