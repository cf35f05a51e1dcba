/* SPDX-License-Identifier: MIT */
#include "desk/core/record.h"

#include <jansson.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/wipe.h"
#include "desk/core/json.h"

/* What every array looks like; the record says what its elements are. */
struct array {
	void *at;
	size_t n;
};

static struct array
array_get(const void *where)
{
	struct array a;

	memcpy(&a, where, sizeof a);
	return a;
}

void *
desk_array_add(void *array, size_t size)
{
	struct array a = array_get(array);
	uint8_t *grown = cs_grow(a.at, a.n, a.n + 1, size);

	if (grown == NULL)
		return NULL;
	a.at = grown;
	a.n++;
	memcpy(array, &a, sizeof a);
	return grown + (a.n - 1) * size;
}

void
desk_array_clear(void *array, size_t size)
{
	struct array a = array_get(array);

	cs_free(a.at, a.n * size);
	memset(array, 0, sizeof a);
}

const char *
desk_string(const char *s)
{
	return s != NULL ? s : "";
}

enum cs_err
desk_string_set(char **s, struct cs_view text)
{
	char *copy = cs_calloc(1, text.len + 1);

	if (copy == NULL)
		return CS_ERR_NOMEM;
	if (text.len != 0)
		memcpy(copy, text.data, text.len);
	if (*s != NULL)
		cs_free(*s, strlen(*s));
	*s = copy;
	return CS_OK;
}

/* ---- numbers and words -------------------------------------------------- */

static uint64_t
number_get(const struct desk_field *f, const void *where)
{
	uint16_t n16;
	uint32_t n32;
	uint64_t n64;

	switch (f->size) {
	case sizeof n16:
		memcpy(&n16, where, sizeof n16);
		return n16;
	case sizeof n32:
		memcpy(&n32, where, sizeof n32);
		return n32;
	default:
		memcpy(&n64, where, sizeof n64);
		return n64;
	}
}

static void
number_set(const struct desk_field *f, void *where, uint64_t n)
{
	uint16_t n16 = (uint16_t)n;
	uint32_t n32 = (uint32_t)n;

	switch (f->size) {
	case sizeof n16:
		memcpy(where, &n16, sizeof n16);
		break;
	case sizeof n32:
		memcpy(where, &n32, sizeof n32);
		break;
	default:
		memcpy(where, &n, sizeof n);
		break;
	}
}

/* ---- writing ------------------------------------------------------------ */

static enum cs_err to_json(
    json_t **out, const struct desk_record *r, const void *row);

static enum cs_err
text_to_json(json_t **out, const char *s, size_t max)
{
	struct cs_view v = cs_view_str(s);

	if (v.len > max)
		return CS_ERR_LIMIT;
	if (!cs_utf8_valid(v))
		return CS_ERR_FORMAT;
	*out = json_string(s);
	return *out != NULL ? CS_OK : CS_ERR_NOMEM;
}

static enum cs_err
bytes_to_json(json_t **out, struct cs_view v)
{
	char *hex = cs_calloc(1, 2 * v.len + 1);

	if (hex == NULL)
		return CS_ERR_NOMEM;
	cs_hex(hex, v);
	*out = json_string(hex);
	cs_free(hex, 2 * v.len + 1);
	return *out != NULL ? CS_OK : CS_ERR_NOMEM;
}

static enum cs_err
array_to_json(json_t **out, const struct desk_field *f, const void *where)
{
	struct array a = array_get(where);
	enum cs_err err = CS_OK;

	if (a.n > f->max)
		return CS_ERR_LIMIT;
	*out = json_array();
	for (size_t i = 0; i < a.n && err == CS_OK; i++) {
		json_t *o = NULL;

		err =
		    to_json(&o, f->of, (const uint8_t *)a.at + i * f->of->size);
		if (err == CS_OK && json_array_append_new(*out, o) != 0)
			err = CS_ERR_NOMEM;
	}
	return err;
}

