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

	printf("%6s  %llu  %-22s %-8s ", json_get_str(o, "id"),
	    (unsigned long long)json_get_num(o, "severity"),
	    json_get_str(o, "reason"), json_get_str(o, "state"));
	cli_print_time(stdout, json_get_num(o, "opened_ms"));
	printf("  %llu report%s, %llu message%s",
	    (unsigned long long)json_get_num(o, "reports"),
	    json_get_num(o, "reports") == 1 ? "" : "s",
	    (unsigned long long)json_get_num(o, "items"),
	    json_get_num(o, "items") == 1 ? "" : "s");
	json_array_foreach (accounts, i, a)
		if (i < 5)
			printf("%s%s", i == 0 ? " of " : ", ",
			    json_get_str(a, "handle"));
	if (json_get_bool(o, "overdue"))
		printf("  OVERDUE");
	if (json_is_object(assignee))
		printf("  (%s)", json_get_str(assignee, "name"));
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
	    (err = cs_desk_cases(out, j.d, &j.actor, &q)) == CS_OK) {
		json_array_foreach (json_object_get(out, "items"), i, o) {
			if (cli_flag(args, "json"))
				desk_print_line(o);
			else
				case_line(o);
		}
		if (json_is_string(json_object_get(out, "next")) &&
		    !cli_flag(args, "json"))
			printf("More: --after %s\n", json_get_str(out, "next"));
	}
	json_decref(out);
	return desk_job_end(&j, status, err);
}

static void
show_decision(const json_t *o)
{
	const json_t *targets = json_object_get(o, "targets");

	printf("  decision %s: %s (%s) by %s, %s", json_get_str(o, "id"),
	    json_get_str(o, "action"), json_get_str(o, "reason"),
	    json_get_str(json_object_get(o, "by"), "name"),
	    json_get_str(o, "state"));
	if (json_get_num(targets, "total") != 0)
		printf(", applied %llu of %llu",
		    (unsigned long long)json_get_num(targets, "applied"),
		    (unsigned long long)json_get_num(targets, "total"));
	printf("\n");
}

static void
show_item(const json_t *o)
{
	const json_t *v;
	size_t i;

	printf("\n  message %s of %s, entry %llu of group %s, accepted ",
	    json_get_str(o, "id"),
	    json_get_str(json_object_get(o, "account"), "handle"),
	    (unsigned long long)json_get_num(o, "seq"),
	    json_get_str(o, "group"));
	cli_print_time(stdout, json_get_num(o, "accepted_ms"));
	printf("\n    reported by reporter %llu in %.16s: %s\n    ",
	    (unsigned long long)json_get_num(o, "reporter"),
	    json_get_str(o, "report"),
	    json_get_bool(o, "proved") ? "proved" : "NOT PROVED");
	cli_print_text(stdout, cs_view_str(json_get_str(o, "text")), 4);
	printf("\n");
	json_array_foreach (json_object_get(o, "links"), i, v)
		if (!json_get_bool(v, "ok"))
			printf("    not proved that %s: %s\n",
			    json_get_str(v, "text"),
			    json_get_str(v, "problem"));
	json_array_foreach (json_object_get(o, "media"), i, v)
		printf("    file %s, %s, %llu bytes: %s\n",
		    json_get_str(v, "id"), json_get_str(v, "type"),
		    (unsigned long long)json_get_num(v, "size"),
		    json_get_str(v, "state"));
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
		printf("  %s %.16s, %s: ", json_get_str(v, "kind"),
		    json_get_str(v, "id"), json_get_str(v, "state"));
		cli_print_text(stdout, cs_view_str(json_get_str(v, "text")), 4);
		printf("\n");
	}
	json_array_foreach (json_object_get(o, "notes"), i, v) {
		printf("  %s by %s: ", json_get_str(v, "kind"),
		    json_get_str(v, "by"));
		cli_print_text(stdout, cs_view_str(json_get_str(v, "text")), 4);
		printf("\n");
	}
	json_array_foreach (json_object_get(o, "questions"), i, v) {
		printf("  asked the reporter of %.16s: ",
		    json_get_str(v, "report"));
		cli_print_text(stdout, cs_view_str(json_get_str(v, "text")), 4);
		printf("\n    answer: ");
		cli_print_text(
		    stdout, cs_view_str(json_get_str(v, "answer")), 4);
		printf("\n");
	}
	json_array_foreach (json_object_get(o, "items"), i, v)
		show_item(v);
	printf("  as it is now: --seen %llu\n",
	    (unsigned long long)json_get_num(o, "version"));
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
	    (err = cs_desk_case_show(out, j.d, &j.actor, c.id, 0)) == CS_OK) {
		if (cli_flag(args, "json"))
			desk_print_line(out);
		else
			show_case(out);
	}
	json_decref(out);
	return desk_job_end(&j, status, err);
}
