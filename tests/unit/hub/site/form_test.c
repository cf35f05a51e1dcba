/* SPDX-License-Identifier: MIT */
#include "hub/site/form.h"

#include "support/test.h"

#define URLENCODED "application/x-www-form-urlencoded"
#define MULTIPART "multipart/form-data; boundary=----x1"

static void
want(const struct site_form *f, const char *name, const char *value)
{
	assert_true(
	    cs_view_equal(site_form_value(f, name), cs_view_str(value)));
}

static void
test_urlencoded(void **state)
{
	struct site_form f;

	(void)state;
	assert_ok(site_form_parse(&f, cs_view_str(URLENCODED),
	    cs_view_str("a=1+2%2B3&b=%D8%A7&c&=x&a=second&d=%41")));
	want(&f, "a", "1 2+3");
	want(&f, "b", "\xd8\xa7");
	want(&f, "c", "");
	want(&f, "d", "A");
	want(&f, "none", "");
	assert_int_equal(f.n, 5);
	site_form_clear(&f);
	static const char *const bad[] = { "a=%", "a=%4", "a=%zz", "%=1" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(site_form_parse(&f, cs_view_str(URLENCODED),
				     cs_view_str(bad[i])),
		    CS_ERR_FORMAT);
		site_form_clear(&f);
	}
	assert_int_equal(
	    site_form_parse(&f, cs_view_str("text/plain"), cs_view_str("a=1")),
	    CS_ERR_UNSUPPORTED);
}

static const char multipart[] =
    "------x1\r\n"
    "Content-Disposition: form-data; name=\"text\"\r\n\r\n"
    "two\r\nlines\r\n"
    "------x1\r\n"
    "Content-Disposition: form-data; name=\"files\"; "
    "filename=\"C:\\dir\\a.csev\"\r\n"
    "Content-Type: application/octet-stream\r\n\r\n"
    "\r\n--not it\r\n"
    "------x1--\r\n";

static void
test_multipart(void **state)
{
	struct site_form f;

	(void)state;
	assert_ok(site_form_parse(
	    &f, cs_view_str(MULTIPART), cs_view_str(multipart)));
	assert_int_equal(f.n, 2);
	want(&f, "text", "two\r\nlines");
	want(&f, "files", "\r\n--not it");
	assert_true(cs_view_equal(f.fields[1].file, cs_view_str("a.csev")));
	assert_int_equal(f.fields[0].file.len, 0);
	site_form_clear(&f);
	/* What breaks off is none, wherever that is. */
	for (size_t n = 0; n < sizeof multipart - 5; n++) {
		assert_int_not_equal(site_form_parse(&f, cs_view_str(MULTIPART),
					 cs_view(multipart, n)),
		    CS_OK);
		site_form_clear(&f);
	}
	assert_int_equal(site_form_parse(&f, cs_view_str("multipart/form-data"),
			     cs_view_str(multipart)),
	    CS_ERR_FORMAT);
	assert_int_equal(
	    site_form_parse(&f,
		cs_view_str("multipart/form-data; boundary=\"----x2\""),
		cs_view_str(multipart)),
	    CS_ERR_FORMAT);
}

static void
test_too_many(void **state)
{
	struct cs_buf text = { 0 };
	struct site_form f;

	(void)state;
	for (int i = 0; i <= SITE_FIELDS_MAX; i++)
		assert_ok(cs_buf_add(&text, cs_view_str("a=1&")));
	assert_int_equal(
	    site_form_parse(&f, cs_view_str(URLENCODED), cs_buf_view(&text)),
	    CS_ERR_LIMIT);
	site_form_clear(&f);
	cs_buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urlencoded),
		cmocka_unit_test(test_multipart),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
