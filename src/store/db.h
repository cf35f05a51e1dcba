/* SPDX-License-Identifier: MIT */
/* SQLite with our errors, our limits and our migrations. */
#pragma once

#include "base/bytes.h"

struct cs_db;

/* A schema is the list of its steps: version n is reached by the first n. */
struct cs_db_schema {
	const char *what; /* names the kind of database: "hub", "client" */
	const char *const *steps;
	size_t n;
};

/*
 * How the file is kept.  CS_DB_SHARED: WAL, many readers, for daemons.
 * CS_DB_FORGETFUL: deleted bytes are overwritten and no old page stays in a
 * log, for state whose keys have to be gone once they are used; one process at
 * a time has it open (store/forget.h).
 * Both sync fully before a commit returns.
 */
enum cs_db_mode { CS_DB_SHARED, CS_DB_FORGETFUL };

/*
 * Open or create ${path} (mode 0600) and bring it up to date.  CS_ERR_NEWER:
 * it was written by a newer program; CS_ERR_MISMATCH: another kind of file;
 * CS_ERR_CORRUPT: damaged; CS_ERR_READ_ONLY, CS_ERR_DISK_FULL, CS_ERR_IO.
 */
CS_CHECKED enum cs_err cs_db_open(struct cs_db **out, const char *path,
    enum cs_db_mode mode, const struct cs_db_schema *schema);
/* Open the ${n} bytes of a database at ${image}, in memory and for reading;
 * they were allocated by sqlite3_malloc64() and are taken over, also after a
 * failure.  CS_ERR_BUSY: it is of an older version. */
CS_CHECKED enum cs_err cs_db_open_image(struct cs_db **out, uint8_t *image,
    size_t n, const struct cs_db_schema *schema);
void cs_db_close(struct cs_db *db);

/* Transactions; begin takes the write lock at once. */
CS_CHECKED enum cs_err cs_db_begin(struct cs_db *db);
CS_CHECKED enum cs_err cs_db_commit(struct cs_db *db);
void cs_db_rollback(struct cs_db *db);
/* End the transaction: commit if ${err} is CS_OK, else roll back.  Returns
 * ${err}, or what the commit came to. */
CS_CHECKED enum cs_err cs_db_end(struct cs_db *db, enum cs_err err);
bool cs_db_in_transaction(const struct cs_db *db);
/* There is no transaction, and no question with rows that was not ended: so
 * others may use ${db} while something is waited for. */
bool cs_db_idle(const struct cs_db *db);

/*
 * What a transaction of a forgetful database has come to when it has ended; a
 * shared one is always synced.
 * CS_DB_GONE: it is on disk, and what it replaced is in no file any more; if
 * the disk is full, as soon as it is not, and before anything else is written.
 * So end cs_db_end(), cs_db_commit() and what runs outside of a transaction.
 * CS_DB_SAFE: it is on disk; what it replaced may stay until one ends with
 * CS_DB_GONE or the database is opened and closed again.
 * CS_DB_SOON: the same, but while killing the program loses nothing of it, a
 * power cut may take it, whole.  For what is done again if it is lost.
 */
enum cs_db_ending { CS_DB_GONE, CS_DB_SAFE, CS_DB_SOON };
CS_CHECKED enum cs_err cs_db_end_as(
    struct cs_db *db, enum cs_err err, enum cs_db_ending ending);

/* Let nothing that was committed be lost any more: see CS_DB_SOON. */
CS_CHECKED enum cs_err cs_db_sync(struct cs_db *db);

/* Let nothing that was replaced stay any longer: see CS_DB_SAFE.  For who keeps
 * a database open and has nothing to do for a while; in no transaction. */
CS_CHECKED enum cs_err cs_db_rest(struct cs_db *db);

/* Begin to read: what is read until cs_db_end() is of one moment. */
CS_CHECKED enum cs_err cs_db_begin_reading(struct cs_db *db);

/*
 * Keeping account of rows.  Triggers of the schema (or a question) hand rows to
 * the SQL function tally(TABLE, WHAT, VALUE...), which passes them on with
 * their values encoded: for each a byte for its type, its length as u64, its
 * bytes; two rows are encoded alike only if they are equal.  What is to be
 * stored about them is stored by before_commit, in the same transaction; a
 * change outside of one gets one of its own.
 */
enum cs_db_row_is {
	CS_DB_ROW_GONE = 0,
	CS_DB_ROW_NEW = 1,
	CS_DB_ROW_THERE = 2
};
struct cs_db_account {
	void *arg;
	enum cs_err (*row)(void *arg, const char *table, enum cs_db_row_is what,
	    struct cs_view row);
	enum cs_err (*before_commit)(void *arg);
	void (*rolled_back)(void *arg);
};
CS_CHECKED enum cs_err cs_db_keep_account(
    struct cs_db *db, const struct cs_db_account *account);

/* A savepoint inside a transaction: one request of a batch can fail alone. */
CS_CHECKED enum cs_err cs_db_savepoint(struct cs_db *db);
CS_CHECKED enum cs_err cs_db_release(struct cs_db *db);
void cs_db_rollback_to(struct cs_db *db);

