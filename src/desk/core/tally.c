/* SPDX-License-Identifier: MIT */
#include "desk/core/tally.h"

#include <string.h>

#include "crypto/hash.h"
#include "crypto/suite.h"
#include "desk/core/desk.h"
#include "desk/core/schema.h"
#include "store/vault.h"

#define NAME(table, n, ...) #table,
static const char *const tables[] = { "config", DESK_ROWS(NAME) };
_Static_assert(
    sizeof tables / sizeof *tables == DESK_TALLY_TABLES, "DESK_TALLY_TABLES");

enum cs_err
desk_tally_init(struct cs_desk *d)
{
	static const char label[] = "countersign/desk/rows/v1";

	return cs_hkdf_expand(d->rows.key, sizeof d->rows.key, CS_SHA256,
	    CS_VIEW_OF(d->key.b), cs_view_str(label));
}

/* ---- one row ------------------------------------------------------------ */

static size_t
find(const char *table)
{
	size_t i = 0;

	while (i < DESK_TALLY_TABLES && strcmp(tables[i], table) != 0)
		i++;
	return i;
}

static void
mix(uint8_t sum[static CS_HASH_LEN], const uint8_t hash[static CS_HASH_LEN])
{
	for (size_t i = 0; i < CS_HASH_LEN; i++)
		sum[i] ^= hash[i];
}

enum cs_err
desk_tally_row(
    void *arg, const char *table, enum cs_db_row_is what, struct cs_view row)
{
	struct cs_desk *d = arg;
	size_t i = find(table);
	uint8_t hash[CS_HASH_LEN], number = (uint8_t)i;
	struct cs_view parts[2] = { cs_view(&number, 1), row };
	enum cs_err err;

	if (i == DESK_TALLY_TABLES)
		return CS_ERR_MISUSE;
	if ((err = cs_hmac_parts(
		 hash, CS_SHA256, CS_VIEW_OF(d->rows.key), parts, 2)))
		return err;
	if (what == CS_DB_ROW_THERE) {
		mix(d->rows.there.of[i].sum, hash);
		d->rows.there.of[i].n++;
		return CS_OK;
	}
	mix(d->rows.changes.of[i].sum, hash);
	d->rows.changes.of[i].n +=
	    what == CS_DB_ROW_NEW ? 1 : UINT64_MAX; /* that is, -1 */
	d->rows.changed = true;
	return CS_OK;
}

void
desk_tally_forget(struct cs_desk *d)
{
	memset(&d->rows.changes, 0, sizeof d->rows.changes);
	d->rows.changed = false;
}

void
desk_tally_apply(struct desk_tally *t, const struct cs_desk *d)
{
	for (size_t i = 0; i < DESK_TALLY_TABLES; i++) {
		t->of[i].n += d->rows.changes.of[i].n;
		mix(t->of[i].sum, d->rows.changes.of[i].sum);
	}
}

/* ---- all of them -------------------------------------------------------- */

static enum cs_err
count(struct cs_rows *rows, enum cs_err err)
{
	while (err == CS_OK && cs_rows_next(rows))
		;
	return cs_rows_end(rows, err);
}

#define COUNT(table, n, ...)                                                   \
	if (err == CS_OK) {                                                    \
		err = cs_db_query(&rows, d->db,                                \
		    "SELECT tally('" #table "',2," DESK_COLS##n(               \
			#table, __VA_ARGS__) ") FROM " #table);                \
		err = count(&rows, err);                                       \
	}

enum cs_err
desk_tally_count(struct desk_tally *out, struct cs_desk *d)
{
	struct cs_rows rows;
	enum cs_err err;

	memset(&d->rows.there, 0, sizeof d->rows.there);
	err = cs_db_query(&rows, d->db,
	    "SELECT tally('config',2,name,sealed) FROM config"
	    " WHERE name<>'" DESK_AUDIT_END "'");
	err = count(&rows, err);
	DESK_ROWS(COUNT)
	*out = d->rows.there;
	return err;
}

#define AGAIN(what, sql)                                                       \
	if (err == CS_OK &&                                                    \
	    (err = cs_db_exec(d->db, "DROP TRIGGER IF EXISTS " what)) ==       \
		CS_OK)                                                         \
		err = cs_db_exec(d->db, sql);
#define ALL_AGAIN(table, n, ...)                                               \
	AGAIN("new_" #table, DESK_NEW(table, n, __VA_ARGS__))                  \
	AGAIN("gone_" #table, DESK_GONE(table, n, __VA_ARGS__))                \
	AGAIN("other_" #table, DESK_OTHER(table, n, __VA_ARGS__))

enum cs_err
desk_tally_triggers(struct cs_desk *d)
{
	enum cs_err err = CS_OK;

	AGAIN("new_config", DESK_NEW_CONFIG)
	AGAIN("gone_config", DESK_GONE_CONFIG)
	AGAIN("other_config", DESK_OTHER_CONFIG)
	DESK_ROWS(ALL_AGAIN)
	return err;
}

const char *
desk_tally_differ(const struct desk_tally *a, const struct desk_tally *b)
{
	for (size_t i = 0; i < DESK_TALLY_TABLES; i++)
		if (a->of[i].n != b->of[i].n ||
		    memcmp(a->of[i].sum, b->of[i].sum, CS_HASH_LEN) != 0)
			return tables[i];
	return NULL;
}

/* ---- as bytes ----------------------------------------------------------- */

/* How many tables are written. */
static size_t
used(const struct desk_tally *t)
{
	static const uint8_t nothing[CS_HASH_LEN];
	size_t n = DESK_TALLY_TABLES;

	while (n > DESK_TALLY_TABLES_OLD && t->of[n - 1].n == 0 &&
	    memcmp(t->of[n - 1].sum, nothing, sizeof nothing) == 0)
		n--;
	return n;
}

size_t
desk_tally_write(uint8_t out[static DESK_TALLY_LEN], const struct desk_tally *t)
{
	size_t n = used(t);

	for (size_t i = 0; i < n; i++) {
		uint8_t *at = out + i * DESK_TALLY_ONE;

		cs_vault_row(at, t->of[i].n);
		memcpy(at + 8, t->of[i].sum, CS_HASH_LEN);
	}
	return n * DESK_TALLY_ONE;
}

enum cs_err
desk_tally_read(struct desk_tally *out, struct cs_view bytes)
{
	size_t n = bytes.len / DESK_TALLY_ONE;

	memset(out, 0, sizeof *out);
	if (bytes.len % DESK_TALLY_ONE != 0 || n < DESK_TALLY_TABLES_OLD ||
	    n > DESK_TALLY_TABLES)
		return CS_ERR_FORMAT;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *at = bytes.data + i * DESK_TALLY_ONE;

		for (size_t k = 0; k < 8; k++)
			out->of[i].n = out->of[i].n << 8 | at[k];
		memcpy(out->of[i].sum, at + 8, CS_HASH_LEN);
	}
	return CS_OK;
}
