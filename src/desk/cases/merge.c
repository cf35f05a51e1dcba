/* SPDX-License-Identifier: MIT */
#include "desk/cases/merge.h"

#include <string.h>

#include "desk/cases/case.h"
#include "desk/cases/work.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "store/db.h"

static enum cs_err
absorb_accounts(struct desk_case *into, const struct desk_case *from)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < from->accounts.n && err == CS_OK; i++) {
		const struct desk_account *a = &from->accounts.at[i];

		if (desk_account_find(&into->accounts, a->id) == NULL)
			err = desk_account_add(
			    &into->accounts, a->id, cs_view_str(a->handle));
	}
	return err;
}

static enum cs_err
absorb_reporters(struct desk_case *into, const struct desk_case *from)
{
	for (size_t i = 0; i < from->reporters.n; i++) {
		const struct desk_reporter *r = &from->reporters.at[i];
		struct desk_reporter *to =
		    desk_reporter_of(&into->reporters, r->account);

		if (to == NULL)
			return CS_ERR_NOMEM;
		to->reports += r->reports;
	}
	return CS_OK;
}

static enum cs_err
move_rows(struct cs_desk *d, const struct desk_case *into, uint64_t from)
{
	const struct cs_arg to = cs_int(into->id), of = cs_int(from);
	enum cs_err err;

	if ((err = cs_db_exec(d->db,
		 "UPDATE item SET case_id=?,joined=? WHERE case_id=?", to,
		 cs_int(into->version), of)) ||
	    (err = cs_db_exec(d->db,
		 "UPDATE filing SET case_id=? WHERE case_id=?", to, of)) ||
	    (err = cs_db_exec(d->db,
		 "UPDATE media SET case_id=? WHERE case_id=?", to, of)) ||
	    (err = cs_db_exec(d->db,
		 "UPDATE report SET case_id=? WHERE case_id=?", to, of)) ||
	    (err = cs_db_exec(d->db,
		 "UPDATE entry SET case_id=? WHERE case_id=?", to, of)) ||
	    (err = cs_db_exec(d->db,
		 "UPDATE decision SET case_id=? WHERE case_id=?", to, of)) ||
	    (err = cs_db_exec(d->db,
		 "UPDATE appeal SET case_id=? WHERE case_id=?", to, of)) ||
	    (err = cs_db_exec(d->db,
		 "INSERT INTO term(term,case_id) SELECT term,? FROM term"
		 " WHERE case_id=? ON CONFLICT DO NOTHING",
		 to, of)))
		return err;
	return cs_db_exec(d->db,
	    "INSERT INTO case_account(account,case_id)"
	    " SELECT account,? FROM case_account WHERE case_id=?"
	    " ON CONFLICT DO NOTHING",
	    to, of);
}

/* If one is still to be decided, so are both; if both are decided, they are
 * kept from the later time on. */
static enum cs_err
absorb_state(
    struct cs_desk *d, struct desk_case *into, const struct desk_case *from)
{
	if (into->state == CS_DESK_CASE_OPEN ||
	    from->state == CS_DESK_CASE_OPEN)
		return desk_case_reopen(d, into);
	if (from->decided_ms > into->decided_ms)
		into->decided_ms = from->decided_ms;
	return CS_OK;
}

/* The graver reason becomes the reason of both. */
static void
absorb_reason(struct desk_case *into, const struct desk_case *from)
{
	if (from->severity > into->severity) {
		memcpy(into->reason, from->reason, sizeof into->reason);
		into->reason_number = from->reason_number;
		into->severity = from->severity;
		into->reason_said |= from->reason_said;
	}
	into->danger |= from->danger;
	if (from->age == CS_DESK_AGE_CHILD)
		into->age = CS_DESK_AGE_CHILD;
	if (from->first_ms < into->first_ms)
		into->first_ms = from->first_ms;
}

static enum cs_err
absorb_notices(struct desk_case *into, const struct desk_case *from)
{
	enum cs_err err = CS_OK;

	into->notices += from->notices;
	if (into->answer_ms == 0 ||
	    (from->answer_ms != 0 && from->answer_ms < into->answer_ms))
		into->answer_ms = from->answer_ms;
	if (from->news_version != 0)
		into->news_version = into->version + 1;
	into->risk |= from->risk;
	into->news |= from->news;
	for (size_t i = 0; i < from->named.n && err == CS_OK; i++)
		err =
		    desk_case_name(into, cs_view_str(from->named.at[i].handle));
	return err;
}