/* A value for a "?". */
struct cs_arg {
	enum { CS_ARG_INT = 1, CS_ARG_BLOB, CS_ARG_TEXT, CS_ARG_NULL } type;
	int64_t i;
	struct cs_view v;
};
static inline struct cs_arg
cs_int(uint64_t i)
{
	return (struct cs_arg){ .type = CS_ARG_INT, .i = (int64_t)i };
}
static inline struct cs_arg
cs_blob(struct cs_view v)
{
	return (struct cs_arg){ .type = CS_ARG_BLOB, .v = v };
}
static inline struct cs_arg
cs_text(struct cs_view v)
{
	return (struct cs_arg){ .type = CS_ARG_TEXT, .v = v };
}
static inline struct cs_arg
cs_null(void)
{
	return (struct cs_arg){ .type = CS_ARG_NULL };
}

/*
 * Run ${sql}, a literal (its address is the key of the statement cache), with
 * values for its "?".  CS_ERR_EXISTS: a uniqueness was violated.
 */
#define cs_db_exec(db, ...) CS_DB_CALL(cs_db_exec_args, db, __VA_ARGS__)

/* How many rows the last cs_db_exec() changed; the id of the last insert. */
int64_t cs_db_changes(const struct cs_db *db);
uint64_t cs_db_last_id(const struct cs_db *db);

/*
 * A question with rows.  Always end it.  Columns are borrowed until the next
 * row or the end.
 *
 *	struct cs_rows rows;
 *	err = cs_db_query(&rows, db, "SELECT ...", cs_int(5));
 *	while (err == CS_OK && cs_rows_next(&rows))
 *		...
 *	err = cs_rows_end(&rows, err);
 */
struct cs_rows {
	struct cs_db *db;
	void *stmt;
	enum cs_err err;
};
#define cs_db_query(rows, db, ...)                                             \
	CS_DB_CALL2(cs_db_query_args, rows, db, __VA_ARGS__)
bool cs_rows_next(struct cs_rows *rows);
/* ${err} if it is one, else what went wrong while walking. */
CS_CHECKED enum cs_err cs_rows_end(struct cs_rows *rows, enum cs_err err);
uint64_t cs_col_int(const struct cs_rows *rows, int i);
struct cs_view cs_col_blob(const struct cs_rows *rows, int i);
bool cs_col_null(const struct cs_rows *rows, int i);
/* A blob of exactly ${n} bytes, or CS_ERR_CORRUPT noted for cs_rows_end(). */
void cs_col_copy(struct cs_rows *rows, int i, void *out, size_t n);

/*
 * The first row of a question: CS_OK when there is one, whose columns can then
 * be read, CS_ERR_NOT_FOUND when there is none.  Always end it, too.
 *
 *	err = cs_db_row(&row, db, "SELECT a FROM t WHERE id=?", cs_int(5));
 *	if (err == CS_OK)
 *		a = cs_col_int(&row, 0);
 *	return cs_rows_end(&row, err);
 */
#define cs_db_row(row, db, ...)                                                \
	CS_DB_CALL2(cs_db_row_args, row, db, __VA_ARGS__)

/* One number; CS_ERR_NOT_FOUND when there is no row. */
#define cs_db_get_int(out, db, ...)                                            \
	CS_DB_CALL2(cs_db_get_int_args, out, db, __VA_ARGS__)

/* Overwrite the whole file with zeroes where rows were deleted. */
CS_CHECKED enum cs_err cs_db_vacuum(struct cs_db *db);

/* Machinery of the macros above. */
#define CS_DB_NARGS(...)                                                       \
	(sizeof((struct cs_arg[]){ __VA_ARGS__ }) / sizeof(struct cs_arg))
#define CS_DB_CALL(fn, db, sql, ...)                                           \
	fn(db, sql, (const struct cs_arg[]){ cs_null(), ##__VA_ARGS__ } + 1,   \
	    CS_DB_NARGS(cs_null(), ##__VA_ARGS__) - 1)
#define CS_DB_CALL2(fn, x, db, sql, ...)                                       \
	fn(x, db, sql,                                                         \
	    (const struct cs_arg[]){ cs_null(), ##__VA_ARGS__ } + 1,           \
	    CS_DB_NARGS(cs_null(), ##__VA_ARGS__) - 1)
CS_CHECKED enum cs_err cs_db_exec_args(
    struct cs_db *db, const char *sql, const struct cs_arg *args, size_t n);
CS_CHECKED enum cs_err cs_db_query_args(struct cs_rows *out, struct cs_db *db,
    const char *sql, const struct cs_arg *args, size_t n);
CS_CHECKED enum cs_err cs_db_row_args(struct cs_rows *out, struct cs_db *db,
    const char *sql, const struct cs_arg *args, size_t n);
CS_CHECKED enum cs_err cs_db_get_int_args(uint64_t *out, struct cs_db *db,
    const char *sql, const struct cs_arg *args, size_t n);
