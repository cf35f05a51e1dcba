/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "crypto/init.h"
#include "crypto/random.h"
#include "support/test.h"
#include "tlog/map_tree.h"

#define MOST 600

static struct cs_tlog_map_leaf all[MOST];

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, CS_TLOG_MAP_LABEL_LEN);
}

static void
check_root(const struct cs_tlog_map_tree *t, size_t n)
{
	struct cs_tlog_map_leaf sorted[MOST];
	struct cs_tlog_map_node expected;
	struct cs_tlog_hash root;

	memcpy(sorted, all, n * sizeof *all);
	qsort(sorted, n, sizeof *sorted, compare);
	assert_ok(cs_tlog_map_fold(&expected, sorted, n, 0));
	cs_tlog_map_tree_root(&root, t);
	assert_memory_equal(root.bytes, expected.hash.bytes, CS_HASH_LEN);
	assert_int_equal(cs_tlog_map_tree_size(t), n);
}

/* Leaf by leaf it is the map that its leaves make. */
static void
test_grows(void **state)
{
	struct cs_tlog_map_tree *t;

	(void)state;
	assert_ok(cs_tlog_map_tree_new(&t));
	check_root(t, 0);
	for (size_t i = 0; i < MOST; i++) {
		cs_random(all[i].label, sizeof all[i].label);
		cs_random(all[i].value, sizeof all[i].value);
		if (i % 4 == 0)
			all[i].label[0] = all[i].label[1] = 0;
		assert_ok(cs_tlog_map_tree_add(t, &all[i]));
		check_root(t, i + 1);
	}
	/* A label that is there, with whatever value: nothing changes. */
	all[0].value[0] ^= 1;
	assert_err(cs_tlog_map_tree_add(t, &all[0]), CS_ERR_EXISTS);
	all[0].value[0] ^= 1;
	check_root(t, MOST);
	cs_tlog_map_tree_free(t);
}

/* Two labels that nobody finds. */
static void
test_deep(void **state)
{
	struct cs_tlog_map_tree *t;

	(void)state;
	memset(all, 0, 2 * sizeof *all);
	all[1].label[8] = 0x80;
	assert_ok(cs_tlog_map_tree_new(&t));
	assert_ok(cs_tlog_map_tree_add(t, &all[0]));
	assert_err(cs_tlog_map_tree_add(t, &all[1]), CS_ERR_LIMIT);
	check_root(t, 1);
	all[1].label[8] = 0;
	all[1].label[7] = 1;
	assert_ok(cs_tlog_map_tree_add(t, &all[1]));
	check_root(t, 2);
	cs_tlog_map_tree_free(t);
	cs_tlog_map_tree_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_deep),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