static enum cs_err
field_to_json(json_t **out, const struct desk_field *f, const void *where)
{
	const struct cs_buf *buf = where;
	uint64_t n;
	char *s;

	switch (f->type) {
	case DESK_FIELD_NUMBER:
		n = number_get(f, where);
		if (n < f->min || n > f->max)
			return CS_ERR_LIMIT;
		*out = json_integer((json_int_t)n);
		break;
	case DESK_FIELD_FLAG:
		*out = json_boolean(*(const bool *)where);
		break;
	case DESK_FIELD_WORD:
		n = number_get(f, where);
		if (n > f->max || f->words[n] == NULL)
			return CS_ERR_MISUSE;
		*out = json_string(f->words[n]);
		break;
	case DESK_FIELD_TEXT:
		return text_to_json(out, where, f->size - 1);
	case DESK_FIELD_STRING:
		memcpy(&s, where, sizeof s);
		return text_to_json(out, desk_string(s), f->max);
	case DESK_FIELD_BYTES:
		return bytes_to_json(out, cs_view(where, f->size));
	case DESK_FIELD_BUF:
		return buf->len > f->max ? CS_ERR_LIMIT
					 : bytes_to_json(out, cs_buf_view(buf));
	case DESK_FIELD_ARRAY:
		return array_to_json(out, f, where);
	}
	return *out != NULL ? CS_OK : CS_ERR_NOMEM;
}

static enum cs_err
to_json(json_t **out, const struct desk_record *r, const void *row)
{
	enum cs_err err = CS_OK;

	*out = json_object();
	for (size_t i = 0; i < r->n && err == CS_OK; i++) {
		const struct desk_field *f = &r->fields[i];
		json_t *v = NULL;

		err = field_to_json(&v, f, (const uint8_t *)row + f->offset);
		if (err)
			json_decref(v);
		else if (json_object_set_new(*out, f->name, v) != 0)
			err = CS_ERR_NOMEM;
	}
	if (err) {
		json_decref(*out);
		*out = NULL;
	}
	return err;
}

enum cs_err
desk_record_write(
    struct cs_buf *out, const struct desk_record *r, const void *row)
{
	json_t *o = NULL;
	enum cs_err err = to_json(&o, r, row);

	if (err == CS_OK)
		err = json_text(out, o);
	json_decref(o);
	return err;
}

/* ---- reading ------------------------------------------------------------ */

static enum cs_err from_json(
    void *row, const struct desk_record *r, const json_t *o);

static enum cs_err
number_from_json(void *where, const struct desk_field *f, const json_t *v)
{
	json_int_t n = json_integer_value(v);

	if (!json_is_integer(v) || n < 0 || (uint64_t)n < f->min ||
	    (uint64_t)n > f->max)
		return CS_ERR_CORRUPT;
	number_set(f, where, (uint64_t)n);
	return CS_OK;
}

static enum cs_err
word_from_json(void *where, const struct desk_field *f, const char *s)
{
	for (uint64_t i = 0; i <= f->max; i++)
		if (f->words[i] != NULL && strcmp(f->words[i], s) == 0) {
			number_set(f, where, i);
			return CS_OK;
		}
	return CS_ERR_CORRUPT;
}

static enum cs_err
array_from_json(void *where, const struct desk_field *f, const json_t *v)
{
	struct array a = { .n = json_array_size(v) };
	enum cs_err err = CS_OK;

	if (!json_is_array(v) || a.n > f->max)
		return CS_ERR_CORRUPT;
	if (a.n == 0)
		return CS_OK;
	if ((a.at = cs_calloc(a.n, f->of->size)) == NULL)
		return CS_ERR_NOMEM;
	memcpy(where, &a, sizeof a);
	for (size_t i = 0; i < a.n && err == CS_OK; i++)
		err = from_json((uint8_t *)a.at + i * f->of->size, f->of,
		    json_array_get(v, i));
	return err;
}

static enum cs_err
bytes_from_json(void *where, const struct desk_field *f, const char *hex)
{
	return cs_unhex(where, f->size, hex) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
}

