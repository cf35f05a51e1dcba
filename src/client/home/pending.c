/* SPDX-License-Identifier: MIT */
/* Rows of this device's own commits, from when they are made to when the hub
 * has answered. */
#include "client/home/pending.h"

#include <string.h>

#include "client/home/client.h"
#include "client/home/group.h"
#include "mls/group.h"

#define PENDING "grp.pending"

enum cs_err
client_pending_store(struct cs_client *c, struct client_group *g,
    struct cs_view commit, struct cs_view welcome,
    const struct cs_mls_staged *staged)
{
	struct cs_buf plain = { 0 }, info = { 0 }, saved = { 0 };
	struct cs_buf sealed = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	if ((err = cs_mls_staged_group_info(
		 &info, staged, g->mls, CS_MLS_WITHOUT_TREE)) ||
	    (err = cs_mls_staged_save(staged, &saved)))
		goto out;
	cs_write_vec(&w, commit);
	cs_write_vec(&w, welcome);
	cs_write_vec(&w, cs_buf_view(&info));
	cs_write_vec(&w, cs_buf_view(&saved));
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_vault_seal(&sealed, &c->key, PENDING, client_group_id(g),
		 cs_buf_view(&plain))) == CS_OK)
		err = cs_db_exec(c->db, "UPDATE grp SET pending=? WHERE id=?",
		    cs_blob(cs_buf_view(&sealed)), cs_blob(client_group_id(g)));
out:
	cs_buf_free(&plain);
	cs_buf_free(&info);
	cs_buf_free(&saved);
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
client_pending_forget(struct cs_client *c, const struct client_group *g)
{
	return cs_db_exec(c->db, "UPDATE grp SET pending=NULL WHERE id=?",
	    cs_blob(client_group_id(g)));
}

enum cs_err
client_pending_load(struct client_pending *out, struct cs_client *c,
    const struct client_group *g)
{
	struct cs_rows rows;
	struct cs_reader r;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_row(&rows, c->db,
	    "SELECT pending FROM grp WHERE id=? AND pending IS NOT NULL",
	    cs_blob(client_group_id(g)));
	if (err == CS_OK)
		err = cs_vault_open(&out->plain, &c->key, PENDING,
		    client_group_id(g), cs_col_blob(&rows, 0));
	if ((err = cs_rows_end(&rows, err)))
		return err;
	r = cs_reader(cs_buf_view(&out->plain));
	out->commit = cs_read_vec(&r);
	out->welcome = cs_read_vec(&r);
	out->group_info = cs_read_vec(&r);
	out->staged = cs_read_vec(&r);
	return cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
}
