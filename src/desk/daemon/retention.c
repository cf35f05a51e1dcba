/* SPDX-License-Identifier: MIT */
#include "desk/daemon/retention.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/units.h"
#include "desk/cases/case.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/outbox.h"
#include "desk/core/policy.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "desk/decisions/decision.h"
#include "desk/photos/lists.h"
#include "desk/reports/file.h"
#include "desk/reports/filing.h"
#include "desk/reports/reading.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/vault.h"
#include "wire/codec.h"
#include "wire/messages.h"

#define PATH_SIZE 4096

/* When a case is to be destroyed; 0: not as it is now. */
static uint64_t
due_ms(const struct desk_case *c, const struct cs_desk_policy *policy)
{
	if (c->state != CS_DESK_CASE_DECIDED || c->decided_ms == 0 || c->held ||
	    c->pending != 0 || c->appeals != 0)
		return 0;
	/* The policy makes sure that keep_days is at least hold_days. */
	return c->decided_ms +
	    cs_desk_policy_reason_or_other(policy, c->reason)->keep_days *
	    CS_DAY_MS;
}

/* ---- files -------------------------------------------------------------- */

/* Remove files that no row names any more.  That comes after the rows are
 * gone for good, so that a case whose destruction is cut off stays whole;
 * files that are left behind go the next time. */
static enum cs_err
is_named(bool *out, struct cs_desk *d, const uint8_t hash[static CS_HASH_LEN])
{
	uint64_t n;
	enum cs_err err;

	err = cs_db_get_int(&n, d->db,
	    "SELECT (SELECT COUNT(*) FROM media WHERE file=?1)"
	    "+(SELECT COUNT(*) FROM filing_file WHERE file=?1)",
	    cs_blob(cs_view(hash, CS_HASH_LEN)));
	*out = err == CS_OK && n != 0;
	return err;
}

static enum cs_err
remove_file(struct cs_desk *d, const char *name)
{
	char path[PATH_SIZE];
	uint8_t hash[CS_HASH_LEN];
	bool named;
	enum cs_err err;

	if (cs_unhex(hash, sizeof hash, name) != CS_OK)
		return CS_OK;
	if ((err = is_named(&named, d, hash)) || named)
		return err;
	/* Another process may just be storing a report that names it: the
	 * lock keeps that from happening between looking and removing. */
	if ((err = cs_db_begin(d->db)))
		return err;
	snprintf(path, sizeof path, "%s/files/%s", d->folder.path, name);
	if ((err = is_named(&named, d, hash)) == CS_OK && !named &&
	    unlink(path) != 0 && errno != ENOENT)
		err = CS_ERR_IO;
	cs_db_rollback(d->db);
	return err;
}

static enum cs_err
remove_files(struct cs_desk *d)
{
	char path[PATH_SIZE];
	struct dirent *entry;
	DIR *dir;
	enum cs_err err = CS_OK;

	snprintf(path, sizeof path, "%s/files", d->folder.path);
	if ((dir = opendir(path)) == NULL)
		return errno == ENOENT ? CS_OK : CS_ERR_IO;
	while (err == CS_OK && (entry = readdir(dir)) != NULL)
		err = remove_file(d, entry->d_name);
	closedir(dir);
	return err;
}

/* ---- destroying --------------------------------------------------------- */

/* Count one report less of the member who made ${report}. */
static enum cs_err
forget_reporter(struct cs_desk *d, struct cs_view report, uint64_t rejected)
{
	uint8_t account[CS_ID_LEN];
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, d->db,
	    "SELECT account FROM reported_by WHERE report=?", cs_blob(report));
	if (err == CS_OK)
		cs_col_copy(&row, 0, account, sizeof account);
	err = cs_rows_end(&row, err);
	if (err == CS_ERR_NOT_FOUND)
		return CS_OK;
	if (err ||
	    (err = cs_db_exec(d->db, "DELETE FROM reported_by WHERE report=?",
		 cs_blob(report))) ||
	    (err = cs_db_exec(d->db,
		 "UPDATE reporter SET reports=reports-1,"
		 "rejected=MAX(0,rejected-?) WHERE account=?",
		 cs_int(rejected), cs_blob(CS_VIEW_OF(account)))))
		return err;
	return cs_db_exec(d->db,
	    "DELETE FROM reporter WHERE account=? AND reports<=0",
	    cs_blob(CS_VIEW_OF(account)));
}

