/* SPDX-License-Identifier: MIT */
#include "member/take.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "crypto/random.h"
#include "store/file.h"

enum cs_err
member_fail(struct member_call *k, enum cs_err err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(k->problem, sizeof k->problem, format, ap);
	va_end(ap);
	return err;
}

static bool
is_text(const json_t *v, size_t most)
{
	return json_is_string(v) && json_string_length(v) <= most &&
	    strlen(json_string_value(v)) == json_string_length(v);
}

static bool
is_made_of(const json_t *v, const char *letters, size_t least, size_t most)
{
	size_t n;

	if (!is_text(v, most))
		return false;
	n = json_string_length(v);
	return n >= least && strspn(json_string_value(v), letters) == n;
}

static bool
is_list(const json_t *v, size_t most)
{
	if (!json_is_array(v) || json_array_size(v) > most)
		return false;
	for (size_t i = 0; i < json_array_size(v); i++)
		if (!is_text(json_array_get(v, i), 255))
			return false;
	return true;
}

static bool
is_right(const struct member_param *p, const json_t *v)
{
	switch (p->check) {
	case MEMBER_TEXT:
		return is_text(v, p->most);
	case MEMBER_HEX:
		return is_made_of(v, "0123456789abcdef", 4, p->most);
	case MEMBER_FILE:
		return is_made_of(
		    v, "abcdefghijklmnopqrstuvwxyz0123456789-", 1, p->most);
	case MEMBER_BOOL:
		return json_is_boolean(v);
	case MEMBER_NUMBER:
		return json_is_integer(v) && json_integer_value(v) >= 0 &&
		    json_integer_value(v) <= (json_int_t)1 << 53;
	default:
		return is_list(v, p->most);
	}
}

enum cs_err
member_take_check(struct member_call *k, const struct member_param *params)
{
	size_t known = 0;

	for (const struct member_param *p = params;
	     p != NULL && p->name != NULL; p++) {
		const json_t *v = json_object_get(k->take, p->name);

		if (v == NULL && p->needed)
			return member_fail(
			    k, CS_ERR_FORMAT, "\"%s\" is missing.", p->name);
		if (v != NULL && !is_right(p, v))
			return member_fail(k, CS_ERR_FORMAT,
			    "\"%s\" is not as it has to be.", p->name);
		known += v != NULL;
	}
	return known == json_object_size(k->take)
	    ? CS_OK
	    : member_fail(k, CS_ERR_FORMAT,
		  "There is something that this does not take.");
}

const char *
member_text(const struct member_call *k, const char *name)
{
	return json_string_value(json_object_get(k->take, name));
}

struct cs_view
member_view(const struct member_call *k, const char *name)
{
	const char *text = member_text(k, name);

	return cs_view_str(text != NULL ? text : "");
}

bool
member_has(const struct member_call *k, const char *name)
{
	return json_object_get(k->take, name) != NULL;
}

bool
member_bool(const struct member_call *k, const char *name)
{
	return json_is_true(json_object_get(k->take, name));
}

uint64_t
member_number(const struct member_call *k, const char *name, uint64_t otherwise)
{
	const json_t *v = json_object_get(k->take, name);

	return v != NULL ? (uint64_t)json_integer_value(v) : otherwise;
}

size_t
member_count(const struct member_call *k, const char *name)
{
	return json_array_size(json_object_get(k->take, name));
}

const char *
member_item(const struct member_call *k, const char *name, size_t i)
{
	return json_string_value(
	    json_array_get(json_object_get(k->take, name), i));
}

char *
member_path(const struct member_call *k, const char *file)
{
	return cs_path_join(k->m->config.exchange, file);
}

void
member_new_file(char out[static MEMBER_FILE_SIZE], const char *what)
{
	uint8_t random[8];
	char hex[2 * sizeof random + 1];

	cs_random(random, sizeof random);
	cs_hex(hex, CS_VIEW_OF(random));
	snprintf(out, MEMBER_FILE_SIZE, "%.40s-%s", what, hex);
}
