/* SPDX-License-Identifier: MIT */
#include "programs/verify/log_notices.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "franking/filing_entry.h"

#define MONTHS 12
/* Of a month: filed, the outcomes, late. */
enum { FILED, FIRST_OUTCOME, LATE = FIRST_OUTCOME + CS_FILING_LISTED, COUNTS };
static const char *const count_names[COUNTS] = { "filed", "acted", "refused",
	"not_ours", NULL, "unreadable", "listed", "late" };

struct log_notice {
	uint8_t what, category, outcome; /* outcome 0: none */
	bool late, moved, known;
	uint64_t received_ms, deadline_ms;
};
struct log_month {
	unsigned month; /* years and months since the year 0 */
	uint8_t what, category;
	uint64_t counts[COUNTS];
	uint64_t least[COUNTS]; /* at report_size */
	uint64_t said[COUNTS];  /* by the report */
	bool is_said;
};

static enum cs_err
wrong(struct log_notices *l, const char *why)
{
	l->why = why;
	return CS_ERR_MISMATCH;
}

/* ---- months -------------------------------------------------------------- */

static struct log_month *
month_of(struct log_notices *l, unsigned month, uint8_t what, uint8_t category)
{
	struct log_month *more;

	for (size_t i = 0; i < l->n_months; i++)
		if (l->months[i].month == month && l->months[i].what == what &&
		    l->months[i].category == category)
			return &l->months[i];
	more = cs_calloc(l->n_months + 1, sizeof *more);
	if (more == NULL)
		return NULL;
	if (l->n_months != 0)
		memcpy(more, l->months, l->n_months * sizeof *more);
	cs_free_plain(l->months);
	l->months = more;
	more = &l->months[l->n_months++];
	more->month = month;
	more->what = what;
	more->category = category;
	return more;
}

static enum cs_err
count(struct log_notices *l, const struct log_notice *n, unsigned what,
    uint64_t at)
{
	time_t s = (time_t)(n->received_ms / CS_SECOND_MS);
	struct log_month *m;
	struct tm tm;

	if (gmtime_r(&s, &tm) == NULL)
		return CS_ERR_FORMAT;
	m = month_of(l,
	    (unsigned)(tm.tm_year + 1900) * MONTHS + (unsigned)tm.tm_mon,
	    n->what, n->category);
	if (m == NULL)
		return CS_ERR_NOMEM;
	m->counts[what]++;
	if (l->has_report && at < l->report_size)
		m->least[what]++;
	return CS_OK;
}

/* ---- entries ------------------------------------------------------------- */

static struct log_notice *
find(const struct log_notices *l, uint64_t number)
{
	return number != 0 && number <= l->n && l->v[number - 1].known
	    ? &l->v[number - 1]
	    : NULL;
}

static enum cs_err
room_for(struct log_notices *l, uint64_t number)
{
	struct log_notice *more;
	size_t cap = l->cap != 0 ? l->cap * 2 : 64;

	if (number <= l->cap)
		return CS_OK;
	more = cs_calloc(cap, sizeof *more);
	if (more == NULL)
		return CS_ERR_NOMEM;
	if (l->n != 0)
		memcpy(more, l->v, l->n * sizeof *more);
	cs_free_plain(l->v);
	l->v = more;
	l->cap = cap;
	return CS_OK;
}

static enum cs_err
add_filing(struct log_notices *l, uint64_t at, struct cs_view entry)
{
	struct cs_receipt r;
	struct log_notice *n;
	enum cs_err err = cs_filing_entry_parse(&r, entry);

	if (err)
		return err;
	if (r.number != l->numbered + 1)
		return wrong(l,
		    "does not have the next number: a notice was hidden, or "
		    "numbered twice");
	if (cs_filing_what_name(r.what) == NULL ||
	    cs_filing_term(r.category) == NULL ||
	    r.deadline_ms !=
		cs_filing_deadline(r.what, r.category, r.received_ms))
		return wrong(l, "has another deadline than its category has");
	if (r.about != 0 && find(l, r.about) == NULL)
		return wrong(l, "is about a notice that is not there");
	if ((err = room_for(l, r.number)))
		return err;
	n = &l->v[r.number - 1];
	*n = (struct log_notice){ .what = r.what,
		.category = r.category,
		.known = true,
		.received_ms = r.received_ms,
		.deadline_ms = r.deadline_ms };
	l->numbered = r.number;
	if (l->n < r.number)
		l->n = r.number;
	return count(l, n, FILED, at);
}

