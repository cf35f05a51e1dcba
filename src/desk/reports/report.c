/* SPDX-License-Identifier: MIT */
/* Reports: opened, verified, stored; and read again. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "desk/decisions/decision_internal.h"

#define META "report.meta"
#define BUNDLE "report.bundle"
#define REPLY "report.reply"
#define META_VERSION 1
#define DAY_MS 86400000u

const char *
cs_desk_state_name(enum cs_desk_state state)
{
	static const char *const names[] = { "open", "rejected", "acted",
		"closed" };

	return names[state];
}

/* ---- what is known of a report without opening its bundle --------------- */

static enum cs_err
write_meta(struct cs_buf *out, const struct cs_desk_report *r)
{
	struct cs_writer w = cs_writer(out);

	cs_write_u8(&w, META_VERSION);
	cs_write_u8(&w, (uint8_t)r->state);
	cs_write_u16(&w, r->reason);
	cs_write_u32(&w, r->n_messages);
	cs_write_u32(&w, r->n_files);
	cs_write_u8(&w, r->repeats);
	cs_write_vec(&w, cs_view_str(r->reporter));
	cs_write_vec(&w, cs_view_str(r->reported));
	cs_write_vec(&w, cs_view_str(r->problem));
	return cs_writer_end(&w);
}

static enum cs_err
read_meta(struct cs_desk_report *out, struct cs_view plain)
{
	struct cs_reader r = cs_reader(plain);

	if (cs_read_u8(&r) != META_VERSION)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	out->state = (enum cs_desk_state)cs_read_u8(&r);
	if (out->state > CS_DESK_CLOSED)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	out->reason = cs_read_u16(&r);
	out->n_messages = cs_read_u32(&r);
	out->n_files = cs_read_u32(&r);
	out->repeats = cs_read_u8(&r) != 0;
	cs_read_string(&r, out->reporter, sizeof out->reporter);
	cs_read_string(&r, out->reported, sizeof out->reported);
	cs_read_string(&r, out->problem, sizeof out->problem);
	return cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
}

/* Columns id, received, meta. */
static enum cs_err
read_row(struct cs_desk_report *out, struct cs_desk *d, struct cs_rows *rows)
{
	struct cs_buf plain = { 0 };
	enum cs_err err;

	memset(out, 0, sizeof *out);
	cs_col_copy(rows, 0, out->id, sizeof out->id);
	out->received_ms = cs_col_int(rows, 1);
	if ((err = cs_vault_open(&plain, &d->key, META, CS_VIEW_OF(out->id),
		 cs_col_blob(rows, 2))) == CS_OK)
		err = read_meta(out, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

/* ---- taking one --------------------------------------------------------- */

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
		r->state = CS_DESK_REJECTED;
		find_problem(r, e);
		return;
	}
	copy_handle(r->reporter, e->reporter.handle);
	copy_handle(r->reported, e->items[0].proof.cert.handle);
}

/* FRANKING, rule 6: a (tag, group_seq) counts once. */
enum cs_err
desk_message_hash(uint8_t out[static 32], const struct cs_stamp *s)
{
	const struct cs_view parts[] = { CS_VIEW_OF(s->tag),
		CS_VIEW_OF(s->group_ref),
		cs_view(&s->group_seq, sizeof s->group_seq) };

	return cs_hash_parts(out, CS_SHA256, parts, 3);
}

static enum cs_err
note_seen(
    struct cs_desk *d, struct cs_desk_report *r, const struct cs_evidence *e)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < e->n_items; i++) {
		uint8_t hash[32];

		if ((err = desk_message_hash(hash, &e->items[i].capsule.stamp)))
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
	    cs_int(r->state == CS_DESK_REJECTED));
}

/* Its rows; the case comes after. */
static enum cs_err
insert(struct cs_desk *d, const struct cs_desk_report *r, struct cs_view bundle,
    const uint8_t reply[static 32])
{
	struct cs_buf meta = { 0 }, sealed_meta = { 0 }, sealed = { 0 },
		      sealed_reply = { 0 };
	const struct cs_view id = CS_VIEW_OF(r->id);
	enum cs_err err;

	if ((err = write_meta(&meta, r)) == CS_OK &&
	    (err = cs_vault_seal(&sealed_meta, &d->key, META, id,
		 cs_buf_view(&meta))) == CS_OK &&
	    (err = cs_vault_seal(&sealed, &d->key, BUNDLE, id, bundle)) ==
		CS_OK &&
	    (err = cs_vault_seal(&sealed_reply, &d->key, REPLY, id,
		 cs_view(reply, 32))) == CS_OK)
		err = cs_db_exec(d->db,
		    "INSERT INTO report(id,received,meta,bundle,reply,kase)"
		    " VALUES(?,?,?,?,?,0)",
		    cs_blob(id), cs_int(r->received_ms),
		    cs_blob(cs_buf_view(&sealed_meta)),
		    cs_blob(cs_buf_view(&sealed)),
		    cs_blob(cs_buf_view(&sealed_reply)));
	cs_buf_free(&meta);
	cs_buf_free(&sealed_meta);
	cs_buf_free(&sealed);
	cs_buf_free(&sealed_reply);
	return err;
}

