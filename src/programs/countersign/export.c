/* SPDX-License-Identifier: MIT */
/* export without messages: the own data, as JSON in a file. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "content/evidence.h"
#include "content/evidence_write.h"
#include "programs/countersign/json.h"
#include "programs/countersign/main.h"
#include "store/file.h"
#include "wire/messages.h"

struct export
{
	struct cs_client *c;
	FILE *to;
	bool more; /* in a list, behind the first */
	bool file; /* it is the file that failed */
};

static void
text(FILE *to, const char *name, const char *value)
{
	fprintf(to, ",\"%s\":", name);
	cli_print_json(to, cs_view_str(value));
}

static void
number(FILE *to, const char *name, uint64_t value)
{
	fprintf(to, ",\"%s\":%llu", name, (unsigned long long)value);
}

static void
next(struct export *e)
{
	fprintf(e->to, e->more ? ",\n " : "\n ");
	e->more = true;
}

static void
id(struct export *e, const char *name, const uint8_t id[static 16])
{
	char hex[33];

	cs_hex(hex, cs_view(id, 16));
	fprintf(e->to, "{\"%s\":\"%s\"", name, hex);
}

/* ---- lists -------------------------------------------------------------- */

static enum cs_err
put_message(void *arg, const struct cs_client_message *m)
{
	struct export *e = arg;

	next(e);
	cli_message_json(e->to, m);
	return CS_OK;
}

static void
put_contact(void *arg, const struct cs_client_contact *contact)
{
	struct export *e = arg;

	next(e);
	fprintf(e->to,
	    "{\"name\":\"%s\",\"accepted\":%s,\"blocked\":%s,\"changed\":%s}",
	    contact->handle, contact->accepted ? "true" : "false",
	    contact->blocked ? "true" : "false",
	    contact->changed ? "true" : "false");
}

static void
put_device(void *arg, const struct cs_client_device *d)
{
	struct export *e = arg;

	next(e);
	id(e, "id", d->id);
	text(e->to, "name", d->name);
	number(e->to, "created_ms", d->created_ms);
	number(e->to, "seen_ms", d->seen_ms);
	fprintf(e->to, ",\"this\":%s}", d->own ? "true" : "false");
}

static void
put_report(void *arg, const struct cs_client_report_state *s)
{
	const char *reason = cs_reason_name(s->reason);
	struct export *e = arg;

	next(e);
	id(e, "id", s->id);
	text(e->to, "reason", reason != NULL ? reason : "");
	number(e->to, "created_ms", s->created_ms);
	number(e->to, "messages", s->n_messages);
	fprintf(e->to, ",\"state\":%d", s->state);
	text(e->to, "answer", s->answer);
	fprintf(e->to, ",\"question\":");
	cli_print_json(e->to, s->question);
	fprintf(e->to, "}");
}

static void
put_letter(void *arg, const struct cs_client_letter *l)
{
	static const char *const kinds[] = { "?", "appeal", "second-look",
		"reply" };
	struct export *e = arg;

	next(e);
	id(e, "about", l->subject);
	text(e->to, "kind",
	    l->kind < sizeof kinds / sizeof kinds[0] ? kinds[l->kind]
						     : kinds[0]);
	number(e->to, "created_ms", l->created_ms);
	fprintf(e->to, ",\"sent\":%s,\"text\":", l->sent ? "true" : "false");
	cli_print_json(e->to, l->text);
	fprintf(e->to, "}");
}

static void
put_notice(void *arg, const struct cs_client_notice *n)
{
	struct export *e = arg;

	next(e);
	cli_notice_json(e->to, n);
}

static enum cs_err
put_groups(struct export *e)
{
	struct cs_client_groups groups = { 0 };
	enum cs_err err = cs_client_groups(&groups, e->c);

	for (size_t i = 0; err == CS_OK && i < groups.n; i++) {
		const struct cs_client_group *g = &groups.v[i];

		next(e);
		fprintf(e->to, "{\"direct\":%s,\"state\":%d",
		    g->direct ? "true" : "false", (int)g->state);
		text(e->to, "name", g->name);
		text(e->to, "added_by", g->added_by);
		fprintf(e->to, ",\"members\":[");
		for (size_t k = 0; k < g->n_members; k++)
			fprintf(e->to, "%s\"%s\"", k == 0 ? "" : ",",
			    g->members[k]);
		fprintf(e->to, "]}");
	}
	cs_client_groups_free(&groups);
	return err;
}

static void
list(struct export *e, const char *name)
{
	fprintf(e->to, ",\n\"%s\":[", name);
	e->more = false;
}

