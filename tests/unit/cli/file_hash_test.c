/* SPDX-License-Identifier: MIT */
#include "cli/file_hash.h"

#include "base/text.h"
#include "store/file.h"
#include "support/temp_dir.h"
#include "support/test.h"

static void
check(struct temp_dir *dir, struct cs_view content, const char *want)
{
	const char *path = temp_path(dir, "file");
	uint8_t hash[CS_SHA256_LEN];
	char hex[2 * CS_SHA256_LEN + 1];

	assert_ok(cs_file_write(path, content, 0600));
	assert_ok(cli_file_hash(hash, path));
	cs_hex(hex, CS_VIEW_OF(hash));
	assert_string_equal(hex, want);
}

/* FIPS 180-4's examples, by NIST: nothing, "abc", a million times "a", which is
 * more than is read at once. */
static void
test_known(void **state)
{
	struct temp_dir dir = temp_dir_new();
	static char million[1000000];

	(void)state;
	memset(million, 'a', sizeof million);
	check(&dir, cs_view_str(""),
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	check(&dir, cs_view_str("abc"),
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	check(&dir, cs_view(million, sizeof million),
	    "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0");
	temp_dir_clear(&dir);
}

static void
test_none(void **state)
{
	struct temp_dir dir = temp_dir_new();
	uint8_t hash[CS_SHA256_LEN];

	(void)state;
	assert_err(
	    cli_file_hash(hash, temp_path(&dir, "none")), CS_ERR_NOT_FOUND);
	assert_err(cli_file_hash(hash, dir.path), CS_ERR_TYPE);
	assert_err(cli_file_hash(hash, "/dev/zero"), CS_ERR_TYPE);
	temp_dir_clear(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
