/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"

#include "support/test.h"

static void
test_zeroed(void **state)
{
	uint8_t *p = cs_calloc(3, 100);

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < 300; i++)
		assert_int_equal(p[i], 0);
	cs_free(p, 300);
	/* Nothing is still something: NULL means that there is no memory. */
	p = cs_calloc(0, 8);
	assert_non_null(p);
	cs_free_plain(p);
	p = cs_calloc(8, 0);
	assert_non_null(p);
	cs_free_plain(p);
	cs_free_plain(NULL);
	cs_free(NULL, 8);
}

static void
test_strdup(void **state)
{
	char *s = cs_strdup("abc"), *empty = cs_strdup("");

	(void)state;
	assert_string_equal(s, "abc");
	assert_string_equal(empty, "");
	cs_free_plain(s);
	cs_free_plain(empty);
}

static void
test_grow(void **state)
{
	uint32_t *p, *q;

	(void)state;
	p = cs_grow(NULL, 0, 2, sizeof *p);
	assert_non_null(p);
	p[0] = 1, p[1] = 2;
	q = cs_grow(p, 2, 5, sizeof *p);
	assert_non_null(q);
	assert_int_equal(q[0], 1);
	assert_int_equal(q[1], 2);
	for (int i = 2; i < 5; i++)
		assert_int_equal(q[i], 0);
	/* Shrinking, and more than there can be, are refused. */
	assert_null(cs_grow(q, 5, 4, sizeof *q));
	assert_null(cs_grow(q, 5, SIZE_MAX / 2, sizeof *q));
	/* It is still what it was. */
	assert_int_equal(q[1], 2);
	cs_free(q, 5 * sizeof *q);
}

static void
test_refused(void **state)
{
	void *p, *q;

	(void)state;
	cs_alloc_fail_after(1);
	p = cs_calloc(1, 1);
	assert_non_null(p);
	assert_int_equal(cs_alloc_refused(), 0);
	assert_null(cs_calloc(1, 1));
	assert_null(cs_strdup("x"));
	assert_null(cs_grow(p, 1, 2, 1));
	assert_int_equal(cs_alloc_refused(), 3);
	cs_alloc_fail_after(-1);
	assert_int_equal(cs_alloc_refused(), 0);
	q = cs_calloc(1, 1);
	assert_non_null(q);
	cs_free_plain(p);
	cs_free_plain(q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeroed),
		cmocka_unit_test(test_strdup),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
