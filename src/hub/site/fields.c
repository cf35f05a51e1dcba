/* SPDX-License-Identifier: MIT */
#include "hub/site/fields.h"

#include <stdio.h>

#include "hub/site/words.h"

void
site_put_label(struct site_html *h, const char *name)
{
	char key[64], hint[64];

	snprintf(key, sizeof key, "field.%s", name);
	snprintf(hint, sizeof hint, "hint.%s", name);
	site_put(h, "<label for=%s><b>%w</b>", name, key);
	if (site_word(h->visit->site, h->visit->words, hint)[0] != '\0')
		site_put(h, "<span>%w</span>", hint);
	site_put(h, "</label>");
}

void
site_put_categories(struct site_html *h)
{
	char key[64];

	site_put_label(h, "category");
	site_put(h,
	    "<select id=category name=category required>"
	    "<option value=\"\">%w</option>",
	    "file.choose");
	for (uint8_t i = 1; i < CS_FILING_CATEGORIES; i++) {
		const struct cs_filing_term *term = cs_filing_term(i);

		snprintf(key, sizeof key, "category.%s", term->name);
		site_put(
		    h, "<option value=\"%s\">%w</option>", term->name, key);
	}
	site_put(h, "</select>");
}
