/* SPDX-License-Identifier: MIT */
#include "desk/cases/entry.h"

#include <string.h>

#include "base/text.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/core/store.h"
#include "desk/core/who.h"
#include "store/clock.h"
#include "store/db.h"

static const char *const kinds[] = { "note", "escalation", "opinion",
	"attachment", "question" };

enum cs_err
desk_check_text(struct cs_desk *d, const char *text, size_t max)
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
desk_entry_add(struct cs_desk *d, uint64_t kase, unsigned kind,
    const struct cs_desk_who *who, json_t *doc, uint64_t *id)
{
	uint64_t at = cs_clock_ms();
	enum cs_err err = CS_OK;

	desk_set_num(doc, "at_ms", at, &err);
	desk_set_str(doc, "by", who->name, &err);
	desk_set_num(doc, "person", who->id, &err);
	desk_set_str(doc, "kind", kinds[kind], &err);
	if (err == CS_OK &&
	    (err = cs_db_exec(d->db,
		 "INSERT INTO entry(kase,kind,at,sealed) VALUES(?,?,?,x'')",
		 cs_int(kase), cs_int(kind), cs_int(at))) == CS_OK) {
		*id = cs_db_last_id(d->db);
		err = desk_doc_write(d, "entry", *id, doc);
	}
	return err;
}

enum cs_err
desk_entries(
    json_t *items, struct cs_desk *d, uint64_t kase, unsigned from, unsigned to)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,sealed FROM entry WHERE kase=? AND kind BETWEEN ? AND ?"
	    " ORDER BY id",
	    cs_int(kase), cs_int(from), cs_int(to));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint64_t id = cs_col_int(&rows, 0);
		json_t *doc;

		if ((err = desk_doc_open_id(
			 &doc, d, "entry", id, cs_col_blob(&rows, 1))))
			break;
		desk_set_id(doc, "id", id, &err);
		json_object_del(doc, "person");
		desk_add(items, doc, &err);
	}
	return cs_rows_end(&rows, err);
}
