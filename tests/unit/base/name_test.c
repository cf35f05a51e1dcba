/* SPDX-License-Identifier: MIT */
#include "base/name.h"

#include "support/test.h"

static bool
same(const char *a, const char *b)
{
	bool out = false;

	assert_ok(cs_name_same(&out, cs_view_str(a), cs_view_str(b)));
	return out;
}

static bool
alike(const char *a, const char *b)
{
	bool out = false, back = false;

	assert_ok(cs_name_alike(&out, cs_view_str(a), cs_view_str(b)));
	assert_ok(cs_name_alike(&back, cs_view_str(b), cs_view_str(a)));
	assert_int_equal(out, back);
	return out;
}

static void
test_same(void **state)
{
	(void)state;
	assert_true(same("café", "cafe\xcc\x81"));
	assert_true(same("CAFÉ", "cafe\xcc\x81"));
	assert_true(same("Straße", "STRASSE"));
	assert_true(same("ΣΊΣΥΦΟΣ", "σίσυφος"));
	assert_true(same("my  group ", " my\xc2\xa0group"));
	/* Kurdish and Persian words have joiners that nobody types twice the
	 * same. */
	assert_true(same("می‌روم", "میروم"));
	/* What is unseen makes no other name. */
	assert_true(same("bob",
	    "b\xe2\x80\x8bo\xe2\x80\xae"
	    "b"));
	assert_false(same("bob", "bobb"));
	assert_false(same("bob", "b0b"));
	assert_false(same("", "b"));
	assert_true(same("", " "));
	/* No UTF-8, no name. */
	assert_false(same("b\xff", "b\xff"));
}

static void
test_alike(void **state)
{
	(void)state;
	assert_true(alike("bob", "bob"));
	assert_true(alike("bob", "b0b"));
	assert_true(alike("leila", "1eila"));
	assert_true(alike("tom", "torn"));
	assert_true(alike("wera", "vvera"));
	assert_true(alike("bob-smith", "bob_smith"));
	assert_true(alike("bob.smith", "bob_smith"));
	assert_true(alike("Bill", "BiIl"));
	assert_true(alike("Bill", "bill"));
	/* Cyrillic, Greek, full width, mathematical. */
	assert_true(alike("bob", "b\xd0\xbe\x62"));
	assert_true(alike("anna", "\xd0\xb0nn\xd0\xb0"));
	assert_true(alike("bob", "\xef\xbd\x82\xef\xbd\x8f\xef\xbd\x82"));
	assert_true(
	    alike("bob", "\xf0\x9d\x90\x9b\xf0\x9d\x90\xa8\xf0\x9d\x90\x9b"));
	/* Arabic letters that look like one another. */
	assert_true(alike("علي", "علی"));
	assert_true(alike("b ob", "b\xe3\x85\xa4ob"));
	assert_false(alike("bob", "bobo"));
	assert_false(alike("bob", "dod"));
	assert_false(alike("anna", "hanna"));
}

static bool
reserved(const char *name)
{
	bool out = false;

	assert_ok(cs_name_reserved(
	    &out, cs_view_str(name), cs_view_str("refuge.example.org")));
	return out;
}

static void
test_reserved(void **state)
{
	static const char *const yes[] = { "you", "me", "operator", "desk",
		"support", "admin", "system", "refuge", "refuge.example.org",
		"y0u", "supp0rt", "0perator", "adrnin", "Admin", "the-desk",
		"refuge_support", "help.desk", "Operator of the hub",
		"оperator", "Ｙｏｕ", "nobody" };
	static const char *const no[] = { "bob", "young", "mehmet", "desky",
		"administer", "rooted", "refugee", "youssef", "systematic",
		"leyla.me", "thank-you" };

	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		if (!reserved(yes[i]))
			fail_msg("%s is taken", yes[i]);
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (reserved(no[i]))
			fail_msg("%s is refused", no[i]);
}

static bool
near(const char *a, const char *b)
{
	bool out = false, back = false;

	assert_ok(cs_name_near(&out, cs_view_str(a), cs_view_str(b)));
	assert_ok(cs_name_near(&back, cs_view_str(b), cs_view_str(a)));
	assert_int_equal(out, back);
	return out;
}

static void
test_near(void **state)
{
	(void)state;
	assert_true(near("leyla", "leyla"));
	assert_true(near("leyla", "leyl"));
	assert_true(near("leyla", "eyla"));
	assert_true(near("leyla", "leylaa"));
	assert_true(near("leyla", "lexla"));
	assert_true(near("leyla", "leyal"));
	assert_true(near("leyla", "Leyla"));
	assert_true(near("café", "cafe"));
	assert_false(near("leyla", "leal"));
	assert_false(near("leyla", "leylaxx"));
	assert_false(near("leyla", "eylal"));
	assert_true(near("", "a"));
	assert_false(near("", "ab"));
}

static const char *
clean(const char *name, size_t size)
{
	static char out[300];

	cs_name_clean(out, size, cs_view_str(name));
	return out;
}

static void
test_clean(void **state)
{
	(void)state;
	assert_string_equal(clean("family", 256), "family");
	assert_string_equal(clean("a\nb", 256), "a b");
	assert_string_equal(clean("  a \t\r\n b  ", 256), "a b");
	assert_string_equal(clean("a\x1b[2Jb", 256), "a[2Jb");
	assert_string_equal(clean("a\xe2\x80\xae"
				  "b",
				256),
	    "ab");
	assert_string_equal(clean("a\xe3\x85\xa4\xe2\xa0\x80"
				  "b",
				256),
	    "a b");
	assert_string_equal(clean("می‌روم", 256), "می‌روم");
	assert_string_equal(clean("\n\n", 256), "");
	assert_string_equal(clean("a\xff", 256), "");
	/* Cut between characters. */
	assert_string_equal(clean("caf\xc3\xa9", 6), "café");
	assert_string_equal(clean("caf\xc3\xa9", 5), "caf");
	assert_string_equal(clean("abc", 1), "");
}

static enum cs_err
try_alike(void *arg)
{
	bool yes;

	(void)arg;
	return cs_name_alike(
	    &yes, cs_view_str("bob"), cs_view_str("b\xd0\xbe\x62"));
}

static void
test_allocations(void **state)
{
	(void)state;
	cs_test_allocations(try_alike, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_alike),
		cmocka_unit_test(test_reserved),
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
