/* SPDX-License-Identifier: MIT */
#include "desk/daemon/intake.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "base/wipe.h"
#include "content/evidence.h"
#include "content/evidence_seal.h"
#include "content/proof.h"
#include "desk/cases/case.h"
#include "desk/cases/join.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/decisions/answer.h"
#include "desk/reports/file.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"
#include "wire/messages.h"

/* A case is decided if each of its reports was. */
static enum cs_err
settle(struct cs_desk *d, uint64_t case_id, bool open)
{
	struct desk_case c;
	enum cs_err err = desk_case_load(&c, d, case_id);

	if (err == CS_OK && open &&
	    desk_case_state(&c) == CS_DESK_CASE_DECIDED) {
		err = desk_case_reopen(d, &c);
	} else if (!open && json_get_num(c.doc, "reports") == 1) {
		desk_case_set_state(&c, CS_DESK_CASE_DECIDED, &err);
		json_put_num(c.doc, "decided_ms", cs_clock_ms(), &err);
	}
	if (err == CS_OK)
		err = desk_case_save(d, &c, NULL);
	desk_case_clear(&c);
	return err;
}

/* One report without a case: it gets one. */
static enum cs_err
catch_up(struct cs_desk *d, const uint8_t id[static 16])
{
	struct cs_desk_report_opened c;
	uint64_t case_id;
	enum cs_err err = cs_desk_report_load(&c, d, id);

	if (err)
		return err;
	if ((err = cs_db_begin(d->db)) == CS_OK) {
		if (c.report.state == CS_DESK_REPORT_REJECTED ||
		    c.evidence == NULL)
			err = cs_db_exec(d->db,
			    "UPDATE report SET case_id=0 WHERE id=?",
			    cs_blob(cs_view(id, 16)));
		else if ((err = desk_case_join(
			      d, &c.report, c.evidence, &case_id)) == CS_OK)
			err = settle(
			    d, case_id, c.report.state == CS_DESK_REPORT_OPEN);
		if (err == CS_OK)
			err = cs_db_commit(d->db);
		if (err)
			cs_db_rollback(d->db);
	}
	cs_desk_report_clear(&c);
	return err;
}

enum cs_err
desk_cases_catch_up(struct cs_desk *d)
{
	enum cs_err err = CS_OK;

	while (err == CS_OK) {
		struct cs_rows rows;
		uint8_t id[16];
		bool more = false;

		err = cs_db_query(&rows, d->db,
		    "SELECT id FROM report WHERE case_id IS NULL LIMIT 1");
		if (err == CS_OK && cs_rows_next(&rows)) {
			more = true;
			cs_col_copy(&rows, 0, id, sizeof id);
		}
		err = cs_rows_end(&rows, err);
		if (err || !more)
			break;
		err = catch_up(d, id);
	}
	return err;
}

static void
copy_handle(char out[static 33], struct cs_view handle)
{
	memcpy(out, handle.data, handle.len); /* checked: CS_HANDLE_MAX */
	out[handle.len] = '\0';
}

/* The first link of all that does not hold, in words. */
static void
find_problem(struct cs_desk_report *r, const struct cs_evidence *e)
{
	const char *what = "something in it is not proved";

	if (e->reporter_err)
		what = "the reporter's signature does not verify";
	else if (e->root_err || e->keys_err)
		what = "it names other keys than it should";
	for (size_t i = 0; i < e->n_items; i++) {
		const struct cs_evidence_item *item = &e->items[i];

		for (size_t k = 0; k < CS_LINKS; k++)
			if (item->proof.links[k]) {
				snprintf(r->problem, sizeof r->problem,
				    "message %zu: not proved that %s", i + 1,
				    cs_link_text((enum cs_link)k));
				return;
			}
		if (item->chain)
			what = "the order of the messages is not proved";
		for (size_t k = 0; k < item->n_media; k++)
			if (item->media[k].err)
				what = "a file is not the one that was sent";
	}
	snprintf(r->problem, sizeof r->problem, "%s", what);
}

