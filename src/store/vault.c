/* SPDX-License-Identifier: MIT */
#include "store/vault.h"

#include "base/reader.h"
#include "base/writer.h"

static enum cs_err
place(struct cs_buf *out, const char *table, struct cs_view row)
{
	struct cs_writer w = cs_writer(out);

	cs_write_vec(&w, cs_view_str(table));
	cs_write_vec(&w, row);
	return cs_writer_end(&w);
}

enum cs_err
cs_vault_seal(struct cs_buf *out, const struct cs_seal_key *key,
    const char *table, struct cs_view row, struct cs_view plain)
{
	struct cs_buf at = { 0 };
	enum cs_err err;

	cs_buf_reset(out);
	if ((err = place(&at, table, row)) == CS_OK)
		err = cs_seal(out, key, cs_buf_view(&at), plain);
	cs_buf_free(&at);
	return err;
}

enum cs_err
cs_vault_open(struct cs_buf *out, const struct cs_seal_key *key,
    const char *table, struct cs_view row, struct cs_view sealed)
{
	struct cs_buf at = { 0 };
	enum cs_err err;

	cs_buf_reset(out);
	if ((err = place(&at, table, row)) == CS_OK)
		err = cs_unseal(out, key, cs_buf_view(&at), sealed);
	cs_buf_free(&at);
	return cs_err_class(err) == CS_ERR_CLASS_THEIRS ? CS_ERR_CORRUPT : err;
}

void
cs_vault_row(uint8_t out[static 8], uint64_t number)
{
	cs_put_u64(out, number);
}

enum cs_err
cs_vault_config_set(struct cs_db *db, const struct cs_seal_key *key,
    const char *name, struct cs_view value)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if ((err = cs_vault_seal(
		 &sealed, key, "config", cs_view_str(name), value)) == CS_OK)
		err = cs_db_exec(db,
		    "INSERT INTO config(name,sealed) VALUES(?,?)"
		    " ON CONFLICT(name) DO UPDATE SET sealed=excluded.sealed",
		    cs_text(cs_view_str(name)), cs_blob(cs_buf_view(&sealed)));
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
cs_vault_config_get(struct cs_buf *out, struct cs_db *db,
    const struct cs_seal_key *key, const char *name)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, db, "SELECT sealed FROM config WHERE name=?",
	    cs_text(cs_view_str(name)));
	if (err == CS_OK) {
		if (cs_rows_next(&rows))
			err = cs_vault_open(out, key, "config",
			    cs_view_str(name), cs_col_blob(&rows, 0));
		else
			err = CS_ERR_NOT_FOUND;
	}
	return cs_rows_end(&rows, err);
}

enum cs_err
cs_vault_config_set_num(struct cs_db *db, const struct cs_seal_key *key,
    const char *name, uint64_t value)
{
	uint8_t bytes[8];

	cs_vault_row(bytes, value);
	return cs_vault_config_set(db, key, name, CS_VIEW_OF(bytes));
}

enum cs_err
cs_vault_config_get_num(uint64_t *out, struct cs_db *db,
    const struct cs_seal_key *key, const char *name)
{
	struct cs_buf stored = { 0 };
	struct cs_reader r;
	enum cs_err err = cs_vault_config_get(&stored, db, key, name);

	if (err == CS_OK) {
		r = cs_reader(cs_buf_view(&stored));
		*out = cs_read_u64(&r);
		err = cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
	}
	cs_buf_free(&stored);
	return err;
}
