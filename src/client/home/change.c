/* SPDX-License-Identifier: MIT */
#include "client/home/change.h"

#include <string.h>

#include "client/home/client.h"
#include "client/home/message.h"
#include "client/home/problem.h"
#include "client/home/room.h"

bool
client_part_is_for_room(enum client_part part)
{
	return part == CLIENT_PART_NAME || part == CLIENT_PART_PICTURE ||
	    part == CLIENT_PART_LINK;
}

/* ---- rows --------------------------------------------------------------- */

#define PLACE "id,kind,part,gone,about,expires,seen"

static enum cs_err
take_place(struct client_place *out, struct cs_rows *rows, enum cs_err err)
{
	if (err == CS_OK)
		*out = (struct client_place){
			.id = cs_col_int(rows, 0),
			.kind =
			    (enum cs_client_message_kind)cs_col_int(rows, 1),
			.part = (enum client_part)cs_col_int(rows, 2),
			.gone = (enum client_gone)cs_col_int(rows, 3),
			.about = cs_col_int(rows, 4),
			.expires_ms = cs_col_int(rows, 5),
			.seen = cs_col_int(rows, 6) != 0,
		};
	return cs_rows_end(rows, err);
}

enum cs_err
client_place_load(struct client_place *out, struct cs_client *c, uint64_t id)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_row(&rows, c->db,
	    "SELECT " PLACE " FROM message WHERE id=?", cs_int(id));

	return take_place(out, &rows, err);
}

enum cs_err
client_place_find(struct client_place *out, struct cs_client *c,
    const uint8_t mid[static CS_CLIENT_MID_LEN], uint64_t of)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_row(&rows, c->db,
	    "SELECT " PLACE " FROM message WHERE mid=? AND kind IN (?,?)"
	    " AND id<>? AND grp=(SELECT grp FROM message WHERE id=?)"
	    " ORDER BY id LIMIT 1",
	    cs_blob(cs_view(mid, CS_CLIENT_MID_LEN)),
	    cs_int(CS_CLIENT_RECEIVED), cs_int(CS_CLIENT_SENT), cs_int(of),
	    cs_int(of));

	err = take_place(out, &rows, err);
	if (err == CS_OK && out->part == CLIENT_PART_EDIT && out->about != 0)
		err = client_place_load(out, c, out->about);
	return err;
}

/* Did ${account} write the message in the row ${id}? */
static enum cs_err
is_author(bool *out, struct cs_client *c, uint64_t id,
    const uint8_t account[static CS_ID_LEN])
{
	struct client_record r;
	struct cs_capsule capsule;
	struct cs_buf plain = { 0 };
	enum cs_err err = client_message_load(&r, &plain, c, id);

	*out = false;
	if (err == CS_OK && r.kind == CS_CLIENT_SENT)
		*out = memcmp(account, c->self.account, CS_ID_LEN) == 0;
	else if (err == CS_OK && r.body.len != 0 &&
	    (err = cs_capsule_parse(&capsule, r.body)) == CS_OK)
		*out = memcmp(account, capsule.stamp.account, CS_ID_LEN) == 0;
	cs_buf_free(&plain);
	return err;
}

/* ---- what it is about --------------------------------------------------- */

static enum client_part
part_of(const struct cs_mimi_content *content)
{
	static const enum client_part parts[] = {
		[CS_MIMI_SAID] = CLIENT_PART_MESSAGE,
		[CS_MIMI_REACTION] = CLIENT_PART_REACTION,
		[CS_MIMI_DELETION] = CLIENT_PART_DELETION,
		[CS_MIMI_STATUS] = CLIENT_PART_STATUS,
		[CS_MIMI_TIMER] = CLIENT_PART_TIMER,
		[CS_MIMI_NAME] = CLIENT_PART_NAME,
		[CS_MIMI_PICTURE] = CLIENT_PART_PICTURE,
		[CS_MIMI_LINK] = CLIENT_PART_LINK,
		[CS_MIMI_UNKNOWN] = CLIENT_PART_UNKNOWN,
	};

	return content->kind == CS_MIMI_SAID && content->has_replaces
	    ? CLIENT_PART_EDIT
	    : parts[content->kind];
}

static bool
is_said(const struct client_place *p)
{
	return p->part == CLIENT_PART_MESSAGE || p->part == CLIENT_PART_UNKNOWN;
}

/* Find what ${s} replaces, if it may: CS_ERR_NOT_FOUND, CS_ERR_DENIED. */
static enum cs_err
find_replaced(
    struct client_place *out, struct cs_client *c, const struct client_said *s)
{
	bool author = false;
	enum cs_err err =
	    client_place_find(out, c, s->content->replaces, s->id);

	if (err == CS_OK)
		err = is_author(&author, c, out->id, s->account);
	return err == CS_OK && !author ? CS_ERR_DENIED : err;
}

/* Find the row that ${s} changes, or reacts to.  CS_ERR_NOT_FOUND: it is not
 * here, or no such thing can be done to it; CS_ERR_DENIED: not by them. */
