/* SPDX-License-Identifier: MIT */
#include "desk/reports/reading.h"

#include <stdio.h>
#include <string.h>

#include "base/reader.h"
#include "content/custody.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/record.h"
#include "desk/reports/custody.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/vault.h"

#define TABLE "reading"
#define NAME_LEN (3 * 8)

enum cs_err
desk_reading_add(struct desk_reading *r, uint64_t item,
    const uint8_t report[static CS_ID_LEN], uint64_t place)
{
	struct desk_read *new = desk_array_add(r, sizeof *new);

	if (new == NULL)
		return CS_ERR_NOMEM;
	new->item = item;
	new->place = place;
	memcpy(new->report, report, CS_ID_LEN);
	return CS_OK;
}

void
desk_reading_clear(struct desk_reading *r)
{
	desk_array_clear(r, sizeof *r->at);
}

/* ---- which of them are new ---------------------------------------------- */

static void
name_of(uint8_t out[static NAME_LEN], const struct cs_desk_actor *actor,
    uint64_t item)
{
	cs_vault_row(out, actor->id);
	cs_vault_row(out + 8, actor->token);
	cs_vault_row(out + 16, item);
}

/* When did this reading begin?  0: it begins now.  The time is sealed, so that
 * nobody keeps a reading out of the log by writing here. */
static enum cs_err
began(uint64_t *at_ms, struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t item)
{
	struct cs_buf plain = { 0 };
	uint8_t name[NAME_LEN];
	struct cs_reader r;
	struct cs_rows row;
	enum cs_err err;

	*at_ms = 0;
	name_of(name, actor, item);
	err = cs_db_row(&row, d->db,
	    "SELECT sealed FROM reading WHERE person=? AND token=? AND item=?",
	    cs_int(actor->id), cs_int(actor->token), cs_int(item));
	if (err == CS_OK &&
	    cs_vault_open(&plain, &d->key, TABLE, CS_VIEW_OF(name),
		cs_col_blob(&row, 0)) == CS_OK) {
		r = cs_reader(cs_buf_view(&plain));
		*at_ms = cs_read_u64(&r);
	}
	cs_buf_free(&plain);
	err = cs_rows_end(&row, err);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static enum cs_err
begin(struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t item,
    uint64_t now)
{
	struct cs_buf sealed = { 0 };
	uint8_t name[NAME_LEN], at[8];
	enum cs_err err;

	name_of(name, actor, item);
	cs_vault_row(at, now);
	if ((err = cs_vault_seal(&sealed, &d->key, TABLE, CS_VIEW_OF(name),
		 CS_VIEW_OF(at))) == CS_OK)
		err = cs_db_exec(d->db,
		    "INSERT INTO reading(person,token,item,at,sealed)"
		    " VALUES(?,?,?,?,?) ON CONFLICT(person,token,item)"
		    " DO UPDATE SET at=excluded.at,sealed=excluded.sealed",
		    cs_int(actor->id), cs_int(actor->token), cs_int(item),
		    cs_int(now), cs_blob(cs_buf_view(&sealed)));
	cs_buf_free(&sealed);
	return err;
}

/* Fill ${new} with those of ${r} whose reading begins now. */
static enum cs_err
pick_new(struct desk_reading *new, const struct desk_reading *r,
    struct cs_desk *d, const struct cs_desk_actor *actor)
{
	uint64_t now = cs_clock_ms(), at;
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < r->n && err == CS_OK; i++) {
		const struct desk_read *one = &r->at[i];

		if ((err = began(&at, d, actor, one->item)) == CS_OK &&
		    (at > now || now - at >= DESK_READING_MS) &&
		    (err = begin(d, actor, one->item, now)) == CS_OK)
			err = desk_reading_add(
			    new, one->item, one->report, one->place);
	}
	return err;
}

/* ---- writing them down -------------------------------------------------- */

/* Numbers as a text, "3-7, 9"; ends with "..." if there is no more room. */
struct numbers {
	char *text;
	size_t size, len;
	uint64_t first, last; /* the run that is not written yet; 0: none */
};

static void
write_run(struct numbers *n)
{
	char run[60];
	int len;

	if (n->first == 0)
		return;
	len = n->first == n->last
	    ? snprintf(run, sizeof run, "%s%llu", n->len != 0 ? ", " : "",
		  (unsigned long long)n->first)
	    : snprintf(run, sizeof run, "%s%llu-%llu", n->len != 0 ? ", " : "",
		  (unsigned long long)n->first, (unsigned long long)n->last);
	if (n->len + (size_t)len + sizeof "..." > n->size) {
		memcpy(n->text + n->len, "...", sizeof "...");
		n->size = 0;
	} else {
		memcpy(n->text + n->len, run, (size_t)len + 1);
		n->len += (size_t)len;
	}
	n->first = 0;
}

static void
add_number(struct numbers *n, uint64_t number)
{
	if (n->first != 0 && number == n->last + 1) {
		n->last = number;
		return;
	}
	if (n->size != 0)
		write_run(n);
	n->first = n->last = number;
}

static void
end_numbers(struct numbers *n)
{
	if (n->size != 0)
		write_run(n);
}

