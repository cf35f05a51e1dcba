/* SPDX-License-Identifier: MIT */
#include "desk/people/proposal.h"

#include <stdio.h>
#include <string.h>

#include "base/wipe.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "store/clock.h"
#include "store/db.h"

#define SHOWN 50

/* ---- rows --------------------------------------------------------------- */

static const char *const kinds[] = { "add", "reset", "change", "policy" };
static const char *const states[] = { "waiting", "done", "cancelled",
	"expired" };

static const struct desk_field fields[] = {
	DESK_WORD(desk_proposal, kind, kinds),
	DESK_WORD(desk_proposal, state, states),
	DESK_TEXT(desk_proposal, name),
	DESK_TIME(desk_proposal, person),
	DESK_NUMBER(desk_proposal, role, 0, CS_DESK_ADMINISTRATOR),
	DESK_NUMBER(desk_proposal, standing, 0, CS_DESK_STANDING_OUT),
	DESK_STRING(desk_proposal, toml, DESK_POLICY_MAX),
	DESK_TIME(desk_proposal, version),
	DESK_TIME(desk_proposal, by),
	DESK_TEXT(desk_proposal, by_name),
	DESK_TIME(desk_proposal, second),
	DESK_TEXT(desk_proposal, second_name),
	DESK_TIME(desk_proposal, made_ms),
	DESK_TIME(desk_proposal, expires_ms),
	DESK_TIME(desk_proposal, ended_ms),
	DESK_BYTES(desk_proposal, word),
};
const struct desk_record desk_proposal_record =
    DESK_RECORD(desk_proposal, "proposal", fields);

const char *
desk_proposal_kind_name(enum desk_proposal_kind kind)
{
	return kinds[kind];
}

const char *
desk_proposal_state_name(enum desk_proposal_state state)
{
	return states[state];
}

/* Columns id, sealed. */
static enum cs_err
read_row(struct desk_proposal *out, struct cs_desk *d, struct cs_rows *rows)
{
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->id = cs_col_int(rows, 0);
	err = desk_row_open_id(
	    out, &desk_proposal_record, d, out->id, cs_col_blob(rows, 1));
	if (err == CS_OK && out->state == DESK_PROPOSAL_WAITING &&
	    out->expires_ms <= cs_clock_ms())
		out->state = DESK_PROPOSAL_EXPIRED;
	return err;
}

static void
clear(struct desk_proposal *p)
{
	desk_record_clear(p, &desk_proposal_record);
	memset(p, 0, sizeof *p);
}

static enum cs_err
load(struct desk_proposal *out, struct cs_desk *d, uint64_t id)
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_row(&row, d->db,
	    "SELECT id,sealed FROM proposal WHERE id=?", cs_int(id));
	if (err == CS_OK)
		err = read_row(out, d, &row);
	return cs_rows_end(&row, err);
}

static enum cs_err
save(struct cs_desk *d, const struct desk_proposal *p)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if ((err = desk_row_seal_id(
		 &sealed, d, &desk_proposal_record, p->id, p)) == CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE proposal SET state=?,sealed=? WHERE id=?",
		    cs_int(p->state), cs_blob(cs_buf_view(&sealed)),
		    cs_int(p->id));
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_proposals(struct cs_desk *d,
    enum cs_err (*each)(void *arg, const struct desk_proposal *p), void *arg)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,sealed FROM proposal ORDER BY id DESC LIMIT ?",
	    cs_int(SHOWN + DESK_PROPOSALS_MAX));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct desk_proposal p;

		if ((err = read_row(&p, d, &rows)) == CS_OK)
			err = each(arg, &p);
		clear(&p);
	}
	return cs_rows_end(&rows, err);
}

/* ---- doing it ----------------------------------------------------------- */

/* Do what ${p} says for ${actor}; in a transaction. */
static enum cs_err
perform(struct cs_desk_granted *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, const struct desk_proposal *p)
{
	enum cs_err err;

	out->person = p->person;
	memcpy(out->name, p->name, sizeof out->name);
	switch (p->kind) {
	case DESK_PROPOSAL_ADD:
		return cs_desk_person_add(d, actor, p->name,
		    (enum cs_desk_role)p->role, &out->person, out->welcome);
	case DESK_PROPOSAL_RESET:
		return cs_desk_person_reset(d, actor, p->person, out->welcome);
	case DESK_PROPOSAL_CHANGE:
		return cs_desk_person_change(d, actor, p->person,
		    (enum cs_desk_role)p->role,
		    (enum cs_desk_standing)p->standing);
	case DESK_PROPOSAL_POLICY:
		if ((err = desk_check_two(d, actor)))
			return err;
		return cs_desk_policy_set(
		    d, actor, cs_view_str(desk_string(p->toml)), p->version);
	}
	return CS_ERR_MISUSE;
}

/* Try it in a transaction of its own, and leave everything as it was: what
 * could not be done is not proposed. */
