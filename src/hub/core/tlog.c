/* SPDX-License-Identifier: MIT */
#include "hub/core/tlog.h"

#include <string.h>

#include "base/alloc.h"
#include "crypto/random.h"
#include "family/channel.h"
#include "hub/core/batch.h"
#include "hub/core/refusal.h"
#include "hub/talk/talk.h"
#include "tlog/tile.h"

/* A tree of 2^32 batches has tiles at so many levels. */
#define LEVELS 4

/* ---- where it is -------------------------------------------------------- */

static enum cs_err
load(struct cs_hub *hub)
{
	struct hub_tlog *t = &hub->tlog;
	uint64_t batches;
	enum cs_err err;

	if (t->loaded)
		return CS_OK;
	if ((err = cs_db_get_int(
		 &t->next, hub->db, "SELECT coalesce(max(n)+1,0) FROM tlog")) ||
	    (err = cs_db_get_int(&batches, hub->db,
		 "SELECT coalesce(max(at)+1,0) FROM tlog_node"
		 " WHERE turn=? AND level=0",
		 cs_int(t->next))))
		return err;
	t->batches = (uint32_t)batches;
	t->loaded = true;
	return CS_OK;
}

void
hub_tlog_undone(struct cs_hub *hub)
{
	hub->tlog.loaded = false;
}

/* ---- what is collected -------------------------------------------------- */

enum cs_err
hub_tlog_batch(struct cs_stamp_batch *out, struct cs_hub *hub)
{
	enum cs_err err = load(hub);

	if (err)
		return err;
	out->entry = hub->tlog.next;
	out->number = hub->tlog.batches++;
	return CS_OK;
}

static enum cs_err
store_node(struct cs_hub *hub, uint64_t turn, unsigned level, uint64_t at,
    const uint8_t hash[static CS_HASH_LEN])
{
	return cs_db_exec(hub->db,
	    "INSERT INTO tlog_node(turn,level,at,hash) VALUES(?,?,?,?)",
	    cs_int(turn), cs_int(level), cs_int(at),
	    cs_blob(cs_view(hash, CS_HASH_LEN)));
}

enum cs_err
hub_tlog_batch_store(struct cs_hub *hub, const struct cs_stamp_batch *batch,
    const uint8_t leaf[static CS_HASH_LEN])
{
	return store_node(hub, batch->entry, 0, batch->number, leaf);
}

enum cs_err
hub_tlog_add_entry(struct cs_hub *hub, struct cs_view entry)
{
	return cs_db_exec(
	    hub->db, "INSERT INTO tlog_queue(entry) VALUES(?)", cs_blob(entry));
}

enum cs_err
hub_tlog_add(struct cs_hub *hub, enum cs_tlog_kind kind, const uint8_t *salt,
    struct cs_view content)
{
	uint8_t entry[CS_TLOG_COMMIT_LEN];
	enum cs_err err = cs_tlog_commit(entry, kind, salt, content);

	return err ? err : hub_tlog_add_entry(hub, CS_VIEW_OF(entry));
}

enum cs_err
hub_tlog_add_once(
    struct cs_hub *hub, enum cs_tlog_kind kind, struct cs_view content)
{
	uint8_t entry[CS_TLOG_COMMIT_LEN];
	enum cs_err err = cs_tlog_commit(entry, kind, NULL, content);

	if (err == CS_OK)
		err = cs_db_exec(hub->db,
		    "INSERT INTO tlog_once(entry) VALUES(?)"
		    " ON CONFLICT(entry) DO NOTHING",
		    cs_blob(CS_VIEW_OF(entry)));
	return err || cs_db_changes(hub->db) == 0
	    ? err
	    : hub_tlog_add_entry(hub, CS_VIEW_OF(entry));
}

/* ---- the tree of a turn ------------------------------------------------- */

struct turn {
	struct cs_hub *hub;
	uint64_t n;
};

/* A cs_tlog_fetch_tile of a struct turn. */
static enum cs_err
fetch(void *arg, struct cs_buf *out, const struct cs_tlog_tile *tile)
{
	const struct turn *turn = arg;
	uint64_t from = tile->n * CS_TLOG_TILE_WIDTH;
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, turn->hub->db,
	    "SELECT hash FROM tlog_node WHERE turn=? AND level=?"
	    " AND at>=? AND at<? ORDER BY at",
	    cs_int(turn->n), cs_int(tile->level), cs_int(from),
	    cs_int(from + tile->width));

	while (err == CS_OK && cs_rows_next(&rows))
		err = cs_buf_add(out, cs_col_blob(&rows, 0));
	return cs_rows_end(&rows, err);
}

