/* SPDX-License-Identifier: MIT */
#include "client/reports/sent.h"

#include <string.h>

#include "client/home/client.h"
#include "client/home/problem.h"
#include "crypto/random.h"

#define TABLE "report"
#define SENT_VERSION 1

enum cs_err
client_sent_store(struct cs_client *c, const uint8_t id[static CS_ID_LEN],
    const struct client_sent *r, uint64_t created_ms)
{
	struct cs_buf plain = { 0 }, row = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	cs_write_u8(&w, SENT_VERSION);
	cs_write_u16(&w, r->reason);
	cs_write_u32(&w, r->n_messages);
	cs_write_u8(&w, r->named);
	cs_write_u32(&w, r->blobs.n);
	cs_write_vec(&w, r->blobs.raw);
	cs_write_vec(&w, r->sealed);
	cs_write_bytes(&w, CS_VIEW_OF(r->reply));
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_vault_seal(&row, &c->key, TABLE, cs_view(id, CS_ID_LEN),
		 cs_buf_view(&plain))) == CS_OK)
		err = cs_db_exec(c->db,
		    "INSERT INTO report(id,created,sent,sealed)"
		    " VALUES(?,?,?,?) ON CONFLICT(id) DO UPDATE SET"
		    " sent=excluded.sent,sealed=excluded.sealed",
		    cs_blob(cs_view(id, CS_ID_LEN)), cs_int(created_ms),
		    cs_int(r->sealed.len == 0), cs_blob(cs_buf_view(&row)));
	cs_buf_free(&plain);
	cs_buf_free(&row);
	return err;
}

static enum cs_err
parse(struct client_sent *out, struct cs_view plain)
{
	struct cs_reader r = cs_reader(plain);

	memset(out, 0, sizeof *out);
	if (cs_read_u8(&r) != SENT_VERSION)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	out->reason = cs_read_u16(&r);
	out->n_messages = cs_read_u32(&r);
	out->named = cs_read_u8(&r) != 0;
	out->blobs.n = cs_read_u32(&r);
	out->blobs.raw = cs_read_vec(&r);
	out->sealed = cs_read_vec(&r);
	cs_read_copy(&r, out->reply, sizeof out->reply);
	return cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
}

enum cs_err
client_sent_open(struct client_sent *out, struct cs_buf *plain,
    struct cs_client *c, struct cs_view id, struct cs_view sealed)
{
	enum cs_err err = cs_vault_open(plain, &c->key, TABLE, id, sealed);

	return err ? err : parse(out, cs_buf_view(plain));
}

enum cs_err
client_report_author(bool *named, uint8_t reply[static CS_REPLY_KEY_LEN],
    struct cs_client *c, const uint8_t id[static CS_ID_LEN])
{
	struct cs_buf plain = { 0 };
	struct client_sent r = { 0 };
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, c->db, "SELECT sealed FROM report WHERE id=?",
	    cs_blob(cs_view(id, CS_ID_LEN)));
	if (err == CS_OK)
		err = client_sent_open(&r, &plain, c, cs_view(id, CS_ID_LEN),
		    cs_col_blob(&row, 0));
	err = cs_rows_end(&row, err);
	*named = r.named;
	memcpy(reply, r.reply, CS_REPLY_KEY_LEN);
	cs_buf_free(&plain);
	cs_wipe(&r, sizeof r);
	if (err == CS_ERR_NOT_FOUND)
		return client_problem(c, err,
		    "That report was made on another device, or not by you.");
	return err;
}
