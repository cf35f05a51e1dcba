/* SPDX-License-Identifier: MIT */
#include "hub/site/html.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "hub/site/answer.h"
#include "hub/site/words.h"

#define PAGE_MAX ((size_t)4 << 20)

static void
raw(struct site_html *h, struct cs_view v)
{
	if (h->err == CS_OK)
		h->err = cs_buf_add(&h->out, v);
}

static void
escape(struct site_html *h, struct cs_view v)
{
	size_t from = 0;

	for (size_t i = 0; i < v.len; i++) {
		const char *as = NULL;

		switch (v.data[i]) {
		case '&':
			as = "&amp;";
			break;
		case '<':
			as = "&lt;";
			break;
		case '>':
			as = "&gt;";
			break;
		case '"':
			as = "&quot;";
			break;
		case '\'':
			as = "&#39;";
			break;
		default:
			continue;
		}
		raw(h, cs_view(v.data + from, i - from));
		raw(h, cs_view_str(as));
		from = i + 1;
	}
	if (from != v.len)
		raw(h, cs_view(v.data + from, v.len - from));
}

static void
number(struct site_html *h, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRIu64, n);
	raw(h, cs_view_str(text));
}

static void
moment(struct site_html *h, uint64_t ms)
{
	time_t s = (time_t)(ms / CS_SECOND_MS);
	char text[64] = "";
	struct tm tm;

	if (gmtime_r(&s, &tm) != NULL)
		strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &tm);
	/* In any language it reads from left to right. */
	raw(h, cs_view_str("<bdi dir=ltr>"));
	raw(h, cs_view_str(text));
	raw(h, cs_view_str("</bdi>"));
}

void
site_put(struct site_html *h, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	while (h->err == CS_OK && *format != '\0') {
		size_t n = strcspn(format, "%");

		raw(h, cs_view(format, n));
		format += n;
		if (*format == '\0')
			break;
		switch (format[1]) {
		case 'w':
			escape(h,
			    cs_view_str(site_word(h->visit->site,
				h->visit->words, va_arg(args, const char *))));
			break;
		case 's':
			escape(h, cs_view_str(va_arg(args, const char *)));
			break;
		case 'v':
			escape(h, *va_arg(args, const struct cs_view *));
			break;
		case 'd':
			number(h, va_arg(args, uint64_t));
			break;
		case 't':
			moment(h, va_arg(args, uint64_t));
			break;
		case '%':
			raw(h, cs_view_str("%"));
			break;
		default:
			h->err = CS_ERR_MISUSE;
			break;
		}
		format += 2;
	}
	va_end(args);
}

void
site_put_lines(struct site_html *h, struct cs_view text)
{
	while (text.len != 0) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		struct cs_view line = text;

		if (end != NULL)
			line.len = (size_t)(end - text.data);
		text = end != NULL ? cs_view(end + 1, text.len - line.len - 1)
				   : cs_view(NULL, 0);
		if (line.len != 0 && line.data[line.len - 1] == '\r')
			line.len--;
		site_put(h, "<p dir=auto>%v</p>", &line);
	}
}

void
site_put_language(struct site_html *h, const char *before)
{
	if (strcmp(before, "form") == 0)
		site_put(h, "<input type=hidden name=lang value=\"%s\">",
		    h->visit->words->code);
	else
		site_put(h, "%slang=%s", before, h->visit->words->code);
}

/* The same page in other languages. */
static void
put_languages(struct site_html *h)
{
	const struct site *s = h->visit->site;

	site_put(h, "<nav class=languages aria-label=\"%w\">", "languages");
	for (size_t i = 0; i < s->n_languages; i++) {
		const struct site_words *w = &s->languages[i];
		const char *name = site_word(s, w, "name");

		if (w == h->visit->words)
			site_put(h, "<b lang=\"%s\">%s</b> ", w->code, name);
		else
			site_put(h,
			    "<a lang=\"%s\" hreflang=\"%s\" "
			    "href=\"?lang=%s\">%s</a> ",
			    w->code, w->code, w->code, name);
	}
	site_put(h, "</nav>");
}

struct site_html
site_html(const struct site_visit *v, const char *title)
{
	struct site_html h = { .visit = v, .out = { .max = PAGE_MAX } };

	site_put(&h,
	    "<!doctype html><html lang=\"%s\" dir=%s><head>"
	    "<meta charset=utf-8><meta name=viewport "
	    "content=\"width=device-width, initial-scale=1\">"
	    "<meta name=robots content=noindex><title>%w · %s</title>"
	    "<link rel=stylesheet href=\"/notices/style.css\">"
	    "<link rel=alternate type=\"application/atom+xml\" "
	    "href=\"/notices/overdue.atom\"></head><body>"
	    "<header><a class=home href=\"/notices",
	    v->words->code, v->words->right_to_left ? "rtl" : "ltr", title,
	    v->site->hub);
	site_put_language(&h, "?");
	site_put(&h, "\"><bdi>%s</bdi></a>", v->site->hub);
	/* What was filled in does not come along to another language. */
	if (!v->post)
		put_languages(&h);
	site_put(&h, "</header><main><h1>%w</h1>", title);
	return h;
}

void
site_html_answer(struct site_visit *v, struct site_html *h, int status)
{
	site_put(h, "</main></body></html>\n");
	if (h->err)
		site_answer(v, 500, "text/plain; charset=utf-8",
		    cs_view_str("The page could not be made.\n"),
		    SITE_KEEP_NOT);
	else
		site_answer(v, status, "text/html; charset=utf-8",
		    cs_buf_view(&h->out),
		    v->post ? SITE_KEEP_NOT : SITE_KEEP_FRESH);
	cs_buf_free(&h->out);
}
