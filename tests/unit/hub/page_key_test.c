/* SPDX-License-Identifier: MIT */
/* Keys that sign releases, in files. */
#include "hub/page_key.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "crypto/init.h"
#include "store/file.h"
#include "support/temp_dir.h"
#include "support/test.h"

#define NAME "example.org/page"

static void
test_key(void **state)
{
	/* With the seed of the example in crypto/note_test.c. */
	static const char go[] = "PRIVATE+KEY+PeterNeumann+c74f20a3+"
				 "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
				 "\n";
	struct temp_dir dir = temp_dir_new();
	const char *path = temp_path(&dir, "key");
	struct cs_hub_page_key key, again;
	char text[CS_NOTE_KEY_SIZE], twin[sizeof go];
	struct stat st;

	(void)state;
	assert_ok(cs_crypto_init());
	assert_err(cs_hub_page_key_new(&key, "a b", path), CS_ERR_FORMAT);
	assert_ok(cs_hub_page_key_new(&key, NAME, path));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_err(cs_hub_page_key_new(&again, NAME, path), CS_ERR_EXISTS);
	assert_ok(cs_hub_page_key_read(&again, path));
	assert_memory_equal(&again, &key, sizeof key);

	assert_ok(cs_file_write(path, cs_view_str(go), 0600));
	assert_ok(cs_hub_page_key_read(&again, path));
	cs_note_key_text(text, &again.is);
	assert_string_equal(text,
	    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T"
	    "W");
	for (size_t i = 0; i < sizeof go - 1; i++) {
		memcpy(twin, go, sizeof go);
		twin[i] ^= 1;
		assert_ok(cs_file_write(path, cs_view_str(twin), 0600));
		assert_err(cs_hub_page_key_read(&again, path), CS_ERR_FORMAT);
	}
	for (size_t n = 0; n < sizeof go - 2; n++) {
		assert_ok(
		    cs_file_write(path, cs_view((const uint8_t *)go, n), 0600));
		assert_err(cs_hub_page_key_read(&again, path), CS_ERR_FORMAT);
	}
	temp_dir_clear(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