static enum cs_err
buf_from_json(void *where, const struct desk_field *f, const char *hex)
{
	struct cs_buf *buf = where;
	size_t n = strlen(hex) / 2;
	uint8_t *at;
	enum cs_err err;

	if (n > f->max)
		return CS_ERR_CORRUPT;
	if ((err = cs_buf_extend(buf, n, &at)))
		return err;
	return cs_unhex(at, n, hex) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
}

static enum cs_err
field_from_json(void *where, const struct desk_field *f, const json_t *v)
{
	const char *s = json_string_value(v);

	switch (f->type) {
	case DESK_FIELD_NUMBER:
		return number_from_json(where, f, v);
	case DESK_FIELD_FLAG:
		*(bool *)where = json_is_true(v);
		return json_is_boolean(v) ? CS_OK : CS_ERR_CORRUPT;
	case DESK_FIELD_ARRAY:
		return array_from_json(where, f, v);
	default:
		break;
	}
	if (s == NULL)
		return CS_ERR_CORRUPT;
	switch (f->type) {
	case DESK_FIELD_WORD:
		return word_from_json(where, f, s);
	case DESK_FIELD_TEXT:
		if (strlen(s) >= f->size)
			return CS_ERR_CORRUPT;
		memcpy(where, s, strlen(s) + 1);
		return CS_OK;
	case DESK_FIELD_STRING:
		return strlen(s) > f->max
		    ? CS_ERR_CORRUPT
		    : desk_string_set(where, cs_view_str(s));
	case DESK_FIELD_BYTES:
		return bytes_from_json(where, f, s);
	default:
		return buf_from_json(where, f, s);
	}
}

static enum cs_err
from_json(void *row, const struct desk_record *r, const json_t *o)
{
	size_t missing = 0;
	enum cs_err err = CS_OK;

	if (!json_is_object(o))
		return CS_ERR_CORRUPT;
	for (size_t i = 0; i < r->n && err == CS_OK; i++) {
		const struct desk_field *f = &r->fields[i];
		const json_t *v = json_object_get(o, f->name);

		if (v == NULL && f->later)
			missing++;
		else
			err = field_from_json((uint8_t *)row + f->offset, f, v);
	}
	/* As many members as fields that are there: so there is no other. */
	if (err == CS_OK && json_object_size(o) + missing != r->n)
		err = CS_ERR_CORRUPT;
	return err;
}

enum cs_err
desk_record_read(void *row, const struct desk_record *r, struct cs_view text)
{
	json_error_t why;
	json_t *o = json_loadb(
	    (const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &why);
	enum cs_err err;

	if (o == NULL)
		return json_error_code(&why) == json_error_out_of_memory
		    ? CS_ERR_NOMEM
		    : CS_ERR_CORRUPT;
	err = from_json(row, r, o);
	json_decref(o);
	return err;
}

/* ---- owning ------------------------------------------------------------- */

static void
array_clear(void *where, const struct desk_record *of)
{
	struct array a = array_get(where);

	for (size_t i = 0; i < a.n; i++)
		desk_record_clear((uint8_t *)a.at + i * of->size, of);
	desk_array_clear(where, of->size);
}

void
desk_record_clear(void *row, const struct desk_record *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct desk_field *f = &r->fields[i];
		void *where = (uint8_t *)row + f->offset;
		char *s;

		if (f->type == DESK_FIELD_STRING) {
			memcpy(&s, where, sizeof s);
			if (s != NULL)
				cs_free(s, strlen(s));
		} else if (f->type == DESK_FIELD_BUF) {
			cs_buf_free(where);
		} else if (f->type == DESK_FIELD_ARRAY) {
			array_clear(where, f->of);
		}
		cs_wipe(where, f->size);
	}
}

enum cs_err
desk_record_copy(void *to, const struct desk_record *r, const void *from)
{
	struct cs_buf text = { 0 };
	enum cs_err err;

	if ((err = desk_record_write(&text, r, from)) == CS_OK)
		err = desk_record_read(to, r, cs_buf_view(&text));
	cs_buf_free(&text);
	return err;
}
