/* SPDX-License-Identifier: MIT */
#include "hub/site/words.h"

#include "support/test.h"

static struct site site;

static const char *
liked(const char *languages)
{
	return site_words_accept(&site, cs_view_str(languages))->code;
}

static void
test_accept(void **state)
{
	(void)state;
	assert_string_equal(liked(""), "en");
	assert_string_equal(liked("ar"), "ar");
	assert_string_equal(liked("ar-SY,ar;q=0.9,en;q=0.8"), "ar");
	assert_string_equal(liked("xx, ckb;q=0.5"), "ckb");
	assert_string_equal(liked("en;q=0.3, kmr;q=0.7"), "kmr");
	assert_string_equal(liked("en;q=0, ar;q=0.001"), "ar");
	assert_string_equal(liked("a"), "en");
	assert_string_equal(liked(",,;q=,;;q=9999999999,*"), "en");
	assert_string_equal(liked("AR-sy"), "ar");
}

static void
test_words(void **state)
{
	const struct site_words *ar = site_words_of(&site, cs_view_str("ar"));

	(void)state;
	assert_non_null(ar);
	assert_true(ar->right_to_left);
	assert_null(site_words_of(&site, cs_view_str("xx")));
	assert_string_not_equal(site_word(&site, ar, "home.title"), "");
	assert_string_equal(site_word(&site, ar, "no.such.word"), "");
}

/* An operator adds one, or says something otherwise. */
static void
test_added(void **state)
{
	const struct site_words *de;
	size_t n = site.n_languages;

	(void)state;
	assert_ok(site_words_add(&site, "de",
	    cs_view_str("{\"name\":\"Deutsch\",\"home.title\":\"Hinweise\"}")));
	de = site_words_of(&site, cs_view_str("de"));
	assert_non_null(de);
	assert_string_equal(site_word(&site, de, "home.title"), "Hinweise");
	/* What it does not say is said in English. */
	assert_string_equal(site_word(&site, de, "status.do"), "Show");
	assert_string_equal(liked("de-AT"), "de");
	static const char *const bad[] = { "", "[]", "{\"name\":1}",
		"{\"a\":\"b\"}", "{\"name\":\"x\",\"name\":\"y\"}", "{" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(
		    site_words_add(&site, "fr", cs_view_str(bad[i])),
		    CS_ERR_FORMAT);
	assert_int_equal(
	    site_words_add(&site, "../x", cs_view_str("{\"name\":\"x\"}")),
	    CS_ERR_FORMAT);
	assert_int_equal(site.n_languages, n + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accept),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_added),
	};

	if (site_words_load(&site) != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
