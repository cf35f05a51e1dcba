/* SPDX-License-Identifier: MIT */
#include "net/http_head.h"

#include <string.h>

/* RFC 9110, section 5.6.2. */
static bool
is_token_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') ||
	    (c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
is_token(struct cs_view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (!is_token_char(v.data[i]))
			return false;
	return v.len != 0;
}

/* Visible ASCII, blanks and tabs. */
static bool
is_value(struct cs_view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.data[i] != '\t' && (v.data[i] < 0x20 || v.data[i] > 0x7e))
			return false;
	return true;
}

static bool
is_target(struct cs_view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.data[i] <= 0x20 || v.data[i] > 0x7e)
			return false;
	return v.len != 0 && v.data[0] == '/';
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static bool
is_like(struct cs_view v, const char *text)
{
	if (v.len != strlen(text))
		return false;
	for (size_t i = 0; i < v.len; i++)
		if (lower(v.data[i]) != (uint8_t)text[i])
			return false;
	return true;
}

static struct cs_view
strip(struct cs_view v)
{
	while (v.len != 0 && (v.data[0] == ' ' || v.data[0] == '\t'))
		v = cs_view(v.data + 1, v.len - 1);
	while (v.len != 0 &&
	    (v.data[v.len - 1] == ' ' || v.data[v.len - 1] == '\t'))
		v.len--;
	return v;
}

/* What stands before the first ${c}, which goes with it; false: there is
 * none. */
static bool
cut_at(struct cs_view *out, struct cs_view *rest, uint8_t c)
{
	const uint8_t *at =
	    rest->len != 0 ? memchr(rest->data, c, rest->len) : NULL;
	size_t n;

	if (at == NULL)
		return false;
	n = (size_t)(at - rest->data);
	*out = cs_view(rest->data, n);
	*rest = cs_view(at + 1, rest->len - n - 1);
	return true;
}

static bool
cut_line(struct cs_view *out, struct cs_view *rest)
{
	if (!cut_at(out, rest, '\n') || out->len == 0 ||
	    out->data[out->len - 1] != '\r')
		return false;
	out->len--;
	return true;
}

size_t
cs_http_head_length(struct cs_view in)
{
	for (size_t i = 3; i < in.len; i++)
		if (in.data[i] == '\n' && in.data[i - 1] == '\r' &&
		    in.data[i - 2] == '\n' && in.data[i - 3] == '\r')
			return i + 1;
	return 0;
}

bool
cs_http_number(uint64_t *out, struct cs_view v)
{
	uint64_t x = 0;

	for (size_t i = 0; i < v.len; i++) {
		if (v.data[i] < '0' || v.data[i] > '9' ||
		    x > (UINT64_MAX - 9) / 10)
			return false;
		x = x * 10 + (uint64_t)(v.data[i] - '0');
	}
	*out = x;
	return v.len != 0;
}

static bool
request_line(struct cs_http_head *out, struct cs_view line)
{
	return cut_at(&out->method, &line, ' ') &&
	    cut_at(&out->target, &line, ' ') && is_token(out->method) &&
	    is_target(out->target) &&
	    cs_view_equal(line, cs_view_str("HTTP/1.1"));
}

static bool
field(struct cs_http_head *out, struct cs_view line)
{
	struct cs_view name, value = line;

	if (out->n_fields == CS_HTTP_FIELDS_MAX ||
	    !cut_at(&name, &value, ':') || !is_token(name) || !is_value(value))
		return false;
	out->fields[out->n_fields].name = name;
	out->fields[out->n_fields].value = strip(value);
	out->n_fields++;
	return true;
}

static size_t
count(const struct cs_http_head *h, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n_fields; i++)
		n += is_like(h->fields[i].name, name);
	return n;
}

/* Whatever two readers could understand in two ways is refused. */
static bool
is_clear(struct cs_http_head *h)
{
	size_t lengths = count(h, "content-length");

	h->has_content_length = lengths == 1;
	h->close = h->close || cs_http_lists(h, "connection", "close");
	return count(h, "transfer-encoding") == 0 && lengths <= 1 &&
	    (lengths == 0 ||
		cs_http_number(
		    &h->content_length, cs_http_field(h, "content-length")));
}

/* All fields, and the empty line behind them. */
static bool
fields(struct cs_http_head *out, struct cs_view head)
{
	struct cs_view line;

	for (;;) {
		if (!cut_line(&line, &head))
			return false;
		if (line.len == 0)
			return head.len == 0 && is_clear(out);
		if (!field(out, line))
			return false;
	}
}

enum cs_err
cs_http_head_parse(struct cs_http_head *out, struct cs_view head)
{
	struct cs_view line;

	*out = (struct cs_http_head){ .n_fields = 0 };
	return cut_line(&line, &head) && request_line(out, line) &&
		fields(out, head) && count(out, "host") == 1 &&
		count(out, "authorization") <= 1
	    ? CS_OK
	    : CS_ERR_FORMAT;
}

/* "HTTP/1.1 200 OK"; the words behind the number are for people. */
static bool
status_line(struct cs_http_head *out, struct cs_view line)
{
	struct cs_view version, status = line;
	uint64_t n;

	if (!is_value(line) || !cut_at(&version, &status, ' ') ||
	    (!cs_view_equal(version, cs_view_str("HTTP/1.1")) &&
		!cs_view_equal(version, cs_view_str("HTTP/1.0"))) ||
	    status.len < 3 || (status.len > 3 && status.data[3] != ' ') ||
	    !cs_http_number(&n, cs_view(status.data, 3)) || n < 100 || n > 599)
		return false;
	out->status = (int)n;
	/* RFC 9112, section 9.3. */
	out->close = cs_view_equal(version, cs_view_str("HTTP/1.0"));
	return true;
}

enum cs_err
cs_http_answer_parse(struct cs_http_head *out, struct cs_view head)
{
	struct cs_view line;

	*out = (struct cs_http_head){ .n_fields = 0 };
	return cut_line(&line, &head) && status_line(out, line) &&
		fields(out, head)
	    ? CS_OK
	    : CS_ERR_FORMAT;
}

struct cs_view
cs_http_field(const struct cs_http_head *h, const char *name)
{
	for (size_t i = 0; i < h->n_fields; i++)
		if (is_like(h->fields[i].name, name))
			return h->fields[i].value;
	return cs_view(NULL, 0);
}

size_t
cs_http_count(const struct cs_http_head *h, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n_fields; i++)
		n += is_like(h->fields[i].name, name);
	return n;
}

static bool
list_has(struct cs_view list, const char *token)
{
	struct cs_view item;

	while (cut_at(&item, &list, ','))
		if (is_like(strip(item), token))
			return true;
	return is_like(strip(list), token);
}

bool
cs_http_lists(const struct cs_http_head *h, const char *name, const char *token)
{
	for (size_t i = 0; i < h->n_fields; i++)
		if (is_like(h->fields[i].name, name) &&
		    list_has(h->fields[i].value, token))
			return true;
	return false;
}
