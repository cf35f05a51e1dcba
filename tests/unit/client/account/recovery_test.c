/* SPDX-License-Identifier: MIT */
/* The words of the account, while they are in a home and after. */
#include <string.h>

#include "client/home/credential.h"
#include "crypto/init.h"
#include "support/client_world.h"
#include "support/test.h"

struct world {
	struct temp_dir dir;
	struct cw_person alma;
	struct cs_client *c;
	char words[CS_CLIENT_WORDS_SIZE];
};

/* Alma's account key comes from words. */
static void
world_init(struct world *w)
{
	uint64_t now = cs_clock_ms() / CS_SECOND_MS;
	struct cs_recovery recovery;
	struct cs_seal_key notes;

	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	cs_recovery_new(&recovery);
	assert_ok(client_account_keys(&w->alma.account_key, &notes, &recovery));
	cw_certify(&w->alma, "alma", now - 60, now + 3600);
	w->c = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
	assert_ok(cs_recovery_write(w->words, &recovery));
}

static void
world_clear(struct world *w)
{
	cs_client_close(w->c);
	cs_buf_free(&w->alma.credential);
	temp_dir_clear(&w->dir);
}

/* As the next command would find it. */
static void
open_again(struct world *w)
{
	cs_client_close(w->c);
	assert_ok(cs_client_open(
	    &w->c, temp_path(&w->dir, "alma"), cs_view(NULL, 0)));
}

static void
test_keep_and_forget(void **state)
{
	char got[CS_CLIENT_WORDS_SIZE];
	struct world w;

	(void)state;
	world_init(&w);
	assert_err(cs_client_recovery_words(w.c, got), CS_ERR_NOT_FOUND);
	assert_ok(cs_client_recovery_check(w.c, w.words));
	assert_err(cs_client_recovery_words(w.c, got), CS_ERR_NOT_FOUND);
	assert_ok(cs_client_recovery_keep(w.c, w.words));
	open_again(&w);
	assert_ok(cs_client_recovery_words(w.c, got));
	assert_string_equal(got, w.words);
	assert_ok(cs_client_recovery_forget(w.c));
	assert_err(cs_client_recovery_words(w.c, got), CS_ERR_NOT_FOUND);
	open_again(&w);
	assert_err(cs_client_recovery_words(w.c, got), CS_ERR_NOT_FOUND);
	world_clear(&w);
}

static void
test_of_another_account(void **state)
{
	char words[CS_CLIENT_WORDS_SIZE];
	struct cs_recovery other;
	struct world w;

	(void)state;
	world_init(&w);
	cs_recovery_new(&other);
	assert_ok(cs_recovery_write(words, &other));
	assert_err(cs_client_recovery_check(w.c, words), CS_ERR_MISMATCH);
	assert_non_null(strstr(cs_client_problem(w.c), "another account"));
	assert_err(cs_client_recovery_keep(w.c, words), CS_ERR_MISMATCH);
	assert_false(w.c->self.has_recovery);
	assert_err(cs_client_recovery_check(w.c, "xyzzy"), CS_ERR_FORMAT);
	assert_non_null(strstr(cs_client_problem(w.c), "Word 1"));
	assert_err(cs_client_recovery_check(w.c, ""), CS_ERR_FORMAT);
	world_clear(&w);
}

/* With the words here, devices are let in by them, and not by this device. */
static void
test_lets_in(void **state)
{
	static const uint8_t id[CS_ID_LEN] = { 9 };
	struct client_new_device tablet = { .device = id };
	struct cs_sign_key key;
	struct cs_identity identity;
	struct cs_buf credential = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_sign_key_new(&key));
	tablet.device_key = key.public;
	for (size_t with = 0; with < 2; with++) {
		if (with)
			assert_ok(cs_client_recovery_keep(w.c, w.words));
		assert_ok(client_credential_make(&credential, w.c, &tablet));
		assert_ok(client_credential_open(&identity, w.c,
		    cs_buf_view(&credential), cs_clock_ms() / CS_SECOND_MS));
		assert_int_equal(identity.n, with ? 1 : 2);
		assert_memory_equal(identity.device.public, key.public, 32);
	}
	cs_buf_free(&credential);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keep_and_forget),
		cmocka_unit_test(test_of_another_account),
		cmocka_unit_test(test_lets_in),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
