/* SPDX-License-Identifier: MIT */
/*
 * Implementation notes.
 *
 * The hub offers what was filed until it has been told that it is here, and
 * drops the sealed bytes then.  So all that follows from a filing is stored in
 * one transaction: the row, the body, the files, the case, the reports that
 * bundles among its files become, and what the desk answers by itself, in the
 * outbox.  Whatever happens before that is repeated.
 *
 * Photos are looked at before the transaction begins: a decoder takes time, and
 * may crash.
 */
#include "desk/daemon/filings.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/name.h"
#include "base/wipe.h"
#include "content/evidence.h"
#include "content/filing_body.h"
#include "content/photo_look.h"
#include "content/sniff.h"
#include "desk/cases/notice.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/link.h"
#include "desk/daemon/intake.h"
#include "desk/decisions/notice.h"
#include "desk/photos/index.h"
#include "desk/photos/lists.h"
#include "desk/reports/filing.h"
#include "phash/phash.h"
#include "store/clock.h"
#include "store/db.h"
#include "wire/codec.h"
#include "wire/messages.h"

#define HASHES_LOOKED 100 /* of a notice, for its case */

/* Something that was filed being stored. */
struct taking {
	struct cs_desk *d;
	struct desk_filing f;
	struct cs_view sealed;
	struct cs_buf plain;
	struct cs_filing_body *body;
	struct desk_filing notice;      /* that it is about */
	struct desk_filing_file *files; /* CS_FILING_FILES */
	struct cs_evidence **evidence;  /* as many; NULL: no bundle */
	struct desk_notice_cases photos, messages;
	struct cs_buf hashes; /* of its photos, and those it names: PDQ */
};

/* ---- is it what the hub says? -------------------------------------------- */

/* NULL if it is. */
static const char *
find_difference(const struct taking *t, const uint8_t commitment[CS_HASH_LEN])
{
	const struct cs_filing_body *b = t->body;
	const struct desk_filing *f = &t->f;

	if (memcmp(commitment, f->commitment, CS_HASH_LEN) != 0)
		return "it is not what its commitment says";
	if (b->what != f->what || b->category != f->category ||
	    b->about != f->about)
		return "it is something else than its receipt says";
	if (f->what == CS_FILING_PHOTOS && desk_filing_is_by_nobody(f))
		return "hashes of photos are taken from organisations only";
	if (f->what == CS_FILING_PHOTOS && !desk_filing_is_by_known(f))
		return "the key is not the one that the organisation had here";
	/* What was destroyed has no key any more. */
	if (t->notice.id != 0 && !t->notice.destroyed &&
	    !cs_view_is_zero(CS_VIEW_OF(t->notice.reply)) &&
	    memcmp(b->reply_key, t->notice.reply, CS_HASH_LEN) != 0)
		return "it is of somebody else than the notice that it is "
		       "about";
	return NULL;
}

static enum cs_err
open_sealed(struct taking *t)
{
	uint8_t commitment[CS_HASH_LEN];
	const char *problem = NULL;
	enum cs_err err =
	    cs_filing_body_open(t->body, &t->plain, t->sealed, &t->d->seal_key);

	if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS) {
		snprintf(t->f.problem, sizeof t->f.problem,
		    "it cannot be opened: %s", cs_err_text(err));
		return CS_OK;
	}
	if (err || (err = cs_filing_commit(commitment, cs_buf_view(&t->plain))))
		return err;
	if ((problem = find_difference(t, commitment)) != NULL)
		snprintf(t->f.problem, sizeof t->f.problem, "%s", problem);
	/* Whoever filed it reads by it even what is said of something that is
	 * not what it should be. */
	memcpy(t->f.reply, t->body->reply_key, sizeof t->f.reply);
	return CS_OK;
}

static void
copy_text(char *out, size_t size, struct cs_view text)
{
	cs_name_clean(out, size, text);
}

/* Who filed it, by the key that signed it: the hub's word alone makes nobody an
 * organisation. */
