/* SPDX-License-Identifier: MIT */
#include "store/db.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "store/file.h"
#include "store/folder.h"
#include "support/temp_dir.h"

#define STEP_1                                                                 \
	"CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT UNIQUE, data BLOB);"
static const char *const steps[] = {
	STEP_1,
	"ALTER TABLE t ADD COLUMN extra INTEGER NOT NULL DEFAULT 7;",
	"CREATE TABLE u(x INTEGER); INSERT INTO u VALUES(1),(2);",
};
static const struct cs_db_schema one = { "test", steps, 1 };
static const struct cs_db_schema three = { "test", steps, 3 };
static const struct cs_db_schema other = { "other", steps, 3 };

static struct cs_db *
open_db(const char *path, const struct cs_db_schema *schema)
{
	struct cs_db *db;

	assert_ok(cs_db_open(&db, path, CS_DB_SHARED, schema));
	return db;
}

static enum cs_err
open_err(const char *path, const struct cs_db_schema *schema)
{
	struct cs_db *db;
	enum cs_err err = cs_db_open(&db, path, CS_DB_SHARED, schema);

	if (err)
		assert_null(db);
	cs_db_close(db);
	return err;
}

static uint64_t
number(struct cs_db *db, const char *sql)
{
	uint64_t n;

	assert_ok(cs_db_get_int(&n, db, sql));
	return n;
}

static void
test_migrate(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "db");
	struct cs_db *db = open_db(path, &one);

	(void)state;
	temp_assert_private(path);
	assert_ok(cs_db_exec(db, "INSERT INTO t(name) VALUES('a')"));
	cs_db_close(db);
	/* Forward by two steps, with what was there. */
	db = open_db(path, &three);
	assert_int_equal(number(db, "SELECT extra FROM t WHERE name='a'"), 7);
	assert_int_equal(number(db, "SELECT COUNT(*) FROM u"), 2);
	assert_int_equal(number(db, "PRAGMA user_version"), 3);
	cs_db_close(db);
	/* Once only. */
	db = open_db(path, &three);
	assert_int_equal(number(db, "SELECT COUNT(*) FROM u"), 2);
	cs_db_close(db);
	/* And never back. */
	assert_err(open_err(path, &one), CS_ERR_NEWER);
	db = open_db(path, &three);
	assert_int_equal(number(db, "SELECT COUNT(*) FROM t"), 1);
	cs_db_close(db);
	cs_db_close(NULL);
	temp_dir_clear(&d);
}

/* A step that fails leaves the version that was there. */
static void
test_migrate_fails(void **state)
{
	static const char *const bad_steps[] = { STEP_1,
		"CREATE TABLE v(x); CREATE TABLE t(x);" };
	static const struct cs_db_schema bad = { "test", bad_steps, 2 };
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "db");
	struct cs_db *db;

	(void)state;
	cs_db_close(open_db(path, &one));
	assert_int_not_equal(open_err(path, &bad), CS_OK);
	db = open_db(path, &one);
	assert_int_equal(number(db, "PRAGMA user_version"), 1);
	assert_int_equal(
	    number(db, "SELECT COUNT(*) FROM sqlite_master WHERE name='v'"), 0);
	cs_db_close(db);
	temp_dir_clear(&d);
}

static void
test_wrong_file(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "db");
	struct cs_buf was = { 0 }, is = { 0 };
	sqlite3 *foreign;

	(void)state;
	cs_db_close(open_db(path, &three));
	assert_err(open_err(path, &other), CS_ERR_MISMATCH);
	assert_ok(open_err(path, &three));
	assert_err(
	    open_err(temp_path(&d, "none/db"), &three), CS_ERR_NOT_FOUND);
	/* A folder. */
	assert_int_not_equal(open_err(d.path, &three), CS_OK);
	/* No database at all: and it is left as it was. */
	path = temp_path(&d, "text");
	assert_ok(cs_file_write(path,
	    cs_view_str("This is a letter, long enough to be looked at as "
			"if it were the head of a database, which it is not; "
			"its 100 bytes are text."),
	    0600));
	assert_ok(cs_file_read(&was, path, 1000));
	assert_err(open_err(path, &three), CS_ERR_CORRUPT);
	assert_ok(cs_file_read(&is, path, 1000));
	assert_view_equal(cs_buf_view(&was), cs_buf_view(&is));
	/* Somebody else's database. */
	path = temp_path(&d, "foreign");
	assert_int_equal(sqlite3_open(path, &foreign), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(foreign, "CREATE TABLE theirs(x)", NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(foreign);
	assert_err(open_err(path, &three), CS_ERR_MISMATCH);
	cs_buf_free(&was);
	cs_buf_free(&is);
	temp_dir_clear(&d);
}

/* Pages turned to noise: an error, not a crash and not an empty table. */
static void
test_corrupt(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "db");
	struct cs_db *db;
	struct cs_buf file = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	(void)state;
	assert_ok(cs_db_open(&db, path, CS_DB_FORGETFUL, &one));
	for (int i = 0; i < 200; i++)
		assert_ok(cs_db_exec(
		    db, "INSERT INTO t(data) VALUES(zeroblob(500))"));
	cs_db_close(db);
	assert_ok(cs_file_read(&file, path, CS_BUF_MAX));
	for (size_t i = 4096; i < file.len; i++)
		file.data[i] = (uint8_t)(i * 31 + 5);
	assert_ok(cs_file_write(path, cs_buf_view(&file), 0600));
	err = cs_db_open(&db, path, CS_DB_FORGETFUL, &one);
	if (err == CS_OK) {
		err = cs_db_query(&rows, db, "SELECT data FROM t");
		while (err == CS_OK && cs_rows_next(&rows))
			;
		err = cs_rows_end(&rows, err);
	}
	assert_err(err, CS_ERR_CORRUPT);
	cs_db_close(db);
	/* Cut in the middle. */
	assert_ok(cs_file_write(path, cs_view(file.data, 50), 0600));
	assert_err(open_err(path, &one), CS_ERR_CORRUPT);
	cs_buf_free(&file);
	temp_dir_clear(&d);
}

