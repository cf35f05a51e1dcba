/* SPDX-License-Identifier: MIT */
#include "client/home/expiry.h"

#include <string.h>

#include "client/home/change.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/message.h"

typedef enum cs_err end(struct cs_client *c, uint64_t id);

/* The message is over: nothing of it is shown, nor that there was one. */
static enum cs_err
expire(struct cs_client *c, uint64_t id)
{
	enum cs_err err = client_message_hide(c, id, CLIENT_GONE_EXPIRED);

	return err ? err
		   : cs_db_exec(c->db,
			 "UPDATE message SET expires=?,seen=? WHERE id=?",
			 cs_int(0), cs_int(true), cs_int(id));
}

/* A message that its author deleted leaves its line behind, the others
 * nothing. */
static enum cs_err
erase(struct cs_client *c, uint64_t id)
{
	struct client_place place;
	struct client_record r;
	struct cs_buf plain = { 0 };
	enum cs_err err = client_place_load(&place, c, id);

	if (err)
		return err;
	if (place.gone != CLIENT_GONE_DELETED ||
	    (place.part != CLIENT_PART_MESSAGE &&
		place.part != CLIENT_PART_UNKNOWN)) {
		err = cs_db_exec(
		    c->db, "DELETE FROM receipt WHERE message=?", cs_int(id));
		return err ? err
			   : cs_db_exec(c->db, "DELETE FROM message WHERE id=?",
				 cs_int(id));
	}
	if ((err = client_message_load(&r, &plain, c, id)) == CS_OK) {
		r.body = cs_view("", 0);
		err = client_message_update(c, id, &r);
	}
	if (err == CS_OK)
		err = cs_db_exec(c->db,
		    "UPDATE message SET gone=?,forget=? WHERE id=?",
		    cs_int(CLIENT_GONE_ERASED), cs_int(INT64_MAX), cs_int(id));
	cs_buf_free(&plain);
	return err;
}

/* Call ${each} for the ids in ${rows}, which is over then. */
static enum cs_err
for_each(struct cs_client *c, struct cs_rows *rows, enum cs_err err, end *each)
{
	struct cs_buf ids = { 0 };
	struct cs_writer w = cs_writer(&ids);
	struct cs_reader r;

	while (err == CS_OK && cs_rows_next(rows))
		cs_write_u64(&w, cs_col_int(rows, 0));
	if ((err = cs_rows_end(rows, err)) == CS_OK)
		err = cs_writer_end(&w);
	r = cs_reader(cs_buf_view(&ids));
	while (err == CS_OK && cs_reader_more(&r))
		err = each(c, cs_read_u64(&r));
	cs_buf_free(&ids);
	return err;
}

static enum cs_err
sweep(struct cs_client *c, uint64_t now)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, c->db,
	    "SELECT id FROM message WHERE expires<>0 AND expires<=?",
	    cs_int(now));
	if ((err = for_each(c, &rows, err, expire)))
		return err;
	/* What waits in the outbox is gone once the hub has it. */
	err = cs_db_query(&rows, c->db,
	    "SELECT id FROM message WHERE gone<>0 AND forget<=?"
	    " AND NOT EXISTS(SELECT 1 FROM outbox WHERE message=id)",
	    cs_int(now));
	return for_each(c, &rows, err, erase);
}

enum cs_err
client_expire(struct cs_client *c)
{
	uint64_t now = client_now_ms(c), due = 0;
	enum cs_err err = cs_db_get_int(&due, c->db,
	    "SELECT EXISTS(SELECT 1 FROM message"
	    " WHERE expires<>0 AND expires<=?)"
	    " OR EXISTS(SELECT 1 FROM message WHERE gone<>0 AND forget<=?)",
	    cs_int(now), cs_int(now));

	if (err || due == 0 || (err = cs_db_begin(c->db)))
		return err;
	return cs_db_end(c->db, sweep(c, now));
}

uint64_t
cs_client_next_expiry_ms(struct cs_client *c, uint64_t most_ms)
{
	uint64_t now = client_now_ms(c), at = 0;

	if (cs_db_get_int(&at, c->db,
		"SELECT expires FROM message WHERE expires<>0"
		" ORDER BY expires LIMIT 1") != CS_OK)
		return most_ms;
	if (at <= now)
		return 0;
	return at - now < most_ms ? at - now : most_ms;
}
