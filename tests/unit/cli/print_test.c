/* SPDX-License-Identifier: MIT */
#include "cli/print.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/text.h"
#include "support/test.h"

static void
write_json(FILE *to, struct cs_view v)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);

	cs_json_text(&j, NULL, v);
	assert_ok(cs_json_end(&j));
	assert_int_equal(fwrite(text.data, 1, text.len, to), text.len);
	cs_buf_free(&text);
}

static char *
text_of(struct cs_view v, int indent, bool json)
{
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);

	assert_non_null(f);
	if (json)
		write_json(f, v);
	else
		cli_print_text(f, "", v, indent);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(strlen(out), n); /* no zero byte inside */
	return out;
}

static void
shows(const char *in, const char *want)
{
	char *out = text_of(cs_view_str(in), 0, false);

	assert_string_equal(out, want);
	free(out);
}

static void
writes(const char *in, const char *want)
{
	char *out = text_of(cs_view_str(in), 0, true);

	assert_string_equal(out, want);
	free(out);
}

static void
test_as_it_is(void **state)
{
	(void)state;
	shows("", "");
	shows("plain ~ text", "plain ~ text");
	shows("Gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80",
	    "Gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80");
	/* Joiners: Kurdish and Persian need them, and families in emoji. */
	shows("\xd9\x85\xe2\x80\x8c\xd9\x85", "\xd9\x85\xe2\x80\x8c\xd9\x85");
	shows("\xe2\x80\x8d", "\xe2\x80\x8d");
	writes("\xe2\x80\x8c\xe2\x80\x8d", "\"\xe2\x80\x8c\xe2\x80\x8d\"");
}

static void
test_control(void **state)
{
	char *out = text_of(cs_view("a\0b", 3), 0, false);

	(void)state;
	assert_string_equal(out, "a\\u{0}b");
	free(out);
	shows("\x1b[2J", "\\u{1b}[2J");
	shows("a\rb", "a\\u{d}b");
	shows("a\x08z\x07", "a\\u{8}z\\u{7}");
	shows("\x7f", "\\u{7f}");
	/* C1, as characters: CSI of another spelling. */
	shows("\xc2\x9b", "\\u{9b}");
	shows("\xc2\x80\xc2\x9f\xc2\xa1", "\\u{80}\\u{9f}\xc2\xa1");
	shows("a\tb", "a b");
}

static void
test_hidden(void **state)
{
	(void)state;
	shows("\xe2\x80\xae"
	      "evil",
	    "\\u{202e}evil");
	shows("\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad",
	    "\\u{202a}\\u{202b}\\u{202c}\\u{202d}");
	shows("\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9",
	    "\\u{2066}\\u{2067}\\u{2068}\\u{2069}");
	shows("\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "\\u{200e}\\u{200f}\\u{61c}");
	shows("\xe2\x80\x8b\xef\xbb\xbf\xc2\xad", "\\u{200b}\\u{feff}\\u{ad}");
	shows("\xe2\x80\xa8\xe2\x80\xa9", "\\u{2028}\\u{2029}");
	/* Tags: text that nobody sees. */
	shows("\xf3\xa0\x81\x81", "\\u{e0041}");
}

/* Broken UTF-8 comes byte by byte, and what follows is not swallowed. */
static void
test_broken(void **state)
{
	(void)state;
	shows("\xff", "\\u{ff}");
	shows("\x80"
	      "a",
	    "\\u{80}a");
	shows("\xc3", "\\u{c3}");
	shows("\xc3"
	      "a",
	    "\\u{c3}a");
	shows("\xe2\x80", "\\u{e2}\\u{80}");
	/* Overlong slash, a surrogate, above the last. */
	shows("\xc0\xaf", "\\u{c0}\\u{af}");
	shows("\xed\xa0\x80", "\\u{ed}\\u{a0}\\u{80}");
	shows("\xf4\x90\x80\x80", "\\u{f4}\\u{90}\\u{80}\\u{80}");
	shows("\xf0\x9f\x98", "\\u{f0}\\u{9f}\\u{98}");
	shows("\xf0\x1b[2J", "\\u{f0}\\u{1b}[2J");
}

static void
test_indent(void **state)
{
	char *out = text_of(cs_view_str("a\nb\n\nc"), 4, false);

	(void)state;
	assert_string_equal(out, "a\n    b\n    \n    c");
	free(out);
	shows("a\nb", "a\nb");
}

static void
wraps(const char *columns, const char *label, const char *in, const char *want)
{
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);

	assert_non_null(f);
	setenv("COLUMNS", columns, 1);
	cli_print_text(f, label, cs_view_str(in), 4);
	unsetenv("COLUMNS");
	assert_int_equal(fclose(f), 0);
	assert_string_equal(out, want);
	free(out);
}

