/* SPDX-License-Identifier: MIT */
#include "desk/show/statistics.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/people/people.h"
#include "store/clock.h"
#include "store/db.h"

#define DAY_MS 86400000u

static enum cs_err
by_reason(json_t *out, struct cs_desk *d, uint64_t since)
{
	json_t *list = json_array();
	struct cs_desk_policy policy;
	struct cs_rows rows;
	enum cs_err err;

	if ((err = cs_desk_policy(&policy, d))) {
		json_decref(list);
		return err;
	}
	err = cs_db_query(&rows, d->db,
	    "SELECT reason,COUNT(*),SUM(reports) FROM cases WHERE opened>=?"
	    " AND state<>3 GROUP BY reason ORDER BY 3 DESC",
	    cs_int(since));
	while (err == CS_OK && cs_rows_next(&rows)) {
		json_t *o = json_object();

		json_put_str(o, "reason",
		    cs_desk_policy_number(
			&policy, (uint16_t)cs_col_int(&rows, 0))
			->code,
		    &err);
		json_put_num(o, "cases", cs_col_int(&rows, 1), &err);
		json_put_num(o, "reports", cs_col_int(&rows, 2), &err);
		json_push(list, o, &err);
	}
	err = cs_rows_end(&rows, err);
	cs_desk_policy_clear(&policy);
	json_put(out, "by_reason", list, &err);
	return err;
}

static enum cs_err
by_severity(json_t *out, struct cs_desk *d, uint64_t since)
{
	json_t *list = json_array();
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT severity,COUNT(*) FROM cases WHERE opened>=?"
	    " AND state<>3 GROUP BY severity ORDER BY 1 DESC",
	    cs_int(since));
	while (err == CS_OK && cs_rows_next(&rows)) {
		json_t *o = json_object();

		json_put_num(o, "severity", cs_col_int(&rows, 0), &err);
		json_put_num(o, "cases", cs_col_int(&rows, 1), &err);
		json_push(list, o, &err);
	}
	err = cs_rows_end(&rows, err);
	json_put(out, "by_severity", list, &err);
	return err;
}

/* ---- times -------------------------------------------------------------- */

struct times {
	uint64_t *ms;
	size_t n, cap;
};

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static enum cs_err
add_time(struct times *t, uint64_t ms)
{
	if (t->n == t->cap) {
		size_t cap = t->cap != 0 ? t->cap * 2 : 64;
		uint64_t *grown = cs_grow(t->ms, t->cap, cap, sizeof *t->ms);

		if (grown == NULL)
			return CS_ERR_NOMEM;
		t->ms = grown;
		t->cap = cap;
	}
	t->ms[t->n++] = ms;
	return CS_OK;
}

static void
end_day(json_t *list, struct times *t, uint64_t day, enum cs_err *err)
{
	json_t *o;

	if (t->n == 0)
		return;
	qsort(t->ms, t->n, sizeof *t->ms, compare);
	o = json_object();
	json_put_num(o, "day", day, err); /* since 1970 */
	json_put_num(o, "median_ms", t->ms[t->n / 2], err);
	json_put_num(o, "p90_ms", t->ms[t->n * 9 / 10], err);
	json_put_num(o, "n", t->n, err);
	json_push(list, o, err);
	t->n = 0;
}

/* Rows: day, milliseconds; in order of days. */
static enum cs_err
walk_times(json_t *list, struct cs_rows *rows, enum cs_err err)
{
	struct times t = { 0 };
	uint64_t day = 0;

	while (err == CS_OK && cs_rows_next(rows)) {
		uint64_t this = cs_col_int(rows, 0);

		if (this != day)
			end_day(list, &t, day, &err);
		day = this;
		if (err == CS_OK)
			err = add_time(&t, cs_col_int(rows, 1));
	}
	end_day(list, &t, day, &err);
	cs_free_plain(t.ms);
	return cs_rows_end(rows, err);
}

static enum cs_err
times(json_t *out, struct cs_desk *d, uint64_t since)
{
	json_t *first = json_array(), *decided = json_array();
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT opened/86400000,looked-opened FROM cases"
	    " WHERE opened>=? AND looked<>0 ORDER BY 1",
	    cs_int(since));
	err = walk_times(first, &rows, err);
	json_put(out, "first_look", first, &err);
	if (err) {
		json_decref(decided);
		return err;
	}
	err = cs_db_query(&rows, d->db,
	    "SELECT opened/86400000,decided-opened FROM cases"
	    " WHERE opened>=? AND decided<>0 ORDER BY 1",
	    cs_int(since));
	err = walk_times(decided, &rows, err);
	json_put(out, "decision", decided, &err);
	return err;
}

/* ---- people, appeals, quality ------------------------------------------- */

