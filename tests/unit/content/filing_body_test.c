/* SPDX-License-Identifier: MIT */
#include "content/filing_body.h"

#include <stdlib.h>

#include "crypto/init.h"
#include "support/test.h"

static struct cs_filing_body *
a_notice(void)
{
	struct cs_filing_body *b = calloc(1, sizeof *b);

	assert_non_null(b);
	b->what = CS_FILING_NOTICE;
	b->category = CS_FILING_TRAFFICKING;
	b->flags = CS_FILING_GOOD_FAITH;
	memset(b->salt, 5, sizeof b->salt);
	b->language = cs_view_str("ar");
	b->text = cs_view_str("Somebody\nsells a girl.");
	b->law = cs_view_str("StGB 232");
	b->contact = cs_view_str("help@example.org");
	b->n_places = 1;
	b->places[0].kind = CS_FILING_PLACE_HANDLE;
	b->places[0].value = cs_view_str("trader@hub.example.org");
	b->n_files = 1;
	b->files[0].name = cs_view_str("a.csev");
	b->files[0].bytes = cs_view_str("bytes");
	return b;
}

/* By its looks; a link leads to a group only if it is one of this hub. */
static void
test_guess(void **state)
{
	static const struct {
		const char *typed;
		uint8_t kind;
	} all[] = {
		{ "trader", CS_FILING_PLACE_HANDLE },
		{ "trader@hub.example", CS_FILING_PLACE_HANDLE },
		{ "https://hub.example:7443/g/x#y", CS_FILING_PLACE_GROUP },
		{ "https://hub.example/c/00", CS_FILING_PLACE_GROUP },
		{ "https://films.example/c/00", CS_FILING_PLACE_LINK },
		{ "the market on the left", CS_FILING_PLACE_LINK },
		{ "00112233445566778899aabbccddeeFF", CS_FILING_PLACE_BLOB },
		{ "00112233445566778899aabbccddeeff"
		  "00112233445566778899aabbccddeeff",
		    0 },
		{ "00112233445566778899aabbccddeefg", CS_FILING_PLACE_HANDLE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		assert_int_equal(cs_filing_place_guess(
				     cs_view_str(all[i].typed), "hub.example"),
		    all[i].kind);
}

static void
test_same(void **state)
{
	struct cs_filing_body *b = a_notice(), *back = calloc(1, sizeof *back);
	struct cs_filing_hash hash = { .pdq = { 1 },
		.label = cs_view_str("mine") },
			      got;
	struct cs_buf hashes = { 0 }, bytes = { 0 };
	struct cs_view rest;

	(void)state;
	assert_ok(cs_filing_hash_add(&hashes, &hash));
	b->hashes = cs_buf_view(&hashes);
	assert_ok(cs_filing_body_write(&bytes, b));
	assert_ok(cs_filing_body_parse(back, cs_buf_view(&bytes)));
	assert_true(cs_view_equal(back->text, b->text));
	assert_true(cs_view_equal(back->files[0].bytes, b->files[0].bytes));
	assert_int_equal(back->n_hashes, 1);
	rest = back->hashes;
	assert_true(cs_filing_hash_next(&got, &rest));
	assert_true(cs_view_equal(got.label, hash.label));
	assert_false(cs_filing_hash_next(&got, &rest));
	/* One spelling. */
	for (size_t n = 0; n < bytes.len; n++)
		assert_int_not_equal(
		    cs_filing_body_parse(back, cs_view(bytes.data, n)), CS_OK);
	assert_ok(cs_buf_add(&bytes, cs_view("", 1)));
	assert_int_not_equal(
	    cs_filing_body_parse(back, cs_buf_view(&bytes)), CS_OK);
	cs_buf_free(&bytes);
	cs_buf_free(&hashes);
	free(b);
	free(back);
}

/* What is no filing is not written, nor read. */
static void
test_rules(void **state)
{
	struct cs_buf bytes = { 0 };

	(void)state;
#define REFUSED(change)                                                        \
	do {                                                                   \
		struct cs_filing_body *b = a_notice();                         \
		change;                                                        \
		cs_buf_reset(&bytes);                                          \
		assert_int_equal(                                              \
		    cs_filing_body_write(&bytes, b), CS_ERR_MISUSE);           \
		free(b);                                                       \
	} while (0)
	REFUSED(b->what = 0);
	REFUSED(b->what = CS_FILING_MORE);
	REFUSED(b->what = CS_FILING_PHOTOS);
	REFUSED(b->category = 0);
	REFUSED(b->flags = 0);
	REFUSED(b->flags = 0xff);
	REFUSED(b->about = 1);
	REFUSED(b->text = cs_view_str(""));
	REFUSED(b->text = cs_view_str("a\x1b[31m"));
	REFUSED(b->text = cs_view_str("\xff\xfe"));
	REFUSED(b->name = cs_view_str("two\nlines"));
	REFUSED(b->places[0].kind = 9);
	REFUSED(b->places[0].value = cs_view_str(""));
	REFUSED(b->files[0].name = cs_view_str(""));
	REFUSED(b->files[0].name = cs_view_str("../../etc/passwd"));
#undef REFUSED
	cs_buf_free(&bytes);
}

static void
test_bounds(void **state)
{
	struct cs_filing_body *b = a_notice();
	char *text = malloc(CS_FILING_TEXT_MAX + 1);
	struct cs_buf bytes = { 0 };

	(void)state;
	memset(text, 'a', CS_FILING_TEXT_MAX + 1);
	b->text = cs_view(text, CS_FILING_TEXT_MAX);
	assert_ok(cs_filing_body_write(&bytes, b));
	b->text = cs_view(text, CS_FILING_TEXT_MAX + 1);
	cs_buf_reset(&bytes);
	assert_int_equal(cs_filing_body_write(&bytes, b), CS_ERR_LIMIT);
	cs_buf_free(&bytes);
	free(text);
	free(b);
}

static void
test_sealed(void **state)
{
	struct cs_filing_body *b = a_notice(), *back = calloc(1, sizeof *back);
	struct cs_hpke_key key, other;
	struct cs_buf bytes = { 0 }, sealed = { 0 }, plain = { 0 };

	(void)state;
	assert_ok(cs_hpke_key_new(&key, CS_DHKEM_X25519));
	assert_ok(cs_hpke_key_new(&other, CS_DHKEM_X25519));
	assert_ok(cs_filing_body_write(&bytes, b));
	assert_ok(cs_filing_body_seal(
	    &sealed, cs_buf_view(&bytes), cs_hpke_key_public(&key)));
	assert_true(sealed.len <= bytes.len + 64);
	assert_ok(
	    cs_filing_body_open(back, &plain, cs_buf_view(&sealed), &key));
	assert_true(cs_view_equal(cs_buf_view(&plain), cs_buf_view(&bytes)));
	assert_true(cs_view_equal(back->text, b->text));
	assert_int_not_equal(
	    cs_filing_body_open(back, &plain, cs_buf_view(&sealed), &other),
	    CS_OK);
	sealed.data[sealed.len - 1] ^= 1;
	assert_int_not_equal(
	    cs_filing_body_open(back, &plain, cs_buf_view(&sealed), &key),
	    CS_OK);
	assert_int_not_equal(
	    cs_filing_body_open(back, &plain, cs_view(sealed.data, 20), &key),
	    CS_OK);
	cs_buf_free(&bytes);
	cs_buf_free(&sealed);
	cs_buf_free(&plain);
	free(b);
	free(back);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guess),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_sealed),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