static void
end(struct export *e)
{
	fprintf(e->to, "]");
}

/* ---- all of it ---------------------------------------------------------- */

/* Only what is JSON stays JSON: a hub does not end the file before its end. */
static enum cs_err
put_hub(struct export *e)
{
	struct cs_buf json = { 0 };
	enum cs_err err = cs_client_account_export(e->c, &json);

	if (err == CS_OK) {
		fprintf(e->to, ",\n\"hub\":");
		if (cli_json_valid(cs_buf_view(&json)))
			fwrite(json.data, 1, json.len, e->to);
		else
			cli_print_json(e->to, cs_buf_view(&json));
	}
	cs_buf_free(&json);
	return err;
}

static void
put_self(struct export *e)
{
	char account[33], device[33];

	cs_hex(account, cs_view(cs_client_account(e->c), 16));
	cs_hex(device, cs_view(cs_client_device(e->c), 16));
	fprintf(
	    e->to, "{\"account\":\"%s\",\"device\":\"%s\"", account, device);
	text(e->to, "name", cs_client_handle(e->c));
	text(e->to, "hub_name", cs_client_hub(e->c));
}

/* Of a disabled account the hub does not tell the devices nor the reports
 * here; both are in its own answer. */
static enum cs_err
if_allowed(struct export *e, enum cs_err err)
{
	return err == CS_ERR_DENIED &&
		cs_client_hub_code(e->c) == CS_WIRE_E_DISABLED
	    ? CS_OK
	    : err;
}

static enum cs_err
put_all(struct export *e)
{
	enum cs_err err, lies;

	put_self(e);
	list(e, "conversations");
	if ((err = put_groups(e)))
		return err;
	end(e);
	list(e, "messages");
	if ((err = cs_client_messages(e->c, CS_CLIENT_ALL, put_message, e)))
		return err;
	end(e);
	list(e, "contacts");
	if ((err = cs_client_contacts(e->c, put_contact, e)))
		return err;
	end(e);
	list(e, "devices");
	if ((err = if_allowed(e, cs_client_devices(e->c, put_device, e))))
		return err;
	end(e);
	list(e, "reports");
	if ((err = if_allowed(e, cs_client_reports(e->c, put_report, e))))
		return err;
	end(e);
	list(e, "letters");
	if ((err = cs_client_letters(e->c, put_letter, e)))
		return err;
	end(e);
	list(e, "notices");
	lies = cs_client_notices(e->c, put_notice, e);
	if (lies && lies != CS_ERR_SIGNATURE)
		return lies;
	end(e);
	if ((err = put_hub(e)))
		return err;
	fprintf(e->to, "}\n");
	return CS_OK;
}

static enum cs_err
file_failed(struct export *e)
{
	e->file = true;
	return cs_file_errno();
}

/* Into a temporary file, which gets its name once it is whole. */
static enum cs_err
write_to(struct export *e, const char *path, char *tmp)
{
	int fd = mkostemp(tmp, O_CLOEXEC);
	enum cs_err err;

	if (fd < 0)
		return file_failed(e);
	if ((e->to = fdopen(fd, "w")) == NULL) {
		err = file_failed(e);
		close(fd);
		unlink(tmp);
		return err;
	}
	err = put_all(e);
	if (err == CS_OK && (fflush(e->to) != 0 || fsync(fd) != 0))
		err = file_failed(e);
	if (fclose(e->to) != 0 && err == CS_OK)
		err = file_failed(e);
	if (err == CS_OK && rename(tmp, path) != 0)
		err = file_failed(e);
	if (err)
		unlink(tmp);
	return err;
}

int
cli_export_account(const struct cli_args *args)
{
	const char *path = cli_value(args, "output");
	size_t size = strlen(path) + 8;
	char *tmp = cs_calloc(size, 1);
	struct export e = { 0 };
	enum cs_err err = CS_ERR_NOMEM;
	int status;

	if ((status = cli_open(&e.c, args, CLI_HELD)) != CLI_OK)
		goto out;
	if (tmp != NULL) {
		snprintf(tmp, size, "%s.XXXXXX", path);
		err = write_to(&e, path, tmp);
	}
	if (err && e.file)
		status = report_error(err, "%s", path);
	else if (err)
		status = cli_client_fail(e.c, err);
	else
		fprintf(stderr,
		    "countersign: %s is not encrypted. Keep it where only you "
		    "can read it, and delete it when it has done its work.\n",
		    path);
	cs_client_close(e.c);
out:
	cs_free_plain(tmp);
	return status;
}
