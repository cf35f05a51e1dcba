/* SPDX-License-Identifier: MIT */
/* Messages as the user sees them. */
#include "client/home/inbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "client/home/around.h"
#include "client/home/change.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/home/message.h"
#include "client/home/problem.h"
#include "client/home/receipt.h"
#include "client/home/room.h"
#include "content/mimi_names.h"
#include "content/voice.h"
#include "crypto/random.h"

enum cs_err
cs_client_message_find(struct cs_client *c, const char *prefix,
    uint8_t mid[static CS_CLIENT_MID_LEN])
{
	char hex[65] = { 0 };
	size_t len = strlen(prefix);
	uint8_t low[CS_CLIENT_MID_LEN], high[CS_CLIENT_MID_LEN];
	struct cs_rows rows;
	unsigned n = 0;
	enum cs_err err;

	if (len < 4 || len > 64)
		return client_problem(c, CS_ERR_FORMAT,
		    "A message id has 4 to 64 of the characters 0-9 a-f, as "
		    "\"inbox\" shows them.");
	memset(hex, '0', 64);
	memcpy(hex, prefix, len);
	err = cs_unhex(low, sizeof low, hex);
	memset(hex, 'f', 64);
	memcpy(hex, prefix, len);
	if (err || (err = cs_unhex(high, sizeof high, hex)))
		return client_problem(c, CS_ERR_FORMAT,
		    "A message id has 4 to 64 of the characters 0-9 a-f, as "
		    "\"inbox\" shows them.");
	err = cs_db_query(&rows, c->db,
	    "SELECT DISTINCT mid FROM message WHERE mid>=? AND mid<=?"
	    " AND kind IN (?,?) LIMIT 2",
	    cs_blob(CS_VIEW_OF(low)), cs_blob(CS_VIEW_OF(high)),
	    cs_int(CS_CLIENT_RECEIVED), cs_int(CS_CLIENT_SENT));
	while (err == CS_OK && cs_rows_next(&rows)) {
		cs_col_copy(&rows, 0, mid, CS_CLIENT_MID_LEN);
		n++;
	}
	if ((err = cs_rows_end(&rows, err)))
		return err;
	if (n == 0)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "There is no message whose id begins with %s.", prefix);
	if (n > 1)
		return client_problem(c, CS_ERR_EXISTS,
		    "More than one message id begins with %s: give more of "
		    "it.",
		    prefix);
	return CS_OK;
}

/* Collect the numbers first and load the messages later: the caller may take
 * its time with each.  What was done to a message is shown with it, and by
 * itself only while it is new. */
static enum cs_err
list(struct cs_buf *ids, struct cs_client *c, enum cs_client_which which)
{
	struct cs_writer w = cs_writer(ids);
	struct cs_rows rows;
	enum cs_err err;

	err = which == CS_CLIENT_UNSEEN
	    ? cs_db_query(&rows, c->db,
		  "SELECT id FROM message WHERE seen=0 AND" CLIENT_LISTED
		  " ORDER BY id",
		  CLIENT_LISTED_ARGS(c))
	    : cs_db_query(&rows, c->db,
		  "SELECT id FROM message WHERE about=0 AND" CLIENT_LISTED
		  " ORDER BY id",
		  CLIENT_LISTED_ARGS(c));
	while (err == CS_OK && cs_rows_next(&rows))
		cs_write_u64(&w, cs_col_int(&rows, 0));
	err = cs_rows_end(&rows, err);
	return err ? err : cs_writer_end(&w);
}

/* Of a voice message, the type without what it says of itself. */
static void
take_voice(struct cs_client_media *out)
{
	size_t n = strlen(CS_VOICE_TYPE);
	const char *digits = out->media_type + n;
	char *end;
	unsigned long ms;

	out->voice = strncmp(out->media_type, CS_VOICE_TYPE, n) == 0;
	if (!out->voice)
		return;
	errno = 0;
	ms = strtoul(digits, &end, 10);
	if (*digits >= '0' && *digits <= '9' && *end == '\0' && errno == 0 &&
	    ms <= CS_VOICE_MS_MAX)
		out->duration_ms = (uint32_t)ms;
	out->media_type[strcspn(out->media_type, ";")] = '\0';
}

