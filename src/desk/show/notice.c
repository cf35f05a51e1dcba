/* SPDX-License-Identifier: MIT */
#include "desk/show/notice.h"

#include "base/text.h"
#include "base/units.h"
#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/record.h"
#include "desk/reports/filing.h"
#include "franking/filing.h"
#include "store/clock.h"

/* ---- who filed it -------------------------------------------------------- */

/* As its owner has it from "countersign-notice key". */
static void
put_key(json_t *o, const char *name, const uint8_t key[static CS_KEY_LEN],
    enum cs_err *err)
{
	char text[CS_BASE64URL_SIZE(CS_KEY_LEN)];

	cs_base64url(text, cs_view(key, CS_KEY_LEN));
	json_put_str(o, name, text, err);
}

static enum cs_err
put_organisation(json_t *o, struct cs_desk *d, const struct desk_filing *f)
{
	struct desk_filing_accuracy a;
	json_t *by;
	enum cs_err err = CS_OK;

	if (desk_filing_is_by_nobody(f)) {
		json_put(o, "organisation", json_null(), &err);
		return err;
	}
	if ((err = desk_filing_accuracy(&a, d, f->organisation)))
		return err;
	by = json_object();
	put_key(by, "key", f->organisation, &err);
	json_put_str(by, "name", f->name, &err);
	json_put_str(by, "known", desk_key_state_name(f->key_state), &err);
	if (f->key_state == DESK_KEY_OTHER_KEY)
		put_key(by, "key_before", f->key_before, &err);
	else
		json_put_str(by, "key_before", "", &err);
	json_put_str(by, "name_before", f->name_before, &err);
	json_put_str(by, "scope", f->scope, &err);
	json_put_bool(by, "trusted", f->trusted, &err);
	json_put_num(by, "acted", a.acted, &err);
	json_put_num(by, "refused", a.refused, &err);
	json_put_num(by, "not_ours", a.not_ours, &err);
	json_put(o, "organisation", by, &err);
	return err;
}

/* ---- a row --------------------------------------------------------------- */

static enum cs_err
put_row(json_t *o, struct cs_desk *d, const struct desk_filing *f)
{
	const struct desk_filing_answer *last = desk_filing_answered(f);
	const struct cs_filing_term *term =
	    cs_filing_term((uint8_t)f->category);
	bool open = f->state == DESK_FILING_OPEN;
	enum cs_err err = CS_OK;

	json_put_id(o, "id", f->id, &err);
	json_put_id_or_null(o, "case", f->case_id, &err);
	json_put_id_or_null(o, "about", f->about, &err);
	json_put_str(o, "what", cs_filing_what_name((uint8_t)f->what), &err);
	json_put_str(o, "category", term != NULL ? term->name : "other", &err);
	json_put_str(o, "state", open ? "open" : "over", &err);
	json_put_num(o, "received_ms", f->received_ms, &err);
	json_put_num(o, "due_ms", f->due_ms, &err);
	json_put_bool(o, "overdue",
	    open && f->due_ms != 0 && f->due_ms < cs_clock_ms(), &err);
	json_put_str(o, "outcome",
	    last != NULL ? cs_filing_outcome_name((uint8_t)last->outcome) : "",
	    &err);
	json_put_str(o, "problem", f->problem, &err);
	json_put_str(o, "claimed", f->claimed, &err);
	json_put_bool(o, "destroyed", f->destroyed, &err);
	return err ? err : put_organisation(o, d, f);
}

/* ---- what stands in it --------------------------------------------------- */

static void
put_places(json_t *o, const struct cs_filing_body *b, enum cs_err *err)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->n_places; i++) {
		json_t *one = json_object();

		json_put_str(
		    one, "kind", cs_filing_place_name(b->places[i].kind), err);
		json_put_view(one, "value", b->places[i].value, err);
		json_push(list, one, err);
	}
	json_put(o, "places", list, err);
}

static void
put_body(json_t *o, const struct cs_filing_body *b, enum cs_err *err)
{
	json_put_view(o, "language", b->language, err);
	json_put_view(o, "text", b->text, err);
	json_put_view(o, "law", b->law, err);
	json_put_num(o, "hashes", b->n_hashes, err);
	json_put_bool(o, "has_contact", b->name.len + b->contact.len != 0, err);
	put_places(o, b, err);
}

static enum cs_err
add_file(void *arg, const struct desk_filing_file *f)
{
	json_t *items = arg, *o = json_object();
	enum cs_err err = CS_OK;

	json_put_id(o, "id", f->id, &err);
	json_put_str(o, "kind", desk_filing_file_kind_name(f->kind), &err);
	json_put_str(o, "name", f->name, &err);
	json_put_num(o, "size", f->size, &err);
	json_put_bool(o, "proved", f->proved, &err);
	json_put_num(o, "messages", f->messages, &err);
	json_put_str(o, "problem", f->problem, &err);
	json_push(items, o, &err);
	return err;
}

