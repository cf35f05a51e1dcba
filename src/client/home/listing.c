/* SPDX-License-Identifier: MIT */
/* All conversations at a glance, and what of them is new. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "client/client.h"
#include "client/home/client.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/home/inbox.h"
#include "client/home/message.h"
#include "client/home/receipt.h"
#include "client/home/room.h"
#include "client/home/shelf.h"
#include "client/home/touched.h"

/* How many new messages a conversation has. */
struct unread {
	uint8_t id[CS_WIRE_GROUP_ID_MAX];
	size_t id_len;
	uint64_t n;
};

struct listing {
	struct cs_client *c;
	struct unread *unread;
	size_t n_unread;
	enum cs_err (*each)(void *arg, const struct cs_client_listed *l);
	void *arg;
};

/* By the index of what is new: what was seen costs nothing. */
static enum cs_err
count_unread(struct listing *l)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, l->c->db,
	    "SELECT grp,count(*) FROM message INDEXED BY message_seen"
	    " WHERE seen=0 AND kind=? AND about=0 AND" CLIENT_LISTED
	    " GROUP BY grp",
	    cs_int(CS_CLIENT_RECEIVED), CLIENT_LISTED_ARGS(l->c));

	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_view id = cs_col_blob(&rows, 0);
		struct unread *grown = cs_grow(
		    l->unread, l->n_unread, l->n_unread + 1, sizeof *grown);

		if (grown == NULL)
			err = CS_ERR_NOMEM;
		else
			l->unread = grown;
		if (err || id.len > sizeof grown->id)
			continue;
		grown += l->n_unread++;
		memcpy(grown->id, id.data, id.len);
		grown->id_len = id.len;
		grown->n = cs_col_int(&rows, 1);
	}
	return cs_rows_end(&rows, err);
}

static uint64_t
unread_in(const struct listing *l, struct cs_view id)
{
	for (size_t i = 0; i < l->n_unread; i++)
		if (cs_view_equal(
			id, cs_view(l->unread[i].id, l->unread[i].id_len)))
			return l->unread[i].n;
	return 0;
}

/* The row of the last message that is listed; 0: there is none. */
static enum cs_err
last_row(uint64_t *out, struct cs_client *c, struct cs_view id)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, c->db,
	    "SELECT id FROM message WHERE grp=? AND about=0 AND" CLIENT_LISTED
	    " ORDER BY id DESC LIMIT 1",
	    cs_blob(id), CLIENT_LISTED_ARGS(c));

	*out = 0;
	if (err == CS_OK && cs_rows_next(&rows))
		*out = cs_col_int(&rows, 0);
	return cs_rows_end(&rows, err);
}

struct entry {
	struct listing *l;
	struct cs_client_listed shown;
};

static enum cs_err
tell_with_last(void *arg, const struct cs_client_message *m)
{
	struct entry *e = arg;

	e->shown.last = m;
	e->shown.time_ms = m->time_ms;
	return e->l->each(e->l->arg, &e->shown);
}

static enum cs_err
tell(struct listing *l, const struct client_group *g)
{
	char alias[CS_CLIENT_ALIAS_MAX + 1], looks_like[CLIENT_NAME_SIZE];
	struct client_shelf shelf;
	struct cs_buf plain = { 0 };
	char ref[30];
	uint64_t last;
	struct entry e = { l,
		{ .id = ref,
		    .name = g->name,
		    .alias = alias,
		    .looks_like = looks_like,
		    .added_by = g->added_by,
		    .direct = g->direct,
		    .lost = g->lost,
		    .state = g->state,
		    .time_ms = g->last_ms,
		    .unread = unread_in(l, client_group_id(g)) } };
	enum cs_err err;

	cs_group_ref_text(ref, g->ref);
	if ((err = client_find_words(alias, looks_like, l->c, g)) ||
	    (err = client_room_has(&e.shown.picture, l->c, client_group_id(g),
		 CLIENT_ROOM_PICTURE)) ||
	    (err = last_row(&last, l->c, client_group_id(g))) ||
	    (err = client_shelf_load(&shelf, &plain, l->c, client_group_id(g))))
		goto out;
	e.shown.marks = shelf.marks;
	e.shown.draft = shelf.draft;
	e.shown.is_reply = shelf.is_reply;
	memcpy(e.shown.reply_to, shelf.reply_to, sizeof e.shown.reply_to);
	err = last != 0 ? client_inbox_show(l->c, last, tell_with_last, &e)
			: l->each(l->arg, &e.shown);
out:
	cs_buf_free(&plain);
	return err;
}

