/* SPDX-License-Identifier: MIT */
#include "store/db.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/writer.h"
#include "store/db_err.h"
#include "store/forget.h"

#define CACHE_SIZE 512
#define BUSY_TIMEOUT_MS 10000 /* another process of ours holds the lock */

struct cs_db {
	sqlite3 *sqlite;
	struct {
		const char *sql;
		sqlite3_stmt *stmt;
	} cache[CACHE_SIZE];
	bool in_transaction;
	unsigned questions; /* not ended */
	struct cs_db_account account;
	bool accounting;          /* before_commit() runs */
	struct cs_forget *forget; /* NULL: the database is shared */
	/* Of the last statement that is not of it. */
	int64_t changes;
	uint64_t last_id;
};

/* A statement of the cache, bound and ready. */
static enum cs_err
prepare(sqlite3_stmt **out, struct cs_db *db, const char *sql)
{
	/* Literals do not move, so their addresses serve as their names. */
	size_t at = ((uintptr_t)sql >> 3) * 2654435761u % CACHE_SIZE;
	sqlite3_stmt *stmt = NULL;
	int rc;

	for (size_t i = 0; i < CACHE_SIZE; i++) {
		size_t slot = (at + i) % CACHE_SIZE;

		if (db->cache[slot].sql == sql) {
			*out = db->cache[slot].stmt;
			return CS_OK;
		}
		if (db->cache[slot].sql != NULL)
			continue;
		rc = sqlite3_prepare_v3(db->sqlite, sql, -1,
		    SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
		if (rc != SQLITE_OK)
			return cs_db_err(rc);
		db->cache[slot].sql = sql;
		db->cache[slot].stmt = stmt;
		*out = stmt;
		return CS_OK;
	}
	return CS_ERR_MISUSE;
}

static int
bind(sqlite3_stmt *stmt, int at, const struct cs_arg *arg)
{
	const void *data = arg->v.len != 0 ? arg->v.data : (const void *)"";

	switch (arg->type) {
	case CS_ARG_INT:
		return sqlite3_bind_int64(stmt, at, arg->i);
	case CS_ARG_BLOB:
		return sqlite3_bind_blob64(
		    stmt, at, data, arg->v.len, SQLITE_STATIC);
	case CS_ARG_TEXT:
		return sqlite3_bind_text64(
		    stmt, at, data, arg->v.len, SQLITE_STATIC, SQLITE_UTF8);
	case CS_ARG_NULL:
		return sqlite3_bind_null(stmt, at);
	}
	return SQLITE_MISUSE;
}

static enum cs_err
bind_all(sqlite3_stmt *stmt, const struct cs_arg *args, size_t n)
{
	assert((size_t)sqlite3_bind_parameter_count(stmt) == n);
	for (size_t i = 0; i < n; i++) {
		int rc = bind(stmt, (int)i + 1, &args[i]);

		if (rc != SQLITE_OK)
			return cs_db_err(rc);
	}
	return CS_OK;
}

/* Leave nothing of the values behind, and hold no lock. */
static void
finish(sqlite3_stmt *stmt)
{
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
}

/* A change by itself, of a database that keeps account of its rows. */
static bool
changes_alone(const struct cs_db *db, sqlite3_stmt *stmt, const char *sql)
{
	return db->account.row != NULL && !db->in_transaction &&
	    !sqlite3_stmt_readonly(stmt) &&
	    strncmp(sql, "BEGIN", strlen("BEGIN")) != 0 &&
	    strncmp(sql, "VACUUM", strlen("VACUUM")) != 0;
}

enum cs_err
cs_db_exec_args(
    struct cs_db *db, const char *sql, const struct cs_arg *args, size_t n)
{
	sqlite3_stmt *stmt = NULL;
	enum cs_err err;
	int rc;

	if ((err = prepare(&stmt, db, sql)))
		return err;
	if (!sqlite3_stmt_readonly(stmt) && (err = cs_forget_check(db->forget)))
		return err;
	if (changes_alone(db, stmt, sql)) {
		if ((err = cs_db_begin(db)))
			return err;
		return cs_db_end(db, cs_db_exec_args(db, sql, args, n));
	}
	if ((err = bind_all(stmt, args, n)) == CS_OK) {
		do
			rc = sqlite3_step(stmt);
		while (rc == SQLITE_ROW);
		err = cs_db_err(rc);
	}
	if (!db->accounting && !sqlite3_stmt_readonly(stmt)) {
		db->changes = sqlite3_changes64(db->sqlite);
		db->last_id = (uint64_t)sqlite3_last_insert_rowid(db->sqlite);
	}
	finish(stmt);
	if (err == CS_OK && !db->in_transaction)
		err = cs_forget_commit(db->forget, CS_DB_GONE);
	return err;
}

int64_t
cs_db_changes(const struct cs_db *db)
{
	return db->changes;
}

uint64_t
cs_db_last_id(const struct cs_db *db)
{
	return db->last_id;
}

enum cs_err
cs_db_query_args(struct cs_rows *out, struct cs_db *db, const char *sql,
    const struct cs_arg *args, size_t n)
{
	sqlite3_stmt *stmt = NULL;
	enum cs_err err;

	*out = (struct cs_rows){ .db = db };
	if ((err = prepare(&stmt, db, sql)))
		return err;
	/* A statement is one question at a time. */
	assert(!sqlite3_stmt_busy(stmt));
	out->stmt = stmt;
	db->questions++;
	return bind_all(stmt, args, n);
}

bool
cs_rows_next(struct cs_rows *rows)
{
	int rc;

	if (rows->err != CS_OK || rows->stmt == NULL)
		return false;
	rc = sqlite3_step(rows->stmt);
	rows->err = cs_db_err(rc);
	return rc == SQLITE_ROW;
}

enum cs_err
cs_rows_end(struct cs_rows *rows, enum cs_err err)
{
	if (rows->stmt != NULL) {
		finish(rows->stmt);
		rows->db->questions--;
	}
	rows->stmt = NULL;
	return err != CS_OK ? err : rows->err;
}

uint64_t
cs_col_int(const struct cs_rows *rows, int i)
{
	return (uint64_t)sqlite3_column_int64(rows->stmt, i);
}

struct cs_view
cs_col_blob(const struct cs_rows *rows, int i)
{
	const void *data = sqlite3_column_blob(rows->stmt, i);

	return cs_view(data, (size_t)sqlite3_column_bytes(rows->stmt, i));
}

bool
cs_col_null(const struct cs_rows *rows, int i)
{
	return sqlite3_column_type(rows->stmt, i) == SQLITE_NULL;
}

void
cs_col_copy(struct cs_rows *rows, int i, void *out, size_t n)
{
	struct cs_view v = cs_col_blob(rows, i);

	memset(out, 0, n);
	if (v.len == n)
		memcpy(out, v.data, n);
	else
		rows->err = CS_ERR_CORRUPT;
}

enum cs_err
cs_db_row_args(struct cs_rows *out, struct cs_db *db, const char *sql,
    const struct cs_arg *args, size_t n)
{
	enum cs_err err = cs_db_query_args(out, db, sql, args, n);

	if (err != CS_OK || cs_rows_next(out))
		return err;
	return out->err != CS_OK ? out->err : CS_ERR_NOT_FOUND;
}

enum cs_err
cs_db_get_int_args(uint64_t *out, struct cs_db *db, const char *sql,
    const struct cs_arg *args, size_t n)
{
	struct cs_rows row;
	enum cs_err err = cs_db_row_args(&row, db, sql, args, n);

	if (err == CS_OK)
		*out = cs_col_int(&row, 0);
	return cs_rows_end(&row, err);
}

enum cs_err
cs_db_begin(struct cs_db *db)
{
	enum cs_err err = cs_db_exec(db, "BEGIN IMMEDIATE");

	db->in_transaction = err == CS_OK;
	return err;
}

enum cs_err
cs_db_begin_reading(struct cs_db *db)
{
	enum cs_err err = cs_db_exec(db, "BEGIN");

	db->in_transaction = err == CS_OK;
	return err;
}

static enum cs_err
commit(struct cs_db *db, enum cs_db_ending ending)
{
	enum cs_err err = CS_OK;

	if (db->account.before_commit != NULL) {
		db->accounting = true;
		err = db->account.before_commit(db->account.arg);
		db->accounting = false;
		sqlite3_set_last_insert_rowid(
		    db->sqlite, (sqlite3_int64)db->last_id);
	}
	if (err == CS_OK)
		err = cs_db_exec(db, "COMMIT");
	if (err)
		cs_db_rollback(db);
	db->in_transaction = false;
	return err ? err : cs_forget_commit(db->forget, ending);
}

enum cs_err
cs_db_commit(struct cs_db *db)
{
	return commit(db, CS_DB_GONE);
}

void
cs_db_rollback(struct cs_db *db)
{
	/* After some failures SQLite has rolled back by itself. */
	if (!sqlite3_get_autocommit(db->sqlite))
		(void)!cs_db_exec(db, "ROLLBACK");
	db->in_transaction = false;
	if (db->account.rolled_back != NULL)
		db->account.rolled_back(db->account.arg);
}

enum cs_err
cs_db_end_as(struct cs_db *db, enum cs_err err, enum cs_db_ending ending)
{
	if (err == CS_OK)
		return commit(db, ending);
	cs_db_rollback(db);
	return err;
}

enum cs_err
cs_db_end(struct cs_db *db, enum cs_err err)
{
	return cs_db_end_as(db, err, CS_DB_GONE);
}

enum cs_err
cs_db_sync(struct cs_db *db)
{
	return cs_forget_sync(db->forget);
}

enum cs_err
cs_db_rest(struct cs_db *db)
{
	return cs_forget_rest(db->forget);
}

bool
cs_db_in_transaction(const struct cs_db *db)
{
	return db->in_transaction;
}

bool
cs_db_idle(const struct cs_db *db)
{
	return !db->in_transaction && db->questions == 0;
}

enum cs_err
cs_db_savepoint(struct cs_db *db)
{
	return cs_db_exec(db, "SAVEPOINT one");
}

enum cs_err
cs_db_release(struct cs_db *db)
{
	return cs_db_exec(db, "RELEASE one");
}

void
cs_db_rollback_to(struct cs_db *db)
{
	if (sqlite3_get_autocommit(db->sqlite))
		return;
	(void)!cs_db_exec(db, "ROLLBACK TO one");
	(void)!cs_db_exec(db, "RELEASE one");
}

/* ---- keeping account ---------------------------------------------------- */

/* Append one value: its type, its length, its bytes. */
static enum cs_err
encode(struct cs_buf *out, sqlite3_value *v)
{
	uint8_t head[9] = { (uint8_t)sqlite3_value_type(v) };
	uint8_t number[8];
	uint64_t n;
	struct cs_view bytes;
	enum cs_err err;

	if (head[0] == SQLITE_INTEGER) {
		n = (uint64_t)sqlite3_value_int64(v);
		cs_put_u64(number, n);
		bytes = CS_VIEW_OF(number);
	} else {
		/* In this order: the bytes first, then how many. */
		const void *data = head[0] == SQLITE_TEXT
		    ? (const void *)sqlite3_value_text(v)
		    : sqlite3_value_blob(v);

		bytes = cs_view(data, (size_t)sqlite3_value_bytes(v));
	}
	cs_put_u64(head + 1, bytes.len);
	if ((err = cs_buf_add(out, CS_VIEW_OF(head))) || bytes.len == 0)
		return err;
	return cs_buf_add(out, bytes);
}

static void
tally(sqlite3_context *context, int n, sqlite3_value **values)
{
	struct cs_db *db = sqlite3_user_data(context);
	const char *table = (const char *)sqlite3_value_text(values[0]);
	struct cs_buf row = { 0 };
	enum cs_err err = CS_OK;

	for (int i = 2; i < n && err == CS_OK; i++)
		err = encode(&row, values[i]);
	if (err == CS_OK)
		err =
		    db->account.row(db->account.arg, table != NULL ? table : "",
			(enum cs_db_row_is)sqlite3_value_int(values[1]),
			cs_buf_view(&row));
	cs_buf_free(&row);
	if (err == CS_ERR_NOMEM)
		sqlite3_result_error_nomem(context);
	else if (err)
		sqlite3_result_error(context, "no account of this row", -1);
	else
		sqlite3_result_null(context);
}

enum cs_err
cs_db_keep_account(struct cs_db *db, const struct cs_db_account *account)
{
	db->account = *account;
	/* A schema is not trusted to call anything else; this only counts. */
	return cs_db_err(sqlite3_create_function(db->sqlite, "tally", -1,
	    SQLITE_UTF8 | SQLITE_INNOCUOUS, db, tally, NULL, NULL));
}

enum cs_err
cs_db_vacuum(struct cs_db *db)
{
	return cs_db_exec(db, "VACUUM");
}

/* The kind of file is kept as SQLite's application id: FNV-1a of its name. */
static uint32_t
kind_id(const char *what)
{
	uint32_t h = 2166136261u;

	for (; *what != '\0'; what++)
		h = (h ^ (uint8_t)*what) * 16777619u;
	return h & 0x7fffffff;
}

static enum cs_err
run(struct cs_db *db, const char *sql)
{
	return cs_db_err(sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL));
}

