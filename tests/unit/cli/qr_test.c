/* SPDX-License-Identifier: MIT */
/* Codes in a terminal: a square of light and dark, or nothing. */
#include "cli/qr.h"

#include <stdlib.h>
#include <string.h>

#include "support/test.h"

/* What is printed of ${text}; free it with free(). */
static char *
print(const char *text)
{
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);

	assert_non_null(f);
	cli_print_qr(f, text);
	assert_int_equal(fclose(f), 0);
	return out;
}

static size_t
lines(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += *s == '\n';
	return n;
}

static void
test_code(void **state)
{
	char *one = print("https://chat.example.org/#https://x");
	char *same = print("https://chat.example.org/#https://x");
	char *other = print("https://chat.example.org/#https://y");

	(void)state;
	/* Version 3 has 29 modules, and two of light on each side; a line has
	 * two rows. */
	assert_int_equal(lines(one), (29 + 4 + 1) / 2);
	assert_string_equal(one, same);
	assert_string_not_equal(one, other);
	free(one);
	free(same);
	free(other);
}

static void
test_too_long(void **state)
{
	char *text = malloc(4001);
	char *out;

	(void)state;
	assert_non_null(text);
	memset(text, 'a', 4000);
	text[4000] = '\0';
	out = print(text);
	assert_string_equal(out, "");
	free(out);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_code),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