static void
summarize(struct cs_desk_report *r, const struct cs_evidence *e)
{
	r->reason = e->reason;
	r->n_messages = (uint32_t)e->n_items;
	for (size_t i = 0; i < e->n_items; i++)
		r->n_files += (uint32_t)e->items[i].n_media;
	if (!e->all_proved) {
		r->state = CS_DESK_REPORT_REJECTED;
		find_problem(r, e);
		return;
	}
	copy_handle(r->reporter, e->reporter.handle);
	copy_handle(r->reported, e->items[0].proof.cert.handle);
}

static enum cs_err
note_seen(
    struct cs_desk *d, struct cs_desk_report *r, const struct cs_evidence *e)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < e->n_items; i++) {
		uint8_t hash[32];

		if ((err = desk_report_message_hash(
			 hash, &e->items[i].capsule.stamp)))
			break;
		err = cs_db_exec(d->db,
		    "INSERT INTO seen(message,report) VALUES(?,?)",
		    cs_blob(CS_VIEW_OF(hash)), cs_blob(CS_VIEW_OF(r->id)));
		if (err == CS_ERR_EXISTS) {
			r->repeats = true;
			err = CS_OK;
		}
	}
	return err;
}

/* A member's reports, and those of them that did not verify; whoever could not
 * be named is nobody's. */
static enum cs_err
count_reporter(struct cs_desk *d, const struct cs_desk_report *r,
    const struct cs_evidence *e)
{
	enum cs_err err;

	if (e == NULL || e->reporter_err != CS_OK)
		return CS_OK;
	if ((err = cs_db_exec(d->db,
		 "INSERT INTO reported_by(account,at,report) VALUES(?,?,?)",
		 cs_blob(CS_VIEW_OF(e->reporter.account)),
		 cs_int(cs_clock_ms()), cs_blob(CS_VIEW_OF(r->id)))))
		return err;
	return cs_db_exec(d->db,
	    "INSERT INTO reporter(account,reports,rejected) VALUES(?,1,?)"
	    " ON CONFLICT(account) DO UPDATE SET reports=reports+1,"
	    "rejected=rejected+excluded.rejected",
	    cs_blob(CS_VIEW_OF(e->reporter.account)),
	    cs_int(r->state == CS_DESK_REPORT_REJECTED));
}

static enum cs_err
count_day(struct cs_desk *d, enum desk_day what)
{
	return cs_db_exec(d->db,
	    "INSERT INTO day(day,what,n) VALUES(?,?,1)"
	    " ON CONFLICT(day,what) DO UPDATE SET n=n+1",
	    cs_int(cs_clock_ms() / CS_DAY_MS), cs_int(what));
}

/* The case has been decided already, and is not open again: so has this
 * report. */
static enum cs_err
answer_at_once(struct cs_desk *d, struct cs_desk_report *r, uint64_t case_id)
{
	struct desk_case c;
	enum cs_err err = desk_case_load(&c, d, case_id);

	if (err == CS_OK && desk_case_state(&c) != CS_DESK_CASE_OPEN)
		err = desk_case_answer(&r->state, d->answer, d, &c);
	/* From before there were rows of decisions. */
	if (err == CS_ERR_NOT_FOUND &&
	    desk_case_state(&c) == CS_DESK_CASE_DECIDED) {
		r->state = CS_DESK_REPORT_CLOSED;
		err = CS_OK;
	}
	desk_case_clear(&c);
	/* It is told with the others. */
	if (err == CS_ERR_NOT_FOUND)
		return CS_OK;
	return err ? err : desk_report_set_state(d, r->id, r->state);
}

