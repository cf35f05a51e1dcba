/* SPDX-License-Identifier: MIT */
#include "hub/site/pages.h"

#include <stdio.h>
#include <string.h>

#include "hub/site/fields.h"
#include "hub/site/filing.h"
#include "hub/site/form.h"
#include "hub/site/html.h"
#include "hub/site/receipt.h"
#include "hub/site/refuse.h"
#include "hub/site/take.h"

/* ---- home ---------------------------------------------------------------- */

static void
put_way(
    struct site_html *h, const char *path, const char *title, const char *what)
{
	site_put(h, "<a class=way href=\"/notices/%s", path);
	site_put_language(h, "?");
	site_put(h, "\"><b>%w</b><span>%w</span></a>", title, what);
}

void
site_home(struct site_visit *v)
{
	struct site_html h = site_html(v, "home.title");

	site_put(&h, "<p class=lead>%w</p><nav class=ways>", "home.what");
	put_way(&h, "file", "file.title", "home.file");
	put_way(&h, "status", "status.title", "home.status");
	put_way(&h, "overdue", "overdue.title", "home.overdue");
	put_way(&h, "report", "report.title", "home.report");
	put_way(&h, "photos", "photos.title", "home.photos");
	site_put(&h,
	    "</nav><h2>%w</h2><p>%w</p><p><a "
	    "href=\"/notices/api/openapi.json\">OpenAPI</a> · "
	    "<code>countersign-notice</code></p>",
	    "home.organisations", "home.organisations.what");
	site_html_answer(v, &h, 200);
}

/* ---- the form ------------------------------------------------------------ */

static void
put_check(struct site_html *h, const struct site_typed *t, const char *name,
    bool required)
{
	char key[64];

	snprintf(key, sizeof key, "field.%s", name);
	site_put(h,
	    "<label class=check><input type=checkbox name=%s value=1%s%s%s>"
	    "<span>%w</span></label>",
	    name, site_typed(t, name).len != 0 ? " checked" : "",
	    required ? " required" : "",
	    required ? site_typed_wrong(t, name) : "", key);
}

/* A field of one line. */
static void
put_line(struct site_html *h, const struct site_typed *t, const char *name,
    uint64_t most, const char *complete)
{
	struct cs_view value = site_typed(t, name);

	site_put_label(h, name);
	site_put(h,
	    "<input id=%s name=%s maxlength=%d autocomplete=%s dir=auto "
	    "value=\"%v\">",
	    name, name, most, complete, &value);
}

static void
put_form(struct site_html *h, const struct site_typed *t)
{
	struct cs_view text = site_typed(t, "text"),
		       places = site_typed(t, "places");

	site_put(h, "<form method=post action=\"/notices/file");
	site_put_language(h, "?");
	site_put(h, "\" enctype=\"multipart/form-data\">");
	site_put_categories_typed(h, t);
	site_put_label(h, "text");
	site_put(h,
	    "<textarea id=text name=text rows=7 maxlength=16000 required "
	    "dir=auto%s>%v</textarea>",
	    site_typed_wrong(t, "text"), &text);
	site_put_label(h, "places");
	site_put(h,
	    "<textarea id=places name=places rows=4 dir=auto>%v</textarea>",
	    &places);
	put_line(h, t, "law", CS_FILING_LAW_MAX, "off");
	site_put_label(h, "files");
	site_put(h, "<input id=files name=files type=file multiple>");
	put_check(h, t, "child", false);
	put_line(h, t, "name", CS_FILING_NAME_MAX, "name");
	put_line(h, t, "contact", CS_FILING_CONTACT_MAX, "email");
	put_check(h, t, "good_faith", true);
	site_put(h, "<p class=quiet>%w</p><button>%w</button></form>",
	    "file.sealed", "file.do");
}

void
site_file_form(struct site_visit *v)
{
	struct site_html h = site_html(v, "file.title");
	const struct site_typed none = { 0 };

	site_put(&h, "<p>%w</p>", "file.what");
	put_form(&h, &none);
	site_html_answer(v, &h, 200);
}

static void
put_form_again(struct site_html *h)
{
	site_put_again(h, "error.again", put_form);
}

/* ---- what was filled in -------------------------------------------------- */

static bool
is_set(const struct site_form *form, const char *name)
{
	return site_form_value(form, name).len != 0;
}

static enum cs_err
take_form(struct site_visit *v, const struct site_form *form)
{
	struct site_filing *f = v->filing;
	struct cs_filing_body *b = &f->body;
	enum cs_err err;

	f->wire.what = CS_FILING_NOTICE;
	f->wire.category =
	    cs_filing_category_named(site_form_value(form, "category"));
	if (is_set(form, "good_faith"))
		f->wire.flags |= CS_FILING_GOOD_FAITH;
	if (is_set(form, "child"))
		f->wire.flags |= CS_FILING_CHILD;
	if ((err = site_take_text(
		 &b->text, f, site_form_value(form, "text"))) ||
	    (err = site_take_text(&b->law, f, site_form_value(form, "law"))) ||
	    (err = site_take_text(
		 &b->name, f, site_form_value(form, "name"))) ||
	    (err = site_take_text(
		 &b->contact, f, site_form_value(form, "contact"))) ||
	    (err = site_take_places(
		 f, site_form_value(form, "places"), v->site->hub)))
		return err;
	for (size_t i = 0; err == CS_OK && i < form->n; i++)
		if (form->fields[i].file.len != 0)
			err = site_take_file(
			    f, form->fields[i].file, form->fields[i].value);
	return err;
}

/* Views go into the form, which is read again from the visit's body. */
void
site_file(struct site_visit *v)
{
	struct site_form form;
	enum cs_err err =
	    site_form_parse(&form, cs_view_str(v->type), cs_buf_view(&v->body));

	v->again = put_form_again;
	if (err == CS_OK && site_filing_new(v) == NULL)
		err = CS_ERR_NOMEM;
	if (err == CS_OK && (err = take_form(v, &form)) == CS_OK) {
		v->filing->done = site_receipt_show;
		site_filing_send(v);
	}
	site_form_clear(&form);
	if (err)
		site_refuse_err(v, err);
}

/* ---- photos of a person at risk ------------------------------------------ */

void
site_photos(struct site_visit *v)
{
	struct site_html h = site_html(v, "photos.title");

	site_put(&h, "<p class=lead>%w</p><ol>", "photos.what");
	site_put(&h, "<li>%w</li><li>%w</li><li>%w</li></ol>", "photos.one",
	    "photos.two", "photos.three");
	if (v->site->has_photos)
		site_put(&h,
		    "<noscript><p class=problem>%w</p></noscript>"
		    "<div id=photos data-pick=\"%w\" data-working=\"%w\" "
		    "data-failed=\"%w\" data-weak=\"%w\" "
		    "data-hash=\"%w\"></div>"
		    "<script type=module src=\"/notices/photos.js\"></script>",
		    "photos.script", "photos.pick", "photos.working",
		    "photos.failed", "photos.weak", "photos.hash");
	else
		site_put(&h, "<p class=problem>%w</p>", "photos.module");
	site_put(&h, "<p class=quiet>%w</p>", "photos.never");
	site_html_answer(v, &h, 200);
}
