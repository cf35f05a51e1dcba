/* SPDX-License-Identifier: MIT */
/* Rows of conversations that this device is to enter by itself. */
#include "client/home/joining.h"

#include <string.h>

#include "client/home/client.h"
#include "client/home/group.h"
#include "crypto/random.h"

#define TABLE "joining"
#define ATTEMPT "joining.attempt"

#define JOINING_VERSION 1

enum cs_err
client_joining_add(struct cs_client *c, const struct client_group *g)
{
	struct cs_buf plain = { 0 }, sealed = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	cs_write_u8(&w, JOINING_VERSION);
	cs_write_u8(&w, g->direct);
	cs_write_u8(&w, (uint8_t)g->state);
	cs_write_vec(&w, cs_view_str(g->name));
	cs_write_vec(&w, cs_view_str(g->added_by));
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_vault_seal(&sealed, &c->key, TABLE, client_group_id(g),
		 cs_buf_view(&plain))) == CS_OK)
		err = cs_db_exec(c->db,
		    "INSERT INTO joining(id,sealed) VALUES(?,?)"
		    " ON CONFLICT(id) DO UPDATE SET sealed=excluded.sealed",
		    cs_blob(client_group_id(g)), cs_blob(cs_buf_view(&sealed)));
	cs_buf_free(&plain);
	cs_buf_free(&sealed);
	return err;
}

static enum cs_err
parse(struct client_group *out, struct cs_view plain)
{
	struct cs_reader r = cs_reader(plain);

	if (cs_read_u8(&r) != JOINING_VERSION)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	out->direct = cs_read_u8(&r) != 0;
	out->state = cs_read_u8(&r);
	cs_read_string(&r, out->name, sizeof out->name);
	cs_read_string(&r, out->added_by, sizeof out->added_by);
	return cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
}

enum cs_err
client_joining_find(
    struct client_group *out, struct cs_client *c, struct cs_view id)
{
	struct cs_buf plain = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_row(
	    &rows, c->db, "SELECT sealed FROM joining WHERE id=?", cs_blob(id));
	if (err == CS_OK)
		err = cs_vault_open(
		    &plain, &c->key, TABLE, id, cs_col_blob(&rows, 0));
	if ((err = cs_rows_end(&rows, err)) == CS_OK)
		err = parse(out, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

enum cs_err
client_joining_forget(struct cs_client *c, struct cs_view id)
{
	return cs_db_exec(c->db, "DELETE FROM joining WHERE id=?", cs_blob(id));
}

enum cs_err
client_joining_list(struct cs_buf *ids, struct cs_client *c)
{
	struct cs_writer w = cs_writer(ids);
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, c->db,
	    "SELECT id FROM joining WHERE next<=? ORDER BY id",
	    cs_int(cs_clock_ms()));
	while (err == CS_OK && cs_rows_next(&rows))
		cs_write_vec(&w, cs_col_blob(&rows, 0));
	err = cs_rows_end(&rows, err);
	return err ? err : cs_writer_end(&w);
}

enum cs_err
client_joining_postpone(struct cs_client *c, struct cs_view id, uint64_t at_ms)
{
	return cs_db_exec(c->db, "UPDATE joining SET next=? WHERE id=?",
	    cs_int(at_ms), cs_blob(id));
}

/* ---- attempts to enter -------------------------------------------------- */

void
client_attempt_clear(struct client_attempt *a)
{
	cs_buf_free(&a->plain);
	cs_buf_free(&a->public);
	cs_buf_free(&a->secret);
	memset(a, 0, sizeof *a);
}

enum cs_err
client_attempt_store(struct cs_client *c, struct cs_view id,
    struct cs_view commit, struct cs_mls_group *mls)
{
	struct cs_buf plain = { 0 }, sealed = { 0 };
	struct cs_buf info = { 0 }, public = { 0 }, secret = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	if ((err = cs_mls_group_info(mls, &info, CS_MLS_WITHOUT_TREE)) ||
	    (err = cs_mls_group_save(mls, &public, &secret)))
		goto out;
	cs_write_u64(&w, cs_mls_group_epoch(mls) - 1);
	cs_write_vec(&w, commit);
	cs_write_vec(&w, cs_buf_view(&info));
	cs_write_vec(&w, cs_buf_view(&public));
	cs_write_vec(&w, cs_buf_view(&secret));
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_vault_seal(
		 &sealed, &c->key, ATTEMPT, id, cs_buf_view(&plain))) == CS_OK)
		err =
		    cs_db_exec(c->db, "UPDATE joining SET attempt=? WHERE id=?",
			cs_blob(cs_buf_view(&sealed)), cs_blob(id));
out:
	cs_buf_free(&plain);
	cs_buf_free(&sealed);
	cs_buf_free(&info);
	cs_buf_free(&public);
	cs_buf_free(&secret);
	return err;
}

enum cs_err
client_attempt_load(
    struct client_attempt *out, struct cs_client *c, struct cs_view id)
{
	struct cs_view public, secret;
	struct cs_rows rows;
	struct cs_reader r;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_row(&rows, c->db,
	    "SELECT attempt FROM joining WHERE id=? AND attempt IS NOT NULL",
	    cs_blob(id));
	if (err == CS_OK)
		err = cs_vault_open(
		    &out->plain, &c->key, ATTEMPT, id, cs_col_blob(&rows, 0));
	if ((err = cs_rows_end(&rows, err)))
		return err;
	r = cs_reader(cs_buf_view(&out->plain));
	out->epoch = cs_read_u64(&r);
	out->commit = cs_read_vec(&r);
	out->group_info = cs_read_vec(&r);
	public = cs_read_vec(&r);
	secret = cs_read_vec(&r);
	if (cs_reader_end(&r) != CS_OK)
		return CS_ERR_CORRUPT;
	if ((err = cs_buf_set(&out->public, public)))
		return err;
	return cs_buf_set(&out->secret, secret);
}

enum cs_err
client_attempt_forget(struct cs_client *c, struct cs_view id)
{
	return cs_db_exec(
	    c->db, "UPDATE joining SET attempt=NULL WHERE id=?", cs_blob(id));
}
