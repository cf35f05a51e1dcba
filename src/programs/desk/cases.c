/* SPDX-License-Identifier: MIT */
/* countersign-desk: cases as they are, by command line. */
#include <stdio.h>

#include "base/text.h"
#include "cli/print.h"
#include "desk/cases/case.h"
#include "desk/cases/queue.h"
#include "desk/core/json.h"
#include "desk/show/case.h"
#include "programs/desk/desk.h"

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
	struct desk_job j;
	size_t i;
	int status = desk_job_begin(&j, args, 0, 0);
	enum cs_err err = CS_OK;

	if (status == CLI_OK) {
		const char *state = desk_option(&j, "state");

		q.reason = desk_option(&j, "reason");
		q.words = desk_option(&j, "search");
		q.cursor = desk_option(&j, "after");
		if (*state != '\0' &&
		    (q.state = cs_desk_case_state_find(state)) < 0)
			status = cli_fail(CLI_USAGE,
			    "A state is open, waiting, decided or closed.");
	}
	if (status == CLI_OK &&
	    (err = cs_desk_cases(out, j.d, &j.who, &q)) == CS_OK) {
		json_array_foreach (json_object_get(out, "items"), i, o) {
			if (cli_flag(args, "json"))
				desk_print_line(o);
			else
				case_line(o);
		}
		if (json_is_string(json_object_get(out, "next")) &&
		    !cli_flag(args, "json"))
			printf("More: --after %s\n", desk_str(out, "next"));
	}
	json_decref(out);
	return desk_job_end(&j, status, err);
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
	struct cs_desk_case_at c;
	struct desk_job j;
	int status = desk_job_begin(&j, args, 1, 1);
	enum cs_err err = CS_OK;

	if (status == CLI_OK &&
	    (err = cs_desk_case_find(&c, j.d, j.p.rest[0])) == CS_OK &&
	    (err = cs_desk_case_show(out, j.d, &j.who, c.id, 0)) == CS_OK) {
		if (cli_flag(args, "json"))
			desk_print_line(out);
		else
			show_case(out);
	}
	json_decref(out);
	return desk_job_end(&j, status, err);
}
