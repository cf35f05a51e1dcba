/* SPDX-License-Identifier: MIT */
/* A case as pages show it: what was reported, with its proof. */
#include "desk/show/case.h"

#include <string.h>

#include "base/text.h"
#include "content/evidence.h"
#include "content/evidence_write.h"
#include "content/mimi.h"
#include "content/proof.h"
#include "desk/cases/case.h"
#include "desk/cases/entry.h"
#include "desk/cases/queue.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/decisions/appeal.h"
#include "desk/decisions/decision.h"
#include "desk/photos/index.h"
#include "desk/photos/media.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/vault.h"

#define EVENTS_MAX 200

/* ---- one item ----------------------------------------------------------- */

static void
link(json_t *links, const char *name, const char *text, enum cs_err result,
    enum cs_err *err)
{
	json_t *o = json_object();

	json_put_str(o, "name", name, err);
	json_put_str(o, "text", text, err);
	json_put_bool(o, "ok", result == CS_OK, err);
	json_put_str(
	    o, "problem", result != CS_OK ? cs_err_text(result) : "", err);
	json_push(links, o, err);
}

/* Every link of the verifier, in the order in which they hold one another. */
static json_t *
links(const struct cs_evidence *e, const struct cs_evidence_item *item,
    enum cs_err *err)
{
	json_t *list = json_array();

	for (int l = 0; l < CS_LINKS; l++)
		link(list, cs_link_name((enum cs_link)l),
		    cs_link_text((enum cs_link)l), item->proof.links[l], err);
	link(list, "order", "the messages stand in the order shown",
	    item->chain, err);
	for (size_t k = 0; k < item->n_media; k++)
		link(list, "file", "the file is the one that was sent",
		    item->media[k].err, err);
	link(list, "reporter",
	    "the report is as its reporter signed it, the note included",
	    e->reporter_err, err);
	link(list, "operator", "it names the operator of this hub", e->root_err,
	    err);
	link(list, "keys", "it names no key that nothing uses", e->keys_err,
	    err);
	return list;
}

/* Rows of the item ${id}; sizes and names from its body. */
static json_t *
media(struct cs_desk *d, uint64_t id, const struct cs_mimi_content *content,
    enum cs_err *out_err)
{
	json_t *list = json_array();
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,place,state,sealed FROM media WHERE item=?"
	    " ORDER BY place",
	    cs_int(id));
	while (err == CS_OK && cs_rows_next(&rows)) {
		static const char *const copied[] = { "photo", "quality",
			"copies", "problem" };
		uint64_t place = cs_col_int(&rows, 1);
		json_t *matches = json_array();
		bool acted = false;
		char name[CS_MIMI_FILENAME_MAX + 1];
		json_t *doc, *o = json_object();

		err = desk_doc_open_id(&doc, d, "media", cs_col_int(&rows, 0),
		    cs_col_blob(&rows, 3));
		json_put_id(o, "id", cs_col_int(&rows, 0), &err);
		json_put_str(o, "state",
		    desk_media_state_name((unsigned)cs_col_int(&rows, 2)),
		    &err);
		if (place < content->n_external) {
			cs_mimi_filename(
			    name, content->external[place].filename);
			json_put_view(o, "type",
			    content->external[place].content_type, &err);
			json_put_num(o, "size",
			    content->external[place].plain_size, &err);
			json_put_str(o, "name", name, &err);
		}
		for (size_t i = 0; i < sizeof copied / sizeof *copied; i++) {
			json_t *v = json_object_get(doc, copied[i]);

			if (v != NULL)
				json_put(o, copied[i], json_incref(v), &err);
		}
		if (err == CS_OK)
			err = desk_index_matches_now(matches, &acted, d,
			    json_object_get(doc, "matches"));
		json_put(o, "matches", matches, &err);
		json_put_bool(o, "decided", acted, &err);
		json_decref(doc);
		json_push(list, o, &err);
	}
	if ((err = cs_rows_end(&rows, err)) && *out_err == CS_OK)
		*out_err = err;
	return list;
}

static enum cs_err
set_text(json_t *o, struct cs_desk *d, uint64_t id,
    const struct cs_mimi_content *content, struct cs_view redacted)
{
	struct cs_buf plain = { 0 };
	uint8_t row[8];
	enum cs_err err = CS_OK;

	cs_vault_row(row, id);
	if (redacted.len != 0) {
		if ((err = cs_vault_open(&plain, &d->key, "item.redacted",
			 CS_VIEW_OF(row), redacted)) == CS_OK)
			json_put_view(o, "text", cs_buf_view(&plain), &err);
	} else {
		json_put_view(o, "text",
		    content->has_text ? content->text : cs_view("", 0), &err);
	}
	json_put_bool(o, "redacted", redacted.len != 0, &err);
	cs_buf_free(&plain);
	return err;
}

