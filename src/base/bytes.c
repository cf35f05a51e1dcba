/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"

struct cs_view
cs_view_str(const char *s)
{
	return cs_view(s, strlen(s));
}

bool
cs_view_equal(struct cs_view a, struct cs_view b)
{
	return a.len == b.len && (a.len == 0 || !memcmp(a.data, b.data, a.len));
}

bool
cs_view_is_zero(struct cs_view v)
{
	uint8_t any = 0;

	for (size_t i = 0; i < v.len; i++)
		any |= v.data[i];
	return any == 0;
}

int
cs_view_compare(struct cs_view a, struct cs_view b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n == 0 ? 0 : memcmp(a.data, b.data, n);

	if (c != 0)
		return c;
	return (a.len > b.len) - (a.len < b.len);
}

bool
cs_equal_ct(const void *a, const void *b, size_t n)
{
	const volatile uint8_t *x = a, *y = b;
	uint8_t diff = 0;

	for (size_t i = 0; i < n; i++)
		diff |= x[i] ^ y[i];
	return diff == 0;
}

enum cs_err
cs_buf_reserve(struct cs_buf *b, size_t extra)
{
	size_t max = b->max != 0 ? b->max : CS_BUF_MAX;
	size_t cap = b->cap;
	uint8_t *grown;

	assert(b->len <= b->cap);
	if (extra > max || b->len > max - extra)
		return CS_ERR_LIMIT;
	if (extra <= b->cap - b->len)
		return CS_OK;
	if (cap < 64)
		cap = 64;
	while (cap < b->len + extra)
		cap *= 2;
	if (cap > max)
		cap = max;
	grown = cs_grow(b->data, b->len, cap, 1);
	if (grown == NULL)
		return CS_ERR_NOMEM;
	b->data = grown;
	b->cap = cap;
	return CS_OK;
}

enum cs_err
cs_buf_add(struct cs_buf *b, struct cs_view v)
{
	enum cs_err err;

	if (v.len == 0)
		return CS_OK;
	if ((err = cs_buf_reserve(b, v.len)))
		return err;
	memcpy(b->data + b->len, v.data, v.len);
	b->len += v.len;
	return CS_OK;
}

enum cs_err
cs_buf_extend(struct cs_buf *b, size_t n, uint8_t **out)
{
	enum cs_err err;

	/* There has to be memory, so that ${*out} is never NULL. */
	if ((err = cs_buf_reserve(b, n == 0 && b->cap == 0 ? 1 : n)))
		return err;
	memset(b->data + b->len, 0, n);
	*out = b->data + b->len;
	b->len += n;
	return CS_OK;
}

enum cs_err
cs_buf_set(struct cs_buf *b, struct cs_view v)
{
	cs_buf_reset(b);
	return cs_buf_add(b, v);
}

void
cs_buf_reset(struct cs_buf *b)
{
	cs_wipe(b->data, b->len);
	b->len = 0;
}

void
cs_buf_free(struct cs_buf *b)
{
	cs_free(b->data, b->cap);
	b->data = NULL;
	b->len = b->cap = 0;
}

void
cs_buf_move(struct cs_buf *to, struct cs_buf *from)
{
	assert(to->data == NULL);
	*to = *from;
	*from = (struct cs_buf){ .max = from->max };
}
