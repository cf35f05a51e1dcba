/* SPDX-License-Identifier: MIT */
/* notices, appeal */
#include "programs/countersign/notice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "content/evidence.h"
#include "content/evidence_write.h"
#include "content/letter.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"
#include "store/file.h"
#include "wire/messages.h"

#define ACTION_DIGITS 16 /* digits of a decision's id that people see */

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
	char head[64];

	if (text.len == 0)
		return;
	snprintf(head, sizeof head, "    %s: ", label);
	cli_print_text(stdout, head, text, 6);
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
	line("Language", n->language);
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
print_appeal(const struct cs_client_notice *n, const char *id)
{
	if (n->appeal != CS_WIRE_APPEAL_NONE) {
		printf("    Your appeal: %s, ", appeal_text(n));
		cli_print_time(stdout, n->appeal_ms);
		printf("\n");
	}
	line("The desk says", n->answer);
	line("The desk writes to you", n->reply);
	if (n->unreadable)
		printf(
		    "    The desk wrote to you; its letter opens only on the "
		    "device that the appeal was written on.\n");
	if (n->can_appeal)
		printf("    You can object: countersign appeal %.*s --text "
		       "TEXT\n",
		    ACTION_DIGITS, id);
}

static void
print_log(const struct cs_client_notice *n)
{
	if (n->in_log == CS_CLIENT_LOG_THERE)
		printf("    In the hub's public log: entry %llu\n",
		    (unsigned long long)n->log_entry);
	else if (n->in_log == CS_CLIENT_LOG_ANOTHER)
		printf(
		    "    NOT in the hub's public log where the hub says that "
		    "it is: entry %llu is something else. Ask the operator "
		    "why.\n",
		    (unsigned long long)n->log_entry);
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
	when("Decided", n->decided_ms);
	if (n->kind == CS_WIRE_ACTION_DISABLE && n->until_ms == 0)
		printf("    Until: it has no end\n");
	when("Until", n->until_ms);
	when("Reversed", n->reversed_ms);
	if (n->kind == CS_WIRE_ACTION_REVERSE) {
		char reversed[33];

		cs_hex(reversed, CS_VIEW_OF(n->reverses));
		printf("    Takes back: %.*s\n", ACTION_DIGITS, reversed);
	}
	if (n->has_statement)
		print_statement(n);
	print_log(n);
	print_appeal(n, id);
}

void
cli_notice_json(struct cs_json_writer *j, const struct cs_client_notice *n)
{
	const char *reason = cs_reason_name(n->reason);

	cs_json_object(j, NULL);
	cs_json_hex(j, "id", CS_VIEW_OF(n->id));
	cs_json_string(j, "kind", kind_text(n));
	cs_json_string(j, "reason", reason != NULL ? reason : "");
	cs_json_number(j, "decided_ms", n->decided_ms);
	cs_json_number(j, "applied_ms", n->applied_ms);
	cs_json_number(j, "until_ms", n->until_ms);
	cs_json_number(j, "reversed_ms", n->reversed_ms);
	cs_json_hex(j, "reverses", CS_VIEW_OF(n->reverses));
	cs_json_bool(j, "in_force", n->in_force);
	cs_json_string(j, "appeal", appeal_text(n));
	cs_json_number(j, "appeal_ms", n->appeal_ms);
	cs_json_bool(j, "can_appeal", n->can_appeal);
	cs_json_bool(j, "automated_detection", n->automated_detection);
	cs_json_bool(j, "automated_decision", n->automated_decision);
	cs_json_string(j, "ground_kind", n->illegal ? "illegal" : "terms");
	cs_json_text(j, "language", n->language);
	cs_json_text(j, "what", n->what);
	cs_json_text(j, "facts", n->facts);
	cs_json_text(j, "ground", n->ground);
	cs_json_text(j, "explanation", n->explanation);
	cs_json_text(j, "territory", n->territory);
	cs_json_text(j, "redress", n->redress);
	cs_json_text(j, "reviewer", n->reviewer);
	cs_json_text(j, "case", n->case_number);
	cs_json_string(j, "in_log",
	    n->in_log == CS_CLIENT_LOG_THERE         ? "there"
		: n->in_log == CS_CLIENT_LOG_ANOTHER ? "another"
						     : "unseen");
	if (n->in_log == CS_CLIENT_LOG_UNSEEN)
		cs_json_null(j, "log_entry");
	else
		cs_json_number(j, "log_entry", n->log_entry);
	cs_json_text(j, "answer", n->answer);
	if (n->unreadable)
		cs_json_null(j, "reply");
	else
		cs_json_text(j, "reply", n->reply);
	cs_json_close(j);
}

