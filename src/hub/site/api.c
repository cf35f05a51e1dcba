/* SPDX-License-Identifier: MIT */
#include "hub/site/api.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "hub/site/answer.h"
#include "hub/site/far.h"
#include "hub/site/filing.h"
#include "hub/site/receipt.h"
#include "hub/site/refuse.h"
#include "hub/site/status.h"
#include "hub/site/take.h"

#define JSON_FLAGS (JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL)

/* ---- reading ------------------------------------------------------------- */

/* A text of an object; empty: there is none. */
static struct cs_view
text_of(const json_t *o, const char *name)
{
	const json_t *t = json_object_get(o, name);

	return json_is_string(t)
	    ? cs_view(json_string_value(t), json_string_length(t))
	    : cs_view(NULL, 0);
}

/* Exactly ${n} bytes in hex. */
static bool
hex_of(uint8_t *out, size_t n, const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL && cs_unhex(out, n, s) == CS_OK;
}

/* A number that is not negative; 0 if there is none. */
static bool
number_of(uint64_t *out, const json_t *o, const char *name)
{
	const json_t *n = json_object_get(o, name);

	*out = 0;
	if (n == NULL)
		return true;
	if (!json_is_integer(n) || json_integer_value(n) < 0)
		return false;
	*out = (uint64_t)json_integer_value(n);
	return true;
}

static bool
is_true(const json_t *o, const char *name)
{
	return json_is_true(json_object_get(o, name));
}

static json_t *
read_body(struct site_visit *v)
{
	json_t *o = json_loadb(
	    (const char *)v->body.data, v->body.len, JSON_FLAGS, NULL);

	if (!json_is_object(o)) {
		json_decref(o);
		o = NULL;
	}
	/* It may be 16 MiB, and is not needed twice. */
	v->site->bodies -= v->body.len;
	cs_buf_free(&v->body);
	return o;
}

/* ---- what is filed ------------------------------------------------------- */

static uint8_t
what_named(struct cs_view name)
{
	for (uint8_t i = 1; cs_filing_what_name(i) != NULL; i++)
		if (cs_view_equal(name, cs_view_str(cs_filing_what_name(i))))
			return i;
	return 0;
}

static uint8_t
place_named(struct cs_view name)
{
	for (uint8_t i = 1; cs_filing_place_name(i) != NULL; i++)
		if (cs_view_equal(name, cs_view_str(cs_filing_place_name(i))))
			return i;
	return 0;
}

static enum cs_err
take_places(struct site_filing *f, const json_t *list)
{
	enum cs_err err = CS_OK;
	size_t i;
	json_t *item;

	json_array_foreach ((json_t *)(uintptr_t)list, i, item)
		if (err == CS_OK)
			err = site_take_place(f,
			    place_named(text_of(item, "kind")),
			    text_of(item, "value"));
	return err;
}

static enum cs_err
take_hashes(struct site_filing *f, const json_t *list)
{
	enum cs_err err = CS_OK;
	size_t i;
	json_t *item;

	json_array_foreach ((json_t *)(uintptr_t)list, i, item)
		if (err == CS_OK)
			err = site_take_hash(
			    f, text_of(item, "pdq"), text_of(item, "label"));
	return err;
}

/* Files are decoded into the visit's body, which was given up for them: first
 * all of them, since it moves, and then their places. */
static enum cs_err
take_files(struct site_visit *v, const json_t *list)
{
	size_t lengths[CS_FILING_FILES], n = json_array_size(list), at = 0, i;
	enum cs_err err = n > CS_FILING_FILES ? CS_ERR_LIMIT : CS_OK;
	json_t *item;

	for (i = 0; err == CS_OK && i < n; i++) {
		size_t before = v->body.len;

		item = json_array_get(list, i);
		err = cs_buf_add_base64(&v->body, text_of(item, "base64"));
		lengths[i] = v->body.len - before;
	}
	v->site->bodies += v->body.len;
	for (i = 0; err == CS_OK && i < n; i++) {
		item = json_array_get(list, i);
		err = site_take_file(v->filing, text_of(item, "name"),
		    lengths[i] != 0 ? cs_view(v->body.data + at, lengths[i])
				    : cs_view(NULL, 0));
		at += lengths[i];
	}
	return err;
}