static enum cs_err
fill_by(struct taking *t, const struct cs_wire_desk_filing *item)
{
	struct desk_filing *f = &t->f;
	struct cs_filing_signed s = {
		.hub = cs_view_str(t->d->hub.name),
		.what = item->what,
		.category = item->category,
		.about = item->about,
	};
	enum cs_err err;

	if (cs_view_is_zero(CS_VIEW_OF(item->organisation)))
		return CS_OK;
	memcpy(s.commitment, item->commitment, sizeof s.commitment);
	err = cs_filing_sign_check(&s, item->signature, item->organisation);
	if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS) {
		f->key_state = DESK_KEY_UNPROVED;
		copy_text(f->claimed, sizeof f->claimed, item->name);
		return CS_OK;
	}
	if (err)
		return err;
	memcpy(f->organisation, item->organisation, sizeof f->organisation);
	copy_text(f->name, sizeof f->name, item->name);
	copy_text(f->scope, sizeof f->scope, item->scope);
	if ((err = desk_organisation_look(t->d, f)))
		return err;
	/* That the operator trusts an organisation is said of its key. */
	f->trusted = item->trusted != 0 && desk_filing_is_by_known(f);
	return CS_OK;
}

static enum cs_err
fill(struct taking *t, const struct cs_wire_desk_filing *item)
{
	struct desk_filing *f = &t->f;
	enum cs_err err;

	f->id = item->number;
	f->what = item->what;
	f->category = item->category;
	f->flags = item->flags;
	f->about = item->about;
	f->received_ms = item->received_ms;
	/* Nobody sets it, the hub included. */
	f->due_ms =
	    cs_filing_deadline(item->what, item->category, item->received_ms);
	f->state = f->due_ms != 0 ? DESK_FILING_OPEN : DESK_FILING_OVER;
	memcpy(f->commitment, item->commitment, sizeof f->commitment);
	if ((err = fill_by(t, item)) || f->about == 0)
		return err;
	err = desk_filing_load(&t->notice, t->d, f->about);
	/* It is damaged on the disk: then this stands for itself. */
	if (err == CS_ERR_CORRUPT)
		desk_filing_clear(&t->notice);
	return err == CS_ERR_NOT_FOUND || err == CS_ERR_CORRUPT ? CS_OK : err;
}

/* ---- files --------------------------------------------------------------- */

/* The sentence that says what is not proved of a bundle. */
static enum cs_err
check_evidence(struct taking *t, size_t i)
{
	struct desk_filing_file *f = &t->files[i];
	enum cs_err err = cs_evidence_check(
	    &t->evidence[i], t->body->files[i].bytes, t->d->hub.root);

	if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		return CS_OK; /* it is no bundle */
	if (err)
		return err;
	f->kind = DESK_FILING_FILE_EVIDENCE;
	f->messages = t->evidence[i]->n_items;
	f->proved = t->evidence[i]->all_proved && f->messages != 0;
	if (!f->proved)
		desk_evidence_problem(
		    f->problem, sizeof f->problem, t->evidence[i]);
	return CS_OK;
}

/* Add the cases that have a photo near one of ${hashes}, of which the first is
 * remembered. */
static enum cs_err
find_cases(struct taking *t, const uint8_t hashes[][CS_PDQ_LEN], size_t n)
{
	struct desk_notice_cases *out = &t->photos;
	struct desk_neighbours found;
	enum cs_err err = desk_index_find(&found, t->d, hashes, n);

	if (err == CS_OK)
		err = cs_buf_add(&t->hashes, cs_view(hashes[0], CS_PDQ_LEN));

	for (size_t i = 0;
	     i < found.n && err == CS_OK && out->n < DESK_NOTICE_CASES_MAX;
	     i++) {
		struct desk_match m;

		err = desk_index_describe(&m, t->d, &found.found[i], 0);
		if (err == CS_OK && m.kind != DESK_MATCH_LIST)
			out->at[out->n++] = m.case_id;
		else if (err == CS_ERR_NOT_FOUND)
			err = CS_OK;
	}
	return err;
}

/* A photo that breaks decoders, or for which there is none, is kept all the
 * same. */
