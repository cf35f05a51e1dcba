/* SPDX-License-Identifier: MIT */
#include "desk/cases/case.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "store/clock.h"
#include "store/db.h"

#define REPORTERS_MAX 1000000
#define REASONS_MAX UINT16_MAX /* each once */
#define HOLD_TEXT_MAX 8192
/* A page that has missed more changes reads everything again. */
#define CHANGES_KEPT 1000

/* ---- the record --------------------------------------------------------- */

static const char *const states[] = { "open", "waiting", "decided", "closed" };
static const char *const ages[] = { "unknown", "child", "adult" };

static const struct desk_field account_fields[] = {
	DESK_BYTES(desk_account, id),
	DESK_TEXT(desk_account, handle),
};
const struct desk_record desk_account_record =
    DESK_RECORD(desk_account, NULL, account_fields);

static const struct desk_field reporter_fields[] = {
	DESK_BYTES(desk_reporter, account),
	DESK_TIME(desk_reporter, reports),
};
static const struct desk_record reporter_record =
    DESK_RECORD(desk_reporter, NULL, reporter_fields);

static const struct desk_field given_fields[] = {
	DESK_NUMBER(desk_given, number, 1, UINT16_MAX),
};
static const struct desk_record given_record =
    DESK_RECORD(desk_given, NULL, given_fields);

static const struct desk_field named_fields[] = {
	DESK_TEXT(desk_named, handle),
};
static const struct desk_record named_record =
    DESK_RECORD(desk_named, NULL, named_fields);

static const struct desk_field case_fields[] = {
	DESK_WORD(desk_case, state, states),
	DESK_TEXT(desk_case, reason),
	DESK_NUMBER(desk_case, reason_number, 1, UINT16_MAX),
	DESK_NUMBER(desk_case, severity, 1, CS_DESK_SEVERITIES),
	DESK_FLAG(desk_case, reason_said),
	DESK_FLAG(desk_case, danger),
	DESK_FLAG(desk_case, flood),
	DESK_FLAG(desk_case, escalated),
	DESK_FLAG(desk_case, opinion),
	DESK_FLAG(desk_case, held),
	DESK_WORD(desk_case, age, ages),
	DESK_TIME(desk_case, threat_ms),
	DESK_TIME(desk_case, opened_ms),
	DESK_TIME(desk_case, first_ms),
	DESK_TIME(desk_case, updated_ms),
	DESK_TIME(desk_case, due_ms),
	DESK_TIME(desk_case, looked_ms),
	DESK_TIME(desk_case, decided_ms),
	DESK_TIME(desk_case, destroyed_ms),
	DESK_TIME(desk_case, assignee),
	DESK_TEXT(desk_case, assignee_name),
	DESK_TEXT(desk_case, held_by),
	DESK_TIME(desk_case, held_ms),
	DESK_STRING(desk_case, held_text, HOLD_TEXT_MAX),
	DESK_TIME(desk_case, reports),
	DESK_TIME(desk_case, items),
	DESK_TIME(desk_case, photos),
	DESK_TIME(desk_case, pending),
	DESK_TIME(desk_case, appeals),
	DESK_TIME(desk_case, open_after),
	DESK_TIME(desk_case, merged_into),
	DESK_TIME(desk_case, changer),
	DESK_TEXT(desk_case, changed_by),
	DESK_TIME(desk_case, changed_version),
	DESK_TIME(desk_case, changed_ms),
	DESK_TEXT(desk_case, others_by),
	DESK_TIME(desk_case, others_version),
	DESK_TIME(desk_case, others_ms),
	DESK_ARRAY(
	    desk_case, accounts, &desk_account_record, DESK_ACCOUNTS_MAX),
	DESK_ARRAY(desk_case, reporters, &reporter_record, REPORTERS_MAX),
	DESK_ARRAY(desk_case, reasons, &given_record, REASONS_MAX),
	DESK_TIME_LATER(desk_case, notices),
	DESK_TIME_LATER(desk_case, answer_ms),
	DESK_FLAG_LATER(desk_case, risk),
	DESK_FLAG_LATER(desk_case, news),
	DESK_TIME_LATER(desk_case, news_version),
	DESK_ARRAY_LATER(desk_case, named, &named_record, DESK_NAMED_MAX),
};
const struct desk_record desk_case_record =
    DESK_RECORD(desk_case, "case", case_fields);

