/* SPDX-License-Identifier: MIT */
/* report, reports, reply, second-look, export */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/print.h"
#include "content/evidence.h"
#include "content/evidence_write.h"
#include "programs/countersign/export.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"
#include "programs/countersign/notice.h"
#include "wire/messages.h"

struct picked {
	uint8_t mids[CS_CLIENT_REPORT_MAX][CS_CLIENT_MID_LEN];
	struct cs_client_report report;
};

static int
pick(struct picked *p, struct cs_client *c, const struct cli_args *args)
{
	const char *note = cli_value(args, "note");

	p->report.mids = p->mids;
	p->report.n = (size_t)cli_count(args);
	p->report.named = cli_flag(args, "with-name");
	p->report.note = cs_view_str(note != NULL ? note : "");
	for (int i = 0; i < cli_count(args); i++) {
		enum cs_err err =
		    cs_client_message_find(c, cli_arg(args, i), p->mids[i]);

		if (err)
			return cli_client_fail(c, err);
	}
	return CLI_OK;
}

static void
print_line(void *arg, const char *text)
{
	(void)arg;
	cli_print_text(stdout, "  ", cs_view_str(text), 2);
	printf("\n");
}

static int
send_report(struct cs_client *c, const struct cli_args *args, uint16_t reason)
{
	struct picked p = { .report = { .reason = reason } };
	struct cs_client_prepared_report *prepared = NULL;
	char id[33];
	enum cs_err err;
	int status = pick(&p, c, args);

	if (status != CLI_OK)
		return status;
	if ((err = cs_client_report_prepare(&prepared, c, &p.report)))
		return cli_client_fail(c, err);
	printf("This will leave your device, sealed so that only the report "
	       "desk can read it:\n");
	cs_client_report_describe(prepared, c, print_line, NULL);
	printf("  The reason: %s\n", cs_reason_name(reason));
	printf("Nothing else of the conversation is sent. The reported person "
	       "is not told who reported.\n");
	if (!cli_flag(args, "yes") &&
	    (status = cli_confirm("Send it? [y/N] ", "Nothing was sent.")) !=
		CLI_OK)
		goto out;
	if ((err = cs_client_report_send(c, prepared, id)))
		status = cli_client_fail(c, err);
	else
		printf("Reported. Number %s; \"countersign reports\" shows "
		       "what becomes of it.\n",
		    id);
out:
	cs_client_prepared_report_free(prepared);
	return status;
}

int
cli_report(const struct cli_args *args)
{
	const char *name = cli_value(args, "reason");
	uint16_t reason = name != NULL ? cs_reason_find(name) : 0;
	struct cs_client *c;
	int status;

	if (reason == 0)
		return cli_fail(CLI_USAGE,
		    "%s --reason takes one of: trafficking, child-abuse, "
		    "threat-to-life, terrorism, recruitment-of-children, "
		    "intimate-images, exposure, harassment, fraud, spam, "
		    "other.",
		    name != NULL ? "That is not a reason." : "Say why.");
	if ((status = cli_open(&c, args, CLI_ONLINE)) != CLI_OK)
		return status;
	status = send_report(c, args, reason);
	cli_close(c);
	return status;
}

static const char *
state_text(int state)
{
	switch (state) {
	case -1:
		return "waiting for the hub";
	case CS_WIRE_REPORT_SENT:
		return "sent";
	case CS_WIRE_REPORT_RECEIVED:
		return "received";
	case CS_WIRE_REPORT_REJECTED:
		return "rejected";
	case CS_WIRE_REPORT_ACTED:
		return "acted";
	default:
		return "closed";
	}
}

static const char *
second_look_text(uint8_t second_look)
{
	switch (second_look) {
	case CS_WIRE_SECOND_LOOK_NONE:
		return "none";
	case CS_WIRE_SECOND_LOOK_ASKED:
		return "asked";
	default:
		return "answered";
	}
}

/* Print what the user can do about a report. */
static void
print_open(const struct cs_client_report_state *s, const char *id)
{
	if (s->question.len != 0) {
		cli_print_text(stdout, "    The desk asks: ", s->question, 6);
		printf("\n    To answer: countersign reply %.16s TEXT\n", id);
	}
	if (s->unreadable)
		printf("    The desk asks something that does not open on this "
		       "device.\n");
	if (s->second_look != CS_WIRE_SECOND_LOOK_NONE)
		printf(
		    "    Second look: %s\n", second_look_text(s->second_look));
	if (s->reply.len != 0) {
		cli_print_text(stdout, "    The desk answers: ", s->reply, 6);
		printf("\n");
	}
	if (s->reply_elsewhere)
		printf("    The desk's answer opens only on the device that "
		       "asked.\n");
	if (s->can_ask_again)
		printf("    To have it looked at again, once: countersign "
		       "second-look %.16s [TEXT]\n",
		    id);
}

