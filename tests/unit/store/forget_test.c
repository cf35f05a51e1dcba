/* SPDX-License-Identifier: MIT */
/*
 * How many syncs a transaction takes, that nothing old is left when it has
 * ended, and what a kill or a power cut at any moment leaves.  The calls by
 * which a file is changed are those of this program: it counts them, dies at
 * one of them, and keeps beside each file, as NAME.disk, what is on the disk
 * for sure.
 */
#include "store/forget.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/file.h"
#include "support/temp_dir.h"

#define SECTOR 512
#define DIED 9

static struct {
	unsigned changes, syncs;
	unsigned die_at; /* 0: never */
	bool disk;       /* keep what is on it */
	off64_t full;    /* no database grows beyond it; 0: it may */
} calls;

static void
change(void)
{
	if (++calls.changes == calls.die_at)
		_exit(DIED);
}

/* The path of ${fd}. */
static void
name_of(char out[static 512], int fd)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, out, 511);
	assert_true(n > 0);
	out[n] = '\0';
}

static bool
no_room(int fd, off64_t end)
{
	char path[512];

	if (calls.full == 0 || end <= calls.full)
		return false;
	name_of(path, fd);
	return strstr(path, "-wal") == NULL;
}

ssize_t
pwrite64(int fd, const void *in, size_t n, off64_t at)
{
	static ssize_t (*real)(int, const void *, size_t, off64_t);

	if (real == NULL)
		*(void **)(&real) = dlsym(RTLD_NEXT, "pwrite64");
	change();
	if (no_room(fd, at + (off64_t)n)) {
		errno = ENOSPC;
		return -1;
	}
	return real(fd, in, n, at);
}

int
ftruncate64(int fd, off64_t n)
{
	static int (*real)(int, off64_t);

	if (real == NULL)
		*(void **)(&real) = dlsym(RTLD_NEXT, "ftruncate64");
	change();
	return real(fd, n);
}

