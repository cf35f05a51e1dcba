/* SPDX-License-Identifier: MIT */
/* Reports leave a case, and become one of their own. */
#include "desk/cases/split.h"

#include <string.h>

#include "base/text.h"
#include "desk/cases/case.h"
#include "desk/cases/entry.h"
#include "desk/cases/join.h"
#include "desk/cases/work.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/core/store.h"
#include "desk/reports/report.h"
#include "store/db.h"

/* The reports of ${items}, each once, into the empty ${ids}. */
static enum cs_err
reports_of(struct cs_buf *ids, struct cs_desk *d, uint64_t case_id,
    const uint64_t *items, size_t n)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < n && err == CS_OK; i++) {
		struct cs_rows rows;
		uint8_t id[16];
		bool known = false;

		err = cs_db_query(&rows, d->db,
		    "SELECT report FROM item WHERE id=? AND case_id=?",
		    cs_int(items[i]), cs_int(case_id));
		if (err == CS_OK && cs_rows_next(&rows))
			cs_col_copy(&rows, 0, id, sizeof id);
		else if (err == CS_OK)
			err = desk_problem(d, CS_ERR_NOT_FOUND,
			    "An item is not of this case.");
		err = cs_rows_end(&rows, err);
		for (size_t k = 0; k < ids->len; k += sizeof id)
			known |= memcmp(ids->data + k, id, sizeof id) == 0;
		if (err == CS_OK && !known)
			err = cs_buf_add(ids, CS_VIEW_OF(id));
	}
	return err;
}

static enum cs_err
add_report(struct cs_desk *d, struct desk_case *c,
    const struct cs_desk_policy *policy, const uint8_t id[static 16])
{
	struct cs_desk_report_opened r;
	enum cs_err err = cs_desk_report_load(&r, d, id);

	if (err == CS_OK && r.evidence != NULL)
		err = desk_case_add(d, c, &r.report, r.evidence, policy);
	cs_desk_report_clear(&r);
	return err;
}

/* What was asked about the report ${id}: its answer is looked for where the
 * report is. */
static enum cs_err
move_questions(
    struct cs_desk *d, uint64_t from, uint64_t to, const uint8_t id[static 16])
{
	json_t *asked = json_array(), *o;
	char hex[33];
	size_t i;
	enum cs_err err =
	    desk_entries(asked, d, from, CS_DESK_QUESTION, CS_DESK_QUESTION);

	cs_hex(hex, cs_view(id, 16));
	json_array_foreach (asked, i, o)
		if (err == CS_OK && strcmp(json_get_str(o, "report"), hex) == 0)
			err = cs_db_exec(d->db,
			    "UPDATE entry SET case_id=? WHERE id=?", cs_int(to),
			    cs_int(json_id_parse(json_get_str(o, "id"))));
	json_decref(asked);
	return err;
}

static enum cs_err
move_report(
    struct cs_desk *d, uint64_t from, uint64_t to, const uint8_t id[static 16])
{
	const struct cs_view report = cs_view(id, 16);
	enum cs_err err;

	if ((err = move_questions(d, from, to, id)))
		return err;
	if ((err = cs_db_exec(d->db, "UPDATE report SET case_id=? WHERE id=?",
		 cs_int(to), cs_blob(report))) == CS_OK &&
	    (err = cs_db_exec(d->db,
		 "UPDATE item SET case_id=?,joined=0 WHERE report=?",
		 cs_int(to), cs_blob(report))) == CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE media SET case_id=? WHERE item IN"
		    " (SELECT id FROM item WHERE report=?)",
		    cs_int(to), cs_blob(report));
	return err;
}

/* Count anew what is in ${c}. */
static enum cs_err
recount(
    struct cs_desk *d, struct desk_case *c, const struct cs_desk_policy *policy)
{
	static const char *const sums[] = { "reports", "items", "photos" };
	struct cs_buf ids = { 0 };
	struct cs_rows rows;
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
		json_put_num(c->doc, sums[i], 0, &err);
	json_put(c->doc, "accounts", json_array(), &err);
	json_put(c->doc, "reporters", json_array(), &err);
	if (err == CS_OK)
		err = cs_db_exec(d->db,
		    "DELETE FROM case_account WHERE case_id=?", cs_int(c->id));
	if (err)
		return err;
	err = cs_db_query(&rows, d->db,
	    "SELECT id FROM report WHERE case_id=? ORDER BY received,id",
	    cs_int(c->id));
	err = desk_rows_ids(&ids, &rows, err);
	for (size_t k = 0; k < ids.len && err == CS_OK; k += 16)
		err = add_report(d, c, policy, ids.data + k);
	cs_buf_free(&ids);
	return err;
}

