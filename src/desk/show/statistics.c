/* SPDX-License-Identifier: MIT */
#include "desk/show/statistics.h"

#include "base/units.h"
#include "desk/cases/case.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/core/schema.h"
#include "desk/decisions/appeal.h"
#include "desk/decisions/decision.h"
#include "desk/people/people.h"
#include "desk/reports/filing.h"
#include "franking/filing.h"
#include "store/clock.h"
#include "store/db.h"

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
	    "SELECT reason,SUM(cases),SUM(reports) FROM case_day WHERE day>=?"
	    " AND state<>? GROUP BY reason ORDER BY 3 DESC",
	    cs_int(since / CS_DAY_MS), cs_int(CS_DESK_CASE_CLOSED));
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
	    "SELECT severity,SUM(cases) FROM case_day WHERE day>=?"
	    " AND state<>? GROUP BY severity ORDER BY 1 DESC",
	    cs_int(since / CS_DAY_MS), cs_int(CS_DESK_CASE_CLOSED));
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

/* What is measured of a case, from its opening. */
struct measure {
	const char *days;     /* (day, how many), of those that have any */
	const char *shortest; /* of a day, after so many */
	const char *longest;
};

static const struct measure first_look = {
	"SELECT day,SUM(looked) FROM case_day WHERE day>=?"
	" GROUP BY day HAVING SUM(looked)<>0 ORDER BY day",
	"SELECT looked-opened FROM cases WHERE opened/" DESK_SQL_DAY "=?"
	" AND looked<>0 ORDER BY looked-opened LIMIT 1 OFFSET ?",
	"SELECT looked-opened FROM cases WHERE opened/" DESK_SQL_DAY "=?"
	" AND looked<>0 ORDER BY looked-opened DESC LIMIT 1 OFFSET ?",
};
static const struct measure decision = {
	"SELECT day,SUM(decided) FROM case_day WHERE day>=?"
	" GROUP BY day HAVING SUM(decided)<>0 ORDER BY day",
	"SELECT decided-opened FROM cases WHERE opened/" DESK_SQL_DAY "=?"
	" AND decided<>0 ORDER BY decided-opened LIMIT 1 OFFSET ?",
	"SELECT decided-opened FROM cases WHERE opened/" DESK_SQL_DAY "=?"
	" AND decided<>0 ORDER BY decided-opened DESC LIMIT 1 OFFSET ?",
};

/* The ${k}th of the ${n} times of a day, from the nearer end. */
static enum cs_err
time_at(uint64_t *ms, struct cs_desk *d, const struct measure *m, uint64_t day,
    uint64_t n, uint64_t k)
{
	enum cs_err err = k <= n / 2
	    ? cs_db_get_int(ms, d->db, m->shortest, cs_int(day), cs_int(k))
	    : cs_db_get_int(
		  ms, d->db, m->longest, cs_int(day), cs_int(n - 1 - k));

	/* It was counted: somebody has written into the file. */
	return err == CS_ERR_NOT_FOUND ? CS_ERR_CORRUPT : err;
}

static enum cs_err
add_day(json_t *list, struct cs_desk *d, const struct measure *m, uint64_t day,
    uint64_t n)
{
	uint64_t median, p90;
	json_t *o;
	enum cs_err err;

	if ((err = time_at(&median, d, m, day, n, n / 2)) ||
	    (err = time_at(&p90, d, m, day, n, n * 9 / 10)))
		return err;
	o = json_object();
	json_put_num(o, "day", day, &err); /* since 1970 */
	json_put_num(o, "median_ms", median, &err);
	json_put_num(o, "p90_ms", p90, &err);
	json_put_num(o, "n", n, &err);
	json_push(list, o, &err);
	return err;
}