static struct cs_tlog_tiles *
tiles_of(struct turn *turn, uint32_t batches)
{
	struct cs_tlog_tiles *t = cs_calloc(1, sizeof *t);

	if (t != NULL) {
		t->size = batches;
		t->fetch = fetch;
		t->arg = turn;
	}
	return t;
}

/* The node above the full tile ${at} of ${level}: out of that tile, since the
 * level above is not there yet. */
static enum cs_err
store_one_above(struct turn *turn, unsigned level, uint64_t at)
{
	const struct cs_tlog_tile tile = { false, level, at,
		CS_TLOG_TILE_WIDTH };
	struct cs_buf bytes = { 0 };
	struct cs_tlog_hash nodes[CS_TLOG_TILE_WIDTH], above;
	enum cs_err err = fetch(turn, &bytes, &tile);

	if (err == CS_OK && bytes.len != sizeof nodes)
		err = CS_ERR_CORRUPT;
	if (err == CS_OK) {
		memcpy(nodes, bytes.data, sizeof nodes);
		if ((err = cs_tlog_fold(&above, nodes, CS_TLOG_TILE_WIDTH)) ==
		    CS_OK)
			err = store_node(
			    turn->hub, turn->n, level + 1, at, above.bytes);
	}
	cs_buf_free(&bytes);
	return err;
}

static enum cs_err
store_above(struct turn *turn, uint32_t batches)
{
	enum cs_err err = CS_OK;

	for (unsigned level = 0; err == CS_OK && level < LEVELS - 1; level++) {
		uint64_t n = batches >> CS_TLOG_TILE_HEIGHT * (level + 1);

		for (uint64_t at = 0; err == CS_OK && at < n; at++)
			err = store_one_above(turn, level, at);
	}
	return err;
}

static enum cs_err
root_of(struct cs_tlog_hash *out, struct turn *turn, uint32_t batches)
{
	struct cs_tlog_tiles *tiles;
	enum cs_err err = store_above(turn, batches);

	if (err)
		return err;
	if ((tiles = tiles_of(turn, batches)) == NULL)
		return CS_ERR_NOMEM;
	err = cs_tlog_root(out, batches, cs_tlog_tiles_node, tiles);
	cs_free(tiles, sizeof *tiles);
	return err;
}

enum cs_err
hub_tlog_path(struct cs_tlog_turn *out, struct cs_hub *hub, uint64_t entry,
    uint32_t number)
{
	struct turn turn = { hub, entry };
	struct cs_tlog_tiles *tiles;
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, hub->db,
	    "SELECT salt,batches FROM tlog_turn WHERE n=?", cs_int(entry));
	if (err == CS_OK) {
		cs_col_copy(&row, 0, out->salt, sizeof out->salt);
		out->batches = (uint32_t)cs_col_int(&row, 1);
	}
	if ((err = cs_rows_end(&row, err)))
		return err;
	if (number >= out->batches)
		return CS_ERR_NOT_FOUND;
	if ((tiles = tiles_of(&turn, out->batches)) == NULL)
		return CS_ERR_NOMEM;
	err = cs_tlog_inclusion_make(
	    &out->path, number, out->batches, cs_tlog_tiles_node, tiles);
	cs_free(tiles, sizeof *tiles);
	return err;
}

/* ---- turns -------------------------------------------------------------- */

static enum cs_err
number(struct cs_hub *hub, uint64_t n, struct cs_view entry)
{
	return cs_db_exec(hub->db, "INSERT INTO tlog(n,entry) VALUES(?,?)",
	    cs_int(n), cs_blob(entry));
}

static enum cs_err
end_turn(struct cs_hub *hub)
{
	struct hub_tlog *t = &hub->tlog;
	struct turn turn = { hub, t->next };
	uint8_t salt[CS_TLOG_SALT_LEN], entry[CS_TLOG_COMMIT_LEN];
	struct cs_tlog_hash root;
	enum cs_err err;

	cs_random(salt, sizeof salt);
	if ((err = root_of(&root, &turn, t->batches)) ||
	    (err = cs_tlog_turn_commit(entry, salt, t->batches, &root)) ||
	    (err = number(hub, t->next, CS_VIEW_OF(entry))))
		return err;
	return cs_db_exec(hub->db,
	    "INSERT INTO tlog_turn(n,salt,batches,ended) VALUES(?,?,?,?)",
	    cs_int(t->next), cs_blob(CS_VIEW_OF(salt)), cs_int(t->batches),
	    cs_int(hub->now_ms));
}