static void
keep(int fd)
{
	char path[512], disk[600];
	struct cs_buf all = { 0 };
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return; /* the folder */
	name_of(path, fd);
	snprintf(disk, sizeof disk, "%s.disk", path);
	assert_ok(cs_file_read(&all, path, CS_BUF_MAX));
	fd = open(disk, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_ok(cs_file_write_fd(fd, cs_buf_view(&all)));
	close(fd);
	cs_buf_free(&all);
}

int
fdatasync(int fd)
{
	change();
	calls.syncs++;
	if (calls.disk)
		keep(fd);
	return 0;
}

/* ---- a database --------------------------------------------------------- */

static const char *const steps[] = {
	"CREATE TABLE t(id INTEGER PRIMARY KEY, data BLOB);"
	"INSERT INTO t VALUES(1,zeroblob(3000)),(2,zeroblob(9000)),"
	"(3,zeroblob(20));",
};
static const struct cs_db_schema schema = { "test", steps, 1 };

static struct cs_db *
open_db(const char *path)
{
	struct cs_db *db;

	assert_ok(cs_db_open(&db, path, CS_DB_FORGETFUL, &schema));
	return db;
}

/* Every row becomes ${text}, over and over. */
static enum cs_err
replace(struct cs_db *db, const char *text, enum cs_db_ending ending)
{
	static const size_t lens[] = { 3000, 9000, 20 };
	struct cs_buf data = { 0 };
	enum cs_err err = cs_db_begin(db);

	for (uint64_t i = 0; err == CS_OK && i < 3; i++) {
		cs_buf_reset(&data);
		while (data.len < lens[i])
			assert_ok(cs_buf_add(&data, cs_view_str(text)));
		err = cs_db_exec(db, "UPDATE t SET data=? WHERE id=?",
		    cs_blob(cs_buf_view(&data)), cs_int(i + 1));
	}
	cs_buf_free(&data);
	return cs_db_end_as(db, err, ending);
}

/* Is ${text} anywhere in the file or its log? */
static bool
is_left(const char *path, const char *text)
{
	static const char *const ends[] = { "", "-wal", "-journal", "-shm" };
	bool found = false;

	for (size_t i = 0; i < 4; i++) {
		struct cs_buf all = { 0 };
		char name[600];

		snprintf(name, sizeof name, "%s%s", path, ends[i]);
		if (cs_file_read(&all, name, CS_BUF_MAX) == CS_OK &&
		    all.len != 0)
			found |= memmem(all.data, all.len, text,
				     strlen(text)) != NULL;
		cs_buf_free(&all);
	}
	return found;
}

/* All rows are of one moment: of which of ${texts}? */
static size_t
which(struct cs_db *db, const char *const *texts, size_t n)
{
	size_t found[3] = { n, n, n };

	for (uint64_t i = 0; i < 3; i++) {
		struct cs_rows row;

		assert_ok(cs_db_row(
		    &row, db, "SELECT data FROM t WHERE id=?", cs_int(i + 1)));
		for (size_t k = 0; k < n; k++)
			if (memcmp(cs_col_blob(&row, 0).data, texts[k],
				strlen(texts[k])) == 0)
				found[i] = k;
		assert_ok(cs_rows_end(&row, CS_OK));
	}
	assert_true(found[0] < n);
	assert_int_equal(found[0], found[1]);
	assert_int_equal(found[0], found[2]);
	return found[0];
}

static void
check_whole(struct cs_db *db)
{
	struct cs_rows row;

	assert_ok(cs_db_row(&row, db, "PRAGMA integrity_check"));
	assert_true(cs_view_equal(cs_col_blob(&row, 0), cs_view_str("ok")));
	assert_ok(cs_rows_end(&row, CS_OK));
}

/* ---- tests -------------------------------------------------------------- */

static unsigned
syncs_of(struct cs_db *db, const char *text, enum cs_db_ending ending)
{
	unsigned before = calls.syncs;

	assert_ok(replace(db, text, ending));
	return calls.syncs - before;
}

static void
test_syncs(void **state)
{
	struct temp_dir d = temp_dir_new();
	struct cs_db *db = open_db(temp_path(&d, "db"));
	unsigned before;

	(void)state;
	assert_int_equal(syncs_of(db, "the first text", CS_DB_GONE), 3);
	assert_int_equal(syncs_of(db, "the second one", CS_DB_SAFE), 1);
	assert_int_equal(syncs_of(db, "and a third", CS_DB_SOON), 0);
	before = calls.syncs;
	assert_ok(cs_db_sync(db));
	assert_ok(cs_db_sync(db));
	assert_int_equal(calls.syncs - before, 1);
	assert_int_equal(syncs_of(db, "the last", CS_DB_GONE), 3);
	/* By itself, and where nothing changes. */
	before = calls.syncs;
	assert_ok(cs_db_exec(db, "DELETE FROM t WHERE id=3"));
	assert_int_equal(calls.syncs - before, 3);
	assert_ok(cs_db_exec(db, "DELETE FROM t WHERE id=3"));
	cs_db_close(db);
	assert_int_equal(calls.syncs - before, 3);
	temp_dir_clear(&d);
}

static void
test_gone(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "db");
	struct cs_db *db = open_db(path);

	(void)state;
	assert_ok(replace(db, "the first text", CS_DB_GONE));
	assert_true(is_left(path, "the first text"));
	assert_ok(replace(db, "the second one", CS_DB_GONE));
	assert_false(is_left(path, "the first text"));
	assert_ok(replace(db, "and a third", CS_DB_SAFE));
	assert_ok(replace(db, "a fourth", CS_DB_SOON));
	assert_ok(replace(db, "the last", CS_DB_GONE));
	assert_false(is_left(path, "the second one"));
	assert_false(is_left(path, "and a third"));
	assert_false(is_left(path, "a fourth"));
	/* What the last one left goes when it was opened once more. */
	assert_ok(replace(db, "and one after it", CS_DB_SOON));
	cs_db_close(db);
	db = open_db(path);
	assert_true(is_left(path, "the last"));
	cs_db_close(db);
	assert_false(is_left(path, "the last"));
	assert_true(is_left(path, "and one after it"));
	temp_dir_clear(&d);
}

