/* SPDX-License-Identifier: MIT */
/* The row of a decision, and what follows from it for its case. */
#include "desk/decisions/decision.h"

#include <string.h>

#include "desk/cases/case.h"
#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/core/store.h"
#include "store/clock.h"
#include "store/db.h"

#define TABLE "decision"

static const char *const states[] = { "undo", "waiting", "queued", "applied",
	"failed", "undone", "refused", "reversed" };

const char *
desk_decision_state_name(enum cs_desk_decision_state state)
{
	return states[state];
}

/* ---- rows --------------------------------------------------------------- */

static enum cs_err
read_row(struct desk_decision *out, struct cs_desk *d, struct cs_rows *rows)
{
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->id = cs_col_int(rows, 0);
	out->case_id = cs_col_int(rows, 1);
	if ((err = desk_doc_open_id(
		 &out->doc, d, TABLE, out->id, cs_col_blob(rows, 2))))
		return err;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (strcmp(json_get_str(out->doc, "state"), states[i]) == 0)
			out->state = (enum cs_desk_decision_state)i;
	out->due_ms = json_get_num(out->doc, "undo_until_ms");
	out->made_ms = json_get_num(out->doc, "made_ms");
	out->person = json_get_num(out->doc, "person");
	out->check = (unsigned)json_get_num(out->doc, "check");
	return CS_OK;
}

enum cs_err
desk_decision_load(struct desk_decision *out, struct cs_desk *d, uint64_t id)
{
	struct cs_rows rows;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_query(&rows, d->db,
	    "SELECT id,case_id,sealed FROM decision WHERE id=?", cs_int(id));
	if (err == CS_OK)
		err = cs_rows_next(&rows)
		    ? read_row(out, d, &rows)
		    : desk_problem(d, CS_ERR_NOT_FOUND,
			  "There is no decision %llu.", (unsigned long long)id);
	return cs_rows_end(&rows, err);
}

void
desk_decision_clear(struct desk_decision *dec)
{
	json_decref(dec->doc);
	memset(dec, 0, sizeof *dec);
}

enum cs_err
desk_decision_save(struct cs_desk *d, struct desk_decision *dec,
    const struct cs_desk_actor *actor)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err = CS_OK;

	json_put_str(dec->doc, "state", states[dec->state], &err);
	json_put_num(dec->doc, "undo_until_ms", dec->due_ms, &err);
	json_put_num(dec->doc, "check", dec->check, &err);
	if (err == CS_OK &&
	    (err = desk_doc_seal_id(&sealed, d, TABLE, dec->id, dec->doc)) ==
		CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE decision SET state=?,due=?,check_state=?,sealed=?"
		    " WHERE id=?",
		    cs_int(dec->state), cs_int(dec->due_ms), cs_int(dec->check),
		    cs_blob(cs_buf_view(&sealed)), cs_int(dec->id));
	if (err == CS_OK)
		err = desk_change_add(
		    d, DESK_CHANGE_DECISION, dec->id, dec->state, actor);
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_decision_insert(struct cs_desk *d, struct desk_decision *dec)
{
	/* What takes back an action is none itself. */
	int action = *json_get_str(dec->doc, "reverses") != '\0'
	    ? CS_DESK_ACTION_NONE
	    : cs_desk_action_find(json_get_str(dec->doc, "action"));
	enum cs_err err;

	err = cs_db_exec(d->db,
	    "INSERT INTO decision(case_id,state,due,made,person,action,sealed)"
	    " VALUES(?,?,?,?,?,?,x'')",
	    cs_int(dec->case_id), cs_int(dec->state), cs_int(dec->due_ms),
	    cs_int(dec->made_ms), cs_int(dec->person),
	    cs_int((uint64_t)action));
	if (err == CS_OK)
		dec->id = cs_db_last_id(d->db);
	return err;
}

static void
copy(json_t *to, const json_t *from, const char *key, enum cs_err *err)
{
	json_t *v = json_object_get(from, key);

	json_put(to, key, v != NULL ? json_incref(v) : json_null(), err);
}

