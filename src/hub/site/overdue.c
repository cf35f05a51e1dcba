/* SPDX-License-Identifier: MIT */
#include "hub/site/overdue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "hub/site/answer.h"
#include "hub/site/far.h"
#include "hub/site/html.h"
#include "hub/site/refuse.h"
#include "store/clock.h"

/* ---- as a page ----------------------------------------------------------- */

static uint64_t
days_over(uint64_t deadline_ms)
{
	uint64_t now_ms = cs_clock_ms();

	return now_ms > deadline_ms ? (now_ms - deadline_ms) / CS_DAY_MS : 0;
}

static void
put_row(struct site_html *h, const struct cs_wire_filing_overdue *f)
{
	const struct cs_filing_term *term = cs_filing_term(f->category);
	char key[64], what[64];

	snprintf(key, sizeof key, "category.%s",
	    term != NULL ? term->name : "other");
	snprintf(what, sizeof what, "what.%s", cs_filing_what_name(f->what));
	site_put(h,
	    "<tr><td data-head=\"%w\">%d</td><td data-head=\"%w\">%w</td>"
	    "<td data-head=\"%w\">%w</td><td data-head=\"%w\">%t</td>"
	    "<td data-head=\"%w\">%d</td>",
	    "field.number", f->number, "field.what", what, "field.category",
	    key, "field.deadline", f->deadline_ms, "field.days",
	    days_over(f->deadline_ms));
	/* Empty, it has no head on a telephone. */
	site_put(h, "<td data-head=\"%w\">", "field.organisation");
	if (f->organisation.len != 0)
		site_put(h, "<bdi>%v</bdi>", &f->organisation);
	site_put(h, "</td></tr>");
}

static void
show(struct site_visit *v, const struct cs_wire_frame *answer)
{
	struct cs_wire_filings_overdue list;
	struct cs_wire_filing_overdue f;
	struct cs_view rest;
	struct site_html h;

	if (!site_answered(&list, &cs_wire_filings_overdue_shape, v, answer))
		return;
	h = site_html(v, "overdue.title");
	site_put(&h, "<p>%w</p>", "overdue.what");
	rest = list.filings.raw;
	if (list.filings.n == 0)
		site_put(&h, "<p class=good>%w</p>", "overdue.none");
	else
		site_put(&h,
		    "<div class=\"wide rows\" role=region tabindex=0 "
		    "aria-label=\"%w\"><table><thead><tr><th>%w</th><th>%w</th>"
		    "<th>%w</th><th>%w</th><th>%w</th><th>%w</th></tr></thead>"
		    "<tbody>",
		    "overdue.title", "field.number", "field.what",
		    "field.category", "field.deadline", "field.days",
		    "field.organisation");
	while (cs_wire_next(&f, &cs_wire_filing_overdue_shape, &rest))
		put_row(&h, &f);
	if (list.filings.n != 0)
		site_put(&h, "</tbody></table></div>");
	if (list.filings.n == CS_WIRE_FILINGS_MAX)
		site_put(&h,
		    "<p><a href=\"/notices/overdue?after=%d\">%w</a></p>",
		    f.number, "more.rows");
	site_put(&h,
	    "<p class=quiet><a href=\"/notices/overdue.json\">JSON</a> · "
	    "<a href=\"/notices/overdue.atom\">Atom</a></p><p "
	    "class=quiet>%w</p>",
	    "overdue.log");
	site_html_answer(v, &h, 200);
}

/* ---- for programs -------------------------------------------------------- */

static void
show_json(struct site_visit *v, const struct cs_wire_frame *answer)
{
	struct cs_wire_filings_overdue list;
	struct cs_wire_filing_overdue f;
	struct cs_buf text = { .max = CS_BUF_MAX };
	struct cs_json_writer j = cs_json_writer(&text);
	struct cs_view rest;

	if (!site_answered(&list, &cs_wire_filings_overdue_shape, v, answer))
		return;
	cs_json_object(&j, NULL);
	cs_json_string(&j, "hub", v->site->hub);
	cs_json_array(&j, "overdue");
	rest = list.filings.raw;
	while (cs_wire_next(&f, &cs_wire_filing_overdue_shape, &rest)) {
		const struct cs_filing_term *term = cs_filing_term(f.category);

		cs_json_object(&j, NULL);
		cs_json_number(&j, "number", f.number);
		cs_json_string(&j, "what", cs_filing_what_name(f.what));
		cs_json_string(
		    &j, "category", term != NULL ? term->name : "other");
		cs_json_number(&j, "deadline_ms", f.deadline_ms);
		cs_json_number(&j, "days_overdue", days_over(f.deadline_ms));
		if (f.organisation.len != 0)
			cs_json_text(&j, "organisation", f.organisation);
		cs_json_close(&j);
	}
	cs_json_close(&j);
	cs_json_bool(&j, "more", list.filings.n == CS_WIRE_FILINGS_MAX);
	site_answer_json(v, 200, &j);
}

