/* SPDX-License-Identifier: MIT */
/* A folder in which somebody tried to join before. */
#include "client/home/client.h"
#include "client/home/home.h"
#include "store/vault.h"
#include "support/client_world.h"

static const char *word = "a long enough passphrase";

static void
try_to_join(const char *home, const char *passphrase, const char *joined)
{
	struct cs_client *c;

	assert_ok(client_home_new(&c, home, cs_view_str(passphrase)));
	if (joined != NULL)
		assert_ok(cs_vault_config_set(
		    c->db, &c->key, "joined", cs_view_str(joined)));
	cs_client_close(c);
}

static bool
is_protected(const char *home)
{
	bool needed;

	assert_ok(cs_client_needs_passphrase(&needed, home));
	return needed;
}

/* The attempt without a passphrase failed; who then gives one has one. */
static void
test_protected_at_the_second_attempt(void **state)
{
	struct temp_dir dir = temp_dir_new();
	const char *home = temp_path(&dir, "home");
	struct cs_client *c;

	(void)state;
	try_to_join(home, "", NULL);
	assert_false(is_protected(home));
	try_to_join(home, word, NULL);
	assert_true(is_protected(home));
	assert_err(client_home_new(&c, home, cs_view_str("another one")),
	    CS_ERR_PASSPHRASE);
	try_to_join(home, word, NULL);
	temp_dir_clear(&dir);
}

/* Joining anew is refused later; it must not have changed anything by then. */
static void
test_an_account_keeps_its_own(void **state)
{
	struct temp_dir dir = temp_dir_new();
	const char *home = temp_path(&dir, "home");

	(void)state;
	try_to_join(home, "", "yes");
	try_to_join(home, word, NULL);
	assert_false(is_protected(home));
	temp_dir_clear(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_protected_at_the_second_attempt),
		cmocka_unit_test(test_an_account_keeps_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