#define STATES (sizeof states / sizeof *states)
#define AGES (sizeof ages / sizeof *ages)

static int
find(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return (int)i;
	return -1;
}

const char *
cs_desk_case_state_name(enum cs_desk_case_state state)
{
	return states[state];
}

int
cs_desk_case_state_find(const char *name)
{
	return find(states, STATES, name);
}

const char *
cs_desk_age_name(enum cs_desk_age age)
{
	return ages[age];
}

int
cs_desk_age_find(const char *name)
{
	return find(ages, AGES, name);
}

/* ---- lists in it -------------------------------------------------------- */

const struct desk_account *
desk_account_find(
    const struct desk_accounts *accounts, const uint8_t id[static CS_ID_LEN])
{
	for (size_t i = 0; i < accounts->n; i++)
		if (memcmp(accounts->at[i].id, id, CS_ID_LEN) == 0)
			return &accounts->at[i];
	return NULL;
}

enum cs_err
desk_account_add(struct desk_accounts *accounts,
    const uint8_t id[static CS_ID_LEN], struct cs_view handle)
{
	struct desk_account *a;

	if (handle.len >= sizeof a->handle)
		return CS_ERR_LIMIT;
	if ((a = desk_array_add(accounts, sizeof *a)) == NULL)
		return CS_ERR_NOMEM;
	memcpy(a->id, id, CS_ID_LEN);
	if (handle.len != 0)
		memcpy(a->handle, handle.data, handle.len);
	return CS_OK;
}

struct desk_reporter *
desk_reporter_of(
    struct desk_reporters *reporters, const uint8_t account[static CS_ID_LEN])
{
	struct desk_reporter *r;

	for (size_t i = 0; i < reporters->n; i++)
		if (memcmp(reporters->at[i].account, account, CS_ID_LEN) == 0)
			return &reporters->at[i];
	if ((r = desk_array_add(reporters, sizeof *r)) != NULL)
		memcpy(r->account, account, CS_ID_LEN);
	return r;
}

enum cs_err
desk_case_name(struct desk_case *c, struct cs_view handle)
{
	struct desk_named *new;

	if (handle.len > CS_HANDLE_MAX || c->named.n == DESK_NAMED_MAX)
		return CS_OK; /* nobody is called so */
	for (size_t i = 0; i < c->named.n; i++)
		if (cs_view_equal(handle, cs_view_str(c->named.at[i].handle)))
			return CS_OK;
	if ((new = desk_array_add(&c->named, sizeof *new)) == NULL)
		return CS_ERR_NOMEM;
	if (handle.len != 0)
		memcpy(new->handle, handle.data, handle.len);
	return CS_OK;
}

/* ---- one row ------------------------------------------------------------ */

enum cs_err
desk_case_load(struct desk_case *out, struct cs_desk *d, uint64_t id)
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->id = id;
	err = cs_db_row(&row, d->db,
	    "SELECT version,sealed FROM cases WHERE id=?", cs_int(id));
	if (err == CS_OK) {
		out->version = cs_col_int(&row, 0);
		err = desk_row_open_id(
		    out, &desk_case_record, d, id, cs_col_blob(&row, 1));
	} else if (err == CS_ERR_NOT_FOUND) {
		err = desk_problem(d, err, "no-case", "There is no case %llu.",
		    (unsigned long long)id);
	}
	return cs_rows_end(&row, err);
}

/* Was it ${actor} who changed it last?  Whoever has the folder may be
 * several people. */
static bool
is_changer(const struct desk_case *c, const struct cs_desk_actor *actor)
{
	return actor->id != 0 && c->changer == actor->id;
}

enum cs_err
desk_case_load_for(struct desk_case *out, const struct cs_desk_edit *e)
{
	struct cs_desk_conflict *conflict = &e->d->conflict;
	enum cs_err err = desk_case_load(out, e->d, e->case_id);
	bool own;

	if (err)
		return err;
	if (out->state == CS_DESK_CASE_CLOSED)
		return desk_problem(e->d, CS_ERR_DENIED, "case-merged",
		    "The case is closed: it is part of case %llu.",
		    (unsigned long long)out->merged_into);
	/* The last change by anybody else. */
	own = is_changer(out, e->actor);
	if (e->version != 0 && e->version <= out->version &&
	    e->version >= (own ? out->others_version : out->changed_version))
		return CS_OK;
	snprintf(conflict->by, sizeof conflict->by, "%s",
	    own ? out->others_by : out->changed_by);
	conflict->at_ms = own ? out->others_ms : out->changed_ms;
	return conflict->by[0] != '\0'
	    ? desk_problem(e->d, CS_ERR_EXISTS, "case-changed-by",
		  "%s has changed this case since you read it.", conflict->by)
	    : desk_problem(e->d, CS_ERR_EXISTS, "case-changed",
		  "Somebody has changed this case since you read it.");
}