static enum cs_err
set_pragma(struct cs_db *db, const char *name, uint64_t value)
{
	char sql[80];

	snprintf(
	    sql, sizeof sql, "PRAGMA %s=%llu", name, (unsigned long long)value);
	return run(db, sql);
}

/* Before anything is changed: somebody else's database stays as it is. */
static enum cs_err
check_kind(struct cs_db *db, const struct cs_db_schema *schema)
{
	uint64_t kind, tables = 0;
	enum cs_err err;

	if ((err = cs_db_get_int(&kind, db, "PRAGMA application_id")))
		return err;
	if (kind == kind_id(schema->what))
		return CS_OK;
	/* Without a kind it has to be new. */
	if (kind == 0 &&
	    (err = cs_db_get_int(
		 &tables, db, "SELECT COUNT(*) FROM sqlite_master")))
		return err;
	return kind == 0 && tables == 0 ? CS_OK : CS_ERR_MISMATCH;
}

static enum cs_err
migrate(struct cs_db *db, const struct cs_db_schema *schema)
{
	uint64_t version;
	enum cs_err err;

	if ((err = cs_db_get_int(&version, db, "PRAGMA user_version")))
		return err;
	if (version > schema->n)
		return CS_ERR_NEWER;
	if (version == schema->n)
		return CS_OK;
	if ((err = cs_db_begin(db)))
		return err;
	/* Somebody may have been quicker. */
	err = cs_db_get_int(&version, db, "PRAGMA user_version");
	for (; err == CS_OK && version < schema->n; version++)
		err = run(db, schema->steps[version]);
	if (err == CS_OK)
		err = set_pragma(db, "application_id", kind_id(schema->what));
	if (err == CS_OK)
		err = set_pragma(db, "user_version", schema->n);
	return cs_db_end(db, err);
}

