/* SPDX-License-Identifier: MIT */
#include "desk/reports/filing.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "content/letter.h"
#include "crypto/hash.h"
#include "crypto/suite.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "desk/core/term.h"
#include "desk/reports/reading.h"
#include "store/db.h"
#include "store/file.h"
#include "store/vault.h"

#define BODY "filing.body"
#define FILE_BYTES "filing.file"
#define PATH_SIZE 4096
#define ANSWERS_MAX 20
#define REFUSED_MAX 1000
#define LIST_MAX 500

/* ---- records ------------------------------------------------------------- */

static const char *const states[] = { "open", "over" };
static const char *const key_states[] = { "none", "unproved", "first", "known",
	"other-key", "other-name" };
static const char *const kinds[] = { "other", "photo", "evidence", "sealed" };

static const struct desk_field answer_fields[] = {
	DESK_NUMBER(desk_filing_answer, outcome, 1, CS_FILING_LISTED),
	DESK_TIME(desk_filing_answer, at_ms),
	DESK_TIME(desk_filing_answer, person),
	DESK_TEXT(desk_filing_answer, by),
	DESK_STRING(desk_filing_answer, text, CS_LETTER_TEXT_MAX),
	DESK_TIME(desk_filing_answer, decision),
	DESK_FLAG(desk_filing_answer, told),
	DESK_STRING(desk_filing_answer, refused, REFUSED_MAX),
};
static const struct desk_record answer_record =
    DESK_RECORD(desk_filing_answer, NULL, answer_fields);

static const struct desk_field fields[] = {
	DESK_TIME(desk_filing, about),
	DESK_NUMBER(desk_filing, what, 1, UINT8_MAX),
	DESK_NUMBER(desk_filing, category, 0, UINT8_MAX),
	DESK_NUMBER(desk_filing, flags, 0, UINT8_MAX),
	DESK_WORD(desk_filing, state, states),
	DESK_TIME(desk_filing, received_ms),
	DESK_TIME(desk_filing, due_ms),
	DESK_BYTES(desk_filing, commitment),
	DESK_BYTES(desk_filing, organisation),
	DESK_WORD(desk_filing, key_state, key_states),
	DESK_BYTES(desk_filing, key_before),
	DESK_TEXT(desk_filing, name_before),
	DESK_TEXT(desk_filing, claimed),
	DESK_TEXT(desk_filing, name),
	DESK_TEXT(desk_filing, scope),
	DESK_FLAG(desk_filing, trusted),
	DESK_TEXT(desk_filing, problem),
	DESK_BYTES(desk_filing, reply),
	DESK_FLAG(desk_filing, destroyed),
	DESK_ARRAY(desk_filing, answers, &answer_record, ANSWERS_MAX),
};
static const struct desk_record filing_record =
    DESK_RECORD(desk_filing, "filing", fields);

static const struct desk_field file_fields[] = {
	DESK_WORD(desk_filing_file, kind, kinds),
	DESK_TEXT(desk_filing_file, name),
	DESK_TIME(desk_filing_file, size),
	DESK_TIME(desk_filing_file, messages),
	DESK_FLAG(desk_filing_file, proved),
	DESK_BYTES(desk_filing_file, report),
	DESK_TEXT(desk_filing_file, problem),
};
static const struct desk_record file_record =
    DESK_RECORD(desk_filing_file, "filing_file", file_fields);

const char *
desk_filing_file_kind_name(enum desk_filing_file_kind kind)
{
	return kinds[kind];
}

const char *
desk_key_state_name(enum desk_key_state state)
{
	return key_states[state];
}

bool
desk_filing_is_by_nobody(const struct desk_filing *f)
{
	static const uint8_t nobody[CS_KEY_LEN];

	return memcmp(f->organisation, nobody, sizeof nobody) == 0;
}

bool
desk_filing_is_by_known(const struct desk_filing *f)
{
	return f->key_state == DESK_KEY_FIRST || f->key_state == DESK_KEY_KNOWN;
}

