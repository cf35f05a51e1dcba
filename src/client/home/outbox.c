/* SPDX-License-Identifier: MIT */
#include "client/home/outbox.h"

#include <string.h>

#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/message.h"

#define OUTBOX "outbox"

enum cs_err
client_outbox_set(
    struct cs_client *c, uint64_t id, const struct client_sealed *m)
{
	struct cs_buf plain = { 0 }, sealed = { 0 };
	struct cs_writer w = cs_writer(&plain);
	uint8_t row[8];
	enum cs_err err;

	cs_vault_row(row, id);
	cs_write_vec(&w, m->ciphertext);
	cs_write_u64(&w, m->epoch);
	cs_write_u64(&w, m->sender_seq);
	cs_write_u64(&w, m->claimed_ms);
	cs_write_u32(&w, m->leaf);
	cs_write_bytes(&w, CS_VIEW_OF(m->sig));
	cs_write_bytes(&w, CS_VIEW_OF(m->tag));
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_vault_seal(&sealed, &c->key, OUTBOX, CS_VIEW_OF(row),
		 cs_buf_view(&plain))) == CS_OK)
		err = cs_db_exec(c->db,
		    "UPDATE outbox SET sealed=? WHERE message=?",
		    cs_blob(cs_buf_view(&sealed)), cs_int(id));
	cs_buf_free(&plain);
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
client_outbox_get(struct client_sealed *out, struct cs_client *c, uint64_t id)
{
	struct cs_rows rows;
	struct cs_reader r;
	uint8_t row[8];
	enum cs_err err;

	cs_vault_row(row, id);
	memset(out, 0, sizeof *out);
	err = cs_db_query(&rows, c->db,
	    "SELECT sealed FROM outbox WHERE message=?", cs_int(id));
	if (err == CS_OK) {
		if (!cs_rows_next(&rows))
			err = CS_ERR_NOT_FOUND;
		else if (cs_col_blob(&rows, 0).len != 0)
			err = cs_vault_open(&out->plain, &c->key, OUTBOX,
			    CS_VIEW_OF(row), cs_col_blob(&rows, 0));
	}
	if ((err = cs_rows_end(&rows, err)) || out->plain.len == 0)
		return err;
	r = cs_reader(cs_buf_view(&out->plain));
	out->ciphertext = cs_read_vec(&r);
	out->epoch = cs_read_u64(&r);
	out->sender_seq = cs_read_u64(&r);
	out->claimed_ms = cs_read_u64(&r);
	out->leaf = cs_read_u32(&r);
	cs_read_copy(&r, out->sig, sizeof out->sig);
	cs_read_copy(&r, out->tag, sizeof out->tag);
	return cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
}

enum cs_err
client_outbox_deliver(struct cs_client *c, uint64_t id,
    const struct client_sealed *m, const struct cs_stamp *stamp)
{
	struct cs_credential credential;
	struct cs_capsule capsule = {
		.leaf = m->leaf,
		.sender_seq = m->sender_seq,
		.claimed_ms = m->claimed_ms,
		.stamp = *stamp,
	};
	struct cs_buf plain = { 0 }, body = { 0 };
	struct client_record r;
	enum cs_err err;

	if ((err = client_message_load(&r, &plain, c, id)) ||
	    (err = cs_credential_parse(
		 &credential, cs_buf_view(&c->self.credential))))
		goto out;
	capsule.application_data = r.body;
	capsule.device_cert = credential.device_cert;
	memcpy(capsule.account_key, credential.account_key, 32);
	memcpy(capsule.sig, m->sig, sizeof capsule.sig);
	if ((err = cs_capsule_write(&body, &capsule)))
		goto out;
	r.body = cs_buf_view(&body);
	r.bare = false;
	r.seq = stamp->group_seq;
	r.time_ms = stamp->accepted_ms;
	if ((err = client_message_update(c, id, &r)) ||
	    (err = cs_db_exec(
		 c->db, "UPDATE message SET waiting=0 WHERE id=?", cs_int(id))))
		goto out;
	err =
	    cs_db_exec(c->db, "DELETE FROM outbox WHERE message=?", cs_int(id));
out:
	cs_buf_free(&plain);
	cs_buf_free(&body);
	return err;
}

enum cs_err
client_sent(
    struct cs_client *c, struct client_group *g, const struct cs_stamp *stamp)
{
	struct client_sealed m = { 0 };
	uint64_t id = 0, waiting = 0;
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, c->db,
	    "SELECT id,waiting FROM message WHERE msg_hash=? AND grp=?",
	    cs_blob(CS_VIEW_OF(stamp->msg_hash)), cs_blob(client_group_id(g)));
	if (err == CS_OK) {
		if (cs_rows_next(&rows)) {
			id = cs_col_int(&rows, 0);
			waiting = cs_col_int(&rows, 1);
		} else {
			err = CS_ERR_NOT_FOUND;
		}
	}
	if ((err = cs_rows_end(&rows, err)) || !waiting)
		return err;
	if ((err = client_outbox_get(&m, c, id)) == CS_OK)
		err = client_outbox_deliver(c, id, &m, stamp);
	cs_buf_free(&m.plain);
	return err;
}