void
desk_case_clear(struct desk_case *c)
{
	desk_record_clear(c, &desk_case_record);
	memset(c, 0, sizeof *c);
}

/* A threat that is to come true, or a notice that is to be answered, whichever
 * is sooner; 0: neither. */
static uint64_t
soonest(const struct desk_case *c)
{
	return c->threat_ms == 0 ||
		(c->answer_ms != 0 && c->answer_ms < c->threat_ms)
	    ? c->answer_ms
	    : c->threat_ms;
}

/* The place in the queue as one number, the smallest first: by severity;
 * floods behind others of theirs; then a child; what has to happen by a certain
 * time, the soonest first; somebody in danger; an escalated case; one with an
 * appeal.  Equal cases go by age.  How many notices there are does not count.
 */
static uint64_t
rank_of(const struct desk_case *c)
{
	uint64_t threat = soonest(c) / CS_MINUTE_MS;
	const uint64_t never = (1u << 30) - 1;

	if (threat == 0 || threat > never)
		threat = never;
	return (uint64_t)(CS_DESK_SEVERITIES - c->severity) << 56 |
	    (uint64_t)c->flood << 54 |
	    (uint64_t)(c->age != CS_DESK_AGE_CHILD) << 52 | threat << 20 |
	    (uint64_t)!c->danger << 19 | (uint64_t)!c->escalated << 18 |
	    (uint64_t)(c->appeals == 0) << 17;
}

static enum cs_err
write_row(struct cs_desk *d, const struct desk_case *c)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if ((err = desk_row_seal_id(&sealed, d, &desk_case_record, c->id, c)) ==
	    CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE cases SET state=?,rank=?,since=?,due=?,assignee=?,"
		    "reason=?,severity=?,looked=?,decided=?,reports=?,"
		    "version=?,sealed=? WHERE id=?",
		    cs_int(c->state), cs_int(rank_of(c)), cs_int(c->first_ms),
		    cs_int(c->due_ms), cs_int(c->assignee),
		    cs_int(c->reason_number), cs_int(c->severity),
		    cs_int(c->looked_ms), cs_int(c->decided_ms),
		    cs_int(c->reports), cs_int(c->version),
		    cs_blob(cs_buf_view(&sealed)), cs_int(c->id));
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_change_add(struct cs_desk *d, enum desk_change kind, uint64_t ref,
    uint64_t n, const struct cs_desk_actor *actor)
{
	uint64_t last;
	enum cs_err err;

	if ((err = cs_db_exec(d->db,
		 "INSERT INTO change(kind,ref,n,person) VALUES(?,?,?,?)",
		 cs_int(kind), cs_int(ref), cs_int(n),
		 cs_int(actor != NULL ? actor->id : 0))))
		return err;
	last = cs_db_last_id(d->db);
	return cs_db_exec(d->db, "DELETE FROM change WHERE id<?",
	    cs_int(last > CHANGES_KEPT ? last - CHANGES_KEPT : 0));
}

enum cs_err
desk_case_save(
    struct cs_desk *d, struct desk_case *c, const struct cs_desk_actor *actor)
{
	uint64_t now = cs_clock_ms();
	enum cs_err err;

	c->version++;
	c->updated_ms = now;
	if (actor != NULL) {
		if (!is_changer(c, actor)) {
			c->others_version = c->changed_version;
			c->others_ms = c->changed_ms;
			memcpy(
			    c->others_by, c->changed_by, sizeof c->others_by);
		}
		c->changer = actor->id;
		c->changed_version = c->version;
		c->changed_ms = now;
		memcpy(c->changed_by, actor->name, sizeof c->changed_by);
		c->news = false;
	}
	if ((err = write_row(d, c)))
		return err;
	return desk_change_add(d, DESK_CHANGE_CASE, c->id, c->version, actor);
}

