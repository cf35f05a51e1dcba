/* SPDX-License-Identifier: MIT */
#include "base/json_writer.h"

#include <math.h>

#include <jansson.h>

#include "base/alloc.h"
#include "support/test.h"

static void
test_values(void **state)
{
	struct cs_buf b = { 0 };
	struct cs_json_writer j = cs_json_writer(&b);

	(void)state;
	cs_json_object(&j, NULL);
	cs_json_string(&j, "s", "a\"b\\c");
	cs_json_array(&j, "list");
	cs_json_number(&j, NULL, 0);
	cs_json_number(&j, NULL, UINT64_MAX);
	cs_json_signed(&j, NULL, INT64_MIN);
	cs_json_object(&j, NULL);
	cs_json_close(&j);
	cs_json_array(&j, NULL);
	cs_json_close(&j);
	cs_json_close(&j);
	cs_json_hex(&j, "h", cs_test_unhex("00ff"));
	cs_json_bool(&j, "t", true);
	cs_json_bool(&j, "f", false);
	cs_json_null(&j, "n");
	cs_json_decimal(&j, "d", 1.0 / 3, 3);
	cs_json_decimal(&j, "i", INFINITY, 3);
	cs_json_raw(&j, "r", cs_view_str("[1]"));
	cs_json_close(&j);
	assert_ok(cs_json_end(&j));
	assert_view_equal(cs_buf_view(&b),
	    cs_view_str("{\"s\":\"a\\\"b\\\\c\",\"list\":[0,"
			"18446744073709551615,-9223372036854775808,{},[]],"
			"\"h\":\"00ff\",\"t\":true,"
			"\"f\":false,\"n\":null,\"d\":0.333,\"i\":null,"
			"\"r\":[1]}"));
	cs_buf_free(&b);
}

/* What a reader of JSON makes of a text is that text. */
static void
check_read_back(const char *text, const char *written)
{
	struct cs_buf b = { 0 };
	struct cs_json_writer j = cs_json_writer(&b);
	json_t *read;

	cs_json_string(&j, NULL, text);
	assert_ok(cs_json_end(&j));
	if (written != NULL)
		assert_view_equal(cs_buf_view(&b), cs_view_str(written));
	read = json_loadb((const char *)b.data, b.len,
	    JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	assert_non_null(read);
	assert_string_equal(json_string_value(read), text);
	json_decref(read);
	cs_buf_free(&b);
}

static void
test_text(void **state)
{
	struct cs_buf b = { 0 };
	struct cs_json_writer j = cs_json_writer(&b);

	(void)state;
	check_read_back("", "\"\"");
	check_read_back("\n\t\x1b[2J", "\"\\u000a\\u0009\\u001b[2J\"");
	check_read_back("\xe2\x80\xae", "\"\\u202e\"");
	check_read_back("\xf3\xa0\x80\x81", "\"\\udb40\\udc01\"");
	check_read_back("\xd8\xb3\xe2\x80\x8c", NULL); /* joiners stay */
	/* Bytes that are no UTF-8 stand for themselves. */
	cs_json_text(&j, NULL, cs_view("\xff", 1));
	assert_ok(cs_json_end(&j));
	assert_view_equal(cs_buf_view(&b), cs_view_str("\"\\u00ff\""));
	cs_buf_free(&b);
}

static void
test_misuse(void **state)
{
	struct cs_buf b = { 0 };
	struct cs_json_writer j = cs_json_writer(&b);

	(void)state;
	cs_json_object(&j, NULL);
	assert_err(cs_json_end(&j), CS_ERR_MISUSE); /* still open */
	cs_json_number(&j, NULL, 1);                /* a member has a name */
	assert_err(cs_json_end(&j), CS_ERR_MISUSE);
	j = cs_json_writer(&b);
	cs_json_close(&j);
	assert_err(cs_json_end(&j), CS_ERR_MISUSE);
	j = cs_json_writer(&b);
	cs_json_array(&j, NULL);
	cs_json_number(&j, "name", 1);
	assert_err(cs_json_end(&j), CS_ERR_MISUSE);
	j = cs_json_writer(&b);
	for (int i = 0; i < CS_JSON_DEPTH_MAX; i++)
		cs_json_array(&j, NULL);
	assert_ok(j.err);
	cs_json_array(&j, NULL);
	assert_err(cs_json_end(&j), CS_ERR_MISUSE);
	cs_buf_free(&b);
}

static enum cs_err
write_some(void *arg)
{
	struct cs_buf b = { 0 };
	struct cs_json_writer j = cs_json_writer(&b);
	enum cs_err err;

	(void)arg;
	cs_json_object(&j, NULL);
	for (int i = 0; i < 100; i++)
		cs_json_string(&j, "name", "value");
	cs_json_close(&j);
	err = cs_json_end(&j);
	cs_buf_free(&b);
	return err;
}

static void
test_no_memory(void **state)
{
	(void)state;
	cs_test_allocations(write_some, NULL);
}

static void
test_full(void **state)
{
	struct cs_buf b = { .max = 8 };
	struct cs_json_writer j = cs_json_writer(&b);

	(void)state;
	cs_json_string(&j, NULL, "longer than eight");
	assert_err(cs_json_end(&j), CS_ERR_LIMIT);
	cs_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
