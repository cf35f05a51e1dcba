/* SPDX-License-Identifier: MIT */
#include "client/account/recovery_notes.h"

#include "crypto/init.h"
#include "support/client_world.h"

static void
test_notes(void **state)
{
	struct client_recovery_notes got;
	struct temp_dir dir = temp_dir_new();
	struct cs_seal_key key, other;
	struct cs_buf sealed = { 0 };
	struct cw_person alma;
	struct cs_client *c;

	(void)state;
	cw_person_init(&alma, "alma");
	c = cw_home(temp_path(&dir, "alma"), &alma, "alma");
	cs_random(key.b, sizeof key.b);
	other = key;
	other.b[0] ^= 1;
	assert_ok(client_recovery_notes_seal(&sealed, c, &key));
	assert_true(sealed.len <= CS_WIRE_NOTE_MAX);
	assert_ok(client_recovery_notes_open(&got, &key, cs_buf_view(&sealed)));
	assert_memory_equal(got.account, c->self.account, CS_ID_LEN);
	assert_memory_equal(got.account_key, c->self.account_key, CS_KEY_LEN);
	assert_memory_equal(
	    got.notes.b, c->self.account_notes.b, sizeof got.notes.b);
	assert_err(
	    client_recovery_notes_open(&got, &other, cs_buf_view(&sealed)),
	    CS_ERR_DECRYPT);
	for (size_t i = 0; i < sealed.len; i++) {
		assert_int_not_equal(client_recovery_notes_open(
					 &got, &key, cs_view(sealed.data, i)),
		    CS_OK);
		sealed.data[i] ^= 1;
		assert_int_not_equal(client_recovery_notes_open(
					 &got, &key, cs_buf_view(&sealed)),
		    CS_OK);
		sealed.data[i] ^= 1;
	}
	cs_client_close(c);
	cs_buf_free(&sealed);
	cs_buf_free(&alma.credential);
	temp_dir_clear(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_notes) };

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
