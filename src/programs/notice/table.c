/* SPDX-License-Identifier: MIT */
#include "programs/notice/table.h"

#include <string.h>

static bool
is_end(uint8_t c)
{
	return c == '\n' || c == '\r';
}

static uint8_t
peek(const struct notice_table *t)
{
	return t->left.len != 0 ? t->left.data[0] : 0;
}

static void
skip(struct notice_table *t, size_t n)
{
	t->left = cs_view(t->left.data + n, t->left.len - n);
}

static void
skip_end(struct notice_table *t)
{
	if (peek(t) == '\r')
		skip(t, 1);
	if (peek(t) == '\n')
		skip(t, 1);
	t->line++;
}

/* Up to the end of the line, after something that is none. */
static void
skip_line(struct notice_table *t)
{
	while (t->left.len != 0 && !is_end(peek(t)))
		skip(t, 1);
}

/* A field in quotes, whose first one is skipped. */
static enum cs_err
read_quoted(struct notice_table *t)
{
	while (t->left.len != 0) {
		const uint8_t *quote = memchr(t->left.data, '"', t->left.len);
		size_t n;
		enum cs_err err;

		if (quote == NULL)
			break;
		n = (size_t)(quote - t->left.data);
		for (size_t i = 0; i < n; i++)
			t->line += t->left.data[i] == '\n';
		if ((err = cs_buf_add(&t->bytes, cs_view(t->left.data, n))))
			return err;
		skip(t, n + 1);
		if (peek(t) != '"' || t->left.len == 0)
			return CS_OK;
		if ((err = cs_buf_add(&t->bytes, cs_view("\"", 1))))
			return err;
		skip(t, 1);
	}
	return CS_ERR_FORMAT;
}

static enum cs_err
read_plain(struct notice_table *t)
{
	size_t n = 0;
	enum cs_err err;

	while (n < t->left.len && t->left.data[n] != t->comma &&
	    !is_end(t->left.data[n]))
		n++;
	err = cs_buf_add(&t->bytes, cs_view(t->left.data, n));
	skip(t, n);
	return err;
}

/* One row; ${*n} fields. */
static enum cs_err
read_row(struct notice_table *t, size_t *n)
{
	enum cs_err err = CS_OK;

	*n = 0;
	t->row = t->line;
	cs_buf_reset(&t->bytes);
	for (;;) {
		size_t at = t->bytes.len;

		if (*n == NOTICE_COLUMNS_MAX)
			return CS_ERR_LIMIT;
		if (peek(t) == '"' && t->left.len != 0) {
			skip(t, 1);
			err = read_quoted(t);
		} else {
			err = read_plain(t);
		}
		if (err)
			return err;
		t->fields[*n].at = at;
		t->fields[(*n)++].len = t->bytes.len - at;
		if (t->left.len == 0)
			return CS_OK;
		if (peek(t) != t->comma)
			break;
		skip(t, 1);
	}
	if (!is_end(peek(t)))
		return CS_ERR_FORMAT;
	skip_end(t);
	return CS_OK;
}

static bool
is_empty_row(const struct notice_table *t, size_t n)
{
	return n == 1 && t->fields[0].len == 0;
}

/* Which of both stands in the line of names. */
static uint8_t
find_comma(struct cs_view text)
{
	for (size_t i = 0; i < text.len && !is_end(text.data[i]); i++)
		if (text.data[i] == ',' || text.data[i] == ';')
			return text.data[i];
	return ',';
}

enum cs_err
notice_table_open(struct notice_table *t, struct cs_view text)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };
	enum cs_err err;

	memset(t, 0, sizeof *t);
	t->bytes.max = CS_BUF_MAX;
	if (text.len >= sizeof mark &&
	    memcmp(text.data, mark, sizeof mark) == 0)
		text = cs_view(text.data + sizeof mark, text.len - sizeof mark);
	t->left = text;
	t->comma = find_comma(text);
	t->line = 1;
	if (text.len == 0)
		return CS_ERR_FORMAT;
	if ((err = read_row(t, &t->n_columns)))
		return err;
	for (size_t i = 0; i < t->n_columns; i++) {
		if (t->fields[i].len >= sizeof t->names[i])
			return CS_ERR_FORMAT;
		for (size_t k = 0; k < t->fields[i].len; k++) {
			uint8_t c = t->bytes.data[t->fields[i].at + k];

			t->names[i][k] =
			    (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
		}
	}
	return is_empty_row(t, t->n_columns) ? CS_ERR_FORMAT : CS_OK;
}

enum cs_err
notice_table_next(struct notice_table *t)
{
	size_t n = 0;
	enum cs_err err;

	do {
		if (t->left.len == 0)
			return CS_ERR_NOT_FOUND;
		err = read_row(t, &n);
		if (err) {
			skip_line(t);
			skip_end(t);
			return err;
		}
	} while (is_empty_row(t, n));
	return n == t->n_columns ? CS_OK : CS_ERR_FORMAT;
}

struct cs_view
notice_table_field(const struct notice_table *t, const char *name)
{
	for (size_t i = 0; i < t->n_columns; i++)
		if (strcmp(t->names[i], name) == 0)
			return cs_view(
			    t->bytes.data + t->fields[i].at, t->fields[i].len);
	return cs_view(NULL, 0);
}

void
notice_table_close(struct notice_table *t)
{
	cs_buf_free(&t->bytes);
}
