/* SPDX-License-Identifier: MIT */
#include "programs/countersign/json.h"

#include <string.h>

#include "base/text.h"

#define DEPTH_MAX 32

/* What is left; a zero at its end. */
static int
peek(const struct cs_view *v)
{
	return v->len != 0 ? v->data[0] : 0;
}

static void
skip(struct cs_view *v, size_t n)
{
	*v = cs_view(v->data + n, v->len - n);
}

static void
blanks(struct cs_view *v)
{
	while (v->len != 0 && memchr(" \t\r\n", v->data[0], 4) != NULL)
		skip(v, 1);
}

static bool
take(struct cs_view *v, int c)
{
	if (peek(v) != c)
		return false;
	skip(v, 1);
	return true;
}

static bool
word(struct cs_view *v, const char *word)
{
	size_t n = strlen(word);

	if (v->len < n ||
	    !cs_view_equal(cs_view(v->data, n), cs_view_str(word)))
		return false;
	skip(v, n);
	return true;
}

static size_t
digits(struct cs_view *v)
{
	size_t n = 0;

	for (; peek(v) >= '0' && peek(v) <= '9'; n++)
		skip(v, 1);
	return n;
}

static bool
number(struct cs_view *v)
{
	(void)take(v, '-');
	if (!take(v, '0') && digits(v) == 0)
		return false;
	if (take(v, '.') && digits(v) == 0)
		return false;
	if (!take(v, 'e') && !take(v, 'E'))
		return true;
	if (!take(v, '+'))
		(void)take(v, '-');
	return digits(v) != 0;
}

static bool
escape(struct cs_view *v)
{
	static const char hex[] = "0123456789abcdefABCDEF";

	if (take(v, 'u')) {
		for (int i = 0; i < 4; i++) {
			if (memchr(hex, peek(v), sizeof hex - 1) == NULL)
				return false;
			skip(v, 1);
		}
		return true;
	}
	if (memchr("\"\\/bfnrt", peek(v), 8) == NULL)
		return false;
	skip(v, 1);
	return true;
}

static bool
string(struct cs_view *v)
{
	if (!take(v, '"'))
		return false;
	while (v->len != 0 && v->data[0] >= 0x20) {
		if (take(v, '"'))
			return true;
		if (take(v, '\\') ? !escape(v) : (skip(v, 1), false))
			return false;
	}
	return false;
}

static bool value(struct cs_view *v, unsigned depth);

/* "[" or "{" is behind us. */
static bool
list(struct cs_view *v, int end, unsigned depth)
{
	blanks(v);
	if (take(v, end))
		return true;
	for (;;) {
		if (end == '}') {
			blanks(v);
			if (!string(v))
				return false;
			blanks(v);
			if (!take(v, ':'))
				return false;
		}
		if (!value(v, depth))
			return false;
		if (take(v, end))
			return true;
		if (!take(v, ','))
			return false;
	}
}

static bool
value(struct cs_view *v, unsigned depth)
{
	bool ok;

	if (depth == DEPTH_MAX)
		return false;
	blanks(v);
	if (take(v, '['))
		ok = list(v, ']', depth + 1);
	else if (take(v, '{'))
		ok = list(v, '}', depth + 1);
	else if (peek(v) == '"')
		ok = string(v);
	else
		ok = word(v, "true") || word(v, "false") || word(v, "null") ||
		    number(v);
	blanks(v);
	return ok;
}

bool
cli_json_valid(struct cs_view text)
{
	return cs_utf8_valid(text) && value(&text, 0) && text.len == 0;
}