const struct desk_filing_answer *
desk_filing_answered(const struct desk_filing *f)
{
	return f->answers.n != 0 ? &f->answers.at[f->answers.n - 1] : NULL;
}

const struct desk_filing_answer *
desk_filing_ended(const struct desk_filing *f)
{
	const struct desk_filing_answer *last = desk_filing_answered(f);

	return last != NULL && last->outcome != CS_FILING_NEEDS_MORE ? last
								     : NULL;
}

bool
desk_filing_was_asked(const struct desk_filing *f)
{
	for (size_t i = 0; i < f->answers.n; i++)
		if (f->answers.at[i].outcome == CS_FILING_NEEDS_MORE)
			return true;
	return false;
}

/* ---- rows ---------------------------------------------------------------- */

/* Columns id, case_id, sealed. */
static enum cs_err
read_row(struct desk_filing *out, struct cs_desk *d, struct cs_rows *rows)
{
	memset(out, 0, sizeof *out);
	out->id = cs_col_int(rows, 0);
	out->case_id = cs_col_int(rows, 1);
	return desk_row_open_id(
	    out, &filing_record, d, out->id, cs_col_blob(rows, 2));
}

enum cs_err
desk_filing_load(struct desk_filing *out, struct cs_desk *d, uint64_t number)
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_row(&row, d->db,
	    "SELECT id,case_id,sealed FROM filing WHERE id=?", cs_int(number));
	if (err == CS_OK)
		err = read_row(out, d, &row);
	else if (err == CS_ERR_NOT_FOUND)
		err = desk_problem(d, err, "no-notice",
		    "Nothing was filed under number %llu.",
		    (unsigned long long)number);
	return cs_rows_end(&row, err);
}

void
desk_filing_clear(struct desk_filing *f)
{
	desk_record_clear(f, &filing_record);
	memset(f, 0, sizeof *f);
}

enum cs_err
desk_filing_is_known(bool *out, struct cs_desk *d, uint64_t number)
{
	uint64_t n = 0;
	enum cs_err err = cs_db_get_int(&n, d->db,
	    "SELECT COUNT(*) FROM filing WHERE id=?", cs_int(number));

	*out = n != 0;
	return err;
}

