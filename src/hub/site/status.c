/* SPDX-License-Identifier: MIT */
#include "hub/site/status.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "content/letter.h"
#include "franking/cert.h"
#include "hub/site/far.h"
#include "hub/site/fields.h"
#include "hub/site/filing.h"
#include "hub/site/form.h"
#include "hub/site/html.h"
#include "hub/site/receipt.h"
#include "hub/site/refuse.h"
#include "hub/site/take.h"
#include "net/http_head.h"

enum cs_err
site_status_text(struct cs_buf *out, const struct cs_wire_filing_state *s,
    const uint8_t secret[static CS_FILING_SECRET_LEN])
{
	uint8_t key[CS_HASH_LEN], subject[CS_ID_LEN];
	struct cs_filing_answer answer;
	enum cs_err err;

	/* The hub took it in because the desk signed it; here it is read. */
	if ((err = cs_filing_answer_parse(&answer, s->answer)) ||
	    (err = cs_filing_reply_key(key, secret)))
		return err;
	cs_filing_subject(subject, s->number);
	err = cs_reply_open(out, key, subject, answer.text);
	cs_wipe(key, sizeof key);
	return err;
}

/* ---- asking -------------------------------------------------------------- */

static void
put_form(struct site_html *h, const struct site_typed *t)
{
	struct cs_view number = site_typed(t, "number"),
		       secret = site_typed(t, "secret");

	site_put(h, "<form method=post action=\"/notices/status");
	site_put_language(h, "?");
	site_put(h,
	    "\"><label for=number><b>%w</b></label>"
	    "<input id=number name=number inputmode=numeric required dir=ltr "
	    "value=\"%v\"><label for=secret><b>%w</b></label>"
	    "<input id=secret name=secret autocomplete=off required dir=ltr "
	    "value=\"%v\"><button>%w</button></form>",
	    "field.number", &number, "field.secret", &secret, "status.do");
}

void
site_status_form(struct site_visit *v)
{
	struct site_html h = site_html(v, "status.title");
	const struct site_typed none = { 0 };

	site_put(&h, "<p>%w</p>", "status.what");
	put_form(&h, &none);
	site_html_answer(v, &h, 200);
}

static void
put_form_again(struct site_html *h)
{
	site_put_again(h, NULL, put_form);
}

/* Which notice, and its secret, out of a form; a filing of ${v} has them. */
static bool
take_secret(struct site_visit *v, const struct site_form *form)
{
	uint64_t number;

	if (site_filing_new(v) == NULL ||
	    !cs_http_number(&number, site_form_value(form, "number")) ||
	    number == 0 ||
	    cs_filing_secret_parse(
		v->filing->secret, site_form_value(form, "secret")) != CS_OK)
		return false;
	v->filing->wire.about = number;
	return true;
}

/* ---- what has become of it ----------------------------------------------- */

static void
put_answer(struct site_html *h, const struct cs_wire_filing_state *s)
{
	struct cs_buf text = { 0 };
	char key[64];

	if (s->outcome == 0) {
		site_put(h, "<p><b>%w</b></p>",
		    s->overdue                ? "state.overdue"
			: s->deadline_ms != 0 ? "state.waiting"
					      : "state.taken");
		return;
	}
	snprintf(
	    key, sizeof key, "outcome.%s", cs_filing_outcome_name(s->outcome));
	site_put(h, "<p><b>%w</b> <span class=quiet>%t</span></p>", key,
	    s->answered_ms);
	if (site_status_text(&text, s, h->visit->filing->secret) == CS_OK) {
		site_put(h, "<blockquote>");
		site_put_lines(h, cs_buf_view(&text));
		site_put(h, "</blockquote>");
	} else {
		site_put(h, "<p class=problem>%w</p>", "state.unreadable");
	}
	cs_buf_free(&text);
	if (s->overdue && s->outcome != CS_FILING_NEEDS_MORE)
		site_put(h, "<p class=warn>%w</p>", "state.late");
}

static void
put_log(struct site_html *h, const char *key, uint64_t entry)
{
	if (entry != 0)
		site_put(
		    h, "<p class=quiet>%w <bdi>%d</bdi></p>", key, entry - 1);
}

static void
put_state(struct site_html *h, const struct cs_wire_filing_state *s)
{
	char what[64], category[64];
	const struct cs_filing_term *term = cs_filing_term(s->category);

	snprintf(what, sizeof what, "what.%s", cs_filing_what_name(s->what));
	snprintf(category, sizeof category, "category.%s",
	    term != NULL ? term->name : "other");
	site_put(h, "<section><h2>%w <bdi>%d</bdi></h2><p>%w · %w %t</p>", what,
	    s->number, category, "field.received", s->received_ms);
	if (s->deadline_ms != 0)
		site_put(h, "<p>%w: %t</p>", "field.deadline", s->deadline_ms);
	put_answer(h, s);
	put_log(h, "state.entry", s->entry);
	put_log(h, "state.answer_entry", s->answer_entry);
	site_put(h, "</section>");
}

