/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "interop/mls_interop.h"

struct interop_piece {
	struct interop_piece *next;
	struct cs_buf buf;
};

void
interop_call_clear(struct interop_call *c)
{
	while (c->pieces != NULL) {
		struct interop_piece *p = c->pieces;

		c->pieces = p->next;
		cs_buf_free(&p->buf);
		cs_free_plain(p);
	}
	json_decref(c->out);
	c->out = NULL;
}

void *
interop_room(struct interop_call *c, size_t n, size_t size)
{
	struct interop_piece *p;
	uint8_t *out;

	if (c->err)
		return NULL;
	p = cs_calloc(1, sizeof *p);
	if (p == NULL) {
		c->err = CS_ERR_NOMEM;
		return NULL;
	}
	p->next = c->pieces;
	c->pieces = p;
	/* One more, so that even nothing has an address. */
	c->err = cs_buf_extend(&p->buf, (n + 1) * size, &out);
	return c->err ? NULL : out;
}

/* The value of a field that is there, not null, and of the right type. */
static const json_t *
field_of(
    struct interop_call *c, const json_t *in, const char *field, json_type type)
{
	const json_t *v = json_object_get(in, field);

	if (c->err || v == NULL || json_is_null(v))
		return NULL;
	if (json_typeof(v) == type)
		return v;
	c->err = CS_ERR_TYPE;
	return NULL;
}

uint64_t
interop_number(
    struct interop_call *c, const json_t *in, const char *field, uint64_t max)
{
	const json_t *v = field_of(c, in, field, JSON_INTEGER);
	json_int_t n = v == NULL ? 0 : json_integer_value(v);

	if (n < 0 || (uint64_t)n > max) {
		c->err = CS_ERR_LIMIT;
		return 0;
	}
	return (uint64_t)n;
}

bool
interop_flag(struct interop_call *c, const char *field)
{
	const json_t *v = json_object_get(c->in, field);

	if (!c->err && v != NULL && !json_is_boolean(v) && !json_is_null(v))
		c->err = CS_ERR_TYPE;
	return json_is_true(v);
}

/* RFC 4648, section 4: with padding, which section 5 of ours has not. */
static struct cs_view
decode(struct interop_call *c, const json_t *v)
{
	const char *in = json_string_value(v);
	size_t len = json_string_length(v), pad = 0, n;
	char *text = interop_room(c, len, 1);
	uint8_t *out = interop_room(c, len, 1);

	if (c->err)
		return cs_view(NULL, 0);
	for (size_t i = 0; i < len; i++)
		text[i] = in[i] == '+'             ? '-'
		    : in[i] == '/'                 ? '_'
		    : in[i] == '-' || in[i] == '_' ? '!'
						   : in[i];
	while (pad < 2 && pad < len && in[len - 1 - pad] == '=')
		pad++;
	n = (len - pad) * 3 / 4;
	c->err = len % 4 != 0 ? CS_ERR_FORMAT
			      : cs_unbase64url(out, n, text, len - pad);
	return c->err ? cs_view(NULL, 0) : cs_view(out, n);
}

struct cs_view
interop_bytes(struct interop_call *c, const json_t *in, const char *field)
{
	const json_t *v = field_of(c, in, field, JSON_STRING);

	return v == NULL ? cs_view(NULL, 0) : decode(c, v);
}

struct cs_view
interop_string(struct interop_call *c, const char *field)
{
	const json_t *v = field_of(c, c->in, field, JSON_STRING);

	return v == NULL ? cs_view(NULL, 0)
			 : cs_view(json_string_value(v), json_string_length(v));
}

const json_t *
interop_list(struct interop_call *c, const json_t *in, const char *field)
{
	return field_of(c, in, field, JSON_ARRAY);
}

struct cs_view *
interop_bytes_list(struct interop_call *c, size_t *n, const char *field)
{
	const json_t *list = interop_list(c, c->in, field);
	struct cs_view *out;

	*n = json_array_size(list);
	out = interop_room(c, *n, sizeof *out);
	for (size_t i = 0; i < *n && !c->err; i++) {
		const json_t *v = json_array_get(list, i);

		if (json_is_string(v))
			out[i] = decode(c, v);
		else
			c->err = CS_ERR_TYPE;
	}
	return out;
}

struct cs_mls_extensions
interop_extensions(struct interop_call *c, const json_t *in)
{
	const json_t *list = interop_list(c, in, "extensions");
	size_t n = json_array_size(list);
	struct cs_mls_extension *out = interop_room(c, n, sizeof *out);

	for (size_t i = 0; i < n && !c->err; i++) {
		const json_t *e = json_array_get(list, i);

		if (!json_is_object(e))
			c->err = CS_ERR_TYPE;
		out[i].type = (uint16_t)interop_number(
		    c, e, "extension_type", UINT16_MAX);
		out[i].data = interop_bytes(c, e, "extension_data");
	}
	return (struct cs_mls_extensions){ out, n };
}

void
interop_put_number(struct interop_call *c, const char *field, uint64_t value)
{
	if (json_object_set_new(
		c->out, field, json_integer((json_int_t)value)) != 0)
		c->err = CS_ERR_NOMEM;
}

void
interop_put_bytes(struct interop_call *c, const char *field, struct cs_view v)
{
	char *text = interop_room(c, CS_BASE64URL_SIZE(v.len) + 3, 1);
	size_t len;

	if (c->err)
		return;
	cs_base64url(text, v);
	len = strlen(text);
	for (size_t i = 0; i < len; i++)
		if (text[i] == '-' || text[i] == '_')
			text[i] = text[i] == '-' ? '+' : '/';
	while (len % 4 != 0)
		text[len++] = '=';
	if (json_object_set_new(c->out, field, json_stringn(text, len)) != 0)
		c->err = CS_ERR_NOMEM;
}
