/* SPDX-License-Identifier: MIT */
/* Lists of hashes, in and out again. */
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/core/actor.h"
#include "desk/photos/lists.h"
#include "unit/desk/desk_home.h"

#define ONE "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
#define TWO "08d04def27c197d3cf85414b638131eb7bc109ebdcc15e6b0421feb30009fffc"
#define HEAD "hash,label,source,date\n"

static struct cs_buf
exported(struct world *w, struct cs_view text, unsigned want_added)
{
	struct cs_desk_import got;
	struct cs_buf out = { 0 };
	uint64_t id;

	assert_ok(cs_desk_list_add(
	    w->d, &cs_desk_operator, "Hotline", "INHOPE", "known abuse", &id));
	assert_ok(cs_desk_list_import(
	    &got, w->d, &cs_desk_operator, id, CS_DESK_LIST_CSV, text));
	assert_int_equal(got.added, want_added);
	assert_ok(cs_desk_list_export(
	    &out, w->d, &cs_desk_operator, id, CS_DESK_LIST_CSV));
	return out;
}

/* A spreadsheet takes everything in an exported list for text, and importing
 * it again gives the same. */
static void
test_formulas(void **state)
{
	static const struct {
		const char *in, *out;
	} table[] = {
		{ "plain,it's,2026-01-02", "plain,it's,2026-01-02" },
		{ "'quoted',a=b,", "'quoted',a=b," },
		{ "=1+1,@x,-1", "'=1+1,'@x,'-1" },
		{ "\"=a,b\",+1,", "\"'=a,b\",'+1," },
		{ "\t=1,,", "'\t=1,," },
		{ "'=1,''=1,", "'=1,''=1," },
	};
	struct world w;

	(void)state;
	world_init(&w);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct cs_buf out, again;
		char text[512];

		snprintf(text, sizeof text, HEAD ONE ",%s\n", table[i].in);
		out = exported(&w, cs_view_str(text), 1);
		snprintf(text, sizeof text, HEAD ONE ",%s\n", table[i].out);
		assert_view_equal(cs_buf_view(&out), cs_view_str(text));
		again = exported(&w, cs_buf_view(&out), 1);
		assert_view_equal(cs_buf_view(&again), cs_buf_view(&out));
		cs_buf_free(&out);
		cs_buf_free(&again);
	}
	world_clear(&w);
}

/* A line that cannot be kept as it is, is skipped; the next one is kept. */
static void
test_bad_lines(void **state)
{
	static const char zero[] = ONE ",a\0b,,\n" TWO ",good,,\n";
	static const char quote[] = ONE ",\"a,,\n" TWO ",good,,\n";
	static const char five[] = ONE ",a,b,c,d\n" TWO ",good,,\n";
	static const char utf8[] = ONE ",\xff,,\n" TWO ",good,,\n";
	const struct cs_view texts[] = { { (const uint8_t *)zero,
					     sizeof zero - 1 },
		cs_view_str(quote), cs_view_str(five), cs_view_str(utf8) };
	struct world w;

	(void)state;
	world_init(&w);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct cs_buf out = exported(&w, texts[i], 1);

		assert_view_equal(
		    cs_buf_view(&out), cs_view_str(HEAD TWO ",good,,\n"));
		cs_buf_free(&out);
	}
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formulas),
		cmocka_unit_test(test_bad_lines),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