/* Created by us, so that nobody else can read it for a moment. */
static enum cs_err
touch(const char *path)
{
	int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		fd = open(path,
		    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST) /* somebody was quicker */
		fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		switch (errno) {
		case EACCES:
		case EPERM:
		case EROFS:
			return CS_ERR_READ_ONLY;
		case ENOSPC:
		case EDQUOT:
			return CS_ERR_DISK_FULL;
		case ENOENT:
		case ENOTDIR:
			return CS_ERR_NOT_FOUND;
		default:
			return CS_ERR_IO;
		}
	close(fd);
	return CS_OK;
}

static const char shared_pragmas[] = "PRAGMA journal_mode=WAL;"
				     "PRAGMA synchronous=FULL;"
				     "PRAGMA foreign_keys=ON;"
				     "PRAGMA trusted_schema=OFF;"
				     /* What savepoints keep stays in memory. */
				     "PRAGMA temp_store=MEMORY;"
				     "PRAGMA cache_size=-16384;"
				     "PRAGMA wal_autocheckpoint=4000;";

/* Before anything is read: see store/forget.h. */
static enum cs_err
prepare_mode(struct cs_db *db, enum cs_db_mode mode)
{
	return mode == CS_DB_SHARED ? CS_OK : cs_forget_prepare(db->sqlite);
}

