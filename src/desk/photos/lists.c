/* SPDX-License-Identifier: MIT */
#include "desk/photos/lists.h"

#include <stdio.h>
#include <string.h>

#include "base/name.h"
#include "base/text.h"
#include "base/writer.h"
#include "content/filing_body.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "desk/core/term.h"
#include "desk/reports/file.h"
#include "phash/phash.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/vault.h"

#define HASHES "hash" /* the table */

/* ---- records ------------------------------------------------------------ */

static const struct desk_field list_fields[] = {
	DESK_TEXT(desk_list, name),
	DESK_TEXT(desk_list, owner),
	DESK_TEXT(desk_list, purpose),
	DESK_TIME(desk_list, made_ms),
};
const struct desk_record desk_list_record =
    DESK_RECORD(desk_list, "list", list_fields);

/* The hash stands before the record, so that photos are compared without
 * reading that. */
static const struct desk_field line_fields[] = {
	DESK_TEXT(desk_list_line, label),
	DESK_TEXT(desk_list_line, source),
	DESK_TEXT(desk_list_line, date),
};
const struct desk_record desk_list_line_record =
    DESK_RECORD(desk_list_line, NULL, line_fields);

int
cs_desk_list_format_find(const char *name)
{
	return strcmp(name, "csv") == 0 ? CS_DESK_LIST_CSV
	    : strcmp(name, "hma") == 0  ? CS_DESK_LIST_HMA
					: -1;
}

/* ---- lists -------------------------------------------------------------- */

static enum cs_err
administrator(struct cs_desk *d, const struct cs_desk_actor *actor)
{
	return cs_desk_is_administrator(actor)
	    ? CS_OK
	    : desk_problem(d, CS_ERR_DENIED, "lists-role",
		  "Only an administrator keeps lists.");
}

static bool
text_good(const char *s)
{
	return *s != '\0' && strlen(s) <= CS_DESK_LIST_TEXT_MAX &&
	    cs_utf8_valid(cs_view_str(s));
}

static enum cs_err
note_added(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct desk_list *l)
{
	struct desk_facts after = { 0 };

	desk_fact_text(&after, "name", l->name);
	desk_fact_text(&after, "owner", l->owner);
	desk_fact_text(&after, "purpose", l->purpose);
	desk_fact_number(&after, "made_ms", l->made_ms);
	return desk_audit_add(d,
	    &(struct desk_audit_event){
		.actor = actor, .what = "list-made", .after = &after });
}

/* In a transaction. */
static enum cs_err
add_list(uint64_t *id, struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct desk_list *l)
{
	enum cs_err err;

	if ((err = cs_db_exec(d->db, "INSERT INTO list(sealed) VALUES(x'')")))
		return err;
	*id = cs_db_last_id(d->db);
	err = desk_row_save(d, &desk_list_record, *id, l);
	return err ? err : note_added(d, actor, l);
}

enum cs_err
cs_desk_list_add(struct cs_desk *d, const struct cs_desk_actor *actor,
    const char *name, const char *owner, const char *purpose, uint64_t *id)
{
	struct desk_list l = { .made_ms = cs_clock_ms() };
	enum cs_err err;

	if ((err = administrator(d, actor)))
		return err;
	if (!text_good(name) || !text_good(owner) || !text_good(purpose))
		return desk_problem(d, CS_ERR_FORMAT, "list-fields",
		    "A list has a name, an owner and a purpose, each of up to "
		    "%d bytes.",
		    CS_DESK_LIST_TEXT_MAX);
	snprintf(l.name, sizeof l.name, "%s", name);
	snprintf(l.owner, sizeof l.owner, "%s", owner);
	snprintf(l.purpose, sizeof l.purpose, "%s", purpose);
	if ((err = cs_db_begin(d->db)))
		return err;
	return cs_db_end(d->db, add_list(id, d, actor, &l));
}

enum cs_err
cs_desk_list_remove(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id)
{
	enum cs_err err;

	if ((err = administrator(d, actor)) || (err = cs_db_begin(d->db)))
		return err;
	if ((err = cs_db_exec(
		 d->db, "DELETE FROM list WHERE id=?", cs_int(id))) == CS_OK &&
	    cs_db_changes(d->db) == 0)
		err = CS_ERR_NOT_FOUND;
	if (err == CS_OK &&
	    (err = cs_db_exec(d->db,
		 "DELETE FROM hash WHERE source=? AND ref=?",
		 cs_int(DESK_HASH_LIST), cs_int(id))) == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){
			.actor = actor, .what = "list-removed" });
	return cs_db_end(d->db, err);
}