static enum cs_err
times(json_t *out, const char *key, struct cs_desk *d, const struct measure *m,
    uint64_t since)
{
	json_t *list = json_array();
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db, m->days, cs_int(since / CS_DAY_MS));
	while (err == CS_OK && cs_rows_next(&rows))
		err = add_day(
		    list, d, m, cs_col_int(&rows, 0), cs_col_int(&rows, 1));
	err = cs_rows_end(&rows, err);
	json_put(out, key, list, &err);
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
		 " AND state IN(?,?)",
		 cs_int(id), cs_int(CS_DESK_CASE_OPEN),
		 cs_int(CS_DESK_CASE_WAITING))) ||
	    (err = cs_db_get_int(&exposure, d->db,
		 "SELECT COALESCE(SUM(n),0) FROM exposure WHERE person=?"
		 " AND day>=?",
		 cs_int(id), cs_int(since / CS_DAY_MS))))
		return err;
	json_put_num(o, "decided", decided, &err);
	json_put_num(o, "claimed", claimed, &err);
	json_put_num(o, "exposure", exposure, &err);
	return err;
}

/* The work of everybody, being counted. */
struct loads {
	json_t *list;
	struct cs_desk *d;
	uint64_t since;
};

static enum cs_err
add_load(void *arg, const struct desk_person *p, uint64_t passkeys)
{
	const struct loads *l = arg;
	json_t *o = json_object();
	enum cs_err err = CS_OK;

	(void)passkeys;
	json_put_str(o, "person", p->actor.name, &err);
	if (err == CS_OK)
		err = load_of(o, l->d, p->actor.id, l->since);
	json_push(l->list, o, &err);
	return err;
}

static enum cs_err
load(json_t *out, struct cs_desk *d, uint64_t since)
{
	struct loads l = { .list = json_array(), .d = d, .since = since };
	enum cs_err err = desk_people(d, add_load, &l);

	json_put(out, "load", l.list, &err);
	return err;
}

static enum cs_err
count_appeals(uint64_t *n, struct cs_desk *d, uint64_t since,
    enum cs_desk_appeal_state state)
{
	return cs_db_get_int(n, d->db,
	    "SELECT COUNT(*) FROM appeal WHERE state=? AND at>=?",
	    cs_int(state), cs_int(since));
}

static enum cs_err
count_checks(
    uint64_t *n, struct cs_desk *d, uint64_t since, enum cs_desk_check check)
{
	return cs_db_get_int(n, d->db,
	    "SELECT COUNT(*) FROM decision WHERE check_state=? AND made>=?",
	    cs_int(check), cs_int(since));
}