static enum cs_err
store(struct cs_desk *d, struct cs_desk_report *r, struct cs_view bundle,
    const uint8_t reply[static 32], const struct cs_evidence *e)
{
	bool proved = r->state == CS_DESK_REPORT_OPEN;
	uint64_t case_id = 0;
	char id[33];
	enum cs_err err;

	cs_hex(id, CS_VIEW_OF(r->id));
	if ((err = cs_db_begin(d->db)))
		return err;
	if (proved)
		err = note_seen(d, r, e);
	if (err == CS_OK &&
	    (err = desk_report_insert(d, r, bundle, reply)) == CS_OK &&
	    (err = count_reporter(d, r, e)) == CS_OK &&
	    (err = desk_audit_say(d, "report %s came: %s", id,
		 proved ? "verified" : "rejected")) == CS_OK &&
	    (err = count_day(
		 d, proved ? DESK_DAY_REPORTS : DESK_DAY_REJECTED)) == CS_OK &&
	    proved && (err = desk_case_join(d, r, e, &case_id)) == CS_OK)
		err = answer_at_once(d, r, case_id);
	if (err == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	return err;
}

static enum cs_err
take_new(struct cs_desk *d, struct cs_desk_report *r, struct cs_view sealed)
{
	struct cs_buf bundle = { 0 };
	struct cs_evidence *e = NULL;
	uint8_t reply[32] = { 0 };
	bool proved;
	enum cs_err err;

	err = cs_evidence_open_reply(&bundle, reply, sealed, &d->seal_key);
	if (err == CS_OK)
		err = cs_evidence_check(&e, cs_buf_view(&bundle), d->hub.root);
	/* Its own number has to be the one that the hub knows it by. */
	if (err == CS_OK && memcmp(e->report_id, r->id, sizeof r->id) != 0)
		err = CS_ERR_MISMATCH;
	if (err && cs_err_class(err) != CS_ERR_CLASS_THEIRS)
		goto out;
	if (err) {
		r->state = CS_DESK_REPORT_REJECTED;
		snprintf(r->problem, sizeof r->problem,
		    "it is not a bundle of evidence: %s", cs_err_text(err));
	} else {
		summarize(r, e);
	}
	proved = r->state == CS_DESK_REPORT_OPEN;
	if ((err = store(d, r, cs_buf_view(&bundle), reply, e)) == CS_OK &&
	    proved)
		err = desk_files_fetch(d, e);
out:
	cs_wipe(reply, sizeof reply);
	cs_evidence_free(e);
	cs_buf_free(&bundle);
	return err;
}

/* Stored before, and cut off before the hub was told. */
static enum cs_err
fetch_again(struct cs_desk *d, const uint8_t id[static 16])
{
	struct cs_desk_report_opened c;
	enum cs_err err = cs_desk_report_load(&c, d, id);

	if (err)
		return err;
	if (c.evidence != NULL)
		err = desk_files_fetch(d, c.evidence);
	cs_desk_report_clear(&c);
	return err;
}

enum cs_err
desk_report_take(struct cs_desk *d, const uint8_t id[static 16],
    uint64_t received_ms, struct cs_view sealed,
    struct cs_wire_report_status *status)
{
	struct cs_desk_report r;
	enum cs_err err = desk_report_read(&r, d, id);

	d->answer[0] = '\0';
	if (err == CS_ERR_NOT_FOUND) {
		memset(&r, 0, sizeof r);
		memcpy(r.id, id, sizeof r.id);
		r.received_ms = received_ms;
		err = take_new(d, &r, sealed);
	} else if (err == CS_OK && r.state == CS_DESK_REPORT_OPEN) {
		err = fetch_again(d, id);
	}
	if (err)
		return err;
	memset(status, 0, sizeof *status);
	memcpy(status->report, id, sizeof status->report);
	status->updated_ms = cs_clock_ms();
	if (r.state == CS_DESK_REPORT_REJECTED) {
		status->state = CS_WIRE_REPORT_REJECTED;
		snprintf(d->answer, sizeof d->answer,
		    "The report could not be verified: %s.", r.problem);
	} else if (r.state == CS_DESK_REPORT_OPEN) {
		status->state = CS_WIRE_REPORT_RECEIVED;
		snprintf(d->answer, sizeof d->answer,
		    "Everything in it is proved. Somebody will decide.");
	} else {
		status->state = r.state == CS_DESK_REPORT_ACTED
		    ? CS_WIRE_REPORT_ACTED
		    : CS_WIRE_REPORT_CLOSED;
		if (d->answer[0] == '\0')
			snprintf(d->answer, sizeof d->answer,
			    "It was decided already.");
	}
	status->answer = cs_view_str(d->answer);
	return CS_OK;
}