/* Who keeps it open leaves no more behind than who closes it. */
static void
test_rest(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "db");
	struct cs_db *db = open_db(path);
	unsigned before;

	(void)state;
	assert_ok(replace(db, "the first text", CS_DB_GONE));
	assert_ok(replace(db, "the second one", CS_DB_SAFE));
	assert_ok(replace(db, "and a third", CS_DB_SOON));
	assert_true(is_left(path, "the first text"));
	assert_ok(cs_db_rest(db));
	assert_false(is_left(path, "the first text"));
	assert_false(is_left(path, "the second one"));
	assert_true(is_left(path, "and a third"));
	/* Nothing is left to do. */
	before = calls.syncs;
	assert_ok(cs_db_rest(db));
	assert_int_equal(calls.syncs - before, 0);
	assert_int_equal(syncs_of(db, "a fourth", CS_DB_GONE), 3);
	cs_db_close(db);
	/* What the one before left. */
	db = open_db(path);
	assert_ok(replace(db, "the last", CS_DB_SAFE));
	cs_db_close(db);
	db = open_db(path);
	assert_ok(cs_db_rest(db));
	assert_false(is_left(path, "a fourth"));
	cs_db_close(db);
	temp_dir_clear(&d);
}

/* A log that nobody cuts does not grow for ever. */
static void
test_long_log(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "db");
	struct cs_db *db = open_db(path);
	char log[600];
	struct stat st;

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		assert_ok(replace(db, i % 2 ? "one" : "two", CS_DB_SOON));
	snprintf(log, sizeof log, "%s-wal", path);
	assert_int_equal(stat(log, &st), 0);
	assert_true(st.st_size < 1100 * 4200);
	cs_db_close(db);
	temp_dir_clear(&d);
}

static const char *const texts[] = { "the first text", "the second one",
	"and a third", "the fourth text" };

/* A program that dies at its change number ${die_at}; returns how many of the
 * texts it knew to be stored, and whether it died. */
static size_t
live(const char *path, unsigned die_at, bool *died)
{
	static const enum cs_db_ending endings[] = { CS_DB_GONE, CS_DB_SAFE,
		CS_DB_SOON, CS_DB_GONE };
	int ends[2], status;
	size_t n = 0;
	char c;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct cs_db *db = open_db(path);

		calls.changes = 0;
		calls.die_at = die_at;
		for (size_t i = 1; i < 4; i++) {
			if (replace(db, texts[i], endings[i]) != CS_OK ||
			    write(ends[1], "", 1) != 1)
				_exit(1);
		}
		cs_db_close(db);
		_exit(0);
	}
	close(ends[1]);
	while (read(ends[0], &c, 1) == 1)
		n++;
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	*died = WEXITSTATUS(status) == DIED;
	assert_true(*died || WEXITSTATUS(status) == 0);
	return n;
}

/* Everything that ended is there, and what was replaced before is not. */
static void
test_killed(void **state)
{
	bool died = true;
	unsigned k;

	(void)state;
	for (k = 1; died; k++) {
		struct temp_dir d = temp_dir_new();
		const char *path = temp_path(&d, "db");
		struct cs_db *db = open_db(path);
		size_t known, is;

		assert_ok(replace(db, texts[0], CS_DB_GONE));
		cs_db_close(db);
		known = live(path, k, &died);
		cs_db_close(open_db(path));
		db = open_db(path);
		check_whole(db);
		is = which(db, texts, 4);
		assert_true(is == known || is == known + 1);
		for (size_t i = 0; i < 4; i++)
			assert_int_equal(is_left(path, texts[i]), i == is);
		cs_db_close(db);
		temp_dir_clear(&d);
	}
	assert_true(k > 30);
}

