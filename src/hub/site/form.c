/* SPDX-License-Identifier: MIT */
#include "hub/site/form.h"

#include <string.h>

#define BOUNDARY_MAX 70 /* RFC 2046, section 5.1.1 */
#define PART_HEAD_MAX ((size_t)4 << 10)

static enum cs_err
add_field(struct site_form *f, const struct site_field *field)
{
	if (f->n == SITE_FIELDS_MAX)
		return CS_ERR_LIMIT;
	f->fields[f->n++] = *field;
	return CS_OK;
}

/* ---- application/x-www-form-urlencoded ----------------------------------- */

static int
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decode ${v} into room that is there already. */
static enum cs_err
decode(struct cs_view *out, struct cs_buf *room, struct cs_view v)
{
	uint8_t *at = room->data + room->len;
	size_t n = 0;

	for (size_t i = 0; i < v.len; i++) {
		uint8_t c = v.data[i];

		if (c == '%') {
			int high, low;

			if (v.len - i < 3 ||
			    (high = digit(v.data[i + 1])) < 0 ||
			    (low = digit(v.data[i + 2])) < 0)
				return CS_ERR_FORMAT;
			c = (uint8_t)(high << 4 | low);
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		at[n++] = c;
	}
	*out = cs_view(at, n);
	room->len += n;
	return CS_OK;
}

static struct cs_view
take_until(struct cs_view *v, uint8_t c)
{
	const uint8_t *at = v->len != 0 ? memchr(v->data, c, v->len) : NULL;
	struct cs_view part = *v;

	if (at == NULL) {
		*v = cs_view(NULL, 0);
		return part;
	}
	part.len = (size_t)(at - v->data);
	*v = cs_view(at + 1, v->len - part.len - 1);
	return part;
}

static enum cs_err
parse_query(struct site_form *out, struct cs_view query)
{
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->bytes.max = CS_BUF_MAX;
	/* Decoded it is no longer, so that views stay where they are. */
	err = cs_buf_reserve(&out->bytes, query.len + 1);
	while (err == CS_OK && query.len != 0) {
		struct cs_view pair = take_until(&query, '&');
		struct cs_view name = take_until(&pair, '=');
		struct site_field field = { 0 };

		if (name.len == 0)
			continue;
		if ((err = decode(&field.name, &out->bytes, name)) == CS_OK &&
		    (err = decode(&field.value, &out->bytes, pair)) == CS_OK)
			err = add_field(out, &field);
	}
	return err;
}

/* ---- multipart/form-data ------------------------------------------------- */

static bool
begins(struct cs_view v, const char *text)
{
	size_t n = strlen(text);

	return v.len >= n && memcmp(v.data, text, n) == 0;
}

/* Does ${v} begin so, in letters of any size? */
static bool
begins_as(struct cs_view v, const char *text)
{
	size_t n = strlen(text);

	if (v.len < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		uint8_t c = v.data[i];

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if (c != (uint8_t)text[i])
			return false;
	}
	return true;
}

/* The parameter ${name} of a field, in quotes or not; empty: there is none. */
static struct cs_view
parameter(struct cs_view v, const char *name)
{
	size_t n = strlen(name);

	while (v.len != 0) {
		(void)take_until(&v, ';');
		while (v.len != 0 && v.data[0] == ' ')
			v = cs_view(v.data + 1, v.len - 1);
		if (v.len <= n || !begins(v, name) || v.data[n] != '=')
			continue;
		v = cs_view(v.data + n + 1, v.len - n - 1);
		if (v.len != 0 && v.data[0] == '"') {
			v = cs_view(v.data + 1, v.len - 1);
			return take_until(&v, '"');
		}
		return take_until(&v, ';');
	}
	return v;
}

/* What a part's head says of it: form-data; name="..."; filename="...". */
static enum cs_err
read_head(struct site_field *out, struct cs_view head)
{
	static const char disposition[] = "content-disposition: form-data";

	memset(out, 0, sizeof *out);
	while (head.len != 0) {
		struct cs_view line = take_until(&head, '\n');

		if (line.len == 0 || line.data[line.len - 1] != '\r')
			return CS_ERR_FORMAT;
		line.len--;
		if (!begins_as(line, disposition))
			continue;
		out->name = parameter(line, "name");
		out->file = parameter(line, "filename");
	}
	return out->name.len != 0 ? CS_OK : CS_ERR_FORMAT;
}

/* A file's name without the folder that some browsers put before it. */
static struct cs_view
base_name(struct cs_view v)
{
	for (size_t i = v.len; i > 0; i--)
		if (v.data[i - 1] == '/' || v.data[i - 1] == '\\')
			return cs_view(v.data + i, v.len - i);
	return v;
}

struct boundary {
	uint8_t bytes[4 + BOUNDARY_MAX]; /* CR LF "--" and it */
	size_t n;
};

/* Take the next part off ${rest}, which begins behind a boundary. */
static enum cs_err
take_part(
    struct site_field *out, struct cs_view *rest, const struct boundary *b)
{
	size_t most = rest->len < PART_HEAD_MAX ? rest->len : PART_HEAD_MAX;
	const uint8_t *head = memmem(rest->data, most, "\r\n\r\n", 4), *end;
	size_t n;
	enum cs_err err;

	if (head == NULL)
		return CS_ERR_FORMAT;
	n = (size_t)(head - rest->data) + 2;
	if ((err = read_head(out, cs_view(rest->data, n))))
		return err;
	*rest = cs_view(head + 4, rest->len - n - 2);
	end = memmem(rest->data, rest->len, b->bytes, b->n);
	if (end == NULL)
		return CS_ERR_FORMAT;
	n = (size_t)(end - rest->data);
	out->value = cs_view(rest->data, n);
	out->file = base_name(out->file);
	*rest = cs_view(end + b->n, rest->len - n - b->n);
	return CS_OK;
}

static enum cs_err
parse_multipart(struct site_form *out, struct cs_view mark, struct cs_view body)
{
	struct boundary b = { "\r\n--", 4 };
	struct cs_view rest = body;
	enum cs_err err = CS_OK;

	if (mark.len == 0 || mark.len > BOUNDARY_MAX)
		return CS_ERR_FORMAT;
	memcpy(b.bytes + b.n, mark.data, mark.len);
	b.n += mark.len;
	/* The first has no line before it. */
	if (rest.len < b.n - 2 || memcmp(rest.data, b.bytes + 2, b.n - 2) != 0)
		return CS_ERR_FORMAT;
	rest = cs_view(rest.data + b.n - 2, rest.len - b.n + 2);
	while (err == CS_OK && !begins(rest, "--")) {
		struct site_field field;

		if (!begins(rest, "\r\n"))
			return CS_ERR_FORMAT;
		rest = cs_view(rest.data + 2, rest.len - 2);
		if ((err = take_part(&field, &rest, &b)) == CS_OK)
			err = add_field(out, &field);
	}
	return err;
}

enum cs_err
site_form_parse(struct site_form *out, struct cs_view type, struct cs_view body)
{
	memset(out, 0, sizeof *out);
	if (begins_as(type, "application/x-www-form-urlencoded"))
		return parse_query(out, body);
	if (begins_as(type, "multipart/form-data"))
		return parse_multipart(out, parameter(type, "boundary"), body);
	return CS_ERR_UNSUPPORTED;
}

void
site_form_clear(struct site_form *f)
{
	cs_buf_free(&f->bytes);
	memset(f, 0, sizeof *f);
}

struct cs_view
site_form_value(const struct site_form *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (cs_view_equal(f->fields[i].name, cs_view_str(name)))
			return f->fields[i].value;
	return cs_view(NULL, 0);
}
