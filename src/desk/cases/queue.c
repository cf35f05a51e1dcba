/* SPDX-License-Identifier: MIT */
#include "desk/cases/queue.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "desk/cases/case.h"
#include "desk/cases/term.h"
#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/core/row.h"
#include "desk/core/term.h"
#include "desk/core/text.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"

enum cs_err
cs_desk_case_find(
    struct cs_desk_case_at *out, struct cs_desk *d, const char *text)
{
	uint64_t id = strlen(text) < 9 ? desk_id_parse(text) : 0;
	struct desk_case c = { 0 };
	uint8_t report[CS_ID_LEN];
	enum cs_err err = CS_ERR_NOT_FOUND;

	if (id != 0)
		err = desk_case_load(&c, d, id);
	if (err == CS_ERR_NOT_FOUND && strlen(text) >= 4) {
		desk_case_clear(&c);
		if ((err = cs_desk_report_find(d, text, report)) == CS_OK &&
		    (err = desk_report_case(&id, d, report)) == CS_OK)
			err = desk_case_load(&c, d, id);
	} else if (err == CS_ERR_NOT_FOUND) {
		err = desk_problem(
		    d, err, "no-case-named", "There is no case %.16s.", text);
	}
	*out = (struct cs_desk_case_at){ c.id, c.version };
	desk_case_clear(&c);
	return err;
}

/* ---- where a page begins ------------------------------------------------ */

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

static void
write_cursor(char out[static CS_DESK_CURSOR_SIZE], const struct position *last)
{
	snprintf(out, CS_DESK_CURSOR_SIZE, "%llu.%llu.%llu",
	    (unsigned long long)last->rank, (unsigned long long)last->since,
	    (unsigned long long)last->id);
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
	return reason != NULL
	    ? CS_OK
	    : desk_problem(d, CS_ERR_FORMAT, "no-reason-named",
		  "The policy has no reason of that name.");
}

/* ---- a page ------------------------------------------------------------- */

/* A word that so many cases have is looked for in the cases, in their order:
 * a page is soon full.  Of fewer cases, all that have it are put in order. */
#define COMMON 2000

/* A query on its way; the rows use ${term} until they end. */
struct asking {
	const struct cs_desk_query *q;
	struct position from;
	uint16_t reason;
	unsigned limit;
	uint8_t term[DESK_TERM_LEN];
};

#define COLUMNS "SELECT cases.id,version,cases.sealed,rank,since FROM cases "
#define AFTER                                                                  \
	" AND (rank,since,cases.id)>(?,?,?) ORDER BY rank,since,cases.id"      \
	" LIMIT ?"
#define FROM                                                                   \
	cs_int(a->from.rank), cs_int(a->from.since), cs_int(a->from.id),       \
	    cs_int(a->limit)
#define HAS_TERM                                                               \
	"EXISTS(SELECT 1 FROM term WHERE term.term=? AND case_id=cases.id)"

static enum cs_err
ask_common(struct cs_rows *rows, struct cs_desk *d, struct asking *a)
{
	const struct cs_arg term = cs_blob(CS_VIEW_OF(a->term));

	if (a->q->state < 0)
		return cs_db_query(
		    rows, d->db, COLUMNS "WHERE " HAS_TERM AFTER, term, FROM);
	return cs_db_query(rows, d->db,
	    COLUMNS "WHERE state=? AND " HAS_TERM AFTER,
	    cs_int((uint64_t)a->q->state), term, FROM);
}

/* Cases that have the first of the words. */
static enum cs_err
ask_word(struct cs_rows *rows, struct cs_desk *d, struct asking *a)
{
	const struct cs_arg state = cs_int((uint64_t)a->q->state);
	const struct cs_arg term = cs_blob(CS_VIEW_OF(a->term));
	uint64_t n;
	enum cs_err err;

	if ((err = desk_term_first(a->term, d, cs_view_str(a->q->words))) ||
	    (err = cs_db_get_int(&n, d->db,
		 "SELECT COUNT(*) FROM"
		 " (SELECT 1 FROM term WHERE term=? LIMIT ?)",
		 term, cs_int(COMMON))))
		return err;
	if (n == COMMON)
		return ask_common(rows, d, a);
	return cs_db_query(rows, d->db,
	    COLUMNS "JOIN term ON term.case_id=cases.id"
		    " WHERE term.term=? AND (?<0 OR state=?)" AFTER,
	    term, state, state, FROM);
}

