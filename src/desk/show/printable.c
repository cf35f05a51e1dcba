/* SPDX-License-Identifier: MIT */
#include "desk/show/printable.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "base/units.h"
#include "content/mimi.h"
#include "content/mimi_names.h"
#include "content/photo_look.h"
#include "desk/cases/case.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/decisions/decision.h"
#include "desk/photos/media.h"
#include "desk/photos/photo.h"
#include "desk/reports/custody.h"
#include "desk/reports/filing.h"
#include "desk/reports/report.h"
#include "desk/show/item.h"
#include "franking/filing.h"
#include "store/clock.h"
#include "store/db.h"

static const char head[] =
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\""
    " content=\"default-src 'none'; style-src 'unsafe-inline'; img-src "
    "data:\">\n"
    "<style>body{font:11pt/1.4 serif;max-width:46em;margin:2em auto}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;"
    "padding:.2em .4em;text-align:start;vertical-align:top}"
    "blockquote{border-inline-start:3px solid #999;margin-inline:0;"
    "padding-inline:1em;white-space:pre-wrap;overflow-wrap:anywhere}"
    "h2{break-after:avoid}</style>\n";

struct page {
	struct cs_buf *out;
	struct cs_desk *d;
	const struct cs_desk_actor *actor;
	enum cs_desk_print_photos photos;
	enum cs_err err;
};

static void
raw(struct page *p, const char *s)
{
	if (p->err == CS_OK)
		p->err = cs_buf_add(p->out, cs_view_str(s));
}

/* Escape text, so that no markup of others gets through. */
static void
text_view(struct page *p, struct cs_view v)
{
	while (v.len != 0) {
		const uint8_t *at = v.data;
		char one[16] = "";
		size_t n;
		uint32_t x = cs_utf8_next(&v, &n);

		if (cs_utf8_hidden(x) && x != '\n' && x != '\t')
			snprintf(one, sizeof one, "\\u{%x}", (unsigned)x);
		else
			memcpy(one, at, n); /* 4 bytes at most */
		raw(p,
		    *one == '<'       ? "&lt;"
			: *one == '>' ? "&gt;"
			: *one == '&' ? "&amp;"
			: *one == '"' ? "&quot;"
				      : one);
	}
}

static void
text(struct page *p, const char *s)
{
	text_view(p, cs_view_str(s));
}

static void
when(struct page *p, uint64_t ms)
{
	time_t s = (time_t)(ms / CS_SECOND_MS);
	char out[40] = "";
	struct tm tm;

	if (gmtime_r(&s, &tm) != NULL)
		strftime(out, sizeof out, "%Y-%m-%d %H:%M:%S UTC", &tm);
	text(p, out);
}

static void
row_view(struct page *p, const char *name, struct cs_view value)
{
	raw(p, "<tr><th>");
	text(p, name);
	raw(p, "<td>");
	text_view(p, value);
	raw(p, "\n");
}

static void
row(struct page *p, const char *name, const char *value)
{
	row_view(p, name, cs_view_str(value));
}

static void
row_hex(struct page *p, const char *name, struct cs_view v)
{
	char hex[2 * CS_HASH_LEN + 1];

	cs_hex(hex, v);
	row(p, name, hex);
}

static void
number(struct page *p, const char *name, uint64_t n)
{
	char s[24];

	snprintf(s, sizeof s, "%llu", (unsigned long long)n);
	row(p, name, s);
}

static void
time_row(struct page *p, const char *name, uint64_t ms)
{
	raw(p, "<tr><th>");
	text(p, name);
	raw(p, "<td>");
	when(p, ms);
	raw(p, "\n");
}

/* Write base64 (RFC 4648, section 4). */
static void
base64(struct page *p, struct cs_view v)
{
	char four[8];

	for (size_t i = 0; i < v.len && p->err == CS_OK; i += 3) {
		size_t n = v.len - i < 3 ? v.len - i : 3;

		cs_base64url(four, cs_view(v.data + i, n));
		for (char *c = four; *c != '\0'; c++)
			*c = *c == '-' ? '+' : *c == '_' ? '/' : *c;
		raw(p, four);
		raw(p, n == 1 ? "==" : n == 2 ? "=" : "");
	}
}

/* A number in running text. */
static void
digits(struct page *p, uint64_t n)
{
	char s[24];

	snprintf(s, sizeof s, "%llu", (unsigned long long)n);
	text(p, s);
}

/* ---- messages ----------------------------------------------------------- */

