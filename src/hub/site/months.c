/* SPDX-License-Identifier: MIT */
#include "hub/site/months.h"

#include <stdio.h>

#include "hub/site/answer.h"
#include "hub/site/far.h"
#include "hub/site/html.h"
#include "hub/site/refuse.h"

/* What is counted of a month, by name. */
struct count {
	const char *name;
	uint32_t n;
};
#define COUNTS 8

static void
counts_of(struct count out[static COUNTS], const struct cs_wire_filing_month *m)
{
	const struct count all[COUNTS] = {
		{ "filed", m->filed },
		{ "acted", m->acted },
		{ "refused", m->refused },
		{ "not_ours", m->not_ours },
		{ "unreadable", m->unreadable },
		{ "listed", m->listed },
		{ "waiting", m->waiting },
		{ "late", m->late },
	};

	for (size_t i = 0; i < COUNTS; i++)
		out[i] = all[i];
}

static const struct cs_filing_term *
term_of(const struct cs_wire_filing_month *m)
{
	const struct cs_filing_term *term = cs_filing_term(m->category);

	return term != NULL ? term : cs_filing_term(CS_FILING_OTHER);
}

/* ---- as a page ----------------------------------------------------------- */

static void
put_row(struct site_html *h, const struct cs_wire_filing_month *m)
{
	struct count counts[COUNTS];
	char month[16], key[64], what[64];

	snprintf(month, sizeof month, "%04u-%02u", m->year, m->month);
	snprintf(key, sizeof key, "category.%s", term_of(m)->name);
	snprintf(what, sizeof what, "what.%s", cs_filing_what_name(m->what));
	site_put(h, "<tr><td><bdi>%s</bdi></td><td>%w</td><td>%w</td>", month,
	    what, key);
	counts_of(counts, m);
	for (size_t i = 0; i < COUNTS; i++)
		site_put(h, "<td>%d</td>", (uint64_t)counts[i].n);
	site_put(h, "</tr>");
}

static void
show(struct site_visit *v, const struct cs_wire_frame *answer)
{
	struct cs_wire_filing_months list;
	struct cs_wire_filing_month m = { 0 };
	struct count counts[COUNTS];
	struct cs_view rest;
	struct site_html h;
	char key[64];

	if (!site_answered(&list, &cs_wire_filing_months_shape, v, answer))
		return;
	h = site_html(v, "report.title");
	site_put(&h, "<p>%w</p>", "report.what");
	site_put(&h,
	    "<div class=wide role=region tabindex=0 "
	    "aria-label=\"%w\"><table><thead><tr><th>%w</th><th>%w</th>"
	    "<th>%w</th>",
	    "report.title", "field.month", "field.what", "field.category");
	counts_of(counts, &m);
	for (size_t i = 0; i < COUNTS; i++) {
		snprintf(key, sizeof key, "count.%s", counts[i].name);
		site_put(&h, "<th>%w</th>", key);
	}
	site_put(&h, "</tr></thead><tbody>");
	rest = list.months.raw;
	while (cs_wire_next(&m, &cs_wire_filing_month_shape, &rest))
		put_row(&h, &m);
	site_put(&h,
	    "</tbody></table></div><p class=quiet>"
	    "<a href=\"/notices/report.csv\">CSV</a> · "
	    "<a href=\"/notices/report.json\">JSON</a></p>"
	    "<p class=quiet>%w</p>",
	    "report.log");
	site_html_answer(v, &h, 200);
}

/* ---- for programs -------------------------------------------------------- */

static void
show_json(struct site_visit *v, const struct cs_wire_frame *answer)
{
	struct cs_wire_filing_months list;
	struct cs_wire_filing_month m;
	struct count counts[COUNTS];
	struct cs_buf text = { .max = CS_BUF_MAX };
	struct cs_json_writer j = cs_json_writer(&text);
	struct cs_view rest;
	char month[16];

	if (!site_answered(&list, &cs_wire_filing_months_shape, v, answer))
		return;
	cs_json_object(&j, NULL);
	cs_json_string(&j, "hub", v->site->hub);
	cs_json_number(&j, "log_size", list.log_size);
	cs_json_array(&j, "months");
	rest = list.months.raw;
	while (cs_wire_next(&m, &cs_wire_filing_month_shape, &rest)) {
		snprintf(month, sizeof month, "%04u-%02u", m.year, m.month);
		cs_json_object(&j, NULL);
		cs_json_string(&j, "month", month);
		cs_json_string(&j, "what", cs_filing_what_name(m.what));
		cs_json_string(&j, "category", term_of(&m)->name);
		cs_json_string(&j, "dsa_category", term_of(&m)->dsa);
		counts_of(counts, &m);
		for (size_t i = 0; i < COUNTS; i++)
			cs_json_number(&j, counts[i].name, counts[i].n);
		cs_json_close(&j);
	}
	cs_json_close(&j);
	site_answer_json(v, 200, &j);
}

static void
show_csv(struct site_visit *v, const struct cs_wire_frame *answer)
{
	struct cs_wire_filing_months list;
	struct cs_wire_filing_month m = { 0 };
	struct count counts[COUNTS];
	struct cs_buf text = { .max = CS_BUF_MAX };
	struct cs_view rest;
	char line[512];
	enum cs_err err;
	int n;

	if (!site_answered(&list, &cs_wire_filing_months_shape, v, answer))
		return;
	err =
	    cs_buf_add(&text, cs_view_str("month,what,category,dsa_category"));
	counts_of(counts, &m);
	for (size_t i = 0; err == CS_OK && i < COUNTS; i++) {
		snprintf(line, sizeof line, ",%s", counts[i].name);
		err = cs_buf_add(&text, cs_view_str(line));
	}
	rest = list.months.raw;
	while (err == CS_OK &&
	    cs_wire_next(&m, &cs_wire_filing_month_shape, &rest)) {
		n = snprintf(line, sizeof line, "\r\n%04u-%02u,%s,%s,%s",
		    m.year, m.month, cs_filing_what_name(m.what),
		    term_of(&m)->name, term_of(&m)->dsa);
		counts_of(counts, &m);
		for (size_t i = 0; i < COUNTS; i++)
			n += snprintf(line + n, sizeof line - (size_t)n, ",%u",
			    counts[i].n);
		err = cs_buf_add(&text, cs_view_str(line));
	}
	if (err == CS_OK)
		err = cs_buf_add(&text, cs_view_str("\r\n"));
	if (err)
		site_refuse(v, 500, "unavailable", 0);
	else
		site_answer(v, 200, "text/csv; charset=utf-8",
		    cs_buf_view(&text), SITE_KEEP_FRESH);
	cs_buf_free(&text);
}

/* ---- asking -------------------------------------------------------------- */

static void
ask(struct site_visit *v, site_step *step)
{
	const struct cs_wire_empty m = { 0 };

	site_far_ask(v, CS_WIRE_FILINGS_MONTHS, &cs_wire_empty_shape, &m, step);
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
ask_csv(struct site_visit *v)
{
	ask(v, show_csv);
}

void
site_months(struct site_visit *v)
{
	site_far_greet(v, ask_page);
}

void
site_months_json(struct site_visit *v)
{
	site_far_greet(v, ask_json);
}

void
site_months_csv(struct site_visit *v)
{
	site_far_greet(v, ask_csv);
}
