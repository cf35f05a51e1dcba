/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

#include "support/test.h"

static void
test_views(void **state)
{
	const struct cs_view none = { NULL, 0 };

	(void)state;
	assert_true(cs_view_equal(cs_view_str("abc"), cs_view("abcd", 3)));
	assert_false(cs_view_equal(cs_view_str("abc"), cs_view_str("abd")));
	assert_false(cs_view_equal(cs_view_str("abc"), cs_view_str("ab")));
	assert_true(cs_view_equal(none, cs_view_str("")));
	assert_int_equal(
	    cs_view_compare(cs_view_str("ab"), cs_view_str("ab")), 0);
	assert_true(cs_view_compare(cs_view_str("ab"), cs_view_str("b")) < 0);
	assert_true(cs_view_compare(cs_view_str("b"), cs_view_str("ab")) > 0);
	/* A prefix comes first; bytes are not signed. */
	assert_true(cs_view_compare(cs_view_str("a"), cs_view_str("ab")) < 0);
	assert_true(cs_view_compare(none, cs_view_str("a")) < 0);
	assert_true(
	    cs_view_compare(cs_view_str("\x80"), cs_view_str("\x7f")) > 0);
}

static void
test_equal_ct(void **state)
{
	uint8_t a[33] = { 1, 2, 3 }, b[33] = { 1, 2, 3 };

	(void)state;
	assert_true(cs_equal_ct(a, b, sizeof a));
	for (size_t i = 0; i < sizeof a; i++) {
		b[i] ^= 0x80;
		assert_false(cs_equal_ct(a, b, sizeof a));
		assert_true(cs_equal_ct(a, b, i));
		b[i] ^= 0x80;
	}
	assert_true(cs_equal_ct(NULL, NULL, 0));
}

static void
test_wipe(void **state)
{
	uint8_t a[5] = { 1, 2, 3, 4, 5 };

	(void)state;
	cs_wipe(a, 4);
	assert_memory_equal(a, "\0\0\0\0\5", 5);
	cs_wipe(NULL, 0);
	cs_wipe(a, 0);
	assert_int_equal(a[4], 5);
}

static void
test_buf(void **state)
{
	struct cs_buf b = { 0 }, c = { 0 };
	uint8_t *at;

	(void)state;
	assert_ok(cs_buf_add(&b, cs_view(NULL, 0)));
	assert_null(b.data);
	assert_ok(cs_buf_add(&b, cs_view_str("hello ")));
	assert_ok(cs_buf_add(&b, cs_view_str("world")));
	assert_view_equal(cs_buf_view(&b), cs_view_str("hello world"));
	assert_ok(cs_buf_extend(&b, 100, &at));
	assert_int_equal(b.len, 111);
	for (int i = 0; i < 100; i++)
		assert_int_equal(at[i], 0);
	assert_ok(cs_buf_extend(&b, 0, &at));
	assert_non_null(at);
	assert_int_equal(b.len, 111);
	assert_ok(cs_buf_set(&b, cs_view_str("new")));
	assert_view_equal(cs_buf_view(&b), cs_view_str("new"));
	cs_buf_move(&c, &b);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	assert_view_equal(cs_buf_view(&c), cs_view_str("new"));
	cs_buf_free(&c);
	cs_buf_free(&b);
	cs_buf_free(&b);
}

/* What was there before a reset cannot be read after it. */
static void
test_buf_wiped(void **state)
{
	struct cs_buf b = { 0 };
	size_t cap;

	(void)state;
	assert_ok(cs_buf_add(&b, cs_view_str("secret")));
	cap = b.cap;
	cs_buf_reset(&b);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.cap, cap);
	for (size_t i = 0; i < cap; i++)
		assert_int_equal(b.data[i], 0);
	cs_buf_free(&b);
}

static void
test_buf_max(void **state)
{
	struct cs_buf b = { .max = 100 };
	uint8_t *at;

	(void)state;
	assert_ok(cs_buf_extend(&b, 99, &at));
	assert_err(cs_buf_add(&b, cs_view_str("ab")), CS_ERR_LIMIT);
	assert_int_equal(b.len, 99);
	assert_ok(cs_buf_add(&b, cs_view_str("a")));
	/* Full, and nothing still fits. */
	assert_ok(cs_buf_extend(&b, 0, &at));
	assert_ptr_equal(at, b.data + 100);
	cs_buf_free(&b);
	/* It outlives the bytes. */
	assert_int_equal(b.max, 100);
	assert_err(cs_buf_reserve(&b, 101), CS_ERR_LIMIT);
	b.max = 0;
	assert_err(cs_buf_reserve(&b, CS_BUF_MAX + 1), CS_ERR_LIMIT);
	assert_err(cs_buf_reserve(&b, SIZE_MAX), CS_ERR_LIMIT);
	assert_null(b.data);
}

static enum cs_err
try_add(void *arg)
{
	struct cs_buf b = { 0 };
	enum cs_err err = CS_OK;

	(void)arg;
	for (int i = 0; i < 40 && err == CS_OK; i++)
		err = cs_buf_add(&b, cs_view_str("twelve bytes"));
	cs_buf_free(&b);
	return err;
}

static void
test_allocations(void **state)
{
	(void)state;
	cs_test_allocations(try_add, NULL);
}

static void
test_errors(void **state)
{
	(void)state;
	assert_int_equal(cs_err_class(CS_OK), CS_ERR_CLASS_OK);
	assert_int_equal(cs_err_class(CS_ERR_NOMEM), CS_ERR_CLASS_OURS);
	assert_int_equal(cs_err_class(CS_ERR_PASSPHRASE), CS_ERR_CLASS_OURS);
	assert_int_equal(cs_err_class(CS_ERR_FORMAT), CS_ERR_CLASS_THEIRS);
	assert_int_equal(cs_err_class(CS_ERR_EXISTS), CS_ERR_CLASS_THEIRS);
	assert_int_equal(cs_err_class(CS_ERR_MISUSE), CS_ERR_CLASS_MISUSE);
	assert_string_equal(cs_err_name(CS_ERR_SIGNATURE), "signature");
	for (int i = 0; i < 200; i++) {
		assert_non_null(cs_err_name((enum cs_err)i));
		assert_non_null(cs_err_text((enum cs_err)i));
	}
	/* Each code has a name of its own. */
	for (int i = CS_ERR_FORMAT; i <= CS_ERR_EXISTS; i++)
		for (int j = CS_ERR_FORMAT; j < i; j++)
			assert_string_not_equal(cs_err_name((enum cs_err)i),
			    cs_err_name((enum cs_err)j));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_views),
		cmocka_unit_test(test_equal_ct),
		cmocka_unit_test(test_wipe),
		cmocka_unit_test(test_buf),
		cmocka_unit_test(test_buf_wiped),
		cmocka_unit_test(test_buf_max),
		cmocka_unit_test(test_allocations),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