/* The entries of the reports' custody records. */
static enum cs_err
note_reports(const struct desk_reading *r, struct cs_desk *d,
    const struct cs_desk_actor *actor)
{
	enum cs_err err = CS_OK;
	size_t next;

	for (size_t i = 0; i < r->n && err == CS_OK; i = next) {
		char places[120] = "", what[CS_CUSTODY_TEXT_MAX];
		struct numbers n = { .text = places, .size = sizeof places };

		for (next = i; next < r->n &&
		     memcmp(r->at[next].report, r->at[i].report, CS_ID_LEN) ==
			 0;
		     next++)
			add_number(&n, r->at[next].place + 1);
		end_numbers(&n);
		snprintf(what, sizeof what, "message%s %s read",
		    next - i == 1 ? "" : "s", places);
		err = desk_custody_add(d, r->at[i].report, actor, what);
	}
	return err;
}

#define ITEMS_TEXT 2000 /* bytes: room for a page of single ones */

static enum cs_err
note_case(const struct desk_reading *r, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t case_id)
{
	char items[ITEMS_TEXT] = "";
	struct numbers n = { .text = items, .size = sizeof items };
	struct desk_facts after = { 0 };

	for (size_t i = 0; i < r->n; i++)
		add_number(&n, r->at[i].item);
	end_numbers(&n);
	desk_fact_text(&after, "messages", items);
	return desk_audit_add(d,
	    &(struct desk_audit_event){ .actor = actor,
		.case_id = case_id,
		.what = "read",
		.after = &after });
}

static enum cs_err
write_new(const struct desk_reading *r, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t case_id)
{
	struct desk_reading new = { 0 };
	enum cs_err err = pick_new(&new, r, d, actor);

	if (err == CS_OK && new.n != 0 &&
	    (err = note_reports(&new, d, actor)) == CS_OK)
		err = note_case(&new, d, actor, case_id);
	desk_reading_clear(&new);
	return err;
}

/* Is all of it the same reading as before?  Then nothing is locked. */
static enum cs_err
has_new(bool *out, const struct desk_reading *r, struct cs_desk *d,
    const struct cs_desk_actor *actor)
{
	uint64_t now = cs_clock_ms(), at = 0;
	enum cs_err err = CS_OK;

	*out = false;
	for (size_t i = 0; i < r->n && err == CS_OK && !*out; i++)
		if ((err = began(&at, d, actor, r->at[i].item)) == CS_OK)
			*out = at > now || now - at >= DESK_READING_MS;
	return err;
}

enum cs_err
desk_reading_write(const struct desk_reading *r, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t case_id)
{
	bool some;
	enum cs_err err = has_new(&some, r, d, actor);

	if (err || !some)
		return err;
	if (cs_db_in_transaction(d->db))
		return write_new(r, d, actor, case_id);
	if ((err = cs_db_begin(d->db)))
		return err;
	return cs_db_end(d->db, write_new(r, d, actor, case_id));
}

/* ---- one report --------------------------------------------------------- */

/* A report that is in no case, because it did not verify: each look. */
static enum cs_err
note_rejected(struct cs_desk *d, const struct cs_desk_actor *actor,
    const uint8_t id[static CS_ID_LEN])
{
	struct desk_facts after = { 0 };
	enum cs_err err;

	desk_fact_hex(&after, "report", cs_view(id, CS_ID_LEN));
	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = desk_custody_add(d, id, actor, "read")) == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){
			.actor = actor, .what = "read", .after = &after });
	return cs_db_end(d->db, err);
}

enum cs_err
cs_desk_report_note_read(struct cs_desk *d, const struct cs_desk_actor *actor,
    const uint8_t id[static CS_ID_LEN])
{
	struct desk_reading r = { 0 };
	uint64_t case_id = 0;
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,place,case_id FROM item WHERE report=? ORDER BY place",
	    cs_blob(cs_view(id, CS_ID_LEN)));
	while (err == CS_OK && cs_rows_next(&rows)) {
		case_id = cs_col_int(&rows, 2);
		err = desk_reading_add(
		    &r, cs_col_int(&rows, 0), id, cs_col_int(&rows, 1));
	}
	if ((err = cs_rows_end(&rows, err)) == CS_OK)
		err = r.n != 0 ? desk_reading_write(&r, d, actor, case_id)
			       : note_rejected(d, actor, id);
	desk_reading_clear(&r);
	return err;
}

/* ---- what was filed ----------------------------------------------------- */

/* Items of reports are numbered from 1; what was filed stands behind them. */
#define FILINGS ((uint64_t)1 << 62)

enum cs_err
desk_reading_has_filing(bool *begins, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t number)
{
	uint64_t now = cs_clock_ms(), at = 0;
	enum cs_err err = began(&at, d, actor, FILINGS | number);

	*begins = at > now || now - at >= DESK_READING_MS;
	return err;
}

enum cs_err
desk_reading_begin_filing(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t number)
{
	return begin(d, actor, FILINGS | number, cs_clock_ms());
}

enum cs_err
desk_readings_forget(struct cs_desk *d, uint64_t now_ms)
{
	return cs_db_exec(d->db, "DELETE FROM reading WHERE at<?",
	    cs_int(now_ms > DESK_READING_MS ? now_ms - DESK_READING_MS : 0));
}
