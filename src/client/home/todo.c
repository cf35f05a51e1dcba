/* SPDX-License-Identifier: MIT */
#include "client/home/todo.h"

#include "base/name.h"
#include "client/home/client.h"
#include "crypto/hash.h"

/* Of column todo. */
#define LOOK 1       /* see client_todo_look() */
#define UNFINISHED 2 /* being left, or without a note of its name */
#define LOST 4       /* and wanted */

#define NEVER ((uint64_t)INT64_MAX)

/* ---- what follows from a group ------------------------------------------ */

static uint64_t
todo_of(const struct client_group *g)
{
	uint64_t todo = 0;

	if (g->state == CS_CLIENT_LEAVING ||
	    (g->state == CS_CLIENT_ACTIVE && g->registered && !g->noted))
		todo |= UNFINISHED;
	/* A request or a blocked conversation is not worth showing up in. */
	if (g->lost && g->state == CS_CLIENT_ACTIVE)
		todo |= LOST;
	return todo;
}

/* The part of the jitter that this device has in this group, so that members
 * who came together do not commit together. */
static enum cs_err
jitter(uint64_t *out, const struct cs_client *c, const struct client_group *g)
{
	const struct cs_view parts[] = { CS_VIEW_OF(c->self.device),
		cs_view(g->id, g->id_len) };
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err = cs_hash_parts(hash, CS_SHA256, parts, 2);

	*out =
	    (uint64_t)(hash[0] << 8 | hash[1]) * CLIENT_COMMIT_JITTER_MS >> 16;
	return err;
}

enum cs_err
client_todo_due(
    uint64_t *out, const struct cs_client *c, const struct client_group *g)
{
	uint64_t early;
	enum cs_err err = jitter(&early, c, g);

	if (!g->registered || g->state == CS_CLIENT_LEFT ||
	    g->state == CS_CLIENT_LEAVING || g->lost)
		*out = NEVER;
	else if (g->sent >= CLIENT_COMMIT_MESSAGES)
		*out = 0;
	else
		*out = g->committed_ms + CLIENT_COMMIT_MS - early;
	return err;
}

/* Without the home's key, a name cannot even be guessed.  All spellings of one
 * have one tag. */
static enum cs_err
name_tag(uint8_t out[static CS_HASH_LEN], const struct cs_client *c,
    const char *name)
{
	struct cs_buf folded = { 0 };
	enum cs_err err = cs_name_fold(&folded, cs_view_str(name));

	/* What is no text is nobody's name. */
	if (err == CS_OK || err == CS_ERR_FORMAT) {
		const struct cs_view parts[] = {
			cs_view_str("countersign/name/v2"), cs_buf_view(&folded)
		};

		err = cs_hmac_parts(
		    out, CS_SHA256, CS_VIEW_OF(c->key.b), parts, 2);
	}
	cs_buf_free(&folded);
	return err;
}

/* What is over, or entered anew soon, is in no place. */
static uint64_t
place_of(const struct client_group *g)
{
	return g->registered && g->state != CS_CLIENT_LEFT && !g->lost ? g->seq
								       : 0;
}

enum cs_err
client_todo_places(uint64_t *sum, struct cs_client *c)
{
	return cs_db_get_int(
	    sum, c->db, "SELECT COALESCE(SUM(seq),0) FROM todo");
}

enum cs_err
client_todo_store(struct cs_client *c, const struct client_group *g)
{
	uint8_t tag[CS_HASH_LEN];
	uint64_t due;
	enum cs_err err;

	if ((err = client_todo_due(&due, c, g)) ||
	    (err = name_tag(tag, c, g->name)))
		return err;
	return cs_db_exec(c->db,
	    "INSERT INTO todo(id,name,todo,due,seq) VALUES(?,?,?|1,?,?)"
	    " ON CONFLICT(id) DO UPDATE SET name=excluded.name,"
	    " todo=(todo&1)|(excluded.todo&6),due=excluded.due,seq=excluded.seq"
	    " WHERE name IS NOT excluded.name OR due<>excluded.due"
	    " OR seq<>excluded.seq OR (todo&6)<>(excluded.todo&6)",
	    cs_blob(cs_view(g->id, g->id_len)), cs_blob(CS_VIEW_OF(tag)),
	    cs_int(todo_of(g)), cs_int(due), cs_int(place_of(g)));
}