static void
print_notice(void *arg, const struct cs_client_notice *n)
{
	struct cli_listing *l = arg;
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);
	char id[33];

	if (l->json) {
		cli_notice_json(&j, n);
		cli_list(l, &j);
		return;
	}
	cs_hex(id, CS_VIEW_OF(n->id));
	print_text(n, id);
}

int
cli_notices(const struct cli_args *args)
{
	struct cli_listing l = { .json = cli_flag(args, "json") };
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_HELD);

	if (status != CLI_OK)
		return status;
	if ((err = cs_client_notices(c, print_notice, &l)) || (err = l.err))
		status = cli_client_fail(c, err);
	cli_close(c);
	return status;
}

/* ---- letters to the desk ------------------------------------------------ */

const char *
cli_language(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	static char tag[CS_LETTER_LANGUAGE_MAX + 1];
	const char *value = NULL;
	size_t n;

	for (size_t i = 0; i < 3 && (value == NULL || value[0] == '\0'); i++)
		value = getenv(names[i]);
	n = value != NULL ? strspn(value, "abcdefghijklmnopqrstuvwxyz") : 0;
	/* "ckb_IQ.UTF-8" is ckb; "C" and "POSIX" are no language. */
	if (n < 2 || n > 3)
		n = 0;
	memcpy(tag, value != NULL ? value : "", n);
	tag[n] = '\0';
	return tag;
}

/* The text of --text or --file.  If the status is not 0, the user was told why.
 */
static int
letter_text(struct cs_buf *out, const struct cli_args *args)
{
	const char *text = cli_value(args, "text");
	const char *path = cli_value(args, "file");
	enum cs_err err;

	out->max = CS_LETTER_TEXT_MAX;
	if ((text == NULL) == (path == NULL))
		return cli_fail(
		    CLI_USAGE, "Say why: --text TEXT or --file FILE.");
	err = text != NULL ? cs_buf_set(out, cs_view_str(text))
			   : cs_file_read(out, path, CS_LETTER_TEXT_MAX);
	if (err == CS_ERR_LIMIT)
		return cli_fail(CLI_USAGE,
		    "A letter to the desk has at most %d bytes.",
		    CS_LETTER_TEXT_MAX);
	return err ? report_error(err, "%s", path != NULL ? path : "--text")
		   : CLI_OK;
}

struct search {
	const char *prefix; /* NULL: the newest decision that can be appealed */
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
			      : !n->can_appeal || s->n != 0)
		return;
	memcpy(s->id, n->id, sizeof s->id);
	s->n++;
}

static int
appeal(struct cs_client *c, struct search *s, struct cs_view text)
{
	enum cs_err err;

	if ((err = cs_client_notices(c, compare, s)))
		return cli_client_fail(c, err);
	if (s->n != 1)
		return cli_fail(CLI_NOT_DONE,
		    s->n == 0 ? "There is no such decision to object to."
			      : "There is more than one: say which, as "
				"\"countersign notices\" shows it.");
	if ((err = cs_client_appeal(
		 c, s->id, text, cs_view_str(cli_language()))))
		return cli_client_fail(c, err);
	printf("Sent; only the report desk can read it. \"countersign "
	       "notices\" shows what becomes of it.\n");
	return CLI_OK;
}

int
cli_appeal(const struct cli_args *args)
{
	struct search s = { .prefix = cli_count(args) != 0 ? cli_arg(args, 0)
							   : NULL };
	struct cs_buf text = { 0 };
	struct cs_client *c;
	int status;

	if ((status = letter_text(&text, args)) == CLI_OK &&
	    (status = cli_open(&c, args, CLI_HELD)) == CLI_OK) {
		status = appeal(c, &s, cs_buf_view(&text));
		cli_close(c);
	}
	cs_buf_free(&text);
	return status;
}