enum cs_err
desk_case_touch(struct cs_desk *d, uint64_t id)
{
	struct desk_case c;
	enum cs_err err = desk_case_load(&c, d, id);

	if (err == CS_OK)
		err = desk_case_save(d, &c, NULL);
	desk_case_clear(&c);
	return err;
}

enum cs_err
desk_case_set_reason(struct desk_case *c, const struct cs_desk_reason *reason)
{
	memcpy(c->reason, reason->code, sizeof c->reason);
	c->reason_number = reason->number;
	c->severity = reason->severity;
	return desk_case_give_reason(c, reason->number);
}

enum cs_err
desk_case_give_reason(struct desk_case *c, uint16_t number)
{
	struct desk_given *new;

	for (size_t i = 0; i < c->reasons.n; i++)
		if (c->reasons.at[i].number == number)
			return CS_OK;
	if ((new = desk_array_add(&c->reasons, sizeof *new)) == NULL)
		return CS_ERR_NOMEM;
	new->number = number;
	return CS_OK;
}

enum cs_err
desk_case_give_reasons(struct desk_case *c, const struct desk_reasons *reasons)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < reasons->n && err == CS_OK; i++)
		err = desk_case_give_reason(c, reasons->at[i].number);
	return err;
}

void
desk_case_set_due(struct desk_case *c, const struct cs_desk_policy *policy)
{
	uint32_t hours = c->looked_ms == 0
	    ? policy->targets[c->severity].look_hours
	    : policy->targets[c->severity].decide_hours;

	c->due_ms = c->opened_ms + hours * CS_HOUR_MS;
	if (c->answer_ms != 0 &&
	    (c->answer_ms < c->due_ms || desk_case_is_decided(c)))
		c->due_ms = c->answer_ms;
}

bool
desk_case_is_decided(const struct desk_case *c)
{
	return c->state != CS_DESK_CASE_OPEN || c->decided_ms != 0;
}

bool
desk_case_is_overdue(const struct desk_case *c)
{
	return c->state < CS_DESK_CASE_DECIDED && c->due_ms < cs_clock_ms();
}

enum cs_err
desk_case_new(struct desk_case *out, struct cs_desk *d,
    const struct cs_desk_reason *reason, uint64_t at_ms)
{
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = desk_case_set_reason(out, reason)))
		return err;
	out->danger = reason->danger;
	out->opened_ms = cs_clock_ms();
	out->first_ms = at_ms;
	err = cs_db_exec(d->db,
	    "INSERT INTO cases(state,rank,since,due,reason,severity,"
	    "opened,version,sealed) VALUES(?,0,0,0,?,?,?,0,x'')",
	    cs_int(CS_DESK_CASE_OPEN), cs_int(reason->number),
	    cs_int(reason->severity), cs_int(out->opened_ms));
	if (err == CS_OK)
		out->id = cs_db_last_id(d->db);
	return err;
}

enum cs_err
desk_case_reopen(struct cs_desk *d, struct desk_case *c)
{
	enum cs_err err = cs_db_get_int(
	    &c->open_after, d->db, "SELECT COALESCE(MAX(id),0) FROM decision");

	if (c->state != CS_DESK_CASE_WAITING)
		c->state = CS_DESK_CASE_OPEN;
	c->decided_ms = 0;
	return err;
}

/* ---- for the log -------------------------------------------------------- */

void
desk_case_summarize(struct desk_case_summary *out, const struct desk_case *c)
{
	*out = (struct desk_case_summary){
		.state = c->state,
		.age = c->age,
		.threat_ms = c->threat_ms,
		.reports = c->reports,
		.items = c->items,
		.severity = c->severity,
		.escalated = c->escalated,
		.held = c->held,
	};
	memcpy(out->assignee_name, c->assignee_name, sizeof out->assignee_name);
	memcpy(out->reason, c->reason, sizeof out->reason);
}

void
desk_case_facts(struct desk_facts *out, const struct desk_case_summary *s)
{
	desk_fact_text(out, "state", states[s->state]);
	desk_fact_text(out, "assignee_name", s->assignee_name);
	desk_fact_text(out, "reason", s->reason);
	desk_fact_number(out, "severity", s->severity);
	desk_fact_text(out, "age", ages[s->age]);
	desk_fact_number(out, "threat_ms", s->threat_ms);
	desk_fact_flag(out, "escalated", s->escalated);
	desk_fact_flag(out, "held", s->held);
	desk_fact_number(out, "reports", s->reports);
	desk_fact_number(out, "items", s->items);
}