/* What a power cut makes of a file: of each sector what was synced, or what was
 * written since; of its length as well. */
static void
cut_power(const char *path)
{
	struct cs_buf now = { 0 }, disk = { 0 };
	char name[600];
	size_t len;
	FILE *f;

	snprintf(name, sizeof name, "%s.disk", path);
	if (cs_file_read(&now, path, CS_BUF_MAX) != CS_OK)
		return;
	(void)!cs_file_read(&disk, name, CS_BUF_MAX);
	len = rand() % 2 ? now.len : disk.len;
	f = fopen(path, "wb");
	assert_non_null(f);
	for (size_t i = 0; i < len; i++) {
		static const struct cs_buf *from;

		if (i % SECTOR == 0)
			from = rand() % 2 ? &now : &disk;
		fputc(i < from->len ? from->data[i] : 0, f);
	}
	assert_int_equal(fclose(f), 0);
	cs_buf_free(&now);
	cs_buf_free(&disk);
}

static void
test_power_cut(void **state)
{
	bool died = true;

	(void)state;
	srand(4711);
	for (unsigned k = 1; died; k++)
		for (unsigned turn = 0; turn < 4; turn++) {
			struct temp_dir d = temp_dir_new();
			const char *path = temp_path(&d, "db");
			struct cs_db *db;
			char log[600];
			size_t known, is;

			calls.disk = true;
			db = open_db(path);
			assert_ok(replace(db, texts[0], CS_DB_GONE));
			cs_db_close(db);
			known = live(path, k, &died);
			calls.disk = false;
			snprintf(log, sizeof log, "%s-wal", path);
			cut_power(path);
			cut_power(log);
			db = open_db(path);
			check_whole(db);
			is = which(db, texts, 4);
			/* The one that ends soon may be gone. */
			assert_true(is == known || is == known + 1 ||
			    (is == 1 && known == 2));
			cs_db_close(db);
			temp_dir_clear(&d);
		}
}

static uint64_t
rows(struct cs_db *db)
{
	uint64_t n;

	assert_ok(cs_db_get_int(&n, db, "SELECT COUNT(*) FROM t"));
	return n;
}

/* There is room for the log and none to copy it: what was committed is kept,
 * nothing more is written, and with the first room all goes on. */
static void
test_full(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "db");
	struct cs_db *db = open_db(path);
	struct stat st;

	(void)state;
	assert_ok(replace(db, texts[0], CS_DB_GONE));
	assert_int_equal(stat(path, &st), 0);
	calls.full = st.st_size;
	assert_ok(replace(db, texts[1], CS_DB_GONE));
	assert_ok(cs_db_exec(db, "INSERT INTO t VALUES(9,zeroblob(50000))"));
	assert_int_equal(rows(db), 4);
	assert_int_equal(replace(db, texts[2], CS_DB_GONE), CS_ERR_DISK_FULL);
	assert_int_equal(cs_db_exec(db, "DELETE FROM t"), CS_ERR_DISK_FULL);
	assert_ok(cs_db_sync(db));
	assert_int_equal(rows(db), 4);
	/* The same for whoever opens it then. */
	cs_db_close(db);
	db = open_db(path);
	check_whole(db);
	assert_int_equal(rows(db), 4);
	assert_int_equal(which(db, texts, 4), 1);
	calls.full = 0;
	assert_ok(replace(db, texts[3], CS_DB_GONE));
	assert_false(is_left(path, texts[1]));
	calls.full = st.st_size;
	assert_ok(cs_db_exec(db, "INSERT INTO t VALUES(10,zeroblob(90000))"));
	assert_int_equal(replace(db, texts[2], CS_DB_GONE), CS_ERR_DISK_FULL);
	calls.full = 0;
	assert_ok(replace(db, texts[2], CS_DB_GONE));
	assert_false(is_left(path, texts[3]));
	check_whole(db);
	assert_int_equal(rows(db), 5);
	cs_db_close(db);
	temp_dir_clear(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syncs),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_long_log),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_power_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