static enum cs_err
set_mode(struct cs_db *db, enum cs_db_mode mode, const char *path)
{
	return mode == CS_DB_SHARED
	    ? run(db, shared_pragmas)
	    : cs_forget_new(&db->forget, db->sqlite, path);
}

/* The path as it is: SQLite would follow /proc/self/fd/N to a name, under which
 * there may be another folder by then (store/file.h). */
static int
keep_path(sqlite3_vfs *vfs, const char *path, int n, char *out)
{
	(void)vfs;
	return snprintf(out, (size_t)n, "%s", path) < n ? SQLITE_OK
							: SQLITE_CANTOPEN;
}

#define VFS_NAME "countersign"

/* SQLite's own way to use files, but for that. */
static enum cs_err
make_vfs(void)
{
	static sqlite3_vfs vfs;
	sqlite3_vfs *own;

	if (vfs.zName != NULL)
		return CS_OK;
	if (sqlite3_initialize() != SQLITE_OK ||
	    (own = sqlite3_vfs_find(NULL)) == NULL)
		return CS_ERR_NOMEM;
	vfs = *own;
	vfs.pNext = NULL;
	vfs.zName = VFS_NAME;
	vfs.xFullPathname = keep_path;
	return cs_db_err(sqlite3_vfs_register(&vfs, 0));
}