/* A photo, or why there is none. */
static void
photo(struct page *p, uint64_t media)
{
	struct cs_buf picture = { 0 };
	const char *type = NULL;
	enum cs_err err;

	err = cs_desk_photo_picture(
	    &picture, &type, p->d, p->actor, media, CS_PHOTO_LEVEL_SMALL);
	if (err == CS_OK) {
		raw(p, "<p><img alt=\"photo\" src=\"data:");
		raw(p, type);
		raw(p, ";base64,");
		base64(p, cs_buf_view(&picture));
		raw(p, "\"></p>\n");
	} else if (cs_err_class(err) == CS_ERR_CLASS_THEIRS) {
		raw(p, "<p>It cannot be shown: ");
		text(p, cs_desk_problem(p->d));
		raw(p, "</p>\n");
	} else if (p->err == CS_OK) {
		p->err = err;
	}
	cs_buf_free(&picture);
}

/* The photos and files of an item, being printed. */
struct listing {
	struct page *p;
	const struct cs_mimi_content *content;
};

static enum cs_err
media(void *arg, const struct desk_media_row *m)
{
	const struct listing *l = arg;
	struct page *p = l->p;
	bool shown = p->photos == CS_DESK_PRINT_PHOTOS && m->facts.photo;
	char name[CS_MIMI_FILENAME_MAX + 1] = "";
	struct cs_view type = { 0 };

	if (m->place < l->content->n_external) {
		type = l->content->external[m->place].content_type;
		cs_mimi_filename(name, l->content->external[m->place].filename);
	}
	raw(p, shown ? "<p>Photo: " : "<p>Photo or file, left out: ");
	text_view(p, type);
	raw(p, ", ");
	text(p, name);
	raw(p, " (");
	text(p, desk_media_state_name(m->state));
	raw(p, ")</p>\n");
	if (shown)
		photo(p, m->id);
	return p->err;
}

static void
link_line(void *arg, const struct desk_link *link)
{
	struct page *p = arg;

	raw(p, link->result == CS_OK ? "<li>yes: " : "<li>NO: ");
	text(p, link->text);
	if (link->result != CS_OK) {
		raw(p, " (");
		text(p, cs_err_text(link->result));
		raw(p, ")");
	}
	raw(p, "\n");
}

static void
item_table(struct page *p, const struct desk_item *i)
{
	const struct cs_stamp *stamp = &i->item->capsule.stamp;
	char group[CS_GROUP_REF_TEXT_SIZE];

	raw(p, "<h2>Message ");
	digits(p, i->id);
	raw(p,
	    desk_report_item_proved(i->evidence, i->item)
		? ": proved</h2>\n<table>\n"
		: ": NOT proved</h2>\n<table>\n");
	row(p, "Kind", cs_mimi_kind_name(&i->item->proof.content));
	if (*desk_item_later(i) != '\0')
		row(p, "Later, by its author", desk_item_later(i));
	row_view(p, "Account", desk_item_handle(i));
	row_hex(p, "Account id", CS_VIEW_OF(stamp->account));
	cs_group_ref_text(group, stamp->group_ref);
	row(p, "Group", group);
	number(p, "Number in the group", stamp->group_seq);
	time_row(p, "Accepted by the operator", stamp->accepted_ms);
	time_row(p, "Claimed by the sender", i->item->capsule.claimed_ms);
	number(p, "Undisclosed before it", i->item->undisclosed);
	row_hex(p, "Report", cs_view(i->report, CS_ID_LEN));
	if (i->filing != 0)
		number(p, "Came with notice", i->filing);
	else
		number(p, "Reporter (a number)", i->reporter);
	raw(p, "</table>\n");
}

static enum cs_err
item(void *arg, const struct desk_item *i)
{
	struct page *p = arg;
	struct listing l = { .p = p, .content = &i->item->proof.content };

	item_table(p, i);
	raw(p, "<blockquote dir=\"auto\">");
	text_view(p, i->text);
	raw(p, "</blockquote>\n");
	if (i->redacted)
		raw(p,
		    "<p>This is the working copy, redacted; the bundle has "
		    "the original.</p>\n");
	raw(p, "<ul>\n");
	desk_item_links(i, link_line, p);
	raw(p, "</ul>\n");
	return p->err ? p->err : desk_media_of_item(p->d, i->id, media, &l);
}

/* ---- what was filed ----------------------------------------------------- */

static void
answers(struct page *p, const struct desk_filing *f)
{
	for (size_t i = 0; i < f->answers.n; i++) {
		const struct desk_filing_answer *a = &f->answers.at[i];

		time_row(p, "Answered", a->at_ms);
		row(p, "Outcome", cs_filing_outcome_name((uint8_t)a->outcome));
		row(p, "Answer", desk_string(a->text));
	}
}