/* Words, which are sealed here. */
static enum cs_err
take_words(struct site_visit *v, const json_t *o)
{
	struct site_filing *f = v->filing;
	struct cs_filing_body *b = &f->body;
	enum cs_err err;

	if (is_true(o, "good_faith"))
		f->wire.flags |= CS_FILING_GOOD_FAITH;
	if (is_true(o, "child"))
		f->wire.flags |= CS_FILING_CHILD;
	if (f->wire.about != 0 &&
	    (err = cs_filing_secret_parse(f->secret, text_of(o, "secret"))))
		return err;
	if ((err = site_take_text(&b->text, f, text_of(o, "text"))) ||
	    (err = site_take_text(&b->law, f, text_of(o, "law"))) ||
	    (err = site_take_text(&b->name, f, text_of(o, "name"))) ||
	    (err = site_take_text(&b->contact, f, text_of(o, "contact"))) ||
	    (err = take_places(f, json_object_get(o, "places"))) ||
	    (err = take_hashes(f, json_object_get(o, "hashes"))))
		return err;
	return take_files(v, json_object_get(o, "files"));
}

/* Sealed by who files it. */
static enum cs_err
take_sealed(struct site_visit *v, const json_t *o)
{
	struct site_filing *f = v->filing;
	uint64_t flags;

	f->sealed_there = true;
	if (!hex_of(f->wire.id, sizeof f->wire.id, o, "id") ||
	    !hex_of(f->wire.commitment, CS_HASH_LEN, o, "commitment") ||
	    !hex_of(f->wire.secret_hash, CS_HASH_LEN, o, "secret_hash") ||
	    !number_of(&flags, o, "flags") || flags > UINT8_MAX)
		return CS_ERR_FORMAT;
	f->wire.flags = (uint8_t)flags;
	if (json_object_get(o, "organisation") != NULL &&
	    (!hex_of(f->wire.organisation, CS_KEY_LEN, o, "organisation") ||
		!hex_of(f->wire.signature, CS_SIGNATURE_LEN, o, "signature")))
		return CS_ERR_FORMAT;
	f->wire.worked = json_object_get(o, "nonce") != NULL;
	if (!number_of(&f->wire.nonce, o, "nonce"))
		return CS_ERR_FORMAT;
	return cs_buf_add_base64(&f->sealed, text_of(o, "sealed"));
}

static enum cs_err
take(struct site_visit *v, const json_t *o)
{
	struct site_filing *f = v->filing;

	f->wire.what = what_named(text_of(o, "what"));
	f->wire.category = cs_filing_category_named(text_of(o, "category"));
	if (!number_of(&f->wire.about, o, "about") || f->wire.what == 0)
		return CS_ERR_FORMAT;
	return json_object_get(o, "sealed") != NULL ? take_sealed(v, o)
						    : take_words(v, o);
}

static void
put_files(struct cs_json_writer *j, const struct site_filing *f)
{
	static const char *const words[] = { "none", "all", "not" };

	cs_json_array(j, "files");
	for (size_t i = 0; i < f->body.n_files; i++) {
		cs_json_object(j, NULL);
		cs_json_text(j, "name", f->body.files[i].name);
		cs_json_string(j, "proved", words[f->proofs[i]]);
		cs_json_number(j, "messages", f->messages[i]);
		cs_json_close(j);
	}
	cs_json_close(j);
}