/* A form for what may be filed about it now. */
static void
put_next(struct site_html *h, const char *action, uint64_t number,
    uint8_t category, struct cs_view text)
{
	char key[64], secret[CS_FILING_SECRET_SIZE];

	cs_filing_secret_text(secret, h->visit->filing->secret);
	snprintf(key, sizeof key, "%s.title", action);
	site_put(h,
	    "<h2>%w</h2><form method=post "
	    "enctype=\"multipart/form-data\" action=\"/notices/%s",
	    key, action);
	site_put_language(h, "?");
	snprintf(key, sizeof key, "%s.what", action);
	site_put(h,
	    "\"><p>%w</p><input type=hidden name=number value=%d>"
	    "<input type=hidden name=secret value=\"%s\">"
	    "<input type=hidden name=category value=\"%s\">"
	    "<label for=text><b>%w</b></label><textarea id=text name=text "
	    "rows=6 maxlength=16000 required dir=auto>%v</textarea>"
	    "<label for=files><b>%w</b></label>"
	    "<input id=files name=files type=file multiple>"
	    "<button>%w</button></form>",
	    key, number, secret, cs_filing_term(category)->name, "field.text",
	    &text, "field.files", "file.do");
	cs_wipe(secret, sizeof secret);
}

static void
show(struct site_visit *v, const struct cs_wire_frame *answer)
{
	struct cs_wire_filing_states list;
	struct cs_wire_filing_state s, notice = { 0 };
	const struct cs_view none = { 0 };
	struct cs_view rest;
	struct site_html h;
	bool appealed = false, over;

	if (!site_answered(&list, &cs_wire_filing_states_shape, v, answer))
		return;
	h = site_html(v, "status.title");
	rest = list.filings.raw;
	while (cs_wire_next(&s, &cs_wire_filing_state_shape, &rest)) {
		if (s.what == CS_FILING_NOTICE)
			notice = s;
		appealed |= s.what == CS_FILING_APPEAL;
		put_state(&h, &s);
	}
	over = notice.outcome != 0 && notice.outcome != CS_FILING_NEEDS_MORE;
	if (notice.number != 0 && !over)
		put_next(&h, "more", notice.number, notice.category, none);
	else if (notice.number != 0 && !appealed)
		put_next(&h, "appeal", notice.number, notice.category, none);
	site_html_answer(v, &h, 200);
}

static void
ask(struct site_visit *v)
{
	struct cs_wire_filing_state_get m = { .number = v->filing->wire.about };

	if (cs_filing_secret_hash(m.secret_hash, v->filing->secret) != CS_OK) {
		site_refuse(v, 503, "unavailable", 0);
		return;
	}
	site_far_ask(
	    v, CS_WIRE_FILING_STATE, &cs_wire_filing_state_get_shape, &m, show);
}

void
site_status(struct site_visit *v)
{
	struct site_form form;
	enum cs_err err =
	    site_form_parse(&form, cs_view_str(v->type), cs_buf_view(&v->body));
	bool taken = err == CS_OK && take_secret(v, &form);

	v->again = put_form_again;
	site_form_clear(&form);
	if (taken)
		site_far_greet(v, ask);
	else
		site_refuse(v, 400, "secret", 0);
}

/* ---- more about it, and appeals -------------------------------------------
 */

static enum cs_err
take_form(struct site_filing *f, const struct site_form *form, uint8_t what)
{
	enum cs_err err;

	f->wire.what = what;
	f->wire.category =
	    cs_filing_category_named(site_form_value(form, "category"));
	err = site_take_text(&f->body.text, f, site_form_value(form, "text"));
	for (size_t i = 0; err == CS_OK && i < form->n; i++)
		if (form->fields[i].file.len != 0)
			err = site_take_file(
			    f, form->fields[i].file, form->fields[i].value);
	return err;
}

/* What it is about is known: else there is only the way back. */
static void
put_typed(struct site_html *h, const struct site_typed *t)
{
	const struct site_filing *f = h->visit->filing;

	put_next(h, f->wire.what == CS_FILING_APPEAL ? "appeal" : "more",
	    f->wire.about, f->wire.category, site_typed(t, "text"));
}

static void
put_next_again(struct site_html *h)
{
	site_put_again(h, "error.again", put_typed);
}

static void
file_about(struct site_visit *v, uint8_t what)
{
	struct site_form form;
	enum cs_err err =
	    site_form_parse(&form, cs_view_str(v->type), cs_buf_view(&v->body));

	if (err == CS_OK && !take_secret(v, &form))
		err = CS_ERR_FORMAT;
	if (err == CS_OK)
		err = take_form(v->filing, &form, what);
	if (v->filing != NULL &&
	    cs_filing_term(v->filing->wire.category) != NULL)
		v->again = put_next_again;
	if (err == CS_OK) {
		v->filing->done = site_receipt_show;
		site_filing_send(v);
	}
	site_form_clear(&form);
	if (err)
		site_refuse_err(v, err);
}

void
site_more(struct site_visit *v)
{
	file_about(v, CS_FILING_MORE);
}

void
site_appeal(struct site_visit *v)
{
	file_about(v, CS_FILING_APPEAL);
}
