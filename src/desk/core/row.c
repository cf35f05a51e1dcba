/* SPDX-License-Identifier: MIT */
#include "desk/core/row.h"

#include <string.h>

#include "desk/core/desk.h"
#include "desk/core/record.h"
#include "store/db.h"
#include "store/vault.h"

enum cs_err
desk_row_seal(struct cs_buf *out, struct cs_desk *d,
    const struct desk_record *r, struct cs_view name, const void *row)
{
	struct cs_buf plain = { 0 };
	enum cs_err err;

	if ((err = desk_record_write(&plain, r, row)) == CS_OK)
		err = cs_vault_seal(
		    out, &d->key, r->table, name, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

enum cs_err
desk_row_open(void *row, const struct desk_record *r, struct cs_desk *d,
    struct cs_view name, struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	enum cs_err err;

	if ((err = cs_vault_open(&plain, &d->key, r->table, name, sealed)) ==
	    CS_OK)
		err = desk_record_read(row, r, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

enum cs_err
desk_row_seal_id(struct cs_buf *out, struct cs_desk *d,
    const struct desk_record *r, uint64_t id, const void *row)
{
	uint8_t name[8];

	cs_vault_row(name, id);
	return desk_row_seal(out, d, r, CS_VIEW_OF(name), row);
}

enum cs_err
desk_row_open_id(void *row, const struct desk_record *r, struct cs_desk *d,
    uint64_t id, struct cs_view sealed)
{
	uint8_t name[8];

	cs_vault_row(name, id);
	return desk_row_open(row, r, d, CS_VIEW_OF(name), sealed);
}

/* Statements are literals: the database knows a statement by its address. */
static const char *
update_of(const char *table)
{
	static const struct {
		const char *table, *sql;
	} updates[] = {
		{ "entry", "UPDATE entry SET sealed=? WHERE id=?" },
		{ "filing", "UPDATE filing SET sealed=? WHERE id=?" },
		{ "filing_file", "UPDATE filing_file SET sealed=? WHERE id=?" },
		{ "hash", "UPDATE hash SET sealed=? WHERE id=?" },
		{ "list", "UPDATE list SET sealed=? WHERE id=?" },
		{ "media", "UPDATE media SET sealed=? WHERE id=?" },
		{ "organisation",
		    "UPDATE organisation SET sealed=? WHERE id=?" },
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
	uint8_t name[8];
	enum cs_err err;

	if (sql == NULL)
		return CS_ERR_MISUSE;
	cs_vault_row(name, id);
	if ((err = cs_vault_seal(
		 &sealed, &d->key, table, CS_VIEW_OF(name), plain)) == CS_OK)
		err = cs_db_exec(
		    d->db, sql, cs_blob(cs_buf_view(&sealed)), cs_int(id));
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_row_save(struct cs_desk *d, const struct desk_record *r, uint64_t id,
    const void *row)
{
	struct cs_buf plain = { 0 };
	enum cs_err err;

	if ((err = desk_record_write(&plain, r, row)) == CS_OK)
		err = desk_row_write(d, r->table, id, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

enum cs_err
desk_rows_ids(struct cs_buf *out, struct cs_rows *rows, enum cs_err err)
{
	while (err == CS_OK && cs_rows_next(rows))
		err = cs_buf_add(out, cs_col_blob(rows, 0));
	return cs_rows_end(rows, err);
}