/* What is filed, and its receipt. */
static void
put_receipt(struct cs_json_writer *j, const struct cs_wire_receipt *bytes)
{
	struct cs_buf text = { 0 };
	enum cs_err err = site_receipt_text(&text, bytes);

	if (err == CS_OK)
		cs_json_text(j, "receipt", cs_buf_view(&text));
	else if (j->err == CS_OK)
		j->err = err;
	cs_buf_free(&text);
}

static void
show_receipt(struct site_visit *v, const struct cs_receipt *receipt,
    const struct cs_wire_receipt *bytes)
{
	struct cs_buf text = { .max = CS_BUF_MAX };
	struct cs_json_writer j = cs_json_writer(&text);
	char secret[CS_FILING_SECRET_SIZE];

	cs_json_object(&j, NULL);
	cs_json_number(&j, "number", receipt->number);
	cs_json_string(&j, "what", cs_filing_what_name(receipt->what));
	cs_json_string(&j, "category", cs_filing_term(receipt->category)->name);
	cs_json_number(&j, "received_ms", receipt->received_ms);
	cs_json_number(&j, "deadline_ms", receipt->deadline_ms);
	cs_json_hex(&j, "commitment", CS_VIEW_OF(receipt->commitment));
	if (v->filing->own_secret) {
		cs_filing_secret_text(secret, v->filing->secret);
		cs_json_string(&j, "secret", secret);
		cs_wipe(secret, sizeof secret);
	}
	put_receipt(&j, bytes);
	put_files(&j, v->filing);
	site_answer_json(v, 201, &j);
}

void
site_api_file(struct site_visit *v)
{
	json_t *o = read_body(v);
	enum cs_err err = o == NULL ? CS_ERR_FORMAT : CS_OK;

	if (err == CS_OK && site_filing_new(v) == NULL)
		err = CS_ERR_NOMEM;
	if (err == CS_OK && (err = take(v, o)) == CS_OK) {
		v->filing->done = show_receipt;
		site_filing_send(v);
	}
	json_decref(o);
	if (err)
		site_refuse_err(v, err);
}

/* ---- its state ----------------------------------------------------------- */

static void
put_answer(struct cs_json_writer *j, const struct site_visit *v,
    const struct cs_wire_filing_state *s)
{
	struct cs_buf text = { 0 };
	char *base64;
	size_t size = CS_BASE64_SIZE(s->answer.len);

	if (s->answer.len == 0)
		return;
	cs_json_string(j, "outcome", cs_filing_outcome_name(s->outcome));
	cs_json_number(j, "answered_ms", s->answered_ms);
	if ((base64 = cs_calloc(1, size)) == NULL) {
		j->err = CS_ERR_NOMEM;
		return;
	}
	cs_base64(base64, s->answer);
	cs_json_string(j, "answer", base64);
	cs_free(base64, size);
	if (v->filing->own_secret &&
	    site_status_text(&text, s, v->filing->secret) == CS_OK)
		cs_json_text(j, "text", cs_buf_view(&text));
	cs_buf_free(&text);
}

static void
put_state(struct cs_json_writer *j, const struct site_visit *v,
    const struct cs_wire_filing_state *s)
{
	const struct cs_filing_term *term = cs_filing_term(s->category);
	const struct cs_wire_receipt receipt = { s->receipt,
		s->registrar_cert };

	cs_json_object(j, NULL);
	cs_json_number(j, "number", s->number);
	cs_json_string(j, "what", cs_filing_what_name(s->what));
	cs_json_string(j, "category", term != NULL ? term->name : "other");
	cs_json_number(j, "received_ms", s->received_ms);
	if (s->deadline_ms != 0)
		cs_json_number(j, "deadline_ms", s->deadline_ms);
	cs_json_bool(j, "overdue", s->overdue);
	put_answer(j, v, s);
	put_receipt(j, &receipt);
	if (s->entry != 0)
		cs_json_number(j, "entry", s->entry - 1);
	if (s->answer_entry != 0)
		cs_json_number(j, "answer_entry", s->answer_entry - 1);
	cs_json_close(j);
}