/* The hub need not keep its files any longer, either. */
static enum cs_err
release(struct cs_desk *d, const uint8_t report[static CS_ID_LEN])
{
	struct cs_wire_desk_pins none = { 0 };
	struct cs_desk_report r;
	enum cs_err err = desk_report_read(&r, d, report);

	/* It knows of no report that came with a notice. */
	if (err || r.filing != 0)
		return err;
	memcpy(none.report, report, sizeof none.report);
	return desk_outbox_add(d,
	    &(struct desk_message){
		.kind = CS_WIRE_DESK_PINS,
		.subject = cs_view(report, CS_ID_LEN),
		.shape = &cs_wire_desk_pins_shape,
		.message = &none,
	    });
}

static enum cs_err
empty_reports(struct cs_desk *d, uint64_t case_id, uint64_t *n)
{
	struct cs_buf ids = { 0 };
	enum cs_err err;

	err = desk_reports_of_case(&ids, d, case_id);
	for (size_t k = 0; k + CS_ID_LEN <= ids.len && err == CS_OK;
	     k += CS_ID_LEN) {
		const struct cs_view id = cs_view(ids.data + k, CS_ID_LEN);

		if ((err = desk_report_empty(d, id.data)) == CS_OK &&
		    (err = desk_files_forget(d, id.data)) == CS_OK &&
		    (err = release(d, id.data)) == CS_OK)
			err = forget_reporter(d, id, 0);
		++*n;
	}
	cs_buf_free(&ids);
	return err;
}

/* Empty what was filed, of the ids that ${rows} gives. */
static enum cs_err
empty_filings(
    struct cs_desk *d, struct cs_rows *rows, enum cs_err err, uint64_t *n)
{
	struct {
		uint64_t *at;
		size_t n;
	} ids = { 0 };

	while (err == CS_OK && cs_rows_next(rows)) {
		uint64_t *new = desk_array_add(&ids, sizeof *new);

		if (new == NULL)
			err = CS_ERR_NOMEM;
		else
			*new = cs_col_int(rows, 0);
	}
	err = cs_rows_end(rows, err);
	for (size_t i = 0; i < ids.n && err == CS_OK; i++)
		if ((err = desk_filing_empty(d, ids.at[i])) == CS_OK)
			err = cs_db_exec(d->db,
			    "DELETE FROM hash WHERE source=? AND ref=?",
			    cs_int(DESK_HASH_NOTICE), cs_int(ids.at[i]));
	*n += ids.n;
	desk_array_clear(&ids, sizeof *ids.at);
	return err;
}

static enum cs_err
empty_notices(struct cs_desk *d, uint64_t case_id, uint64_t *n)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, d->db,
	    "SELECT id FROM filing WHERE case_id=? ORDER BY id",
	    cs_int(case_id));

	return empty_filings(d, &rows, err, n);
}

static enum cs_err
empty_decision(struct cs_desk *d, uint64_t id)
{
	struct desk_decision dec;
	enum cs_err err = desk_decision_load(&dec, d, id);

	desk_array_clear(&dec.accounts, sizeof *dec.accounts.at);
	if (err == CS_OK &&
	    (err = desk_string_set(&dec.facts, cs_view("", 0))) == CS_OK &&
	    (err = desk_string_set(&dec.note, cs_view("", 0))) == CS_OK &&
	    (err = desk_decision_save(d, &dec, NULL)) == CS_OK)
		err = cs_db_exec(
		    d->db, "DELETE FROM target WHERE decision=?", cs_int(id));
	desk_decision_clear(&dec);
	return err;
}

