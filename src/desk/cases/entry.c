/* SPDX-License-Identifier: MIT */
#include "desk/cases/entry.h"

#include <string.h>

#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "store/clock.h"
#include "store/db.h"

static const char *const kinds[] = { "note", "escalation", "opinion",
	"attachment", "question" };

static const struct desk_field fields[] = {
	DESK_WORD(desk_entry, kind, kinds),
	DESK_TIME(desk_entry, at_ms),
	DESK_TIME(desk_entry, person),
	DESK_TEXT(desk_entry, by),
	DESK_STRING(desk_entry, text, CS_DESK_NOTE_MAX),
	DESK_STRING(desk_entry, source, CS_DESK_SOURCE_MAX),
	DESK_BYTES(desk_entry, report),
	DESK_STRING(desk_entry, answer, CS_DESK_NOTE_MAX),
	DESK_TIME(desk_entry, answered_ms),
};
const struct desk_record desk_entry_record =
    DESK_RECORD(desk_entry, "entry", fields);

const char *
desk_entry_kind_name(enum cs_desk_entry_kind kind)
{
	return kinds[kind];
}

void
desk_entry_clear(struct desk_entry *e)
{
	desk_record_clear(e, &desk_entry_record);
}

enum cs_err
desk_entry_add(struct cs_desk *d, uint64_t case_id, struct desk_entry *e,
    const struct cs_desk_actor *actor)
{
	enum cs_err err;

	e->at_ms = cs_clock_ms();
	e->person = actor->id;
	memcpy(e->by, actor->name, sizeof e->by);
	if ((err = cs_db_exec(d->db,
		 "INSERT INTO entry(case_id,kind,at,sealed) VALUES(?,?,?,x'')",
		 cs_int(case_id), cs_int(e->kind), cs_int(e->at_ms))))
		return err;
	e->id = cs_db_last_id(d->db);
	return desk_row_save(d, &desk_entry_record, e->id, e);
}

enum cs_err
desk_entries(struct cs_desk *d, uint64_t case_id, enum cs_desk_entry_kind from,
    enum cs_desk_entry_kind to,
    enum cs_err (*each)(void *arg, struct desk_entry *e), void *arg)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,sealed FROM entry WHERE case_id=?"
	    " AND kind BETWEEN ? AND ? ORDER BY id",
	    cs_int(case_id), cs_int(from), cs_int(to));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct desk_entry e = { .id = cs_col_int(&rows, 0) };

		if ((err = desk_row_open_id(&e, &desk_entry_record, d, e.id,
			 cs_col_blob(&rows, 1))) == CS_OK)
			err = each(arg, &e);
		desk_entry_clear(&e);
	}
	return cs_rows_end(&rows, err);
}