/* The reporter's number in the case: 1 and up. */
static uint64_t
reporter_number(const struct desk_case *c, const struct cs_evidence *e)
{
	char hex[33];
	json_t *o;
	size_t i;

	cs_hex(hex, CS_VIEW_OF(e->reporter.account));
	json_array_foreach (json_object_get(c->doc, "reporters"), i, o)
		if (strcmp(json_get_str(o, "account"), hex) == 0)
			return i + 1;
	return 0;
}

static enum cs_err
show_item(json_t *o, struct cs_desk *d, const struct desk_case *c,
    const struct cs_evidence *e, const struct cs_evidence_item *item,
    uint64_t id, struct cs_view redacted)
{
	const struct cs_stamp *s = &item->capsule.stamp;
	const char *reason = cs_reason_name(e->reason);
	json_t *account = json_object();
	enum cs_err err = CS_OK;

	json_put_id(o, "id", id, &err);
	json_put_hex(o, "report", CS_VIEW_OF(e->report_id), &err);
	json_put_num(o, "reporter", reporter_number(c, e), &err);
	json_put_hex(account, "id", CS_VIEW_OF(s->account), &err);
	json_put_view(account, "handle",
	    item->proof.links[CS_LINK_CERT] == CS_OK ? item->proof.cert.handle
						     : cs_view("", 0),
	    &err);
	json_put(o, "account", account, &err);
	json_put_hex(o, "group", cs_view(s->group_ref, 4), &err);
	json_put_num(o, "seq", s->group_seq, &err);
	json_put_num(o, "accepted_ms", s->accepted_ms, &err);
	json_put_num(o, "claimed_ms", item->capsule.claimed_ms, &err);
	json_put_bool(o, "clocks_differ", item->proof.clocks_differ, &err);
	json_put_num(o, "undisclosed", item->undisclosed, &err);
	json_put_bool(o, "repeated", item->repeated, &err);
	json_put_bool(o, "proved", desk_report_item_proved(e, item), &err);
	json_put(o, "links", links(e, item, &err), &err);
	json_put_str(o, "reason", reason != NULL ? reason : "other", &err);
	json_put_view(o, "note", e->note, &err);
	json_put(o, "media", media(d, id, &item->proof.content, &err), &err);
	return err ? err : set_text(o, d, id, &item->proof.content, redacted);
}

/* Items of one report stand together, and its bundle is opened once. */
static enum cs_err
show_items(
    json_t *items, struct cs_desk *d, const struct desk_case *c, uint64_t after)
{
	struct cs_desk_report_opened r = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,report,place,redacted,joined FROM item"
	    " WHERE case_id=? AND id>?"
	    " ORDER BY id LIMIT ?",
	    cs_int(c->id), cs_int(after), cs_int(CS_DESK_ITEMS_PAGE));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint64_t place = cs_col_int(&rows, 2);
		uint8_t report[16];
		json_t *o;

		cs_col_copy(&rows, 1, report, sizeof report);
		if (r.evidence == NULL ||
		    memcmp(report, r.report.id, sizeof report) != 0) {
			cs_desk_report_clear(&r);
			if ((err = cs_desk_report_load(&r, d, report)))
				break;
		}
		if (r.evidence == NULL || place >= r.evidence->n_items)
			continue; /* destroyed */
		o = json_object();
		err = show_item(o, d, c, r.evidence, &r.evidence->items[place],
		    cs_col_int(&rows, 0), cs_col_blob(&rows, 3));
		/* Who read an earlier version has not seen it. */
		json_put_num(o, "since_version", cs_col_int(&rows, 4), &err);
		json_push(items, o, &err);
	}
	cs_desk_report_clear(&r);
	return cs_rows_end(&rows, err);
}

/* ---- what stands around them -------------------------------------------- */

/* Reporters as numbers; how reliable each has been, and not who. */
static enum cs_err
add_reporters(json_t *out, struct cs_desk *d, const struct desk_case *c)
{
	json_t *list = json_array(), *o;
	enum cs_err err = CS_OK;
	size_t i;

	json_array_foreach (json_object_get(c->doc, "reporters"), i, o) {
		uint64_t reports = 0, rejected = 0;
		json_t *one = json_object();
		uint8_t account[16];
		enum cs_err e;

		if (!json_get_hex(account, sizeof account, o, "account"))
			err = CS_ERR_CORRUPT;
		e = cs_db_get_int(&reports, d->db,
		    "SELECT reports FROM reporter WHERE account=?",
		    cs_blob(CS_VIEW_OF(account)));
		if (e == CS_OK)
			e = cs_db_get_int(&rejected, d->db,
			    "SELECT rejected FROM reporter WHERE account=?",
			    cs_blob(CS_VIEW_OF(account)));
		if (e != CS_OK && e != CS_ERR_NOT_FOUND && err == CS_OK)
			err = e;
		json_put_num(one, "n", i + 1, &err);
		json_put_num(one, "reports", reports, &err);
		json_put_num(one, "rejected", rejected, &err);
		json_put_num(one, "here", json_get_num(o, "reports"), &err);
		json_push(list, one, &err);
	}
	json_put(out, "reporters", list, &err);
	return err;
}

