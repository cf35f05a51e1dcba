/* SPDX-License-Identifier: MIT */
/*
 * A writer of pages that remembers its first failure.
 *
 * What a page has from outside goes through it escaped; there is no way to
 * write something else from a variable.
 */
#pragma once

#include "hub/site/visit.h"

struct site_html {
	const struct site_visit *visit;
	struct cs_buf out;
	enum cs_err err;
};

/* Begin a page: ${title} is the key of a word. */
struct site_html site_html(const struct site_visit *v, const char *title);
/*
 * Append ${format}, markup in which these stand for arguments, all of them
 * escaped:
 *
 *	%w	the word with the key (const char *)
 *	%s	a text (const char *)
 *	%v	a text (const struct cs_view *)
 *	%d	a number (uint64_t)
 *	%t	a time (uint64_t, in ms), as "2026-12-24 18:00 UTC"
 *	%%	a percent sign
 */
void site_put(struct site_html *h, const char *format, ...);
/* Text of several lines, as paragraphs. */
void site_put_lines(struct site_html *h, struct cs_view text);
/* "?lang=CODE" or "&lang=CODE" for links; and a hidden field for forms. */
void site_put_language(struct site_html *h, const char *before);

/* End it and answer with it. */
void site_html_answer(struct site_visit *v, struct site_html *h, int status);