static void
report_json(struct cs_json_writer *j, const struct cs_client_report_state *s)
{
	const char *reason = cs_reason_name(s->reason);

	cs_json_object(j, NULL);
	cs_json_hex(j, "id", CS_VIEW_OF(s->id));
	cs_json_number(j, "created_ms", s->created_ms);
	cs_json_number(j, "updated_ms", s->updated_ms);
	cs_json_string(j, "reason", reason != NULL ? reason : "");
	cs_json_number(j, "messages", s->n_messages);
	cs_json_string(j, "state", state_text(s->state));
	cs_json_string(j, "answer", s->answer);
	if (s->unreadable)
		cs_json_null(j, "question");
	else
		cs_json_text(j, "question", s->question);
	cs_json_string(j, "second_look", second_look_text(s->second_look));
	if (s->reply_elsewhere)
		cs_json_null(j, "reply");
	else
		cs_json_text(j, "reply", s->reply);
	cs_json_close(j);
}

static void
print_report(void *arg, const struct cs_client_report_state *s)
{
	const char *reason = cs_reason_name(s->reason);
	struct cli_listing *l = arg;
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);
	char id[33];

	if (l->json) {
		report_json(&j, s);
		cli_list(l, &j);
		return;
	}
	cs_hex(id, CS_VIEW_OF(s->id));
	printf("%.16s  ", id);
	cli_print_time(stdout, s->created_ms);
	printf("  %s, %zu message%s: %s", reason != NULL ? reason : "?",
	    s->n_messages, s->n_messages == 1 ? "" : "s", state_text(s->state));
	printf("\n");
	if (s->answer[0] != '\0') {
		cli_print_text(
		    stdout, "    The desk says: ", cs_view_str(s->answer), 6);
		printf("\n");
	}
	print_open(s, id);
}

int
cli_reports(const struct cli_args *args)
{
	struct cli_listing l = { .json = cli_flag(args, "json") };
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_READ);

	if (status != CLI_OK)
		return status;
	if ((err = cs_client_reports(c, print_report, &l)) || (err = l.err))
		status = cli_client_fail(c, err);
	cli_close(c);
	return status;
}

typedef enum cs_err write_to_desk(struct cs_client *c,
    const uint8_t id[static 16], struct cs_view text, struct cs_view language);

static int
write_about(const struct cli_args *args, write_to_desk *write, const char *text)
{
	struct cs_client *c;
	uint8_t id[16];
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	if ((err = cs_client_report_find(c, cli_arg(args, 0), id)) ||
	    (err = write(
		 c, id, cs_view_str(text), cs_view_str(cli_language()))))
		status = cli_client_fail(c, err);
	else
		printf("Sent; only the report desk can read it. \"countersign "
		       "reports\" shows what becomes of it.\n");
	cli_close(c);
	return status;
}

int
cli_reply(const struct cli_args *args)
{
	return write_about(args, cs_client_report_reply, cli_arg(args, 1));
}

int
cli_second_look(const struct cli_args *args)
{
	return write_about(args, cs_client_second_look,
	    cli_count(args) > 1 ? cli_arg(args, 1) : "Please look again.");
}

int
cli_export(const struct cli_args *args)
{
	const char *path = cli_value(args, "output");
	const char *to = cli_value(args, "to-key");
	bool open = cli_flag(args, "open");
	struct picked p = { .report = { .reason = CS_REASON_OTHER } };
	uint8_t key[32];
	struct cs_client *c;
	enum cs_err err;
	int status;

	if (path == NULL)
		return cli_fail(CLI_USAGE, "Say where to: -o FILE.");
	if ((status = cli_may_write(args, path)) != CLI_OK)
		return status;
	if (cli_count(args) == 0 && to == NULL && !open)
		return cli_export_account(args);
	if (cli_count(args) == 0)
		return cli_fail(CLI_USAGE, "Say which messages.");
	if ((to != NULL) == open)
		return cli_fail(CLI_USAGE,
		    "Say for whom: --to-key KEY seals it, --open leaves it "
		    "readable for everybody.");
	if (to != NULL &&
	    (cs_unhex(key, sizeof key, to) != CS_OK ||
		!cs_hpke_public_valid(CS_DHKEM_X25519, CS_VIEW_OF(key))))
		return cli_fail(CLI_USAGE,
		    "--to-key takes a public key of 64 hex digits, as "
		    "\"countersign-verify --new-key\" prints it.");
	if ((status = cli_open(&c, args, CLI_READ)) != CLI_OK)
		return status;
	if ((status = pick(&p, c, args)) == CLI_OK) {
		err = cs_client_export(
		    c, &p.report, to != NULL ? key : NULL, path);
		if (err)
			status = cli_client_fail(c, err);
		else if (open)
			fprintf(stderr,
			    "countersign: Whoever reads %s can show others "
			    "what was written, and who wrote it. Delete it "
			    "when it has done its work.\n",
			    path);
	}
	cli_close(c);
	return status;
}