static enum cs_err
add_earlier_of(json_t *list, struct cs_desk *d, uint64_t this,
    const uint8_t account[static 16])
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT case_id FROM case_account WHERE account=? AND case_id<>?"
	    " ORDER BY case_id DESC LIMIT 50",
	    cs_blob(cs_view(account, 16)), cs_int(this));
	while (err == CS_OK && cs_rows_next(&rows)) {
		json_t *o, *decisions = json_array(), *actions = json_array();
		uint64_t id = cs_col_int(&rows, 0);
		struct desk_case c;
		json_t *one;
		size_t i;

		err = desk_case_load(&c, d, id);
		/* One that is damaged on the disk stands in the queue. */
		if (err == CS_ERR_CORRUPT)
			err = CS_OK;
		if (err || desk_case_state(&c) == CS_DESK_CASE_CLOSED) {
			desk_case_clear(&c);
			json_decref(decisions);
			json_decref(actions);
			continue;
		}
		err = desk_decisions(decisions, d, id);
		json_array_foreach (decisions, i, one)
			json_push(actions,
			    json_incref(json_object_get(one, "action")), &err);
		o = json_object();
		json_put_id(o, "case", id, &err);
		json_put_str(o, "reason", json_get_str(c.doc, "reason"), &err);
		json_put_str(o, "state", json_get_str(c.doc, "state"), &err);
		json_put(o, "actions", actions, &err);
		json_push(list, o, &err);
		json_decref(decisions);
		desk_case_clear(&c);
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
add_earlier(json_t *out, struct cs_desk *d, const struct desk_case *c)
{
	json_t *list = json_array(), *o;
	enum cs_err err = CS_OK;
	size_t i;

	json_array_foreach (json_object_get(c->doc, "accounts"), i, o) {
		uint8_t account[16];

		if (i >= 20 || err ||
		    !json_get_hex(account, sizeof account, o, "id"))
			break;
		err = add_earlier_of(list, d, c->id, account);
	}
	json_put(out, "earlier", list, &err);
	return err;
}

/* What of ${line} was new: the log has all of it, before and after. */
static json_t *
changed(const json_t *line, enum cs_err *err)
{
	const json_t *before = json_object_get(line, "before");
	json_t *out = json_object(), *v;
	const char *key;

	json_object_foreach (json_object_get(line, "after"), key, v)
		if (!json_equal(v, json_object_get(before, key)))
			json_put(out, key, json_incref(v), err);
	return out;
}

static enum cs_err
add_events(json_t *out, struct cs_desk *d, uint64_t case_id)
{
	json_t *lines = json_array(), *events = json_array(), *line;
	enum cs_err err;
	size_t i;

	err = desk_audit_page(lines, d, INT64_MAX, case_id, EVENTS_MAX);
	json_array_foreach (lines, i, line) {
		json_t *o = json_object();

		json_put_num(o, "at_ms", json_get_num(line, "at_ms"), &err);
		json_put_str(o, "by", json_get_str(line, "actor"), &err);
		json_put_str(o, "what", json_get_str(line, "what"), &err);
		json_put(o, "args", changed(line, &err), &err);
		json_push(events, o, &err);
	}
	json_decref(lines);
	json_put(out, "events", events, &err);
	return err;
}

static enum cs_err
add_list(json_t *out, const char *key, json_t *list, enum cs_err err)
{
	json_put(out, key, list, &err);
	return err;
}

enum cs_err
cs_desk_case_show(json_t *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, uint64_t items_after)
{
	json_t *row = NULL, *items, *notes, *attached, *asked, *made, *appeals;
	json_t *hold;
	struct desk_case c;
	enum cs_err err = desk_case_load(&c, d, id);

	if (err || (err = desk_case_row(&row, d, &c)))
		goto out;
	if (json_object_update(out, row) != 0)
		err = CS_ERR_NOMEM;
	items = json_array();
	notes = json_array();
	attached = json_array();
	asked = json_array();
	made = json_array();
	appeals = json_array();
	err = err ? err
		  : add_list(out, "items", items,
			show_items(items, d, &c, items_after));
	/* How many there are; the list has a page of them. */
	json_put_num(out, "items_total", json_get_num(c.doc, "items"), &err);
	if (err ||
	    (err = add_list(out, "notes", notes,
		 desk_entries(notes, d, id, CS_DESK_NOTE, CS_DESK_OPINION))) ||
	    (err = add_list(out, "attachments", attached,
		 desk_entries(attached, d, id, CS_DESK_ATTACHMENT,
		     CS_DESK_ATTACHMENT))) ||
	    (err = add_list(out, "questions", asked,
		 desk_entries(
		     asked, d, id, CS_DESK_QUESTION, CS_DESK_QUESTION))) ||
	    (err = add_list(
		 out, "decisions", made, desk_decisions(made, d, id))) ||
	    (err = add_list(out, "appeals", appeals,
		 desk_appeals(appeals, d, actor, id))) ||
	    (err = add_reporters(out, d, &c)) ||
	    (err = add_earlier(out, d, &c)) || (err = add_events(out, d, id)))
		goto out;
	hold = json_object_get(c.doc, "hold");
	json_put(
	    out, "hold", hold != NULL ? json_incref(hold) : json_null(), &err);
	if (json_get_num(c.doc, "merged_into") != 0)
		json_put_id(out, "merged_into",
		    json_get_num(c.doc, "merged_into"), &err);
	else
		json_put(out, "merged_into", json_null(), &err);
out:
	json_decref(row);
	desk_case_clear(&c);
	return err;
}

/* ---- an account --------------------------------------------------------- */

static enum cs_err
add_cases_of(json_t *out, struct cs_desk *d, const uint8_t account[static 16])
{
	json_t *list = json_array();
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT case_id FROM case_account WHERE account=?"
	    " ORDER BY case_id DESC LIMIT 200",
	    cs_blob(cs_view(account, 16)));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct desk_case c;
		json_t *row = NULL, *o;
		size_t i;

		err = desk_case_load(&c, d, cs_col_int(&rows, 0));
		if (err == CS_ERR_CORRUPT)
			err = CS_OK;
		json_array_foreach (json_object_get(c.doc, "accounts"), i, o) {
			uint8_t id[16];

			if (json_get_hex(id, sizeof id, o, "id") &&
			    memcmp(id, account, sizeof id) == 0)
				json_put_str(out, "handle",
				    json_get_str(o, "handle"), &err);
		}
		if (err == CS_OK &&
		    desk_case_state(&c) != CS_DESK_CASE_CLOSED) {
			err = desk_case_row(&row, d, &c);
			json_push(list, row, &err);
		}
		desk_case_clear(&c);
	}
	err = cs_rows_end(&rows, err);
	json_put(out, "cases", list, &err);
	return err;
}

