/* SPDX-License-Identifier: MIT */
/* Which logs a witness knows. */
#include "store/tlog_seen.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "crypto/init.h"
#include "store/file.h"
#include "support/temp_dir.h"

#define ORIGIN "log.example/1"

static struct cs_note_key key;

static int
setup(void **state)
{
	struct cs_sign_key with;

	(void)state;
	assert_ok(cs_crypto_init());
	assert_ok(cs_sign_key_new(&with));
	/* Its name may be another than the origin. */
	assert_ok(cs_note_key(&key, "key-of-it", with.public));
	return 0;
}

static enum cs_err
count_one(void *arg, const struct cs_tlog_seen_log *log)
{
	unsigned *n = arg;

	assert_true(log->origin.len != 0);
	assert_string_equal(log->key.name, key.name);
	return ++*n == 3 ? CS_ERR_LIMIT : CS_OK;
}

static void
test_logs(void **state)
{
	static const char *const bad[] = { "", "a\nb", "a\tb", "a\r", "\xff" };
	const struct cs_view origin = cs_view_str(ORIGIN);
	struct temp_dir d = temp_dir_new();
	int dir = open(d.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct cs_tlog_seen_log log;
	char id[CS_TLOG_SEEN_ID_SIZE];
	unsigned n = 0;

	(void)state;
	assert_ok(cs_tlog_seen_id(id, origin));
	assert_err(cs_tlog_seen_log(&log, dir, id), CS_ERR_NOT_FOUND);
	assert_err(cs_tlog_seen_remove(dir, origin), CS_ERR_NOT_FOUND);
	assert_ok(cs_tlog_seen_add(dir, origin, &key));
	assert_err(cs_tlog_seen_add(dir, origin, &key), CS_ERR_EXISTS);
	assert_ok(cs_tlog_seen_log(&log, dir, id));
	assert_view_equal(cs_buf_view(&log.origin), origin);
	assert_memory_equal(log.key.public, key.public, sizeof key.public);
	cs_buf_free(&log.origin);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(cs_tlog_seen_add(dir, cs_view_str(bad[i]), &key),
		    CS_ERR_FORMAT);
	/* Others are no logs, and neither is what was cut short. */
	assert_ok(
	    cs_file_write(temp_path(&d, "README"), cs_view_str("x"), 0644));
	assert_ok(cs_tlog_seen_add(dir, cs_view_str("b"), &key));
	assert_ok(cs_tlog_seen_list(dir, &n, count_one));
	assert_int_equal(n, 2);
	n = 0;
	assert_ok(cs_tlog_seen_add(dir, cs_view_str("c"), &key));
	assert_err(cs_tlog_seen_list(dir, &n, count_one), CS_ERR_LIMIT);
	assert_ok(cs_tlog_seen_remove(dir, cs_view_str("c")));
	assert_ok(cs_tlog_seen_remove(dir, origin));
	assert_err(cs_tlog_seen_log(&log, dir, id), CS_ERR_NOT_FOUND);
	assert_ok(cs_tlog_seen_settle(dir));
	close(dir);
	temp_dir_clear(&d);
}

/* A file that is damaged, or somebody else's, is no log. */
static void
test_damaged(void **state)
{
	const struct cs_view origin = cs_view_str(ORIGIN);
	struct temp_dir d = temp_dir_new();
	int dir = open(d.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char id[CS_TLOG_SEEN_ID_SIZE], name[128];
	struct cs_tlog_seen_log log;
	struct cs_buf text = { 0 };
	unsigned n = 0;

	(void)state;
	assert_ok(cs_tlog_seen_id(id, origin));
	assert_ok(cs_tlog_seen_add(dir, origin, &key));
	snprintf(name, sizeof name, "%s.log", id);
	assert_ok(cs_file_read(&text, temp_path(&d, name), 65536));
	for (size_t i = 0; i < text.len; i++) {
		assert_ok(cs_file_write(
		    temp_path(&d, name), cs_view(text.data, i), 0644));
		assert_err(cs_tlog_seen_log(&log, dir, id), CS_ERR_CORRUPT);
		text.data[i] ^= 1;
		assert_ok(cs_file_write(
		    temp_path(&d, name), cs_buf_view(&text), 0644));
		assert_err(cs_tlog_seen_log(&log, dir, id), CS_ERR_CORRUPT);
		text.data[i] ^= 1;
	}
	assert_err(cs_tlog_seen_list(dir, &n, count_one), CS_ERR_CORRUPT);
	assert_ok(cs_buf_add(&text, cs_view_str("\n")));
	assert_ok(cs_file_write(temp_path(&d, name), cs_buf_view(&text), 0644));
	assert_err(cs_tlog_seen_log(&log, dir, id), CS_ERR_CORRUPT);
	cs_buf_free(&text);
	close(dir);
	temp_dir_clear(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_logs),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
