/* SPDX-License-Identifier: MIT */
/* Lists of hashes that others keep: each has an owner and a purpose. */
#include "desk/photos/lists.h"

#include <string.h>

#include "base/text.h"
#include "base/writer.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/core/store.h"
#include "desk/core/term.h"
#include "phash/phash.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/vault.h"

#define TABLE "list"
#define BAD_MAX 100 /* lines that are said; the rest is counted */

static enum cs_err
administrator(struct cs_desk *d, const struct cs_desk_actor *actor)
{
	return cs_desk_is_administrator(actor)
	    ? CS_OK
	    : desk_problem(
		  d, CS_ERR_DENIED, "Only an administrator keeps lists.");
}

static bool
text_good(const char *s)
{
	return *s != '\0' && strlen(s) <= CS_DESK_LIST_TEXT_MAX &&
	    cs_utf8_valid(cs_view_str(s));
}

enum cs_err
cs_desk_list_add(struct cs_desk *d, const struct cs_desk_actor *actor,
    const char *name, const char *owner, const char *purpose, uint64_t *id)
{
	json_t *doc;
	enum cs_err err;

	if ((err = administrator(d, actor)))
		return err;
	if (!text_good(name) || !text_good(owner) || !text_good(purpose))
		return desk_problem(d, CS_ERR_FORMAT,
		    "A list has a name, an owner and a purpose, each of up to "
		    "%d bytes.",
		    CS_DESK_LIST_TEXT_MAX);
	if ((err = cs_db_begin(d->db)))
		return err;
	doc = json_object();
	json_put_str(doc, "name", name, &err);
	json_put_str(doc, "owner", owner, &err);
	json_put_str(doc, "purpose", purpose, &err);
	json_put_num(doc, "made_ms", cs_clock_ms(), &err);
	if (err == CS_OK &&
	    (err = cs_db_exec(d->db, "INSERT INTO list(sealed) VALUES(x'')")) ==
		CS_OK) {
		*id = cs_db_last_id(d->db);
		err = desk_doc_write(d, TABLE, *id, doc);
	}
	if (err == CS_OK &&
	    (err = desk_audit_add(d,
		 &(struct desk_audit_event){
		     .actor = actor, .what = "list-made", .after = doc })) ==
		CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	json_decref(doc);
	return err;
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
		 "DELETE FROM hash WHERE source=1 AND ref=?", cs_int(id))) ==
		CS_OK &&
	    (err = desk_audit_add(d,
		 &(struct desk_audit_event){
		     .actor = actor, .what = "list-removed" })) == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	return err;
}

