/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>

#include "crypto/init.h"
#include "store/file.h"
#include "store/keyfile.h"
#include "support/temp_dir.h"

static const struct cs_view none;

static enum cs_err
opens(const char *path, const char *passphrase, const struct cs_seal_key *want)
{
	struct cs_seal_key key = { { 0 } };
	enum cs_err err = cs_keyfile_open(&key, path, cs_view_str(passphrase));

	if (err == CS_OK)
		assert_memory_equal(key.b, want->b, sizeof key.b);
	return err;
}

static void
test_plain(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "key");
	struct cs_seal_key key, second;
	bool needed = true;

	(void)state;
	assert_ok(cs_keyfile_create(&key, path, none));
	temp_assert_private(path);
	assert_ok(cs_keyfile_needs_passphrase(&needed, path));
	assert_false(needed);
	assert_ok(opens(path, "", &key));
	assert_ok(cs_keyfile_create(&second, temp_path(&d, "key2"), none));
	assert_memory_not_equal(key.b, second.b, sizeof key.b);
	assert_err(opens(temp_path(&d, "nothing"), "", &key), CS_ERR_NOT_FOUND);
	temp_dir_clear(&d);
}

static void
test_passphrase(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "key");
	struct cs_seal_key key;
	struct cs_buf file = { 0 };
	bool needed = false;

	(void)state;
	assert_ok(cs_keyfile_create(&key, path, cs_view_str("open sesame")));
	assert_ok(cs_keyfile_needs_passphrase(&needed, path));
	assert_true(needed);
	assert_ok(opens(path, "open sesame", &key));
	assert_err(opens(path, "open sesamf", &key), CS_ERR_PASSPHRASE);
	assert_err(opens(path, "open sesame ", &key), CS_ERR_PASSPHRASE);
	assert_err(opens(path, "", &key), CS_ERR_PASSPHRASE);
	/* The key itself is not in the file. */
	assert_ok(cs_file_read(&file, path, 1000));
	assert_null(memmem(file.data, file.len, key.b, sizeof key.b));
	cs_buf_free(&file);
	temp_dir_clear(&d);
}

/* ${file} cut at ${n}, or with one byte more. */
static enum cs_err
damaged(const char *path, const struct cs_buf *file, size_t n)
{
	struct cs_seal_key key = { { 0 } };
	struct cs_buf copy = { 0 };
	enum cs_err err;

	assert_ok(cs_buf_add(&copy, cs_buf_view(file)));
	assert_ok(cs_buf_add(&copy, cs_view_str("x")));
	assert_ok(cs_file_write(path, cs_view(copy.data, n), 0600));
	err = cs_keyfile_open(&key, path, none);
	cs_buf_free(&copy);
	return err;
}

static void
test_damaged(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "key");
	struct cs_seal_key key;
	struct cs_buf file = { 0 };
	bool needed;

	(void)state;
	for (int with = 0; with < 2; with++) {
		assert_ok(cs_keyfile_create(
		    &key, path, cs_view_str(with ? "phrase" : "")));
		cs_buf_reset(&file);
		assert_ok(cs_file_read(&file, path, 1000));
		for (size_t n = 0; n <= file.len + 1; n++)
			if (n != file.len)
				assert_err(
				    damaged(path, &file, n), CS_ERR_CORRUPT);
		/* Another magic, a mode that does not exist. */
		file.data[0] ^= 1;
		assert_err(damaged(path, &file, file.len), CS_ERR_CORRUPT);
		assert_err(
		    cs_keyfile_needs_passphrase(&needed, path), CS_ERR_CORRUPT);
		file.data[0] ^= 1;
		file.data[6] = 2;
		assert_err(damaged(path, &file, file.len), CS_ERR_CORRUPT);
		assert_err(
		    cs_keyfile_needs_passphrase(&needed, path), CS_ERR_CORRUPT);
	}
	/* A cost out of all reason is not paid. */
	file.data[6] = 1;
	file.data[7 + 16] = 0xff;
	assert_ok(cs_file_write(path, cs_buf_view(&file), 0600));
	assert_int_not_equal(opens(path, "phrase", &key), CS_OK);
	/* Longer than any key file. */
	assert_ok(cs_buf_extend(&file, 600, &(uint8_t *){ NULL }));
	assert_ok(cs_file_write(path, cs_buf_view(&file), 0600));
	assert_int_not_equal(opens(path, "phrase", &key), CS_OK);
	cs_buf_free(&file);
	temp_dir_clear(&d);
}

static enum cs_err
try_create(void *arg)
{
	struct cs_seal_key key;
	enum cs_err err = cs_keyfile_create(&key, arg, none);

	return err == CS_OK ? cs_keyfile_open(&key, arg, none) : err;
}

static void
test_allocations(void **state)
{
	struct temp_dir d = temp_dir_new();
	char path[512];

	(void)state;
	snprintf(path, sizeof path, "%s/key", d.path);
	cs_test_allocations(try_create, path);
	temp_dir_clear(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_passphrase),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