static enum cs_err
look_at_photo(struct taking *t, size_t i)
{
	struct desk_filing_file *f = &t->files[i];
	struct cs_view bytes = t->body->files[i].bytes;
	struct cs_photo_look l = { 0 };
	const char *type = cs_media_sniff_more(bytes);
	enum cs_err err;

	if (type == NULL || strncmp(type, "image/", 6) != 0)
		return CS_OK;
	f->kind = DESK_FILING_FILE_PHOTO;
	err = cs_photo_look(&l, bytes, CS_PHOTO_LEVEL_HASH);
	if (err == CS_OK && l.quality >= CS_PDQ_QUALITY_MIN)
		err = find_cases(t, l.hashes, CS_PDQ_TURNS);
	else if (err != CS_OK && err != CS_ERR_NOMEM) {
		snprintf(f->problem, sizeof f->problem, "%s", cs_err_text(err));
		err = CS_OK;
	}
	cs_photo_look_clear(&l);
	return err;
}

static enum cs_err
look_at_hashes(struct taking *t)
{
	struct cs_view rest = t->body->hashes;
	struct cs_filing_hash hash;
	unsigned n = 0;
	enum cs_err err = CS_OK;

	while (err == CS_OK && n++ < HASHES_LOOKED &&
	    cs_filing_hash_next(&hash, &rest)) {
		uint8_t one[1][CS_PDQ_LEN];

		memcpy(one[0], hash.pdq, CS_PDQ_LEN);
		err = find_cases(t, (const uint8_t(*)[CS_PDQ_LEN])one, 1);
	}
	return err;
}

static enum cs_err
look_at_files(struct taking *t)
{
	bool more;
	enum cs_err err = CS_OK;

	if (t->body->n_files + t->body->n_hashes == 0 ||
	    t->f.what == CS_FILING_PHOTOS)
		return CS_OK;
	if ((err = desk_index_refresh(t->d, UINT64_MAX, &more)))
		return err;
	for (size_t i = 0; i < t->body->n_files && err == CS_OK; i++) {
		struct desk_filing_file *f = &t->files[i];

		f->filing = t->f.id;
		f->place = i;
		copy_text(f->name, sizeof f->name, t->body->files[i].name);
		if ((err = check_evidence(t, i)) == CS_OK &&
		    f->kind != DESK_FILING_FILE_EVIDENCE)
			err = look_at_photo(t, i);
	}
	return err ? err : look_at_hashes(t);
}

/* ---- storing ------------------------------------------------------------- */

/* A bundle of which all is proved is a report that no member made: what is in
 * it counts as what members report. */
static enum cs_err
add_report(struct taking *t, size_t i)
{
	struct desk_filing_file *f = &t->files[i];
	struct desk_notice_cases *out = &t->messages;
	uint64_t case_id = 0;
	enum cs_err err;

	if (f->kind != DESK_FILING_FILE_EVIDENCE || !f->proved)
		return CS_OK;
	err = desk_report_take_filed(&case_id, f->report, t->d,
	    &(struct desk_filed){ .filing = t->f.id,
		.place = i,
		.received_ms = t->f.received_ms,
		.bundle = t->body->files[i].bytes,
		.evidence = t->evidence[i] });
	if (err == CS_OK && out->n < DESK_NOTICE_CASES_MAX)
		out->at[out->n++] = case_id;
	return err;
}

static enum cs_err
store_files(struct taking *t)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < t->body->n_files && err == CS_OK; i++)
		if ((err = add_report(t, i)) == CS_OK)
			err = desk_filing_file_add(
			    t->d, &t->files[i], t->body->files[i].bytes);
	return err;
}

/* The row, and what was filed without its files. */
static enum cs_err
insert(struct taking *t)
{
	size_t n_files = t->body->n_files;
	struct cs_buf body = { 0 };
	enum cs_err err;

	t->body->n_files = 0;
	err = cs_filing_body_write(&body, t->body);
	t->body->n_files = n_files;
	if (err == CS_OK)
		err = desk_filing_insert(t->d, &t->f, cs_buf_view(&body));
	cs_buf_free(&body);
	return err;
}