/* The case has been decided already, and is not open again: so has this
 * report. */
static enum cs_err
answer_at_once(struct cs_desk *d, struct cs_desk_report *r, uint64_t kase)
{
	struct desk_case c;
	enum cs_err err = desk_case_load(&c, d, kase);

	if (err == CS_OK && desk_case_state(&c) != CS_DESK_CASE_OPEN)
		err = desk_case_answer(&r->state, d->answer, d, &c);
	/* From before there were rows of decisions. */
	if (err == CS_ERR_NOT_FOUND &&
	    desk_case_state(&c) == CS_DESK_CASE_DECIDED) {
		r->state = CS_DESK_CLOSED;
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
	bool proved = r->state == CS_DESK_OPEN;
	uint64_t kase = 0;
	char id[33];
	enum cs_err err;

	cs_hex(id, CS_VIEW_OF(r->id));
	if ((err = cs_db_begin(d->db)))
		return err;
	if (proved)
		err = note_seen(d, r, e);
	if (err == CS_OK && (err = insert(d, r, bundle, reply)) == CS_OK &&
	    (err = count_reporter(d, r, e)) == CS_OK &&
	    (err = desk_audit_add(d, "report %s came: %s", id,
		 proved ? "verified" : "rejected")) == CS_OK &&
	    (err = desk_day_count(
		 d, proved ? DESK_DAY_REPORTS : DESK_DAY_REJECTED)) == CS_OK &&
	    proved && (err = desk_case_join(d, r, e, &kase)) == CS_OK)
		err = answer_at_once(d, r, kase);
	if (err == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	return err;
}

static enum cs_err
load_row(
    struct cs_desk_report *out, struct cs_desk *d, const uint8_t id[static 16])
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,received,meta FROM report WHERE id=?",
	    cs_blob(cs_view(id, 16)));
	if (err == CS_OK)
		err = cs_rows_next(&rows) ? read_row(out, d, &rows)
					  : CS_ERR_NOT_FOUND;
	return cs_rows_end(&rows, err);
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
		r->state = CS_DESK_REJECTED;
		snprintf(r->problem, sizeof r->problem,
		    "it is not a bundle of evidence: %s", cs_err_text(err));
	} else {
		summarize(r, e);
	}
	proved = r->state == CS_DESK_OPEN;
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
	struct cs_desk_case c;
	enum cs_err err = cs_desk_load(&c, d, id);

	if (err)
		return err;
	if (c.evidence != NULL)
		err = desk_files_fetch(d, c.evidence);
	cs_desk_case_clear(&c);
	return err;
}

enum cs_err
desk_report_take(struct cs_desk *d, const uint8_t id[static 16],
    uint64_t received_ms, struct cs_view sealed,
    struct cs_wire_report_status *status)
{
	struct cs_desk_report r;
	enum cs_err err = load_row(&r, d, id);

	d->answer[0] = '\0';
	if (err == CS_ERR_NOT_FOUND) {
		memset(&r, 0, sizeof r);
		memcpy(r.id, id, sizeof r.id);
		r.received_ms = received_ms;
		err = take_new(d, &r, sealed);
	} else if (err == CS_OK && r.state == CS_DESK_OPEN) {
		err = fetch_again(d, id);
	}
	if (err)
		return err;
	memset(status, 0, sizeof *status);
	memcpy(status->report, id, sizeof status->report);
	status->updated_ms = cs_clock_ms();
	if (r.state == CS_DESK_REJECTED) {
		status->state = CS_WIRE_REPORT_REJECTED;
		snprintf(d->answer, sizeof d->answer,
		    "The report could not be verified: %s.", r.problem);
	} else if (r.state == CS_DESK_OPEN) {
		status->state = CS_WIRE_REPORT_RECEIVED;
		snprintf(d->answer, sizeof d->answer,
		    "Everything in it is proved. Somebody will decide.");
	} else {
		status->state = r.state == CS_DESK_ACTED
		    ? CS_WIRE_REPORT_ACTED
		    : CS_WIRE_REPORT_CLOSED;
		if (d->answer[0] == '\0')
			snprintf(d->answer, sizeof d->answer,
			    "It was decided already.");
	}
	status->answer = cs_view_str(d->answer);
	return CS_OK;
}

