/* SPDX-License-Identifier: MIT */
#include "programs/countersign/json.h"

#include "support/test.h"

static bool
valid(const char *text)
{
	return cli_json_valid(cs_view_str(text));
}

static void
test_valid(void **state)
{
	static const char *const texts[] = { "{}", "[]", " [ ] ", "\"\"",
		"\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"", "0", "-0", "12",
		"1.5", "1e9", "-1.5E-10", "1e+2", "true", "false", "null",
		"{\"a\":1}", "{ \"a\" : [ 1 , {} , \"b\" ] , \"c\" : null }\n",
		"\"\xc3\xa9\"" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_true(valid(texts[i]));
}

static void
test_not_valid(void **state)
{
	static const char *const texts[] = { "", " ", "{", "[", "]", "}",
		"[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
		"{1:2}", "{a:1}", "'a'", "\"", "\"a", "\"\\\"", "\"\\x\"",
		"\"\\u00g0\"", "\"\\u00\"", "\"\n\"", "\"\xff\"", "01", "1.",
		".5", "-", "+1", "1e", "1e+", "tru", "True", "nul", "nulll",
		"{}{}", "{},\"more\":{}", "{\"a\":1,\"a\":2}", "[1}",
		"{\"a\":1]" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_false(valid(texts[i]));
	/* A zero does not end it. */
	assert_false(cli_json_valid(cs_view("1\0", 2)));
	assert_false(cli_json_valid(cs_view("[\0]", 3)));
}

static void
test_deep(void **state)
{
	char text[66];

	(void)state;
	memset(text, '[', 33);
	memset(text + 33, ']', 33);
	assert_false(cli_json_valid(cs_view(text, 66)));
	assert_true(cli_json_valid(cs_view(text + 1, 64)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_not_valid),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
