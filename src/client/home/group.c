/* SPDX-License-Identifier: MIT */
/* Conversations as they are stored: what is known of each, and its MLS state.
 */
#include "client/home/group.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/name.h"
#include "client/home/client.h"
#include "client/home/leaf.h"
#include "client/home/todo.h"
#include "crypto/random.h"

#define META "grp.meta"
#define PUBLIC "grp.public"
#define SECRET "grp.secret"
#define META_VERSION 1

struct cs_view
client_group_id(const struct client_group *g)
{
	return cs_view(g->id, g->id_len);
}

bool
client_group_over(const struct client_group *g)
{
	return g->state == CS_CLIENT_LEFT || g->state == CS_CLIENT_LEAVING;
}

void
client_group_clear(struct client_group *g)
{
	cs_mls_group_free(g->mls);
	cs_free(g->check, sizeof *g->check);
	cs_wipe(g, sizeof *g);
}

void
client_group_take_name(struct client_group *g, struct cs_view name)
{
	cs_name_clean(g->name, sizeof g->name, name);
	if (g->name[0] == '\0')
		snprintf(g->name, sizeof g->name, "group without a name");
}

bool
client_group_damaged(enum cs_err err)
{
	return err == CS_ERR_CORRUPT || err == CS_ERR_DECRYPT ||
	    err == CS_ERR_FORMAT;
}

static void
write_meta(struct cs_writer *w, const struct client_group *g)
{
	cs_write_u8(w, META_VERSION);
	cs_write_bytes(w, CS_VIEW_OF(g->ref));
	cs_write_u8(w, g->direct);
	cs_write_u8(w, g->registered);
	cs_write_u8(w, g->noted);
	cs_write_u8(w, (uint8_t)g->state);
	cs_write_vec(w, cs_view_str(g->name));
	cs_write_vec(w, cs_view_str(g->added_by));
	cs_write_u64(w, g->seq);
	cs_write_u8(w, g->chain_known);
	cs_write_bytes(w, CS_VIEW_OF(g->chain));
	cs_write_u64(w, g->last_ms);
	cs_write_u64(w, g->sender_seq);
	cs_write_u64(w, g->committed_ms);
	cs_write_u32(w, g->sent);
	cs_write_u8(
	    w, (uint8_t)(g->lost | g->copied << 1 | g->rolled_back << 2));
}

static enum cs_err
read_meta(struct client_group *g, struct cs_view plain)
{
	struct cs_reader r = cs_reader(plain);
	uint8_t marks;

	if (cs_read_u8(&r) != META_VERSION)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	cs_read_copy(&r, g->ref, sizeof g->ref);
	g->direct = cs_read_u8(&r) != 0;
	g->registered = cs_read_u8(&r) != 0;
	g->noted = cs_read_u8(&r) != 0;
	g->state = cs_read_u8(&r);
	cs_read_string(&r, g->name, sizeof g->name);
	cs_read_string(&r, g->added_by, sizeof g->added_by);
	g->seq = cs_read_u64(&r);
	g->chain_known = cs_read_u8(&r) != 0;
	cs_read_copy(&r, g->chain, sizeof g->chain);
	g->last_ms = cs_read_u64(&r);
	g->sender_seq = cs_read_u64(&r);
	g->committed_ms = cs_read_u64(&r);
	g->sent = cs_read_u32(&r);
	marks = cs_read_u8(&r);
	g->lost = marks & 1;
	g->copied = marks & 2;
	g->rolled_back = marks & 4;
	return cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
}

/* Open the two halves of the MLS state. */
static enum cs_err
read_state(struct client_group *out, struct cs_client *c, struct cs_view public,
    struct cs_view secret)
{
	struct cs_mls_options opt;
	struct cs_view id = client_group_id(out);
	struct cs_buf p = { 0 }, s = { 0 };
	enum cs_err err;

	if ((out->check = client_leaf_check_new(c)) == NULL)
		return CS_ERR_NOMEM;
	opt = client_mls_options(out->check);
	if ((err = cs_vault_open(&p, &c->key, PUBLIC, id, public)) == CS_OK &&
	    (err = cs_vault_open(&s, &c->key, SECRET, id, secret)) == CS_OK)
		err = cs_mls_group_load(&out->mls, &p, cs_buf_view(&s), &opt);
	cs_buf_free(&p);
	cs_buf_free(&s);
	return err;
}

/* Read everything except the MLS state. */
static enum cs_err
read_sealed_meta(struct client_group *out, struct cs_client *c,
    struct cs_view id, struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	enum cs_err err;

	if (id.len > sizeof out->id)
		return CS_ERR_CORRUPT;
	memcpy(out->id, id.data, id.len);
	out->id_len = id.len;
	if ((err = cs_vault_open(&plain, &c->key, META, id, sealed)) == CS_OK)
		err = read_meta(out, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

enum cs_err
client_group_load(
    struct client_group *out, struct cs_client *c, struct cs_view id)
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_row(&row, c->db,
	    "SELECT meta,public,secret FROM grp WHERE id=?", cs_blob(id));
	if (err == CS_OK &&
	    (err = read_sealed_meta(out, c, id, cs_col_blob(&row, 0))) == CS_OK)
		err = read_state(
		    out, c, cs_col_blob(&row, 1), cs_col_blob(&row, 2));
	return cs_rows_end(&row, err);
}

enum cs_err
client_group_load_meta(
    struct client_group *out, struct cs_client *c, struct cs_view id)
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_row(
	    &row, c->db, "SELECT meta FROM grp WHERE id=?", cs_blob(id));
	if (err == CS_OK)
		err = read_sealed_meta(out, c, id, cs_col_blob(&row, 0));
	return cs_rows_end(&row, err);
}