static enum cs_err
try(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct desk_proposal *p)
{
	struct cs_desk_actor both = *actor;
	struct cs_desk_granted granted = { 0 };
	enum cs_err err = cs_db_begin(d->db);

	if (err)
		return err;
	memcpy(both.second, both.name, sizeof both.second);
	err = perform(&granted, d, &both, p);
	cs_wipe(&granted, sizeof granted);
	cs_db_rollback(d->db);
	return err;
}

static enum cs_err
note(struct cs_desk *d, const struct cs_desk_actor *actor, const char *what,
    const struct desk_proposal *p)
{
	struct desk_facts after = { 0 };

	desk_fact_id(&after, "proposal", p->id);
	desk_fact_text(&after, "kind", kinds[p->kind]);
	desk_fact_text(&after, "name", p->name);
	if (p->role != 0)
		desk_fact_text(&after, "role",
		    cs_desk_role_name((enum cs_desk_role)p->role));
	return desk_audit_add(d,
	    &(struct desk_audit_event){
		.actor = actor, .what = what, .after = &after });
}

/* ---- proposing ---------------------------------------------------------- */

/* Does it take a second administrator now? */
static enum cs_err
takes_two(bool *out, struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct desk_proposal *p)
{
	struct desk_person person = { 0 };
	enum cs_err err;

	*out = false;
	if (actor->id == 0 || (err = desk_two_administrators(out, d)) || !*out)
		return actor->id == 0 ? CS_OK : err;
	if (p->kind != DESK_PROPOSAL_CHANGE)
		return CS_OK;
	if ((err = desk_person_load(&person, d, p->person)) == CS_OK)
		*out = desk_person_change_takes_two(&person,
		    (enum cs_desk_role)p->role,
		    (enum cs_desk_standing)p->standing);
	desk_person_clear(&person);
	return err;
}

static enum cs_err
insert(struct cs_desk_granted *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, struct desk_proposal *p)
{
	bool welcomes =
	    p->kind == DESK_PROPOSAL_ADD || p->kind == DESK_PROPOSAL_RESET;
	uint64_t waiting;
	enum cs_err err;

	if ((err = cs_db_get_int(&waiting, d->db,
		 "SELECT COUNT(*) FROM proposal WHERE state=?",
		 cs_int(DESK_PROPOSAL_WAITING))))
		return err;
	if (waiting >= DESK_PROPOSALS_MAX)
		return desk_problem(d, CS_ERR_LIMIT, "proposals-many",
		    "Too many proposals wait. Confirm or cancel some first.");
	if (welcomes && (err = desk_word_new(out->word, p->word)))
		return err;
	memcpy(out->name, p->name, sizeof out->name);
	p->by = actor->id;
	memcpy(p->by_name, actor->name, sizeof p->by_name);
	p->made_ms = cs_clock_ms();
	p->expires_ms = p->made_ms + DESK_PROPOSAL_MS;
	if ((err = cs_db_exec(d->db,
		 "INSERT INTO proposal(state,sealed) VALUES(?,x'')",
		 cs_int(p->state))))
		return err;
	out->proposal = p->id = cs_db_last_id(d->db);
	return (err = save(d, p)) ? err : note(d, actor, "proposed", p);
}

/* Old ones that nobody confirmed make room. */
static enum cs_err
expire(struct cs_desk *d)
{
	struct cs_rows rows;
	struct desk_proposal p = { 0 };
	bool found = false;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,sealed FROM proposal WHERE state=? ORDER BY id LIMIT 1",
	    cs_int(DESK_PROPOSAL_WAITING));
	if (err == CS_OK && cs_rows_next(&rows) &&
	    (err = read_row(&p, d, &rows)) == CS_OK)
		found = p.state == DESK_PROPOSAL_EXPIRED;
	if ((err = cs_rows_end(&rows, err)) == CS_OK && found)
		err = save(d, &p);
	clear(&p);
	return err;
}

static enum cs_err
fill(
    struct desk_proposal *p, struct cs_desk *d, const struct cs_desk_wish *wish)
{
	struct desk_person person = { 0 };
	enum cs_err err = CS_OK;

	p->kind = wish->kind;
	p->person = wish->person;
	p->role = wish->role;
	p->standing = wish->standing;
	p->version = wish->version;
	if (wish->kind == DESK_PROPOSAL_ADD)
		snprintf(p->name, sizeof p->name, "%s", wish->name);
	else if (wish->kind == DESK_PROPOSAL_POLICY)
		return desk_string_set(&p->toml, wish->toml);
	else if ((err = desk_person_load(&person, d, wish->person)) == CS_OK)
		memcpy(p->name, person.actor.name, sizeof p->name);
	desk_person_clear(&person);
	return err;
}

