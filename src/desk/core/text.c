/* SPDX-License-Identifier: MIT */
#include "desk/core/text.h"

#include <string.h>

#include "base/text.h"
#include "desk/core/problem.h"

#define DIGITS_MAX 15

uint64_t
desk_id_parse(const char *s)
{
	uint64_t id = 0;

	if (*s == '\0' || strlen(s) > DIGITS_MAX)
		return 0;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return 0;
		id = id * 10 + (uint64_t)(*s - '0');
	}
	return id;
}

enum cs_err
desk_text_check(struct cs_desk *d, const char *text, size_t max)
{
	size_t n = strlen(text);

	if (n == 0)
		return desk_problem(
		    d, CS_ERR_FORMAT, "no-text", "There is no text.");
	if (n > max || !cs_utf8_valid(cs_view(text, n)))
		return desk_problem(d, CS_ERR_LIMIT, "text-long",
		    "A text has at most %zu bytes of UTF-8.", max);
	return CS_OK;
}
