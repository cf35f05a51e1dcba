/* SPDX-License-Identifier: MIT */
#include "desk/photos/media.h"

#include <string.h>

#include "desk/cases/case.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "desk/photos/lists.h"
#include "desk/reports/file.h"
#include "desk/reports/report.h"
#include "store/db.h"

const char *
desk_media_state_name(enum desk_media_state state)
{
	static const char *const names[DESK_MEDIA_STATES] = { "unread",
		"present", "missing", "refused", "crashed", "wrong", "at-hub",
		"wanted" };

	return names[state];
}

enum cs_err
desk_media_load(struct desk_media *out, struct cs_desk *d, uint64_t id)
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->id = id;
	err = cs_db_row(&row, d->db,
	    "SELECT media.case_id,item.place,media.place,item.report,"
	    "media.sealed FROM media JOIN item ON item.id=media.item"
	    " WHERE media.id=?",
	    cs_int(id));
	if (err == CS_OK) {
		out->case_id = cs_col_int(&row, 0);
		out->item = cs_col_int(&row, 1);
		out->part = cs_col_int(&row, 2);
		cs_col_copy(&row, 3, out->report, sizeof out->report);
		err = desk_row_open_id(&out->facts, &desk_media_record, d, id,
		    cs_col_blob(&row, 4));
	} else if (err == CS_ERR_NOT_FOUND) {
		err =
		    desk_problem(d, err, "no-photo", "There is no such photo.");
	}
	if ((err = cs_rows_end(&row, err)))
		return err;
	return cs_desk_report_load(&out->opened, d, out->report);
}

void
desk_media_clear(struct desk_media *m)
{
	desk_record_clear(&m->facts, &desk_media_record);
	cs_desk_report_clear(&m->opened);
	memset(m, 0, sizeof *m);
}

enum cs_err
desk_media_save(
    struct cs_desk *d, const struct desk_media *m, enum desk_media_state state)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if ((err = desk_row_seal_id(
		 &sealed, d, &desk_media_record, m->id, &m->facts)) == CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE media SET state=?,sealed=? WHERE id=?",
		    cs_int(state), cs_blob(cs_buf_view(&sealed)),
		    cs_int(m->id));
	cs_buf_free(&sealed);
	return err;
}

/* It is of a person at risk: whatever was said of the case, it is urgent. */
static enum cs_err
raise(struct cs_desk *d, struct desk_case *c)
{
	struct cs_desk_policy policy;
	enum cs_err err;

	if (c->risk)
		return CS_OK;
	if ((err = cs_desk_policy(&policy, d)))
		return err;
	c->risk = true;
	c->severity = CS_DESK_SEVERITIES;
	desk_case_set_due(c, &policy);
	cs_desk_policy_clear(&policy);
	return desk_audit_add(d,
	    &(struct desk_audit_event){
		.case_id = c->id, .what = "risk-found" });
}

enum cs_err
desk_media_touch(struct cs_desk *d, const struct desk_media *m)
{
	struct desk_case c;
	bool risk = false;
	enum cs_err err = desk_case_load(&c, d, m->case_id);

	if (err == CS_OK)
		err = desk_lists_risk(&risk, d, &m->facts.matches);
	if (err == CS_OK && risk)
		err = raise(d, &c);
	if (err == CS_OK)
		err = desk_case_save(d, &c, NULL);
	desk_case_clear(&c);
	return err;
}

enum cs_err
desk_media_of_item(struct cs_desk *d, uint64_t item,
    enum cs_err (*each)(void *arg, const struct desk_media_row *m), void *arg)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,place,state,sealed FROM media WHERE item=?"
	    " ORDER BY place",
	    cs_int(item));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct desk_media_row m = { .id = cs_col_int(&rows, 0),
			.place = cs_col_int(&rows, 1) };
		uint64_t state = cs_col_int(&rows, 2);

		m.state = (enum desk_media_state)state;
		err = state >= DESK_MEDIA_STATES
		    ? CS_ERR_CORRUPT
		    : desk_row_open_id(&m.facts, &desk_media_record, d, m.id,
			  cs_col_blob(&rows, 3));
		if (err == CS_OK)
			err = each(arg, &m);
		desk_record_clear(&m.facts, &desk_media_record);
	}
	return cs_rows_end(&rows, err);
}
