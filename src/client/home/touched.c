/* SPDX-License-Identifier: MIT */
#include "client/home/touched.h"

#include "client/home/clock.h"
#include "crypto/random.h"

/* n grows for good, also where the row with the largest one is replaced. */
#define TOUCH(GROUP)                                                           \
	" BEGIN DELETE FROM touched WHERE grp=" GROUP ";"                      \
	" INSERT INTO touched(grp) VALUES(" GROUP "); END"
#define OF_MESSAGE(ROW)                                                        \
	" BEGIN DELETE FROM touched WHERE grp="                                \
	"(SELECT grp FROM message WHERE id=" ROW ".message);"                  \
	" INSERT INTO touched(grp)"                                            \
	" SELECT grp FROM message WHERE id=" ROW ".message; END"
/* All of them: no conversation has an empty id. */
#define ALL TOUCH("x''")

#define ON(NAME, WHEN, TABLE)                                                  \
	"CREATE TEMP TRIGGER touched_" NAME " AFTER " WHEN " ON main." TABLE

static const char *const steps[] = {
	"CREATE TEMP TABLE touched(n INTEGER PRIMARY KEY AUTOINCREMENT,"
	" grp BLOB NOT NULL UNIQUE)",
	ON("message_new", "INSERT", "message") TOUCH("NEW.grp"),
	ON("message_set", "UPDATE", "message") TOUCH("NEW.grp"),
	ON("message_gone", "DELETE", "message") TOUCH("OLD.grp"),
	ON("grp_new", "INSERT", "grp") TOUCH("NEW.id"),
	ON("grp_set", "UPDATE OF meta", "grp") TOUCH("NEW.id"),
	ON("grp_gone", "DELETE", "grp") TOUCH("OLD.id"),
	ON("shelf_new", "INSERT", "shelf") TOUCH("NEW.grp"),
	ON("shelf_set", "UPDATE", "shelf") TOUCH("NEW.grp"),
	ON("shelf_gone", "DELETE", "shelf") TOUCH("OLD.grp"),
	ON("room_new", "INSERT", "room") TOUCH("NEW.grp"),
	ON("room_set", "UPDATE", "room") TOUCH("NEW.grp"),
	ON("room_gone", "DELETE", "room") TOUCH("OLD.grp"),
	ON("outbox_new", "INSERT", "outbox") OF_MESSAGE("NEW"),
	ON("outbox_gone", "DELETE", "outbox") OF_MESSAGE("OLD"),
	ON("receipt_new", "INSERT", "receipt") OF_MESSAGE("NEW"),
	ON("receipt_set", "UPDATE", "receipt") OF_MESSAGE("NEW"),
	ON("receipt_gone", "DELETE", "receipt") OF_MESSAGE("OLD"),
	/* Names of people are compared with those of all conversations. */
	ON("contact_new", "INSERT", "contact") ALL,
	ON("contact_set", "UPDATE", "contact") ALL,
	ON("contact_gone", "DELETE", "contact") ALL,
	ON("alias_new", "INSERT", "alias") ALL,
	ON("alias_set", "UPDATE", "alias") ALL,
	ON("alias_gone", "DELETE", "alias") ALL,
};

/* Numbers of one opening are not those of another, and JSON holds them. */
static enum cs_err
begin(struct cs_client *c)
{
	uint8_t random[4];
	struct cs_reader r = cs_reader(CS_VIEW_OF(random));
	enum cs_err err = CS_OK;

	cs_random(random, sizeof random);
	for (size_t i = 0; err == CS_OK && i < sizeof steps / sizeof steps[0];
	     i++)
		err = cs_db_exec(c->db, steps[i]);
	if (err == CS_OK)
		c->touched_base = ((uint64_t)cs_read_u32(&r) << 20) + 1;
	return err;
}

/* What time does to a message counts until somebody writes it down. */
static enum cs_err
collect(struct client_touched *out, struct cs_client *c, uint64_t n)
{
	struct cs_writer w = cs_writer(&out->ids);
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, c->db,
	    "SELECT grp FROM touched WHERE n>? UNION"
	    " SELECT grp FROM message WHERE expires<>0 AND expires<=?",
	    cs_int(n), cs_int(client_now_ms(c)));

	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_view id = cs_col_blob(&rows, 0);

		if (id.len == 0)
			out->whole = true;
		else
			cs_write_vec(&w, id);
	}
	err = cs_rows_end(&rows, err);
	return err ? err : cs_writer_end(&w);
}

enum cs_err
client_touched_since(
    struct client_touched *out, struct cs_client *c, uint64_t since)
{
	uint64_t last;
	enum cs_err err;

	if (c->touched_base == 0 && (err = begin(c)))
		return err;
	if ((err = cs_db_get_int(
		 &last, c->db, "SELECT coalesce(max(n),0) FROM touched")))
		return err;
	out->now = c->touched_base + last;
	if (since < c->touched_base || since > out->now) {
		out->whole = true;
		return CS_OK;
	}
	return collect(out, c, since - c->touched_base);
}
