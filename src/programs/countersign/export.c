/* SPDX-License-Identifier: MIT */
/* export without messages: the user's own data, as JSON in a file. */
#include "programs/countersign/export.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "content/evidence.h"
#include "content/evidence_write.h"
#include "member/show.h"
#include "programs/countersign/home.h"
#include "programs/countersign/json.h"
#include "programs/countersign/main.h"
#include "programs/countersign/notice.h"
#include "programs/countersign/show.h"
#include "store/file.h"
#include "store/file_out.h"
#include "wire/messages.h"

struct export
{
	struct cs_client *c;
	struct cs_file_out to;
	struct cs_json_writer j;
	struct cs_buf
	    text;  /* what ${j} has written and ${to} does not have yet */
	bool file; /* the failure is the file's */
};

/* Move what is written so far to the file, and end the line. */
static enum cs_err
flush(struct export *e)
{
	enum cs_err err = e->j.err;

	if (err || (err = cs_buf_add(&e->text, cs_view_str("\n"))))
		return err;
	err = cs_file_write_fd(e->to.fd, cs_buf_view(&e->text));
	e->file = err != CS_OK;
	cs_buf_reset(&e->text);
	return err;
}

/* After an item whose callback cannot fail. */
static void
flush_one(struct export *e)
{
	enum cs_err err = flush(e);

	if (e->j.err == CS_OK)
		e->j.err = err;
}

/* ---- lists -------------------------------------------------------------- */

static enum cs_err
put_message(void *arg, const struct cs_client_message *m)
{
	struct export *e = arg;

	cs_member_message_json(&e->j, NULL, m);
	return flush(e);
}

static void
put_contact(void *arg, const struct cs_client_contact *contact)
{
	struct export *e = arg;

	cs_json_object(&e->j, NULL);
	cs_json_string(&e->j, "name", contact->handle);
	cs_json_bool(&e->j, "accepted", contact->accepted);
	cs_json_bool(&e->j, "blocked", contact->blocked);
	cs_json_bool(&e->j, "changed", contact->changed);
	cs_json_close(&e->j);
	flush_one(e);
}

static void
put_device(void *arg, const struct cs_client_device *d)
{
	struct export *e = arg;

	cs_json_object(&e->j, NULL);
	cs_json_hex(&e->j, "id", CS_VIEW_OF(d->id));
	cs_json_string(&e->j, "name", d->name);
	cs_json_number(&e->j, "created_ms", d->created_ms);
	cs_json_number(&e->j, "seen_ms", d->seen_ms);
	cs_json_bool(&e->j, "this", d->own);
	cs_json_close(&e->j);
	flush_one(e);
}

static void
put_report(void *arg, const struct cs_client_report_state *s)
{
	const char *reason = cs_reason_name(s->reason);
	struct export *e = arg;

	cs_json_object(&e->j, NULL);
	cs_json_hex(&e->j, "id", CS_VIEW_OF(s->id));
	cs_json_string(&e->j, "reason", reason != NULL ? reason : "");
	cs_json_number(&e->j, "created_ms", s->created_ms);
	cs_json_number(&e->j, "messages", s->n_messages);
	cs_json_decimal(&e->j, "state", s->state, 0);
	cs_json_string(&e->j, "answer", s->answer);
	cs_json_text(&e->j, "question", s->question);
	cs_json_close(&e->j);
	flush_one(e);
}

static void
put_letter(void *arg, const struct cs_client_letter *l)
{
	static const char *const kinds[] = { "?", "appeal", "second-look",
		"reply" };
	struct export *e = arg;

	cs_json_object(&e->j, NULL);
	cs_json_hex(&e->j, "about", CS_VIEW_OF(l->subject));
	cs_json_string(&e->j, "kind",
	    l->kind < sizeof kinds / sizeof kinds[0] ? kinds[l->kind]
						     : kinds[0]);
	cs_json_number(&e->j, "created_ms", l->created_ms);
	cs_json_bool(&e->j, "sent", l->sent);
	cs_json_text(&e->j, "text", l->text);
	cs_json_close(&e->j);
	flush_one(e);
}

static void
put_notice(void *arg, const struct cs_client_notice *n)
{
	struct export *e = arg;

	cli_notice_json(&e->j, n);
	flush_one(e);
}

static void
put_group(struct export *e, const struct cs_client_group *g)
{
	cs_json_object(&e->j, NULL);
	cs_json_bool(&e->j, "direct", g->direct);
	cs_json_number(&e->j, "state", g->state);
	cs_json_string(&e->j, "name", g->name);
	cs_json_string(&e->j, "added_by", g->added_by);
	cs_json_array(&e->j, "members");
	for (size_t i = 0; i < g->n_members; i++)
		cs_json_string(&e->j, NULL, g->members[i]);
	cs_json_close(&e->j);
	cs_json_close(&e->j);
}