static enum cs_err
save_body(struct cs_desk *d, uint64_t number, struct cs_view body)
{
	struct cs_buf sealed = { 0 };
	uint8_t name[8];
	enum cs_err err;

	cs_vault_row(name, number);
	if ((err = cs_vault_seal(
		 &sealed, &d->key, BODY, CS_VIEW_OF(name), body)) == CS_OK)
		err = cs_db_exec(d->db, "UPDATE filing SET body=? WHERE id=?",
		    cs_blob(cs_buf_view(&sealed)), cs_int(number));
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_filing_insert(
    struct cs_desk *d, const struct desk_filing *f, struct cs_view body)
{
	enum cs_err err;

	if ((err = cs_db_exec(d->db,
		 "INSERT INTO filing(id,case_id,about,what,category,state,"
		 "received,due,outcome,answered,sealed)"
		 " VALUES(?,?,?,?,?,0,?,0,0,0,x'')",
		 cs_int(f->id), cs_int(f->case_id), cs_int(f->about),
		 cs_int(f->what), cs_int(f->category),
		 cs_int(f->received_ms))) ||
	    (err = desk_filing_save(d, f)))
		return err;
	return body.len != 0 ? save_body(d, f->id, body) : CS_OK;
}

enum cs_err
desk_filing_save(struct cs_desk *d, const struct desk_filing *f)
{
	const struct desk_filing_answer *last = desk_filing_answered(f);
	uint8_t term[DESK_TERM_LEN];
	enum cs_err err;

	if ((err = desk_term(term, d, CS_VIEW_OF(f->organisation))) ||
	    (err = desk_row_save(d, &filing_record, f->id, f)))
		return err;
	return cs_db_exec(d->db,
	    "UPDATE filing SET case_id=?,state=?,due=?,outcome=?,answered=?,"
	    "organisation=COALESCE(organisation,?) WHERE id=?",
	    cs_int(f->case_id), cs_int(f->state), cs_int(f->due_ms),
	    cs_int(last != NULL ? last->outcome : 0),
	    cs_int(last != NULL ? last->at_ms : 0),
	    desk_filing_is_by_nobody(f) ? cs_null() : cs_blob(CS_VIEW_OF(term)),
	    cs_int(f->id));
}

enum cs_err
desk_filing_open(
    struct desk_filing_opened *out, struct cs_desk *d, uint64_t number)
{
	struct cs_rows row;
	uint8_t name[8];
	bool there = false;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	cs_vault_row(name, number);
	err = cs_db_row(
	    &row, d->db, "SELECT body FROM filing WHERE id=?", cs_int(number));
	if (err == CS_OK && (there = !cs_col_null(&row, 0)))
		err = cs_vault_open(&out->plain, &d->key, BODY,
		    CS_VIEW_OF(name), cs_col_blob(&row, 0));
	if ((err = cs_rows_end(&row, err)) || !there)
		return err;
	if ((out->body = cs_calloc(1, sizeof *out->body)) == NULL)
		return CS_ERR_NOMEM;
	err = cs_filing_body_parse(out->body, cs_buf_view(&out->plain));
	return err && cs_err_class(err) == CS_ERR_CLASS_THEIRS ? CS_ERR_CORRUPT
							       : err;
}

void
desk_filing_opened_clear(struct desk_filing_opened *o)
{
	cs_free(o->body, sizeof *o->body);
	cs_buf_free(&o->plain);
	memset(o, 0, sizeof *o);
}

static enum cs_err
walk(struct cs_desk *d, struct cs_rows *rows, enum cs_err err,
    desk_filing_each *each, void *arg)
{
	while (err == CS_OK && cs_rows_next(rows)) {
		struct desk_filing f;

		if ((err = read_row(&f, d, rows)) == CS_OK)
			err = each(arg, &f);
		else if (err == CS_ERR_CORRUPT)
			err = CS_OK; /* damaged on the disk */
		desk_filing_clear(&f);
	}
	return cs_rows_end(rows, err);
}

enum cs_err
desk_filings_of_case(
    struct cs_desk *d, uint64_t case_id, desk_filing_each *each, void *arg)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, d->db,
	    "SELECT id,case_id,sealed FROM filing WHERE case_id=?"
	    " ORDER BY id",
	    cs_int(case_id));

	return walk(d, &rows, err, each, arg);
}

enum cs_err
desk_filings_in_state(struct cs_desk *d, enum desk_filing_state state,
    desk_filing_each *each, void *arg)
{
	struct cs_rows rows;
	enum cs_err err = state == DESK_FILING_OPEN
	    ? cs_db_query(&rows, d->db,
		  "SELECT id,case_id,sealed FROM filing WHERE state=?"
		  " ORDER BY due,id LIMIT ?",
		  cs_int(state), cs_int(LIST_MAX))
	    : cs_db_query(&rows, d->db,
		  "SELECT id,case_id,sealed FROM filing WHERE state=?"
		  " ORDER BY id DESC LIMIT ?",
		  cs_int(state), cs_int(LIST_MAX));

	return walk(d, &rows, err, each, arg);
}

enum cs_err
desk_filing_accuracy(struct desk_filing_accuracy *out, struct cs_desk *d,
    const uint8_t organisation[static CS_KEY_LEN])
{
	uint8_t term[DESK_TERM_LEN];
	struct cs_rows rows;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = desk_term(term, d, cs_view(organisation, CS_KEY_LEN))))
		return err;
	err = cs_db_query(&rows, d->db,
	    "SELECT outcome,COUNT(*) FROM filing"
	    " WHERE organisation=? AND what=? GROUP BY outcome",
	    cs_blob(CS_VIEW_OF(term)), cs_int(CS_FILING_NOTICE));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint64_t n = cs_col_int(&rows, 1);

		switch (cs_col_int(&rows, 0)) {
		case CS_FILING_ACTED:
			out->acted = n;
			break;
		case CS_FILING_REFUSED:
			out->refused = n;
			break;
		case CS_FILING_NOT_OURS:
			out->not_ours = n;
			break;
		default:
			break;
		}
	}
	return cs_rows_end(&rows, err);
}

