/* SPDX-License-Identifier: MIT */
#include "desk/cases/queue.h"

#include <stdio.h>
#include <string.h>

#include "desk/cases/case.h"
#include "desk/cases/term.h"
#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/core/store.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"

#define TABLE "case"

enum cs_err
cs_desk_case_find(
    struct cs_desk_case_at *out, struct cs_desk *d, const char *text)
{
	uint64_t id = strlen(text) < 9 ? json_id_parse(text) : 0;
	struct desk_case c = { 0 };
	uint8_t report[16];
	enum cs_err err = CS_ERR_NOT_FOUND;

	if (id != 0)
		err = desk_case_load(&c, d, id);
	if (err == CS_ERR_NOT_FOUND && strlen(text) >= 4) {
		desk_case_clear(&c);
		if ((err = cs_desk_report_find(d, text, report)) == CS_OK &&
		    (err = desk_report_case(&id, d, report)) == CS_OK)
			err = desk_case_load(&c, d, id);
	} else if (err == CS_ERR_NOT_FOUND) {
		err = desk_problem(d, err, "There is no case %.16s.", text);
	}
	*out = (struct cs_desk_case_at){ c.id, c.version };
	desk_case_clear(&c);
	return err;
}

static void
why(json_t *list, const char *code, const char *arg, uint64_t value,
    enum cs_err *err)
{
	json_t *one = json_object(), *args = json_object();

	json_put_str(one, "code", code, err);
	if (arg != NULL)
		json_put_num(args, arg, value, err);
	json_put(one, "args", args, err);
	json_push(list, one, err);
}

/* In the order of rank_of(). */
static json_t *
whys(const struct desk_case *c, bool overdue, enum cs_err *err)
{
	json_t *list = json_array();

	if (json_get_bool(c->doc, "damaged"))
		why(list, "damaged", NULL, 0, err);
	why(list, "severity", "severity", json_get_num(c->doc, "severity"),
	    err);
	if (json_get_bool(c->doc, "flood"))
		why(list, "flood", NULL, 0, err);
	if (strcmp(json_get_str(c->doc, "age"), "child") == 0)
		why(list, "child", NULL, 0, err);
	if (json_get_num(c->doc, "threat_ms") != 0)
		why(list, "threat-time", "at_ms",
		    json_get_num(c->doc, "threat_ms"), err);
	if (json_get_bool(c->doc, "danger"))
		why(list, "danger", NULL, 0, err);
	if (json_get_bool(c->doc, "escalated"))
		why(list, "escalated", NULL, 0, err);
	if (json_get_num(c->doc, "appeals") != 0)
		why(list, "appeal", NULL, 0, err);
	if (overdue)
		why(list, "overdue", "since_ms", json_get_num(c->doc, "due_ms"),
		    err);
	why(list, "age", "since_ms", json_get_num(c->doc, "first_ms"), err);
	return list;
}

static json_t *
assignee(const struct desk_case *c, enum cs_err *err)
{
	json_t *o;

	if (json_get_num(c->doc, "assignee") == 0)
		return json_null();
	o = json_object();
	json_put_id(o, "id", json_get_num(c->doc, "assignee"), err);
	json_put_str(o, "name", json_get_str(c->doc, "assignee_name"), err);
	return o;
}

static void
copy(json_t *to, const struct desk_case *c, const char *key, enum cs_err *err)
{
	json_t *v = json_object_get(c->doc, key);

	if (v != NULL)
		json_put(to, key, json_incref(v), err);
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
	uint64_t due = json_get_num(c->doc, "due_ms");
	bool overdue = state < CS_DESK_CASE_DECIDED && due < cs_clock_ms();
	json_t *row = json_object();
	enum cs_err err = CS_OK;

	(void)d;
	*out = row;
	json_put_id(row, "id", c->id, &err);
	json_put_num(row, "version", c->version, &err);
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		copy(row, c, strings[i], &err);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		json_put_num(
		    row, numbers[i], json_get_num(c->doc, numbers[i]), &err);
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		json_put_bool(
		    row, flags[i], json_get_bool(c->doc, flags[i]), &err);
	json_put_num(row, "reporters",
	    json_array_size(json_object_get(c->doc, "reporters")), &err);
	json_put_bool(row, "overdue", overdue, &err);
	json_put(row, "assignee", assignee(c, &err), &err);
	json_put(row, "why", whys(c, overdue, &err), &err);
	return err;
}

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
#define COLUMNS "SELECT cases.id,version,cases.sealed,rank,since FROM cases "
#define AFTER                                                                  \
	" AND (rank,since,cases.id)>(?,?,?) ORDER BY rank,since,cases.id"      \
	" LIMIT ?"
#define FROM                                                                   \
	cs_int(from->rank), cs_int(from->since), cs_int(from->id), cs_int(limit)
	uint64_t number = json_id_parse(q->words);
	enum cs_err err;

	if (number != 0)
		return cs_db_query(rows, d->db,
		    COLUMNS "WHERE cases.id=?" AFTER, cs_int(number), FROM);
	if (q->words[0] != '\0') {
		if ((err = desk_term_first(term, d, cs_view_str(q->words))))
			return err;
		return cs_db_query(rows, d->db,
		    COLUMNS
		    "JOIN term ON term.case_id=cases.id WHERE term.term=?"
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
	json_put_num(counts, name, n, out);
	return *out;
}

static enum cs_err
add_counts(json_t *out, struct cs_desk *d, const struct cs_desk_actor *actor)
{
	json_t *counts = json_object();
	enum cs_err err = CS_OK, e;
	uint64_t n = 0;

	e = cs_db_get_int(
	    &n, d->db, "SELECT COUNT(*) FROM cases WHERE state=0");
	count(counts, "open", n, e, &err);
	e = cs_db_get_int(
	    &n, d->db, "SELECT COUNT(*) FROM cases WHERE state=1");
	count(counts, "waiting", n, e, &err);
	e = cs_db_get_int(&n, d->db,
	    "SELECT COUNT(*) FROM cases WHERE state IN(0,1) AND due<?",
	    cs_int(cs_clock_ms()));
	count(counts, "overdue", n, e, &err);
	e = cs_db_get_int(&n, d->db,
	    "SELECT COUNT(*) FROM cases WHERE assignee=? AND state IN(0,1)",
	    cs_int(actor->id));
	count(counts, "mine", actor->id != 0 ? n : 0, e, &err);
	e = cs_db_get_int(
	    &n, d->db, "SELECT COUNT(*) FROM appeal WHERE state=0");
	count(counts, "appeals", n, e, &err);
	json_put(out, "counts", counts, &err);
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

	json_put_bool(doc, "damaged", true, err);
	json_put_str(doc, "state",
	    cs_desk_case_state_name(
		q->state >= 0 ? (unsigned)q->state : CS_DESK_CASE_OPEN),
	    err);
	json_put_str(doc, "reason", "other", err);
	json_put_num(doc, "severity", CS_DESK_SEVERITIES, err);
	json_put_str(doc, "age", "unknown", err);
	json_put_num(doc, "first_ms", since, err);
	json_put_num(doc, "due_ms", since, err);
	json_put(doc, "accounts", json_array(), err);
	return doc;
}

enum cs_err
cs_desk_cases(json_t *out, struct cs_desk *d, const struct cs_desk_actor *actor,
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
		json_push(items, row, &err);
		desk_case_clear(&c);
	}
	err = cs_rows_end(&rows, err);
	json_put(out, "items", items, &err);
	json_put(out, "next", next, &err);
	return err ? err : add_counts(out, d, actor);
}