static enum cs_err
check_administrator(struct cs_desk *d, const struct cs_desk_actor *actor)
{
	if (!cs_desk_is_administrator(actor))
		return desk_problem(d, CS_ERR_DENIED, "admin-role",
		    "Only an administrator may do that.");
	return actor->token == 0
	    ? CS_OK
	    : desk_problem(d, CS_ERR_DENIED, "token-decides",
		  "This takes a person who is signed in: the policy does not "
		  "let a program do it.");
}

enum cs_err
cs_desk_wish(struct cs_desk_granted *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, const struct cs_desk_wish *wish)
{
	struct desk_proposal p = { 0 };
	bool two;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = check_administrator(d, actor)))
		return err;
	/* What is cut off would be another name. */
	if (wish->kind == DESK_PROPOSAL_ADD &&
	    strlen(wish->name) > CS_DESK_NAME_MAX)
		return desk_problem(d, CS_ERR_FORMAT, "bad-name",
		    "A name has 1 to %d of the characters a-z 0-9 . _ -",
		    CS_DESK_NAME_MAX);
	if ((err = fill(&p, d, wish)) ||
	    (err = takes_two(&two, d, actor, &p)) ||
	    (two && (err = try(d, actor, &p))))
		goto out;
	if ((err = cs_db_begin(d->db)))
		goto out;
	/* Alone, they are asked again by what is done whether there is another
	 * one by now. */
	if (!two)
		err = perform(out, d, actor, &p);
	else if ((err = expire(d)) == CS_OK)
		err = insert(out, d, actor, &p);
	err = cs_db_end(d->db, err);
out:
	clear(&p);
	return err;
}

/* ---- confirming, cancelling --------------------------------------------- */

static enum cs_err
load_waiting(struct desk_proposal *out, struct cs_desk *d, uint64_t id)
{
	enum cs_err err = load(out, d, id);

	if (err == CS_ERR_NOT_FOUND)
		return desk_problem(
		    d, err, "no-proposal", "There is no such proposal.");
	if (err == CS_OK && out->state != DESK_PROPOSAL_WAITING)
		return desk_problem(d, CS_ERR_EXISTS, "proposal-over",
		    "This proposal does not wait any more.");
	return err;
}

/* Who proposed it has to be an administrator still. */
static enum cs_err
load_proposer(struct cs_desk_actor *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, const struct desk_proposal *p)
{
	enum cs_err err;

	if (actor->id == p->by)
		return desk_problem(d, CS_ERR_DENIED, "proposal-own",
		    "Nobody confirms what they proposed: it takes another "
		    "administrator.");
	err = cs_desk_person(out, d, p->by);
	if (err == CS_ERR_DENIED || err == CS_ERR_NOT_FOUND ||
	    (err == CS_OK && !cs_desk_is_administrator(out)))
		return desk_problem(d, CS_ERR_DENIED, "proposer-gone",
		    "Whoever proposed this is no administrator any more.");
	memcpy(out->second, actor->name, sizeof out->second);
	return err;
}

static enum cs_err
end(struct cs_desk *d, const struct cs_desk_actor *actor,
    struct desk_proposal *p, enum desk_proposal_state state)
{
	p->state = state;
	p->second = actor->id;
	memcpy(p->second_name, actor->name, sizeof p->second_name);
	p->ended_ms = cs_clock_ms();
	return save(d, p);
}

static enum cs_err
confirm(struct cs_desk_granted *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, struct desk_proposal *p)
{
	struct cs_desk_actor proposer;
	enum cs_err err;

	if ((err = load_proposer(&proposer, d, actor, p)) ||
	    (err = perform(out, d, &proposer, p)))
		return err;
	/* Neither of the two has both parts. */
	if (out->welcome[0] != '\0' &&
	    (err = desk_welcome_guard(d, out->welcome, p->word)))
		return err;
	p->person = out->person;
	if ((err = end(d, actor, p, DESK_PROPOSAL_DONE)))
		return err;
	return note(d, actor, "proposal-confirmed", p);
}

enum cs_err
cs_desk_proposal_confirm(struct cs_desk_granted *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id)
{
	struct desk_proposal p = { 0 };
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = check_administrator(d, actor)) || (err = cs_db_begin(d->db)))
		return err;
	if ((err = load_waiting(&p, d, id)) == CS_OK)
		err = confirm(out, d, actor, &p);
	clear(&p);
	return cs_db_end(d->db, err);
}

enum cs_err
cs_desk_proposal_cancel(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id)
{
	struct desk_proposal p = { 0 };
	enum cs_err err;

	if ((err = check_administrator(d, actor)) || (err = cs_db_begin(d->db)))
		return err;
	if ((err = load_waiting(&p, d, id)) == CS_OK &&
	    (err = end(d, actor, &p, DESK_PROPOSAL_CANCELLED)) == CS_OK)
		err = note(d, actor, "proposal-cancelled", &p);
	clear(&p);
	return cs_db_end(d->db, err);
}
