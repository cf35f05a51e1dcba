/* SPDX-License-Identifier: MIT */
/* Messages as the user sees them. */
#include "client/home/inbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "client/home/client.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/home/message.h"
#include "client/home/problem.h"
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
 * its time with each. */
static enum cs_err
list(struct cs_buf *ids, struct cs_client *c, enum cs_client_which which)
{
	struct cs_writer w = cs_writer(ids);
	struct cs_rows rows;
	enum cs_err err;

	err = which == CS_CLIENT_UNSEEN
	    ? cs_db_query(&rows, c->db,
		  "SELECT id FROM message WHERE seen=0 ORDER BY id")
	    : cs_db_query(&rows, c->db, "SELECT id FROM message ORDER BY id");
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
	struct cs_client_message m;
	struct cs_client_media media[CS_MIMI_PARTS_MAX];
};

static enum cs_err
show_content(struct shown *s, const struct client_record *r)
{
	struct cs_mimi_content content;
	enum cs_err err;

	if (r->kind == CS_CLIENT_EVENT) {
		s->m.text = r->body;
		return CS_OK;
	}
	if (r->kind == CS_CLIENT_REFUSED)
		return CS_OK;
	if ((err = client_message_content(&content, r)))
		return err;
	s->m.text = content.text;
	s->m.is_reply = content.is_reply;
	memcpy(s->m.reply_to, content.in_reply_to, sizeof s->m.reply_to);
	s->m.n_media = content.n_external;
	s->m.media = s->media;
	for (size_t i = 0; i < content.n_external; i++)
		take_media(&s->media[i], &content.external[i]);
	return CS_OK;
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
		s->m.direct = g.direct;
		s->m.request = g.state == CS_CLIENT_REQUEST;
		s->blocked = g.state == CS_CLIENT_BLOCKED;
	}
	client_group_clear(&g);
	return err == CS_ERR_NOT_FOUND || client_group_damaged(err) ? CS_OK
								    : err;
}

static enum cs_err
show(struct cs_client *c, uint64_t id, enum cs_client_which which,
    enum cs_err (*each)(void *arg, const struct cs_client_message *m),
    void *arg)
{
	struct shown *s = cs_calloc(1, sizeof *s);
	struct cs_buf plain = { 0 };
	struct client_record r;
	struct cs_rows rows;
	enum cs_err err;

	if (s == NULL)
		return CS_ERR_NOMEM;
	if ((err = client_message_load(&r, &plain, c, id)))
		goto out;
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
	if ((err = cs_rows_end(&rows, err)) || (err = show_content(s, &r)))
		goto out;
	s->m.number = id;
	s->m.kind = r.kind;
	s->m.late = r.late;
	s->m.failed = r.failed;
	s->m.warning = r.warning;
	s->m.time_ms = r.time_ms;
	s->m.group_seq = r.seq;
	strcpy(s->m.from, r.from);
	client_find_alias(s->m.from_alias, c, r.from);
	s->m.reason = r.reason;
	if (which == CS_CLIENT_ALL ||
	    (which == CS_CLIENT_REQUESTS && s->m.request) ||
	    (which == CS_CLIENT_UNSEEN && !s->blocked))
		err = each(arg, &s->m);
out:
	cs_buf_free(&plain);
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
	err = cs_db_exec(c->db,
	    "UPDATE message SET seen=? WHERE seen=0 AND id<=?", cs_int(true),
	    cs_int(last));
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
