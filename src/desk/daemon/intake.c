/* SPDX-License-Identifier: MIT */
/*
 * Implementation notes.
 *
 * The hub offers a sealed report until it has been told its state.  A new
 * report is opened and verified, and everything that follows is stored in one
 * transaction: its rows, who reported, the log, the count of the day and, if
 * everything in it is proved, its case.  A report that is not proved is kept as
 * rejected and is in no case.  If the case is decided already, the report is
 * answered like the others in it.
 *
 * Files stay at the hub, which is told which of them a proved report names, and
 * are fetched later (desk/reports/file.h).
 */
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
#include "desk/decisions/answer.h"
#include "desk/reports/file.h"
#include "desk/reports/report.h"
#include "franking/cert.h"
#include "store/clock.h"
#include "store/db.h"
#include "wire/messages.h"

/* ---- what is known of it ------------------------------------------------ */

static void
copy_handle(char out[static CS_HANDLE_MAX + 1], struct cs_view handle)
{
	memcpy(out, handle.data, handle.len); /* checked: CS_HANDLE_MAX */
	out[handle.len] = '\0';
}

/* The first link of all that does not hold, in words. */
void
desk_evidence_problem(char *out, size_t size, const struct cs_evidence *e)
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
				snprintf(out, size,
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
	snprintf(out, size, "%s", what);
}

/* Is it of the account that the hub says handed it in, or as nameless as the
 * hub says? */
static bool
handed_in_by(const struct cs_desk_report *r, const struct cs_evidence *e)
{
	if (r->named != (e->mode == CS_CSEV_NAMED))
		return false;
	return !r->named || e->reporter_err != CS_OK ||
	    memcmp(e->reporter.account.account, r->reporter_id, CS_ID_LEN) == 0;
}

static void
summarize(struct cs_desk_report *r, const struct cs_evidence *e)
{
	r->reason = e->reason;
	r->n_messages = (uint32_t)e->n_items;
	for (size_t i = 0; i < e->n_items; i++)
		r->n_files += (uint32_t)e->items[i].n_media;
	if (!handed_in_by(r, e)) {
		r->state = CS_DESK_REPORT_REJECTED;
		snprintf(r->problem, sizeof r->problem,
		    "whom it names as its reporter did not hand it in");
		return;
	}
	if (!e->all_proved) {
		r->state = CS_DESK_REPORT_REJECTED;
		desk_evidence_problem(r->problem, sizeof r->problem, e);
		return;
	}
	if (r->named)
		copy_handle(r->reporter, e->reporter.account.handle);
	copy_handle(r->reported, e->items[0].proof.sender.account.handle);
}