/* ---- destroying ---------------------------------------------------------- */

static enum cs_err
empty_answers(struct desk_filing *f)
{
	const struct cs_view none = { 0 };
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < f->answers.n && err == CS_OK; i++)
		if ((err = desk_string_set(&f->answers.at[i].text, none)) ==
		    CS_OK)
			err = desk_string_set(&f->answers.at[i].refused, none);
	return err;
}

enum cs_err
desk_filing_empty(struct cs_desk *d, uint64_t number)
{
	struct desk_filing f;
	enum cs_err err = desk_filing_load(&f, d, number);

	/* The keyed hash of the organisation's key stays, for its accuracy. */
	memset(f.name, 0, sizeof f.name);
	memset(f.claimed, 0, sizeof f.claimed);
	memset(f.key_before, 0, sizeof f.key_before);
	memset(f.name_before, 0, sizeof f.name_before);
	memset(f.scope, 0, sizeof f.scope);
	memset(f.problem, 0, sizeof f.problem);
	memset(f.organisation, 0, sizeof f.organisation);
	memset(f.reply, 0, sizeof f.reply);
	f.destroyed = true;
	if (err == CS_OK && (err = empty_answers(&f)) == CS_OK &&
	    (err = desk_filing_save(d, &f)) == CS_OK &&
	    (err = cs_db_exec(d->db, "UPDATE filing SET body=NULL WHERE id=?",
		 cs_int(number))) == CS_OK)
		err = cs_db_exec(d->db,
		    "DELETE FROM filing_file WHERE filing=?", cs_int(number));
	desk_filing_clear(&f);
	return err;
}

/* ---- files --------------------------------------------------------------- */

static void
path_of(char out[static PATH_SIZE], const struct cs_desk *d,
    const uint8_t hash[static CS_HASH_LEN])
{
	char hex[2 * CS_HASH_LEN + 1];

	cs_hex(hex, cs_view(hash, CS_HASH_LEN));
	snprintf(out, PATH_SIZE, "%s/files/%s", d->folder.path, hex);
}

/* Seal ${bytes} for the row ${id} into a file, whose hash names it. */
static enum cs_err
write_file(uint8_t hash[static CS_HASH_LEN], struct cs_desk *d, uint64_t id,
    struct cs_view bytes)
{
	struct cs_buf sealed = { 0 };
	char path[PATH_SIZE];
	uint8_t name[8];
	enum cs_err err;

	cs_vault_row(name, id);
	if ((err = cs_vault_seal(&sealed, &d->key, FILE_BYTES, CS_VIEW_OF(name),
		 bytes)) == CS_OK &&
	    (err = cs_sha256(hash, cs_buf_view(&sealed))) == CS_OK) {
		path_of(path, d, hash);
		err = cs_file_write(path, cs_buf_view(&sealed), 0600);
	}
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_filing_file_add(
    struct cs_desk *d, struct desk_filing_file *f, struct cs_view bytes)
{
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err;

