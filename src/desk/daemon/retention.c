/* SPDX-License-Identifier: MIT */
/* What is not needed any more is destroyed, and that is written down. */
#include "desk/daemon/retention.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "desk/cases/case.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/decisions/decision.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/vault.h"

#define DAY_MS ((uint64_t)86400 * 1000)
#define PATH_SIZE 4096

/* When a case is to go; 0: not as it is now. */
static uint64_t
due_ms(const struct desk_case *c, const struct cs_desk_policy *policy)
{
	const struct cs_desk_reason *reason =
	    cs_desk_policy_reason(policy, json_get_str(c->doc, "reason"));
	uint64_t decided = json_get_num(c->doc, "decided_ms"), days;

	if (desk_case_state(c) != CS_DESK_CASE_DECIDED || decided == 0 ||
	    json_get_bool(c->doc, "held") ||
	    json_get_num(c->doc, "pending") != 0 ||
	    json_get_num(c->doc, "appeals") != 0)
		return 0;
	if (reason == NULL)
		reason = cs_desk_policy_reason(policy, "other");
	/* keep_days is never below hold_days: the policy is read so. */
	days = reason->keep_days;
	return decided + days * DAY_MS;
}

/* ---- files -------------------------------------------------------------- */

/*
 * A file goes when no row names it any more: after the rows are gone for good,
 * so that a case whose destruction is cut off is as it was; and what such a cut
 * leaves behind goes the next time.
 */
static enum cs_err
is_named(bool *out, struct cs_desk *d, const uint8_t hash[static 32])
{
	uint64_t n;
	enum cs_err err;

	err =
	    cs_db_get_int(&n, d->db, "SELECT COUNT(*) FROM media WHERE file=?",
		cs_blob(cs_view(hash, 32)));
	*out = err == CS_OK && n != 0;
	return err;
}

static enum cs_err
remove_file(struct cs_desk *d, const char *name)
{
	char path[PATH_SIZE];
	uint8_t hash[32];
	bool named;
	enum cs_err err;

	if (cs_unhex(hash, sizeof hash, name) != CS_OK)
		return CS_OK;
	if ((err = is_named(&named, d, hash)) || named)
		return err;
	/* Another process may take a report of it, and look whether it is here,
	 * after its rows are stored: not between these two. */
	if ((err = cs_db_begin(d->db)))
		return err;
	snprintf(path, sizeof path, "%s/files/%s", d->dir, name);
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
	uint64_t unsorted;
	DIR *dir;
	enum cs_err err;

	/* Reports from before there were cases have no rows for their files
	 * until they are sorted in. */
	if ((err = cs_db_get_int(&unsorted, d->db,
		 "SELECT COUNT(*) FROM report WHERE case_id IS NULL")) ||
	    unsorted != 0)
		return err;
	snprintf(path, sizeof path, "%s/files", d->dir);
	if ((dir = opendir(path)) == NULL)
		return errno == ENOENT ? CS_OK : CS_ERR_IO;
	while (err == CS_OK && (entry = readdir(dir)) != NULL)
		err = remove_file(d, entry->d_name);
	closedir(dir);
	return err;
}

/* ---- destroying --------------------------------------------------------- */

/* One report less of whoever made ${report}. */
static enum cs_err
forget_reporter(struct cs_desk *d, struct cs_view report, bool rejected)
{
	uint8_t account[16];
	struct cs_rows rows;
	bool known = false;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT account FROM reported_by WHERE report=?", cs_blob(report));
	if (err == CS_OK && (known = cs_rows_next(&rows)))
		cs_col_copy(&rows, 0, account, sizeof account);
	if ((err = cs_rows_end(&rows, err)) || !known)
		return err;
	if ((err = cs_db_exec(d->db, "DELETE FROM reported_by WHERE report=?",
		 cs_blob(report))) == CS_OK &&
	    (err = cs_db_exec(d->db,
		 "UPDATE reporter SET reports=reports-1,"
		 "rejected=MAX(0,rejected-?) WHERE account=?",
		 cs_int(rejected), cs_blob(CS_VIEW_OF(account)))) == CS_OK)
		err = cs_db_exec(d->db,
		    "DELETE FROM reporter WHERE account=? AND reports<=0",
		    cs_blob(CS_VIEW_OF(account)));
	return err;
}

/* The bundle of a report, its note and its answers; what stays is that there
 * was one, and what became of it. */
static enum cs_err
empty_report(struct cs_desk *d, struct cs_view id)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if ((err = cs_vault_seal(&sealed, &d->key, "report.bundle", id,
		 cs_view("", 0))) == CS_OK &&
	    (err = desk_report_forget(d, id.data)) == CS_OK &&
	    (err = forget_reporter(d, id, false)) == CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE report SET bundle=?,reply=NULL WHERE id=?",
		    cs_blob(cs_buf_view(&sealed)), cs_blob(id));
	cs_buf_free(&sealed);
	return err;
}

static enum cs_err
empty_reports(struct cs_desk *d, uint64_t case_id, uint64_t *n)
{
	struct cs_buf ids = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db, "SELECT id FROM report WHERE case_id=?",
	    cs_int(case_id));
	err = desk_rows_ids(&ids, &rows, err);
	for (size_t k = 0; k + 16 <= ids.len && err == CS_OK; k += 16) {
		err = empty_report(d, cs_view(ids.data + k, 16));
		++*n;
	}
	cs_buf_free(&ids);
	return err;
}