static void
show_states(struct site_visit *v, const struct cs_wire_frame *answer)
{
	struct cs_buf text = { .max = CS_BUF_MAX };
	struct cs_json_writer j = cs_json_writer(&text);
	struct cs_wire_filing_states list;
	struct cs_wire_filing_state s;
	struct cs_view rest;

	if (!site_answered(&list, &cs_wire_filing_states_shape, v, answer))
		return;
	cs_json_object(&j, NULL);
	cs_json_array(&j, "filings");
	rest = list.filings.raw;
	while (cs_wire_next(&s, &cs_wire_filing_state_shape, &rest))
		put_state(&j, v, &s);
	cs_json_close(&j);
	site_answer_json(v, 200, &j);
}

static void
ask_states(struct site_visit *v)
{
	struct cs_wire_filing_state_get m = { .number = v->filing->wire.about };

	memcpy(m.secret_hash, v->filing->wire.secret_hash, CS_HASH_LEN);
	site_far_ask(v, CS_WIRE_FILING_STATE, &cs_wire_filing_state_get_shape,
	    &m, show_states);
}

/* By the secret, with which the answer is opened here; or by its hash. */
static enum cs_err
take_who(struct site_visit *v, const json_t *o)
{
	struct site_filing *f = site_filing_new(v);
	enum cs_err err;

	if (f == NULL)
		return CS_ERR_NOMEM;
	if (!number_of(&f->wire.about, o, "number") || f->wire.about == 0)
		return CS_ERR_FORMAT;
	if (hex_of(f->wire.secret_hash, CS_HASH_LEN, o, "secret_hash"))
		return CS_OK;
	f->own_secret = true;
	if ((err = cs_filing_secret_parse(f->secret, text_of(o, "secret"))))
		return err;
	return cs_filing_secret_hash(f->wire.secret_hash, f->secret);
}

void
site_api_status(struct site_visit *v)
{
	json_t *o = read_body(v);
	enum cs_err err = o == NULL ? CS_ERR_FORMAT : take_who(v, o);

	json_decref(o);
	if (err)
		site_refuse(v, 400, "secret", 0);
	else
		site_far_greet(v, ask_states);
}

/* ---- what a program has to know ------------------------------------------ */

static void
put_cert(struct cs_json_writer *j, const char *name, const struct cs_buf *cert)
{
	char text[CS_BASE64_SIZE(CS_WIRE_CERT_MAX)];

	cs_base64(text, cs_buf_view(cert));
	cs_json_string(j, name, text);
}

static void
show_hub(struct site_visit *v)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);
	char root[CS_BASE64URL_SIZE(CS_KEY_LEN)];

	cs_base64url(root, CS_VIEW_OF(v->site->root_public));
	cs_json_object(&j, NULL);
	cs_json_string(&j, "hub", v->site->hub);
	cs_json_string(&j, "root", root);
	put_cert(&j, "desk_cert", &v->desk_cert);
	put_cert(&j, "desk_sign_cert", &v->sign_cert);
	put_cert(&j, "tlog_cert", &v->tlog_cert);
	cs_json_number(&j, "work_bits", CS_FILING_WORK_BITS);
	cs_json_number(&j, "bytes_max", CS_FILING_BODY_MAX);
	cs_json_array(&j, "categories");
	for (uint8_t i = 1; i < CS_FILING_CATEGORIES; i++) {
		const struct cs_filing_term *term = cs_filing_term(i);

		cs_json_object(&j, NULL);
		cs_json_string(&j, "name", term->name);
		cs_json_string(&j, "title", term->title);
		cs_json_string(&j, "dsa_category", term->dsa);
		cs_json_number(&j, "hours", term->hours);
		cs_json_close(&j);
	}
	cs_json_close(&j);
	site_answer_json(v, 200, &j);
}

void
site_api_hub(struct site_visit *v)
{
	site_far_greet(v, show_hub);
}
