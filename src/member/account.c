/* SPDX-License-Identifier: MIT */
#include "member/account.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "member/events.h"
#include "member/take.h"

#define LINK_WAIT_MS 3000

/* ---- devices ------------------------------------------------------------ */

static void
give_device(void *arg, const struct cs_client_device *d)
{
	struct cs_json_writer *j = arg;

	cs_json_object(j, NULL);
	cs_json_hex(j, "id", CS_VIEW_OF(d->id));
	cs_json_string(j, "name", d->name);
	cs_json_number(j, "created_ms", d->created_ms);
	cs_json_number(j, "seen_ms", d->seen_ms);
	cs_json_number(j, "ends_ms", d->ends_ms);
	cs_json_bool(j, "this", d->own);
	cs_json_close(j);
}

enum cs_err
member_devices(struct member_call *k)
{
	enum cs_err err;

	cs_json_array(k->out, "give");
	err = cs_client_devices(k->c, give_device, k->out);
	cs_json_close(k->out);
	return err;
}

enum cs_err
member_device_remove(struct member_call *k)
{
	struct cs_client_device d;
	enum cs_err err = cs_client_device_find(k->c, member_text(k, "id"), &d);

	if (err == CS_OK)
		err = cs_client_device_remove(k->c, d.id, UINT64_MAX);
	/* The hub proposed the removal in each conversation; this device is the
	 * first to come. */
	return err || d.own ? err : cs_client_sync(k->c);
}

enum cs_err
member_link_begin(struct member_call *k)
{
	enum cs_err err;

	cs_client_linking_free(k->m->linking);
	k->m->linking = NULL;
	k->m->link_asked = false;
	if ((err = cs_client_linking_new(&k->m->linking, k->c)))
		return err;
	cs_json_object(k->out, "give");
	cs_json_string(k->out, "code", cs_client_linking_code(k->m->linking));
	cs_json_close(k->out);
	return CS_OK;
}

static enum cs_err
no_linking(struct member_call *k)
{
	return member_fail(
	    k, CS_ERR_MISUSE, "Make a code for the new device first.");
}

enum cs_err
member_link_wait(struct member_call *k)
{
	struct cs_client_linking *l = k->m->linking;
	enum cs_err err;

	if (l == NULL)
		return no_linking(k);
	err = k->m->link_asked ? CS_OK
			       : cs_client_linking_wait(l, k->c, LINK_WAIT_MS);
	/* The code outlives the connection. */
	if (err == CS_ERR_CLOSED && (err = cs_client_connect(k->c)) == CS_OK)
		err = CS_ERR_TIMEOUT;
	if (err && err != CS_ERR_TIMEOUT)
		return err;
	cs_json_object(k->out, "give");
	if (err == CS_OK) {
		k->m->link_asked = true;
		cs_json_string(k->out, "name", cs_client_linking_name(l));
		cs_json_string(k->out, "number", cs_client_linking_number(l));
		cs_json_bool(k->out, "wants_history",
		    cs_client_linking_wants_history(l));
	}
	cs_json_close(k->out);
	return CS_OK;
}

enum cs_err
member_link_end(struct member_call *k)
{
	cs_client_linking_free(k->m->linking);
	k->m->linking = NULL;
	k->m->link_asked = false;
	return CS_OK;
}

enum cs_err
member_link_agree(struct member_call *k)
{
	enum cs_client_give give = member_bool(k, "history")
	    ? CS_CLIENT_GIVE_HISTORY
	    : CS_CLIENT_GIVE_NO_HISTORY;
	enum cs_err err;

	if (k->m->linking == NULL || !k->m->link_asked)
		return no_linking(k);
	if ((err = cs_client_linking_agree(k->m->linking, k->c, give)))
		return err;
	return member_link_end(k);
}

enum cs_err
member_history(struct member_call *k)
{
	static const char *const names[] = {
		[CS_CLIENT_HISTORY_NONE] = "none",
		[CS_CLIENT_HISTORY_WAITS] = "waits",
		[CS_CLIENT_HISTORY_DONE] = "done",
	};
	static const struct cs_client_history_progress progress = {
		.moved = member_event_progress,
	};
	enum cs_client_history state;
	enum cs_err err = cs_client_history(&state, k->c, &progress);

	if (err)
		return err;
	if (state == CS_CLIENT_HISTORY_DONE)
		member_event(k->m, "changed");
	cs_json_object(k->out, "give");
	cs_json_string(k->out, "state", names[state]);
	cs_json_close(k->out);
	return CS_OK;
}

/* ---- settings ----------------------------------------------------------- */

enum cs_err
member_settings_now(struct member_call *k)
{
	struct cs_client_settings s;
	enum cs_err err = cs_client_settings(&s, k->c);

	if (err)
		return err;
	cs_json_object(k->out, "give");
	cs_json_string(k->out, "unknown_senders",
	    s.unknown_senders == CS_CLIENT_UNKNOWN_REFUSE ? "refuse"
							  : "request");
	cs_json_bool(k->out, "receipts", s.receipts);
	cs_json_close(k->out);
	return CS_OK;
}

enum cs_err
member_settings(struct member_call *k)
{
	const char *unknown = member_text(k, "unknown_senders");
	enum cs_err err = CS_OK;

	if (unknown != NULL && strcmp(unknown, "refuse") != 0 &&
	    strcmp(unknown, "request") != 0)
		return member_fail(k, CS_ERR_FORMAT,
		    "Messages of unknown people are refused or requests.");
	if (unknown != NULL)
		err = cs_client_unknown_senders(k->c,
		    strcmp(unknown, "refuse") == 0 ? CS_CLIENT_UNKNOWN_REFUSE
						   : CS_CLIENT_UNKNOWN_REQUEST);
	if (err == CS_OK && member_has(k, "receipts"))
		err = cs_client_receipts(k->c, member_bool(k, "receipts"));
	return err;
}

/* ---- backups ------------------------------------------------------------ */

enum cs_err
member_backup(struct member_call *k)
{
	const struct cs_client_backup_secret secret = {
		.passphrase = member_view(k, "passphrase"),
	};
	char file[MEMBER_FILE_SIZE];
	char *path;
	enum cs_err err;

	member_new_file(file, "backup");
	if ((path = member_path(k, file)) == NULL)
		return CS_ERR_NOMEM;
	err = cs_client_backup(k->c, path, &secret, member_event_progress);
	cs_free_plain(path);
	if (err)
		return err;
	cs_json_object(k->out, "give");
	cs_json_string(k->out, "file", file);
	cs_json_close(k->out);
	return CS_OK;
}

enum cs_err
member_restore(struct member_call *k)
{
	const struct cs_client_backup_secret secret = {
		.words = member_text(k, "words"),
		.passphrase = member_view(k, "passphrase"),
	};
	char *path = member_path(k, member_text(k, "file"));
	uint64_t taken = 0;
	enum cs_err err;

	if (path == NULL)
		return CS_ERR_NOMEM;
	err = cs_client_restore(
	    &taken, k->c, path, &secret, member_event_progress);
	cs_free_plain(path);
	if (err)
		return err;
	cs_json_object(k->out, "give");
	cs_json_number(k->out, "messages", taken);
	cs_json_close(k->out);
	member_event(k->m, "changed");
	return CS_OK;
}

enum cs_err
member_account_leave(struct member_call *k)
{
	return cs_client_account_leave(k->c);
}
