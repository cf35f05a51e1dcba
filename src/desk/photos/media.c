/* SPDX-License-Identifier: MIT */
#include "desk/photos/media.h"

#include <string.h>

#include "desk/cases/case.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/store.h"
#include "desk/reports/report.h"
#include "store/db.h"

const char *
desk_media_state_name(unsigned state)
{
	static const char *const names[] = { "unread", "present", "missing",
		"refused", "crashed" };

	return names[state < sizeof names / sizeof *names ? state
							  : DESK_MEDIA_REFUSED];
}

enum cs_err
desk_media_load(struct desk_media *p, struct cs_desk *d, uint64_t id)
{
	struct cs_rows rows;
	bool found = false;
	enum cs_err err;

	memset(p, 0, sizeof *p);
	p->id = id;
	err = cs_db_query(&rows, d->db,
	    "SELECT media.case_id,item.place,media.place,item.report,"
	    "media.sealed FROM media JOIN item ON item.id=media.item"
	    " WHERE media.id=?",
	    cs_int(id));
	if (err == CS_OK && cs_rows_next(&rows)) {
		found = true;
		p->case_id = cs_col_int(&rows, 0);
		p->item = cs_col_int(&rows, 1);
		p->part = cs_col_int(&rows, 2);
		cs_col_copy(&rows, 3, p->report, sizeof p->report);
		err = desk_doc_open_id(
		    &p->doc, d, "media", id, cs_col_blob(&rows, 4));
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_OK && !found)
		err = desk_problem(
		    d, CS_ERR_NOT_FOUND, "There is no such photo.");
	return err ? err : cs_desk_report_load(&p->r, d, p->report);
}

void
desk_media_clear(struct desk_media *p)
{
	json_decref(p->doc);
	cs_desk_report_clear(&p->r);
	memset(p, 0, sizeof *p);
}

enum cs_err
desk_media_save(
    struct cs_desk *d, const struct desk_media *p, enum desk_media_state state)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if ((err = desk_doc_seal_id(&sealed, d, "media", p->id, p->doc)) ==
	    CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE media SET state=?,sealed=? WHERE id=?",
		    cs_int(state), cs_blob(cs_buf_view(&sealed)),
		    cs_int(p->id));
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_media_touch(struct cs_desk *d, const struct desk_media *p)
{
	struct desk_case c;
	enum cs_err err = desk_case_load(&c, d, p->case_id);

	if (err == CS_OK)
		err = desk_case_save(d, &c, NULL);
	desk_case_clear(&c);
	return err;
}