/* The last of its kind is found by that. */
static enum cs_err
number_kind(struct cs_hub *hub, uint64_t n, struct cs_view entry)
{
	enum cs_err err = number(hub, n, entry);

	return err || entry.len < 2
	    ? err
	    : cs_db_exec(hub->db,
		  "INSERT INTO tlog_last(kind,n) VALUES(?,?)"
		  " ON CONFLICT(kind) DO UPDATE SET n=excluded.n",
		  cs_int(entry.data[1]), cs_int(n));
}

/* Whom an action is about is told where it is. */
static enum cs_err
number_action(struct cs_hub *hub, uint64_t n, struct cs_view entry, uint64_t id)
{
	return cs_tlog_entry_kind(entry) != CS_TLOG_ACTION
	    ? CS_OK
	    : cs_db_exec(hub->db,
		  "UPDATE action SET entry=? WHERE queued=? AND entry IS NULL",
		  cs_int(n), cs_int(id));
}

/* Those that somebody outside asks for by what they say. */
static enum cs_err
number_whole(struct cs_hub *hub, uint64_t n, struct cs_view entry)
{
	uint8_t kind = cs_tlog_entry_kind(entry);

	return kind != CS_TLOG_NOTICE && kind != CS_TLOG_ANSWER
	    ? CS_OK
	    : cs_db_exec(hub->db,
		  "INSERT INTO tlog_number(entry,n) VALUES(?,?)"
		  " ON CONFLICT(entry) DO NOTHING",
		  cs_blob(entry), cs_int(n));
}

enum cs_err
hub_tlog_number(uint64_t *n, struct cs_hub *hub, struct cs_view entry)
{
	return cs_db_get_int(n, hub->db,
	    "SELECT n FROM tlog_number WHERE entry=?", cs_blob(entry));
}

enum cs_err
hub_tlog_last(uint64_t *n, struct cs_hub *hub, enum cs_tlog_kind kind)
{
	return cs_db_get_int(
	    n, hub->db, "SELECT n FROM tlog_last WHERE kind=?", cs_int(kind));
}

/* All that waited, one behind the other. */
static enum cs_err
number_queue(uint64_t *n, struct cs_hub *hub)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(
	    &rows, hub->db, "SELECT entry,id FROM tlog_queue ORDER BY id");

	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_view entry = cs_col_blob(&rows, 0);

		if ((err = number_kind(hub, *n, entry)) == CS_OK &&
		    (err = number_whole(hub, *n, entry)) == CS_OK)
			err =
			    number_action(hub, *n, entry, cs_col_int(&rows, 1));
		(*n)++;
	}
	err = cs_rows_end(&rows, err);
	return err ? err : cs_db_exec(hub->db, "DELETE FROM tlog_queue");
}

bool
hub_tlog_turn_due(const struct cs_hub *hub)
{
	const struct hub_tlog *t = &hub->tlog;

	return t->process != NULL && t->ready && t->state == HUB_TLOG_FITS &&
	    (hub->now_ms < t->ended_ms ||
		hub->now_ms - t->ended_ms >= HUB_TURN_MS);
}

enum cs_err
hub_tlog_turn(struct cs_hub *hub)
{
	struct hub_tlog *t = &hub->tlog;
	uint64_t n;
	enum cs_err err;

	if (!hub_tlog_turn_due(hub))
		return CS_OK;
	if ((err = hub_batch_begin(hub)) || (err = load(hub)))
		return err;
	n = t->next + 1;
	if ((err = end_turn(hub)) || (err = number_queue(&n, hub))) {
		hub->broken = true;
		hub_tlog_undone(hub);
		return err;
	}
	t->next = n;
	t->batches = 0;
	t->ended_ms = hub->now_ms;
	return CS_OK;
}

/* ---- the log's process -------------------------------------------------- */

static enum cs_err
send_from(struct cs_hub *hub, uint64_t from)
{
	struct cs_buf entries = { 0 };
	struct cs_rows rows;
	uint64_t n = 0;
	enum cs_err err = cs_db_query(&rows, hub->db,
	    "SELECT entry FROM tlog WHERE n>=? ORDER BY n LIMIT ?",
	    cs_int(from), cs_int(HUB_TALK_TLOG_MOST));

	for (; err == CS_OK && cs_rows_next(&rows); n++) {
		struct cs_view entry = cs_col_blob(&rows, 0);
		const uint8_t length = (uint8_t)entry.len;

		err = cs_buf_add(&entries, cs_view(&length, 1));
		if (err == CS_OK)
			err = cs_buf_add(&entries, entry);
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_OK && n != 0)
		err = cs_channel_put(hub->tlog.process, HUB_TALK_TLOG_ENTRIES,
		    from, cs_buf_view(&entries));
	if (err == CS_OK)
		hub->tlog.sent = from + n;
	cs_buf_free(&entries);
	return err;
}