enum cs_err
cs_desk_lists(json_t *items, struct cs_desk *d)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT list.id,list.sealed,"
	    "(SELECT COUNT(*) FROM hash WHERE source=1 AND ref=list.id)"
	    " FROM list ORDER BY id");
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint64_t id = cs_col_int(&rows, 0);
		json_t *doc = NULL;

		err =
		    desk_doc_open_id(&doc, d, TABLE, id, cs_col_blob(&rows, 1));
		if (err)
			break;
		json_put_id(doc, "id", id, &err);
		json_put_num(doc, "hashes", cs_col_int(&rows, 2), &err);
		json_push(items, doc, &err);
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
check_list(struct cs_desk *d, uint64_t id)
{
	uint64_t n;
	enum cs_err err = cs_db_get_int(
	    &n, d->db, "SELECT COUNT(*) FROM list WHERE id=?", cs_int(id));

	return err == CS_OK && n == 0
	    ? desk_problem(d, CS_ERR_NOT_FOUND, "There is no such list.")
	    : err;
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

/* Would a program for tables take it for a formula?  What others have written
 * into their list is not run because somebody opens ours: such a field gets an
 * apostrophe before it, which is taken off again when it is read. */
static bool
is_formula(const char *s)
{
	s += strspn(s, "'");
	return *s != '\0' && strchr("=+-@\t\r", *s) != NULL;
}

/* RFC 4180: a field, perhaps in quotes; false if it is too long or broken. */
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

/* NULL: it is good. */
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
desk_list_line_parse(struct desk_list_line *out, struct cs_view line, bool csv)
{
	return csv ? parse_csv(out, line) : parse_hma(out, line);
}

/* ---- importing ---------------------------------------------------------- */

/* CS_ERR_EXISTS: the list has it already. */
static enum cs_err
insert(struct cs_desk *d, uint64_t list, const struct desk_list_line *l)
{
	struct cs_buf plain = { 0 };
	json_t *doc = json_object();
	uint8_t name[16];
	enum cs_err err = CS_OK;

	json_put_str(doc, "label", l->label, &err);
	json_put_str(doc, "source", l->source, &err);
	json_put_str(doc, "date", l->date, &err);
	if (err == CS_OK &&
	    (err = cs_buf_add(&plain, CS_VIEW_OF(l->hash))) == CS_OK &&
	    (err = desk_doc_text(&plain, doc)) == CS_OK &&
	    (err = desk_term(name, d, CS_VIEW_OF(l->hash))) == CS_OK &&
	    (err = cs_db_exec(d->db,
		 "INSERT INTO hash(source,ref,name,sealed)"
		 " VALUES(1,?,?,x'')",
		 cs_int(list), cs_blob(CS_VIEW_OF(name)))) == CS_OK)
		err = desk_row_write(
		    d, "hash", cs_db_last_id(d->db), cs_buf_view(&plain));
	json_decref(doc);
	cs_buf_free(&plain);
	return err;
}

struct import {
	struct cs_desk *d;
	uint64_t list, added, skipped, n_bad;
	json_t *bad;
};

static enum cs_err
import_line(struct import *im, struct cs_view text, bool csv, uint64_t number)
{
	struct desk_list_line l = { 0 };
	const char *wrong = desk_list_line_parse(&l, text, csv);
	enum cs_err err = CS_OK;

	if (wrong != NULL) {
		if (im->n_bad++ < BAD_MAX) {
			json_t *o = json_object();

			json_put_num(o, "line", number, &err);
			json_put_str(o, "why", wrong, &err);
			json_push(im->bad, o, &err);
		}
		return err;
	}
	err = insert(im->d, im->list, &l);
	if (err == CS_ERR_EXISTS) {
		im->skipped++;
		return CS_OK;
	}
	im->added += err == CS_OK;
	return err;
}

static enum cs_err
import_all(struct import *im, struct cs_view text, bool csv)
{
	uint64_t number = 0;
	enum cs_err err = CS_OK;

	while (text.len != 0 && err == CS_OK) {
		struct cs_view line = next_line(&text);

		number++;
		if (line.len == 0 ||
		    (number == 1 && csv && line.len >= 5 &&
			memcmp(line.data, "hash,", 5) == 0))
			continue;
		err = import_line(im, line, csv, number);
	}
	return err;
}

enum cs_err
cs_desk_list_import(json_t *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, const char *format,
    struct cs_view text)
{
	struct import im = { .d = d, .list = id };
	bool csv = strcmp(format, "csv") == 0;
	enum cs_err err;

	if ((err = administrator(d, actor)) || (err = check_list(d, id)))
		return err;
	if (!csv && strcmp(format, "hma") != 0)
		return desk_problem(
		    d, CS_ERR_FORMAT, "A format is \"csv\" or \"hma\".");
	if ((err = cs_db_begin(d->db)))
		return err;
	im.bad = json_array();
	if ((err = import_all(&im, text, csv)) == CS_OK) {
		json_put_num(out, "added", im.added, &err);
		json_put_num(out, "skipped", im.skipped, &err);
		json_put_num(out, "n_bad", im.n_bad, &err);
	}
	json_put(out, "bad", im.bad, &err);
	if (err == CS_OK &&
	    (err = desk_audit_add(d,
		 &(struct desk_audit_event){ .actor = actor,
		     .what = "list-imported",
		     .after = out })) == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
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

static enum cs_err
export_row(struct cs_writer *w, struct cs_desk *d, uint64_t id,
    struct cs_view sealed, bool csv)
{
	struct cs_buf plain = { 0 };
	char hash[2 * CS_PDQ_LEN + 1];
	json_t *doc = NULL;
	uint8_t row[8];
	enum cs_err err;

	cs_vault_row(row, id);
	err = cs_vault_open(&plain, &d->key, "hash", CS_VIEW_OF(row), sealed);
	if (err == CS_OK && plain.len < CS_PDQ_LEN)
		err = CS_ERR_CORRUPT;
	if (err == CS_OK) {
		doc = json_loadb((const char *)plain.data + CS_PDQ_LEN,
		    plain.len - CS_PDQ_LEN, 0, NULL);
		cs_hex(hash, cs_view(plain.data, CS_PDQ_LEN));
		if (!csv)
			cs_write_bytes(w, cs_view_str("pdq "));
		write_field(w, hash, csv ? ',' : '\n');
	}
	if (err == CS_OK && csv) {
		write_field(w, json_get_str(doc, "label"), ',');
		write_field(w, json_get_str(doc, "source"), ',');
		write_field(w, json_get_str(doc, "date"), '\n');
	}
	json_decref(doc);
	cs_buf_free(&plain);
	return err;
}

enum cs_err
cs_desk_list_export(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, const char *format)
{
	bool csv = strcmp(format, "csv") == 0;
	struct cs_writer w = cs_writer(out);
	struct cs_rows rows;
	enum cs_err err;

	if ((err = administrator(d, actor)) || (err = check_list(d, id)))
		return err;
	if (!csv && strcmp(format, "hma") != 0)
		return desk_problem(
		    d, CS_ERR_FORMAT, "A format is \"csv\" or \"hma\".");
	if (csv)
		cs_write_bytes(&w, cs_view_str("hash,label,source,date\n"));
	err = cs_db_query(&rows, d->db,
	    "SELECT id,sealed FROM hash WHERE source=1 AND ref=? ORDER BY id",
	    cs_int(id));
	while (err == CS_OK && cs_rows_next(&rows))
		err = export_row(
		    &w, d, cs_col_int(&rows, 0), cs_col_blob(&rows, 1), csv);
	err = cs_rows_end(&rows, err);
	return err ? err : cs_writer_end(&w);
}