static uint64_t
moved_to(const struct log_notice *n, uint64_t answered_ms)
{
	uint64_t until = answered_ms + CS_FILING_MORE_DAYS * CS_DAY_MS;

	return n->late || until < n->deadline_ms ? n->deadline_ms : until;
}

static enum cs_err
add_answer(struct log_notices *l, uint64_t at, struct cs_view entry)
{
	struct cs_filing_answered a;
	struct log_notice *n;
	enum cs_err err = cs_filing_answered_parse(&a, entry);

	if (err)
		return err;
	if ((n = find(l, a.number)) == NULL)
		return wrong(l, "answers a notice that is not there");
	if (!cs_filing_outcome_fits(n->what, a.outcome) ||
	    (n->outcome != 0 && n->outcome != CS_FILING_NEEDS_MORE))
		return wrong(l,
		    "answers a notice once more, or in no way that there is");
	if (n->deadline_ms != 0 && a.answered_ms >= n->deadline_ms && !n->late)
		return wrong(l,
		    "answers a notice late, and the log does not say that it "
		    "was");
	if (a.outcome != CS_FILING_NEEDS_MORE) {
		n->outcome = a.outcome;
		return count(l, n, FIRST_OUTCOME + a.outcome - 1u, at);
	}
	if (n->moved || a.until_ms != moved_to(n, a.answered_ms))
		return wrong(l, "moves a deadline as none may be moved");
	n->moved = true;
	n->outcome = a.outcome;
	n->deadline_ms = a.until_ms;
	return CS_OK;
}

static enum cs_err
add_overdue(struct log_notices *l, uint64_t at, struct cs_view entry)
{
	uint64_t number, deadline_ms;
	struct log_notice *n;
	enum cs_err err = cs_filing_overdue_parse(&number, &deadline_ms, entry);

	if (err)
		return err;
	if ((n = find(l, number)) == NULL || n->late ||
	    n->deadline_ms != deadline_ms || n->deadline_ms == 0 ||
	    (n->outcome != 0 && n->outcome != CS_FILING_NEEDS_MORE))
		return wrong(l, "calls overdue what is not");
	n->late = true;
	return count(l, n, LATE, at);
}

/* A database that was put back gives numbers again. */
static enum cs_err
add_restored(struct log_notices *l)
{
	l->numbered = UINT64_MAX;
	return CS_OK;
}

enum cs_err
log_notices_add(struct log_notices *l, uint64_t at, struct cs_view entry)
{
	struct cs_receipt r;

	switch (cs_tlog_entry_kind(entry)) {
	case CS_TLOG_NOTICE:
		/* The first one after that says where it goes on. */
		if (l->numbered == UINT64_MAX &&
		    cs_filing_entry_parse(&r, entry) == CS_OK &&
		    r.number != 0 && r.number <= l->n + 1)
			l->numbered = r.number - 1;
		return add_filing(l, at, entry);
	case CS_TLOG_ANSWER:
		return add_answer(l, at, entry);
	case CS_TLOG_OVERDUE:
		return add_overdue(l, at, entry);
	case CS_TLOG_RESTORED:
		return add_restored(l);
	default:
		return CS_OK;
	}
}

void
log_notices_clear(struct log_notices *l)
{
	cs_free_plain(l->v);
	cs_free_plain(l->months);
	memset(l, 0, sizeof *l);
}