static enum cs_err
store_unreadable(struct taking *t)
{
	struct desk_filing_file file = { .filing = t->f.id,
		.kind = DESK_FILING_FILE_SEALED,
		.name = "sealed" };
	char text[200];
	enum cs_err err;

	snprintf(text, sizeof text, "The desk could not take it up: %s.",
	    t->f.problem);
	if ((err = desk_filing_insert(t->d, &t->f, cs_view(NULL, 0))) ||
	    (err = desk_filing_file_add(t->d, &file, t->sealed)) ||
	    !cs_filing_outcome_fits((uint8_t)t->f.what, CS_FILING_UNREADABLE))
		return err;
	return desk_filing_answer_itself(
	    t->d, &t->f, CS_FILING_UNREADABLE, text);
}

static enum cs_err
store_hashes(struct taking *t)
{
	struct desk_list_organisation of = { .name = t->f.name };
	uint64_t added;
	enum cs_err err;

	memcpy(of.key, t->f.organisation, sizeof of.key);
	if ((err = insert(t)) ||
	    (err = desk_list_take_risk(&added, t->d, &of, t->body->hashes)))
		return err;
	/* What fits them is never told. */
	return desk_filing_answer_itself(t->d, &t->f, CS_FILING_LISTED,
	    "The desk has taken up the hashes. Photos that are reported are "
	    "compared with them; nobody is told what they find.");
}

/* So that photos that are reported later are found to be the same. */
static enum cs_err
add_hashes(struct taking *t)
{
	enum cs_err err = CS_OK;

	for (size_t k = 0; k < t->hashes.len && err == CS_OK; k += CS_PDQ_LEN)
		err = desk_index_add_notice(t->d, t->f.id, t->hashes.data + k);
	return err;
}

static enum cs_err
store_notice(struct taking *t)
{
	enum cs_err err;

	if ((err = insert(t)) || (err = store_files(t)) ||
	    (err = add_hashes(t)))
		return err;
	return t->f.about != 0
	    ? desk_notice_follow(t->d, &t->f, &t->notice)
	    : desk_notice_join(t->d, &t->f, t->body, &t->messages, &t->photos);
}

static enum cs_err
store(struct taking *t)
{
	struct desk_filing *f = &t->f;
	bool bad = f->problem[0] != '\0';
	enum cs_err err;

	if ((err = desk_audit_say(t->d, "%s %llu came: %s",
		 cs_filing_what_name((uint8_t)f->what),
		 (unsigned long long)f->id, bad ? "unreadable" : "opened")))
		return err;
	if (f->key_state == DESK_KEY_FIRST &&
	    (err = desk_organisation_keep(t->d, f)))
		return err;
	return bad                        ? store_unreadable(t)
	    : f->what == CS_FILING_PHOTOS ? store_hashes(t)
					  : store_notice(t);
}

static enum cs_err
store_once(struct taking *t)
{
	bool known;
	enum cs_err err;

	if ((err = cs_db_begin(t->d->db)))
		return err;
	err = desk_filing_is_known(&known, t->d, t->f.id);
	if (err == CS_OK && !known)
		err = store(t);
	return cs_db_end(t->d->db, err);
}

static void
clear(struct taking *t)
{
	for (size_t i = 0; t->evidence != NULL && i < CS_FILING_FILES; i++)
		cs_evidence_free(t->evidence[i]);
	cs_free(t->evidence, CS_FILING_FILES * sizeof(struct cs_evidence *));
	cs_free(t->files, CS_FILING_FILES * sizeof *t->files);
	if (t->body != NULL)
		cs_free(t->body, sizeof *t->body);
	cs_buf_free(&t->plain);
	cs_buf_free(&t->hashes);
	desk_filing_clear(&t->f);
	desk_filing_clear(&t->notice);
}

enum cs_err
desk_filing_take(struct cs_desk *d, const struct cs_wire_desk_filing *item,
    struct cs_view sealed)
{
	struct taking t = { .d = d,
		.sealed = sealed,
		.plain = { .max = CS_FILING_SEALED_MAX } };
	bool known;
	enum cs_err err = desk_filing_is_known(&known, d, item->number);