static void
take_media(struct cs_client_media *out, const struct cs_mimi_external *part)
{
	memset(out, 0, sizeof *out);
	cs_mimi_filename(out->filename, part->filename);
	snprintf(out->media_type, sizeof out->media_type, "%.*s",
	    (int)part->content_type.len, (const char *)part->content_type.data);
	out->size = part->plain_size;
	out->photo = strncmp(out->media_type, "image/", 6) == 0;
	take_voice(out);
}

struct shown {
	bool blocked; /* the conversation is, so it is not among what is new */
	struct client_place place;
	struct client_record r;
	struct cs_buf plain; /* what ${r} points into */
	struct client_record now;
	struct cs_buf now_plain; /* the same of what it says now */
	struct cs_mimi_content content;
	struct cs_client_message m;
	struct cs_client_media media[CS_MIMI_PARTS_MAX];
	char mentions[CS_MIMI_MENTIONS_MAX][33];
	struct cs_client_reaction reactions[CS_CLIENT_REACTIONS_MAX];
	struct cs_client_receipt receipts[CS_CLIENT_RECEIPTS_MOST];
};

static void
take_mentions(struct shown *s, const struct cs_client *c)
{
	for (size_t i = 0; i < s->content.n_mentions; i++) {
		struct cs_view handle = cs_mimi_user_of(s->content.mentions[i]);

		if (handle.len > CS_HANDLE_MAX)
			continue;
		memcpy(s->mentions[s->m.n_mentions++], handle.data, handle.len);
		if (s->r.kind == CS_CLIENT_RECEIVED &&
		    cs_view_equal(handle, cs_view_str(c->self.handle)))
			s->m.mentions_you = true;
	}
	s->m.mentions = s->mentions;
}

static void
take_content(struct shown *s, const struct cs_client *c)
{
	const struct cs_mimi_content *content = &s->content;

	s->m.text = content->text;
	s->m.is_reply = content->is_reply && content->kind == CS_MIMI_SAID;
	memcpy(s->m.reply_to, content->in_reply_to, sizeof s->m.reply_to);
	s->m.timer_s = content->timer_s;
	s->m.taken_away =
	    (content->kind == CS_MIMI_PICTURE && content->n_external == 0) ||
	    (content->kind == CS_MIMI_LINK && content->link.len == 0);
	s->m.other_type = content->other_type;
	/* What is not shown has no files to show, either. */
	if (content->kind == CS_MIMI_SAID)
		s->m.n_media = content->n_external;
	s->m.media = s->media;
	for (size_t i = 0; i < s->m.n_media; i++)
		take_media(&s->media[i], &content->external[i]);
	take_mentions(s, c);
}

/* Read what the message says now: an edit answers what the message does. */
static enum cs_err
show_current(struct shown *s, struct cs_client *c)
{
	uint64_t id;
	enum cs_err err;

	if ((err = client_message_content(&s->content, &s->r)))
		return err;
	take_content(s, c);
	if (s->place.part != CLIENT_PART_MESSAGE ||
	    (err = client_current(&id, c, s->place.id)) || id == s->place.id)
		return err;
	s->m.edited = true;
	s->m.n_media = s->m.n_mentions = 0;
	s->m.mentions_you = false;
	if ((err = client_message_load(&s->now, &s->now_plain, c, id)) ||
	    (err = client_message_content(&s->content, &s->now)))
		return err;
	s->content.is_reply = s->m.is_reply;
	memcpy(s->content.in_reply_to, s->m.reply_to, sizeof s->m.reply_to);
	take_content(s, c);
	return CS_OK;
}