static void
put_answers(json_t *o, const struct desk_filing *f, enum cs_err *err)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->answers.n; i++) {
		const struct desk_filing_answer *a = &f->answers.at[i];
		json_t *one = json_object();

		json_put_str(one, "outcome",
		    cs_filing_outcome_name((uint8_t)a->outcome), err);
		json_put_num(one, "at_ms", a->at_ms, err);
		json_put_str(one, "by", a->by, err);
		json_put_str(one, "text", desk_string(a->text), err);
		json_put_id_or_null(one, "decision", a->decision, err);
		json_put_bool(one, "told", a->told, err);
		json_put_str(one, "refused", desk_string(a->refused), err);
		json_push(list, one, err);
	}
	json_put(o, "answers", list, err);
}

static enum cs_err
put_files(json_t *o, struct cs_desk *d, uint64_t number)
{
	json_t *list = json_array();
	enum cs_err err = desk_filing_files(d, number, add_file, list);

	json_put(o, "files", list, &err);
	return err;
}

static enum cs_err
put_all(json_t *o, struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct desk_filing *f)
{
	static const struct cs_filing_body nothing;
	struct desk_filing_opened opened = { 0 };
	enum cs_err err;

	/* What is not written down is not shown. */
	if (!f->destroyed && (err = desk_filing_note_read(d, actor, f)))
		return err;
	err = desk_filing_open(&opened, d, f->id);
	if (err == CS_ERR_CORRUPT) {
		/* It is damaged on the disk; the case is shown all the same. */
		desk_filing_opened_clear(&opened);
		err = CS_OK;
	}
	if (err == CS_OK && (err = put_row(o, d, f)) == CS_OK &&
	    (err = put_files(o, d, f->id)) == CS_OK) {
		put_body(o, opened.body != NULL ? opened.body : &nothing, &err);
		json_put_bool(
		    o, "child", (f->flags & CS_FILING_CHILD) != 0, &err);
		json_put_bool(o, "asked", desk_filing_was_asked(f), &err);
		put_answers(o, f, &err);
	}
	desk_filing_opened_clear(&opened);
	return err;
}

enum cs_err
cs_desk_notice_show(json_t **out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t number)
{
	struct desk_filing f;
	enum cs_err err = desk_filing_load(&f, d, number);

	*out = json_object();
	if (err == CS_OK)
		err = put_all(*out, d, actor, &f);
	desk_filing_clear(&f);
	if (err) {
		json_decref(*out);
		*out = NULL;
	}
	return err;
}

/* ---- lists --------------------------------------------------------------- */

/* A list being collected, by the numbers of what is in it. */
struct showing {
	json_t *items;
	struct cs_desk *d;
	struct {
		uint64_t *at;
		size_t n;
	} numbers;
};

/* Reading one is written down, which has to wait for the end of the query. */
static enum cs_err
add_number(void *arg, const struct desk_filing *f)
{
	struct showing *s = arg;
	uint64_t *new = desk_array_add(&s->numbers, sizeof *new);

	if (new == NULL)
		return CS_ERR_NOMEM;
	*new = f->id;
	return CS_OK;
}

enum cs_err
desk_show_notices_of(json_t *items, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t case_id)
{
	struct showing s = { .items = items, .d = d };
	enum cs_err err = desk_filings_of_case(d, case_id, add_number, &s);

	for (size_t i = 0; i < s.numbers.n && err == CS_OK; i++) {
		json_t *o = NULL;

		if ((err = cs_desk_notice_show(
			 &o, d, actor, s.numbers.at[i])) == CS_OK)
			json_push(items, o, &err);
	}
	desk_array_clear(&s.numbers, sizeof *s.numbers.at);
	return err;
}

static enum cs_err
add_row(void *arg, const struct desk_filing *f)
{
	const struct showing *s = arg;
	json_t *o = json_object();
	enum cs_err err = put_row(o, s->d, f);

	json_push(s->items, o, &err);
	return err;
}

enum cs_err
cs_desk_notices(json_t *items, struct cs_desk *d, enum desk_filing_state state)
{
	struct showing s = { .items = items, .d = d };

	return desk_filings_in_state(d, state, add_row, &s);
}

/* ---- how to reach them --------------------------------------------------- */

enum cs_err
cs_desk_notice_contact(json_t *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t number)
{
	static const struct cs_filing_body nothing;
	const struct cs_filing_body *b = &nothing;
	struct desk_filing_opened opened = { 0 };
	struct desk_filing f;
	enum cs_err err = desk_filing_load(&f, d, number);

	if (err == CS_OK &&
	    (err = desk_filing_note(d, actor, &f, "notice-contact-seen")) ==
		CS_OK &&
	    (err = desk_filing_open(&opened, d, number)) == CS_OK) {
		if (opened.body != NULL)
			b = opened.body;
		json_put_view(out, "name", b->name, &err);
		json_put_view(out, "contact", b->contact, &err);
	}
	desk_filing_opened_clear(&opened);
	desk_filing_clear(&f);
	return err;
}