/* What our own actions have left of it; the hub knows the rest. */
static const char *
account_state(const json_t *decisions)
{
	const json_t *o;
	size_t i;

	json_array_foreach (decisions, i, o) {
		const char *action = json_get_str(o, "action");

		if (strncmp(action, "disable", 7) == 0 &&
		    strcmp(json_get_str(o, "state"), "applied") == 0 &&
		    json_is_null(json_object_get(o, "reverses")) &&
		    (json_get_num(o, "until_ms") == 0 ||
			json_get_num(o, "until_ms") > cs_clock_ms()))
			return "disabled";
	}
	return "active";
}

enum cs_err
cs_desk_account_show(json_t *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t account[static 16])
{
	json_t *decisions = json_array(), *appeals = json_array();
	uint64_t reports = 0, rejected = 0;
	enum cs_err err = CS_OK, e;

	json_put_hex(out, "id", cs_view(account, 16), &err);
	json_put_str(out, "handle", "", &err);
	if (err == CS_OK)
		err = add_cases_of(out, d, account);
	if (err == CS_OK && json_array_size(json_object_get(out, "cases")) == 0)
		/* Whoever was never reported cannot be looked up. */
		err = CS_ERR_NOT_FOUND;
	if (err == CS_OK)
		err = desk_decisions_of(decisions, d, account);
	if (err == CS_OK)
		err = desk_appeals_of(appeals, d, actor, account);
	e = cs_db_get_int(&reports, d->db,
	    "SELECT reports FROM reporter WHERE account=?",
	    cs_blob(cs_view(account, 16)));
	if (e == CS_OK)
		e = cs_db_get_int(&rejected, d->db,
		    "SELECT rejected FROM reporter WHERE account=?",
		    cs_blob(cs_view(account, 16)));
	if (e != CS_OK && e != CS_ERR_NOT_FOUND && err == CS_OK)
		err = e;
	json_put_str(out, "state", account_state(decisions), &err);
	json_put_num(out, "reports_made", reports, &err);
	json_put_num(out, "reports_rejected", rejected, &err);
	json_put(out, "decisions", decisions, &err);
	json_put(out, "appeals", appeals, &err);
	return err;
}