static enum cs_err
appeals(json_t *out, struct cs_desk *d, uint64_t since)
{
	json_t *o = json_object(), *quality = json_object();
	uint64_t all, reversed, upheld, agreed, disagreed;
	enum cs_err err;

	if ((err = cs_db_get_int(&all, d->db,
		 "SELECT COUNT(*) FROM appeal WHERE at>=?", cs_int(since))) ==
		CS_OK &&
	    (err = count_appeals(
		 &reversed, d, since, CS_DESK_APPEAL_REVERSED)) == CS_OK &&
	    (err = count_appeals(&upheld, d, since, CS_DESK_APPEAL_UPHELD)) ==
		CS_OK &&
	    (err = count_checks(&agreed, d, since, CS_DESK_CHECK_AGREED)) ==
		CS_OK &&
	    (err = count_checks(
		 &disagreed, d, since, CS_DESK_CHECK_DISAGREED)) == CS_OK) {
		json_put_num(o, "appeals", all, &err);
		json_put_num(o, "reversed", reversed, &err);
		json_put_num(o, "upheld", upheld, &err);
		json_put_num(quality, "checked", agreed + disagreed, &err);
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
	    "SELECT day,SUM(CASE WHEN what=? THEN n ELSE 0 END),"
	    "SUM(CASE WHEN what=? THEN n ELSE 0 END) FROM day"
	    " WHERE day>=? GROUP BY day ORDER BY day",
	    cs_int(DESK_DAY_REPORTS), cs_int(DESK_DAY_REJECTED),
	    cs_int(since / CS_DAY_MS));
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

/* ---- notices ------------------------------------------------------------ */

/* The median of how long answers to notices of a category took, in hours; of
 * ${n}. */
static enum cs_err
median_hours(uint64_t *hours, struct cs_desk *d, uint64_t category,
    uint64_t since, uint64_t n)
{
	uint64_t ms = 0;
	enum cs_err err = CS_OK;

	if (n != 0)
		err = cs_db_get_int(&ms, d->db,
		    "SELECT answered-received FROM filing WHERE what=?"
		    " AND category=? AND received>=? AND outcome IN(?,?,?)"
		    " ORDER BY answered-received LIMIT 1 OFFSET ?",
		    cs_int(CS_FILING_NOTICE), cs_int(category), cs_int(since),
		    cs_int(CS_FILING_ACTED), cs_int(CS_FILING_REFUSED),
		    cs_int(CS_FILING_NOT_OURS), cs_int(n / 2));
	*hours = ms / CS_HOUR_MS;
	return err;
}

/* Columns category, filed, acted, refused, not ours, unreadable, late, and
 * those that wait. */
static enum cs_err
add_category(
    json_t *list, struct cs_desk *d, const struct cs_rows *rows, uint64_t since)
{
	const struct cs_filing_term *term =
	    cs_filing_term((uint8_t)cs_col_int(rows, 0));
	static const char *const names[] = { "filed", "acted", "refused",
		"not_ours", "unreadable", "late", "waiting" };
	uint64_t answered =
	    cs_col_int(rows, 2) + cs_col_int(rows, 3) + cs_col_int(rows, 4);
	uint64_t hours;
	json_t *o;
	enum cs_err err =
	    median_hours(&hours, d, cs_col_int(rows, 0), since, answered);

	if (err)
		return err;
	o = json_object();
	json_put_str(o, "category", term != NULL ? term->name : "other", &err);
	for (int i = 0; i < 7; i++)
		json_put_num(o, names[i], cs_col_int(rows, i + 1), &err);
	json_put_num(o, "on_time",
	    cs_col_int(rows, 1) - cs_col_int(rows, 6) - cs_col_int(rows, 8),
	    &err);
	json_put_num(o, "median_hours", hours, &err);
	json_push(list, o, &err);
	return err;
}

/* Late is what was answered late, and what waits and is late already. */
static enum cs_err
notices(json_t *out, struct cs_desk *d, uint64_t since)
{
	json_t *list = json_array();
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT category,COUNT(*),SUM(outcome=?3),SUM(outcome=?4),"
	    "SUM(outcome=?5),SUM(outcome=?6),"
	    "SUM(CASE WHEN state=?1 THEN due<?2 ELSE answered>due END),"
	    "SUM(state=?1),SUM(state=?1 AND due>=?2)"
	    " FROM filing WHERE what=?7 AND received>=?8 GROUP BY category"
	    " ORDER BY category",
	    cs_int(DESK_FILING_OPEN), cs_int(cs_clock_ms()),
	    cs_int(CS_FILING_ACTED), cs_int(CS_FILING_REFUSED),
	    cs_int(CS_FILING_NOT_OURS), cs_int(CS_FILING_UNREADABLE),
	    cs_int(CS_FILING_NOTICE), cs_int(since));
	while (err == CS_OK && cs_rows_next(&rows))
		err = add_category(list, d, &rows, since);
	err = cs_rows_end(&rows, err);
	json_put(out, "notices", list, &err);
	return err;
}

enum cs_err
cs_desk_statistics(json_t *out, struct cs_desk *d, unsigned days)
{
	/* Cases are counted by the day. */
	uint64_t since = (cs_clock_ms() / CS_DAY_MS - days) * CS_DAY_MS;
	enum cs_err err;

	if ((err = by_reason(out, d, since)) ||
	    (err = by_severity(out, d, since)) ||
	    (err = times(out, "first_look", d, &first_look, since)) ||
	    (err = times(out, "decision", d, &decision, since)) ||
	    (err = appeals(out, d, since)) || (err = load(out, d, since)) ||
	    (err = per_day(out, d, since)) || (err = notices(out, d, since)))
		return err;
	return CS_OK;
}
