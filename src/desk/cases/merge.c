/* SPDX-License-Identifier: MIT */
/* Two cases become one. */
#include "desk/cases/merge.h"

#include <string.h>

#include "desk/cases/case.h"
#include "desk/cases/work.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/store.h"
#include "store/db.h"

static void
absorb_accounts(
    struct desk_case *into, const struct desk_case *from, enum cs_err *err)
{
	json_t *to = json_object_get(into->doc, "accounts"), *o;
	size_t i;

	json_array_foreach (json_object_get(from->doc, "accounts"), i, o)
		if (json_find(to, "id", json_get_str(o, "id")) == NULL)
			json_push(to, json_incref(o), err);
}

static void
absorb_reporters(
    struct desk_case *into, const struct desk_case *from, enum cs_err *err)
{
	json_t *to = json_object_get(into->doc, "reporters"), *o, *old;
	size_t i;

	json_array_foreach (json_object_get(from->doc, "reporters"), i, o) {
		old = json_find(to, "account", json_get_str(o, "account"));
		if (old == NULL)
			json_push(to, json_incref(o), err);
		else
			json_count_up(
			    old, "reports", json_get_num(o, "reports"), err);
	}
}

static enum cs_err
move_rows(struct cs_desk *d, const struct desk_case *to, uint64_t from)
{
	uint64_t into = to->id;
	enum cs_err err;

	if ((err = cs_db_exec(d->db,
		 "UPDATE item SET case_id=?,joined=? WHERE case_id=?",
		 cs_int(into), cs_int(to->version), cs_int(from))) ||
	    (err = cs_db_exec(d->db,
		 "UPDATE media SET case_id=? WHERE case_id=?", cs_int(into),
		 cs_int(from))) ||
	    (err = cs_db_exec(d->db,
		 "UPDATE report SET case_id=? WHERE case_id=?", cs_int(into),
		 cs_int(from))) ||
	    (err = cs_db_exec(d->db,
		 "UPDATE entry SET case_id=? WHERE case_id=?", cs_int(into),
		 cs_int(from))) ||
	    (err = cs_db_exec(d->db,
		 "UPDATE decision SET case_id=? WHERE case_id=?", cs_int(into),
		 cs_int(from))) ||
	    (err = cs_db_exec(d->db,
		 "UPDATE appeal SET case_id=? WHERE case_id=?", cs_int(into),
		 cs_int(from))) ||
	    (err = cs_db_exec(d->db,
		 "INSERT INTO term(term,case_id) SELECT term,? FROM term"
		 " WHERE case_id=? ON CONFLICT DO NOTHING",
		 cs_int(into), cs_int(from))) ||
	    (err = cs_db_exec(d->db,
		 "INSERT INTO case_account(account,case_id)"
		 " SELECT account,? FROM case_account WHERE case_id=?"
		 " ON CONFLICT DO NOTHING",
		 cs_int(into), cs_int(from))))
		return err;
	return CS_OK;
}

/* What is still to be decided about the one is so about both; what is decided
 * about both is kept from the later time on. */
static enum cs_err
absorb_state(struct cs_desk *d, struct desk_case *into, struct desk_case *from)
{
	unsigned state = desk_case_state(into), other = desk_case_state(from);
	uint64_t decided = json_get_num(from->doc, "decided_ms");
	enum cs_err err = CS_OK;

	if (state == CS_DESK_CASE_OPEN || other == CS_DESK_CASE_OPEN)
		return desk_case_reopen(d, into);
	if (decided > json_get_num(into->doc, "decided_ms"))
		json_put_num(into->doc, "decided_ms", decided, &err);
	return err;
}

/* What stays of a case that was merged is where it went: the rest is found,
 * and one day destroyed, with the other one. */
static enum cs_err
empty(struct cs_desk *d, struct desk_case *from)
{
	enum cs_err err = CS_OK;

	json_put(from->doc, "accounts", json_array(), &err);
	json_put(from->doc, "reporters", json_array(), &err);
	if (err == CS_OK &&
	    (err = cs_db_exec(d->db, "DELETE FROM term WHERE case_id=?",
		 cs_int(from->id))) == CS_OK)
		err = cs_db_exec(d->db,
		    "DELETE FROM case_account WHERE case_id=?",
		    cs_int(from->id));
	return err;
}