/* Who filed it is on no paper. */
static void
filing_table(struct page *p, const struct desk_filing *f)
{
	const struct cs_filing_term *term =
	    cs_filing_term((uint8_t)f->category);

	raw(p, "<h2>Filed from outside: ");
	text(p, cs_filing_what_name((uint8_t)f->what));
	raw(p, " ");
	digits(p, f->id);
	raw(p, "</h2>\n<table>\n");
	row(p, "Category", term != NULL ? term->title : "");
	row(p, "Organisation", f->name);
	if (f->key_state == DESK_KEY_UNPROVED)
		row(p, "Named by the operator, not signed", f->claimed);
	if (!desk_filing_is_by_nobody(f) && !desk_filing_is_by_known(f))
		row(p, "Its key", "not the one that was known");
	row_hex(p, "Commitment", CS_VIEW_OF(f->commitment));
	time_row(p, "Received by the operator", f->received_ms);
	if (f->due_ms != 0)
		time_row(p, "To be answered by", f->due_ms);
	answers(p, f);
	raw(p, "</table>\n");
}

static enum cs_err
filing(void *arg, const struct desk_filing *f)
{
	struct page *p = arg;
	struct desk_filing_opened o;
	enum cs_err err = desk_filing_open(&o, p->d, f->id);

	filing_table(p, f);
	if (err == CS_OK && o.body != NULL) {
		raw(p, "<blockquote dir=\"auto\">");
		text_view(p, o.body->text);
		raw(p, "</blockquote>\n<ul>\n");
		for (size_t i = 0; i < o.body->n_places; i++) {
			raw(p, "<li>");
			text_view(p, o.body->places[i].value);
			raw(p, "\n");
		}
		raw(p, "</ul>\n");
	}
	desk_filing_opened_clear(&o);
	return err ? err : p->err;
}

/* ---- the case ----------------------------------------------------------- */

static enum cs_err
decision(void *arg, const struct desk_decision *dec)
{
	struct page *p = arg;

	raw(p, "<tr><td>");
	when(p, dec->made_ms);
	raw(p, "<td>");
	text(p, cs_desk_action_name(dec->action));
	raw(p, "<td>");
	text(p, dec->reason);
	raw(p, "<td>");
	text(p, desk_decision_state_name(dec->state));
	raw(p, "<td>");
	text(p, desk_string(dec->facts));
	raw(p, "\n");
	return p->err;
}

static void
case_table(struct page *p, const struct desk_case *c)
{
	raw(p, head);
	raw(p, "<title>Case ");
	digits(p, c->id);
	raw(p, "</title>\n<h1>Case ");
	digits(p, c->id);
	raw(p, "</h1>\n<table>\n");
	row(p, "Hub", p->d->hub.name);
	row(p, "Reason", c->reason);
	number(p, "Severity (5 is the worst)", c->severity);
	row(p, "State", cs_desk_case_state_name(c->state));
	number(p, "Reports", c->reports);
	number(p, "Reporters", c->reporters.n);
	time_row(p, "First reported", c->first_ms);
	time_row(p, "Printed", cs_clock_ms());
	raw(p, "</table>\n");
}

static enum cs_err
case_page(struct page *p, const struct desk_case *c)
{
	const struct desk_items_page all = { .actor = p->actor };
	enum cs_err err;

	case_table(p, c);
	if ((err = desk_filings_of_case(p->d, c->id, filing, p)) ||
	    (err = desk_items(p->d, c, &all, item, p)))
		return err;
	raw(p, "<h2>Decisions</h2>\n<table>\n");
	if ((err = desk_decisions(p->d, c->id, decision, p)))
		return err;
	raw(p,
	    "</table>\n<p>This page proves nothing by itself. The bundles "
	    "(.csev) do, with countersign-verify and the operator's "
	    "key.</p>\n");
	return p->err;
}

static enum cs_err
note_reports(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t case_id)
{
	struct cs_buf ids = { 0 };
	enum cs_err err;

	err = desk_reports_of_case(&ids, d, case_id);
	for (size_t k = 0; k + CS_ID_LEN <= ids.len && err == CS_OK;
	     k += CS_ID_LEN)
		err = desk_custody_add(d, ids.data + k, actor, "printed");
	cs_buf_free(&ids);
	return err;
}

static enum cs_err
note_printed(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t case_id)
{
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = note_reports(d, actor, case_id)) == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){ .actor = actor,
			.case_id = case_id,
			.what = "printed" });
	return cs_db_end(d->db, err);
}

enum cs_err
cs_desk_case_print(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t case_id,
    enum cs_desk_print_photos photos)
{
	struct page p = {
		.out = out, .d = d, .actor = actor, .photos = photos
	};
	struct desk_case c;
	enum cs_err err = desk_case_load(&c, d, case_id);

	if (err == CS_OK && (err = case_page(&p, &c)) == CS_OK)
		err = note_printed(d, actor, case_id);
	desk_case_clear(&c);
	return err;
}
