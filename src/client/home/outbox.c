/* SPDX-License-Identifier: MIT */
/*
 * The outbox: messages of this device that the hub has not taken yet, and what
 * they were sealed into.  A row exists from the moment a message is written
 * until the hub has stamped or refused it.
 */
#include "client/home/outbox.h"

#include <string.h>

#include "client/home/change.h"
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/message.h"
#include "crypto/hash.h"
#include "crypto/random.h"

#define OUTBOX "outbox"

void
client_sending_clear(struct client_sending *s)
{
	cs_buf_free(&s->written);
	cs_buf_free(&s->ciphertext);
	cs_wipe(s, sizeof *s);
}

enum cs_err
client_outbox_add(uint64_t *id, struct cs_client *c,
    const struct client_group *g, const struct client_record *r,
    const uint8_t mid[static CS_CLIENT_MID_LEN], const uint8_t *file)
{
	struct cs_mimi_content content;
	struct client_said said = { .content = &content,
		.account = c->self.account };
	enum cs_err err;

	if ((err = cs_mimi_parse(&content, r->body)) ||
	    (err = client_message_insert(c, g, r, mid, id)))
		return err;
	said.id = *id;
	if ((err = client_change_note(c, &said)))
		return err;
	if (file == NULL)
		return cs_db_exec(c->db,
		    "INSERT INTO outbox(message,sealed) VALUES(?,'')",
		    cs_int(*id));
	return cs_db_exec(c->db,
	    "INSERT INTO outbox(message,sealed,file) VALUES(?,'',?)",
	    cs_int(*id), cs_blob(cs_view(file, CS_ID_LEN)));
}

enum cs_err
client_outbox_next_file(
    uint64_t *id, struct cs_buf *group_id, struct cs_client *c, uint64_t after)
{
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, c->db,
	    "SELECT o.message,m.grp FROM outbox AS o JOIN message AS m"
	    " ON m.id=o.message WHERE o.file IS NOT NULL AND o.message>?"
	    " ORDER BY o.message LIMIT 1",
	    cs_int(after));
	if (err == CS_OK) {
		*id = cs_col_int(&row, 0);
		err = cs_buf_set(group_id, cs_col_blob(&row, 1));
	}
	return cs_rows_end(&row, err);
}

enum cs_err
client_outbox_waits_for(
    bool *waits, struct cs_client *c, const uint8_t file[static CS_ID_LEN])
{
	uint64_t n = 0;
	enum cs_err err =
	    cs_db_get_int(&n, c->db, "SELECT COUNT(*) FROM outbox WHERE file=?",
		cs_blob(cs_view(file, CS_ID_LEN)));

	*waits = n != 0;
	return err;
}

enum cs_err
client_outbox_uploaded(struct cs_client *c, uint64_t id)
{
	return cs_db_exec(
	    c->db, "UPDATE outbox SET file=NULL WHERE message=?", cs_int(id));
}

enum cs_err
client_outbox_next(uint64_t *id, struct cs_client *c,
    const struct client_group *g, uint64_t after)
{
	return cs_db_get_int(id, c->db,
	    "SELECT o.message FROM outbox AS o JOIN message AS m"
	    " ON m.id=o.message WHERE m.grp=? AND o.message>?"
	    " AND o.file IS NULL ORDER BY o.message LIMIT 1",
	    cs_blob(client_group_id(g)), cs_int(after));
}

static enum cs_err
parse(struct client_sending *s, struct cs_view plain)
{
	struct cs_reader r = cs_reader(plain);
	struct cs_view ciphertext = cs_read_vec(&r);

	s->epoch = cs_read_u64(&r);
	s->sender_seq = cs_read_u64(&r);
	s->claimed_ms = cs_read_u64(&r);
	s->after = cs_read_u64(&r);
	s->leaf = cs_read_u32(&r);
	cs_read_copy(&r, s->sig, sizeof s->sig);
	cs_read_copy(&r, s->tag, sizeof s->tag);
	if (cs_reader_end(&r) != CS_OK)
		return CS_ERR_CORRUPT;
	return cs_buf_set(&s->ciphertext, ciphertext);
}