/* What is gone by now is told by its id alone. */
static enum cs_err
tell_gone(struct listing *l, struct cs_view id)
{
	struct cs_client_listed gone = { .gone = true };
	uint8_t ref[CS_HASH_LEN];
	char text[30];
	enum cs_err err = cs_group_ref(ref, id);

	if (err)
		return err;
	cs_group_ref_text(text, ref);
	gone.id = text;
	return l->each(l->arg, &gone);
}

static enum cs_err
tell_all(struct listing *l, struct cs_view ids, bool whole)
{
	struct cs_reader r = cs_reader(ids);
	enum cs_err err = CS_OK;

	while (err == CS_OK && cs_reader_more(&r)) {
		struct cs_view id = cs_read_vec(&r);
		struct client_group g = { 0 };

		err = client_group_load_meta(&g, l->c, id);
		if (err == CS_OK)
			err = tell(l, &g);
		else if (err == CS_ERR_NOT_FOUND || client_group_damaged(err))
			err = whole ? CS_OK : tell_gone(l, id);
		client_group_clear(&g);
	}
	return err;
}

enum cs_err
cs_client_listing_since(struct cs_client_since *since, struct cs_client *c,
    enum cs_err (*each)(void *arg, const struct cs_client_listed *l), void *arg)
{
	struct listing l = { .c = c, .each = each, .arg = arg };
	struct client_touched touched = { 0 };
	enum cs_err err;

	if ((err = client_touched_since(&touched, c, since->then)))
		goto out;
	since->now = touched.now;
	since->whole = touched.whole;
	if (touched.whole) {
		cs_buf_reset(&touched.ids);
		err = client_group_list(&touched.ids, c);
	}
	if (err || touched.ids.len == 0 || (err = count_unread(&l)))
		goto out;
	err = tell_all(&l, cs_buf_view(&touched.ids), touched.whole);
out:
	cs_free(l.unread, l.n_unread * sizeof *l.unread);
	cs_buf_free(&touched.ids);
	return err;
}

enum cs_err
cs_client_listing(struct cs_client *c,
    enum cs_err (*each)(void *arg, const struct cs_client_listed *l), void *arg)
{
	struct cs_client_since all = { 0 };

	return cs_client_listing_since(&all, c, each, arg);
}

enum cs_err
cs_client_seen(struct cs_client *c, const char *typed, const char *last)
{
	uint8_t mid[CS_CLIENT_MID_LEN];
	struct client_meant meant;
	struct cs_view id;
	uint64_t row;
	enum cs_err err;

	if ((err = client_find(&meant, c, typed, CLIENT_FIND_ANY)) ||
	    (err = cs_client_message_find(c, last, mid)) ||
	    (err = client_message_by_mid(&row, NULL, c, mid)) ||
	    (err = cs_db_begin(c->db)))
		return err;
	id = cs_view(meant.id, meant.id_len);
	if ((err = client_receipt_read_in(c, id, row)) == CS_OK)
		err = cs_db_exec(c->db,
		    "UPDATE message SET seen=?"
		    " WHERE seen=0 AND id<=? AND grp=?",
		    cs_int(true), cs_int(row), cs_blob(id));
	return cs_db_end_as(c->db, err, CS_DB_SAFE);
}
