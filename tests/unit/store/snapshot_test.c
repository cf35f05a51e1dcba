/* SPDX-License-Identifier: MIT */
#include "store/snapshot.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/clock.h"
#include "support/temp_dir.h"
#include "support/test.h"

#define WRITES_AT_ONCE 20
#define REST_MS 60

static const char step1[] =
    "CREATE TABLE a(id INTEGER PRIMARY KEY, n INTEGER NOT NULL, x BLOB);"
    "CREATE TABLE b(id INTEGER PRIMARY KEY, n INTEGER NOT NULL);";
static const char *const steps[] = { step1 };
static const struct cs_db_schema schema = { "snapshot test", steps, 1 };

/* In each moment the sums of both tables are equal. */
static void
change(struct cs_db *db, uint64_t i)
{
	enum cs_err err;

	assert_ok(cs_db_begin(db));
	err = cs_db_exec(db, "INSERT INTO a(n,x) VALUES(?,randomblob(?))",
	    cs_int(i), cs_int(i * 37 % 9000));
	if (err == CS_OK)
		err = cs_db_exec(db, "INSERT INTO b(n) VALUES(?)", cs_int(i));
	if (err == CS_OK && i % 5 == 0)
		err =
		    cs_db_exec(db, "DELETE FROM a WHERE id%7=?", cs_int(i % 7));
	if (err == CS_OK && i % 5 == 0)
		err =
		    cs_db_exec(db, "DELETE FROM b WHERE id%7=?", cs_int(i % 7));
	/* However fast somebody writes, there is no more to look at. */
	if (err == CS_OK && i > 200)
		err =
		    cs_db_exec(db, "DELETE FROM a WHERE n<?", cs_int(i - 200));
	if (err == CS_OK && i > 200)
		err =
		    cs_db_exec(db, "DELETE FROM b WHERE n<?", cs_int(i - 200));
	assert_ok(cs_db_end_as(db, err, (enum cs_db_ending)(i % 3)));
}

static uint64_t
value(struct cs_db *db, const char *sql)
{
	uint64_t n = 0;

	assert_ok(cs_db_get_int(&n, db, sql));
	return n;
}

static void
check_whole(struct cs_db *db)
{
	struct cs_rows rows;

	assert_ok(cs_db_row(&rows, db, "PRAGMA integrity_check"));
	assert_true(cs_view_equal(cs_col_blob(&rows, 0), cs_view_str("ok")));
	assert_ok(cs_rows_end(&rows, CS_OK));
	assert_int_equal(value(db, "SELECT COALESCE(SUM(n),0) FROM a"),
	    value(db, "SELECT COALESCE(SUM(n),0) FROM b"));
}

static void
write_without_end(const char *path)
{
	struct cs_db *db;

	if (cs_db_open(&db, path, CS_DB_FORGETFUL, &schema) != CS_OK)
		_exit(1);
	for (uint64_t i = 1;; i++) {
		change(db, i);
		/* Where a disk never makes it wait, it would hold still for no
		 * reader. */
		if (i % WRITES_AT_ONCE == 0)
			cs_clock_sleep_ms(REST_MS);
	}
}

/* Somebody writes as fast as they can, but for short rests, with the file
 * locked. */
static void
test_beside_a_writer(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "db");
	uint64_t first = 0, last = 0, taken = 0;
	struct cs_db *db;
	pid_t writer;

	(void)state;
	assert_ok(cs_db_open(&db, path, CS_DB_FORGETFUL, &schema));
	change(db, 1);
	cs_db_close(db);
	writer = fork();
	if (writer == 0)
		write_without_end(path);
	assert_true(writer > 0);
	for (unsigned i = 0; i < 100 && taken < 10; i++) {
		enum cs_err err = cs_db_open_snapshot(&db, path, &schema);

		if (err == CS_ERR_BUSY)
			continue; /* it does not hold still that often */
		assert_ok(err);
		check_whole(db);
		last = value(db, "SELECT MAX(n) FROM b");
		first = first == 0 ? last : first;
		assert_true(cs_db_exec(db, "DELETE FROM a") != CS_OK);
		cs_db_close(db);
		taken++;
	}
	kill(writer, SIGKILL);
	assert_int_equal(waitpid(writer, NULL, 0), writer);
	assert_true(taken > 0);
	/* Killed in the middle of anything, the same. */
	assert_ok(cs_db_open_snapshot(&db, path, &schema));
	check_whole(db);
	assert_true(value(db, "SELECT MAX(n) FROM b") >= first);
	cs_db_close(db);
	temp_dir_clear(&d);
}

static void
test_open_at_rest(void **state)
{
	static const struct cs_db_schema other = { "another", steps, 1 };
	static const char *const more[] = { step1, "CREATE TABLE c(x);" };
	static const struct cs_db_schema newer = { "snapshot test", more, 2 };
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "db");
	struct cs_db *locked, *db;

	(void)state;
	assert_err(cs_db_open_snapshot(&db, path, &schema), CS_ERR_NOT_FOUND);
	assert_ok(cs_db_open(&locked, path, CS_DB_FORGETFUL, &schema));
	for (uint64_t i = 1; i < 40; i++)
		change(locked, i);
	assert_ok(cs_db_open_snapshot(&db, path, &schema));
	check_whole(db);
	assert_int_equal(value(db, "SELECT MAX(n) FROM b"), 39);
	/* What comes later is not seen. */
	change(locked, 41);
	assert_int_equal(value(db, "SELECT MAX(n) FROM b"), 39);
	cs_db_close(db);
	assert_err(cs_db_open_snapshot(&db, path, &other), CS_ERR_MISMATCH);
	assert_err(cs_db_open_snapshot(&db, path, &newer), CS_ERR_BUSY);
	cs_db_close(locked);
	temp_dir_clear(&d);
}

/* A log of another time, or damaged, counts as far as it is whole. */
static void
test_logs(void **state)
{
	uint8_t file[2048] = { 0 }, head[32] = { 0x37, 0x7f, 0x06, 0x82 };
	size_t size = 1024;

	(void)state;
	file[16] = 2; /* pages of 512 bytes */
	assert_ok(cs_snapshot_apply(file, &size, 2048, cs_view(NULL, 0)));
	assert_ok(cs_snapshot_apply(file, &size, 2048, cs_view(head, 31)));
	assert_err(cs_snapshot_apply(file, &size, 2048, CS_VIEW_OF(head)),
	    CS_ERR_CORRUPT); /* pages of nothing */
	head[10] = 2;
	assert_ok(cs_snapshot_apply(file, &size, 2048, CS_VIEW_OF(head)));
	assert_int_equal(size, 1024);
	head[0] ^= 1;
	assert_err(cs_snapshot_apply(file, &size, 2048, CS_VIEW_OF(head)),
	    CS_ERR_CORRUPT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_beside_a_writer),
		cmocka_unit_test(test_open_at_rest),
		cmocka_unit_test(test_logs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