/* ---- marks -------------------------------------------------------------- */

enum cs_err
client_todo_nameless(struct cs_client *c, struct cs_view id)
{
	return cs_db_exec(
	    c->db, "UPDATE todo SET name=x'' WHERE id=?", cs_blob(id));
}

enum cs_err
client_todo_look(struct cs_client *c, struct cs_view id)
{
	return cs_db_exec(
	    c->db, "UPDATE todo SET todo=todo|1 WHERE id=?", cs_blob(id));
}

enum cs_err
client_todo_look_all(struct cs_client *c)
{
	return cs_db_exec(c->db, "UPDATE todo SET todo=todo|1");
}

enum cs_err
client_todo_looked(struct cs_client *c, struct cs_view id)
{
	enum cs_err err = cs_db_begin(c->db);

	if (err)
		return err;
	err = cs_db_exec(c->db,
	    "UPDATE todo SET todo=todo&6 WHERE id=? AND todo&1", cs_blob(id));
	/* If it is lost, it is looked at once more. */
	return cs_db_end_as(c->db, err, CS_DB_SOON);
}

enum cs_err
client_todo_postpone(struct cs_client *c, struct cs_view id, uint64_t at_ms)
{
	enum cs_err err = cs_db_begin(c->db);

	if (err)
		return err;
	err = cs_db_exec(c->db, "UPDATE todo SET due=? WHERE id=?",
	    cs_int(at_ms), cs_blob(id));
	return cs_db_end_as(c->db, err, CS_DB_SOON);
}

/* ---- lists -------------------------------------------------------------- */

/* Append the ids of ${rows}, and end it. */
static enum cs_err
collect(struct cs_buf *ids, struct cs_rows *rows, enum cs_err err)
{
	struct cs_writer w = cs_writer(ids);

	while (err == CS_OK && cs_rows_next(rows))
		cs_write_vec(&w, cs_col_blob(rows, 0));
	err = cs_rows_end(rows, err);
	return err ? err : cs_writer_end(&w);
}

enum cs_err
client_todo_list(struct cs_buf *ids, struct cs_client *c)
{
	struct cs_rows rows;

	return collect(ids, &rows,
	    cs_db_query(&rows, c->db,
		"SELECT id FROM todo WHERE todo<>0"
		" UNION SELECT id FROM grp WHERE pending IS NOT NULL"
		" UNION SELECT grp FROM message WHERE id IN"
		" (SELECT message FROM outbox) ORDER BY 1"));
}

enum cs_err
client_todo_list_lost(struct cs_buf *ids, struct cs_client *c)
{
	struct cs_rows rows;

	return collect(ids, &rows,
	    cs_db_query(&rows, c->db,
		"SELECT id FROM todo WHERE todo<>0 AND todo&4 ORDER BY id"));
}

enum cs_err
client_todo_list_due(struct cs_buf *ids, struct cs_client *c, uint64_t now_ms)
{
	struct cs_rows rows;

	return collect(ids, &rows,
	    cs_db_query(&rows, c->db,
		"SELECT id FROM todo WHERE due<=? ORDER BY id",
		cs_int(now_ms)));
}

enum cs_err
client_todo_list_named(
    struct cs_buf *ids, struct cs_client *c, const char *name)
{
	uint8_t tag[CS_HASH_LEN];
	struct cs_rows rows;
	enum cs_err err;

	if ((err = name_tag(tag, c, name)))
		return err;
	return collect(ids, &rows,
	    cs_db_query(&rows, c->db,
		"SELECT id FROM todo WHERE name=? ORDER BY id",
		cs_blob(CS_VIEW_OF(tag))));
}

enum cs_err
client_todo_list_unnamed(struct cs_buf *ids, struct cs_client *c)
{
	struct cs_rows rows;

	return collect(ids, &rows,
	    cs_db_query(
		&rows, c->db, "SELECT id FROM todo WHERE name IS NULL"));
}
