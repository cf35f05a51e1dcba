/* SPDX-License-Identifier: MIT */
/*
 * What our tests use of cmocka, where there is no longjmp(): an assertion that
 * fails ends the program, so that the first failure is the last word.
 */
#pragma once

#include <stdint.h>
#include <stdlib.h>

struct CMUnitTest {
	const char *name;
	void (*test_func)(void **state);
	int (*setup_func)(void **state);
	int (*teardown_func)(void **state);
};
#define cmocka_unit_test(f)                                                    \
	{                                                                      \
#f, f, NULL, NULL                                              \
	}
#define cmocka_unit_test_setup_teardown(f, setup, teardown)                    \
	{                                                                      \
#f, f, setup, teardown                                         \
	}
#define cmocka_run_group_tests(tests, setup, teardown)                         \
	web_run(tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)
int web_run(const struct CMUnitTest *tests, size_t n,
    int (*setup)(void **state), int (*teardown)(void **state));

_Noreturn void _fail(const char *file, int line);
void print_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_message(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#define fail() _fail(__FILE__, __LINE__)
#define fail_msg(...)                                                          \
	(print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

void web_assert(int holds, const char *what, const char *file, int line);
#define web_holds(x, what) web_assert((x) ? 1 : 0, what, __FILE__, __LINE__)
#define assert_true(x) web_holds(x, #x)
#define assert_false(x) web_holds(!(x), "!(" #x ")")
#define assert_non_null(x) web_holds((x) != NULL, #x)
#define assert_null(x) web_holds((x) == NULL, "!(" #x ")")
#define assert_ptr_equal(a, b)                                                 \
	web_holds((const void *)(a) == (const void *)(b), #a " == " #b)

void web_numbers(uintmax_t a, uintmax_t b, int equal, const char *what,
    const char *file, int line);
#define web_int(x) ((uintmax_t)(x))
#define assert_int_equal(a, b)                                                 \
	web_numbers(web_int(a), web_int(b), 1, #a " == " #b, __FILE__, __LINE__)
#define assert_int_not_equal(a, b)                                             \
	web_numbers(web_int(a), web_int(b), 0, #a " != " #b, __FILE__, __LINE__)
#define assert_in_range(x, from, to)                                           \
	web_holds(web_int(x) >= web_int(from) && web_int(x) <= web_int(to),    \
	    #x " in a range")

void web_strings(
    const char *a, const char *b, int equal, const char *file, int line);
#define assert_string_equal(a, b) web_strings(a, b, 1, __FILE__, __LINE__)
#define assert_string_not_equal(a, b) web_strings(a, b, 0, __FILE__, __LINE__)

#include <string.h>
#define assert_memory_equal(a, b, n)                                           \
	web_holds(memcmp(a, b, n) == 0, #a " == " #b)
#define assert_memory_not_equal(a, b, n)                                       \
	web_holds(memcmp(a, b, n) != 0, #a " != " #b)