enum cs_err
desk_case_absorb(struct cs_desk *d, struct desk_case *into,
    struct desk_case *from, const struct cs_desk_actor *actor)
{
	static const char *const sums[] = { "reports", "items", "photos",
		"pending", "appeals" };
	json_t *after = json_object();
	json_t *hold = json_object_get(from->doc, "hold");
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
		json_count_up(
		    into->doc, sums[i], json_get_num(from->doc, sums[i]), &err);
	absorb_accounts(into, from, &err);
	absorb_reporters(into, from, &err);
	if (json_get_num(from->doc, "severity") >
	    json_get_num(into->doc, "severity")) {
		json_put_str(into->doc, "reason",
		    json_get_str(from->doc, "reason"), &err);
		json_put_num(into->doc, "reason_number",
		    json_get_num(from->doc, "reason_number"), &err);
		json_put_num(into->doc, "severity",
		    json_get_num(from->doc, "severity"), &err);
		if (json_get_bool(from->doc, "reason_said"))
			json_put_bool(into->doc, "reason_said", true, &err);
	}
	if (json_get_bool(from->doc, "danger"))
		json_put_bool(into->doc, "danger", true, &err);
	if (json_get_bool(from->doc, "held") &&
	    !json_get_bool(into->doc, "held")) {
		json_put_bool(into->doc, "held", true, &err);
		if (hold != NULL)
			json_put(into->doc, "hold", json_incref(hold), &err);
	}
	if (strcmp(json_get_str(from->doc, "age"), "child") == 0)
		json_put_str(into->doc, "age", "child", &err);
	if (json_get_num(from->doc, "first_ms") <
	    json_get_num(into->doc, "first_ms"))
		json_put_num(into->doc, "first_ms",
		    json_get_num(from->doc, "first_ms"), &err);
	if (err == CS_OK)
		err = absorb_state(d, into, from);
	desk_case_set_state(from, CS_DESK_CASE_CLOSED, &err);
	json_put_num(from->doc, "merged_into", into->id, &err);
	json_put_id(after, "into", into->id, &err);
	json_put_id(after, "from", from->id, &err);
	if (err == CS_OK && (err = desk_case_save(d, into, actor)) == CS_OK &&
	    (err = move_rows(d, into, from->id)) == CS_OK &&
	    (err = empty(d, from)) == CS_OK &&
	    (err = desk_case_save(d, from, actor)) == CS_OK &&
	    (err = desk_audit_add(d,
		 &(struct desk_audit_event){ .actor = actor,
		     .case_id = from->id,
		     .what = "merged",
		     .after = after })) == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){ .actor = actor,
			.case_id = into->id,
			.what = "merged",
			.after = after });
	json_decref(after);
	return err;
}

/* Whoever reported is told what was decided of their case: of the one that it
 * was. */
static enum cs_err
check_settled(struct cs_desk *d, const struct desk_case *c)
{
	return desk_case_state(c) != CS_DESK_CASE_WAITING
	    ? CS_OK
	    : desk_problem(d, CS_ERR_DENIED,
		  "A decision of case %llu is on its way. Wait for it, or take "
		  "it back.",
		  (unsigned long long)c->id);
}

enum cs_err
cs_desk_case_merge(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, uint64_t version, uint64_t into)
{
	struct desk_case c, to = { 0 };
	enum cs_err err;

	if (id == into)
		return desk_problem(
		    d, CS_ERR_MISUSE, "A case cannot become part of itself.");
	err = desk_work_begin(&c, d, actor, id, version);
	if (err == CS_OK && (err = desk_case_load(&to, d, into)) == CS_OK &&
	    desk_case_state(&to) == CS_DESK_CASE_CLOSED)
		err = desk_problem(d, CS_ERR_DENIED, "Case %llu is closed.",
		    (unsigned long long)into);
	if (err == CS_OK && (err = check_settled(d, &c)) == CS_OK &&
	    (err = check_settled(d, &to)) == CS_OK &&
	    (err = desk_case_mine(d, &c, actor)) == CS_OK &&
	    (err = desk_case_mine(d, &to, actor)) == CS_OK &&
	    (err = desk_case_absorb(d, &to, &c, actor)) == CS_OK)
		err = cs_db_commit(d->db);
	if (cs_db_in_transaction(d->db))
		cs_db_rollback(d->db);
	desk_case_clear(&c);
	desk_case_clear(&to);
	return err;
}
