/* SPDX-License-Identifier: MIT */
/* An appeal: sealed to the desk, and stored with the key that opens its answer
 * before it is sent, so that what breaks off goes on with the same bytes. */
#include <string.h>

#include "base/text.h"
#include "client/client_internal.h"
#include "content/letter.h"
#include "crypto/random.h"

#define TABLE "letter"
#define LETTER_VERSION 1

static enum cs_err
store(struct cs_client *c, const struct cs_wire_letter *m,
    const uint8_t reply[static 32], struct cs_view text)
{
	struct cs_buf plain = { 0 }, row = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	cs_write_u8(&w, LETTER_VERSION);
	cs_write_bytes(&w, cs_view(reply, 32));
	cs_write_vec(&w, text);
	cs_write_vec(&w, m->sealed);
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_vault_seal(&row, &c->key, TABLE, CS_VIEW_OF(m->id),
		 cs_buf_view(&plain))) == CS_OK)
		err = cs_db_exec(c->db,
		    "INSERT INTO letter(id,kind,subject,created,sealed)"
		    " VALUES(?,?,?,?,?)",
		    cs_blob(CS_VIEW_OF(m->id)), cs_int(m->kind),
		    cs_blob(CS_VIEW_OF(m->subject)), cs_int(cs_clock_ms()),
		    cs_blob(cs_buf_view(&row)));
	cs_buf_free(&plain);
	cs_buf_free(&row);
	return err;
}

static enum cs_err
submit(struct cs_client *c, const struct cs_wire_letter *m)
{
	enum cs_err err =
	    client_call_empty(c, CS_WIRE_LETTER, &cs_wire_letter_shape, m);
	enum cs_err again;

	if (err == CS_OK)
		return cs_db_exec(c->db, "UPDATE letter SET sent=1 WHERE id=?",
		    cs_blob(CS_VIEW_OF(m->id)));
	/* Refused is not sent: the holder may write another one. */
	if (err == CS_ERR_DENIED &&
	    (again = cs_db_exec(c->db, "DELETE FROM letter WHERE id=?",
		 cs_blob(CS_VIEW_OF(m->id)))))
		return again;
	return err;
}

/* One that was stored and perhaps sent; CS_ERR_NOT_FOUND. */
static enum cs_err
resume(struct cs_client *c, const uint8_t action[static 16])
{
	struct cs_wire_letter m = { .kind = CS_WIRE_LETTER_APPEAL };
	struct cs_buf plain = { 0 };
	struct cs_rows rows;
	struct cs_reader r;
	enum cs_err err;

	memcpy(m.subject, action, 16);
	err = cs_db_query(&rows, c->db,
	    "SELECT id,sealed FROM letter WHERE subject=? AND kind=1"
	    " AND sent=0",
	    cs_blob(cs_view(action, 16)));
	if (err == CS_OK) {
		if (cs_rows_next(&rows)) {
			cs_col_copy(&rows, 0, m.id, sizeof m.id);
			err = cs_vault_open(&plain, &c->key, TABLE,
			    cs_col_blob(&rows, 0), cs_col_blob(&rows, 1));
		} else {
			err = CS_ERR_NOT_FOUND;
		}
	}
	if ((err = cs_rows_end(&rows, err)) == CS_OK) {
		r = cs_reader(cs_buf_view(&plain));
		(void)cs_read_bytes(&r, 1 + 32);
		(void)cs_read_vec(&r);
		m.sealed = cs_read_vec(&r);
		err =
		    cs_reader_end(&r) == CS_OK ? submit(c, &m) : CS_ERR_CORRUPT;
	}
	cs_buf_free(&plain);
	return err;
}

enum cs_err
cs_client_appeal(
    struct cs_client *c, const uint8_t action[static 16], struct cs_view text)
{
	const struct cs_letter letter = { { NULL, 0 }, text };
	struct cs_wire_letter m = { .kind = CS_WIRE_LETTER_APPEAL };
	struct cs_buf sealed = { 0 };
	uint8_t reply[32] = { 0 };
	enum cs_err err;

	if ((err = client_need_hub(c)))
		return err;
	if (!c->have_desk)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "No report desk has joined this hub yet.");
	if ((err = resume(c, action)) != CS_ERR_NOT_FOUND)
		return err;
	cs_random(m.id, sizeof m.id);
	memcpy(m.subject, action, 16);
	if ((err = cs_letter_seal(
		 &sealed, reply, &letter, CS_VIEW_OF(c->desk_hpke)))) {
		if (err == CS_ERR_LIMIT || err == CS_ERR_FORMAT)
			err = client_problem(c, err,
			    "An appeal is text of 1 to %d bytes of UTF-8.",
			    CS_LETTER_TEXT_MAX);
	} else {
		m.sealed = cs_buf_view(&sealed);
		if ((err = store(c, &m, reply, text)) == CS_OK)
			err = submit(c, &m);
	}
	cs_wipe(reply, sizeof reply);
	cs_buf_free(&sealed);
	return err;
}