/* One statement for each index that can lead; the rest is filtered. */
static enum cs_err
ask(struct cs_rows *rows, struct cs_desk *d, struct asking *a)
{
	const struct cs_desk_query *q = a->q;
	const struct cs_arg state = cs_int((uint64_t)q->state);
	uint64_t number = desk_id_parse(q->words);

	if (number != 0)
		return cs_db_query(rows, d->db,
		    COLUMNS "WHERE cases.id=?" AFTER, cs_int(number), FROM);
	if (q->words[0] != '\0')
		return ask_word(rows, d, a);
	if (q->assignee >= 0)
		return cs_db_query(rows, d->db,
		    COLUMNS "WHERE assignee=? AND (?<0 OR state=?)"
			    " AND (?=0 OR reason=?)" AFTER,
		    cs_int((uint64_t)q->assignee), state, state,
		    cs_int(a->reason), cs_int(a->reason), FROM);
	if (a->reason != 0)
		return cs_db_query(rows, d->db,
		    COLUMNS "WHERE reason=? AND (?<0 OR state=?)" AFTER,
		    cs_int(a->reason), state, state, FROM);
	if (q->state >= 0)
		return cs_db_query(
		    rows, d->db, COLUMNS "WHERE state=?" AFTER, state, FROM);
	return cs_db_query(rows, d->db, COLUMNS "WHERE 1" AFTER, FROM);
}

/* Of a case that is damaged on the disk we can only say that it is. */
static void
set_damaged(struct desk_case *c, const struct cs_desk_query *q, uint64_t since)
{
	struct cs_desk_case_at at = { c->id, c->version };

	desk_case_clear(c);
	c->id = at.id;
	c->version = at.version;
	c->damaged = true;
	c->state = q->state >= 0 ? (enum cs_desk_case_state)q->state
				 : CS_DESK_CASE_OPEN;
	snprintf(c->reason, sizeof c->reason, "other");
	c->severity = CS_DESK_SEVERITIES;
	c->first_ms = c->due_ms = since;
}

/* Take one row of the query. */
static enum cs_err
read_row(struct desk_case *out, struct position *at, struct cs_desk *d,
    const struct asking *a, struct cs_rows *rows)
{
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->id = cs_col_int(rows, 0);
	out->version = cs_col_int(rows, 1);
	*at = (struct position){ cs_col_int(rows, 3), cs_col_int(rows, 4),
		out->id };
	err = desk_row_open_id(
	    out, &desk_case_record, d, out->id, cs_col_blob(rows, 2));
	if (err == CS_ERR_CORRUPT) {
		set_damaged(out, a->q, at->since);
		err = CS_OK;
	}
	return err;
}

enum cs_err
desk_queue_page(char next[static CS_DESK_CURSOR_SIZE], struct cs_desk *d,
    const struct cs_desk_query *q,
    enum cs_err (*each)(void *arg, const struct desk_case *c), void *arg)
{
	unsigned n = 0, limit = q->limit;
	struct asking a = { .q = q };
	struct position last = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	next[0] = '\0';
	if (limit == 0 || limit > CS_DESK_PAGE_MAX)
		limit = CS_DESK_PAGE_MAX;
	a.limit = limit + 1;
	if (!parse_cursor(&a.from, q->cursor))
		return desk_problem(d, CS_ERR_FORMAT, "bad-cursor",
		    "That is no cursor of this list.");
	if ((err = find_reason(&a.reason, d, q->reason)))
		return err;
	err = ask(&rows, d, &a);
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct desk_case c;

		if (++n > limit) {
			write_cursor(next, &last);
			break;
		}
		if ((err = read_row(&c, &last, d, &a, &rows)) == CS_OK)
			err = each(arg, &c);
		desk_case_clear(&c);
	}
	return cs_rows_end(&rows, err);
}

enum cs_err
desk_queue_counts(struct desk_queue_counts *out, struct cs_desk *d,
    const struct cs_desk_actor *actor)
{
	const struct cs_arg open = cs_int(CS_DESK_CASE_OPEN);
	const struct cs_arg waiting = cs_int(CS_DESK_CASE_WAITING);
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = cs_db_get_int(&out->open, d->db,
		 "SELECT COUNT(*) FROM cases WHERE state=?", open)) ||
	    (err = cs_db_get_int(&out->waiting, d->db,
		 "SELECT COUNT(*) FROM cases WHERE state=?", waiting)) ||
	    (err = cs_db_get_int(&out->overdue, d->db,
		 "SELECT COUNT(*) FROM cases WHERE state IN(?,?) AND due<?",
		 open, waiting, cs_int(cs_clock_ms()))) ||
	    actor->id == 0)
		return err;
	return cs_db_get_int(&out->mine, d->db,
	    "SELECT COUNT(*) FROM cases WHERE assignee=? AND state IN(?,?)",
	    cs_int(actor->id), open, waiting);
}
