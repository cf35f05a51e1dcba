/* SPDX-License-Identifier: MIT */
/* notices, appeal */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/main.h"
#include "cli/print.h"
#include "content/evidence.h"
#include "wire/messages.h"

#define ACTION_DIGITS 16 /* of a decision's id, as people see it */

static const char *
kind_text(const struct cs_client_notice *n)
{
	static const char *const texts[] = { "?", "account disabled",
		"decision reversed", "warning", "file locked",
		"conversation ended" };

	return n->kind < sizeof texts / sizeof texts[0] ? texts[n->kind]
							: texts[0];
}

static const char *
appeal_text(const struct cs_client_notice *n)
{
	static const char *const texts[] = { "none", "sent", "received",
		"upheld", "reversed", "unreadable" };

	return n->appeal < sizeof texts / sizeof texts[0] ? texts[n->appeal]
							  : "?";
}

static void
line(const char *label, struct cs_view text)
{
	if (text.len == 0)
		return;
	printf("    %s: ", label);
	cli_print_text(stdout, text, 6);
	printf("\n");
}

static void
when(const char *label, uint64_t ms)
{
	if (ms == 0)
		return;
	printf("    %s: ", label);
	cli_print_time(stdout, ms);
	printf("\n");
}

static void
print_statement(const struct cs_client_notice *n)
{
	line("What was done", n->what);
	line("Facts", n->facts);
	line(
	    n->illegal ? "Ground, illegal content" : "Ground, rules of the hub",
	    n->ground);
	line("Why", n->explanation);
	line("Where it holds", n->territory);
	printf("    Found by a machine: %s\n    Decided by a machine: %s\n",
	    n->automated_detection ? "yes" : "no",
	    n->automated_decision ? "yes" : "no");
	line("What you can do", n->redress);
	line("Decided by", n->reviewer);
	line("Case", n->case_number);
}

static void
print_text(const struct cs_client_notice *n, const char *id)
{
	const char *reason = cs_reason_name(n->reason);

	printf("%.*s  ", ACTION_DIGITS, id);
	cli_print_time(stdout, n->applied_ms);
	printf("  %s%s\n", kind_text(n), n->in_force ? "" : " (over)");
	if (reason != NULL)
		printf("    Reason: %s\n", reason);
	when("Until", n->until_ms);
	when("Reversed", n->reversed_ms);
	if (n->has_statement)
		print_statement(n);
	if (n->appeal != CS_WIRE_APPEAL_NONE)
		printf("    Your appeal: %s\n", appeal_text(n));
	line("The desk says", n->answer);
	if (n->can_appeal)
		printf("    You can object: countersign appeal %.*s --text "
		       "TEXT\n",
		    ACTION_DIGITS, id);
}

static void
json(const char *name, struct cs_view text)
{
	printf(",\"%s\":", name);
	cli_print_json(stdout, text);
}

static void
print_json(const struct cs_client_notice *n, const char *id)
{
	printf("{\"id\":\"%s\",\"kind\":\"%s\",\"reason\":%u,"
	       "\"decided_ms\":%llu,\"applied_ms\":%llu,\"until_ms\":%llu,"
	       "\"reversed_ms\":%llu,\"in_force\":%s,\"appeal\":\"%s\","
	       "\"can_appeal\":%s,\"automated_detection\":%s,"
	       "\"automated_decision\":%s,\"ground_kind\":\"%s\"",
	    id, kind_text(n), n->reason, (unsigned long long)n->decided_ms,
	    (unsigned long long)n->applied_ms, (unsigned long long)n->until_ms,
	    (unsigned long long)n->reversed_ms, n->in_force ? "true" : "false",
	    appeal_text(n), n->can_appeal ? "true" : "false",
	    n->automated_detection ? "true" : "false",
	    n->automated_decision ? "true" : "false",
	    n->illegal ? "illegal" : "terms");
	json("language", n->language);
	json("what", n->what);
	json("facts", n->facts);
	json("ground", n->ground);
	json("explanation", n->explanation);
	json("territory", n->territory);
	json("redress", n->redress);
	json("reviewer", n->reviewer);
	json("case", n->case_number);
	json("answer", n->answer);
	printf("}\n");
}

static void
print_notice(void *arg, const struct cs_client_notice *n)
{
	const bool *as_json = arg;
	char id[33];

	cs_hex(id, CS_VIEW_OF(n->id));
	if (*as_json)
		print_json(n, id);
	else
		print_text(n, id);
}

int
cli_notices(const struct cli_args *args)
{
	bool as_json = cli_flag(args, "json");
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_HELD);

	if (status != CLI_OK)
		return status;
	if ((err = cs_client_notices(c, print_notice, &as_json)))
		status = cli_client_fail(c, err);
	cs_client_close(c);
	return status;
}

struct search {
	const char *prefix; /* NULL: the only one that can be appealed */
	uint8_t id[16];
	unsigned n;
};

static void
compare(void *arg, const struct cs_client_notice *n)
{
	struct search *s = arg;
	char id[33];

	cs_hex(id, CS_VIEW_OF(n->id));
	if (s->prefix != NULL ? strncmp(id, s->prefix, strlen(s->prefix)) != 0
			      : !n->can_appeal)
		return;
	memcpy(s->id, n->id, sizeof s->id);
	s->n++;
}

int
cli_appeal(const struct cli_args *args)
{
	struct search s = { .prefix = cli_count(args) != 0 ? cli_arg(args, 0)
							   : NULL };
	const char *text = cli_value(args, "text");
	struct cs_client *c;
	enum cs_err err;
	int status;

	if (text == NULL || text[0] == '\0')
		return cli_fail(CLI_USAGE, "Say why: --text TEXT.");
	if ((status = cli_open(&c, args, CLI_HELD)) != CLI_OK)
		return status;
	if ((err = cs_client_notices(c, compare, &s)))
		status = cli_client_fail(c, err);
	else if (s.n != 1)
		status = cli_fail(CLI_NOT_DONE,
		    s.n == 0 ? "There is no such decision to object to."
			     : "There is more than one: say which, as "
			       "\"countersign notices\" shows it.");
	else if ((err = cs_client_appeal(c, s.id, cs_view_str(text))))
		status = cli_client_fail(c, err);
	else
		printf("Sent. \"countersign notices\" shows what becomes of "
		       "it.\n");
	cs_client_close(c);
	return status;
}
