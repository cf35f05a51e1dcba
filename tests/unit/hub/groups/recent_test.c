/* SPDX-License-Identifier: MIT */
#include "hub/groups/recent.h"

#include "base/alloc.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "support/test.h"

/* The hash of the ${n}th message; every seventh begins where another does. */
static void
hash_of(uint8_t out[static CS_HASH_LEN], uint64_t n)
{
	uint64_t at = n % 7 == 0 ? 7 : n;

	assert_ok(cs_sha256(out, cs_view(&n, sizeof n)));
	memcpy(out, &at, 4);
}

static void
test_last_ones(void **state)
{
	struct cs_hub *hub = cs_calloc(1, sizeof *hub);
	uint8_t hash[CS_HASH_LEN];
	uint64_t n = 0;

	(void)state;
	hash_of(hash, 1);
	assert_int_equal(hub_recent_find(hub, hash), 0);
	while (n < 3 * HUB_RECENT + 1000) {
		/* Few of them share a beginning, or looking takes long. */
		hash_of(hash, ++n);
		if (n % 7 == 0 && n % 700 != 0)
			hash[0] = (uint8_t)n, hash[1] = (uint8_t)(n >> 8);
		hub_recent_add(hub, hash, n);
		assert_int_equal(hub_recent_find(hub, hash), n);
	}
	for (uint64_t i = 1; i <= n; i++) {
		hash_of(hash, i);
		if (i % 7 == 0 && i % 700 != 0)
			hash[0] = (uint8_t)i, hash[1] = (uint8_t)(i >> 8);
		assert_int_equal(
		    hub_recent_find(hub, hash), i > n - HUB_RECENT ? i : 0);
	}
	hub_recent_free(hub);
	cs_free(hub, sizeof *hub);
}

/* The same hash in another group takes the place of the first. */
static void
test_twice(void **state)
{
	struct cs_hub *hub = cs_calloc(1, sizeof *hub);
	uint8_t hash[CS_HASH_LEN], other[CS_HASH_LEN];

	(void)state;
	hash_of(hash, 1);
	hub_recent_add(hub, hash, 5);
	hub_recent_add(hub, hash, 9);
	assert_int_equal(hub_recent_find(hub, hash), 9);
	for (uint64_t i = 2; i <= HUB_RECENT; i++) {
		hash_of(other, 7 * i + 1);
		hub_recent_add(hub, other, i);
		assert_int_equal(hub_recent_find(hub, hash), 9);
	}
	/* The first of the two is forgotten, the second is not; then it is. */
	hash_of(other, 3);
	hub_recent_add(hub, other, 1);
	assert_int_equal(hub_recent_find(hub, hash), 0);
	hub_recent_free(hub);
	cs_free(hub, sizeof *hub);
}

/* Without memory nothing is remembered, and nothing breaks. */
static void
test_no_memory(void **state)
{
	struct cs_hub *hub = cs_calloc(1, sizeof *hub);
	uint8_t hash[CS_HASH_LEN];

	(void)state;
	hash_of(hash, 1);
	cs_alloc_fail_after(0);
	hub_recent_add(hub, hash, 5);
	cs_alloc_fail_after(-1);
	assert_int_equal(hub_recent_find(hub, hash), 0);
	cs_free(hub, sizeof *hub);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_ones),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_no_memory),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
