/* SPDX-License-Identifier: MIT */
#include "desk/core/json.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

/* ---- writing ------------------------------------------------------------ */

void
desk_set(json_t *o, const char *key, json_t *value, enum cs_err *err)
{
	if (json_object_set_new(o, key, value) != 0 && *err == CS_OK)
		*err = CS_ERR_NOMEM;
}

void
desk_add(json_t *array, json_t *value, enum cs_err *err)
{
	if (json_array_append_new(array, value) != 0 && *err == CS_OK)
		*err = CS_ERR_NOMEM;
}

void
desk_set_str(json_t *o, const char *key, const char *s, enum cs_err *err)
{
	desk_set(o, key, json_string(s), err);
}

void
desk_set_num(json_t *o, const char *key, uint64_t n, enum cs_err *err)
{
	desk_set(o, key, json_integer((json_int_t)n), err);
}

void
desk_set_bool(json_t *o, const char *key, bool b, enum cs_err *err)
{
	desk_set(o, key, json_boolean(b), err);
}

void
desk_set_hex(json_t *o, const char *key, struct cs_view v, enum cs_err *err)
{
	char *hex = cs_calloc(1, 2 * v.len + 1);

	if (hex == NULL) {
		*err = CS_ERR_NOMEM;
		return;
	}
	cs_hex(hex, v);
	desk_set_str(o, key, hex, err);
	cs_free_plain(hex);
}

void
desk_set_view(json_t *o, const char *key, struct cs_view utf8, enum cs_err *err)
{
	/* An empty view may point nowhere. */
	desk_set(o, key,
	    utf8.len != 0 ? json_stringn((const char *)utf8.data, utf8.len)
			  : json_string(""),
	    err);
}

void
desk_set_id(json_t *o, const char *key, uint64_t id, enum cs_err *err)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)id);
	desk_set_str(o, key, text, err);
}

void
desk_count_up(json_t *o, const char *key, uint64_t by, enum cs_err *err)
{
	desk_set_num(o, key, desk_num(o, key) + by, err);
}

/* ---- reading ------------------------------------------------------------ */

json_t *
desk_find(const json_t *array, const char *key, const char *value)
{
	json_t *o;
	size_t i;

	json_array_foreach (array, i, o)
		if (strcmp(desk_str(o, key), value) == 0)
			return o;
	return NULL;
}

const char *
desk_str(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

uint64_t
desk_num(const json_t *o, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(o, key));

	return n > 0 ? (uint64_t)n : 0;
}

bool
desk_bool(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

bool
desk_hex(uint8_t *out, size_t n, const json_t *o, const char *key)
{
	return cs_unhex(out, n, desk_str(o, key)) == CS_OK;
}

uint64_t
desk_id(const char *s)
{
	uint64_t id = 0;

	if (*s == '\0' || strlen(s) > 15)
		return 0;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return 0;
		id = id * 10 + (uint64_t)(*s - '0');
	}
	return id;
}