/* Decisions keep what was done and when, but lose facts and accounts. */
static enum cs_err
empty_decisions(struct cs_desk *d, uint64_t case_id)
{
	uint64_t id = 0;
	enum cs_err err = CS_OK;

	while (err == CS_OK &&
	    (err = cs_db_get_int(&id, d->db,
		 "SELECT id FROM decision WHERE case_id=? AND id>?"
		 " ORDER BY id LIMIT 1",
		 cs_int(case_id), cs_int(id))) == CS_OK)
		err = empty_decision(d, id);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static enum cs_err
remove_rows(struct cs_desk *d, uint64_t case_id)
{
	enum cs_err err;

	if ((err = cs_db_exec(d->db,
		 "DELETE FROM hash WHERE source=? AND ref IN"
		 " (SELECT id FROM media WHERE case_id=?)",
		 cs_int(DESK_HASH_PHOTO), cs_int(case_id))) ||
	    (err = cs_db_exec(d->db, "DELETE FROM media WHERE case_id=?",
		 cs_int(case_id))) ||
	    (err = cs_db_exec(
		 d->db, "DELETE FROM item WHERE case_id=?", cs_int(case_id))) ||
	    (err = cs_db_exec(d->db, "DELETE FROM entry WHERE case_id=?",
		 cs_int(case_id))) ||
	    (err = cs_db_exec(
		 d->db, "DELETE FROM term WHERE case_id=?", cs_int(case_id))) ||
	    (err = cs_db_exec(d->db, "DELETE FROM appeal WHERE case_id=?",
		 cs_int(case_id))) ||
	    (err = cs_db_exec(d->db, "DELETE FROM case_account WHERE case_id=?",
		 cs_int(case_id))))
		return err;
	return CS_OK;
}

/* What is destroyed of a case. */
struct gone {
	uint64_t reports, files, notices;
};

static enum cs_err
note_destroyed(struct cs_desk *d, uint64_t case_id, const struct gone *gone)
{
	struct desk_facts after = { 0 };

	desk_fact_number(&after, "reports", gone->reports);
	desk_fact_number(&after, "files", gone->files);
	if (gone->notices != 0)
		desk_fact_number(&after, "notices", gone->notices);
	return desk_audit_add(d,
	    &(struct desk_audit_event){
		.case_id = case_id, .what = "destroyed", .after = &after });
}

static enum cs_err
destroy(struct cs_desk *d, struct desk_case *c)
{
	struct gone gone = { 0 };
	enum cs_err err;

	/* Rows that another case has, too, stay. */
	if ((err = cs_db_get_int(&gone.files, d->db,
		 "SELECT COUNT(DISTINCT file) FROM media WHERE case_id=?1 AND"
		 " file NOT IN (SELECT file FROM media WHERE case_id<>?1)",
		 cs_int(c->id))) ||
	    (err = empty_reports(d, c->id, &gone.reports)) ||
	    (err = empty_notices(d, c->id, &gone.notices)) ||
	    (err = empty_decisions(d, c->id)) || (err = remove_rows(d, c->id)))
		return err;
	c->state = CS_DESK_CASE_CLOSED;
	c->destroyed_ms = cs_clock_ms();
	desk_array_clear(&c->accounts, sizeof *c->accounts.at);
	desk_array_clear(&c->reporters, sizeof *c->reporters.at);
	desk_array_clear(&c->named, sizeof *c->named.at);
	if ((err = desk_case_save(d, c, NULL)))
		return err;
	return note_destroyed(d, c->id, &gone);
}

/* ---- which -------------------------------------------------------------- */

/* Find the next decided case after number ${*id}. */
static enum cs_err
next_decided(uint64_t *id, struct cs_desk *d)
{
	return cs_db_get_int(id, d->db,
	    "SELECT id FROM cases WHERE state=? AND id>? ORDER BY id LIMIT 1",
	    cs_int(CS_DESK_CASE_DECIDED), cs_int(*id));
}

static enum cs_err
consider(bool *gone, struct cs_desk *d, const struct cs_desk_policy *policy,
    uint64_t id, uint64_t now_ms)
{
	struct desk_case c;
	uint64_t due;
	enum cs_err err;

	*gone = false;
	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = desk_case_load(&c, d, id)) == CS_OK) {
		due = due_ms(&c, policy);
		*gone = due != 0 && due <= now_ms;
		if (*gone)
			err = destroy(d, &c);
	}
	desk_case_clear(&c);
	return cs_db_end(d->db, err);
}