enum cs_err
desk_lists(struct cs_desk *d,
    enum cs_err (*each)(void *arg, const struct desk_list *l), void *arg)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT list.id,list.sealed,"
	    "(SELECT COUNT(*) FROM hash WHERE source=? AND ref=list.id)"
	    " FROM list ORDER BY id",
	    cs_int(DESK_HASH_LIST));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct desk_list l = { .id = cs_col_int(&rows, 0),
			.hashes = cs_col_int(&rows, 2) };

		if ((err = desk_row_open_id(&l, &desk_list_record, d, l.id,
			 cs_col_blob(&rows, 1))) == CS_OK)
			err = each(arg, &l);
	}
	return cs_rows_end(&rows, err);
}

enum cs_err
desk_list_load(struct desk_list *out, struct cs_desk *d, uint64_t id)
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->id = id;
	err = cs_db_row(
	    &row, d->db, "SELECT sealed FROM list WHERE id=?", cs_int(id));
	if (err == CS_OK)
		err = desk_row_open_id(
		    out, &desk_list_record, d, id, cs_col_blob(&row, 0));
	else if (err == CS_ERR_NOT_FOUND)
		err = desk_problem(d, err, "no-list", "There is no such list.");
	return cs_rows_end(&row, err);
}

/* ---- lines -------------------------------------------------------------- */

