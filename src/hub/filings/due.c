/* SPDX-License-Identifier: MIT */
#include "hub/filings/due.h"

#include "franking/filing_entry.h"
#include "hub/core/batch.h"
#include "hub/core/tlog.h"
#include "hub/filings/month.h"

#define AT_ONCE 100

struct due {
	uint64_t number, deadline_ms;
	struct hub_filing_kind kind;
};

static enum cs_err
mark(struct cs_hub *hub, const struct due *d)
{
	struct cs_buf entry = { 0 };
	enum cs_err err;

	if ((err = cs_db_exec(hub->db,
		 "UPDATE filing SET late=?,overdue=due,due=NULL"
		 " WHERE number=?",
		 cs_int(true), cs_int(d->number))) == CS_OK &&
	    (err = hub_filing_count(hub, &d->kind, HUB_FILING_LATE)) == CS_OK &&
	    (err = cs_filing_overdue_write(
		 &entry, d->number, d->deadline_ms)) == CS_OK)
		err = hub_tlog_add_entry(hub, cs_buf_view(&entry));
	cs_buf_free(&entry);
	return err;
}

static struct due
read_row(struct cs_rows *rows)
{
	return (struct due){
		.number = cs_col_int(rows, 0),
		.deadline_ms = cs_col_int(rows, 1),
		.kind = { cs_col_int(rows, 2), (uint8_t)cs_col_int(rows, 3),
		    (uint8_t)cs_col_int(rows, 4) },
	};
}

#define COLUMNS "number,due,received,what,category"

enum cs_err
hub_filing_due(struct cs_hub *hub, uint64_t number)
{
	struct due d = { 0 };
	struct cs_rows row;
	enum cs_err err = cs_db_row(&row, hub->db,
	    "SELECT " COLUMNS " FROM filing WHERE number=? AND due<=?",
	    cs_int(number), cs_int(hub->now_ms));

	if (err == CS_OK)
		d = read_row(&row);
	err = cs_rows_end(&row, err);
	if (err == CS_ERR_NOT_FOUND)
		return CS_OK;
	return err ? err : mark(hub, &d);
}

enum cs_err
hub_filings_turn(struct cs_hub *hub)
{
	struct due v[AT_ONCE];
	struct cs_rows rows;
	size_t n = 0;
	enum cs_err err;

	if (!hub_tlog_turn_due(hub))
		return CS_OK;
	err = cs_db_query(&rows, hub->db,
	    "SELECT " COLUMNS " FROM filing WHERE due<=? ORDER BY due LIMIT ?",
	    cs_int(hub->now_ms), cs_int(AT_ONCE));
	while (err == CS_OK && cs_rows_next(&rows))
		v[n++] = read_row(&rows);
	err = cs_rows_end(&rows, err);
	if (err || n == 0 || (err = hub_batch_begin(hub)))
		return err;
	for (size_t i = 0; err == CS_OK && i < n; i++)
		err = mark(hub, &v[i]);
	/* All of it, or nothing. */
	if (err)
		hub->broken = true;
	return err;
}

enum cs_err
hub_filings_owed(struct hub_filings_owed *out, struct cs_hub *hub)
{
	enum cs_err err = cs_db_get_int(&out->overdue, hub->db,
	    "SELECT COUNT(*) FROM filing WHERE overdue IS NOT NULL");

	return err ? err
		   : cs_db_get_int(&out->soon, hub->db,
			 "SELECT COUNT(*) FROM filing WHERE due<=?",
			 cs_int(hub->now_ms + HUB_FILINGS_SOON_MS));
}
