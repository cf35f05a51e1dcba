/* SPDX-License-Identifier: MIT */
#include "desk/reports/organisation.h"

#include <string.h>

#include "base/name.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "desk/core/term.h"
#include "desk/reports/filing.h"
#include "store/clock.h"
#include "store/db.h"

struct desk_organisation {
	uint8_t key[CS_KEY_LEN];
	char name[CS_WIRE_ORGANISATION_MAX + 1];
	uint64_t since_ms;
};

static const struct desk_field fields[] = {
	DESK_BYTES(desk_organisation, key),
	DESK_TEXT(desk_organisation, name),
	DESK_TIME(desk_organisation, since_ms),
};
static const struct desk_record organisation_record =
    DESK_RECORD(desk_organisation, "organisation", fields);

/* ---- finding ------------------------------------------------------------- */

struct terms {
	uint8_t key[DESK_TERM_LEN], name[DESK_TERM_LEN];
};

static enum cs_err
terms_of(struct terms *out, struct cs_desk *d, const struct desk_filing *f)
{
	struct cs_buf name = { 0 };
	enum cs_err err;

	/* What has no name is like nothing else. */
	if ((err = desk_term(out->key, d, CS_VIEW_OF(f->organisation))) ==
		CS_OK &&
	    (err = cs_name_skeleton(&name, cs_view_str(f->name))) == CS_OK)
		err = desk_term(out->name, d,
		    name.len != 0 ? cs_buf_view(&name)
				  : CS_VIEW_OF(f->organisation));
	cs_buf_free(&name);
	return err;
}

/* What is damaged on the disk is empty, and there all the same.  Columns id,
 * sealed. */
static enum cs_err
read_row(struct desk_organisation *out, struct cs_desk *d, struct cs_rows *row,
    enum cs_err err)
{
	memset(out, 0, sizeof *out);
	if (err == CS_OK)
		err = desk_row_open_id(out, &organisation_record, d,
		    cs_col_int(row, 0), cs_col_blob(row, 1));
	if (err == CS_ERR_CORRUPT) {
		desk_record_clear(out, &organisation_record);
		err = CS_OK;
	}
	return cs_rows_end(row, err);
}

/* The first other key that has the name. */
static enum cs_err
find_other(
    struct desk_organisation *out, struct cs_desk *d, const struct terms *t)
{
	struct cs_rows row;
	enum cs_err err = cs_db_row(&row, d->db,
	    "SELECT id,sealed FROM organisation WHERE name=? AND key<>?"
	    " ORDER BY id LIMIT 1",
	    cs_blob(CS_VIEW_OF(t->name)), cs_blob(CS_VIEW_OF(t->key)));

	return read_row(out, d, &row, err);
}

/* The one with the key, and whether it has the name. */
static enum cs_err
find_key(struct desk_organisation *out, bool *same, struct cs_desk *d,
    const struct terms *t)
{
	struct cs_rows row;
	enum cs_err err = cs_db_row(&row, d->db,
	    "SELECT id,sealed,name=? FROM organisation WHERE key=?",
	    cs_blob(CS_VIEW_OF(t->name)), cs_blob(CS_VIEW_OF(t->key)));

	*same = err == CS_OK && cs_col_int(&row, 2) != 0;
	return read_row(out, d, &row, err);
}

enum cs_err
desk_organisation_look(struct cs_desk *d, struct desk_filing *f)
{
	struct desk_organisation by_key, by_name;
	struct terms t;
	bool known, taken, same = false;
	enum cs_err err;

	if ((err = terms_of(&t, d, f)))
		return err;
	err = find_key(&by_key, &same, d, &t);
	known = err == CS_OK;
	if (err != CS_OK && err != CS_ERR_NOT_FOUND)
		return err;
	err = find_other(&by_name, d, &t);
	taken = err == CS_OK;
	if (err != CS_OK && err != CS_ERR_NOT_FOUND)
		return err;
	f->key_state = same ? DESK_KEY_KNOWN
	    : taken         ? DESK_KEY_OTHER_KEY
	    : known         ? DESK_KEY_OTHER_NAME
			    : DESK_KEY_FIRST;
	if (f->key_state == DESK_KEY_OTHER_KEY)
		memcpy(f->key_before, by_name.key, sizeof f->key_before);
	if (f->key_state == DESK_KEY_OTHER_NAME)
		memcpy(f->name_before, by_key.name, sizeof f->name_before);
	return CS_OK;
}

/* ---- keeping ------------------------------------------------------------- */

enum cs_err
desk_organisation_keep(struct cs_desk *d, const struct desk_filing *f)
{
	struct desk_organisation o = { .since_ms = cs_clock_ms() };
	struct terms t;
	uint64_t id = 0;
	enum cs_err err;

	memcpy(o.key, f->organisation, sizeof o.key);
	memcpy(o.name, f->name, sizeof o.name);
	if ((err = terms_of(&t, d, f)) ||
	    (err = cs_db_exec(d->db,
		 "INSERT INTO organisation(key,name,sealed) VALUES(?,?,x'')"
		 " ON CONFLICT(key) DO UPDATE SET name=excluded.name",
		 cs_blob(CS_VIEW_OF(t.key)), cs_blob(CS_VIEW_OF(t.name)))) ||
	    (err = cs_db_get_int(&id, d->db,
		 "SELECT id FROM organisation WHERE key=?",
		 cs_blob(CS_VIEW_OF(t.key)))))
		return err;
	return desk_row_save(d, &organisation_record, id, &o);
}

static enum cs_err
note_accepted(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct desk_filing *f)
{
	struct desk_facts after = { 0 };

	desk_fact_id(&after, "notice", f->id);
	desk_fact_text(&after, "organisation", f->name);
	desk_fact_hex(&after, "key", CS_VIEW_OF(f->organisation));
	return desk_audit_add(d,
	    &(struct desk_audit_event){ .actor = actor,
		.case_id = f->case_id,
		.what = "organisation-accepted",
		.after = &after });
}

static enum cs_err
accept(struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t number)
{
	struct desk_filing f;
	enum cs_err err = desk_filing_load(&f, d, number);

	if (err == CS_OK && desk_filing_is_by_nobody(&f))
		err = desk_problem(d, CS_ERR_NOT_FOUND, "no-key",
		    "Notice %llu was filed by nobody's key.",
		    (unsigned long long)number);
	if (err == CS_OK && (err = desk_organisation_keep(d, &f)) == CS_OK) {
		f.key_state = DESK_KEY_KNOWN;
		memset(f.key_before, 0, sizeof f.key_before);
		memset(f.name_before, 0, sizeof f.name_before);
		if ((err = desk_filing_save(d, &f)) == CS_OK)
			err = note_accepted(d, actor, &f);
	}
	desk_filing_clear(&f);
	return err;
}

enum cs_err
cs_desk_organisation_accept(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t number)
{
	enum cs_err err;

	if (!cs_desk_is_administrator(actor))
		return desk_problem(d, CS_ERR_DENIED, "organisation-role",
		    "Only an administrator says whose a key is.");
	if ((err = cs_db_begin(d->db)))
		return err;
	return cs_db_end(d->db, accept(d, actor, number));
}
