/* SPDX-License-Identifier: MIT */
#include "support/mls_world.h"

static const struct cs_mls_extensions no_exts;

static void
test_two_members(void **state)
{
	struct world_member m[2];

	(void)state;
	assert_ok(world_group(m, 2, no_exts));
	assert_true(world_agree(&m[0], &m[1]));
	assert_int_equal(cs_mls_group_welcomed_by(m[1].group), 0);
	assert_ok(world_talk(&m[0], &m[1], "hello"));
	assert_ok(world_talk(&m[1], &m[0], "hello to you"));
	for (int i = 0; i < 2; i++)
		world_member_clear(&m[i]);
}

static void
test_five_members(void **state)
{
	struct world_member m[5];

	(void)state;
	assert_ok(world_group(m, 5, no_exts));
	for (int i = 1; i < 5; i++) {
		assert_true(world_agree(&m[0], &m[i]));
		assert_ok(world_talk(&m[i], &m[0], "from i"));
		assert_ok(world_talk(&m[0], &m[i], "to i"));
	}
	for (int i = 0; i < 5; i++)
		world_member_clear(&m[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_members),
		cmocka_unit_test(test_five_members),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
