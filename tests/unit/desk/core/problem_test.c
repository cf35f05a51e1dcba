/* SPDX-License-Identifier: MIT */
#include "desk/core/problem.h"

#include <string.h>

#include "desk/core/desk.h"
#include "support/test.h"

static struct cs_desk desk;

static void
test_parameters(void **state)
{
	(void)state;
	assert_int_equal(desk_problem(&desk, CS_ERR_DENIED, "one",
			     "%s has %d of %u.", "Rea", -3, 7u),
	    CS_ERR_DENIED);
	assert_string_equal(desk.problem.code, "one");
	assert_string_equal(cs_desk_problem(&desk), "Rea has -3 of 7.");
	assert_int_equal(desk.problem.n_args, 3);
	assert_string_equal(desk.problem.args[0], "Rea");
	assert_string_equal(desk.problem.args[1], "-3");
	assert_string_equal(desk.problem.args[2], "7");

	(void)!desk_problem(&desk, CS_ERR_LIMIT, "two",
	    "\"%.4s\": %zu and %llu", "abcdefgh", sizeof(uint64_t), ~0ull);
	assert_string_equal(
	    cs_desk_problem(&desk), "\"abcd\": 8 and 18446744073709551615");
	assert_string_equal(desk.problem.args[0], "abcd");
	assert_string_equal(desk.problem.args[2], "18446744073709551615");
}

static void
test_said_anew(void **state)
{
	(void)state;
	(void)!desk_problem(&desk, CS_ERR_DENIED, "one", "Case %d.", 12);
	(void)!desk_problem(&desk, CS_ERR_DENIED, "two", "Nothing.");
	assert_string_equal(cs_desk_problem(&desk), "Nothing.");
	assert_int_equal(desk.problem.n_args, 0);
	assert_string_equal(desk.problem.args[0], "");
	desk_problem_forget(&desk);
	assert_null(desk.problem.code);
	assert_string_equal(cs_desk_problem(&desk), "");
}

/* What does not fit is cut; a "%" in a parameter stays one. */
static void
test_cut(void **state)
{
	char much[2000];

	(void)state;
	memset(much, '%', sizeof much - 1);
	much[sizeof much - 1] = '\0';
	(void)!desk_problem(&desk, CS_ERR_DENIED, "much", "%s and %s and %s.",
	    much, much, "more");
	assert_int_equal(
	    strlen(desk.problem.args[0]), DESK_PROBLEM_ARG_SIZE - 1);
	assert_int_equal(
	    strlen(cs_desk_problem(&desk)), DESK_PROBLEM_TEXT_SIZE - 1);
	assert_string_equal(desk.problem.args[2], "more");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_said_anew),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
