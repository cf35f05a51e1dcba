/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include "support/test.h"

static void
test_hex(void **state)
{
	uint8_t out[4];
	char text[9];

	(void)state;
	cs_hex(text, cs_view("\x00\x9a\xbc\xff", 4));
	assert_string_equal(text, "009abcff");
	cs_hex(text, cs_view(NULL, 0));
	assert_string_equal(text, "");
	assert_ok(cs_unhex(out, 4, "009aBCff"));
	assert_memory_equal(out, "\x00\x9a\xbc\xff", 4);
	assert_ok(cs_unhex(out, 0, ""));
	assert_err(cs_unhex(out, 4, "009abcf"), CS_ERR_FORMAT);
	assert_err(cs_unhex(out, 4, "009abcff0"), CS_ERR_FORMAT);
	assert_err(cs_unhex(out, 4, "009abcfg"), CS_ERR_FORMAT);
	assert_err(cs_unhex(out, 4, "009abc f"), CS_ERR_FORMAT);
	assert_err(cs_unhex(out, 4, "0x9abcff"), CS_ERR_FORMAT);
}

/* RFC 4648, section 10, and the two characters that differ. */
static void
test_base64(void **state)
{
	static const char *const plain[] = { "", "f", "fo", "foo", "foob" };
	static const char *const coded[] = { "", "Zg==", "Zm8=", "Zm9v",
		"Zm9vYg==" };
	char text[CS_BASE64_SIZE(8)];

	(void)state;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
		struct cs_buf back = { 0 };

		cs_base64(text, cs_view_str(plain[i]));
		assert_string_equal(text, coded[i]);
		assert_ok(cs_buf_add_base64(&back, cs_view_str(coded[i])));
		assert_true(
		    cs_view_equal(cs_buf_view(&back), cs_view_str(plain[i])));
		cs_buf_free(&back);
	}
	cs_base64(text, cs_view("\xfb\xff\xbe", 3));
	assert_string_equal(text, "+/++");
}

/* Nothing of what is malformed is taken. */
static void
test_base64_refused(void **state)
{
	static const char *const wrong[] = { "Zg=", "Zg",
		"Zh==", "Z===", "====", "Zm9v====", "Zm-v",
		"Zm9vZg==Zg==", "Zm 9" };
	struct cs_buf out = { 0 };

	(void)state;
	assert_ok(cs_buf_add(&out, cs_view_str("kept")));
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_err(cs_buf_add_base64(&out, cs_view_str(wrong[i])),
		    CS_ERR_FORMAT);
		assert_int_equal(out.len, 4);
	}
	cs_buf_free(&out);
}

static void
test_base64url(void **state)
{
	/* RFC 4648, section 10, in the alphabet of section 5. */
	static const char *const cases[][2] = {
		{ "", "" },
		{ "f", "Zg" },
		{ "fo", "Zm8" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg" },
		{ "fooba", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy" },
		{ "\xfb\xff\xbf", "-_-_" },
	};
	char text[CS_BASE64URL_SIZE(6)];
	uint8_t out[6];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct cs_view v = cs_view_str(cases[i][0]);

		cs_base64url(text, v);
		assert_string_equal(text, cases[i][1]);
		assert_int_equal(strlen(text) + 1, CS_BASE64URL_SIZE(v.len));
		assert_ok(cs_unbase64url(out, v.len, text, strlen(text)));
		assert_memory_equal(out, v.data, v.len);
	}
}

static void
test_base64url_refused(void **state)
{
	uint8_t out[3];

	(void)state;
	/* Padding, the other alphabet, blanks, too long, too short. */
	assert_err(cs_unbase64url(out, 1, "Zg==", 4), CS_ERR_FORMAT);
	assert_err(cs_unbase64url(out, 3, "+/+/", 4), CS_ERR_FORMAT);
	assert_err(cs_unbase64url(out, 3, "Zm v", 4), CS_ERR_FORMAT);
	assert_err(cs_unbase64url(out, 3, "Zm9vY", 5), CS_ERR_FORMAT);
	assert_err(cs_unbase64url(out, 3, "Zm9", 3), CS_ERR_FORMAT);
	assert_err(cs_unbase64url(out, 3, "Zm\0v", 4), CS_ERR_FORMAT);
	/* Stray bits: "Zh" would be another spelling of "Zg". */
	assert_err(cs_unbase64url(out, 1, "Zh", 2), CS_ERR_FORMAT);
	assert_err(cs_unbase64url(out, 2, "Zm9", 3), CS_ERR_FORMAT);
	assert_ok(cs_unbase64url(out, 2, "Zm8", 3));
}

static bool
utf8(const char *s)
{
	return cs_utf8_valid(cs_view_str(s));
}

static void
test_utf8(void **state)
{
	(void)state;
	assert_true(utf8(""));
	assert_true(utf8("plain"));
	assert_true(utf8("\xc2\x80 \xdf\xbf"));
	assert_true(utf8("\xe0\xa0\x80 \xef\xbf\xbf"));
	assert_true(utf8("\xed\x9f\xbf \xee\x80\x80")); /* around surrogates */
	assert_true(utf8("\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"));
	/* NUL, a lone continuation, a head without its tail. */
	assert_false(cs_utf8_valid(cs_view("a\0b", 3)));
	assert_false(utf8("\x80"));
	assert_false(utf8("\xc3"));
	assert_false(utf8("\xe2\x82"));
	assert_false(utf8("\xf0\x90\x80"));
	assert_false(utf8("\xc3z"));
	/* Longer than the character needs. */
	assert_false(utf8("\xc0\x80"));
	assert_false(utf8("\xc1\xbf"));
	assert_false(utf8("\xe0\x9f\xbf"));
	assert_false(utf8("\xf0\x8f\xbf\xbf"));
	/* Surrogates, past the last character, bytes that never occur. */
	assert_false(utf8("\xed\xa0\x80"));
	assert_false(utf8("\xed\xbf\xbf"));
	assert_false(utf8("\xf4\x90\x80\x80"));
	assert_false(utf8("\xf5\x80\x80\x80"));
	assert_false(utf8("\xff"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_base64_refused),
		cmocka_unit_test(test_base64url),
		cmocka_unit_test(test_base64url_refused),
		cmocka_unit_test(test_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
