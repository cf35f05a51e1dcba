/* SPDX-License-Identifier: MIT */
#include "member/say.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "member/events.h"
#include "member/take.h"

static void
give_id(struct member_call *k, const char *mid, bool waits)
{
	cs_json_object(k->out, "give");
	cs_json_string(k->out, "id", mid);
	cs_json_bool(k->out, "waits", waits);
	cs_json_close(k->out);
}

/* What is kept goes out later: that is no failure. */
static enum cs_err
kept(enum cs_err err, const char *mid)
{
	return err == CS_ERR_CLOSED && mid[0] != '\0' ? CS_OK : err;
}

static enum cs_err
send_with(
    struct member_call *k, struct cs_client_outgoing *out, char *const paths[3])
{
	static const char *const names[] = { "photo", "file", "voice" };
	char mid[65] = "";
	enum cs_err err;

	for (int i = 0; i < 3; i++)
		if (member_has(k, names[i]) && paths[i] == NULL)
			return CS_ERR_NOMEM;
	out->photo_path = paths[0];
	out->file_path = paths[1];
	out->voice_path = paths[2];
	err = cs_client_send(k->c, out, mid);
	if (kept(err, mid) == CS_OK)
		give_id(k, mid, err != CS_OK);
	return kept(err, mid);
}

enum cs_err
member_send(struct member_call *k)
{
	struct cs_client_outgoing out = {
		.to = member_text(k, "to"),
		.text = member_view(k, "text"),
		.reply_to = member_text(k, "reply_to"),
		.begin = member_bool(k, "begin") ? cs_client_begin_with_anybody
						 : NULL,
	};
	static const char *const names[] = { "photo", "file", "voice" };
	uint64_t expires = member_number(k, "expires_s", 0);
	char *paths[3] = { 0 };
	unsigned n = 0;
	enum cs_err err;

	if (expires > UINT32_MAX)
		return member_fail(k, CS_ERR_LIMIT, "That is too long.");
	out.expires_s = (uint32_t)expires;
	for (int i = 0; i < 3; i++)
		if (member_has(k, names[i])) {
			paths[i] = member_path(k, member_text(k, names[i]));
			n++;
		}
	err = n > 1 ? member_fail(k, CS_ERR_FORMAT, "One file at a time.")
		    : send_with(k, &out, paths);
	/* It is sealed in the home by now. */
	for (int i = 0; i < 3; i++) {
		if (paths[i] != NULL && err == CS_OK)
			(void)unlink(paths[i]);
		cs_free_plain(paths[i]);
	}
	return err;
}

enum cs_err
member_send_files(struct member_call *k)
{
	enum cs_err err = cs_client_send_files(k->c, member_event_progress);

	member_event(k->m, "changed");
	return err;
}

enum cs_err
member_edit(struct member_call *k)
{
	char mid[65] = "";

	return kept(cs_client_edit(k->c, member_text(k, "id"),
			member_view(k, "text"), mid),
	    mid);
}

enum cs_err
member_delete(struct member_call *k)
{
	char mid[65] = "";
	const char *id = member_text(k, "id");

	return member_bool(k, "here")
	    ? cs_client_delete_here(k->c, id)
	    : kept(cs_client_delete(k->c, id, mid), mid);
}

enum cs_err
member_react(struct member_call *k)
{
	const char *id = member_text(k, "id");
	struct cs_view text = member_view(k, "text");
	char mid[65] = "";

	return kept(member_bool(k, "remove")
		? cs_client_react_remove(k->c, id, text, mid)
		: cs_client_react(k->c, id, text, mid),
	    mid);
}

enum cs_err
member_timer(struct member_call *k)
{
	uint64_t seconds = member_number(k, "seconds", 0);
	char mid[65] = "";

	if (seconds > UINT32_MAX)
		return member_fail(k, CS_ERR_LIMIT, "That is too long.");
	return kept(cs_client_timer_set(
			k->c, member_text(k, "id"), (uint32_t)seconds, mid),
	    mid);
}

enum cs_err
member_seen(struct member_call *k)
{
	enum cs_err err =
	    cs_client_seen(k->c, member_text(k, "id"), member_text(k, "last"));

	if (err == CS_OK &&
	    (err = cs_client_receipts_send(k->c)) == CS_ERR_CLOSED)
		err = CS_OK;
	return err;
}

enum cs_err
member_draft(struct member_call *k)
{
	return cs_client_draft(k->c, member_text(k, "id"),
	    member_view(k, "text"), member_text(k, "reply_to"));
}

enum cs_err
member_shelve(struct member_call *k)
{
	const struct cs_client_shelf marks = {
		.pinned = member_bool(k, "pinned"),
		.muted = member_bool(k, "muted"),
		.archived = member_bool(k, "archived"),
	};

	return cs_client_shelve(k->c, member_text(k, "id"), &marks);
}

enum cs_err
member_fetch(struct member_call *k)
{
	uint8_t mid[CS_CLIENT_MID_LEN];
	char file[MEMBER_FILE_SIZE];
	char *path;
	enum cs_err err =
	    cs_client_message_find(k->c, member_text(k, "id"), mid);

	if (err)
		return err;
	member_new_file(file, "got");
	if ((path = member_path(k, file)) == NULL)
		return CS_ERR_NOMEM;
	err = cs_client_message_save(k->c, mid, path, member_event_progress);
	cs_free_plain(path);
	if (err)
		return err;
	cs_json_object(k->out, "give");
	cs_json_string(k->out, "file", file);
	cs_json_close(k->out);
	return CS_OK;
}
