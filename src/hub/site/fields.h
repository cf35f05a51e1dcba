/* SPDX-License-Identifier: MIT */
/* Fields that several forms have. */
#pragma once

#include "hub/site/form.h"
#include "hub/site/html.h"

/* The label of the field ${name}, with a hint if there is one. */
void site_put_label(struct site_html *h, const char *name);
/* What a notice is about. */
void site_put_categories(struct site_html *h);

/* What was typed into a form that is shown again; a form of NULL: it is shown
 * for the first time. */
struct site_typed {
	const struct site_form *form;
};
/* Of the field ${name}; empty: nothing. */
struct cs_view site_typed(const struct site_typed *t, const char *name);
/* An attribute that marks a field that was left empty and must not be; or "".
 */
const char *site_typed_wrong(const struct site_typed *t, const char *name);
/* As site_put_categories(). */
void site_put_categories_typed(struct site_html *h, const struct site_typed *t);
/* Call ${put} with what the visit of ${h} has in its body, below the word
 * ${said}, which may be NULL. */
void site_put_again(struct site_html *h, const char *said,
    void (*put)(struct site_html *h, const struct site_typed *t));