static void
test_values(void **state)
{
	struct temp_dir d = temp_dir_new();
	struct cs_db *db = open_db(temp_path(&d, "db"), &three);
	struct cs_rows rows;
	uint8_t four[4], five[5];
	uint64_t n;

	(void)state;
	assert_ok(cs_db_exec(db, "INSERT INTO t VALUES(?,?,?,?)",
	    cs_int(UINT64_MAX), cs_text(cs_view_str("name")),
	    cs_blob(cs_view("\0\1\2\3", 4)), cs_int(5)));
	assert_int_equal(cs_db_changes(db), 1);
	assert_true(cs_db_last_id(db) == UINT64_MAX);
	assert_ok(cs_db_exec(db, "INSERT INTO t(name,data) VALUES(?,?)",
	    cs_null(), cs_blob(cs_view(NULL, 0))));
	assert_ok(cs_db_query(&rows, db,
	    "SELECT id,name,data,extra FROM t WHERE id=?", cs_int(UINT64_MAX)));
	assert_true(cs_rows_next(&rows));
	assert_true(cs_col_int(&rows, 0) == UINT64_MAX);
	assert_view_equal(cs_col_blob(&rows, 1), cs_view_str("name"));
	cs_col_copy(&rows, 2, four, sizeof four);
	assert_memory_equal(four, "\0\1\2\3", 4);
	assert_int_equal(cs_col_int(&rows, 3), 5);
	assert_false(cs_rows_next(&rows));
	assert_ok(cs_rows_end(&rows, CS_OK));
	/* A blob of another length than it has to have. */
	assert_ok(
	    cs_db_query(&rows, db, "SELECT data FROM t WHERE name='name'"));
	assert_true(cs_rows_next(&rows));
	cs_col_copy(&rows, 0, five, sizeof five);
	assert_memory_equal(five, "\0\0\0\0\0", 5);
	assert_err(cs_rows_end(&rows, CS_OK), CS_ERR_CORRUPT);
	/* Empty is not NULL. */
	assert_ok(cs_db_query(
	    &rows, db, "SELECT name,data FROM t WHERE name IS NULL"));
	assert_true(cs_rows_next(&rows));
	assert_true(cs_col_null(&rows, 0));
	assert_false(cs_col_null(&rows, 1));
	assert_int_equal(cs_col_blob(&rows, 1).len, 0);
	assert_err(cs_rows_end(&rows, CS_ERR_LIMIT), CS_ERR_LIMIT);
	assert_err(cs_db_get_int(&n, db, "SELECT id FROM t WHERE name='x'"),
	    CS_ERR_NOT_FOUND);
	assert_err(cs_db_exec(db, "INSERT INTO t(name) VALUES('name')"),
	    CS_ERR_EXISTS);
	assert_int_not_equal(cs_db_exec(db, "NOT SQL"), CS_OK);
	cs_db_close(db);
	temp_dir_clear(&d);
}