static enum cs_err
save_meta(struct cs_desk *d, const struct cs_desk_report *r)
{
	struct cs_buf meta = { 0 }, sealed = { 0 };
	enum cs_err err;

	if ((err = write_meta(&meta, r)) == CS_OK &&
	    (err = cs_vault_seal(&sealed, &d->key, META, CS_VIEW_OF(r->id),
		 cs_buf_view(&meta))) == CS_OK)
		err = cs_db_exec(d->db, "UPDATE report SET meta=? WHERE id=?",
		    cs_blob(cs_buf_view(&sealed)), cs_blob(CS_VIEW_OF(r->id)));
	cs_buf_free(&meta);
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_report_set_state(
    struct cs_desk *d, const uint8_t id[static 16], enum cs_desk_state state)
{
	struct cs_desk_report r;
	enum cs_err err;

	if ((err = load_row(&r, d, id)))
		return err;
	/* Sealed with the rest: whoever can write to the file cannot open what
	 * was rejected. */
	r.state = state;
	return save_meta(d, &r);
}

enum cs_err
desk_report_forget(struct cs_desk *d, const uint8_t id[static 16])
{
	struct cs_desk_report r;
	enum cs_err err;

	if ((err = load_row(&r, d, id)))
		return err;
	r.reporter[0] = r.reported[0] = r.problem[0] = '\0';
	return save_meta(d, &r);
}

enum cs_err
desk_reply_key(
    uint8_t out[static 32], struct cs_desk *d, const uint8_t id[static 16])
{
	struct cs_buf plain = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db, "SELECT reply FROM report WHERE id=?",
	    cs_blob(cs_view(id, 16)));
	if (err == CS_OK) {
		/* From before the desk could answer: NULL. */
		if (cs_rows_next(&rows) && !cs_col_null(&rows, 0))
			err = cs_vault_open(&plain, &d->key, REPLY,
			    cs_view(id, 16), cs_col_blob(&rows, 0));
		else
			err = CS_ERR_NOT_FOUND;
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_OK && plain.len != 32)
		err = CS_ERR_CORRUPT;
	if (err == CS_OK)
		memcpy(out, plain.data, 32);
	cs_buf_free(&plain);
	return err;
}

enum cs_err
desk_day_count(struct cs_desk *d, enum desk_day what)
{
	return cs_db_exec(d->db,
	    "INSERT INTO day(day,what,n) VALUES(?,?,1)"
	    " ON CONFLICT(day,what) DO UPDATE SET n=n+1",
	    cs_int(cs_clock_ms() / DAY_MS), cs_int(what));
}

/* ---- reading ------------------------------------------------------------ */

enum cs_err
cs_desk_reports(struct cs_desk *d,
    enum cs_err (*each)(void *arg, const struct cs_desk_report *r), void *arg)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,received,meta FROM report ORDER BY received,id");
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_desk_report r;

		if ((err = read_row(&r, d, &rows)) == CS_OK)
			err = each(arg, &r);
	}
	return cs_rows_end(&rows, err);
}

enum cs_err
cs_desk_find(struct cs_desk *d, const char *prefix, uint8_t id[static 16])
{
	char hex[33], low_hex[33], high_hex[33];
	uint8_t low[16], high[16];
	size_t len = strlen(prefix);
	struct cs_rows rows;
	unsigned n = 0;
	enum cs_err err;

	memset(low_hex, '0', 32);
	memset(high_hex, 'f', 32);
	low_hex[32] = high_hex[32] = '\0';
	if (len >= 4 && len <= 32) {
		memcpy(low_hex, prefix, len);
		memcpy(high_hex, prefix, len);
	}
	if (len < 4 || len > 32 || cs_unhex(low, 16, low_hex) != CS_OK ||
	    cs_unhex(high, 16, high_hex) != CS_OK)
		return desk_problem(d, CS_ERR_FORMAT,
		    "A report's number has 4 to 32 of the characters 0-9 a-f, "
		    "as \"reports\" shows them.");
	err = cs_db_query(&rows, d->db,
	    "SELECT id FROM report WHERE id>=? AND id<=? LIMIT 2",
	    cs_blob(CS_VIEW_OF(low)), cs_blob(CS_VIEW_OF(high)));
	while (err == CS_OK && cs_rows_next(&rows)) {
		cs_col_copy(&rows, 0, id, 16);
		n++;
	}
	if ((err = cs_rows_end(&rows, err)))
		return err;
	snprintf(hex, sizeof hex, "%s", prefix);
	if (n == 0)
		return desk_problem(d, CS_ERR_NOT_FOUND,
		    "There is no report whose number begins with %s.", hex);
	if (n > 1)
		return desk_problem(d, CS_ERR_EXISTS,
		    "More than one report's number begins with %s.", hex);
	return CS_OK;
}

enum cs_err
cs_desk_load(
    struct cs_desk_case *out, struct cs_desk *d, const uint8_t id[static 16])
{
	struct cs_rows rows;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = load_row(&out->report, d, id)))
		return err;
	err = cs_db_query(&rows, d->db, "SELECT bundle FROM report WHERE id=?",
	    cs_blob(cs_view(id, 16)));
	if (err == CS_OK && cs_rows_next(&rows))
		err = cs_vault_open(&out->bundle, &d->key, BUNDLE,
		    cs_view(id, 16), cs_col_blob(&rows, 0));
	err = cs_rows_end(&rows, err);
	if (err == CS_OK) {
		err = cs_evidence_check(
		    &out->evidence, cs_buf_view(&out->bundle), d->hub.root);
		/* What is not even a bundle can still be looked at. */
		if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS)
			err = CS_OK;
	}
	if (err)
		cs_desk_case_clear(out);
	return err;
}

void
cs_desk_case_clear(struct cs_desk_case *c)
{
	cs_evidence_free(c->evidence);
	cs_buf_free(&c->bundle);
	memset(c, 0, sizeof *c);
}
