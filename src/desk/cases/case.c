/* SPDX-License-Identifier: MIT */
/* The row of a case, its place in the queue, and lists of them. */
#include "desk/cases/case.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/core/store.h"
#include "store/clock.h"
#include "store/db.h"

#define TABLE "case"

static const char *const states[] = { "open", "waiting", "decided", "closed" };
#define STATES (sizeof states / sizeof *states)

const char *
cs_desk_case_state_name(unsigned state)
{
	return state < STATES ? states[state] : "?";
}

int
cs_desk_case_state_find(const char *name)
{
	for (size_t i = 0; i < STATES; i++)
		if (strcmp(name, states[i]) == 0)
			return (int)i;
	return -1;
}

/* ---- one row ------------------------------------------------------------ */

unsigned
desk_case_state(const struct desk_case *c)
{
	int state = cs_desk_case_state_find(json_get_str(c->doc, "state"));

	return state < 0 ? CS_DESK_CASE_CLOSED : (unsigned)state;
}

void
desk_case_set_state(
    struct desk_case *c, enum cs_desk_case_state state, enum cs_err *err)
{
	json_put_str(c->doc, "state", cs_desk_case_state_name(state), err);
}

enum cs_err
desk_case_load(struct desk_case *out, struct cs_desk *d, uint64_t id)
{
	struct cs_rows rows;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->id = id;
	err = cs_db_query(&rows, d->db,
	    "SELECT version,sealed FROM cases WHERE id=?", cs_int(id));
	if (err == CS_OK && cs_rows_next(&rows)) {
		out->version = cs_col_int(&rows, 0);
		err = desk_doc_open_id(
		    &out->doc, d, TABLE, id, cs_col_blob(&rows, 1));
	} else if (err == CS_OK) {
		err = desk_problem(d, CS_ERR_NOT_FOUND,
		    "There is no case %llu.", (unsigned long long)id);
	}
	return cs_rows_end(&rows, err);
}

/* Was ${actor} the last to change it?  Whoever has the folder may be several
 * people. */
static bool
is_changer(const json_t *doc, const struct cs_desk_actor *actor)
{
	return actor->id != 0 && json_get_num(doc, "changer") == actor->id;
}

enum cs_err
desk_case_load_for(struct desk_case *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, uint64_t version)
{
	enum cs_err err = desk_case_load(out, d, id);
	bool own;

	if (err)
		return err;
	if (desk_case_state(out) == CS_DESK_CASE_CLOSED)
		return desk_problem(d, CS_ERR_DENIED,
		    "The case is closed: it is part of case %llu.",
		    (unsigned long long)json_get_num(out->doc, "merged_into"));
	/* The last change by anybody else. */
	own = is_changer(out->doc, actor);
	if (version != 0 && version <= out->version &&
	    version >= json_get_num(out->doc,
			   own ? "others_version" : "changed_version"))
		return CS_OK;
	snprintf(d->conflict.by, sizeof d->conflict.by, "%s",
	    json_get_str(out->doc, own ? "others_by" : "changed_by"));
	d->conflict.at_ms =
	    json_get_num(out->doc, own ? "others_ms" : "changed_ms");
	return desk_problem(d, CS_ERR_EXISTS,
	    "%s has changed this case since you read it.",
	    d->conflict.by[0] != '\0' ? d->conflict.by : "Somebody");
}

void
desk_case_clear(struct desk_case *c)
{
	json_decref(c->doc);
	json_decref(c->before);
	memset(c, 0, sizeof *c);
}

/*
 * The queue's order in one number, the first is the smallest: severity; a
 * flood behind the rest of it; a child; a threat for a time, the soonest
 * first; somebody in danger; a case that was escalated; one with an appeal.
 * What is equal goes by age.
 */
static uint64_t
rank_of(const json_t *doc)
{
	uint64_t severity = json_get_num(doc, "severity");
	uint64_t threat = json_get_num(doc, "threat_ms") / CS_MINUTE_MS;
	const uint64_t never = (1u << 30) - 1;

	if (severity > CS_DESK_SEVERITIES)
		severity = CS_DESK_SEVERITIES;
	if (threat == 0 || threat > never)
		threat = never;
	return (CS_DESK_SEVERITIES - severity) << 56 |
	    (uint64_t)json_get_bool(doc, "flood") << 54 |
	    (uint64_t)(strcmp(json_get_str(doc, "age"), "child") != 0) << 52 |
	    threat << 20 | (uint64_t)!json_get_bool(doc, "danger") << 19 |
	    (uint64_t)!json_get_bool(doc, "escalated") << 18 |
	    (uint64_t)(json_get_num(doc, "appeals") == 0) << 17;
}

