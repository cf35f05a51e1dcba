/* SPDX-License-Identifier: MIT */
#include "desk/doc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

/* Keys in order, no blanks: the same document is the same bytes. */
#define COMPACT (JSON_COMPACT | JSON_SORT_KEYS)

enum cs_err
desk_doc_text(struct cs_buf *out, const json_t *doc)
{
	size_t size = json_dumpb(doc, NULL, 0, COMPACT);
	uint8_t *at;
	enum cs_err err;

	if (size == 0)
		return CS_ERR_NOMEM;
	if ((err = cs_buf_extend(out, size, &at)))
		return err;
	return json_dumpb(doc, (char *)at, size, COMPACT) == size
	    ? CS_OK
	    : CS_ERR_NOMEM;
}

enum cs_err
desk_doc_seal(struct cs_buf *out, struct cs_desk *d, const char *table,
    struct cs_view row, const json_t *doc)
{
	struct cs_buf plain = { 0 };
	enum cs_err err;

	if ((err = desk_doc_text(&plain, doc)) == CS_OK)
		err = cs_vault_seal(
		    out, &d->key, table, row, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

enum cs_err
desk_doc_open(json_t **out, struct cs_desk *d, const char *table,
    struct cs_view row, struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	enum cs_err err;

	*out = NULL;
	if ((err = cs_vault_open(&plain, &d->key, table, row, sealed)) ==
	    CS_OK) {
		*out = json_loadb((const char *)plain.data, plain.len,
		    JSON_REJECT_DUPLICATES, NULL);
		if (*out == NULL)
			err = CS_ERR_CORRUPT;
	}
	cs_buf_free(&plain);
	return err;
}

enum cs_err
desk_doc_seal_id(struct cs_buf *out, struct cs_desk *d, const char *table,
    uint64_t id, const json_t *doc)
{
	uint8_t row[8];

	cs_vault_row(row, id);
	return desk_doc_seal(out, d, table, CS_VIEW_OF(row), doc);
}

enum cs_err
desk_doc_open_id(json_t **out, struct cs_desk *d, const char *table,
    uint64_t id, struct cs_view sealed)
{
	uint8_t row[8];

	cs_vault_row(row, id);
	return desk_doc_open(out, d, table, CS_VIEW_OF(row), sealed);
}

/* Statements are literals, by the address of which the database knows them. */
static const char *
update_of(const char *table)
{
	static const struct {
		const char *table, *sql;
	} updates[] = {
		{ "entry", "UPDATE entry SET sealed=? WHERE id=?" },
		{ "hash", "UPDATE hash SET sealed=? WHERE id=?" },
		{ "list", "UPDATE list SET sealed=? WHERE id=?" },
		{ "media", "UPDATE media SET sealed=? WHERE id=?" },
		{ "outbox", "UPDATE outbox SET sealed=? WHERE id=?" },
		{ "token", "UPDATE token SET sealed=? WHERE id=?" },
	};

	for (size_t i = 0; i < sizeof updates / sizeof *updates; i++)
		if (strcmp(table, updates[i].table) == 0)
			return updates[i].sql;
	return NULL;
}

enum cs_err
desk_row_write(
    struct cs_desk *d, const char *table, uint64_t id, struct cs_view plain)
{
	const char *sql = update_of(table);
	struct cs_buf sealed = { 0 };
	uint8_t row[8];
	enum cs_err err;

	if (sql == NULL)
		return CS_ERR_MISUSE;
	cs_vault_row(row, id);
	if ((err = cs_vault_seal(
		 &sealed, &d->key, table, CS_VIEW_OF(row), plain)) == CS_OK)
		err = cs_db_exec(
		    d->db, sql, cs_blob(cs_buf_view(&sealed)), cs_int(id));
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_doc_write(
    struct cs_desk *d, const char *table, uint64_t id, const json_t *doc)
{
	struct cs_buf plain = { 0 };
	enum cs_err err;

	if ((err = desk_doc_text(&plain, doc)) == CS_OK)
		err = desk_row_write(d, table, id, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

/* ---- writing ------------------------------------------------------------ */

void
desk_set(json_t *o, const char *key, json_t *value, enum cs_err *err)
{
	if (json_object_set_new(o, key, value) != 0 && *err == CS_OK)
		*err = CS_ERR_NOMEM;
}

void
desk_add(json_t *array, json_t *value, enum cs_err *err)
{
	if (json_array_append_new(array, value) != 0 && *err == CS_OK)
		*err = CS_ERR_NOMEM;
}

void
desk_set_str(json_t *o, const char *key, const char *s, enum cs_err *err)
{
	desk_set(o, key, json_string(s), err);
}

void
desk_set_num(json_t *o, const char *key, uint64_t n, enum cs_err *err)
{
	desk_set(o, key, json_integer((json_int_t)n), err);
}

void
desk_set_bool(json_t *o, const char *key, bool b, enum cs_err *err)
{
	desk_set(o, key, json_boolean(b), err);
}

void
desk_set_hex(json_t *o, const char *key, struct cs_view v, enum cs_err *err)
{
	char *hex = cs_calloc(1, 2 * v.len + 1);

	if (hex == NULL) {
		*err = CS_ERR_NOMEM;
		return;
	}
	cs_hex(hex, v);
	desk_set_str(o, key, hex, err);
	cs_free_plain(hex);
}

void
desk_set_view(json_t *o, const char *key, struct cs_view utf8, enum cs_err *err)
{
	/* An empty view may point nowhere. */
	desk_set(o, key,
	    utf8.len != 0 ? json_stringn((const char *)utf8.data, utf8.len)
			  : json_string(""),
	    err);
}

void
desk_set_id(json_t *o, const char *key, uint64_t id, enum cs_err *err)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)id);
	desk_set_str(o, key, text, err);
}

void
desk_count_up(json_t *o, const char *key, uint64_t by, enum cs_err *err)
{
	desk_set_num(o, key, desk_num(o, key) + by, err);
}

/* ---- reading ------------------------------------------------------------ */

json_t *
desk_find(const json_t *array, const char *key, const char *value)
{
	json_t *o;
	size_t i;

	json_array_foreach (array, i, o)
		if (strcmp(desk_str(o, key), value) == 0)
			return o;
	return NULL;
}

const char *
desk_str(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

uint64_t
desk_num(const json_t *o, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(o, key));

	return n > 0 ? (uint64_t)n : 0;
}

bool
desk_bool(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

bool
desk_hex(uint8_t *out, size_t n, const json_t *o, const char *key)
{
	return cs_unhex(out, n, desk_str(o, key)) == CS_OK;
}

uint64_t
desk_id(const char *s)
{
	uint64_t id = 0;

	if (*s == '\0' || strlen(s) > 15)
		return 0;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return 0;
		id = id * 10 + (uint64_t)(*s - '0');
	}
	return id;
}
