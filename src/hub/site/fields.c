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
	const struct site_typed none = { 0 };

	site_put_categories_typed(h, &none);
}

/* ---- what was typed ------------------------------------------------------ */

struct cs_view
site_typed(const struct site_typed *t, const char *name)
{
	return t->form != NULL ? site_form_value(t->form, name)
			       : cs_view(NULL, 0);
}

const char *
site_typed_wrong(const struct site_typed *t, const char *name)
{
	return t->form != NULL && site_typed(t, name).len == 0
	    ? " aria-invalid=true"
	    : "";
}

void
site_put_categories_typed(struct site_html *h, const struct site_typed *t)
{
	struct cs_view chosen = site_typed(t, "category");
	char key[64];

	site_put_label(h, "category");
	site_put(h,
	    "<select id=category name=category required%s>"
	    "<option value=\"\">%w</option>",
	    site_typed_wrong(t, "category"), "file.choose");
	for (uint8_t i = 1; i < CS_FILING_CATEGORIES; i++) {
		const struct cs_filing_term *term = cs_filing_term(i);

		snprintf(key, sizeof key, "category.%s", term->name);
		site_put(h, "<option value=\"%s\"%s>%w</option>", term->name,
		    cs_view_equal(chosen, cs_view_str(term->name)) ? " selected"
								   : "",
		    key);
	}
	site_put(h, "</select>");
}

void
site_put_again(struct site_html *h, const char *said,
    void (*put)(struct site_html *h, const struct site_typed *t))
{
	const struct site_visit *v = h->visit;
	struct site_form form;
	const struct site_typed t = { &form };

	/* What is no form is shown as an empty one. */
	if (site_form_parse(
		&form, cs_view_str(v->type), cs_buf_view(&v->body)) != CS_OK)
		site_form_clear(&form);
	if (said != NULL)
		site_put(h, "<p>%w</p>", said);
	put(h, &t);
	site_form_clear(&form);
}