enum cs_err
client_outbox_load(struct client_sending *out, struct cs_client *c, uint64_t id)
{
	struct cs_buf plain = { 0 };
	struct cs_rows row;
	uint8_t name[8];
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->id = id;
	cs_vault_row(name, id);
	err = cs_db_row(&row, c->db,
	    "SELECT sealed FROM outbox WHERE message=?", cs_int(id));
	if (err == CS_OK && cs_col_blob(&row, 0).len != 0)
		err = cs_vault_open(&plain, &c->key, OUTBOX, CS_VIEW_OF(name),
		    cs_col_blob(&row, 0));
	if ((err = cs_rows_end(&row, err)) == CS_OK && plain.len != 0)
		err = parse(out, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err ? err
		   : client_message_load(&out->record, &out->written, c, id);
}

enum cs_err
client_outbox_seal(struct cs_client *c, const struct client_sending *s)
{
	struct cs_buf plain = { 0 }, sealed = { 0 };
	struct cs_writer w = cs_writer(&plain);
	uint8_t name[8], hash[CS_HASH_LEN];
	enum cs_err err;

	cs_vault_row(name, s->id);
	cs_write_vec(&w, cs_buf_view(&s->ciphertext));
	cs_write_u64(&w, s->epoch);
	cs_write_u64(&w, s->sender_seq);
	cs_write_u64(&w, s->claimed_ms);
	cs_write_u64(&w, s->after);
	cs_write_u32(&w, s->leaf);
	cs_write_bytes(&w, CS_VIEW_OF(s->sig));
	cs_write_bytes(&w, CS_VIEW_OF(s->tag));
	if ((err = cs_writer_end(&w)) ||
	    (err = cs_sha256(hash, cs_buf_view(&s->ciphertext))) ||
	    (err = cs_vault_seal(&sealed, &c->key, OUTBOX, CS_VIEW_OF(name),
		 cs_buf_view(&plain))) ||
	    (err = cs_db_exec(c->db, "UPDATE message SET msg_hash=? WHERE id=?",
		 cs_blob(CS_VIEW_OF(hash)), cs_int(s->id))))
		goto out;
	err = cs_db_exec(c->db, "UPDATE outbox SET sealed=? WHERE message=?",
	    cs_blob(cs_buf_view(&sealed)), cs_int(s->id));
out:
	cs_buf_free(&plain);
	cs_buf_free(&sealed);
	return err;
}

/* Store ${r} as the final state of the message, which no longer waits. */
static enum cs_err
done(struct cs_client *c, uint64_t id, const struct client_record *r)
{
	enum cs_err err = client_message_update(c, id, r);

	return err ? err
		   : cs_db_exec(c->db, "DELETE FROM outbox WHERE message=?",
			 cs_int(id));
}

enum cs_err
client_outbox_fail(struct cs_client *c, const struct client_sending *s)
{
	struct client_record r = s->record;

	enum cs_err err;

	r.failed = true;
	err = done(c, s->id, &r);
	return err ? err : client_change_drop(c, s->id);
}

enum cs_err
client_outbox_drop(struct cs_client *c, const struct client_group *g)
{
	struct client_sending s;
	uint64_t id = 0;
	enum cs_err err;

	while ((err = client_outbox_next(&id, c, g, id)) == CS_OK) {
		if ((err = client_outbox_load(&s, c, id)) == CS_OK)
			err = client_outbox_fail(c, &s);
		client_sending_clear(&s);
		if (err)
			return err;
	}
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* It is in the log now, and does what it says. */
static enum cs_err
take_change(struct cs_client *c, const struct client_sending *s,
    const struct cs_stamp *stamp)
{
	struct cs_mimi_content content;
	const struct client_said said = {
		.id = s->id,
		.content = &content,
		.account = c->self.account,
		.seq = stamp->group_seq,
		.time_ms = stamp->accepted_ms,
	};
	enum cs_err err = cs_mimi_parse(&content, s->record.body);

	return err ? err : client_change_take(c, &said);
}

enum cs_err
client_outbox_deliver(struct cs_client *c, const struct client_sending *s,
    const struct cs_stamp *stamp)
{
	struct cs_capsule capsule = {
		.credential = cs_buf_view(&c->self.credential),
		.application_data = s->record.body,
		.leaf = s->leaf,
		.sender_seq = s->sender_seq,
		.claimed_ms = s->claimed_ms,
		.stamp = *stamp,
	};
	struct client_record r = s->record;
	struct cs_buf body = { 0 };
	enum cs_err err;

	memcpy(capsule.sig, s->sig, sizeof capsule.sig);
	if ((err = cs_capsule_write(&body, &capsule)) == CS_OK) {
		r.body = cs_buf_view(&body);
		r.bare = false;
		r.seq = stamp->group_seq;
		r.time_ms = stamp->accepted_ms;
		if ((err = done(c, s->id, &r)) == CS_OK)
			err = take_change(c, s, stamp);
	}
	cs_buf_free(&body);
	return err;
}

enum cs_err
client_outbox_seen(struct cs_client *c, const struct client_group *g,
    const struct cs_stamp *stamp)
{
	struct client_sending s = { 0 };
	uint64_t id;
	enum cs_err err;

	if ((err = cs_db_get_int(&id, c->db,
		 "SELECT id FROM message WHERE msg_hash=? AND grp=?",
		 cs_blob(CS_VIEW_OF(stamp->msg_hash)),
		 cs_blob(client_group_id(g)))))
		return err;
	err = client_outbox_load(&s, c, id);
	if (err == CS_OK)
		err = client_outbox_deliver(c, &s, stamp);
	/* It was delivered when the hub answered. */
	else if (err == CS_ERR_NOT_FOUND)
		err = CS_OK;
	client_sending_clear(&s);
	return err;
}