static enum cs_err
to_json(json_t **out, const struct desk_decision *dec)
{
	static const char *const copied[] = { "action", "reason", "state",
		"made_ms", "by", "undo_until_ms", "second", "facts", "ground",
		"legal", "territory", "until_ms", "accounts", "targets",
		"reverses", "reversed_by", "duration_s", "note", "aside" };
	static const char *const checks[] = { "none", "due", "agreed",
		"disagreed" };
	json_t *o = json_object(), *quality = json_object();
	enum cs_err err = CS_OK;

	json_put_id(o, "id", dec->id, &err);
	json_put_id(o, "case", dec->case_id, &err);
	for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
		copy(o, dec->doc, copied[i], &err);
	json_put_str(quality, "state", checks[dec->check % 4], &err);
	copy(quality, dec->doc, "checked_by", &err);
	json_put(o, "quality", quality, &err);
	*out = o;
	return err;
}

static enum cs_err
list(json_t *items, struct cs_desk *d, struct cs_rows *rows, enum cs_err err)
{
	while (err == CS_OK && cs_rows_next(rows)) {
		struct desk_decision dec;
		json_t *o = NULL;

		if ((err = read_row(&dec, d, rows)) == CS_OK)
			err = to_json(&o, &dec);
		json_push(items, o, &err);
		desk_decision_clear(&dec);
	}
	return cs_rows_end(rows, err);
}

enum cs_err
desk_decisions(json_t *items, struct cs_desk *d, uint64_t case_id)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, d->db,
	    "SELECT id,case_id,sealed FROM decision WHERE case_id=? ORDER BY "
	    "id",
	    cs_int(case_id));

	return list(items, d, &rows, err);
}

enum cs_err
desk_decisions_of(
    json_t *items, struct cs_desk *d, const uint8_t account[static 16])
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, d->db,
	    "SELECT id,case_id,sealed FROM decision WHERE id IN"
	    " (SELECT decision FROM target WHERE account=?) ORDER BY id",
	    cs_blob(cs_view(account, 16)));

	return list(items, d, &rows, err);
}

enum cs_err
cs_desk_decision_show(json_t **out, struct cs_desk *d, uint64_t id)
{
	struct desk_decision dec;
	enum cs_err err = desk_decision_load(&dec, d, id);

	*out = NULL;
	if (err == CS_OK)
		err = to_json(out, &dec);
	desk_decision_clear(&dec);
	return err;
}

json_t *
json_actor(const struct cs_desk_actor *actor, enum cs_err *err)
{
	json_t *o = json_object();

	json_put_id(o, "id", actor->id, err);
	json_put_str(o, "name", actor->name, err);
	return o;
}

/* ---- the case follows --------------------------------------------------- */

enum cs_err
desk_case_settle(
    struct cs_desk *d, uint64_t case_id, const struct cs_desk_actor *actor)
{
	uint64_t pending = 0, done = 0;
	struct desk_case c;
	enum cs_err err;

	/* What was decided before it was opened again does not count. */
	if ((err = desk_case_load(&c, d, case_id)) ||
	    (err = cs_db_get_int(&pending, d->db,
		 "SELECT COUNT(*) FROM decision WHERE case_id=?"
		 " AND state IN(0,1,2)",
		 cs_int(case_id))) ||
	    (err = cs_db_get_int(&done, d->db,
		 "SELECT COUNT(*) FROM decision WHERE case_id=?"
		 " AND state IN(3,7) AND id>?",
		 cs_int(case_id), cs_int(json_get_num(c.doc, "open_after"))))) {
		desk_case_clear(&c);
		return err;
	}
	if (desk_case_state(&c) != CS_DESK_CASE_CLOSED) {
		bool waited = desk_case_state(&c) == CS_DESK_CASE_WAITING;

		desk_case_set_state(&c,
		    pending != 0    ? CS_DESK_CASE_WAITING
			: done != 0 ? CS_DESK_CASE_DECIDED
				    : CS_DESK_CASE_OPEN,
		    &err);
		json_put_num(c.doc, "pending", pending, &err);
		/* Kept from the last decision on. */
		if (pending == 0 && done != 0 &&
		    (waited || json_get_num(c.doc, "decided_ms") == 0))
			json_put_num(c.doc, "decided_ms", cs_clock_ms(), &err);
		if (err == CS_OK)
			err = desk_case_save(d, &c, actor);
	}
	desk_case_clear(&c);
	return err;
}

enum cs_err
desk_case_acted(bool *out, struct cs_desk *d, uint64_t case_id)
{
	uint64_t n;
	enum cs_err err = cs_db_get_int(&n, d->db,
	    "SELECT COUNT(*) FROM decision WHERE case_id=? AND state=3"
	    " AND action<>0",
	    cs_int(case_id));

	*out = err == CS_OK && n != 0;
	return err;
}
