/* SPDX-License-Identifier: MIT */
#include "hub/filings/month.h"

#include <time.h>

#include "franking/filing.h"
#include "hub/core/batch.h"
#include "hub/core/tlog.h"
#include "wire/filings.h"

#define MONTHS 12

/* Years and months since the year 0. */
static uint64_t
month_of(uint64_t ms)
{
	time_t s = (time_t)(ms / CS_SECOND_MS);
	struct tm tm;

	if (gmtime_r(&s, &tm) == NULL)
		return 0;
	return (uint64_t)(tm.tm_year + 1900) * MONTHS + (uint64_t)tm.tm_mon;
}

enum cs_err
hub_filing_count(
    struct cs_hub *hub, const struct hub_filing_kind *kind, uint8_t count)
{
	return cs_db_exec(hub->db,
	    "INSERT INTO filing_month(month,what,category,outcome,n)"
	    " VALUES(?,?,?,?,1) ON CONFLICT(month,what,category,outcome)"
	    " DO UPDATE SET n=n+1",
	    cs_int(month_of(kind->received_ms)), cs_int(kind->what),
	    cs_int(kind->category), cs_int(count));
}

/* ---- what everybody is told ---------------------------------------------- */

static void
take(struct cs_wire_filing_month *m, uint64_t count, uint32_t n)
{
	switch (count) {
	case HUB_FILING_FILED:
		m->filed += n;
		break;
	case CS_FILING_ACTED:
		m->acted += n;
		break;
	case CS_FILING_REFUSED:
		m->refused += n;
		break;
	case CS_FILING_NOT_OURS:
		m->not_ours += n;
		break;
	case CS_FILING_UNREADABLE:
		m->unreadable += n;
		break;
	case CS_FILING_LISTED:
		m->listed += n;
		break;
	case HUB_FILING_LATE:
		m->late += n;
		break;
	default:
		break;
	}
}

static enum cs_err
add(struct cs_buf *list, uint32_t *n, struct cs_wire_filing_month *m)
{
	uint32_t over =
	    m->acted + m->refused + m->not_ours + m->unreadable + m->listed;

	if (m->filed == 0)
		return CS_OK;
	/* What is more to a notice is answered with it. */
	m->waiting = m->what == CS_FILING_MORE ? 0 : m->filed - over;
	return cs_wire_list_add(list, n, &cs_wire_filing_month_shape, m);
}

enum cs_err
hub_filings_months(struct hub_request *rq)
{
	struct cs_wire_filing_months answer = {
		.log_size = rq->hub->tlog.next,
	};
	struct cs_wire_filing_month m = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT month,what,category,outcome,n FROM filing_month"
	    " WHERE month>=? ORDER BY month,what,category LIMIT ?",
	    cs_int(month_of(rq->hub->now_ms) - (uint64_t)10 * MONTHS),
	    cs_int(CS_WIRE_FILINGS_MAX * 20));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint64_t month = cs_col_int(&rows, 0);
		struct cs_wire_filing_month row = {
			.year = (uint16_t)(month / MONTHS),
			.month = (uint8_t)(month % MONTHS + 1),
			.what = (uint8_t)cs_col_int(&rows, 1),
			.category = (uint8_t)cs_col_int(&rows, 2),
		};

		if (row.year != m.year || row.month != m.month ||
		    row.what != m.what || row.category != m.category) {
			err = add(&list, &answer.months.n, &m);
			m = row;
		}
		take(&m, cs_col_int(&rows, 3), (uint32_t)cs_col_int(&rows, 4));
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_OK)
		err = add(&list, &answer.months.n, &m);
	answer.months.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_filing_months_shape, &answer);
	cs_buf_free(&list);
	return err;
}