static struct cs_view
next_line(struct cs_view *rest)
{
	const uint8_t *end = memchr(rest->data, '\n', rest->len);
	size_t n = end != NULL ? (size_t)(end - rest->data) : rest->len;
	struct cs_view line = cs_view(rest->data, n);

	if (end != NULL)
		n++;
	*rest = cs_view(rest->data + n, rest->len - n);
	if (line.len != 0 && line.data[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* Would a spreadsheet take it for a formula?  Text of others must not run
 * when somebody opens our list: such a field gets an apostrophe before it,
 * which is taken off again when it is read. */
static bool
is_formula(const char *s)
{
	s += strspn(s, "'");
	return *s != '\0' && strchr("=+-@\t\r", *s) != NULL;
}

/* RFC 4180: read a field, perhaps in quotes; false if it is too long or
 * broken. */
static bool
next_field(char *out, size_t size, struct cs_view *line)
{
	size_t n = 0, i = 0;
	bool quoted = line->len != 0 && line->data[0] == '"';

	for (i = quoted; i < line->len; i++) {
		char c = (char)line->data[i];

		if (quoted && c == '"') {
			if (i + 1 < line->len && line->data[i + 1] == '"') {
				i++;
			} else {
				quoted = false;
				i++;
				break;
			}
		} else if (!quoted && c == ',') {
			break;
		}
		if (n + 1 >= size)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	if (quoted || (i < line->len && line->data[i] != ','))
		return false;
	i += i < line->len;
	*line = cs_view(line->data + i, line->len - i);
	if (strlen(out) != n)
		return false; /* a zero in it */
	if (out[0] == '\'' && is_formula(out))
		memmove(out, out + 1, n);
	return cs_utf8_valid(cs_view_str(out));
}

/* NULL if it is good. */
static const char *
parse_csv(struct desk_list_line *out, struct cs_view line)
{
	char hash[2 * CS_PDQ_LEN + 2];

	if (!next_field(hash, sizeof hash, &line) ||
	    cs_unhex(out->hash, sizeof out->hash, hash) != CS_OK)
		return "the hash is not 64 of the characters 0-9 a-f";
	if (!next_field(out->label, sizeof out->label, &line) ||
	    !next_field(out->source, sizeof out->source, &line) ||
	    !next_field(out->date, sizeof out->date, &line))
		return "label, source or date are too long, or not UTF-8";
	return line.len != 0 ? "there are more than four fields" : NULL;
}

static const char *
parse_hma(struct desk_list_line *out, struct cs_view line)
{
	char hash[2 * CS_PDQ_LEN + 1];

	if (line.len < 4 || memcmp(line.data, "pdq ", 4) != 0)
		return "it is not of the signal type pdq";
	if (line.len != 4 + 2 * CS_PDQ_LEN)
		return "the hash is not 64 of the characters 0-9 a-f";
	memcpy(hash, line.data + 4, 2 * CS_PDQ_LEN);
	hash[2 * CS_PDQ_LEN] = '\0';
	return cs_unhex(out->hash, sizeof out->hash, hash) == CS_OK
	    ? NULL
	    : "the hash is not 64 of the characters 0-9 a-f";
}

const char *
desk_list_line_parse(struct desk_list_line *out, struct cs_view line,
    enum cs_desk_list_format format)
{
	return format == CS_DESK_LIST_CSV ? parse_csv(out, line)
					  : parse_hma(out, line);
}

enum cs_err
desk_list_line_open(struct desk_list_line *out, struct cs_desk *d, uint64_t id,
    struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	uint8_t name[8];
	enum cs_err err;

	memset(out, 0, sizeof *out);
	cs_vault_row(name, id);
	err = cs_vault_open(&plain, &d->key, HASHES, CS_VIEW_OF(name), sealed);
	if (err == CS_OK && plain.len < CS_PDQ_LEN)
		err = CS_ERR_CORRUPT;
	if (err == CS_OK) {
		memcpy(out->hash, plain.data, CS_PDQ_LEN);
		err = desk_record_read(out, &desk_list_line_record,
		    cs_view(plain.data + CS_PDQ_LEN, plain.len - CS_PDQ_LEN));
	}
	cs_buf_free(&plain);
	return err;
}

/* ---- importing ---------------------------------------------------------- */

/* CS_ERR_EXISTS if the list has it already. */
static enum cs_err
insert(struct cs_desk *d, uint64_t list, const struct desk_list_line *l)
{
	struct cs_buf plain = { 0 };
	uint8_t name[DESK_TERM_LEN];
	enum cs_err err;

	if ((err = cs_buf_add(&plain, CS_VIEW_OF(l->hash))) == CS_OK &&
	    (err = desk_record_write(&plain, &desk_list_line_record, l)) ==
		CS_OK &&
	    (err = desk_term(name, d, CS_VIEW_OF(l->hash))) == CS_OK &&
	    (err = cs_db_exec(d->db,
		 "INSERT INTO hash(source,ref,name,sealed) VALUES(?,?,?,x'')",
		 cs_int(DESK_HASH_LIST), cs_int(list),
		 cs_blob(CS_VIEW_OF(name)))) == CS_OK)
		err = desk_row_write(
		    d, HASHES, cs_db_last_id(d->db), cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

struct import {
	struct cs_desk *d;
	uint64_t list;
	enum cs_desk_list_format format;
	struct cs_desk_import *out;
};

static enum cs_err
import_line(const struct import *im, struct cs_view text, uint64_t number)
{
	struct cs_desk_import *out = im->out;
	struct desk_list_line l = { 0 };
	const char *why = desk_list_line_parse(&l, text, im->format);
	enum cs_err err;

	if (why != NULL) {
		if (out->n_bad < CS_DESK_IMPORT_BAD_MAX) {
			out->bad[out->n_bad].line = number;
			out->bad[out->n_bad].why = why;
		}
		out->n_bad++;
		return CS_OK;
	}
	err = insert(im->d, im->list, &l);
	out->skipped += err == CS_ERR_EXISTS;
	out->added += err == CS_OK;
	return err == CS_ERR_EXISTS ? CS_OK : err;
}

static enum cs_err
import_all(const struct import *im, struct cs_view text)
{
	uint64_t number = 0;
	enum cs_err err = CS_OK;

	while (text.len != 0 && err == CS_OK) {
		struct cs_view line = next_line(&text);

		number++;
		if (line.len == 0 ||
		    (number == 1 && im->format == CS_DESK_LIST_CSV &&
			line.len >= 5 && memcmp(line.data, "hash,", 5) == 0))
			continue;
		err = import_line(im, line, number);
	}
	return err;
}

static enum cs_err
note_imported(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct cs_desk_import *done)
{
	struct desk_facts after = { 0 };

	desk_fact_number(&after, "added", done->added);
	desk_fact_number(&after, "skipped", done->skipped);
	desk_fact_number(&after, "n_bad", done->n_bad);
	return desk_audit_add(d,
	    &(struct desk_audit_event){
		.actor = actor, .what = "list-imported", .after = &after });
}

enum cs_err
cs_desk_list_import(struct cs_desk_import *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id,
    enum cs_desk_list_format format, struct cs_view text)
{
	const struct import im = {
		.d = d, .list = id, .format = format, .out = out
	};
	struct desk_list l;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = administrator(d, actor)) ||
	    (err = desk_list_load(&l, d, id)) || (err = cs_db_begin(d->db)))
		return err;
	if ((err = import_all(&im, text)) == CS_OK)
		err = note_imported(d, actor, out);
	return cs_db_end(d->db, err);
}

/* ---- people at risk ----------------------------------------------------- */

struct finding {
	const char *owner;
	uint64_t found; /* 0: none */
};

static enum cs_err
find_owner(void *arg, const struct desk_list *l)
{
	struct finding *f = arg;

	if (strcmp(l->owner, f->owner) == 0 &&
	    strcmp(l->purpose, DESK_LIST_RISK) == 0)
		f->found = l->id;
	return CS_OK;
}

/* Find the list of the organisation, or make it. */
static enum cs_err
list_of(
    uint64_t *id, struct cs_desk *d, const struct desk_list_organisation *of)
{
	struct desk_list l = { .made_ms = cs_clock_ms(),
		.purpose = DESK_LIST_RISK };
	struct finding f = { .owner = l.owner };
	char key[CS_BASE64URL_SIZE(CS_KEY_LEN)];
	enum cs_err err;

	/* Two organisations may have one name, but not one key. */
	cs_base64url(key, CS_VIEW_OF(of->key));
	snprintf(l.owner, sizeof l.owner, "key %s", key);
	cs_name_clean(l.name, sizeof l.name, cs_view_str(of->name));
	if (l.name[0] == '\0')
		snprintf(l.name, sizeof l.name, "%s", l.owner);
	if ((err = desk_lists(d, find_owner, &f)))
		return err;
	*id = f.found;
	return f.found != 0 ? CS_OK : add_list(id, d, NULL, &l);
}

enum cs_err
desk_list_take_risk(uint64_t *added, struct cs_desk *d,
    const struct desk_list_organisation *of, struct cs_view hashes)
{
	struct cs_desk_import done = { 0 };
	struct cs_filing_hash hash;
	uint64_t list = 0;
	enum cs_err err = list_of(&list, d, of);

	while (err == CS_OK && cs_filing_hash_next(&hash, &hashes)) {
		struct desk_list_line line = { 0 };

		memcpy(line.hash, hash.pdq, sizeof line.hash);
		if (hash.label.len != 0) /* CS_FILING_LABEL_MAX */
			memcpy(line.label, hash.label.data, hash.label.len);
		err = insert(d, list, &line);
		done.added += err == CS_OK;
		done.skipped += err == CS_ERR_EXISTS;
		if (err == CS_ERR_EXISTS)
			err = CS_OK;
	}
	*added = done.added;
	return err ? err : note_imported(d, NULL, &done);
}

enum cs_err
desk_lists_risk(
    bool *out, struct cs_desk *d, const struct desk_match_list *matches)
{
	enum cs_err err = CS_OK;

	*out = false;
	for (size_t i = 0; i < matches->n && err == CS_OK && !*out; i++) {
		struct desk_list l;

		if (matches->at[i].kind != DESK_MATCH_LIST)
			continue;
		err = desk_list_load(&l, d, matches->at[i].list);
		*out = err == CS_OK && strcmp(l.purpose, DESK_LIST_RISK) == 0;
		/* It was removed, or is damaged on the disk. */
		if (err == CS_ERR_NOT_FOUND || err == CS_ERR_CORRUPT)
			err = CS_OK;
	}
	return err;
}

/* ---- exporting ---------------------------------------------------------- */

static void
write_field(struct cs_writer *w, const char *s, char after)
{
	bool quote = strpbrk(s, ",\"\r\n") != NULL;

	if (quote)
		cs_write_u8(w, '"');
	if (is_formula(s))
		cs_write_u8(w, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '"')
			cs_write_u8(w, '"');
		cs_write_u8(w, (uint8_t)*s);
	}
	if (quote)
		cs_write_u8(w, '"');
	cs_write_u8(w, (uint8_t)after);
}

static void
write_line(struct cs_writer *w, const struct desk_list_line *l,
    enum cs_desk_list_format format)
{
	char hash[2 * CS_PDQ_LEN + 1];

	cs_hex(hash, CS_VIEW_OF(l->hash));
	if (format == CS_DESK_LIST_HMA) {
		cs_write_bytes(w, cs_view_str("pdq "));
		write_field(w, hash, '\n');
		return;
	}
	write_field(w, hash, ',');
	write_field(w, l->label, ',');
	write_field(w, l->source, ',');
	write_field(w, l->date, '\n');
}

enum cs_err
cs_desk_list_export(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id,
    enum cs_desk_list_format format)
{
	struct cs_writer w = cs_writer(out);
	struct desk_facts after = { 0 };
	struct desk_list l;
	struct cs_rows rows;
	enum cs_err err;

	if ((err = administrator(d, actor)) ||
	    (err = desk_list_load(&l, d, id)))
		return err;
	if (format == CS_DESK_LIST_CSV)
		cs_write_bytes(&w, cs_view_str("hash,label,source,date\n"));
	err = cs_db_query(&rows, d->db,
	    "SELECT id,sealed FROM hash WHERE source=? AND ref=? ORDER BY id",
	    cs_int(DESK_HASH_LIST), cs_int(id));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct desk_list_line line;

		if ((err = desk_list_line_open(&line, d, cs_col_int(&rows, 0),
			 cs_col_blob(&rows, 1))) == CS_OK)
			write_line(&w, &line, format);
	}
	if ((err = cs_rows_end(&rows, err)) || (err = cs_writer_end(&w)))
		return err;
	desk_fact_text(&after, "name", l.name);
	return desk_audit_note(d,
	    &(struct desk_audit_event){
		.actor = actor, .what = "list-exported", .after = &after });
}
