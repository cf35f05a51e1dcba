/* SPDX-License-Identifier: MIT */
/* A case on paper: HTML of one file, without a script or a link; with photos
 * only when they are asked for. */
#include "desk/show/printable.h"

#include <stdio.h>
#include <time.h>

#include "base/text.h"
#include "content/photo_look.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/store.h"
#include "desk/photos/photo.h"
#include "desk/show/case.h"
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
	bool photos; /* small ones; each is counted as seen */
	enum cs_err err;
};

static void
raw(struct page *p, const char *s)
{
	if (p->err == CS_OK)
		p->err = cs_buf_add(p->out, cs_view_str(s));
}

/* Text of others is text: no markup of theirs gets through. */
static void
text(struct page *p, const char *s)
{
	for (; *s != '\0'; s++) {
		const char one[2] = { *s, '\0' };

		raw(p,
		    *s == '<'       ? "&lt;"
			: *s == '>' ? "&gt;"
			: *s == '&' ? "&amp;"
			: *s == '"' ? "&quot;"
				    : one);
	}
}

static void
when(struct page *p, uint64_t ms)
{
	time_t s = (time_t)(ms / 1000);
	char out[40] = "";
	struct tm tm;

	if (gmtime_r(&s, &tm) != NULL)
		strftime(out, sizeof out, "%Y-%m-%d %H:%M:%S UTC", &tm);
	text(p, out);
}

static void
row(struct page *p, const char *name, const char *value)
{
	raw(p, "<tr><th>");
	text(p, name);
	raw(p, "<td>");
	text(p, value);
	raw(p, "\n");
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

/* RFC 4648, section 4, of our base64url. */
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

/* A photo, or why there is none. */
static void
photo(struct page *p, const json_t *media)
{
	struct cs_buf picture = { 0 };
	const char *type = NULL;
	enum cs_err err;

	err = cs_desk_photo_picture(&picture, &type, p->d, p->actor,
	    json_id_parse(json_get_str(media, "id")), CS_PHOTO_LEVEL_SMALL);
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

static void
item(struct page *p, const json_t *o)
{
	const json_t *account = json_object_get(o, "account"), *v;
	size_t i;

	raw(p, "<h2>Message ");
	text(p, json_get_str(o, "id"));
	raw(p,
	    json_get_bool(o, "proved") ? ": proved</h2>\n<table>\n"
				       : ": NOT proved</h2>\n<table>\n");
	row(p, "Account", json_get_str(account, "handle"));
	row(p, "Account id", json_get_str(account, "id"));
	row(p, "Group", json_get_str(o, "group"));
	number(p, "Number in the group", json_get_num(o, "seq"));
	time_row(p, "Accepted by the operator", json_get_num(o, "accepted_ms"));
	time_row(p, "Claimed by the sender", json_get_num(o, "claimed_ms"));
	number(p, "Undisclosed before it", json_get_num(o, "undisclosed"));
	row(p, "Report", json_get_str(o, "report"));
	number(p, "Reporter (a number)", json_get_num(o, "reporter"));
	raw(p, "</table>\n<blockquote dir=\"auto\">");
	text(p, json_get_str(o, "text"));
	raw(p, "</blockquote>\n");
	if (json_get_bool(o, "redacted"))
		raw(p,
		    "<p>This is the working copy, redacted; the bundle has "
		    "the original.</p>\n");
	raw(p, "<ul>\n");
	json_array_foreach (json_object_get(o, "links"), i, v) {
		raw(p, json_get_bool(v, "ok") ? "<li>yes: " : "<li>NO: ");
		text(p, json_get_str(v, "text"));
		if (!json_get_bool(v, "ok")) {
			raw(p, " (");
			text(p, json_get_str(v, "problem"));
			raw(p, ")");
		}
		raw(p, "\n");
	}
	raw(p, "</ul>\n");
	json_array_foreach (json_object_get(o, "media"), i, v) {
		bool shown = p->photos && json_get_bool(v, "photo");

		raw(p, shown ? "<p>Photo: " : "<p>Photo or file, left out: ");
		text(p, json_get_str(v, "type"));
		raw(p, ", ");
		text(p, json_get_str(v, "name"));
		raw(p, "</p>\n");
		if (shown)
			photo(p, v);
	}
}

static void
decision(struct page *p, const json_t *o)
{
	raw(p, "<tr><td>");
	when(p, json_get_num(o, "made_ms"));
	raw(p, "<td>");
	text(p, json_get_str(o, "action"));
	raw(p, "<td>");
	text(p, json_get_str(o, "reason"));
	raw(p, "<td>");
	text(p, json_get_str(o, "state"));
	raw(p, "<td>");
	text(p, json_get_str(o, "facts"));
	raw(p, "\n");
}

static void
case_page(struct page *p, const struct cs_desk *d, const json_t *o)
{
	const json_t *v;
	size_t i;

	raw(p, head);
	raw(p, "<title>Case ");
	text(p, json_get_str(o, "id"));
	raw(p, "</title>\n<h1>Case ");
	text(p, json_get_str(o, "id"));
	raw(p, "</h1>\n<table>\n");
	row(p, "Hub", d->hub.name);
	row(p, "Reason", json_get_str(o, "reason"));
	number(p, "Severity (5 is the worst)", json_get_num(o, "severity"));
	row(p, "State", json_get_str(o, "state"));
	number(p, "Reports", json_get_num(o, "reports"));
	number(p, "Reporters",
	    json_get_num(o, "reporters") != 0
		? json_get_num(o, "reporters")
		: json_array_size(json_object_get(o, "reporters")));
	time_row(p, "First reported",
	    json_get_num(o, "first_ms") != 0 ? json_get_num(o, "first_ms")
					     : json_get_num(o, "opened_ms"));
	time_row(p, "Printed", cs_clock_ms());
	raw(p, "</table>\n");
	json_array_foreach (json_object_get(o, "items"), i, v)
		item(p, v);
	raw(p, "<h2>Decisions</h2>\n<table>\n");
	json_array_foreach (json_object_get(o, "decisions"), i, v)
		decision(p, v);
	raw(p,
	    "</table>\n<p>This page proves nothing by itself. The bundles "
	    "(.csev) do, with countersign-verify and the operator's "
	    "key.</p>\n");
}

enum cs_err
cs_desk_case_print(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t case_id, bool photos)
{
	struct page p = {
		.out = out, .d = d, .actor = actor, .photos = photos
	};
	json_t *o = json_object();
	enum cs_err err;

	if ((err = cs_desk_case_show(o, d, actor, case_id, 0)) == CS_OK) {
		case_page(&p, d, o);
		err = p.err;
	}
	if (err == CS_OK && (err = cs_db_begin(d->db)) == CS_OK) {
		if ((err = desk_audit_add(d,
			 &(struct desk_audit_event){ .actor = actor,
			     .case_id = case_id,
			     .what = "printed" })) == CS_OK)
			err = cs_db_commit(d->db);
		if (err)
			cs_db_rollback(d->db);
	}
	json_decref(o);
	return err;
}
