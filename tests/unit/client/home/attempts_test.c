/* SPDX-License-Identifier: MIT */
#include "client/home/attempts.h"

#include <fcntl.h>
#include <unistd.h>

#include "client/home/wipe.h"
#include "support/client_world.h"

static void
test_limit(void **state)
{
	struct temp_dir d = temp_dir_new();
	struct cs_folder home;

	(void)state;
	assert_ok(cs_folder_make(&home, temp_path(&d, "home")));
	/* Without a limit nothing is counted. */
	for (int i = 0; i < 10; i++)
		assert_ok(client_attempt_begins(&home));
	assert_ok(client_attempts_limit(&home, 3));
	assert_ok(client_attempt_begins(&home));
	assert_ok(client_attempt_begins(&home));
	assert_ok(client_attempt_worked(&home));
	for (int i = 0; i < 3; i++)
		assert_ok(client_attempt_begins(&home));
	assert_err(client_attempt_begins(&home), CS_ERR_DENIED);
	assert_err(client_attempt_begins(&home), CS_ERR_DENIED);
	assert_ok(client_attempts_limit(&home, 0));
	assert_ok(client_attempt_begins(&home));
	assert_ok(client_attempts_limit(&home, 0));
	cs_folder_close(&home);
	temp_dir_clear(&d);
}

/* The right one in time, the wrong ones, and then nothing is left. */
static void
test_destroyed(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *home = temp_path(&d, "alma");
	const struct cs_view right = cs_view_str("correct horse");
	struct cw_person alma;
	struct cs_client *c;
	bool needed;

	(void)state;
	cs_test_fixed_random(14);
	cw_person_init(&alma, "alma");
	c = cw_home(home, &alma, "alma");
	assert_ok(cs_client_passphrase(c, right));
	assert_ok(cs_client_passphrase_limit(c, 3));
	cs_client_close(c);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 2; i++)
			assert_err(
			    cs_client_open(&c, home, cs_view_str("wrong")),
			    CS_ERR_PASSPHRASE);
		assert_ok(cs_client_open(&c, home, right));
		cs_client_close(c);
	}
	/* Looking counts like using. */
	for (int i = 0; i < 3; i++)
		assert_err(
		    cs_client_open_reading(&c, home, cs_view_str("wrong")),
		    CS_ERR_PASSPHRASE);
	assert_err(cs_client_open(&c, home, right), CS_ERR_NOT_FOUND);
	assert_err(cs_client_needs_passphrase(&needed, home), CS_ERR_NOT_FOUND);
	assert_int_equal(access(temp_path(&d, "alma/client.db"), F_OK), -1);
	cs_buf_free(&alma.credential);
	temp_dir_clear(&d);
	cs_test_real_random();
}

/* What is somebody else's in the folder stays. */
static void
test_wipe(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *home = temp_path(&d, "alma");
	struct cw_person alma;
	struct cs_client *c;
	int fd;

	(void)state;
	cs_test_fixed_random(15);
	cw_person_init(&alma, "alma");
	c = cw_home(home, &alma, "alma");
	fd = open(temp_path(&d, "alma/notes.txt"), O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
	/* It waits for nobody. */
	assert_ok(cs_client_wipe(home));
	cs_client_close(c);
	assert_err(
	    cs_client_open(&c, home, cs_view(NULL, 0)), CS_ERR_NOT_FOUND);
	assert_int_equal(access(temp_path(&d, "alma/key"), F_OK), -1);
	assert_int_equal(access(temp_path(&d, "alma/notes.txt"), F_OK), 0);
	cs_buf_free(&alma.credential);
	temp_dir_clear(&d);
	cs_test_real_random();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_destroyed),
		cmocka_unit_test(test_wipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