/* ---- the parts of the file ---------------------------------------------- */

/* The hub shows the devices and reports of a disabled account only in its own
 * part of the file. */
static enum cs_err
if_allowed(struct export *e, enum cs_err err)
{
	return err == CS_ERR_DENIED &&
		cs_client_hub_code(e->c) == CS_WIRE_E_DISABLED
	    ? CS_OK
	    : err;
}

static enum cs_err
put_groups(struct export *e)
{
	struct cs_client_groups groups = { 0 };
	enum cs_err err = cs_client_groups(&groups, e->c);

	for (size_t i = 0; err == CS_OK && i < groups.n; i++) {
		put_group(e, &groups.v[i]);
		err = flush(e);
	}
	cs_client_groups_free(&groups);
	return err;
}

static enum cs_err
put_messages(struct export *e)
{
	return cs_client_messages(e->c, CS_CLIENT_ALL, put_message, e);
}

static enum cs_err
put_contacts(struct export *e)
{
	return cs_client_contacts(e->c, put_contact, e);
}

static enum cs_err
put_devices(struct export *e)
{
	return if_allowed(e, cs_client_devices(e->c, put_device, e));
}

static enum cs_err
put_reports(struct export *e)
{
	return if_allowed(e, cs_client_reports(e->c, put_report, e));
}

static enum cs_err
put_letters(struct export *e)
{
	return cs_client_letters(e->c, put_letter, e);
}

/* Decisions that are not the desk's are left out. */
static enum cs_err
put_notices(struct export *e)
{
	enum cs_err err = cs_client_notices(e->c, put_notice, e);

	return err == CS_ERR_SIGNATURE ? CS_OK : err;
}

static const struct {
	const char *name;
	enum cs_err (*put)(struct export *e);
} lists[] = {
	{ "conversations", put_groups },
	{ "messages", put_messages },
	{ "contacts", put_contacts },
	{ "devices", put_devices },
	{ "reports", put_reports },
	{ "letters", put_letters },
	{ "notices", put_notices },
};

/* The hub's answer is included as JSON only if it is JSON: otherwise a hub
 * could end the file's object before its end. */
static enum cs_err
put_hub(struct export *e)
{
	struct cs_buf json = { 0 };
	enum cs_err err = cs_client_account_export(e->c, &json);

	if (err == CS_OK && cli_json_valid(cs_buf_view(&json)))
		cs_json_raw(&e->j, "hub", cs_buf_view(&json));
	else if (err == CS_OK)
		cs_json_text(&e->j, "hub", cs_buf_view(&json));
	cs_buf_free(&json);
	return err;
}

static enum cs_err
put_all(struct export *e)
{
	struct cs_json_writer *j = &e->j;
	enum cs_err err = CS_OK;

	cs_json_object(j, NULL);
	cs_json_hex(j, "account", cs_view(cs_client_account(e->c), CS_ID_LEN));
	cs_json_hex(j, "device", cs_view(cs_client_device(e->c), CS_ID_LEN));
	cs_json_string(j, "name", cs_client_handle(e->c));
	cs_json_string(j, "hub_name", cs_client_hub(e->c));
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		cs_json_array(j, lists[i].name);
		if ((err = flush(e)) || (err = lists[i].put(e)))
			return err;
		cs_json_close(j);
	}
	if ((err = put_hub(e)))
		return err;
	cs_json_close(j);
	if ((err = cs_json_end(j)))
		return err;
	return flush(e);
}

/* ---- the file ----------------------------------------------------------- */

static enum cs_err
write_to(struct export *e, const char *path)
{
	enum cs_err err = cs_file_out_open(&e->to, path);

	if (err) {
		e->file = true;
		return err;
	}
	e->j = cs_json_writer(&e->text);
	err = put_all(e);
	cs_buf_free(&e->text);
	if (err)
		return cs_file_out_end(&e->to, err);
	err = cs_file_out_end(&e->to, CS_OK);
	e->file = err != CS_OK;
	return err;
}

int
cli_export_account(const struct cli_args *args)
{
	const char *path = cli_value(args, "output");
	struct export e = { 0 };
	enum cs_err err;
	int status = cli_open(&e.c, args, CLI_HELD);

	if (status != CLI_OK)
		return status;
	err = write_to(&e, path);
	if (err && e.file)
		status = report_error(err, "%s", path);
	else if (err)
		status = cli_client_fail(e.c, err);
	else
		fprintf(stderr,
		    "countersign: %s is not encrypted. Keep it where only you "
		    "can read it, and delete it when it has done its work.\n",
		    path);
	cli_close(e.c);
	return status;
}