static enum cs_err
note_seen(
    struct cs_desk *d, struct cs_desk_report *r, const struct cs_evidence *e)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < e->n_items; i++) {
		uint8_t hash[CS_HASH_LEN];

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

/* Count a report, and whether it verified, to whom the hub vouches for. */
static enum cs_err
count_reporter(struct cs_desk *d, const struct cs_desk_report *r)
{
	enum cs_err err;

	if ((err = cs_db_exec(d->db,
		 "INSERT INTO reported_by(account,at,report) VALUES(?,?,?)",
		 cs_blob(CS_VIEW_OF(r->reporter_id)), cs_int(cs_clock_ms()),
		 cs_blob(CS_VIEW_OF(r->id)))))
		return err;
	return cs_db_exec(d->db,
	    "INSERT INTO reporter(account,reports,rejected) VALUES(?,1,?)"
	    " ON CONFLICT(account) DO UPDATE SET reports=reports+1,"
	    "rejected=rejected+excluded.rejected",
	    cs_blob(CS_VIEW_OF(r->reporter_id)),
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

/* If the case is decided, and was not opened again, so is this report;
 * ${*sentence} says how. */
static enum cs_err
answer_at_once(const char **sentence, struct cs_desk *d,
    struct cs_desk_report *r, uint64_t case_id)
{
	struct desk_case c;
	enum cs_err err = desk_case_load(&c, d, case_id);

	if (err == CS_OK && desk_case_is_decided(&c)) {
		err = desk_case_answer(&r->state, sentence, d, &c);
		if (err == CS_OK)
			err = desk_report_set_state(d, r->id, r->state);
		else if (err == CS_ERR_NOT_FOUND)
			err = CS_OK; /* it is answered with the others */
	}
	desk_case_clear(&c);
	return err;
}

/* A report being stored. */
struct taking {
	struct cs_desk_report r;
	struct cs_buf bundle;
	struct cs_evidence *evidence; /* NULL: not a bundle at all */
	uint8_t reply[CS_KEY_LEN];
	const char *sentence; /* how it is answered; NULL: as usual */
	struct cs_buf pins;   /* the files that it names */
	uint32_t n_pins;
};

static enum cs_err
store_rows(struct cs_desk *d, struct taking *t)
{
	bool proved = t->r.state == CS_DESK_REPORT_OPEN;
	char id[2 * CS_ID_LEN + 1];
	uint64_t case_id;
	enum cs_err err;

	cs_hex(id, CS_VIEW_OF(t->r.id));
	if ((proved && (err = note_seen(d, &t->r, t->evidence))) ||
	    (err = desk_report_insert(
		 d, &t->r, cs_buf_view(&t->bundle), t->reply)) ||
	    (err = count_reporter(d, &t->r)) ||
	    (err = desk_audit_say(d, "report %s came: %s", id,
		 proved ? "verified" : "rejected")) ||
	    (err = count_day(
		 d, proved ? DESK_DAY_REPORTS : DESK_DAY_REJECTED)) ||
	    !proved || (err = desk_case_join(&case_id, d, &t->r, t->evidence)))
		return err;
	return answer_at_once(&t->sentence, d, &t->r, case_id);
}

static enum cs_err
open_sealed(struct cs_desk *d, struct taking *t, struct cs_view sealed)
{
	struct cs_desk_report *r = &t->r;
	enum cs_err err;

	err =
	    cs_evidence_open_reply(&t->bundle, t->reply, sealed, &d->seal_key);
	if (err == CS_OK)
		err = cs_evidence_check(
		    &t->evidence, cs_buf_view(&t->bundle), d->hub.root);
	/* It has to be of the number by which the hub knows it. */
	if (err == CS_OK &&
	    memcmp(t->evidence->report_id, r->id, sizeof r->id) != 0)
		err = CS_ERR_MISMATCH;
	if (err == CS_OK) {
		summarize(r, t->evidence);
	} else if (cs_err_class(err) == CS_ERR_CLASS_THEIRS) {
		r->state = CS_DESK_REPORT_REJECTED;
		snprintf(r->problem, sizeof r->problem,
		    "it is not a bundle of evidence: %s", cs_err_text(err));
		err = CS_OK;
	}
	return err;
}

static enum cs_err
take_new(struct cs_desk *d, struct taking *t, struct cs_view sealed)
{
	bool proved;
	enum cs_err err;

	if ((err = open_sealed(d, t, sealed)))
		return err;
	proved = t->r.state == CS_DESK_REPORT_OPEN;
	if ((err = cs_db_begin(d->db)) ||
	    (err = cs_db_end(d->db, store_rows(d, t))))
		return err;
	return proved ? desk_files_pins(&t->pins, &t->n_pins, t->evidence)
		      : CS_OK;
}

/* It was stored before, but we were cut off before the hub was told. */
static enum cs_err
take_again(struct cs_desk *d, struct taking *t)
{
	struct cs_desk_report_opened r;
	enum cs_err err = cs_desk_report_load(&r, d, t->r.id);

	if (err == CS_OK && r.evidence != NULL)
		err = desk_files_pins(&t->pins, &t->n_pins, r.evidence);
	cs_desk_report_clear(&r);
	return err;
}

/* ---- what the hub is told ----------------------------------------------- */

static void
fill_status(struct desk_taken *out, const struct taking *t)
{
	struct cs_wire_report_status *status = &out->status;
	const char *usual = "It was decided already.";
	char *answer = out->answer;

	memset(status, 0, sizeof *status);
	memcpy(status->report, t->r.id, sizeof status->report);
	status->updated_ms = cs_clock_ms();
	switch (t->r.state) {
	case CS_DESK_REPORT_REJECTED:
		status->state = CS_WIRE_REPORT_REJECTED;
		break;
	case CS_DESK_REPORT_OPEN:
		status->state = CS_WIRE_REPORT_RECEIVED;
		usual = "Everything in it is proved. Somebody will decide.";
		break;
	case CS_DESK_REPORT_ACTED:
		status->state = CS_WIRE_REPORT_ACTED;
		break;
	case CS_DESK_REPORT_CLOSED:
		status->state = CS_WIRE_REPORT_CLOSED;
		break;
	}
	if (t->r.state == CS_DESK_REPORT_REJECTED)
		snprintf(answer, DESK_ANSWER_SIZE,
		    "The report could not be verified: %s.", t->r.problem);
	else
		snprintf(answer, DESK_ANSWER_SIZE, "%s",
		    t->sentence != NULL ? t->sentence : usual);
	status->answer = cs_view_str(answer);
}

enum cs_err
desk_report_take(struct desk_taken *out, struct cs_desk *d,
    const struct cs_wire_desk_report *sealed)
{
	struct taking t = { .reply = { 0 } };
	enum cs_err err = desk_report_read(&t.r, d, sealed->report);

	memset(out, 0, sizeof *out);
	if (err == CS_ERR_NOT_FOUND) {
		memcpy(t.r.id, sealed->report, sizeof t.r.id);
		t.r.received_ms = sealed->received_ms;
		t.r.named = sealed->named == CS_WIRE_REPORTER_NAMED;
		memcpy(t.r.reporter_id, sealed->reporter, CS_ID_LEN);
		err = take_new(d, &t, sealed->sealed);
	} else if (err == CS_OK && t.r.state != CS_DESK_REPORT_REJECTED) {
		err = take_again(d, &t);
	}
	if (err == CS_OK) {
		fill_status(out, &t);
		memcpy(out->pins.report, t.r.id, sizeof out->pins.report);
		cs_buf_move(&out->blobs, &t.pins);
		out->pins.blobs.n = t.n_pins;
		out->pins.blobs.raw = cs_buf_view(&out->blobs);
	}
	cs_wipe(t.reply, sizeof t.reply);
	cs_evidence_free(t.evidence);
	cs_buf_free(&t.bundle);
	cs_buf_free(&t.pins);
	return err;
}

void
desk_taken_clear(struct desk_taken *out)
{
	cs_buf_free(&out->blobs);
}

/* ---- what was filed ----------------------------------------------------- */

enum cs_err
desk_report_take_filed(uint64_t *case_id, uint8_t id[static CS_ID_LEN],
    struct cs_desk *d, const struct desk_filed *filed)
{
	const struct cs_evidence *e = filed->evidence;
	const uint8_t no_reply[CS_KEY_LEN] = { 0 };
	struct cs_desk_report r = {
		.state = CS_DESK_REPORT_OPEN,
		.received_ms = filed->received_ms,
		.reason = e->reason,
		.n_messages = (uint32_t)e->n_items,
		.filing = filed->filing,
	};
	const char *sentence;
	enum cs_err err;

	for (size_t i = 0; i < e->n_items; i++)
		r.n_files += (uint32_t)e->items[i].n_media;
	copy_handle(r.reported, e->items[0].proof.sender.account.handle);
	if ((err = desk_report_id_of_filing(
		 r.id, filed->filing, filed->place)) ||
	    (err = note_seen(d, &r, e)) ||
	    (err = desk_report_insert(d, &r, filed->bundle, no_reply)) ||
	    (err = desk_case_join(case_id, d, &r, e)))
		return err;
	memcpy(id, r.id, CS_ID_LEN);
	return answer_at_once(&sentence, d, &r, *case_id);
}
