/* SPDX-License-Identifier: MIT */
#include "store/file.h"
#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "support/temp_dir.h"

static bool
exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void
holds(const char *path, const char *want)
{
	struct cs_buf b = { 0 };

	assert_ok(cs_file_read(&b, path, 100));
	assert_view_equal(cs_buf_view(&b), cs_view_str(want));
	cs_buf_free(&b);
}

static void
test_write(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "file");
	struct stat st;

	(void)state;
	assert_ok(cs_file_write(path, cs_view_str("old"), 0600));
	holds(path, "old");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_ok(cs_file_write(path, cs_view_str("newer"), 0600));
	holds(path, "newer");
	assert_ok(cs_file_write(path, cs_view(NULL, 0), 0600));
	holds(path, "");
	/* Nothing is left beside it. */
	assert_false(exists(temp_path(&d, "file.new")));
	temp_dir_clear(&d);
}

/* What a program left that ended while it wrote. */
static void
test_tidy(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "file");

	(void)state;
	assert_ok(cs_file_write(path, cs_view_str("old"), 0600));
	assert_ok(cs_file_tidy(path));
	assert_ok(cs_file_create(
	    temp_path(&d, "file.new"), cs_view_str("half"), 0600));
	assert_ok(cs_file_tidy(path));
	assert_false(exists(temp_path(&d, "file.new")));
	holds(path, "old");
	assert_ok(cs_file_mkdir(temp_path(&d, "file.new")));
	assert_int_not_equal(cs_file_tidy(path), CS_OK);
	temp_dir_clear(&d);
}

/* The old file is there, whole, when the new one cannot be written. */
static void
test_write_fails(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "file");

	(void)state;
	assert_ok(cs_file_write(path, cs_view_str("old"), 0600));
	/* A folder stands where the temporary file would go. */
	assert_ok(cs_file_mkdir(temp_path(&d, "file.new")));
	assert_int_not_equal(
	    cs_file_write(path, cs_view_str("new"), 0600), CS_OK);
	holds(path, "old");
	/* A folder stands where the file would go. */
	assert_ok(cs_file_mkdir(temp_path(&d, "other")));
	assert_int_not_equal(
	    cs_file_write(temp_path(&d, "other"), cs_view_str("new"), 0600),
	    CS_OK);
	assert_false(exists(temp_path(&d, "other.new")));
	assert_err(
	    cs_file_write(temp_path(&d, "none/file"), cs_view_str("new"), 0600),
	    CS_ERR_NOT_FOUND);
	temp_dir_clear(&d);
}

/* A new one, and nothing else. */
static void
test_create(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "file");
	struct stat st;

	(void)state;
	assert_ok(cs_file_create(path, cs_view_str("new"), 0600));
	holds(path, "new");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_err(cs_file_create(path, cs_view_str("x"), 0600), CS_ERR_EXISTS);
	holds(path, "new");
	/* Not through a link, either. */
	assert_int_equal(
	    symlink(temp_path(&d, "nowhere"), temp_path(&d, "link")), 0);
	assert_err(
	    cs_file_create(temp_path(&d, "link"), cs_view_str("x"), 0600),
	    CS_ERR_EXISTS);
	assert_false(exists(temp_path(&d, "nowhere")));
	assert_err(
	    cs_file_create(temp_path(&d, "none/file"), cs_view_str("x"), 0600),
	    CS_ERR_NOT_FOUND);
	temp_dir_clear(&d);
}

static void
test_destroy(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "file");
	struct cs_buf big = { 0 };
	uint8_t *at;

	(void)state;
	assert_ok(cs_buf_extend(&big, 1000, &at));
	memset(at, 7, 1000);
	assert_ok(cs_file_create(path, cs_buf_view(&big), 0600));
	/* A second name shows what became of its bytes. */
	assert_int_equal(link(path, temp_path(&d, "same")), 0);
	assert_ok(cs_file_destroy(path));
	assert_false(exists(path));
	cs_buf_reset(&big);
	assert_ok(cs_file_read(&big, temp_path(&d, "same"), 1000));
	assert_int_equal(big.len, 1000);
	assert_true(cs_view_is_zero(cs_buf_view(&big)));
	assert_err(cs_file_destroy(path), CS_ERR_NOT_FOUND);
	/* What a link names stays. */
	assert_int_equal(symlink(temp_path(&d, "same"), path), 0);
	assert_int_not_equal(cs_file_destroy(path), CS_OK);
	assert_true(exists(temp_path(&d, "same")));
	cs_buf_free(&big);
	temp_dir_clear(&d);
}

static void
test_read(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "file");
	struct cs_buf b = { 0 }, big = { 0 };
	uint8_t *at;

	(void)state;
	assert_err(cs_file_read(&b, path, 10), CS_ERR_NOT_FOUND);
	assert_ok(cs_buf_extend(&big, 10000, &at));
	at[9999] = 7;
	assert_ok(cs_file_write(path, cs_buf_view(&big), 0600));
	assert_ok(cs_buf_add(&b, cs_view_str("x")));
	assert_ok(cs_file_read(&b, path, 10000));
	assert_int_equal(b.len, 10001);
	assert_int_equal(b.data[10000], 7);
	assert_err(cs_file_read(&b, path, 9999), CS_ERR_LIMIT);
	cs_buf_free(&b);
	cs_buf_free(&big);
	/* A folder is no file. */
	assert_err(cs_file_read(&b, d.path, 10), CS_ERR_IO);
	temp_dir_clear(&d);
}

