/* SPDX-License-Identifier: MIT */
/* The row of a case, its place in the queue, and lists of them. */
#include "desk/cases/case_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define TABLE "kase"
#define HOUR_MS ((uint64_t)3600 * 1000)
#define MINUTE_MS ((uint64_t)60 * 1000)

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

const struct cs_desk_conflict *
cs_desk_conflict(const struct cs_desk *d)
{
	return &d->conflict;
}

/* ---- one row ------------------------------------------------------------ */

unsigned
desk_case_state(const struct desk_case *c)
{
	int state = cs_desk_case_state_find(desk_str(c->doc, "state"));

	return state < 0 ? CS_DESK_CASE_CLOSED : (unsigned)state;
}

void
desk_case_set_state(
    struct desk_case *c, enum cs_desk_case_state state, enum cs_err *err)
{
	desk_set_str(c->doc, "state", cs_desk_case_state_name(state), err);
}

enum cs_err
desk_case_load(struct desk_case *out, struct cs_desk *d, uint64_t id)
{
	struct cs_rows rows;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->id = id;
	err = cs_db_query(&rows, d->db,
	    "SELECT version,sealed FROM kase WHERE id=?", cs_int(id));
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

/* Was ${who} the last to change it?  Whoever has the folder may be several
 * people. */
static bool
is_changer(const json_t *doc, const struct cs_desk_who *who)
{
	return who->id != 0 && desk_num(doc, "changer") == who->id;
}

enum cs_err
desk_case_load_for(struct desk_case *out, struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, uint64_t version)
{
	enum cs_err err = desk_case_load(out, d, id);
	bool own;

	if (err)
		return err;
	if (desk_case_state(out) == CS_DESK_CASE_CLOSED)
		return desk_problem(d, CS_ERR_DENIED,
		    "The case is closed: it is part of case %llu.",
		    (unsigned long long)desk_num(out->doc, "merged_into"));
	/* The last change by anybody else. */
	own = is_changer(out->doc, who);
	if (version != 0 && version <= out->version &&
	    version >=
		desk_num(out->doc, own ? "others_version" : "changed_version"))
		return CS_OK;
	snprintf(d->conflict.by, sizeof d->conflict.by, "%s",
	    desk_str(out->doc, own ? "others_by" : "changed_by"));
	d->conflict.at_ms =
	    desk_num(out->doc, own ? "others_ms" : "changed_ms");
	return desk_problem(d, CS_ERR_EXISTS,
	    "%s has changed this case since you read it.",
	    d->conflict.by[0] != '\0' ? d->conflict.by : "Somebody");
}

enum cs_err
cs_desk_case_find(
    struct cs_desk_case_at *out, struct cs_desk *d, const char *text)
{
	uint64_t id = strlen(text) < 9 ? desk_id(text) : 0;
	struct desk_case c = { 0 };
	uint8_t report[16];
	enum cs_err err = CS_ERR_NOT_FOUND;

	if (id != 0)
		err = desk_case_load(&c, d, id);
	if (err == CS_ERR_NOT_FOUND && strlen(text) >= 4) {
		desk_case_clear(&c);
		if ((err = cs_desk_find(d, text, report)) == CS_OK &&
		    (err = desk_case_of_report(&id, d, report)) == CS_OK)
			err = desk_case_load(&c, d, id);
	} else if (err == CS_ERR_NOT_FOUND) {
		err = desk_problem(d, err, "There is no case %.16s.", text);
	}
	*out = (struct cs_desk_case_at){ c.id, c.version };
	desk_case_clear(&c);
	return err;
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
	uint64_t severity = desk_num(doc, "severity");
	uint64_t threat = desk_num(doc, "threat_ms") / MINUTE_MS;
	const uint64_t never = (1u << 30) - 1;

	if (severity > CS_DESK_SEVERITIES)
		severity = CS_DESK_SEVERITIES;
	if (threat == 0 || threat > never)
		threat = never;
	return (CS_DESK_SEVERITIES - severity) << 56 |
	    (uint64_t)desk_bool(doc, "flood") << 54 |
	    (uint64_t)(strcmp(desk_str(doc, "age"), "child") != 0) << 52 |
	    threat << 20 | (uint64_t)!desk_bool(doc, "danger") << 19 |
	    (uint64_t)!desk_bool(doc, "escalated") << 18 |
	    (uint64_t)(desk_num(doc, "appeals") == 0) << 17;
}

static enum cs_err
write_row(struct cs_desk *d, const struct desk_case *c)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if ((err = desk_doc_seal_id(&sealed, d, TABLE, c->id, c->doc)) == CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE kase SET state=?,rank=?,since=?,due=?,assignee=?,"
		    "reason=?,severity=?,looked=?,decided=?,reports=?,"
		    "version=?,sealed=? WHERE id=?",
		    cs_int(desk_case_state(c)), cs_int(rank_of(c->doc)),
		    cs_int(desk_num(c->doc, "first_ms")),
		    cs_int(desk_num(c->doc, "due_ms")),
		    cs_int(desk_num(c->doc, "assignee")),
		    cs_int(desk_num(c->doc, "reason_number")),
		    cs_int(desk_num(c->doc, "severity")),
		    cs_int(desk_num(c->doc, "looked_ms")),
		    cs_int(desk_num(c->doc, "decided_ms")),
		    cs_int(desk_num(c->doc, "reports")), cs_int(c->version),
		    cs_blob(cs_buf_view(&sealed)), cs_int(c->id));
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_changed(struct cs_desk *d, enum desk_change kind, uint64_t ref, uint64_t n,
    const struct cs_desk_who *who)
{
	enum cs_err err;

	err = cs_db_exec(d->db,
	    "INSERT INTO change(kind,ref,n,person) VALUES(?,?,?,?)",
	    cs_int(kind), cs_int(ref), cs_int(n),
	    cs_int(who != NULL ? who->id : 0));
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
    struct cs_desk *d, struct desk_case *c, const struct cs_desk_who *who)
{
	enum cs_err err = CS_OK;

	c->version++;
	desk_set_num(c->doc, "updated_ms", cs_clock_ms(), &err);
	if (who != NULL) {
		if (!is_changer(c->doc, who)) {
			desk_set_num(c->doc, "others_version",
			    desk_num(c->doc, "changed_version"), &err);
			desk_set_num(c->doc, "others_ms",
			    desk_num(c->doc, "changed_ms"), &err);
			desk_set_str(c->doc, "others_by",
			    desk_str(c->doc, "changed_by"), &err);
		}
		desk_set_num(c->doc, "changer", who->id, &err);
		desk_set_num(c->doc, "changed_version", c->version, &err);
		desk_set_num(c->doc, "changed_ms", cs_clock_ms(), &err);
		desk_set_str(c->doc, "changed_by", who->name, &err);
	}
	if (err == CS_OK && (err = write_row(d, c)) == CS_OK)
		err = desk_changed(d, DESK_CHANGE_CASE, c->id, c->version, who);
	return err;
}

enum cs_err
desk_case_set_due(struct desk_case *c, const struct cs_desk_policy *policy)
{
	uint64_t severity = desk_num(c->doc, "severity");
	uint64_t from = desk_num(c->doc, "opened_ms");
	enum cs_err err = CS_OK;

	if (severity < 1 || severity > CS_DESK_SEVERITIES)
		return CS_ERR_CORRUPT;
	desk_set_num(c->doc, "due_ms",
	    from +
		HOUR_MS *
		    (desk_num(c->doc, "looked_ms") == 0
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
	desk_set_str(doc, "state", "open", &err);
	desk_set_str(doc, "reason", reason->code, &err);
	desk_set_num(doc, "reason_number", reason->number, &err);
	desk_set_num(doc, "severity", reason->severity, &err);
	desk_set_bool(doc, "danger", reason->danger, &err);
	desk_set_str(doc, "age", "unknown", &err);
	desk_set_num(doc, "opened_ms", cs_clock_ms(), &err);
	desk_set_num(doc, "first_ms", at_ms, &err);
	desk_set(doc, "accounts", json_array(), &err);
	desk_set(doc, "reporters", json_array(), &err);
	if (err == CS_OK &&
	    (err = cs_db_exec(d->db,
		 "INSERT INTO kase(state,rank,since,due,reason,severity,"
		 "opened,version,sealed) VALUES(0,0,0,0,?,?,?,0,x'')",
		 cs_int(reason->number), cs_int(reason->severity),
		 cs_int(cs_clock_ms()))) == CS_OK)
		out->id = cs_db_last_id(d->db);
	return err;
}

/* ---- what a list shows -------------------------------------------------- */

static void
why(json_t *list, const char *code, const char *arg, uint64_t value,
    enum cs_err *err)
{
	json_t *one = json_object(), *args = json_object();

	desk_set_str(one, "code", code, err);
	if (arg != NULL)
		desk_set_num(args, arg, value, err);
	desk_set(one, "args", args, err);
	desk_add(list, one, err);
}

/* In the order of rank_of(). */
static json_t *
whys(const struct desk_case *c, bool overdue, enum cs_err *err)
{
	json_t *list = json_array();

	if (desk_bool(c->doc, "damaged"))
		why(list, "damaged", NULL, 0, err);
	why(list, "severity", "severity", desk_num(c->doc, "severity"), err);
	if (desk_bool(c->doc, "flood"))
		why(list, "flood", NULL, 0, err);
	if (strcmp(desk_str(c->doc, "age"), "child") == 0)
		why(list, "child", NULL, 0, err);
	if (desk_num(c->doc, "threat_ms") != 0)
		why(list, "threat-time", "at_ms", desk_num(c->doc, "threat_ms"),
		    err);
	if (desk_bool(c->doc, "danger"))
		why(list, "danger", NULL, 0, err);
	if (desk_bool(c->doc, "escalated"))
		why(list, "escalated", NULL, 0, err);
	if (desk_num(c->doc, "appeals") != 0)
		why(list, "appeal", NULL, 0, err);
	if (overdue)
		why(list, "overdue", "since_ms", desk_num(c->doc, "due_ms"),
		    err);
	why(list, "age", "since_ms", desk_num(c->doc, "first_ms"), err);
	return list;
}

static void
copy(json_t *to, const struct desk_case *c, const char *key, enum cs_err *err)
{
	json_t *v = json_object_get(c->doc, key);

	if (v != NULL)
		desk_set(to, key, json_incref(v), err);
}

static json_t *
assignee(const struct desk_case *c, enum cs_err *err)
{
	json_t *o;

	if (desk_num(c->doc, "assignee") == 0)
		return json_null();
	o = json_object();
	desk_set_id(o, "id", desk_num(c->doc, "assignee"), err);
	desk_set_str(o, "name", desk_str(c->doc, "assignee_name"), err);
	return o;
}

enum cs_err
desk_case_row(json_t **out, struct cs_desk *d, const struct desk_case *c)
{
	static const char *const strings[] = { "state", "reason", "age",
		"accounts" };
	static const char *const numbers[] = { "severity", "threat_ms",
		"opened_ms", "updated_ms", "due_ms", "reports", "items",
		"photos", "unproved_reports", "pending", "appeals" };
	static const char *const flags[] = { "danger", "escalated", "held",
		"flood" };
	unsigned state = desk_case_state(c);
	uint64_t due = desk_num(c->doc, "due_ms");
	bool overdue = state < CS_DESK_CASE_DECIDED && due < cs_clock_ms();
	json_t *row = json_object();
	enum cs_err err = CS_OK;

	(void)d;
	*out = row;
	desk_set_id(row, "id", c->id, &err);
	desk_set_num(row, "version", c->version, &err);
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		copy(row, c, strings[i], &err);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		desk_set_num(
		    row, numbers[i], desk_num(c->doc, numbers[i]), &err);
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		desk_set_bool(row, flags[i], desk_bool(c->doc, flags[i]), &err);
	desk_set_num(row, "reporters",
	    json_array_size(json_object_get(c->doc, "reporters")), &err);
	desk_set_bool(row, "overdue", overdue, &err);
	desk_set(row, "assignee", assignee(c, &err), &err);
	desk_set(row, "why", whys(c, overdue, &err), &err);
	return err;
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

/* ---- lists -------------------------------------------------------------- */

struct position {
	uint64_t rank, since, id;
};

static bool
parse_cursor(struct position *out, const char *cursor)
{
	unsigned long long rank = 0, since = 0, id = 0;
	int n = 0;

	if (*cursor != '\0' &&
	    (sscanf(cursor, "%llu.%llu.%llu%n", &rank, &since, &id, &n) != 3 ||
		cursor[n] != '\0' || rank > INT64_MAX || since > INT64_MAX ||
		id > INT64_MAX))
		return false;
	*out = (struct position){ rank, since, id };
	return true;
}

/* One question for each index that can lead; what is left is filtered.  The
 * rows look at ${term} until they end. */
static enum cs_err
ask(struct cs_rows *rows, uint8_t term[static 16], struct cs_desk *d,
    const struct cs_desk_query *q, uint16_t reason, const struct position *from,
    unsigned limit)
{
#define COLUMNS "SELECT kase.id,version,kase.sealed,rank,since FROM kase "
#define AFTER                                                                  \
	" AND (rank,since,kase.id)>(?,?,?) ORDER BY rank,since,kase.id"        \
	" LIMIT ?"
#define FROM                                                                   \
	cs_int(from->rank), cs_int(from->since), cs_int(from->id), cs_int(limit)
	uint64_t number = desk_id(q->words);
	enum cs_err err;

	if (number != 0)
		return cs_db_query(rows, d->db, COLUMNS "WHERE kase.id=?" AFTER,
		    cs_int(number), FROM);
	if (q->words[0] != '\0') {
		if ((err = desk_term_first(term, d, cs_view_str(q->words))))
			return err;
		return cs_db_query(rows, d->db,
		    COLUMNS "JOIN term ON term.kase=kase.id WHERE term.term=?"
			    " AND (?<0 OR state=?)" AFTER,
		    cs_blob(cs_view(term, 16)), cs_int((uint64_t)q->state),
		    cs_int((uint64_t)q->state), FROM);
	}
	if (q->assignee >= 0)
		return cs_db_query(rows, d->db,
		    COLUMNS "WHERE assignee=? AND (?<0 OR state=?)"
			    " AND (?=0 OR reason=?)" AFTER,
		    cs_int((uint64_t)q->assignee), cs_int((uint64_t)q->state),
		    cs_int((uint64_t)q->state), cs_int(reason), cs_int(reason),
		    FROM);
	if (reason != 0)
		return cs_db_query(rows, d->db,
		    COLUMNS "WHERE reason=? AND (?<0 OR state=?)" AFTER,
		    cs_int(reason), cs_int((uint64_t)q->state),
		    cs_int((uint64_t)q->state), FROM);
	if (q->state >= 0)
		return cs_db_query(rows, d->db, COLUMNS "WHERE state=?" AFTER,
		    cs_int((uint64_t)q->state), FROM);
	return cs_db_query(rows, d->db, COLUMNS "WHERE 1" AFTER, FROM);
}

static enum cs_err
count(json_t *counts, const char *name, uint64_t n, enum cs_err err,
    enum cs_err *out)
{
	if (*out == CS_OK)
		*out = err;
	desk_set_num(counts, name, n, out);
	return *out;
}

static enum cs_err
add_counts(json_t *out, struct cs_desk *d, const struct cs_desk_who *who)
{
	json_t *counts = json_object();
	enum cs_err err = CS_OK, e;
	uint64_t n = 0;

	e = cs_db_get_int(&n, d->db, "SELECT COUNT(*) FROM kase WHERE state=0");
	count(counts, "open", n, e, &err);
	e = cs_db_get_int(&n, d->db, "SELECT COUNT(*) FROM kase WHERE state=1");
	count(counts, "waiting", n, e, &err);
	e = cs_db_get_int(&n, d->db,
	    "SELECT COUNT(*) FROM kase WHERE state IN(0,1) AND due<?",
	    cs_int(cs_clock_ms()));
	count(counts, "overdue", n, e, &err);
	e = cs_db_get_int(&n, d->db,
	    "SELECT COUNT(*) FROM kase WHERE assignee=? AND state IN(0,1)",
	    cs_int(who->id));
	count(counts, "mine", who->id != 0 ? n : 0, e, &err);
	e = cs_db_get_int(
	    &n, d->db, "SELECT COUNT(*) FROM appeal WHERE state=0");
	count(counts, "appeals", n, e, &err);
	desk_set(out, "counts", counts, &err);
	return err;
}

static enum cs_err
find_reason(uint16_t *out, struct cs_desk *d, const char *code)
{
	struct cs_desk_policy policy;
	const struct cs_desk_reason *reason;
	enum cs_err err;

	*out = 0;
	if (*code == '\0')
		return CS_OK;
	if ((err = cs_desk_policy(&policy, d)))
		return err;
	reason = cs_desk_policy_reason(&policy, code);
	*out = reason != NULL ? reason->number : 0;
	cs_desk_policy_clear(&policy);
	return reason != NULL ? CS_OK
			      : desk_problem(d, CS_ERR_FORMAT,
				    "The policy has no reason of that name.");
}

/* What can be said of a case that is damaged on the disk: that it is so, and
 * nothing in which it could be hidden. */
static json_t *
damaged(const struct cs_desk_query *q, uint64_t since, enum cs_err *err)
{
	json_t *doc = json_object();

	desk_set_bool(doc, "damaged", true, err);
	desk_set_str(doc, "state",
	    cs_desk_case_state_name(
		q->state >= 0 ? (unsigned)q->state : CS_DESK_CASE_OPEN),
	    err);
	desk_set_str(doc, "reason", "other", err);
	desk_set_num(doc, "severity", CS_DESK_SEVERITIES, err);
	desk_set_str(doc, "age", "unknown", err);
	desk_set_num(doc, "first_ms", since, err);
	desk_set_num(doc, "due_ms", since, err);
	desk_set(doc, "accounts", json_array(), err);
	return doc;
}

enum cs_err
cs_desk_cases(json_t *out, struct cs_desk *d, const struct cs_desk_who *who,
    const struct cs_desk_query *q)
{
	json_t *items, *next = json_null();
	struct position from, last = { 0 };
	unsigned n = 0, limit = q->limit;
	struct cs_rows rows;
	uint8_t term[16];
	uint16_t reason;
	enum cs_err err;

	if (limit == 0 || limit > CS_DESK_PAGE_MAX)
		limit = CS_DESK_PAGE_MAX;
	if (!parse_cursor(&from, q->cursor))
		return desk_problem(
		    d, CS_ERR_FORMAT, "That is no cursor of this list.");
	if ((err = find_reason(&reason, d, q->reason)))
		return err;
	items = json_array();
	err = ask(&rows, term, d, q, reason, &from, limit + 1);
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct desk_case c = { .id = cs_col_int(&rows, 0),
			.version = cs_col_int(&rows, 1) };
		json_t *row = NULL;

		if (++n > limit) {
			char cursor[80];

			snprintf(cursor, sizeof cursor, "%llu.%llu.%llu",
			    (unsigned long long)last.rank,
			    (unsigned long long)last.since,
			    (unsigned long long)last.id);
			next = json_string(cursor);
			break;
		}
		last = (struct position){ cs_col_int(&rows, 3),
			cs_col_int(&rows, 4), c.id };
		err = desk_doc_open_id(
		    &c.doc, d, TABLE, c.id, cs_col_blob(&rows, 2));
		if (err == CS_ERR_CORRUPT) {
			err = CS_OK;
			c.doc = damaged(q, last.since, &err);
		}
		if (err == CS_OK)
			err = desk_case_row(&row, d, &c);
		desk_add(items, row, &err);
		desk_case_clear(&c);
	}
	err = cs_rows_end(&rows, err);
	desk_set(out, "items", items, &err);
	desk_set(out, "next", next, &err);
	return err ? err : add_counts(out, d, who);
}