/* Decisions keep what was done and when; facts and accounts go. */
static enum cs_err
empty_decisions(struct cs_desk *d, uint64_t case_id)
{
	json_t *list = json_array(), *o;
	size_t i;
	enum cs_err err = desk_decisions(list, d, case_id);

	json_array_foreach (list, i, o) {
		struct desk_decision dec = { 0 };

		if (err == CS_OK)
			err = desk_decision_load(
			    &dec, d, json_id_parse(json_get_str(o, "id")));
		json_put(dec.doc, "accounts", json_array(), &err);
		json_put_str(dec.doc, "facts", "", &err);
		json_put_str(dec.doc, "note", "", &err);
		if (err == CS_OK)
			err = desk_decision_save(d, &dec, NULL);
		if (err == CS_OK)
			err = cs_db_exec(d->db,
			    "DELETE FROM target WHERE decision=?",
			    cs_int(dec.id));
		desk_decision_clear(&dec);
	}
	json_decref(list);
	return err;
}

static enum cs_err
remove_rows(struct cs_desk *d, uint64_t case_id)
{
	enum cs_err err;

	if ((err = cs_db_exec(d->db,
		 "DELETE FROM hash WHERE source=0 AND ref IN"
		 " (SELECT id FROM media WHERE case_id=?)",
		 cs_int(case_id))) ||
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

static enum cs_err
destroy(struct cs_desk *d, struct desk_case *c)
{
	json_t *after = json_object();
	uint64_t reports = 0, files;
	enum cs_err err;

	/* Those that another case has, too, stay. */
	if ((err = cs_db_get_int(&files, d->db,
		 "SELECT COUNT(DISTINCT file) FROM media WHERE case_id=?1 AND"
		 " file NOT IN (SELECT file FROM media WHERE case_id<>?1)",
		 cs_int(c->id))) ||
	    (err = empty_reports(d, c->id, &reports)) ||
	    (err = empty_decisions(d, c->id)) || (err = remove_rows(d, c->id)))
		goto out;
	desk_case_set_state(c, CS_DESK_CASE_CLOSED, &err);
	json_put(c->doc, "accounts", json_array(), &err);
	json_put(c->doc, "reporters", json_array(), &err);
	json_put_num(c->doc, "destroyed_ms", cs_clock_ms(), &err);
	json_put_num(after, "reports", reports, &err);
	json_put_num(after, "files", files, &err);
	if (err == CS_OK && (err = desk_case_save(d, c, NULL)) == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){
			.case_id = c->id,
			.what = "destroyed",
			.after = after,
		    });
out:
	json_decref(after);
	return err;
}

/* ---- which -------------------------------------------------------------- */

/* The decided cases after number ${*id}, one by one. */
static enum cs_err
next_decided(uint64_t *id, struct cs_desk *d)
{
	return cs_db_get_int(id, d->db,
	    "SELECT id FROM cases WHERE state=2 AND id>? ORDER BY id LIMIT 1",
	    cs_int(*id));
}

static enum cs_err
consider(struct cs_desk *d, const struct cs_desk_policy *policy, uint64_t id,
    uint64_t now_ms, bool *gone)
{
	struct desk_case c = { 0 };
	uint64_t due;
	enum cs_err err;

	*gone = false;
	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = desk_case_load(&c, d, id)) == CS_OK) {
		due = due_ms(&c, policy);
		if (due != 0 && due <= now_ms) {
			*gone = true;
			err = destroy(d, &c);
		}
	}
	if (err == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	desk_case_clear(&c);
	return err;
}

/* Reports that did not verify belong to no case, and prove nothing. */
static enum cs_err
destroy_rejected(struct cs_desk *d, uint64_t before_ms, uint64_t *n)
{
	struct cs_buf ids = { 0 };
	json_t *after = json_object();
	struct cs_rows rows;
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		goto out;
	err = cs_db_query(&rows, d->db,
	    "SELECT id FROM report WHERE case_id=0 AND received<=?",
	    cs_int(before_ms));
	err = desk_rows_ids(&ids, &rows, err);
	for (size_t k = 0; k + 16 <= ids.len && err == CS_OK; k += 16) {
		const struct cs_view id = cs_view(ids.data + k, 16);

		if ((err = forget_reporter(d, id, true)) == CS_OK)
			err = cs_db_exec(d->db, "DELETE FROM report WHERE id=?",
			    cs_blob(id));
	}
	*n = ids.len / 16;
	json_put_num(after, "reports", *n, &err);
	if (err == CS_OK && *n != 0)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){
			.what = "rejected-destroyed", .after = after });
	if (err == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
out:
	json_decref(after);
	cs_buf_free(&ids);
	return err;
}

enum cs_err
cs_desk_retention(struct cs_desk *d, uint64_t now_ms, uint64_t *destroyed)
{
	struct cs_desk_policy policy;
	uint64_t id = 0, rejected = 0;
	enum cs_err err, damaged = CS_OK;

	*destroyed = 0;
	if ((err = cs_desk_policy(&policy, d)))
		return err;
	while (err == CS_OK && (err = next_decided(&id, d)) == CS_OK) {
		bool gone;

		err = consider(d, &policy, id, now_ms, &gone);
		*destroyed += err == CS_OK && gone;
		/* On the disk: it is said in the end, and the others go. */
		if (err == CS_ERR_CORRUPT) {
			damaged = err;
			err = CS_OK;
		}
	}
	if (err == CS_ERR_NOT_FOUND)
		err = destroy_rejected(
		    d, now_ms - policy.rejected_days * DAY_MS, &rejected);
	cs_desk_policy_clear(&policy);
	/* Deleted rows are not to be found in the file any more. */
	if (err == CS_OK && *destroyed + rejected != 0)
		err = cs_db_vacuum(d->db);
	if (err == CS_OK)
		err = remove_files(d);
	return err ? err : damaged;
}
