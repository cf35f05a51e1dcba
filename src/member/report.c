/* SPDX-License-Identifier: MIT */
#include "member/report.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "content/evidence.h"
#include "content/evidence_write.h"
#include "member/take.h"
#include "wire/messages.h"

/* ---- reporting ---------------------------------------------------------- */

struct picked {
	uint8_t mids[CS_CLIENT_REPORT_MAX][CS_CLIENT_MID_LEN];
	struct cs_client_report report;
};

static enum cs_err
pick(struct picked *p, struct member_call *k)
{
	size_t n = member_count(k, "ids");
	enum cs_err err = CS_OK;

	if (n == 0 || n > CS_CLIENT_REPORT_MAX)
		return member_fail(k, CS_ERR_FORMAT,
		    "Choose at least one message, and at most %d.",
		    CS_CLIENT_REPORT_MAX);
	p->report.mids = p->mids;
	p->report.n = n;
	p->report.named = member_bool(k, "named");
	for (size_t i = 0; err == CS_OK && i < n; i++)
		err = cs_client_message_find(
		    k->c, member_item(k, "ids", i), p->mids[i]);
	return err;
}

static void
give_line(void *arg, const char *text)
{
	cs_json_string(arg, NULL, text);
}

enum cs_err
member_report_prepare(struct member_call *k)
{
	struct picked p = { 0 };
	enum cs_err err = pick(&p, k);

	if (err)
		return err;
	p.report.reason = cs_reason_find(member_text(k, "reason"));
	if (p.report.reason == 0)
		return member_fail(k, CS_ERR_FORMAT, "Choose a reason.");
	p.report.note = member_view(k, "note");
	cs_client_prepared_report_free(k->m->prepared);
	k->m->prepared = NULL;
	if ((err = cs_client_report_prepare(&k->m->prepared, k->c, &p.report)))
		return err;
	cs_json_object(k->out, "give");
	cs_json_array(k->out, "lines");
	cs_client_report_describe(k->m->prepared, k->c, give_line, k->out);
	cs_json_close(k->out);
	cs_json_close(k->out);
	return CS_OK;
}

enum cs_err
member_report_send(struct member_call *k)
{
	char id[33];
	enum cs_err err;

	if (k->m->prepared == NULL)
		return member_fail(
		    k, CS_ERR_MISUSE, "There is no report to send.");
	if ((err = cs_client_report_send(k->c, k->m->prepared, id)))
		return err;
	cs_client_prepared_report_free(k->m->prepared);
	k->m->prepared = NULL;
	cs_json_object(k->out, "give");
	cs_json_string(k->out, "id", id);
	cs_json_close(k->out);
	return CS_OK;
}