/* Nothing of the text comes to the left edge, however it is padded. */
static void
test_margin(void **state)
{
	char padded[200], want[200];

	(void)state;
	wraps(
	    "20", "    ", "one two three four", "    one two three\n    four");
	wraps("20", "  Said: ", "one two three", "  Said: one two\n    three");
	/* A word that is too long for any line is cut. */
	wraps("14", "    ", "abcdefghijklmnop", "    abcdefghij\n    klmnop");
	wraps("14", "    ", "ab cdefghijklmnop", "    ab cdefghi\n    jklmnop");
	/* Blanks that do not fit are no line of their own. */
	snprintf(padded, sizeof padded, "hi%100sX", "");
	snprintf(want, sizeof want, "    hi\n    X");
	wraps("20", "    ", padded, want);
	/* Wide letters, and such as stand on others. */
	wraps("14", "    ",
	    "\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80"
	    "\xe4\xb8\x80",
	    "    \xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80"
	    "\xe4\xb8\x80\n    \xe4\xb8\x80");
	wraps("14", "    ",
	    "e\xcc\x81"
	    "123456789",
	    "    e\xcc\x81"
	    "123456789");
	/* No screen is narrower than this, and none is a million wide. */
	wraps("1", "    ", "12345678 9", "    12345678\n    9");
	wraps("-5", "    ", "1 2", "    1 2");
}

static void
names(const char *in, const char *want)
{
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);

	assert_non_null(f);
	cli_print_name(f, in);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(out, want);
	free(out);
}

static void
test_name(void **state)
{
	(void)state;
	names("family", "family");
	names("x\n01ab  2026-11-29  alice", "x 01ab 2026-11-29 alice");
	names("  a  ", "a");
	names("a\xc2\xa0\xe3\x85\xa4"
	      "b",
	    "a b");
	names("a\xe2\x80\xae"
	      "b\x1b[1m",
	    "a\\u{202e}b\\u{1b}[1m");
	names("\xff", "\\u{ff}");
}

static void
test_json(void **state)
{
	(void)state;
	writes("", "\"\"");
	writes("say \"hi\" \\o/", "\"say \\\"hi\\\" \\\\o/\"");
	writes("a\nb\tc\x1b", "\"a\\u000ab\\u0009c\\u001b\"");
	writes("\xe2\x80\xae", "\"\\u202e\"");
	writes("\xf3\xa0\x81\x81", "\"\\udb40\\udc41\"");
	writes("\xff", "\"\\u00ff\"");
	writes("\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"");
}

/* Whatever two bytes come, another reader of JSON takes what we write, and
 * nothing below a space goes to a terminal. */
static void
test_every_pair(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 0x10000; i++) {
		const uint8_t pair[] = { (uint8_t)(i >> 8), (uint8_t)i };
		char *json = text_of(CS_VIEW_OF(pair), 0, true);
		char *text = text_of(CS_VIEW_OF(pair), 0, false);
		json_t *value =
		    json_loads(json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

		assert_non_null(value);
		assert_true(json_is_string(value));
		json_decref(value);
		assert_true(cs_utf8_valid(cs_view_str(text)));
		for (const char *p = text; *p != '\0'; p++)
			assert_true((unsigned char)*p >= 0x20 || *p == '\n');
		free(json);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_it_is),
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_indent),
		cmocka_unit_test(test_margin),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_every_pair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
