/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/core/desk.h"
#include "desk/core/store.h"
#include "desk/desk.h"
#include "unit/desk/desk_home.h"
#include "wire/messages.h"

static void
test_init(void **state)
{
	struct temp_dir dir = temp_dir_new();
	struct cs_desk_hub hub = { "hub.example", "127.0.0.1", 8443, { 5 } };
	uint8_t seal[32], sign[32], seal_again[32], sign_again[32];
	const char *at = temp_path(&dir, "desk");
	struct cs_desk *d;

	(void)state;
	assert_err(cs_desk_open(&d, at, none), CS_ERR_NOT_FOUND);
	assert_err(cs_desk_joined(at, none), CS_ERR_NOT_FOUND);
	assert_ok(cs_desk_init(at, &hub, none, seal, sign));
	/* A desk that is not certified yet cannot be opened, and is made
	 * again with the same keys. */
	assert_err(cs_desk_open(&d, at, none), CS_ERR_NOT_FOUND);
	assert_null(d);
	assert_ok(cs_desk_init(at, &hub, none, seal_again, sign_again));
	assert_memory_equal(seal, seal_again, 32);
	assert_memory_equal(sign, sign_again, 32);
	assert_ok(cs_desk_joined(at, none));
	assert_err(cs_desk_init(at, &hub, none, seal_again, sign_again),
	    CS_ERR_EXISTS);
	assert_ok(cs_desk_open(&d, at, none));
	assert_string_equal(cs_desk_hub(d)->name, "hub.example");
	assert_string_equal(cs_desk_hub(d)->host, "127.0.0.1");
	assert_int_equal(cs_desk_hub(d)->port, 8443);
	assert_memory_equal(cs_desk_hub(d)->root, hub.root, 32);
	assert_memory_equal(d->seal_key.public, seal, 32);
	assert_memory_equal(d->sign_key.public, sign, 32);
	cs_desk_close(d);
	temp_dir_clear(&dir);
}

static void
test_passphrase(void **state)
{
	struct temp_dir dir = temp_dir_new();
	struct cs_desk_hub hub = { "hub.example", "127.0.0.1", 8443, { 5 } };
	struct cs_view right = cs_view_str("correct horse");
	struct cs_view wrong = cs_view_str("correct house");
	const char *at = temp_path(&dir, "desk");
	uint8_t seal[32], sign[32];
	struct cs_desk *d;
	bool needed;

	(void)state;
	assert_ok(cs_desk_init(at, &hub, right, seal, sign));
	assert_ok(cs_desk_needs_passphrase(&needed, at));
	assert_true(needed);
	assert_err(cs_desk_joined(at, wrong), CS_ERR_PASSPHRASE);
	assert_ok(cs_desk_joined(at, right));
	assert_err(cs_desk_open(&d, at, wrong), CS_ERR_PASSPHRASE);
	assert_null(d);
	assert_err(cs_desk_open(&d, at, none), CS_ERR_PASSPHRASE);
	assert_ok(cs_desk_open(&d, at, right));
	cs_desk_close(d);
	temp_dir_clear(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_init),
		cmocka_unit_test(test_passphrase),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