void
log_notices_sum(
    struct log_notices_sum *out, const struct log_notices *l, uint64_t now_ms)
{
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < l->n; i++) {
		const struct log_notice *n = &l->v[i];
		bool open =
		    n->outcome == 0 || n->outcome == CS_FILING_NEEDS_MORE;

		if (!n->known || n->deadline_ms == 0)
			continue;
		out->filed++;
		out->answered += !open;
		out->late += n->late;
		out->overdue += open && (n->late || now_ms > n->deadline_ms);
		if (open && !n->late && out->hidden == 0 &&
		    now_ms > n->deadline_ms + LOG_NOTICES_PATIENCE_MS)
			out->hidden = i + 1;
	}
}

/* ---- the report ---------------------------------------------------------- */

static bool
number_of(uint64_t *out, const json_t *o, const char *name)
{
	const json_t *n = json_object_get(o, name);

	if (!json_is_integer(n) || json_integer_value(n) < 0)
		return false;
	*out = (uint64_t)json_integer_value(n);
	return true;
}

static uint8_t
what_named(const char *name)
{
	for (uint8_t i = 1; cs_filing_what_name(i) != NULL; i++)
		if (strcmp(name, cs_filing_what_name(i)) == 0)
			return i;
	return 0;
}

static enum cs_err
read_month(struct log_notices *l, const json_t *row)
{
	const char *month = json_string_value(json_object_get(row, "month"));
	const char *what = json_string_value(json_object_get(row, "what"));
	const char *category =
	    json_string_value(json_object_get(row, "category"));
	unsigned year, number;
	struct log_month *m;

	if (month == NULL || what == NULL || category == NULL ||
	    sscanf(month, "%4u-%2u", &year, &number) != 2 || number == 0 ||
	    number > MONTHS)
		return CS_ERR_FORMAT;
	m = month_of(l, year * MONTHS + number - 1, what_named(what),
	    cs_filing_category_named(cs_view_str(category)));
	if (m == NULL)
		return CS_ERR_NOMEM;
	m->is_said = true;
	for (size_t i = 0; i < COUNTS; i++)
		if (count_names[i] != NULL &&
		    !number_of(&m->said[i], row, count_names[i]))
			return CS_ERR_FORMAT;
	return CS_OK;
}

enum cs_err
log_notices_report(struct log_notices *l, struct cs_view json)
{
	json_t *o = json_loadb(
	    (const char *)json.data, json.len, JSON_REJECT_DUPLICATES, NULL);
	json_t *row;
	size_t i;
	enum cs_err err = CS_OK;

	if (!json_is_array(json_object_get(o, "months")) ||
	    !number_of(&l->report_size, o, "log_size"))
		err = CS_ERR_FORMAT;
	else
		json_array_foreach (json_object_get(o, "months"), i, row)
			if (err == CS_OK)
				err = read_month(l, row);
	l->has_report = err == CS_OK;
	json_decref(o);
	return err;
}

bool
log_notices_agree(
    char *out, size_t size, const struct log_notices *l, uint64_t log_size)
{
	if (l->report_size > log_size) {
		snprintf(out, size,
		    "The report counts %llu entries, and the log has %llu: "
		    "wait for the rest.",
		    (unsigned long long)l->report_size,
		    (unsigned long long)log_size);
		return false;
	}
	for (size_t i = 0; i < l->n_months; i++) {
		const struct log_month *m = &l->months[i];

		for (size_t k = 0; k < COUNTS; k++) {
			/* What was under way may be counted already. */
			if (count_names[k] == NULL ||
			    (m->said[k] >= m->least[k] &&
				m->said[k] <= m->counts[k]))
				continue;
			snprintf(out, size,
			    "The report says that in %04u-%02u %llu were %s "
			    "(%s, %s), and the log %llu.",
			    m->month / MONTHS, m->month % MONTHS + 1,
			    (unsigned long long)m->said[k], count_names[k],
			    cs_filing_what_name(m->what) != NULL
				? cs_filing_what_name(m->what)
				: "?",
			    cs_filing_term(m->category) != NULL
				? cs_filing_term(m->category)->name
				: "?",
			    (unsigned long long)m->counts[k]);
			return false;
		}
	}
	return true;
}
