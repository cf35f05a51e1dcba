/* SPDX-License-Identifier: MIT */
#include "client/groups/places.h"

#include <string.h>

#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/message.h"
#include "client/home/todo.h"
#include "client/hub/call.h"

#define BOOT "boot"

enum cs_err
client_places_doubt(struct cs_client *c)
{
	uint64_t ours, boot = 0;
	enum cs_err err = client_todo_places(&ours, c);

	if (err == CS_OK)
		err = cs_vault_config_get_num(&boot, c->db, &c->key, BOOT);
	if (err && err != CS_ERR_NOT_FOUND)
		return err;
	/* Conversations that this home does not follow yet count at the hub. */
	c->link.places_due =
	    c->link.login.read > ours || boot != c->link.login.boot;
	/* The next login's answer, and others of this shape, say nothing. */
	c->link.boot = c->link.login.boot;
	return CS_OK;
}

enum cs_err
client_place_is_copy(
    struct cs_client *c, struct client_group *g, uint64_t entry)
{
	if (g->lost || g->state == CS_CLIENT_LEAVING)
		return CS_OK;
	g->lost = g->copied = true;
	return client_warning(c, g,
	    "This folder is an old copy: this device has been up to entry %llu "
	    "of this conversation, and this folder does not know it. It was "
	    "restored, or somebody uses another copy of it. Nothing is sent "
	    "from here before this device has entered the conversation anew; "
	    "what another copy sent cannot be read here.",
	    (unsigned long long)entry);
}

/* ---- a hub that was restored -------------------------------------------- */

/* The stamp of the entry behind ${after}, of which the hub has one.
 * CS_ERR_NOT_FOUND */
static enum cs_err
stamp_behind(struct cs_stamp *out, struct cs_client *c,
    const struct client_group *g, uint64_t after)
{
	const struct cs_wire_fetch ask = {
		.group_id = client_group_id(g),
		.after = after,
		.max = 1,
	};
	struct cs_wire_fetch_answer answer;
	struct cs_wire_entry entry;
	struct cs_view rest;
	enum cs_err err = client_call(c, CS_WIRE_FETCH, &cs_wire_fetch_shape,
	    &ask, &cs_wire_fetch_answer_shape, &answer);

	if (err)
		return err;
	rest = answer.entries.raw;
	if (!cs_wire_next(&entry, &cs_wire_entry_shape, &rest) ||
	    entry.group_seq != after + 1)
		return CS_ERR_NOT_FOUND;
	return cs_stamp_parse(out, entry.stamp);
}

