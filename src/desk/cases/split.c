/* SPDX-License-Identifier: MIT */
#include "desk/cases/split.h"

#include <string.h>

#include "base/units.h"
#include "desk/cases/case.h"
#include "desk/cases/entry.h"
#include "desk/cases/join.h"
#include "desk/cases/work.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "desk/reports/report.h"
#include "store/db.h"

/* ---- which reports ------------------------------------------------------ */

static bool
contains(const struct cs_buf *ids, const uint8_t id[static CS_ID_LEN])
{
	for (size_t k = 0; k < ids->len; k += CS_ID_LEN)
		if (memcmp(ids->data + k, id, CS_ID_LEN) == 0)
			return true;
	return false;
}

/* Fill the empty ${ids} with the reports of ${items}, each once. */
static enum cs_err
reports_of(struct cs_buf *ids, const struct cs_desk_edit *e,
    const uint64_t *items, size_t n)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < n && err == CS_OK; i++) {
		struct cs_rows row;
		uint8_t id[CS_ID_LEN];

		err = cs_db_row(&row, e->d->db,
		    "SELECT report FROM item WHERE id=? AND case_id=?",
		    cs_int(items[i]), cs_int(e->case_id));
		if (err == CS_OK)
			cs_col_copy(&row, 0, id, sizeof id);
		else if (err == CS_ERR_NOT_FOUND)
			err = desk_problem(e->d, err, "item-elsewhere",
			    "An item is not of this case.");
		err = cs_rows_end(&row, err);
		if (err == CS_OK && !contains(ids, id))
			err = cs_buf_add(ids, CS_VIEW_OF(id));
	}
	return err;
}

/* ---- moving them -------------------------------------------------------- */

struct questions {
	const uint8_t *report;
	struct {
		uint64_t *at;
		size_t n;
	} found;
};

static enum cs_err
collect_question(void *arg, struct desk_entry *e)
{
	struct questions *q = arg;
	uint64_t *id;

	if (memcmp(e->report, q->report, CS_ID_LEN) != 0)
		return CS_OK;
	if ((id = desk_array_add(&q->found, sizeof *id)) == NULL)
		return CS_ERR_NOMEM;
	*id = e->id;
	return CS_OK;
}

/* Move the questions about the report ${id}: an answer is stored where the
 * report is. */
static enum cs_err
move_questions(struct cs_desk *d, uint64_t from, uint64_t to,
    const uint8_t id[static CS_ID_LEN])
{
	struct questions q = { .report = id };
	enum cs_err err = desk_entries(d, from, CS_DESK_ENTRY_QUESTION,
	    CS_DESK_ENTRY_QUESTION, collect_question, &q);

	for (size_t i = 0; i < q.found.n && err == CS_OK; i++)
		err = cs_db_exec(d->db, "UPDATE entry SET case_id=? WHERE id=?",
		    cs_int(to), cs_int(q.found.at[i]));
	desk_array_clear(&q.found, sizeof *q.found.at);
	return err;
}

static enum cs_err
move_report(struct cs_desk *d, uint64_t from, uint64_t to,
    const uint8_t id[static CS_ID_LEN])
{
	const struct cs_arg report = cs_blob(cs_view(id, CS_ID_LEN));
	enum cs_err err;

	if ((err = move_questions(d, from, to, id)) ||
	    (err = cs_db_exec(d->db, "UPDATE report SET case_id=? WHERE id=?",
		 cs_int(to), report)) ||
	    (err = cs_db_exec(d->db,
		 "UPDATE item SET case_id=?,joined=0 WHERE report=?",
		 cs_int(to), report)))
		return err;
	return cs_db_exec(d->db,
	    "UPDATE media SET case_id=? WHERE item IN"
	    " (SELECT id FROM item WHERE report=?)",
	    cs_int(to), report);
}

static enum cs_err
add_report(struct cs_desk *d, struct desk_case *c,
    const struct cs_desk_policy *policy, const uint8_t id[static CS_ID_LEN])
{
	struct cs_desk_report_opened r;
	enum cs_err err = cs_desk_report_load(&r, d, id);

	if (err == CS_OK && r.evidence != NULL)
		err = desk_case_add(d, c, &r.report, r.evidence, policy);
	cs_desk_report_clear(&r);
	return err;
}

/* Count again what is in ${c}. */
static enum cs_err
recount(
    struct cs_desk *d, struct desk_case *c, const struct cs_desk_policy *policy)
{
	struct cs_buf ids = { 0 };
	enum cs_err err;

	c->reports = c->items = c->photos = 0;
	desk_array_clear(&c->accounts, sizeof *c->accounts.at);
	desk_array_clear(&c->reporters, sizeof *c->reporters.at);
	if ((err = cs_db_exec(d->db, "DELETE FROM case_account WHERE case_id=?",
		 cs_int(c->id))))
		return err;
	err = desk_reports_of_case(&ids, d, c->id);
	for (size_t k = 0; k < ids.len && err == CS_OK; k += CS_ID_LEN)
		err = add_report(d, c, policy, ids.data + k);
	cs_buf_free(&ids);
	return err;
}