static enum cs_err
load_of(json_t *o, struct cs_desk *d, uint64_t id, uint64_t since)
{
	uint64_t decided, claimed, exposure;
	enum cs_err err;

	if ((err = cs_db_get_int(&decided, d->db,
		 "SELECT COUNT(*) FROM decision WHERE made>=? AND person=?",
		 cs_int(since), cs_int(id))) ||
	    (err = cs_db_get_int(&claimed, d->db,
		 "SELECT COUNT(*) FROM cases WHERE assignee=?"
		 " AND state IN(0,1)",
		 cs_int(id))) ||
	    (err = cs_db_get_int(&exposure, d->db,
		 "SELECT COALESCE(SUM(n),0) FROM exposure WHERE person=?"
		 " AND day>=?",
		 cs_int(id), cs_int(since / DAY_MS))))
		return err;
	json_put_num(o, "decided", decided, &err);
	json_put_num(o, "claimed", claimed, &err);
	json_put_num(o, "exposure", exposure, &err);
	return err;
}

static enum cs_err
load(json_t *out, struct cs_desk *d, uint64_t since)
{
	json_t *people = json_array(), *list = json_array(), *p;
	enum cs_err err = cs_desk_people(d, people);
	size_t i;

	json_array_foreach (people, i, p) {
		json_t *o = json_object();

		json_put_str(o, "person", json_get_str(p, "name"), &err);
		if (err == CS_OK)
			err = load_of(
			    o, d, json_id_parse(json_get_str(p, "id")), since);
		json_push(list, o, &err);
	}
	json_decref(people);
	json_put(out, "load", list, &err);
	return err;
}

static enum cs_err
appeals(json_t *out, struct cs_desk *d, uint64_t since)
{
	json_t *o = json_object(), *quality = json_object();
	uint64_t all, reversed, upheld, checked, agreed;
	enum cs_err err;

	if ((err = cs_db_get_int(&all, d->db,
		 "SELECT COUNT(*) FROM appeal WHERE at>=?", cs_int(since))) ==
		CS_OK &&
	    (err = cs_db_get_int(&reversed, d->db,
		 "SELECT COUNT(*) FROM appeal WHERE state=2 AND at>=?",
		 cs_int(since))) == CS_OK &&
	    (err = cs_db_get_int(&upheld, d->db,
		 "SELECT COUNT(*) FROM appeal WHERE state=1 AND at>=?",
		 cs_int(since))) == CS_OK &&
	    (err = cs_db_get_int(&checked, d->db,
		 "SELECT COUNT(*) FROM decision WHERE made>=?"
		 " AND check_state IN(2,3)",
		 cs_int(since))) == CS_OK &&
	    (err = cs_db_get_int(&agreed, d->db,
		 "SELECT COUNT(*) FROM decision WHERE made>=?"
		 " AND check_state=2",
		 cs_int(since))) == CS_OK) {
		json_put_num(o, "appeals", all, &err);
		json_put_num(o, "reversed", reversed, &err);
		json_put_num(o, "upheld", upheld, &err);
		json_put_num(quality, "checked", checked, &err);
		json_put_num(quality, "agreed", agreed, &err);
	}
	json_put(out, "reversals", o, &err);
	json_put(out, "quality", quality, &err);
	return err;
}

static enum cs_err
per_day(json_t *out, struct cs_desk *d, uint64_t since)
{
	json_t *list = json_array();
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT day,SUM(CASE WHEN what=1 THEN n ELSE 0 END),"
	    "SUM(CASE WHEN what=2 THEN n ELSE 0 END) FROM day"
	    " WHERE day>=? GROUP BY day ORDER BY day",
	    cs_int(since / DAY_MS));
	while (err == CS_OK && cs_rows_next(&rows)) {
		json_t *o = json_object();

		json_put_num(o, "day", cs_col_int(&rows, 0), &err);
		json_put_num(o, "reports", cs_col_int(&rows, 1), &err);
		json_put_num(o, "rejected", cs_col_int(&rows, 2), &err);
		json_push(list, o, &err);
	}
	err = cs_rows_end(&rows, err);
	json_put(out, "reports_per_day", list, &err);
	return err;
}

enum cs_err
cs_desk_statistics(json_t *out, struct cs_desk *d, unsigned days)
{
	uint64_t since = cs_clock_ms() - (uint64_t)days * DAY_MS;
	enum cs_err err;

	if ((err = by_reason(out, d, since)) ||
	    (err = by_severity(out, d, since)) ||
	    (err = times(out, d, since)) || (err = appeals(out, d, since)) ||
	    (err = load(out, d, since)) || (err = per_day(out, d, since)))
		return err;
	return CS_OK;
}