/* What it is about, or why nothing was done. */
static enum cs_err
show_about(struct shown *s, struct cs_client *c)
{
	const uint8_t *mid = s->place.part == CLIENT_PART_REACTION
	    ? s->content.in_reply_to
	    : s->content.replaces;
	struct client_place target;
	enum cs_err err;

	if (s->place.part == CLIENT_PART_TIMER ||
	    s->place.part == CLIENT_PART_UNKNOWN ||
	    client_part_is_for_room(s->place.part))
		return CS_OK;
	memcpy(s->m.about, mid, sizeof s->m.about);
	if (s->place.about != 0 || s->r.failed)
		return CS_OK;
	err = client_place_find(&target, c, mid, s->place.id);
	s->m.target = err == CS_OK && s->place.part != CLIENT_PART_REACTION &&
		target.part != CLIENT_PART_TIMER &&
		!client_part_is_for_room(target.part)
	    ? CS_CLIENT_TARGET_NOT_THEIRS
	    : CS_CLIENT_TARGET_NOT_HERE;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static enum cs_err
show_around(struct shown *s, struct cs_client *c)
{
	enum cs_err err;

	s->m.reactions = s->reactions;
	s->m.receipts = s->receipts;
	if ((err = client_reactions(s->reactions, &s->m.n_reactions,
		 &s->m.more_reactions, c, s->place.id)) ||
	    s->r.kind != CS_CLIENT_SENT)
		return err;
	return client_receipts_of(
	    s->receipts, &s->m.n_receipts, c, s->place.id);
}

static enum cs_client_what
what_of(enum client_part part)
{
	switch (part) {
	case CLIENT_PART_EDIT:
		return CS_CLIENT_EDIT;
	case CLIENT_PART_DELETION:
		return CS_CLIENT_DELETION;
	case CLIENT_PART_REACTION:
		return CS_CLIENT_REACTION;
	case CLIENT_PART_TIMER:
		return CS_CLIENT_TIMER;
	case CLIENT_PART_NAME:
		return CS_CLIENT_NAME;
	case CLIENT_PART_PICTURE:
		return CS_CLIENT_PICTURE;
	case CLIENT_PART_LINK:
		return CS_CLIENT_LINK;
	case CLIENT_PART_UNKNOWN:
		return CS_CLIENT_UNKNOWN;
	default:
		return CS_CLIENT_MESSAGE;
	}
}

static enum cs_err
show_content(struct shown *s, struct cs_client *c)
{
	enum cs_err err;

	if (s->r.kind == CS_CLIENT_EVENT) {
		s->m.text = s->r.body;
		return CS_OK;
	}
	if (s->r.kind == CS_CLIENT_REFUSED)
		return CS_OK;
	s->m.what = what_of(s->place.part);
	s->m.deleted = s->place.gone != CLIENT_GONE_NOT;
	s->m.expires_ms = s->place.expires_ms;
	if (s->m.deleted)
		return CS_OK;
	if ((err = show_current(s, c)))
		return err;
	return s->place.part == CLIENT_PART_MESSAGE ? show_around(s, c)
						    : show_about(s, c);
}

static enum cs_err
show_group(struct shown *s, struct cs_client *c, struct cs_view id)
{
	struct client_group g = { 0 };
	enum cs_err err;

	if (id.len == 0)
		return CS_OK;
	err = client_group_load_meta(&g, c, id);
	if (err == CS_OK) {
		strcpy(s->m.conversation, g.name);
		cs_group_ref_text(s->m.conversation_id, g.ref);
		err = client_find_words(s->m.alias, s->m.looks_like, c, &g);
		if (err == CS_OK)
			err = client_room_has(
			    &s->m.picture, c, id, CLIENT_ROOM_PICTURE);
		s->m.direct = g.direct;
		s->m.request = g.state == CS_CLIENT_REQUEST;
		s->blocked = g.state == CS_CLIENT_BLOCKED;
	}
	client_group_clear(&g);
	return err == CS_ERR_NOT_FOUND || client_group_damaged(err) ? CS_OK
								    : err;
}

static enum cs_err
show_row(struct shown *s, struct cs_client *c, uint64_t id)
{
	struct cs_rows rows;
	enum cs_err err;

	if ((err = client_message_load(&s->r, &s->plain, c, id)) ||
	    (err = client_place_load(&s->place, c, id)))
		return err;
	err = cs_db_row(&rows, c->db,
	    "SELECT mid,grp,seen,EXISTS(SELECT 1 FROM outbox AS o"
	    " WHERE o.message=m.id) FROM message AS m WHERE id=?",
	    cs_int(id));
	if (err == CS_OK) {
		cs_col_copy(&rows, 0, s->m.mid, sizeof s->m.mid);
		s->m.seen = cs_col_int(&rows, 2) != 0;
		s->m.waiting = cs_col_int(&rows, 3) != 0;
		err = show_group(s, c, cs_col_blob(&rows, 1));
	}
	if ((err = cs_rows_end(&rows, err)) || (err = show_content(s, c)))
		return err;
	s->m.number = id;
	s->m.kind = s->r.kind;
	s->m.late = s->r.late;
	s->m.failed = s->r.failed;
	s->m.warning = s->r.warning;
	s->m.time_ms = s->r.time_ms;
	s->m.group_seq = s->r.seq;
	strcpy(s->m.from, s->r.from);
	client_find_alias(s->m.from_alias, c, s->r.from);
	s->m.reason = s->r.reason;
	return CS_OK;
}

/* Which row to show for the new row ${*id}; 0: none, for what it is about is
 * among the new ones, too, or is changed again. */
static enum cs_err
pick_new(uint64_t *id, struct cs_client *c)
{
	struct client_place row, about;
	uint64_t current;
	enum cs_err err;

	if ((err = client_place_load(&row, c, *id)) || row.about == 0)
		return err;
	if ((err = client_place_load(&about, c, row.about)) == CS_OK &&
	    row.part == CLIENT_PART_EDIT &&
	    (err = client_current(&current, c, row.about)) == CS_OK)
		*id = current == row.id ? row.about : 0;
	if (err == CS_OK && !about.seen)
		*id = 0;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static enum cs_err
show(struct cs_client *c, uint64_t id, enum cs_client_which which,
    enum cs_err (*each)(void *arg, const struct cs_client_message *m),
    void *arg)
{
	struct shown *s;
	enum cs_err err = CS_OK;

	if (which == CS_CLIENT_UNSEEN)
		err = pick_new(&id, c);
	if (err || id == 0)
		return err;
	if ((s = cs_calloc(1, sizeof *s)) == NULL)
		return CS_ERR_NOMEM;
	err = show_row(s, c, id);
	if (err == CS_OK &&
	    (which == CS_CLIENT_ALL ||
		(which == CS_CLIENT_REQUESTS && s->m.request) ||
		(which == CS_CLIENT_UNSEEN && !s->blocked)))
		err = each(arg, &s->m);
	cs_buf_free(&s->plain);
	cs_buf_free(&s->now_plain);
	cs_free(s, sizeof *s);
	return err;
}

enum cs_err
client_inbox_show(struct cs_client *c, uint64_t id,
    enum cs_err (*each)(void *arg, const struct cs_client_message *m),
    void *arg)
{
	return show(c, id, CS_CLIENT_ALL, each, arg);
}

/* Store that all up to ${last} were shown. */
static enum cs_err
mark_seen(struct cs_client *c, uint64_t last)
{
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	err = client_receipt_read(c, last);
	if (err == CS_OK)
		err = cs_db_exec(c->db,
		    "UPDATE message SET seen=? WHERE seen=0 AND id<=?",
		    cs_int(true), cs_int(last));
	return cs_db_end_as(c->db, err, CS_DB_SAFE);
}

enum cs_err
cs_client_messages(struct cs_client *c, enum cs_client_which which,
    enum cs_err (*each)(void *arg, const struct cs_client_message *m),
    void *arg)
{
	struct cs_buf ids = { 0 };
	struct cs_reader r;
	enum cs_err err;
	uint64_t last = 0;

	err = list(&ids, c, which);
	r = cs_reader(cs_buf_view(&ids));
	while (err == CS_OK && cs_reader_more(&r)) {
		last = cs_read_u64(&r);
		err = show(c, last, which, each, arg);
	}
	/* What has arrived since has a higher number and stays unseen. */
	if (err == CS_OK && which == CS_CLIENT_UNSEEN && last != 0 &&
	    !c->reading)
		err = mark_seen(c, last);
	cs_buf_free(&ids);
	return err;
}