/* Store what changed of the MLS state: a message leaves the public half alone.
 */
static enum cs_err
store_state(struct cs_client *c, struct client_group *g)
{
	struct cs_view id = client_group_id(g);
	bool whole = g->elsewhere || cs_mls_group_public_changed(g->mls);
	struct cs_buf p = { 0 }, s = { 0 }, public = { 0 }, secret = { 0 };
	enum cs_err err;

	if ((err = cs_mls_group_save(g->mls, whole ? &p : NULL, &s)) ||
	    (err = cs_vault_seal(
		 &secret, &c->key, SECRET, id, cs_buf_view(&s))) ||
	    (whole &&
		(err = cs_vault_seal(
		     &public, &c->key, PUBLIC, id, cs_buf_view(&p)))))
		goto out;
	err = cs_db_exec(c->db, "UPDATE grp SET secret=? WHERE id=?",
	    cs_blob(cs_buf_view(&secret)), cs_blob(id));
	if (err == CS_OK && whole)
		err = cs_db_exec(c->db, "UPDATE grp SET public=? WHERE id=?",
		    cs_blob(cs_buf_view(&public)), cs_blob(id));
	if (err == CS_OK && whole)
		err = client_todo_look(c, id);
	if (err == CS_OK)
		g->elsewhere = false;
out:
	cs_buf_free(&p);
	cs_buf_free(&s);
	cs_buf_free(&public);
	cs_buf_free(&secret);
	return err;
}

static enum cs_err
store_meta(struct cs_client *c, const struct client_group *g)
{
	struct cs_view id = client_group_id(g);
	struct cs_buf plain = { 0 }, meta = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	write_meta(&w, g);
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_vault_seal(
		 &meta, &c->key, META, id, cs_buf_view(&plain))) == CS_OK)
		err = cs_db_exec(c->db,
		    "INSERT INTO grp(id,meta,public) VALUES(?,?,x'')"
		    " ON CONFLICT(id) DO UPDATE SET meta=excluded.meta",
		    cs_blob(id), cs_blob(cs_buf_view(&meta)));
	cs_buf_free(&plain);
	cs_buf_free(&meta);
	return err ? err : client_todo_store(c, g);
}

static enum cs_err
store(struct cs_client *c, struct client_group *g)
{
	enum cs_err err = store_meta(c, g);

	return err ? err : store_state(c, g);
}

enum cs_err
client_group_store_meta(struct cs_client *c, const struct client_group *g)
{
	bool alone = !cs_db_in_transaction(c->db);
	enum cs_err err;

	if (alone && (err = cs_db_begin(c->db)))
		return err;
	err = store_meta(c, g);
	return alone ? cs_db_end(c->db, err) : err;
}

enum cs_err
client_group_store(struct cs_client *c, struct client_group *g)
{
	bool alone = !cs_db_in_transaction(c->db);
	enum cs_err err;

	/* Both halves are stored, or neither. */
	if (alone && (err = cs_db_begin(c->db)))
		return err;
	err = store(c, g);
	return alone ? cs_db_end(c->db, err) : err;
}

enum cs_err
client_group_list(struct cs_buf *out, struct cs_client *c)
{
	struct cs_writer w = cs_writer(out);
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, c->db, "SELECT id FROM grp ORDER BY id");
	while (err == CS_OK && cs_rows_next(&rows))
		cs_write_vec(&w, cs_col_blob(&rows, 0));
	err = cs_rows_end(&rows, err);
	return err ? err : cs_writer_end(&w);
}

enum cs_err
client_group_each(struct cs_client *c,
    enum cs_err (*each)(struct cs_client *c, struct client_group *g, void *arg),
    void *arg)
{
	struct cs_buf ids = { 0 };
	struct cs_reader r;
	enum cs_err err = client_group_list(&ids, c);

	r = cs_reader(cs_buf_view(&ids));
	while (err == CS_OK && cs_reader_more(&r)) {
		struct client_group g;

		err = client_group_load(&g, c, cs_read_vec(&r));
		if (err == CS_OK)
			err = each(c, &g, arg);
		else if (client_group_damaged(err))
			err = CS_OK;
		client_group_clear(&g);
	}
	cs_buf_free(&ids);
	return err;
}

static enum cs_err
fill_one(struct cs_client *c, struct cs_view id)
{
	struct client_group g;
	enum cs_err err = client_group_load_meta(&g, c, id);

	if (err == CS_OK)
		err = client_todo_store(c, &g);
	else if (client_group_damaged(err))
		err = client_todo_nameless(c, id);
	client_group_clear(&g);
	return err;
}

static enum cs_err
fill(struct cs_client *c, struct cs_view ids)
{
	struct cs_reader r = cs_reader(ids);
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	while (err == CS_OK && cs_reader_more(&r))
		err = fill_one(c, cs_read_vec(&r));
	return cs_db_end(c->db, err);
}

enum cs_err
client_groups_fill_todo(struct cs_client *c)
{
	struct cs_buf ids = { 0 };
	enum cs_err err = client_todo_list_unnamed(&ids, c);

	if (err == CS_OK && ids.len != 0)
		err = fill(c, cs_buf_view(&ids));
	cs_buf_free(&ids);
	return err;
}