/* ---- the new case ------------------------------------------------------- */

/* Make an empty case as the report ${id} would open it. */
static enum cs_err
open_for(struct desk_case *out, struct cs_desk *d,
    const struct cs_desk_policy *policy, const uint8_t id[static CS_ID_LEN])
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
copy_hold(struct desk_case *to, const struct desk_case *from)
{
	to->held = from->held;
	memcpy(to->held_by, from->held_by, sizeof to->held_by);
	to->held_ms = from->held_ms;
	return desk_string_set(
	    &to->held_text, cs_view_str(desk_string(from->held_text)));
}

static void
copy_reason(struct desk_case *to, const struct desk_case *from)
{
	memcpy(to->reason, from->reason, sizeof to->reason);
	to->reason_number = from->reason_number;
	to->severity = from->severity;
	to->danger = from->danger;
	to->reason_said = from->reason_said;
}

/* Has the person who splits seen the reports that leave? */
enum seen { NOT_SEEN, SEEN };

/* Move the reports ${ids} out of ${c}, which is not stored, into a case as
 * they would have opened it alone.  A hold stays on both; and what a person
 * said about the case holds for these reports if that person had seen them. */
static enum cs_err
leave(struct desk_case *made, struct cs_desk *d, struct desk_case *c,
    const struct cs_buf *ids, enum seen seen)
{
	struct cs_desk_policy policy;
	enum cs_err err;

	memset(made, 0, sizeof *made);
	if ((err = cs_desk_policy(&policy, d)))
		return err;
	/* What was said of the whole counts for each part: splitting makes
	 * nothing less grave. */
	if ((err = open_for(made, d, &policy, ids->data)) ||
	    (err = copy_hold(made, c)) ||
	    (err = desk_case_give_reasons(made, &c->reasons)))
		goto out;
	made->risk = c->risk;
	if (seen == SEEN && c->reason_said)
		copy_reason(made, c);
	for (size_t k = 0; k < ids->len && err == CS_OK; k += CS_ID_LEN)
		err = move_report(d, c->id, made->id, ids->data + k);
	if (err == CS_OK && (err = recount(d, c, &policy)) == CS_OK)
		err = recount(d, made, &policy);
out:
	cs_desk_policy_clear(&policy);
	return err;
}

enum cs_err
cs_desk_case_split(const struct cs_desk_edit *e, const uint64_t *items,
    size_t n, uint64_t *made)
{
	struct desk_facts after = { 0 };
	struct desk_case c, new = { 0 };
	struct cs_buf ids = { 0 };
	enum cs_err err = desk_edit_begin(&c, e);

	if (err == CS_OK && (err = desk_case_take(e->d, &c, e->actor)) == CS_OK)
		err = reports_of(&ids, e, items, n);
	if (err == CS_OK && (ids.len == 0 || ids.len / CS_ID_LEN == c.reports))
		err = desk_problem(e->d, CS_ERR_MISUSE, "split-all",
		    "A report of a case can leave it, but not all of them.");
	if (err == CS_OK && (err = leave(&new, e->d, &c, &ids, SEEN)) == CS_OK)
		err = desk_case_save(e->d, &new, e->actor);
	*made = new.id;
	desk_fact_id(&after, "into", new.id);
	desk_case_clear(&new);
	cs_buf_free(&ids);
	return desk_edit_end(&c, e, err, "split", &after);
}

enum cs_err
desk_case_set_aside(
    uint64_t *made, struct desk_case *c, const struct cs_desk_edit *e)
{
	struct desk_facts after = { 0 };
	struct desk_case new = { 0 };
	struct cs_buf ids = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, e->d->db,
	    "SELECT id FROM report WHERE id IN"
	    " (SELECT report FROM item WHERE case_id=? AND joined>?)"
	    " ORDER BY received,id",
	    cs_int(c->id), cs_int(e->version));
	err = desk_rows_ids(&ids, &rows, err);
	/* The new case is nobody's: NULL. */
	if (err == CS_OK && ids.len != 0 &&
	    (err = leave(&new, e->d, c, &ids, NOT_SEEN)) == CS_OK &&
	    (err = desk_case_save(e->d, &new, NULL)) == CS_OK) {
		desk_fact_id(&after, "into", new.id);
		err = desk_audit_add(e->d,
		    &(struct desk_audit_event){ .actor = e->actor,
			.case_id = c->id,
			.what = "set-aside",
			.after = &after });
	}
	*made = new.id;
	desk_case_clear(&new);
	cs_buf_free(&ids);
	return err;
}
