/* SPDX-License-Identifier: MIT */
#include "client/home/shelf.h"

#include <string.h>

#include "base/text.h"
#include "client/home/find.h"
#include "client/home/problem.h"
#include "content/mimi.h"

#define TABLE "shelf"
#define SHELF_VERSION 1

enum mark { PINNED = 1, MUTED = 2, ARCHIVED = 4, IS_REPLY = 8 };
#define ALL_MARKS (PINNED | MUTED | ARCHIVED | IS_REPLY)

static enum cs_err
parse(struct client_shelf *out, struct cs_view plain)
{
	struct cs_reader r = cs_reader(plain);
	uint8_t marks;

	memset(out, 0, sizeof *out);
	if (cs_read_u8(&r) != SHELF_VERSION)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	marks = cs_read_u8(&r);
	cs_read_copy(&r, out->reply_to, sizeof out->reply_to);
	out->draft = cs_read_vec(&r);
	if (cs_reader_end(&r) != CS_OK || (marks & ~ALL_MARKS) != 0)
		return CS_ERR_CORRUPT;
	out->marks.pinned = (marks & PINNED) != 0;
	out->marks.muted = (marks & MUTED) != 0;
	out->marks.archived = (marks & ARCHIVED) != 0;
	out->is_reply = (marks & IS_REPLY) != 0;
	return CS_OK;
}

enum cs_err
client_shelf_load(struct client_shelf *out, struct cs_buf *plain,
    struct cs_client *c, struct cs_view group_id)
{
	struct cs_rows rows;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_row(&rows, c->db, "SELECT sealed FROM shelf WHERE grp=?",
	    cs_blob(group_id));
	if (err == CS_OK &&
	    (err = cs_vault_open(plain, &c->key, TABLE, group_id,
		 cs_col_blob(&rows, 0))) == CS_OK)
		err = parse(out, cs_buf_view(plain));
	err = cs_rows_end(&rows, err);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static bool
is_bare(const struct client_shelf *s)
{
	return !s->marks.pinned && !s->marks.muted && !s->marks.archived &&
	    !s->is_reply && s->draft.len == 0;
}

static enum cs_err
write_shelf(struct cs_buf *out, const struct client_shelf *s)
{
	struct cs_writer w = cs_writer(out);

	cs_write_u8(&w, SHELF_VERSION);
	cs_write_u8(&w,
	    (uint8_t)((s->marks.pinned ? PINNED : 0) |
		(s->marks.muted ? MUTED : 0) |
		(s->marks.archived ? ARCHIVED : 0) |
		(s->is_reply ? IS_REPLY : 0)));
	cs_write_bytes(&w, CS_VIEW_OF(s->reply_to));
	cs_write_vec(&w, s->draft);
	return cs_writer_end(&w);
}

static enum cs_err
store(
    struct cs_client *c, struct cs_view group_id, const struct client_shelf *s)
{
	struct cs_buf plain = { 0 }, sealed = { 0 };
	enum cs_err err;

	if (is_bare(s))
		return cs_db_exec(
		    c->db, "DELETE FROM shelf WHERE grp=?", cs_blob(group_id));
	if ((err = write_shelf(&plain, s)) == CS_OK &&
	    (err = cs_vault_seal(&sealed, &c->key, TABLE, group_id,
		 cs_buf_view(&plain))) == CS_OK)
		err = cs_db_exec(c->db,
		    "INSERT INTO shelf(grp,sealed) VALUES(?,?)"
		    " ON CONFLICT(grp) DO UPDATE SET sealed=excluded.sealed",
		    cs_blob(group_id), cs_blob(cs_buf_view(&sealed)));
	cs_buf_free(&plain);
	cs_buf_free(&sealed);
	return err;
}

/* ---- what the user does ------------------------------------------------- */

/* The conversation, and what is kept of it. */
static enum cs_err
find(struct client_meant *meant, struct client_shelf *s, struct cs_buf *plain,
    struct cs_client *c, const char *typed)
{
	enum cs_err err = client_find(meant, c, typed, CLIENT_FIND_ANY);

	if (err)
		return err;
	if (meant->id_len == 0)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "There is no conversation with %.40s yet.", meant->handle);
	return client_shelf_load(
	    s, plain, c, cs_view(meant->id, meant->id_len));
}

enum cs_err
cs_client_shelve(
    struct cs_client *c, const char *typed, const struct cs_client_shelf *marks)
{
	struct cs_buf plain = { 0 };
	struct client_meant meant;
	struct client_shelf s;
	enum cs_err err = find(&meant, &s, &plain, c, typed);

	if (err == CS_OK) {
		s.marks = *marks;
		err = store(c, cs_view(meant.id, meant.id_len), &s);
	}
	cs_buf_free(&plain);
	return err;
}

enum cs_err
cs_client_draft(struct cs_client *c, const char *typed, struct cs_view text,
    const char *reply_to)
{
	struct cs_buf plain = { 0 };
	struct client_meant meant;
	struct client_shelf s;
	enum cs_err err;

	if (text.len > CS_MIMI_TEXT_MAX)
		return client_problem(c, CS_ERR_LIMIT,
		    "A text has at most %zu bytes.", CS_MIMI_TEXT_MAX);
	if (!cs_utf8_valid(text))
		return client_problem(
		    c, CS_ERR_FORMAT, "The text is not UTF-8.");
	err = find(&meant, &s, &plain, c, typed);
	if (err == CS_OK) {
		s.draft = text;
		s.is_reply = reply_to != NULL;
		memset(s.reply_to, 0, sizeof s.reply_to);
		if (reply_to != NULL)
			err = cs_client_message_find(c, reply_to, s.reply_to);
	}
	if (err == CS_OK)
		err = store(c, cs_view(meant.id, meant.id_len), &s);
	cs_buf_free(&plain);
	return err;
}
