/* SPDX-License-Identifier: MIT */
#include "store/file_out.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "store/file.h"
#include "support/temp_dir.h"
#include "support/test.h"

static unsigned
count_files(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	unsigned n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

static void
holds(const char *path, const char *what)
{
	struct cs_buf file = { 0 };

	assert_ok(cs_file_read(&file, path, 100));
	assert_view_equal(cs_buf_view(&file), cs_view_str(what));
	cs_buf_free(&file);
}

static void
test_named_when_whole(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "out");
	struct cs_file_out out;

	(void)state;
	assert_ok(cs_file_write(path, cs_view_str("before"), 0600));
	assert_ok(cs_file_out_open(&out, path));
	assert_ok(cs_file_write_fd(out.fd, cs_view_str("half")));
	holds(path, "before");
	/* What failed leaves what was there, and nothing else. */
	assert_err(cs_file_out_end(&out, CS_ERR_DIGEST), CS_ERR_DIGEST);
	assert_int_equal(out.fd, -1);
	holds(path, "before");
	assert_int_equal(count_files(d.path), 1);
	assert_ok(cs_file_out_open(&out, path));
	assert_ok(cs_file_write_fd(out.fd, cs_view_str("after")));
	assert_ok(cs_file_out_end(&out, CS_OK));
	holds(path, "after");
	assert_int_equal(count_files(d.path), 1);
	assert_err(cs_file_out_open(&out, temp_path(&d, "none/out")),
	    CS_ERR_NOT_FOUND);
	assert_err(cs_file_out_end(&out, CS_ERR_NOT_FOUND), CS_ERR_NOT_FOUND);
	temp_dir_clear(&d);
}

/* Put ${text} out, and say how it ended. */
static enum cs_err
put_out(const char *text, enum cs_err how)
{
	struct cs_file_out out;

	assert_ok(cs_file_out_open(&out, "-"));
	assert_ok(cs_file_write_fd(out.fd, cs_view_str(text)));
	return cs_file_out_end(&out, how);
}

static void
test_standard_output(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "stdout");
	int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	int before = dup(STDOUT_FILENO);
	enum cs_err failed, whole;

	(void)state;
	assert_true(file >= 0 && before >= 0);
	assert_true(dup2(file, STDOUT_FILENO) >= 0);
	failed = put_out("half", CS_ERR_DIGEST);
	whole = put_out("whole", CS_OK);
	assert_true(dup2(before, STDOUT_FILENO) >= 0);
	close(before);
	close(file);
	assert_err(failed, CS_ERR_DIGEST);
	assert_ok(whole);
	holds(path, "whole");
	temp_dir_clear(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_named_when_whole),
		cmocka_unit_test(test_standard_output),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
