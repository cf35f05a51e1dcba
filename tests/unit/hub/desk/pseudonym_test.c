/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"
#include "hub/desk/pseudonym.h"
#include "support/hub_world.h"
#include "support/test.h"

/* One account, one pseudonym; another account, desk or hub, another one. */
static void
test_pseudonym(void **state)
{
	uint8_t account[CS_ID_LEN] = { 1 }, a[CS_ID_LEN], b[CS_ID_LEN];
	struct hub_world w;

	(void)state;
	hw_init(&w);
	cs_random(w.hub->pseudonym_key, sizeof w.hub->pseudonym_key);
	cs_random(w.hub->desk_sign_public, sizeof w.hub->desk_sign_public);
	assert_ok(hub_pseudonym(a, w.hub, account));
	assert_memory_not_equal(a, account, CS_ID_LEN);
	assert_ok(hub_pseudonym(b, w.hub, account));
	assert_memory_equal(a, b, CS_ID_LEN);
	account[15] ^= 1;
	assert_ok(hub_pseudonym(b, w.hub, account));
	assert_memory_not_equal(a, b, CS_ID_LEN);
	account[15] ^= 1;
	w.hub->desk_sign_public[0] ^= 1;
	assert_ok(hub_pseudonym(b, w.hub, account));
	assert_memory_not_equal(a, b, CS_ID_LEN);
	w.hub->desk_sign_public[0] ^= 1;
	w.hub->pseudonym_key[31] ^= 1;
	assert_ok(hub_pseudonym(b, w.hub, account));
	assert_memory_not_equal(a, b, CS_ID_LEN);
	hw_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_pseudonym) };

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
