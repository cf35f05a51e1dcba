/* SPDX-License-Identifier: MIT */
#include "desk/cases/entry.h"

#include <string.h>

#include "base/text.h"
#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/core/store.h"
#include "store/clock.h"
#include "store/db.h"

static const char *const kinds[] = { "note", "escalation", "opinion",
	"attachment", "question" };

enum cs_err
desk_text_check(struct cs_desk *d, const char *text, size_t max)
{
	size_t n = strlen(text);

	if (n == 0)
		return desk_problem(d, CS_ERR_FORMAT, "There is no text.");
	if (n > max || !cs_utf8_valid(cs_view(text, n)))
		return desk_problem(d, CS_ERR_LIMIT,
		    "A text has at most %zu bytes of UTF-8.", max);
	return CS_OK;
}

enum cs_err
desk_entry_add(struct cs_desk *d, uint64_t case_id, unsigned kind,
    const struct cs_desk_actor *actor, json_t *doc, uint64_t *id)
{
	uint64_t at = cs_clock_ms();
	enum cs_err err = CS_OK;

	json_put_num(doc, "at_ms", at, &err);
	json_put_str(doc, "by", actor->name, &err);
	json_put_num(doc, "person", actor->id, &err);
	json_put_str(doc, "kind", kinds[kind], &err);
	if (err == CS_OK &&
	    (err = cs_db_exec(d->db,
		 "INSERT INTO entry(case_id,kind,at,sealed) VALUES(?,?,?,x'')",
		 cs_int(case_id), cs_int(kind), cs_int(at))) == CS_OK) {
		*id = cs_db_last_id(d->db);
		err = desk_doc_write(d, "entry", *id, doc);
	}
	return err;
}

enum cs_err
desk_entries(json_t *items, struct cs_desk *d, uint64_t case_id, unsigned from,
    unsigned to)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,sealed FROM entry WHERE case_id=? AND kind BETWEEN ? "
	    "AND ?"
	    " ORDER BY id",
	    cs_int(case_id), cs_int(from), cs_int(to));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint64_t id = cs_col_int(&rows, 0);
		json_t *doc;

		if ((err = desk_doc_open_id(
			 &doc, d, "entry", id, cs_col_blob(&rows, 1))))
			break;
		json_put_id(doc, "id", id, &err);
		json_object_del(doc, "person");
		json_push(items, doc, &err);
	}
	return cs_rows_end(&rows, err);
}