	if (err || known)
		return err;
	/* There is no such thing: the hub is newer, or it lies. */
	if (item->number == 0 || item->number > INT64_MAX ||
	    item->received_ms > INT64_MAX / 2 ||
	    cs_filing_what_name(item->what) == NULL ||
	    cs_filing_term(item->category) == NULL)
		return CS_ERR_FORMAT;
	t.body = cs_calloc(1, sizeof *t.body);
	t.files = cs_calloc(CS_FILING_FILES, sizeof *t.files);
	t.evidence = cs_calloc(CS_FILING_FILES, sizeof(struct cs_evidence *));
	if (t.body == NULL || t.files == NULL || t.evidence == NULL)
		err = CS_ERR_NOMEM;
	if (err == CS_OK && (err = fill(&t, item)) == CS_OK &&
	    (err = open_sealed(&t)) == CS_OK && t.f.problem[0] == '\0')
		err = look_at_files(&t);
	if (err == CS_OK)
		err = store_once(&t);
	clear(&t);
	return err;
}

/* ---- from the hub -------------------------------------------------------- */

/* Fetch the sealed bytes of ${item}, piece by piece. */
static enum cs_err
fetch_sealed(struct cs_buf *out, struct cs_desk *d,
    const struct cs_wire_desk_filing *item)
{
	struct cs_wire_desk_filing_piece ask = { .number = item->number };
	struct cs_wire_filing_bytes piece;
	enum cs_err err = CS_OK;

	for (; ask.n < item->pieces && err == CS_OK; ask.n++)
		if ((err = desk_call(d, CS_WIRE_DESK_FILING_PIECE,
			 &cs_wire_desk_filing_piece_shape, &ask,
			 &cs_wire_filing_bytes_shape, &piece)) == CS_OK)
			err = cs_buf_add(out, piece.bytes);
	return err;
}

static enum cs_err
take_one(struct cs_desk *d, const struct cs_wire_desk_filing *item)
{
	const struct cs_wire_desk_filing_taken taken = { item->number };
	struct cs_buf sealed = { .max = CS_FILING_SEALED_MAX };
	struct cs_wire_empty none;
	bool known;
	enum cs_err err = desk_filing_is_known(&known, d, item->number);

	if (err == CS_OK && !known && item->pieces > CS_WIRE_FILING_PIECES_MAX)
		err = CS_ERR_LIMIT;
	if (err == CS_OK && !known &&
	    (err = fetch_sealed(&sealed, d, item)) == CS_OK)
		err = desk_filing_take(d, item, cs_buf_view(&sealed));
	cs_buf_free(&sealed);
	return err ? err
		   : desk_call(d, CS_WIRE_DESK_FILING_TAKEN,
			 &cs_wire_desk_filing_taken_shape, &taken,
			 &cs_wire_empty_shape, &none);
}

enum cs_err
desk_filings_fetch(struct cs_desk *d, uint32_t *n)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_desk_filings answer;
	struct cs_wire_desk_filing item;
	struct cs_buf raw = { 0 };
	struct cs_view rest;
	enum cs_err err;

	*n = 0;
	if ((err = desk_call(d, CS_WIRE_DESK_FILINGS, &cs_wire_empty_shape,
		 &empty, &cs_wire_desk_filings_shape, &answer)))
		return err;
	err = cs_buf_set(&raw, answer.filings.raw);
	rest = cs_buf_view(&raw);
	while (err == CS_OK &&
	    cs_wire_next(&item, &cs_wire_desk_filing_shape, &rest)) {
		err = take_one(d, &item);
		/* One that cannot be had, or is nothing that there is, holds up
		 * no others; it is offered again. */
		if (err == CS_ERR_DENIED || err == CS_ERR_LIMIT ||
		    err == CS_ERR_FORMAT)
			err = CS_OK;
		else
			++*n;
	}
	cs_buf_free(&raw);
	return err;
}