enum cs_err
cs_db_open(struct cs_db **out, const char *path, enum cs_db_mode mode,
    const struct cs_db_schema *schema)
{
	struct cs_db *db = NULL;
	enum cs_err err;

	*out = NULL;
	if ((err = touch(path)) || (err = make_vfs()))
		return err;
	db = cs_calloc(1, sizeof *db);
	if (db == NULL)
		return CS_ERR_NOMEM;
	err = cs_db_err(sqlite3_open_v2(
	    path, &db->sqlite, SQLITE_OPEN_READWRITE, VFS_NAME));
	if (err == CS_OK) {
		sqlite3_busy_timeout(db->sqlite, BUSY_TIMEOUT_MS);
		err = prepare_mode(db, mode);
	}
	if (err == CS_OK)
		err = check_kind(db, schema);
	if (err == CS_OK)
		err = set_mode(db, mode, path);
	if (err == CS_OK)
		err = migrate(db, schema);
	if (err) {
		cs_db_close(db);
		return err;
	}
	*out = db;
	return CS_OK;
}

enum cs_err
cs_db_open_image(struct cs_db **out, uint8_t *image, size_t n,
    const struct cs_db_schema *schema)
{
	struct cs_db *db = cs_calloc(1, sizeof *db);
	uint64_t version = 0;
	enum cs_err err;

	*out = NULL;
	err = db == NULL ? CS_ERR_NOMEM
			 : cs_db_err(sqlite3_open(":memory:", &db->sqlite));
	if (err) {
		sqlite3_free(image);
		cs_db_close(db);
		return err;
	}
	err = cs_db_err(sqlite3_deserialize(db->sqlite, "main", image,
	    (sqlite3_int64)n, (sqlite3_int64)n,
	    SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY));
	if (err == CS_OK && (err = check_kind(db, schema)) == CS_OK)
		err = cs_db_get_int(&version, db, "PRAGMA user_version");
	if (err == CS_OK && version != schema->n)
		err = version > schema->n ? CS_ERR_NEWER : CS_ERR_BUSY;
	if (err) {
		cs_db_close(db);
		return err;
	}
	*out = db;
	return CS_OK;
}

void
cs_db_close(struct cs_db *db)
{
	if (db == NULL)
		return;
	for (size_t i = 0; i < CACHE_SIZE; i++)
		sqlite3_finalize(db->cache[i].stmt);
	cs_forget_free(db->forget);
	sqlite3_close(db->sqlite);
	cs_free(db, sizeof *db);
}