enum cs_err
hub_tlog_send(struct cs_hub *hub)
{
	struct hub_tlog *t = &hub->tlog;
	enum cs_err err;

	if (t->process == NULL || !t->ready || t->state != HUB_TLOG_FITS)
		return CS_OK;
	if ((err = load(hub)))
		return err;
	/* The rest when it has these. */
	if (t->sent < t->next && (err = send_from(hub, t->sent)))
		return err;
	return cs_channel_flush(t->process);
}

enum hub_tlog_state
hub_tlog_state(const struct cs_hub *hub)
{
	return (enum hub_tlog_state)hub->tlog.state;
}

bool
hub_tlog_fits(const struct cs_hub *hub)
{
	const struct hub_tlog *t = &hub->tlog;

	return t->state == HUB_TLOG_FITS && (t->told || !t->linked);
}

static enum cs_err
read_known(uint64_t *known, struct cs_hub *hub)
{
	enum cs_err err = cs_db_get_int(
	    known, hub->db, "SELECT size FROM tlog_known WHERE one=TRUE");

	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static enum cs_err
write_known(struct cs_hub *hub, uint64_t size)
{
	return cs_db_exec(hub->db,
	    "INSERT INTO tlog_known(one,size) VALUES(TRUE,?)"
	    " ON CONFLICT(one) DO UPDATE SET size=excluded.size",
	    cs_int(size));
}

/* What the log has, it keeps; the last number is needed to go on. */
static enum cs_err
store_known(struct cs_hub *hub, uint64_t size)
{
	enum cs_err err = write_known(hub, size);

	return err ? err
		   : cs_db_exec(hub->db,
			 "DELETE FROM tlog WHERE n<?"
			 " AND n<(SELECT max(n) FROM tlog)",
			 cs_int(size));
}

enum cs_err
hub_tlog_told(struct cs_hub *hub, uint64_t size)
{
	struct hub_tlog *t = &hub->tlog;
	uint64_t known = 0;
	enum cs_err err;

	if ((err = load(hub)) || (err = read_known(&known, hub)))
		return err;
	t->state = size > t->next ? HUB_TLOG_LONG
	    : size < known        ? HUB_TLOG_SHORT
				  : HUB_TLOG_FITS;
	if (!t->ready || t->state != HUB_TLOG_FITS)
		t->sent = size;
	t->ready = t->told = true;
	if (t->state != HUB_TLOG_FITS || size == known)
		return CS_OK;
	err = hub_batch_begin(hub);
	return err ? err : store_known(hub, size);
}

enum cs_err
hub_tlog_more(struct cs_hub *hub, uint64_t size)
{
	uint64_t known = 0;
	enum cs_err err = read_known(&known, hub);

	if (err || size <= known)
		return err;
	hub->tlog.state = HUB_TLOG_SHORT;
	err = hub_batch_begin(hub);
	return err ? err : write_known(hub, size);
}

/* ---- requests ----------------------------------------------------------- */

enum cs_err
hub_tlog_turn_get(struct hub_request *rq)
{
	struct cs_wire_tlog_turn_get m;
	struct cs_wire_tlog_turn answer;
	struct cs_tlog_turn turn = { .batches = 0 };
	struct cs_buf bytes = { 0 };
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_tlog_turn_get_shape, rq->body)) ||
	    (err = load(rq->hub)))
		return err;
	if (m.entry >= rq->hub->tlog.next)
		return hub_refuse(rq, CS_WIRE_E_WAITING);
	err = hub_tlog_path(&turn, rq->hub, m.entry, m.number);
	if (err == CS_ERR_NOT_FOUND)
		return hub_refuse(rq, CS_WIRE_E_UNAVAILABLE);
	if (err == CS_OK &&
	    (err = cs_tlog_turn_write(&bytes, &turn)) == CS_OK) {
		answer.turn = cs_buf_view(&bytes);
		err = hub_answer(rq, &cs_wire_tlog_turn_shape, &answer);
	}
	cs_buf_free(&bytes);
	return err;
}