	f->size = bytes.len;
	if ((err = cs_db_exec(d->db,
		 "INSERT INTO filing_file(filing,place,file,sealed)"
		 " VALUES(?,?,x'',x'')",
		 cs_int(f->filing), cs_int(f->place))))
		return err;
	f->id = cs_db_last_id(d->db);
	if ((err = write_file(hash, d, f->id, bytes)) ||
	    (err = cs_db_exec(d->db, "UPDATE filing_file SET file=? WHERE id=?",
		 cs_blob(CS_VIEW_OF(hash)), cs_int(f->id))))
		return err;
	return desk_row_save(d, &file_record, f->id, f);
}

/* Columns id, filing, place, sealed. */
static enum cs_err
read_file_row(
    struct desk_filing_file *out, struct cs_desk *d, struct cs_rows *rows)
{
	memset(out, 0, sizeof *out);
	out->id = cs_col_int(rows, 0);
	out->filing = cs_col_int(rows, 1);
	out->place = cs_col_int(rows, 2);
	return desk_row_open_id(
	    out, &file_record, d, out->id, cs_col_blob(rows, 3));
}

enum cs_err
desk_filing_file_load(
    struct desk_filing_file *out, struct cs_desk *d, uint64_t id)
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_row(&row, d->db,
	    "SELECT id,filing,place,sealed FROM filing_file WHERE id=?",
	    cs_int(id));
	if (err == CS_OK)
		err = read_file_row(out, d, &row);
	else if (err == CS_ERR_NOT_FOUND)
		err = desk_problem(d, err, "no-notice-file",
		    "There is no such file of a notice.");
	return cs_rows_end(&row, err);
}

enum cs_err
desk_filing_file_open(struct cs_buf *out, struct cs_desk *d, uint64_t id)
{
	struct cs_buf sealed = { 0 };
	uint8_t hash[CS_HASH_LEN], name[8];
	char path[PATH_SIZE];
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(
	    &row, d->db, "SELECT file FROM filing_file WHERE id=?", cs_int(id));
	if (err == CS_OK)
		cs_col_copy(&row, 0, hash, sizeof hash);
	if ((err = cs_rows_end(&row, err)))
		return err;
	path_of(path, d, hash);
	cs_vault_row(name, id);
	if ((err = cs_file_read(
		 &sealed, path, CS_FILING_SEALED_MAX + CS_KIB)) == CS_OK)
		err = cs_vault_open(out, &d->key, FILE_BYTES, CS_VIEW_OF(name),
		    cs_buf_view(&sealed));
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_filing_files(struct cs_desk *d, uint64_t number,
    enum cs_err (*each)(void *arg, const struct desk_filing_file *f), void *arg)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,filing,place,sealed FROM filing_file WHERE filing=?"
	    " ORDER BY place",
	    cs_int(number));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct desk_filing_file f;

		if ((err = read_file_row(&f, d, &rows)) == CS_OK)
			err = each(arg, &f);
	}
	return cs_rows_end(&rows, err);
}

enum cs_err
cs_desk_filing_file(struct cs_buf *out, struct desk_filing_file *f,
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id)
{
	struct desk_filing filing = { 0 };
	enum cs_err err;

	if ((err = desk_filing_file_load(f, d, id)) == CS_OK &&
	    (err = desk_filing_load(&filing, d, f->filing)) == CS_OK &&
	    (err = desk_filing_note(d, actor, &filing, "notice-file-opened")) ==
		CS_OK)
		err = desk_filing_file_open(out, d, id);
	desk_filing_clear(&filing);
	return err;
}

/* ---- who looked ---------------------------------------------------------- */

enum cs_err
desk_filing_note(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct desk_filing *f, const char *what)
{
	struct desk_facts after = { 0 };
	const struct desk_audit_event e = { .actor = actor,
		.case_id = f->case_id,
		.what = what,
		.after = &after };

	desk_fact_id(&after, "notice", f->id);
	return cs_db_in_transaction(d->db) ? desk_audit_add(d, &e)
					   : desk_audit_note(d, &e);
}

enum cs_err
desk_filing_note_read(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct desk_filing *f)
{
	bool begins, inside = cs_db_in_transaction(d->db);
	enum cs_err err;

	if ((err = desk_reading_has_filing(&begins, d, actor, f->id)) ||
	    !begins)
		return err;
	if (!inside && (err = cs_db_begin(d->db)))
		return err;
	if ((err = desk_reading_begin_filing(d, actor, f->id)) == CS_OK)
		err = desk_filing_note(d, actor, f, "notice-read");
	return inside ? err : cs_db_end(d->db, err);
}