static enum cs_err
find_about(struct client_place *out, struct cs_client *c,
    const struct client_said *s, enum client_part part)
{
	enum cs_err err = CS_ERR_NOT_FOUND;
	bool fits = false;

	if (part == CLIENT_PART_EDIT || part == CLIENT_PART_DELETION)
		err = find_replaced(out, c, s);
	else if (part == CLIENT_PART_REACTION)
		err = client_place_find(out, c, s->content->in_reply_to, s->id);
	if (err == CS_OK)
		fits = is_said(out) ||
		    (part == CLIENT_PART_DELETION &&
			out->part == CLIENT_PART_REACTION);
	return err == CS_OK && !fits ? CS_ERR_NOT_FOUND : err;
}

enum cs_err
client_change_note(struct cs_client *c, const struct client_said *s)
{
	enum client_part part = part_of(s->content);
	struct client_place about = { 0 };
	enum cs_err err;

	if (part == CLIENT_PART_MESSAGE)
		return CS_OK;
	err = find_about(&about, c, s, part);
	if (err == CS_ERR_NOT_FOUND || err == CS_ERR_DENIED)
		about.id = 0;
	else if (err)
		return err;
	return cs_db_exec(c->db, "UPDATE message SET part=?,about=? WHERE id=?",
	    cs_int(part), cs_int(about.id), cs_int(s->id));
}

enum cs_err
client_change_drop(struct cs_client *c, uint64_t id)
{
	return cs_db_exec(c->db, "UPDATE message SET about=? WHERE id=?",
	    cs_int(0), cs_int(id));
}

/* ---- what it does ------------------------------------------------------- */

enum cs_err
client_message_hide(struct cs_client *c, uint64_t id, enum client_gone why)
{
	enum cs_err err = cs_db_exec(c->db,
	    "UPDATE message SET gone=? WHERE id=?", cs_int(why), cs_int(id));

	return err
	    ? err
	    : cs_db_exec(c->db,
		  "UPDATE message SET gone=?,seen=?"
		  " WHERE about=? AND about<>0 AND part IN (?,?)",
		  cs_int(why == CLIENT_GONE_ERASED ? CLIENT_GONE_DELETED : why),
		  cs_int(true), cs_int(id), cs_int(CLIENT_PART_EDIT),
		  cs_int(CLIENT_PART_REACTION));
}

enum cs_err
client_message_there(struct cs_client *c, uint64_t id)
{
	struct client_place place;
	enum cs_err err = client_place_load(&place, c, id);

	if (err || place.gone == CLIENT_GONE_NOT)
		return err;
	return client_problem(c, CS_ERR_NOT_FOUND,
	    "That message is gone: it was deleted, or it has expired.");
}

/* What comes about a message that is gone goes with it. */
static enum cs_err
follow(struct cs_client *c, uint64_t id, const struct client_place *about)
{
	enum client_gone why = about->gone == CLIENT_GONE_ERASED
	    ? CLIENT_GONE_DELETED
	    : about->gone;

	return cs_db_exec(c->db, "UPDATE message SET gone=?,seen=? WHERE id=?",
	    cs_int(why), cs_int(true), cs_int(id));
}

static enum cs_err
set_expiry(struct cs_client *c, uint64_t id, uint64_t ms)
{
	return cs_db_exec(c->db, "UPDATE message SET expires=? WHERE id=?",
	    cs_int(ms < INT64_MAX ? ms : INT64_MAX), cs_int(id));
}

/* An edit that vanishes sooner takes the message with it. */
static enum cs_err
edit(struct cs_client *c, const struct client_said *s,
    const struct client_place *about)
{
	uint64_t ms = cs_mimi_expires_ms(s->content, s->time_ms);

	if (about->gone != CLIENT_GONE_NOT)
		return follow(c, s->id, about);
	if (ms == 0 || (about->expires_ms != 0 && about->expires_ms <= ms))
		return CS_OK;
	return set_expiry(c, about->id, ms);
}

/* Another reaction in the place of one before. */
static enum cs_err
react(struct cs_client *c, const struct client_said *s,
    const struct client_place *about)
{
	struct client_place before;
	enum cs_err err;

	if (about->gone != CLIENT_GONE_NOT)
		return follow(c, s->id, about);
	if (!s->content->has_replaces)
		return CS_OK;
	err = find_replaced(&before, c, s);
	if (err == CS_ERR_NOT_FOUND || err == CS_ERR_DENIED)
		return CS_OK;
	return err || before.part != CLIENT_PART_REACTION
	    ? err
	    : client_message_hide(c, before.id, CLIENT_GONE_DELETED);
}