/* An empty case as the report ${id} opens it. */
static enum cs_err
open_for(struct desk_case *out, struct cs_desk *d,
    const struct cs_desk_policy *policy, const uint8_t id[static 16])
{
	struct cs_desk_report_opened r;
	enum cs_err err = cs_desk_report_load(&r, d, id);

	memset(out, 0, sizeof *out);
	if (err == CS_OK && r.evidence == NULL)
		err = CS_ERR_CORRUPT;
	if (err == CS_OK)
		err = desk_case_new(out, d,
		    cs_desk_policy_number(policy, r.evidence->reason),
		    r.report.received_ms);
	cs_desk_report_clear(&r);
	return err;
}

static enum cs_err
copy_keys(struct desk_case *to, const struct desk_case *from,
    const char *const *keys, size_t n)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < n; i++) {
		json_t *v = json_object_get(from->doc, keys[i]);

		if (v != NULL)
			json_put(to->doc, keys[i], json_incref(v), &err);
	}
	return err;
}

/* The reports ${ids} leave ${c}, which is not stored, for a case as they would
 * have made it, had they come alone; but what is held is held, and what a
 * person said that the case is about, they said of these, too, if they had
 * ${seen} them. */
static enum cs_err
leave(uint64_t *made, struct cs_desk *d, struct desk_case *c,
    const struct cs_buf *ids, bool seen, const struct cs_desk_actor *actor)
{
	static const char *const said[] = { "reason", "reason_number",
		"severity", "danger", "reason_said" };
	static const char *const held[] = { "held", "hold" };
	struct cs_desk_policy policy;
	struct desk_case new = { 0 };
	enum cs_err err;

	if ((err = cs_desk_policy(&policy, d)))
		return err;
	if ((err = open_for(&new, d, &policy, ids->data)) ||
	    (err = copy_keys(&new, c, held, sizeof held / sizeof *held)))
		goto out;
	if (seen && json_get_bool(c->doc, "reason_said"))
		err = copy_keys(&new, c, said, sizeof said / sizeof *said);
	for (size_t k = 0; k < ids->len && err == CS_OK; k += 16)
		err = move_report(d, c->id, new.id, ids->data + k);
	if (err == CS_OK && (err = recount(d, c, &policy)) == CS_OK &&
	    (err = recount(d, &new, &policy)) == CS_OK &&
	    (err = desk_case_save(d, &new, actor)) == CS_OK)
		*made = new.id;
out:
	cs_desk_policy_clear(&policy);
	desk_case_clear(&new);
	return err;
}

enum cs_err
cs_desk_case_split(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, uint64_t version, const uint64_t *items, size_t n,
    uint64_t *made)
{
	struct desk_case c;
	json_t *after = json_object();
	struct cs_buf ids = { 0 };
	enum cs_err err = desk_work_begin(&c, d, actor, id, version);

	if (err == CS_OK && (err = desk_case_mine(d, &c, actor)) == CS_OK)
		err = reports_of(&ids, d, id, items, n);
	if (err == CS_OK &&
	    (ids.len == 0 || ids.len / 16 == json_get_num(c.doc, "reports")))
		err = desk_problem(d, CS_ERR_MISUSE,
		    "A report of a case can leave it, but not all of them.");
	if (err == CS_OK &&
	    (err = leave(made, d, &c, &ids, true, actor)) == CS_OK)
		json_put_id(after, "into", *made, &err);
	cs_buf_free(&ids);
	return desk_work_end(&c, d, actor, err, "split", after);
}

enum cs_err
desk_case_set_aside(uint64_t *made, struct cs_desk *d, struct desk_case *c,
    uint64_t version, const struct cs_desk_actor *actor)
{
	json_t *after = json_object();
	struct cs_buf ids = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	*made = 0;
	err = cs_db_query(&rows, d->db,
	    "SELECT id FROM report WHERE id IN"
	    " (SELECT report FROM item WHERE case_id=? AND joined>?)"
	    " ORDER BY received,id",
	    cs_int(c->id), cs_int(version));
	err = desk_rows_ids(&ids, &rows, err);
	/* It opens as nobody's: NULL. */
	if (err == CS_OK && ids.len != 0 &&
	    (err = leave(made, d, c, &ids, false, NULL)) == CS_OK) {
		json_put_id(after, "into", *made, &err);
		if (err == CS_OK)
			err = desk_audit_add(d,
			    &(struct desk_audit_event){ .actor = actor,
				.case_id = c->id,
				.what = "set-aside",
				.after = after });
	}
	cs_buf_free(&ids);
	json_decref(after);
	return err;
}