static void
test_mkdir(void **state)
{
	struct temp_dir d = temp_dir_new();
	struct stat st;

	(void)state;
	assert_ok(cs_file_mkdir(temp_path(&d, "a")));
	assert_int_equal(stat(temp_path(&d, "a"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_ok(cs_file_mkdir(temp_path(&d, "a")));
	assert_err(cs_file_mkdir(temp_path(&d, "b/c")), CS_ERR_NOT_FOUND);
	assert_ok(cs_file_write(temp_path(&d, "f"), cs_view_str(""), 0600));
	assert_int_not_equal(cs_file_mkdir(temp_path(&d, "f")), CS_OK);
	assert_ok(cs_file_sync_dir(temp_path(&d, "a")));
	assert_ok(cs_file_sync_dir("file-in-this-folder"));
	assert_ok(cs_file_sync_dir("x")); /* shorter than "." and its end */
	assert_ok(cs_file_sync_dir("/x"));
	assert_err(cs_file_sync_dir(temp_path(&d, "none/x")), CS_ERR_NOT_FOUND);
	temp_dir_clear(&d);
}

/* A folder into which others can put their files in the place of ours. */
static void
test_others(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "home");

	(void)state;
	assert_ok(cs_file_mkdir(path));
	assert_ok(cs_file_check_dir(path));
	assert_int_equal(chmod(path, 0775), 0); /* a group of our own */
	assert_ok(cs_file_mkdir(path));
	assert_int_equal(chmod(path, 0777), 0);
	assert_err(cs_file_mkdir(path), CS_ERR_SHARED);
	assert_err(cs_file_check_dir(path), CS_ERR_SHARED);
	assert_int_equal(chmod(path, 0755), 0);
	assert_ok(cs_file_mkdir(path));
	assert_err(cs_file_check_dir(temp_path(&d, "none")), CS_ERR_NOT_FOUND);
	/* Of somebody else: only root can try. */
	if (chown(path, 65534, 65534) == 0) {
		assert_err(cs_file_mkdir(path), CS_ERR_SHARED);
		assert_ok(cs_file_check_dir(path));
	}
	temp_dir_clear(&d);
}

/* What is open stays what it is, whatever gets its name. */
static void
test_folder_exchanged(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "home");
	struct cs_folder f, none = { .fd = -1 };
	char *inside;

	(void)state;
	assert_ok(cs_folder_make(&f, path));
	assert_int_equal(rename(path, temp_path(&d, "moved")), 0);
	assert_ok(cs_file_mkdir(path));
	inside = cs_path_join(f.path, "key");
	assert_ok(cs_file_write(inside, cs_view_str("secret"), 0600));
	holds(temp_path(&d, "moved/key"), "secret");
	assert_false(exists(temp_path(&d, "home/key")));
	/* And in a child, as long as it is open there. */
	if (fork() == 0)
		_exit(exists(inside) ? 7 : 8);
	else {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(WEXITSTATUS(status), 7);
	}
	cs_free_plain(inside);
	cs_folder_close(&f);
	cs_folder_close(&f);
	cs_folder_close(&none);
	temp_dir_clear(&d);
}

/* A link may lead to an old copy of ours. */
static void
test_folder_link(void **state)
{
	struct temp_dir d = temp_dir_new();
	struct cs_folder f;

	(void)state;
	assert_ok(cs_file_mkdir(temp_path(&d, "old")));
	assert_int_equal(
	    symlink(temp_path(&d, "old"), temp_path(&d, "home")), 0);
	assert_err(cs_folder_open(&f, temp_path(&d, "home")), CS_ERR_SHARED);
	assert_null(f.path);
	assert_err(cs_folder_make(&f, temp_path(&d, "home")), CS_ERR_SHARED);
	/* One that leads nowhere makes nothing. */
	assert_int_equal(
	    symlink(temp_path(&d, "no"), temp_path(&d, "dead")), 0);
	assert_err(cs_folder_make(&f, temp_path(&d, "dead")), CS_ERR_SHARED);
	assert_false(exists(temp_path(&d, "no")));
	assert_ok(cs_file_write(temp_path(&d, "f"), cs_view_str(""), 0600));
	assert_err(cs_folder_open(&f, temp_path(&d, "f")), CS_ERR_NOT_FOUND);
	assert_err(cs_folder_make(&f, temp_path(&d, "f")), CS_ERR_EXISTS);
	temp_dir_clear(&d);
}

/* Where everybody can rename a folder, there may be an older one of ours. */
static void
test_folder_above(void **state)
{
	struct temp_dir d = temp_dir_new();
	char home[512];

	(void)state;
	snprintf(home, sizeof home, "%s/all/mine/home", d.path);
	assert_ok(cs_file_mkdir(temp_path(&d, "all")));
	assert_ok(cs_file_mkdir(temp_path(&d, "all/mine")));
	assert_ok(cs_file_mkdir(home));
	assert_int_equal(chmod(temp_path(&d, "all"), 0777), 0);
	assert_err(cs_file_check_dir(home), CS_ERR_SHARED);
	assert_err(cs_file_mkdir(home), CS_ERR_SHARED);
	/* As in /tmp: only the owner of what is in it can. */
	assert_int_equal(chmod(temp_path(&d, "all"), 01777), 0);
	assert_ok(cs_file_check_dir(home));
	assert_int_equal(chmod(temp_path(&d, "all"), 0775), 0);
	assert_ok(cs_file_check_dir(home));
	temp_dir_clear(&d);
}

/* What lies where a new file is written first is not written into. */
static void
test_planted(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "key");
	const char *planted = temp_path(&d, "key.new");
	const char *victim = temp_path(&d, "victim");
	struct cs_buf got = { 0 };
	struct stat st;

	(void)state;
	assert_ok(cs_file_write(victim, cs_view_str("mine"), 0600));
	assert_int_equal(symlink(victim, planted), 0);
	assert_ok(cs_file_write(path, cs_view_str("secret"), 0600));
	assert_ok(cs_file_read(&got, victim, 100));
	assert_view_equal(cs_buf_view(&got), cs_view_str("mine"));
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	/* A file that somebody else has open and may read. */
	assert_ok(cs_file_write(planted, cs_view_str(""), 0666));
	assert_ok(cs_file_write(path, cs_view_str("secret"), 0600));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	cs_buf_free(&got);
	temp_dir_clear(&d);
}