/* ---- as a feed ----------------------------------------------------------- */

/* RFC 3339 */
static const char *
stamp(char out[static 32], uint64_t ms)
{
	time_t s = (time_t)(ms / CS_SECOND_MS);
	struct tm tm;

	out[0] = '\0';
	if (gmtime_r(&s, &tm) != NULL)
		strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return out;
}

static void
put_entry(struct site_html *h, const struct cs_wire_filing_overdue *f)
{
	const struct site *s = h->visit->site;
	const struct cs_filing_term *term = cs_filing_term(f->category);
	char when[32], key[64];

	snprintf(key, sizeof key, "category.%s",
	    term != NULL ? term->name : "other");
	site_put(h,
	    "<entry><id>tag:%s,2026:notice:%d</id><title>%w: %d, %w</title>"
	    "<updated>%s</updated><link href=\"%s/notices/overdue\"/>"
	    "<summary>%w: %s. %v</summary></entry>\n",
	    s->hub, f->number, "overdue.entry", f->number, key,
	    stamp(when, f->deadline_ms), s->origin, "field.deadline", when,
	    &f->organisation);
}

static void
show_atom(struct site_visit *v, const struct cs_wire_frame *answer)
{
	struct cs_wire_filings_overdue list;
	struct cs_wire_filing_overdue f;
	struct site_html h = { .visit = v, .out = { .max = CS_BUF_MAX } };
	struct cs_view rest;
	uint64_t newest_ms = 0;
	char when[32];

	if (!site_answered(&list, &cs_wire_filings_overdue_shape, v, answer))
		return;
	rest = list.filings.raw;
	while (cs_wire_next(&f, &cs_wire_filing_overdue_shape, &rest))
		if (f.deadline_ms > newest_ms)
			newest_ms = f.deadline_ms;
	site_put(&h,
	    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%s\">"
	    "<id>tag:%s,2026:notices</id><title>%w · %s</title>"
	    "<updated>%s</updated><author><name>%s</name></author>"
	    "<link rel=\"self\" href=\"%s/notices/overdue.atom\"/>\n",
	    v->words->code, v->site->hub, "overdue.title", v->site->hub,
	    stamp(when, newest_ms), v->site->hub, v->site->origin);
	rest = list.filings.raw;
	while (cs_wire_next(&f, &cs_wire_filing_overdue_shape, &rest))
		put_entry(&h, &f);
	site_put(&h, "</feed>\n");
	if (h.err)
		site_refuse(v, 500, "unavailable", 0);
	else
		site_answer(v, 200, "application/atom+xml; charset=utf-8",
		    cs_buf_view(&h.out), SITE_KEEP_FRESH);
	cs_buf_free(&h.out);
}

/* ---- asking -------------------------------------------------------------- */

static void
ask(struct site_visit *v, site_step *step)
{
	const char *after = strstr(v->query, "after=");
	struct cs_wire_filings_get m = { 0 };

	if (after != NULL &&
	    sscanf(after + strlen("after="), "%" SCNu64, &m.after) != 1)
		m.after = 0;
	site_far_ask(
	    v, CS_WIRE_FILINGS_OPEN, &cs_wire_filings_get_shape, &m, step);
}

static void
ask_page(struct site_visit *v)
{
	ask(v, show);
}

static void
ask_json(struct site_visit *v)
{
	ask(v, show_json);
}

static void
ask_atom(struct site_visit *v)
{
	ask(v, show_atom);
}

void
site_overdue(struct site_visit *v)
{
	site_far_greet(v, ask_page);
}

void
site_overdue_json(struct site_visit *v)
{
	site_far_greet(v, ask_json);
}

void
site_overdue_atom(struct site_visit *v)
{
	site_far_greet(v, ask_atom);
}