static enum cs_err
absorb_hold(struct desk_case *into, const struct desk_case *from)
{
	if (!from->held || into->held)
		return CS_OK;
	into->held = true;
	memcpy(into->held_by, from->held_by, sizeof into->held_by);
	into->held_ms = from->held_ms;
	return desk_string_set(
	    &into->held_text, cs_view_str(desk_string(from->held_text)));
}

/* A merged case keeps only where it went: everything else is found, and
 * later destroyed, with the other one. */
static enum cs_err
empty(struct cs_desk *d, struct desk_case *from)
{
	enum cs_err err;

	desk_array_clear(&from->accounts, sizeof *from->accounts.at);
	desk_array_clear(&from->reporters, sizeof *from->reporters.at);
	desk_array_clear(&from->named, sizeof *from->named.at);
	from->notices = from->answer_ms = 0;
	if ((err = cs_db_exec(
		 d->db, "DELETE FROM term WHERE case_id=?", cs_int(from->id))))
		return err;
	return cs_db_exec(d->db, "DELETE FROM case_account WHERE case_id=?",
	    cs_int(from->id));
}

static enum cs_err
note_merged(struct cs_desk *d, const struct desk_case *into,
    const struct desk_case *from, const struct cs_desk_actor *actor)
{
	struct desk_facts after = { 0 };
	struct desk_audit_event e = { .actor = actor,
		.case_id = from->id,
		.what = "merged",
		.after = &after };
	enum cs_err err;

	desk_fact_id(&after, "into", into->id);
	desk_fact_id(&after, "from", from->id);
	if ((err = desk_audit_add(d, &e)))
		return err;
	e.case_id = into->id;
	return desk_audit_add(d, &e);
}

enum cs_err
desk_case_absorb(struct cs_desk *d, struct desk_case *into,
    struct desk_case *from, const struct cs_desk_actor *actor)
{
	enum cs_err err;

	into->reports += from->reports;
	into->items += from->items;
	into->photos += from->photos;
	into->pending += from->pending;
	into->appeals += from->appeals;
	absorb_reason(into, from);
	if ((err = desk_case_give_reasons(into, &from->reasons)) ||
	    (err = absorb_accounts(into, from)) ||
	    (err = absorb_reporters(into, from)) ||
	    (err = absorb_notices(into, from)) ||
	    (err = absorb_hold(into, from)) ||
	    (err = absorb_state(d, into, from)))
		return err;
	from->state = CS_DESK_CASE_CLOSED;
	from->merged_into = into->id;
	if ((err = desk_case_save(d, into, actor)) ||
	    (err = move_rows(d, into, from->id)) || (err = empty(d, from)) ||
	    (err = desk_case_save(d, from, actor)))
		return err;
	return note_merged(d, into, from, actor);
}

/* Decisions of the old case are still those that its reporters are told of. */
static enum cs_err
check_settled(struct cs_desk *d, const struct desk_case *c)
{
	return c->state != CS_DESK_CASE_WAITING
	    ? CS_OK
	    : desk_problem(d, CS_ERR_DENIED, "decision-under-way",
		  "A decision of case %llu is on its way. Wait for it, or take "
		  "it back.",
		  (unsigned long long)c->id);
}

enum cs_err
cs_desk_case_merge(const struct cs_desk_edit *e, uint64_t into)
{
	struct cs_desk *d = e->d;
	struct desk_case c, to = { 0 };
	enum cs_err err;

	if (e->case_id == into)
		return desk_problem(d, CS_ERR_MISUSE, "merge-itself",
		    "A case cannot become part of itself.");
	err = desk_edit_begin(&c, e);
	if (err == CS_OK && (err = desk_case_load(&to, d, into)) == CS_OK &&
	    to.state == CS_DESK_CASE_CLOSED)
		err = desk_problem(d, CS_ERR_DENIED, "case-closed",
		    "Case %llu is closed.", (unsigned long long)into);
	if (err == CS_OK && (err = check_settled(d, &c)) == CS_OK &&
	    (err = check_settled(d, &to)) == CS_OK &&
	    (err = desk_case_take(d, &c, e->actor)) == CS_OK &&
	    (err = desk_case_take(d, &to, e->actor)) == CS_OK)
		err = desk_case_absorb(d, &to, &c, e->actor);
	err = desk_edit_leave(e, err);
	desk_case_clear(&c);
	desk_case_clear(&to);
	return err;
}
