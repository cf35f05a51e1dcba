/* SPDX-License-Identifier: MIT */
#include "desk/core/outbox.h"

#include "base/units.h"
#include "desk/core/desk.h"
#include "desk/core/row.h"
#include "desk/core/term.h"
#include "store/clock.h"
#include "store/db.h"
#include "wire/codec.h"

#define TABLE "outbox"

#define WAIT_FIRST_MS CS_SECOND_MS
#define WAIT_MAX_MS (5 * CS_MINUTE_MS)

enum cs_err
desk_outbox_add(struct cs_desk *d, const struct desk_message *m)
{
	struct cs_buf body = { 0 };
	uint8_t subject[DESK_TERM_LEN];
	enum cs_err err;

	if ((err = cs_wire_write(&body, m->shape, m->message)) == CS_OK &&
	    (err = desk_term(subject, d, m->subject)) == CS_OK &&
	    (err = cs_db_exec(d->db,
		 "INSERT INTO outbox(kind,subject,target,sealed)"
		 " VALUES(?,?,?,x'')",
		 cs_int(m->kind), cs_blob(CS_VIEW_OF(subject)),
		 m->target.len != 0 ? cs_blob(m->target) : cs_null())) == CS_OK)
		err = desk_row_write(
		    d, TABLE, cs_db_last_id(d->db), cs_buf_view(&body));
	cs_buf_free(&body);
	return err;
}

enum cs_err
desk_outbox_next(uint64_t *id, struct cs_desk *d)
{
	uint64_t now = cs_clock_ms();

	/* A message that waits longer than any may was postponed while the
	 * clock was ahead. */
	return cs_db_get_int(id, d->db,
	    "SELECT id FROM outbox WHERE (after<=? OR after>?) AND NOT EXISTS"
	    " (SELECT 1 FROM outbox AS earlier"
	    "  WHERE earlier.subject IS outbox.subject"
	    "  AND earlier.id<outbox.id)"
	    " ORDER BY id LIMIT 1",
	    cs_int(now), cs_int(now + WAIT_MAX_MS));
}

enum cs_err
desk_outbox_postpone(struct cs_desk *d, uint64_t id)
{
	uint64_t tries, wait_ms = WAIT_FIRST_MS;
	enum cs_err err;

	if ((err = cs_db_get_int(&tries, d->db,
		 "SELECT tries FROM outbox WHERE id=?", cs_int(id))))
		return err;
	for (uint64_t i = 0; i < tries && wait_ms < WAIT_MAX_MS; i++)
		wait_ms *= 2;
	if (wait_ms > WAIT_MAX_MS)
		wait_ms = WAIT_MAX_MS;
	return cs_db_exec(d->db, "UPDATE outbox SET tries=?,after=? WHERE id=?",
	    cs_int(tries + 1), cs_int(cs_clock_ms() + wait_ms), cs_int(id));
}
