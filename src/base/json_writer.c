/* SPDX-License-Identifier: MIT */
#include "base/json_writer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

struct cs_json_writer
cs_json_writer(struct cs_buf *buf)
{
	return (struct cs_json_writer){ .buf = buf };
}

static void
put(struct cs_json_writer *j, struct cs_view v)
{
	if (j->err == CS_OK)
		j->err = cs_buf_add(j->buf, v);
}

static void
put_str(struct cs_json_writer *j, const char *s)
{
	put(j, cs_view_str(s));
}

static uint32_t
level(const struct cs_json_writer *j)
{
	return (uint32_t)1 << (j->depth - 1);
}

static void
escape(struct cs_json_writer *j, uint32_t unit)
{
	char s[8];

	snprintf(s, sizeof s, "\\u%04x", (unsigned)(unit & 0xffff));
	put_str(j, s);
}

static void
quoted(struct cs_json_writer *j, struct cs_view text)
{
	put_str(j, "\"");
	while (text.len > 0 && j->err == CS_OK) {
		const uint8_t *from = text.data;
		size_t n;
		uint32_t x = cs_utf8_next(&text, &n);

		if (x == '"' || x == '\\') {
			put_str(j, "\\");
			put(j, cs_view(from, 1));
		} else if (x >= 0x10000 && cs_utf8_hidden(x)) {
			escape(j, 0xd800 + ((x - 0x10000) >> 10));
			escape(j, 0xdc00 + ((x - 0x10000) & 0x3ff));
		} else if (cs_utf8_hidden(x) || (n == 1 && x >= 0x80)) {
			escape(j, x);
		} else {
			put(j, cs_view(from, n));
		}
	}
	put_str(j, "\"");
}

/* Write what stands before a value: a comma, a name. A name where none belongs,
 * or none where one does, is a mistake of the caller. */
static void
begin(struct cs_json_writer *j, const char *name)
{
	bool in_object = j->depth > 0 && (j->is_array & level(j)) == 0;

	if (j->err == CS_OK && in_object != (name != NULL))
		j->err = CS_ERR_MISUSE;
	if (j->depth > 0) {
		if ((j->has_member & level(j)) != 0)
			put_str(j, ",");
		j->has_member |= level(j);
	}
	if (name != NULL) {
		quoted(j, cs_view_str(name));
		put_str(j, ":");
	}
}

static void
open_as(struct cs_json_writer *j, const char *name, bool array)
{
	begin(j, name);
	if (j->err == CS_OK && j->depth == CS_JSON_DEPTH_MAX)
		j->err = CS_ERR_MISUSE;
	if (j->err != CS_OK)
		return;
	put_str(j, array ? "[" : "{");
	j->depth++;
	j->has_member &= ~level(j);
	if (array)
		j->is_array |= level(j);
	else
		j->is_array &= ~level(j);
}

void
cs_json_object(struct cs_json_writer *j, const char *name)
{
	open_as(j, name, false);
}

void
cs_json_array(struct cs_json_writer *j, const char *name)
{
	open_as(j, name, true);
}

void
cs_json_close(struct cs_json_writer *j)
{
	if (j->err == CS_OK && j->depth == 0)
		j->err = CS_ERR_MISUSE;
	if (j->err != CS_OK)
		return;
	put_str(j, (j->is_array & level(j)) != 0 ? "]" : "}");
	j->depth--;
}

void
cs_json_text(struct cs_json_writer *j, const char *name, struct cs_view text)
{
	begin(j, name);
	quoted(j, text);
}

void
cs_json_string(struct cs_json_writer *j, const char *name, const char *s)
{
	cs_json_text(j, name, cs_view_str(s));
}

void
cs_json_hex(struct cs_json_writer *j, const char *name, struct cs_view v)
{
	begin(j, name);
	put_str(j, "\"");
	for (size_t i = 0; i < v.len && j->err == CS_OK; i++) {
		char hex[3];

		cs_hex(hex, cs_view(v.data + i, 1));
		put_str(j, hex);
	}
	put_str(j, "\"");
}

void
cs_json_number(struct cs_json_writer *j, const char *name, uint64_t x)
{
	char s[24];

	snprintf(s, sizeof s, "%llu", (unsigned long long)x);
	cs_json_raw(j, name, cs_view_str(s));
}

void
cs_json_signed(struct cs_json_writer *j, const char *name, int64_t x)
{
	char s[24];

	snprintf(s, sizeof s, "%lld", (long long)x);
	cs_json_raw(j, name, cs_view_str(s));
}

void
cs_json_decimal(
    struct cs_json_writer *j, const char *name, double x, int digits)
{
	/* The largest double has 309 digits before the point. */
	char s[309 + 16];

	if (!isfinite(x)) {
		cs_json_null(j, name);
		return;
	}
	snprintf(s, sizeof s, "%.*f",
	    digits < 0       ? 0
		: digits > 9 ? 9
			     : digits,
	    x);
	cs_json_raw(j, name, cs_view_str(s));
}

void
cs_json_bool(struct cs_json_writer *j, const char *name, bool x)
{
	cs_json_raw(j, name, cs_view_str(x ? "true" : "false"));
}

void
cs_json_null(struct cs_json_writer *j, const char *name)
{
	cs_json_raw(j, name, cs_view_str("null"));
}

void
cs_json_raw(struct cs_json_writer *j, const char *name, struct cs_view json)
{
	begin(j, name);
	put(j, json);
}

enum cs_err
cs_json_end(const struct cs_json_writer *j)
{
	if (j->err != CS_OK)
		return j->err;
	return j->depth == 0 ? CS_OK : CS_ERR_MISUSE;
}