/* What another process gets when it asks for the lock. */
static enum cs_err
lock_elsewhere(const char *path)
{
	pid_t pid = fork();
	int fd, status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit((int)cs_file_try_lock(&fd, path));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return (enum cs_err)WEXITSTATUS(status);
}

static void
test_lock(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "lock");
	int fd, again;

	(void)state;
	assert_ok(cs_file_try_lock(&fd, path));
	assert_err(lock_elsewhere(path), CS_ERR_BUSY);
	assert_err(cs_file_try_lock(&again, path), CS_ERR_BUSY);
	assert_int_equal(again, -1);
	cs_file_unlock(fd);
	assert_ok(lock_elsewhere(path));
	/* Whoever had it is gone, and so is the lock. */
	assert_ok(cs_file_lock(&fd, path));
	cs_file_unlock(fd);
	cs_file_unlock(-1);
	assert_err(cs_file_try_lock(&fd, temp_path(&d, "none/lock")),
	    CS_ERR_NOT_FOUND);
	temp_dir_clear(&d);
}

static void
test_names(void **state)
{
	char *joined = cs_path_join("a", "b");

	(void)state;
	assert_string_equal(joined, "a/b");
	cs_free_plain(joined);
	errno = ENOSPC;
	assert_err(cs_file_errno(), CS_ERR_DISK_FULL);
	errno = EROFS;
	assert_err(cs_file_errno(), CS_ERR_READ_ONLY);
	errno = EXDEV;
	assert_err(cs_file_errno(), CS_ERR_IO);
}

/* Nothing left to write on: the code says so, and the old file stays. */
static void
test_full(void **state)
{
	struct temp_dir d = temp_dir_new();
	struct rlimit before, little;
	struct cs_buf got = { 0 };

	(void)state;
	assert_ok(
	    cs_file_write(temp_path(&d, "file"), cs_view_str("old"), 0600));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	little = before;
	little.rlim_cur = 2;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	assert_err(
	    cs_file_write(temp_path(&d, "file"), cs_view_str("new"), 0600),
	    CS_ERR_DISK_FULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_ok(cs_file_read(&got, temp_path(&d, "file"), 10));
	assert_view_equal(cs_buf_view(&got), cs_view_str("old"));
	assert_false(exists(temp_path(&d, "file.new")));
	cs_buf_free(&got);
	temp_dir_clear(&d);
}

static enum cs_err
try_write(void *arg)
{
	const char *path = arg;
	struct cs_buf b = { 0 };
	enum cs_err err;

	if ((err = cs_file_write(path, cs_view_str("x"), 0600)) == CS_OK)
		err = cs_file_read(&b, path, 10);
	cs_buf_free(&b);
	return err;
}

static void
test_allocations(void **state)
{
	struct temp_dir d = temp_dir_new();
	char path[512];

	(void)state;
	snprintf(path, sizeof path, "%s/file", d.path);
	cs_test_allocations(try_write, path);
	temp_dir_clear(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_write_fails),
		cmocka_unit_test(test_tidy),
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_destroy),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_mkdir),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_folder_exchanged),
		cmocka_unit_test(test_folder_link),
		cmocka_unit_test(test_folder_above),
		cmocka_unit_test(test_planted),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_allocations),
	};

	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