static void
test_row_and_end(void **state)
{
	struct temp_dir d = temp_dir_new();
	struct cs_db *db = open_db(temp_path(&d, "db"), &three);
	struct cs_rows row;
	enum cs_err err;

	(void)state;
	assert_ok(cs_db_begin(db));
	assert_ok(cs_db_exec(db, "INSERT INTO u VALUES(3)"));
	assert_ok(cs_db_end(db, CS_OK));
	assert_ok(cs_db_begin(db));
	assert_ok(cs_db_exec(db, "DELETE FROM u"));
	assert_err(cs_db_end(db, CS_ERR_DENIED), CS_ERR_DENIED);
	assert_false(cs_db_in_transaction(db));
	assert_int_equal(number(db, "SELECT COUNT(*) FROM u"), 3);

	assert_ok(err = cs_db_row(&row, db, "SELECT ?", cs_int(7)));
	assert_int_equal(cs_col_int(&row, 0), 7);
	assert_ok(cs_rows_end(&row, err));
	assert_err(err = cs_db_row(&row, db, "SELECT * FROM u WHERE 0"),
	    CS_ERR_NOT_FOUND);
	assert_err(cs_rows_end(&row, err), CS_ERR_NOT_FOUND);
	err = cs_db_row(&row, db, "NOT SQL AT ALL");
	assert_int_not_equal(cs_rows_end(&row, err), CS_OK);
	cs_db_close(db);
	temp_dir_clear(&d);
}

static void
test_transactions(void **state)
{
	struct temp_dir d = temp_dir_new();
	struct cs_db *db = open_db(temp_path(&d, "db"), &three);

	(void)state;
	assert_false(cs_db_in_transaction(db));
	assert_ok(cs_db_begin(db));
	assert_true(cs_db_in_transaction(db));
	assert_ok(cs_db_exec(db, "INSERT INTO u VALUES(3)"));
	cs_db_rollback(db);
	assert_false(cs_db_in_transaction(db));
	assert_int_equal(number(db, "SELECT COUNT(*) FROM u"), 2);
	cs_db_rollback(db); /* there is none: no harm */
	/* Of three requests in a batch, the second fails alone. */
	assert_ok(cs_db_begin(db));
	for (int i = 0; i < 3; i++) {
		assert_ok(cs_db_savepoint(db));
		assert_ok(cs_db_exec(
		    db, "INSERT INTO u VALUES(?)", cs_int((uint64_t)(10 + i))));
		if (i == 1)
			cs_db_rollback_to(db);
		else
			assert_ok(cs_db_release(db));
	}
	assert_true(cs_db_in_transaction(db));
	assert_ok(cs_db_commit(db));
	assert_false(cs_db_in_transaction(db));
	assert_int_equal(number(db, "SELECT SUM(x) FROM u"), 1 + 2 + 10 + 12);
	/* Nothing to go back to, nothing to finish. */
	cs_db_rollback_to(db);
	assert_int_not_equal(cs_db_commit(db), CS_OK);
	cs_db_close(db);
	/* What was not committed is gone. */
	db = open_db(temp_path(&d, "db"), &three);
	assert_ok(cs_db_begin(db));
	assert_ok(cs_db_exec(db, "DELETE FROM u"));
	cs_db_close(db);
	db = open_db(temp_path(&d, "db"), &three);
	assert_int_equal(number(db, "SELECT COUNT(*) FROM u"), 4);
	cs_db_close(db);
	temp_dir_clear(&d);
}

static void
test_idle(void **state)
{
	struct temp_dir d = temp_dir_new();
	struct cs_db *db = open_db(temp_path(&d, "db"), &three);
	struct cs_rows a, b;

	(void)state;
	assert_true(cs_db_idle(db));
	assert_ok(cs_db_begin(db));
	assert_false(cs_db_idle(db));
	cs_db_rollback(db);
	assert_true(cs_db_idle(db));
	assert_ok(cs_db_query(&a, db, "SELECT x FROM u"));
	assert_ok(cs_db_query(&b, db, "SELECT COUNT(*) FROM u"));
	assert_true(cs_rows_next(&a));
	assert_ok(cs_rows_end(&a, CS_OK));
	assert_ok(cs_rows_end(&a, CS_OK));
	assert_false(cs_db_idle(db));
	assert_ok(cs_rows_end(&b, CS_OK));
	assert_true(cs_db_idle(db));
	assert_int_not_equal(cs_db_query(&a, db, "NOT SQL"), CS_OK);
	assert_int_not_equal(cs_rows_end(&a, CS_ERR_MISUSE), CS_OK);
	assert_true(cs_db_idle(db));
	cs_db_close(db);
	temp_dir_clear(&d);
}