/* Only others say what became of what the user wrote, and it was read once. */
static enum cs_err
note_status(struct cs_client *c, const struct client_said *s,
    const struct cs_mimi_status *status)
{
	struct client_place of;
	enum cs_err err;

	if (status->status != CS_MIMI_DELIVERED &&
	    status->status != CS_MIMI_READ)
		return CS_OK;
	err = client_place_find(&of, c, status->id, s->id);
	if (err || of.kind != CS_CLIENT_SENT || !is_said(&of))
		return err == CS_ERR_NOT_FOUND ? CS_OK : err;
	return cs_db_exec(c->db,
	    "INSERT INTO receipt(message,account,status) VALUES(?,?,?)"
	    " ON CONFLICT(message,account) DO UPDATE SET"
	    " status=MAX(status,excluded.status)",
	    cs_int(of.id), cs_blob(cs_view(s->account, CS_ID_LEN)),
	    cs_int(status->status));
}

static enum cs_err
note_statuses(struct cs_client *c, const struct client_said *s)
{
	bool own = memcmp(s->account, c->self.account, CS_ID_LEN) == 0;
	enum cs_err err = client_message_hide(c, s->id, CLIENT_GONE_HERE);

	if (err == CS_OK)
		err = cs_db_exec(c->db, "UPDATE message SET seen=? WHERE id=?",
		    cs_int(true), cs_int(s->id));
	for (size_t i = 0; !own && err == CS_OK && i < s->content->n_statuses;
	     i++)
		err = note_status(c, s, &s->content->statuses[i]);
	return err;
}

/* The timer that was set last counts.  One that only stands beside a message is
 * believed where none was seen: this device came later than it. */
static enum cs_err
note_timer(struct cs_client *c, const struct client_said *s)
{
	bool set = s->content->kind == CS_MIMI_TIMER;

	return cs_db_exec(c->db,
	    "INSERT INTO timer(grp,seq,seconds)"
	    " SELECT grp,?,? FROM message WHERE id=?"
	    " ON CONFLICT(grp) DO UPDATE SET"
	    " seq=excluded.seq,seconds=excluded.seconds"
	    " WHERE excluded.seq>timer.seq",
	    cs_int(set ? s->seq : 0), cs_int(s->content->timer_s),
	    cs_int(s->id));
}

/* The group has another link or picture now. */
static enum cs_err
note_room(struct cs_client *c, const struct client_said *s)
{
	bool link = s->content->kind == CS_MIMI_LINK;
	struct cs_buf group_id = { 0 }, picture = { 0 };
	struct cs_rows rows;
	enum cs_err err = cs_db_row(
	    &rows, c->db, "SELECT grp FROM message WHERE id=?", cs_int(s->id));

	if (err == CS_OK)
		err = cs_buf_set(&group_id, cs_col_blob(&rows, 0));
	err = cs_rows_end(&rows, err);
	if (err == CS_OK && s->content->n_external != 0)
		err = client_picture_write(&picture, &s->content->external[0]);
	if (err == CS_OK)
		err = client_room_put(c, cs_buf_view(&group_id),
		    link ? CLIENT_ROOM_LINK : CLIENT_ROOM_PICTURE, s->seq,
		    link ? s->content->link : cs_buf_view(&picture));
	cs_buf_free(&group_id);
	cs_buf_free(&picture);
	return err;
}

enum cs_err
client_timer(uint32_t *out, struct cs_client *c, struct cs_view group_id)
{
	uint64_t s = 0;
	enum cs_err err = cs_db_get_int(&s, c->db,
	    "SELECT seconds FROM timer WHERE grp=?", cs_blob(group_id));

	*out = (uint32_t)s;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* What ${s} does to the row that it is about. */
static enum cs_err
change(struct cs_client *c, const struct client_said *s)
{
	struct client_place own, about;
	enum cs_err err;

	if ((err = client_place_load(&own, c, s->id)) || own.about == 0)
		return err;
	if ((err = client_place_load(&about, c, own.about)))
		return err;
	switch (own.part) {
	case CLIENT_PART_EDIT:
		return edit(c, s, &about);
	case CLIENT_PART_REACTION:
		return react(c, s, &about);
	case CLIENT_PART_DELETION:
		return about.gone != CLIENT_GONE_NOT
		    ? CS_OK
		    : client_message_hide(c, about.id, CLIENT_GONE_DELETED);
	default:
		return CS_OK;
	}
}

enum cs_err
client_change_take(struct cs_client *c, const struct client_said *s)
{
	const struct cs_mimi_content *content = s->content;
	uint64_t ms = cs_mimi_expires_ms(content, s->time_ms);
	enum client_part part = part_of(content);
	enum cs_err err = client_change_note(c, s);

	if (err == CS_OK && content->has_timer)
		err = note_timer(c, s);
	if (err)
		return err;
	if (part == CLIENT_PART_STATUS)
		return note_statuses(c, s);
	if (part == CLIENT_PART_LINK || part == CLIENT_PART_PICTURE)
		return note_room(c, s);
	if (part == CLIENT_PART_MESSAGE || part == CLIENT_PART_UNKNOWN)
		return ms != 0 ? set_expiry(c, s->id, ms) : CS_OK;
	return change(c, s);
}
