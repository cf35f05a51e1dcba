/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <string.h>

#include "desk/core/policy.h"
#include "desk/core/toml.h"
#include "support/test.h"

static json_t *
parse(const char *text)
{
	char problem[160];
	json_t *out;

	assert_ok(desk_toml_parse(&out, cs_view_str(text), problem));
	assert_string_equal(problem, "");
	return out;
}

static void
refused(const char *text, const char *why)
{
	char problem[160];
	json_t *out;

	assert_err(
	    desk_toml_parse(&out, cs_view_str(text), problem), CS_ERR_FORMAT);
	assert_null(out);
	if (strstr(problem, why) == NULL)
		fail_msg("%s: %s", text, problem);
}

static void
test_toml(void **state)
{
	json_t *o = parse("# a comment\r\n"
			  "a = 1 # one\n"
			  "b.c = 'it \"is\"'\n"
			  "b.d = \"x\\n\\t\\\\\\\"\"\n"
			  "list = [ \"p\",\n  \"q\", # r\n]\n"
			  "[t]\nyes = true\n"
			  "[[m]]\nn = 1\n[[m]]\nn = 2\nx.y = false\n");
	json_t *m;

	(void)state;
	assert_int_equal(json_integer_value(json_object_get(o, "a")), 1);
	assert_string_equal(
	    json_string_value(json_object_get(json_object_get(o, "b"), "c")),
	    "it \"is\"");
	assert_string_equal(
	    json_string_value(json_object_get(json_object_get(o, "b"), "d")),
	    "x\n\t\\\"");
	assert_int_equal(json_array_size(json_object_get(o, "list")), 2);
	assert_true(
	    json_is_true(json_object_get(json_object_get(o, "t"), "yes")));
	m = json_object_get(o, "m");
	assert_int_equal(json_array_size(m), 2);
	assert_int_equal(
	    json_integer_value(json_object_get(json_array_get(m, 1), "n")), 2);
	json_decref(o);
	json_decref(parse(""));
	json_decref(parse("a=1"));
}

static void
test_toml_refused(void **state)
{
	(void)state;
	refused("a = 1\na = 2\n", "line 2");
	refused("a = 1\na.b = 2\n", "used as a table");
	refused("a", "no =");
	refused("a =", "a value is");
	refused("a = 1 2", "the line should end");
	refused("a = \"x\n\"", "does not end");
	refused("a = \"x", "does not end");
	refused("a = \"\\u0041\"", "an escape");
	refused("a = [1 2]", "a comma or ]");
	refused("a = [[[[[[1]]]]]]", "too deeply");
	refused("[a", "the ] of a table");
	refused("[a]\n[a]\n", "twice");
	refused("= 1", "a key is missing");
	refused("a = 1.5", "the line should end");
	refused("\xff = 1", "UTF-8");
}

/* The shipped policy, with one piece of text put in the place of another. */
static enum cs_err
with(const char *old, const char *new, char problem[static 160])
{
	struct cs_view shipped = cs_desk_policy_shipped();
	const uint8_t *at = memmem(shipped.data, shipped.len, old, strlen(old));
	struct cs_buf text = { 0 };
	struct cs_desk_policy p;
	size_t before;
	enum cs_err err;

	assert_non_null(at);
	before = (size_t)(at - shipped.data);
	assert_ok(cs_buf_add(&text, cs_view(shipped.data, before)));
	assert_ok(cs_buf_add(&text, cs_view_str(new)));
	assert_ok(cs_buf_add(&text,
	    cs_view(at + strlen(old), shipped.len - before - strlen(old))));
	err = cs_desk_policy_parse(&p, cs_buf_view(&text), problem);
	if (err == CS_OK)
		cs_desk_policy_clear(&p);
	cs_buf_free(&text);
	return err;
}

static void
test_shipped(void **state)
{
	static const char *const codes[] = { "trafficking", "child-abuse",
		"threat-to-life", "terrorism", "recruitment-of-children",
		"intimate-images", "exposure", "harassment", "fraud", "spam",
		"other" };
	struct cs_desk_policy p;
	char problem[160];

	(void)state;
	assert_ok(cs_desk_policy_parse(&p, cs_desk_policy_shipped(), problem));
	assert_int_equal(p.n_reasons, 11);
	for (uint16_t i = 0; i < 11; i++) {
		const struct cs_desk_reason *r =
		    cs_desk_policy_number(&p, i + 1);

		assert_string_equal(r->code, codes[i]);
		assert_ptr_equal(r, cs_desk_policy_reason(&p, codes[i]));
	}
	assert_string_equal(cs_desk_policy_number(&p, 999)->code, "other");
	assert_null(cs_desk_policy_reason(&p, "nothing"));
	assert_true(p.two_people[CS_DESK_ACTION_DISSOLVE]);
	assert_false(p.two_people[CS_DESK_ACTION_DISABLE]);
	assert_false(cs_desk_policy_two_for(
	    cs_desk_policy_number(&p, 1), CS_DESK_ACTION_DISABLE));
	assert_true(cs_desk_policy_two_for(
	    cs_desk_policy_number(&p, 4), CS_DESK_ACTION_DISABLE));
	assert_false(cs_desk_policy_two_for(
	    cs_desk_policy_number(&p, 4), CS_DESK_ACTION_WARN));
	for (unsigned i = 0; i < CS_DESK_ACTIONS; i++)
		assert_false(p.token_actions[i]);
	cs_desk_policy_clear(&p);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *old, *new, *why;
	} rows[] = {
		{ "window_hours = 72", "window_hours = 0", "window_hours" },
		{ "undo_seconds = 10", "undo_seconds = 9999", "undo_seconds" },
		{ "\"dissolve\"", "\"explode\"", "explode" },
		{ "code = \"spam\"", "code = \"fraud\"", "twice" },
		{ "number = 10\n", "number = 9\n", "twice" },
		{ "severity = 1\n", "severity = 6\n", "severity" },
		{ "level = 5", "level = 4", "1 to 5" },
		{ "action = \"none\"", "action = \"ban\"", "ban" },
		{ "ground = \"illegal\"", "ground = \"mood\"", "ground" },
		{ "keep_days = 180", "keep_days = 1", "at least hold_days" },
		{ "code = \"other\"", "code = \"rest\"", "other" },
		{ "danger = true", "danger = 1", "danger" },
		{ "title.en = \"Spam\"", "title.en = \"\"", "title" },
	};
	char problem[160];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_err(
		    with(rows[i].old, rows[i].new, problem), CS_ERR_FORMAT);
		if (strstr(problem, rows[i].why) == NULL)
			fail_msg("%s: %s", rows[i].new, problem);
	}
	assert_ok(with("window_hours = 72", "window_hours = 24", problem));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_toml),
		cmocka_unit_test(test_toml_refused),
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