/* A statement is kept, may be asked again, and keeps no value. */
static void
test_statement_cache(void **state)
{
	struct temp_dir d = temp_dir_new();
	struct cs_db *db = open_db(temp_path(&d, "db"), &three);
	static char many[600][32];
	uint64_t n;
	size_t i;
	enum cs_err err = CS_OK;

	(void)state;
	for (i = 0; i < 1000; i++) {
		assert_ok(
		    cs_db_get_int(&n, db, "SELECT ? + 1", cs_int((uint64_t)i)));
		assert_int_equal(n, i + 1);
	}
	/* More different statements than there are places: told, not lost. */
	for (i = 0; i < 600 && err == CS_OK; i++) {
		snprintf(many[i], sizeof many[i], "SELECT %zu", i);
		err = cs_db_get_int(&n, db, many[i]);
		if (err == CS_OK)
			assert_int_equal(n, i);
	}
	assert_err(err, CS_ERR_MISUSE);
	assert_true(i > 400);
	assert_ok(cs_db_get_int(&n, db, many[0]));
	cs_db_close(db);
	temp_dir_clear(&d);
}

/* The bytes of a deleted row are nowhere in the file. */
static void
test_forgetful(void **state)
{
	static const char secret[] = "a key that has been used";
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "db");
	struct cs_buf file = { 0 };
	struct cs_db *db;

	(void)state;
	assert_ok(cs_db_open(&db, path, CS_DB_FORGETFUL, &three));
	assert_ok(cs_db_exec(
	    db, "INSERT INTO t(data) VALUES(?)", cs_blob(cs_view_str(secret))));
	assert_ok(cs_file_read(&file, path, CS_BUF_MAX));
	assert_non_null(memmem(file.data, file.len, secret, strlen(secret)));
	assert_ok(cs_db_exec(db, "DELETE FROM t"));
	cs_buf_reset(&file);
	assert_ok(cs_file_read(&file, path, CS_BUF_MAX));
	assert_null(memmem(file.data, file.len, secret, strlen(secret)));
	/* Nor in what a transaction leaves beside it. */
	cs_buf_reset(&file);
	if (cs_file_read(&file, temp_path(&d, "db-journal"), CS_BUF_MAX) ==
	    CS_OK)
		assert_int_equal(file.len, 0);
	assert_ok(cs_db_vacuum(db));
	cs_db_close(db);
	cs_buf_free(&file);
	temp_dir_clear(&d);
}

static enum cs_err
try_open(void *arg)
{
	struct cs_db *db;
	enum cs_err err = cs_db_open(&db, arg, CS_DB_SHARED, &three);

	cs_db_close(db);
	return err;
}

static void
test_allocations(void **state)
{
	struct temp_dir d = temp_dir_new();
	char path[512];

	(void)state;
	snprintf(path, sizeof path, "%s/db", d.path);
	cs_test_allocations(try_open, path);
	temp_dir_clear(&d);
}

/* The files of a database stay where it was opened, whatever folder gets the
 * name of its folder. */
static void
exchange_folder(enum cs_db_mode mode)
{
	struct temp_dir d = temp_dir_new();
	struct cs_folder f;
	struct cs_db *db;
	char *path;

	assert_ok(cs_folder_make(&f, temp_path(&d, "home")));
	path = cs_path_join(f.path, "db");
	assert_ok(cs_db_open(&db, path, mode, &one));
	assert_ok(cs_db_exec(db, "INSERT INTO t(id) VALUES(1)"));
	assert_int_equal(
	    rename(temp_path(&d, "home"), temp_path(&d, "moved")), 0);
	assert_ok(cs_file_mkdir(temp_path(&d, "home")));
	assert_ok(cs_file_write(
	    temp_path(&d, "home/db-wal"), cs_view_str("other"), 0600));
	/* Closing removes the log: ours. */
	cs_db_close(db);
	assert_int_equal(access(temp_path(&d, "home/db-wal"), F_OK), 0);
	if (mode == CS_DB_SHARED)
		assert_int_not_equal(
		    access(temp_path(&d, "moved/db-wal"), F_OK), 0);
	assert_ok(cs_db_open(&db, path, mode, &one));
	assert_int_equal(number(db, "SELECT COUNT(*) FROM t"), 1);
	cs_db_close(db);
	assert_int_not_equal(access(temp_path(&d, "home/db"), F_OK), 0);
	cs_free_plain(path);
	cs_folder_close(&f);
	temp_dir_clear(&d);
}

static void
test_folder_exchanged(void **state)
{
	(void)state;
	exchange_folder(CS_DB_SHARED);
	exchange_folder(CS_DB_FORGETFUL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_migrate),
		cmocka_unit_test(test_migrate_fails),
		cmocka_unit_test(test_wrong_file),
		cmocka_unit_test(test_corrupt),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_row_and_end),
		cmocka_unit_test(test_transactions),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_statement_cache),
		cmocka_unit_test(test_forgetful),
		cmocka_unit_test(test_folder_exchanged),
		cmocka_unit_test(test_allocations),
	};

	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
