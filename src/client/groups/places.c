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

/* A message that the hub took and lost is not sent any more. */
static enum cs_err
lose_sent(struct cs_client *c, uint64_t id, uint64_t head, bool *more)
{
	struct client_record r;
	struct cs_buf plain = { 0 };
	enum cs_err err = client_message_load(&r, &plain, c, id);

	*more = err == CS_OK && r.seq > head;
	if (*more && !r.failed) {
		r.failed = true;
		err = client_message_update(c, id, &r);
	}
	cs_buf_free(&plain);
	return err;
}

static enum cs_err
lose_all_sent(struct cs_client *c, const struct client_group *g, uint64_t head)
{
	struct cs_buf ids = { 0 };
	struct cs_writer w = cs_writer(&ids);
	struct cs_reader r;
	struct cs_rows rows;
	bool more = true;
	enum cs_err err = cs_db_query(&rows, c->db,
	    "SELECT id FROM message WHERE grp=? AND kind=? AND id NOT IN"
	    " (SELECT message FROM outbox) ORDER BY id DESC",
	    cs_blob(client_group_id(g)), cs_int(CS_CLIENT_SENT));

	while (err == CS_OK && cs_rows_next(&rows))
		cs_write_u64(&w, cs_col_int(&rows, 0));
	if ((err = cs_rows_end(&rows, err)) == CS_OK)
		err = cs_writer_end(&w);
	r = cs_reader(cs_buf_view(&ids));
	while (err == CS_OK && more && cs_reader_more(&r))
		err = lose_sent(c, cs_read_u64(&r), head, &more);
	cs_buf_free(&ids);
	return err;
}

static enum cs_err
be_behind(struct cs_client *c, struct client_group *g, uint64_t head)
{
	enum cs_err err;

	g->lost = g->rolled_back = true;
	if ((err = lose_all_sent(c, g, head)))
		return err;
	return client_warning(c, g,
	    "The hub has lost what came after entry %llu of this conversation, "
	    "of which this device has read %llu: it was restored from a "
	    "backup. What was sent meanwhile may never reach the others. This "
	    "device enters the conversation anew if the same people are in it "
	    "there; otherwise see: countersign group repair. Each of the "
	    "others reads what is sent after they have done the same.",
	    (unsigned long long)head, (unsigned long long)g->seq);
}

/* ---- all of them -------------------------------------------------------- */

/* Does what comes behind this home's place build on what it has read?  Only the
 * hub can say, and its stamp on the next entry does. */
static enum cs_err
goes_on(bool *out, struct cs_client *c, const struct client_group *g)
{
	const struct cs_wire_fetch ask = {
		.group_id = client_group_id(g),
		.after = g->seq,
		.max = 1,
	};
	struct cs_wire_fetch_answer answer;
	struct cs_wire_entry entry;
	struct cs_stamp stamp;
	struct cs_view rest;
	enum cs_err err = client_call(c, CS_WIRE_FETCH, &cs_wire_fetch_shape,
	    &ask, &cs_wire_fetch_answer_shape, &answer);

	*out = true;
	if (err)
		return err;
	rest = answer.entries.raw;
	if (cs_wire_next(&entry, &cs_wire_entry_shape, &rest) &&
	    entry.group_seq == g->seq + 1 &&
	    cs_stamp_parse(&stamp, entry.stamp) == CS_OK)
		*out = memcmp(stamp.chain_prev, g->chain, CS_HASH_LEN) == 0;
	return CS_OK;
}

/* Is the hub's log not the one that this home has read? */
static enum cs_err
is_behind(bool *out, struct cs_client *c, const struct client_group *g,
    const struct cs_wire_place *place)
{
	bool same = true;
	enum cs_err err = CS_OK;

	if (place->head == g->seq && g->chain_known)
		same = memcmp(place->chain, g->chain, CS_HASH_LEN) == 0;
	else if (place->head > g->seq && g->chain_known)
		err = goes_on(&same, c, g);
	*out = place->head < g->seq || !same;
	return err;
}

static enum cs_err
store(struct cs_client *c, struct client_group *g,
    const struct cs_wire_place *place, bool behind)
{
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	err = behind ? be_behind(c, g, place->head)
		     : client_place_is_copy(c, g, place->cursor);
	if (err == CS_OK)
		err = client_group_store_meta(c, g);
	return cs_db_end(c->db, err);
}

static enum cs_err
check_one(struct cs_client *c, const struct cs_wire_place *place)
{
	struct client_group g;
	bool behind = false;
	enum cs_err err = client_group_load_meta(&g, c, place->group_id);

	if (err == CS_OK && !client_group_over(&g) && !g.lost && g.registered &&
	    (err = is_behind(&behind, c, &g, place)) == CS_OK &&
	    (behind || place->cursor > g.seq))
		err = store(c, &g, place, behind);
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