static enum cs_err
write_row(struct cs_desk *d, const struct desk_case *c)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if ((err = desk_doc_seal_id(&sealed, d, TABLE, c->id, c->doc)) == CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE cases SET state=?,rank=?,since=?,due=?,assignee=?,"
		    "reason=?,severity=?,looked=?,decided=?,reports=?,"
		    "version=?,sealed=? WHERE id=?",
		    cs_int(desk_case_state(c)), cs_int(rank_of(c->doc)),
		    cs_int(json_get_num(c->doc, "first_ms")),
		    cs_int(json_get_num(c->doc, "due_ms")),
		    cs_int(json_get_num(c->doc, "assignee")),
		    cs_int(json_get_num(c->doc, "reason_number")),
		    cs_int(json_get_num(c->doc, "severity")),
		    cs_int(json_get_num(c->doc, "looked_ms")),
		    cs_int(json_get_num(c->doc, "decided_ms")),
		    cs_int(json_get_num(c->doc, "reports")), cs_int(c->version),
		    cs_blob(cs_buf_view(&sealed)), cs_int(c->id));
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_change_add(struct cs_desk *d, enum desk_change kind, uint64_t ref,
    uint64_t n, const struct cs_desk_actor *actor)
{
	enum cs_err err;

	err = cs_db_exec(d->db,
	    "INSERT INTO change(kind,ref,n,person) VALUES(?,?,?,?)",
	    cs_int(kind), cs_int(ref), cs_int(n),
	    cs_int(actor != NULL ? actor->id : 0));
	/* A page that missed a thousand of them reads everything again. */
	if (err == CS_OK)
		err = cs_db_exec(d->db, "DELETE FROM change WHERE id<?",
		    cs_int(cs_db_last_id(d->db) > 1000
			    ? cs_db_last_id(d->db) - 1000
			    : 0));
	return err;
}

enum cs_err
desk_case_save(
    struct cs_desk *d, struct desk_case *c, const struct cs_desk_actor *actor)
{
	enum cs_err err = CS_OK;

	c->version++;
	json_put_num(c->doc, "updated_ms", cs_clock_ms(), &err);
	if (actor != NULL) {
		if (!is_changer(c->doc, actor)) {
			json_put_num(c->doc, "others_version",
			    json_get_num(c->doc, "changed_version"), &err);
			json_put_num(c->doc, "others_ms",
			    json_get_num(c->doc, "changed_ms"), &err);
			json_put_str(c->doc, "others_by",
			    json_get_str(c->doc, "changed_by"), &err);
		}
		json_put_num(c->doc, "changer", actor->id, &err);
		json_put_num(c->doc, "changed_version", c->version, &err);
		json_put_num(c->doc, "changed_ms", cs_clock_ms(), &err);
		json_put_str(c->doc, "changed_by", actor->name, &err);
	}
	if (err == CS_OK && (err = write_row(d, c)) == CS_OK)
		err = desk_change_add(
		    d, DESK_CHANGE_CASE, c->id, c->version, actor);
	return err;
}

enum cs_err
desk_case_set_due(struct desk_case *c, const struct cs_desk_policy *policy)
{
	uint64_t severity = json_get_num(c->doc, "severity");
	uint64_t from = json_get_num(c->doc, "opened_ms");
	enum cs_err err = CS_OK;

	if (severity < 1 || severity > CS_DESK_SEVERITIES)
		return CS_ERR_CORRUPT;
	json_put_num(c->doc, "due_ms",
	    from +
		CS_HOUR_MS *
		    (json_get_num(c->doc, "looked_ms") == 0
			    ? policy->targets[severity].look_hours
			    : policy->targets[severity].decide_hours),
	    &err);
	return err;
}

enum cs_err
desk_case_new(struct desk_case *out, struct cs_desk *d,
    const struct cs_desk_reason *reason, uint64_t at_ms)
{
	json_t *doc = json_object();
	enum cs_err err = CS_OK;

	memset(out, 0, sizeof *out);
	out->doc = doc;
	json_put_str(doc, "state", "open", &err);
	json_put_str(doc, "reason", reason->code, &err);
	json_put_num(doc, "reason_number", reason->number, &err);
	json_put_num(doc, "severity", reason->severity, &err);
	json_put_bool(doc, "danger", reason->danger, &err);
	json_put_str(doc, "age", "unknown", &err);
	json_put_num(doc, "opened_ms", cs_clock_ms(), &err);
	json_put_num(doc, "first_ms", at_ms, &err);
	json_put(doc, "accounts", json_array(), &err);
	json_put(doc, "reporters", json_array(), &err);
	if (err == CS_OK &&
	    (err = cs_db_exec(d->db,
		 "INSERT INTO cases(state,rank,since,due,reason,severity,"
		 "opened,version,sealed) VALUES(0,0,0,0,?,?,?,0,x'')",
		 cs_int(reason->number), cs_int(reason->severity),
		 cs_int(cs_clock_ms()))) == CS_OK)
		out->id = cs_db_last_id(d->db);
	return err;
}

/* ---- what a list shows -------------------------------------------------- */

static void
copy(json_t *to, const struct desk_case *c, const char *key, enum cs_err *err)
{
	json_t *v = json_object_get(c->doc, key);

	if (v != NULL)
		json_put(to, key, json_incref(v), err);
}

enum cs_err
desk_case_summary(json_t **out, const struct desk_case *c)
{
	static const char *const keys[] = { "state", "assignee_name", "reason",
		"severity", "age", "threat_ms", "escalated", "held", "reports",
		"items" };
	enum cs_err err = CS_OK;

	*out = json_object();
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		copy(*out, c, keys[i], &err);
	return err;
}

enum cs_err
desk_case_reopen(struct cs_desk *d, struct desk_case *c)
{
	uint64_t last = 0;
	enum cs_err err = cs_db_get_int(
	    &last, d->db, "SELECT COALESCE(MAX(id),0) FROM decision");

	if (desk_case_state(c) != CS_DESK_CASE_WAITING)
		desk_case_set_state(c, CS_DESK_CASE_OPEN, &err);
	json_put_num(c->doc, "open_after", last, &err);
	json_put_num(c->doc, "decided_ms", 0, &err);
	return err;
}