static enum cs_err
destroy_report(struct cs_desk *d, struct cs_view id)
{
	enum cs_err err = forget_reporter(d, id, 1);

	return err
	    ? err
	    : cs_db_exec(d->db, "DELETE FROM report WHERE id=?", cs_blob(id));
}

/* Destroy reports that did not verify, which are in no case and prove
 * nothing. */
static enum cs_err
destroy_rejected(struct cs_desk *d, uint64_t before_ms, uint64_t *n)
{
	struct desk_facts after = { 0 };
	struct cs_buf ids = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	err = cs_db_query(&rows, d->db,
	    "SELECT id FROM report WHERE case_id=0 AND received<=?",
	    cs_int(before_ms));
	err = desk_rows_ids(&ids, &rows, err);
	for (size_t k = 0; k + CS_ID_LEN <= ids.len && err == CS_OK;
	     k += CS_ID_LEN)
		err = destroy_report(d, cs_view(ids.data + k, CS_ID_LEN));
	*n = ids.len / CS_ID_LEN;
	desk_fact_number(&after, "reports", *n);
	if (err == CS_OK && *n != 0)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){
			.what = "rejected-destroyed", .after = &after });
	cs_buf_free(&ids);
	return cs_db_end(d->db, err);
}

/* The same of what was filed and is in no case: what could not be read, and
 * hashes that are on their list. */
static enum cs_err
destroy_filings(struct cs_desk *d, uint64_t before_ms, uint64_t *n)
{
	struct desk_facts after = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	*n = 0;
	if ((err = cs_db_begin(d->db)))
		return err;
	err = cs_db_query(&rows, d->db,
	    "SELECT id FROM filing WHERE case_id=0 AND received<=?"
	    " AND (body IS NOT NULL OR id IN (SELECT filing FROM filing_file))",
	    cs_int(before_ms));
	err = empty_filings(d, &rows, err, n);
	desk_fact_number(&after, "notices", *n);
	if (err == CS_OK && *n != 0)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){
			.what = "rejected-destroyed", .after = &after });
	return cs_db_end(d->db, err);
}

enum cs_err
cs_desk_retention(struct cs_desk *d, uint64_t now_ms, uint64_t *destroyed)
{
	struct cs_desk_policy policy;
	uint64_t id = 0, rejected = 0, filings = 0;
	enum cs_err err, damaged = CS_OK;

	*destroyed = 0;
	if ((err = cs_desk_policy(&policy, d)))
		return err;
	while (err == CS_OK && (err = next_decided(&id, d)) == CS_OK) {
		bool gone;

		err = consider(&gone, d, &policy, id, now_ms);
		*destroyed += err == CS_OK && gone;
		/* It is damaged on the disk: the caller is told at the end,
		 * and the others go. */
		if (err == CS_ERR_CORRUPT) {
			damaged = err;
			err = CS_OK;
		}
	}
	if (err == CS_ERR_NOT_FOUND)
		err = destroy_rejected(
		    d, now_ms - policy.rejected_days * CS_DAY_MS, &rejected);
	if (err == CS_OK)
		err = destroy_filings(
		    d, now_ms - policy.rejected_days * CS_DAY_MS, &filings);
	if (err == CS_OK)
		err = desk_readings_forget(d, now_ms);
	cs_desk_policy_clear(&policy);
	/* Deleted rows must not be found in the file any more. */
	if (err == CS_OK && *destroyed + rejected + filings != 0)
		err = cs_db_vacuum(d->db);
	if (err == CS_OK)
		err = remove_files(d);
	return err ? err : damaged;
}
