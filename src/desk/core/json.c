/* SPDX-License-Identifier: MIT */
#include "desk/core/json.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/text.h"

/* ---- text --------------------------------------------------------------- */

/* Keys in order, no blanks: the same object is the same bytes. */
#define COMPACT (JSON_COMPACT | JSON_SORT_KEYS)

enum cs_err
json_text(struct cs_buf *out, const json_t *o)
{
	size_t size = json_dumpb(o, NULL, 0, COMPACT);
	uint8_t *at;
	enum cs_err err;

	if (size == 0)
		return CS_ERR_NOMEM;
	if ((err = cs_buf_extend(out, size, &at)))
		return err;
	return json_dumpb(o, (char *)at, size, COMPACT) == size ? CS_OK
								: CS_ERR_NOMEM;
}

/* ---- writing ------------------------------------------------------------ */

void
json_put(json_t *o, const char *key, json_t *value, enum cs_err *err)
{
	if (json_object_set_new(o, key, value) != 0 && *err == CS_OK)
		*err = CS_ERR_NOMEM;
}

void
json_push(json_t *array, json_t *value, enum cs_err *err)
{
	if (json_array_append_new(array, value) != 0 && *err == CS_OK)
		*err = CS_ERR_NOMEM;
}

void
json_put_str(json_t *o, const char *key, const char *s, enum cs_err *err)
{
	json_put(o, key, json_string(s), err);
}

void
json_put_num(json_t *o, const char *key, uint64_t n, enum cs_err *err)
{
	json_put(o, key, json_integer((json_int_t)n), err);
}

void
json_put_bool(json_t *o, const char *key, bool b, enum cs_err *err)
{
	json_put(o, key, json_boolean(b), err);
}

void
json_put_hex(json_t *o, const char *key, struct cs_view v, enum cs_err *err)
{
	char *hex = cs_calloc(1, 2 * v.len + 1);

	if (hex == NULL) {
		*err = CS_ERR_NOMEM;
		return;
	}
	cs_hex(hex, v);
	json_put_str(o, key, hex, err);
	cs_free_plain(hex);
}

void
json_put_view(json_t *o, const char *key, struct cs_view utf8, enum cs_err *err)
{
	/* An empty view may point nowhere. */
	json_put(o, key,
	    utf8.len != 0 ? json_stringn((const char *)utf8.data, utf8.len)
			  : json_string(""),
	    err);
}

void
json_put_id(json_t *o, const char *key, uint64_t id, enum cs_err *err)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)id);
	json_put_str(o, key, text, err);
}

void
json_put_id_or_null(json_t *o, const char *key, uint64_t id, enum cs_err *err)
{
	if (id != 0)
		json_put_id(o, key, id, err);
	else
		json_put(o, key, json_null(), err);
}

/* ---- reading ------------------------------------------------------------ */

const char *
json_get_str(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

uint64_t
json_get_num(const json_t *o, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(o, key));

	return n > 0 ? (uint64_t)n : 0;
}

bool
json_get_bool(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}
