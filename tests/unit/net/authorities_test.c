/* SPDX-License-Identifier: MIT */
#include "net/authorities.h"

#include "crypto/tls_public.h"
#include "store/file.h"
#include "support/temp_dir.h"
#include "support/test.h"
#include "unit/crypto/timestamp_data.h"

static void
test_files(void **state)
{
	struct temp_dir dir = temp_dir_new();
	const char *path = temp_path(&dir, "pem");
	void *ssl_ctx = NULL;

	(void)state;
	assert_err(cs_net_authorities(&ssl_ctx, path), CS_ERR_NOT_FOUND);
	assert_ok(cs_file_write(path, cs_view_str("nobody"), 0600));
	assert_err(cs_net_authorities(&ssl_ctx, path), CS_ERR_FORMAT);
	assert_ok(cs_file_write(path, cs_view_str(timestamp_root), 0600));
	assert_ok(cs_net_authorities(&ssl_ctx, path));
	assert_non_null(ssl_ctx);
	cs_tls_public_free(ssl_ctx);
	temp_dir_clear(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