/* Has the hub still what it stamped when this message was sent? */
static enum cs_err
is_kept(bool *out, struct cs_client *c, const struct client_group *g,
    const struct client_record *r)
{
	struct cs_capsule ours;
	struct cs_stamp theirs;
	enum cs_err err;

	if ((err = cs_capsule_parse(&ours, r->body)))
		return err;
	err = stamp_behind(&theirs, c, g, r->seq - 1);
	*out = err == CS_OK &&
	    memcmp(theirs.sig, ours.stamp.sig, sizeof theirs.sig) == 0;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* What a restored hub has of the messages that were sent from here. */
struct kept {
	uint64_t head;      /* of its log */
	uint64_t seen;      /* up to here this device has seen them in it */
	struct cs_buf lost; /* rows, u64 each, the newest first */
};

static enum cs_err
look_at_sent(struct kept *k, struct cs_client *c, const struct client_group *g,
    uint64_t id, bool *more)
{
	struct client_record r;
	struct cs_buf plain = { 0 };
	struct cs_writer w = cs_writer(&k->lost);
	enum cs_err err = client_message_load(&r, &plain, c, id);
	bool kept = false;

	if (err || r.failed || r.bare)
		goto out;
	*more = r.seq > k->seen;
	if (*more && r.seq <= k->head)
		err = is_kept(&kept, c, g, &r);
	if (kept)
		*more = false;
	if (err == CS_OK && *more) {
		cs_write_u64(&w, id);
		err = cs_writer_end(&w);
	}
out:
	cs_buf_free(&plain);
	return err;
}

/* The newest message that was sent before that in the row ${*id}. */
static enum cs_err
sent_before(uint64_t *id, struct cs_client *c, const struct client_group *g)
{
	return cs_db_get_int(id, c->db,
	    "SELECT id FROM message WHERE grp=? AND kind=? AND id<? AND id"
	    " NOT IN (SELECT message FROM outbox) ORDER BY id DESC LIMIT 1",
	    cs_blob(client_group_id(g)), cs_int(CS_CLIENT_SENT), cs_int(*id));
}

/* Which messages did the hub take and lose?  The newest that it has ends it:
 * its log goes on from there or ends there. */
static enum cs_err
find_lost(struct kept *k, struct cs_client *c, const struct client_group *g)
{
	uint64_t id = INT64_MAX;
	bool more = true;
	enum cs_err err = CS_OK;

	while (err == CS_OK && more && (err = sent_before(&id, c, g)) == CS_OK)
		err = look_at_sent(k, c, g, id, &more);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* They are not called sent any more. */
static enum cs_err
lose_sent(struct cs_client *c, const struct kept *k)
{
	struct cs_reader ids = cs_reader(cs_buf_view(&k->lost));
	struct client_record r;
	struct cs_buf plain = { 0 };
	enum cs_err err = CS_OK;

	while (err == CS_OK && cs_reader_more(&ids)) {
		uint64_t id = cs_read_u64(&ids);

		if ((err = client_message_load(&r, &plain, c, id)) == CS_OK) {
			r.failed = true;
			err = client_message_update(c, id, &r);
		}
		cs_buf_free(&plain);
	}
	return err;
}

static enum cs_err
be_behind(struct cs_client *c, struct client_group *g, const struct kept *kept)
{
	enum cs_err err;

	g->lost = g->rolled_back = true;
	if ((err = lose_sent(c, kept)))
		return err;
	return client_warning(c, g,
	    "The hub was restored from a backup: its log of this conversation "
	    "has %llu entries now, and is not the one that this device has "
	    "read up to entry %llu. Messages sent after the backup may never "
	    "reach the others; yours are marked. This device enters the "
	    "conversation anew if the same people are in it there; otherwise "
	    "see: countersign group repair. Each of the others reads what is "
	    "sent after they have done the same.",
	    (unsigned long long)kept->head, (unsigned long long)g->seq);
}

/* ---- all of them -------------------------------------------------------- */

/* Is the hub's log not the one that this home has read?  Only the hub can say
 * what is behind its place, and its stamp on the next entry does. */
static enum cs_err
is_behind(bool *out, struct cs_client *c, const struct client_group *g,
    const struct cs_wire_place *place)
{
	struct cs_stamp stamp;
	enum cs_err err;

	*out = place->head < g->seq;
	if (!g->chain_known || *out)
		return CS_OK;
	if (place->head == g->seq) {
		*out = memcmp(place->chain, g->chain, CS_HASH_LEN) != 0;
		return CS_OK;
	}
	err = stamp_behind(&stamp, c, g, g->seq);
	if (err == CS_OK)
		*out = memcmp(stamp.chain_prev, g->chain, CS_HASH_LEN) != 0;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static enum cs_err
store(struct cs_client *c, struct client_group *g,
    const struct cs_wire_place *place, const struct kept *kept)
{
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	err = kept != NULL ? be_behind(c, g, kept)
			   : client_place_is_copy(c, g, place->cursor);
	if (err == CS_OK)
		err = client_group_store_meta(c, g);
	return cs_db_end(c->db, err);
}

static enum cs_err
check_place(struct cs_client *c, struct client_group *g,
    const struct cs_wire_place *place)
{
	struct kept kept = { .head = place->head };
	bool behind = false;
	enum cs_err err = is_behind(&behind, c, g, place);

	/* A message whose entry this device has not read yet may be lost even
	 * where all that it has read is there. */
	kept.seen = behind ? 0 : g->seq;
	if (err == CS_OK)
		err = find_lost(&kept, c, g);
	behind = behind || kept.lost.len != 0;
	if (err == CS_OK && (behind || place->cursor > g->seq))
		err = store(c, g, place, behind ? &kept : NULL);
	cs_buf_free(&kept.lost);
	return err;
}

static enum cs_err
check_one(struct cs_client *c, const struct cs_wire_place *place)
{
	struct client_group g;
	enum cs_err err = client_group_load_meta(&g, c, place->group_id);

	if (err == CS_OK && !client_group_over(&g) && !g.lost && g.registered)
		err = check_place(c, &g, place);
	client_group_clear(&g);
	return err == CS_ERR_NOT_FOUND || client_group_damaged(err) ? CS_OK
								    : err;
}

enum cs_err
client_places_check(struct cs_client *c)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_places_answer answer;
	struct cs_wire_place place;
	struct cs_buf raw = { 0 };
	struct cs_view rest;
	enum cs_err err;

	if (!c->link.places_due)
		return CS_OK;
	/* Calls in between use the answer's bytes again. */
	if ((err = client_call(c, CS_WIRE_PLACES, &cs_wire_empty_shape, &empty,
		 &cs_wire_places_answer_shape, &answer)) ||
	    (err = cs_buf_set(&raw, answer.groups.raw)))
		goto out;
	rest = cs_buf_view(&raw);
	while (
	    err == CS_OK && cs_wire_next(&place, &cs_wire_place_shape, &rest))
		err = check_one(c, &place);
	if (err == CS_OK)
		err =
		    cs_vault_config_set_num(c->db, &c->key, BOOT, c->link.boot);
	if (err == CS_OK)
		c->link.places_due = false;
out:
	cs_buf_free(&raw);
	return err;
}