static const char *
state_text(int state)
{
	switch (state) {
	case -1:
		return "waiting";
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

/* What does not open on this device is null. */
static void
give_text(struct cs_json_writer *j, const char *name, struct cs_view text,
    bool unreadable)
{
	if (unreadable)
		cs_json_null(j, name);
	else
		cs_json_text(j, name, text);
}

static void
give_report(void *arg, const struct cs_client_report_state *s)
{
	const char *reason = cs_reason_name(s->reason);
	struct cs_json_writer *j = arg;

	cs_json_object(j, NULL);
	cs_json_hex(j, "id", CS_VIEW_OF(s->id));
	cs_json_number(j, "created_ms", s->created_ms);
	cs_json_number(j, "updated_ms", s->updated_ms);
	cs_json_string(j, "reason", reason != NULL ? reason : "");
	cs_json_number(j, "messages", s->n_messages);
	cs_json_bool(j, "named", s->named);
	cs_json_string(j, "state", state_text(s->state));
	cs_json_string(j, "answer", s->answer);
	give_text(j, "question", s->question, s->unreadable);
	cs_json_string(j, "second_look", second_look_text(s->second_look));
	give_text(j, "reply", s->reply, s->reply_elsewhere);
	cs_json_bool(j, "can_ask_again", s->can_ask_again);
	cs_json_close(j);
}

enum cs_err
member_reports(struct member_call *k)
{
	enum cs_err err;

	cs_json_array(k->out, "give");
	err = cs_client_reports(k->c, give_report, k->out);
	cs_json_close(k->out);
	return err;
}

enum cs_err
member_report_reply(struct member_call *k)
{
	uint8_t id[CS_ID_LEN];
	enum cs_err err = cs_client_report_find(k->c, member_text(k, "id"), id);

	return err ? err
		   : cs_client_report_reply(k->c, id, member_view(k, "text"),
			 member_view(k, "language"));
}

enum cs_err
member_second_look(struct member_call *k)
{
	uint8_t id[CS_ID_LEN];
	enum cs_err err = cs_client_report_find(k->c, member_text(k, "id"), id);

	return err ? err
		   : cs_client_second_look(k->c, id, member_view(k, "text"),
			 member_view(k, "language"));
}

/* ---- decisions ---------------------------------------------------------- */

static void
give_statement(struct cs_json_writer *j, const struct cs_client_notice *n)
{
	cs_json_text(j, "what", n->what);
	cs_json_text(j, "facts", n->facts);
	cs_json_text(j, "ground", n->ground);
	cs_json_text(j, "explanation", n->explanation);
	cs_json_text(j, "redress", n->redress);
	cs_json_text(j, "case_number", n->case_number);
}

static void
give_notice(void *arg, const struct cs_client_notice *n)
{
	static const char *const appeals[] = { "none", "sent", "received",
		"upheld", "reversed", "unreadable" };
	const char *reason = cs_reason_name(n->reason);
	struct cs_json_writer *j = arg;

	cs_json_object(j, NULL);
	cs_json_hex(j, "id", CS_VIEW_OF(n->id));
	cs_json_number(j, "kind", n->kind);
	cs_json_string(j, "reason", reason != NULL ? reason : "");
	cs_json_number(j, "decided_ms", n->decided_ms);
	cs_json_number(j, "until_ms", n->until_ms);
	cs_json_number(j, "reversed_ms", n->reversed_ms);
	cs_json_bool(j, "in_force", n->in_force);
	give_statement(j, n);
	cs_json_string(j, "appeal",
	    n->appeal < sizeof appeals / sizeof *appeals ? appeals[n->appeal]
							 : "none");
	cs_json_text(j, "answer", n->answer);
	cs_json_text(j, "reply", n->reply);
	cs_json_bool(j, "can_appeal", n->can_appeal);
	cs_json_close(j);
}

enum cs_err
member_notices(struct member_call *k)
{
	enum cs_err err;

	cs_json_array(k->out, "give");
	err = cs_client_notices(k->c, give_notice, k->out);
	cs_json_close(k->out);
	return err;
}

enum cs_err
member_appeal(struct member_call *k)
{
	uint8_t id[CS_ID_LEN];
	enum cs_err err = cs_unhex(id, sizeof id, member_text(k, "id"));

	return err ? err
		   : cs_client_appeal(k->c, id, member_view(k, "text"),
			 member_view(k, "language"));
}

/* ---- evidence ----------------------------------------------------------- */

enum cs_err
member_evidence(struct member_call *k)
{
	const char *key_hex = member_text(k, "to_key");
	struct picked p = { 0 };
	uint8_t key[CS_KEY_LEN];
	char file[MEMBER_FILE_SIZE];
	char *path;
	enum cs_err err = pick(&p, k);

	if (err)
		return err;
	/* Whoever gets it asks why themselves. */
	p.report.reason = CS_REASON_OTHER;
	if (key_hex != NULL && cs_unhex(key, sizeof key, key_hex) != CS_OK)
		return member_fail(k, CS_ERR_FORMAT,
		    "The key has to be 64 of the characters 0-9 a-f.");
	member_new_file(file, "evidence");
	if ((path = member_path(k, file)) == NULL)
		return CS_ERR_NOMEM;
	err = cs_client_export(
	    k->c, &p.report, key_hex != NULL ? key : NULL, path);
	cs_free_plain(path);
	if (err)
		return err;
	cs_json_object(k->out, "give");
	cs_json_string(k->out, "file", file);
	cs_json_close(k->out);
	return CS_OK;
}
