/* SPDX-License-Identifier: MIT */
#include "programs/notice/table.h"

#include "support/test.h"

static void
want(const struct notice_table *t, const char *name, const char *value)
{
	assert_true(
	    cs_view_equal(notice_table_field(t, name), cs_view_str(value)));
}

static void
test_rows(void **state)
{
	static const char text[] =
	    "\xef\xbb\xbf"
	    "Category;text;Places\r\n"
	    "fraud;\"a \"\"b\"\"; c\r\nsecond line\";x\r\n"
	    "\r\n"
	    "hate;plain;\n"
	    "bad\r"
	    "threat;\"\";y";
	struct notice_table t;

	(void)state;
	assert_ok(notice_table_open(&t, cs_view_str(text)));
	assert_ok(notice_table_next(&t));
	want(&t, "category", "fraud");
	want(&t, "text", "a \"b\"; c\r\nsecond line");
	want(&t, "places", "x");
	want(&t, "none", "");
	assert_int_equal(t.row, 2);
	assert_ok(notice_table_next(&t));
	want(&t, "category", "hate");
	want(&t, "places", "");
	assert_int_equal(t.row, 5);
	/* One that is wrong is said, and the next one is read. */
	assert_int_equal(notice_table_next(&t), CS_ERR_FORMAT);
	assert_int_equal(t.row, 6);
	assert_ok(notice_table_next(&t));
	want(&t, "category", "threat");
	want(&t, "text", "");
	want(&t, "places", "y");
	assert_int_equal(notice_table_next(&t), CS_ERR_NOT_FOUND);
	notice_table_close(&t);
}

static void
test_bad(void **state)
{
	struct notice_table t;

	(void)state;
	assert_int_equal(notice_table_open(&t, cs_view_str("")), CS_ERR_FORMAT);
	notice_table_close(&t);
	/* So is an empty file, of which there are no bytes at all. */
	assert_int_equal(
	    notice_table_open(&t, cs_view(NULL, 0)), CS_ERR_FORMAT);
	notice_table_close(&t);
	assert_int_equal(
	    notice_table_open(&t, cs_view_str("\"open")), CS_ERR_FORMAT);
	notice_table_close(&t);
	assert_ok(notice_table_open(&t, cs_view_str("a,b\n1,\"2\"x\n3,4\n")));
	assert_int_equal(notice_table_next(&t), CS_ERR_FORMAT);
	assert_ok(notice_table_next(&t));
	want(&t, "b", "4");
	notice_table_close(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
