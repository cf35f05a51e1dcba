/* SPDX-License-Identifier: MIT */
#include "desk/core/doc.h"

#include <string.h>

#include "desk/core/desk.h"
#include "store/db.h"
#include "store/vault.h"

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

enum cs_err
desk_rows_ids(struct cs_buf *out, struct cs_rows *rows, enum cs_err err)
{
	while (err == CS_OK && cs_rows_next(rows))
		err = cs_buf_add(out, cs_col_blob(rows, 0));
	return cs_rows_end(rows, err);
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
		{ "passkey", "UPDATE passkey SET sealed=? WHERE id=?" },
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
