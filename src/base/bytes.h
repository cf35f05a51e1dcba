/* SPDX-License-Identifier: MIT */
/* Borrowed views, owned buffers, wiping, comparing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/wipe.h"

/* Borrowed bytes.  Whoever made the view says how long they live. */
struct cs_view {
	const uint8_t *data;
	size_t len;
};

/*
 * Owned bytes that grow up to ${max} (0: CS_BUF_MAX) and are wiped when freed.
 * All zero is an empty buffer.  Invariant: len <= cap; data is NULL iff cap
 * is 0.
 */
struct cs_buf {
	uint8_t *data;
	size_t len;
	size_t cap;
	size_t max;
};

/* No buffer needs more: the largest whole thing in memory is a photo. */
#define CS_BUF_MAX ((size_t)256 << 20)

#define CS_VIEW_OF(array) ((struct cs_view){ (array), sizeof(array) })

static inline struct cs_view
cs_view(const void *data, size_t len)
{
	return (struct cs_view){ (const uint8_t *)data, len };
}

/* The bytes of a C string, without its terminating zero. */
struct cs_view cs_view_str(const char *s);

static inline struct cs_view
cs_buf_view(const struct cs_buf *b)
{
	return (struct cs_view){ b->data, b->len };
}

/* Same length and same bytes; for public values only: it stops early. */
bool cs_view_equal(struct cs_view a, struct cs_view b);

/* Nothing but zero bytes: no id is. */
bool cs_view_is_zero(struct cs_view v);

/* Order by bytes, then by length: negative, zero or positive. */
int cs_view_compare(struct cs_view a, struct cs_view b);

/* Same bytes, in time that depends on ${n} only. */
CS_CHECKED bool cs_equal_ct(const void *a, const void *b, size_t n);

/* Make room for ${extra} more bytes. */
CS_CHECKED enum cs_err cs_buf_reserve(struct cs_buf *b, size_t extra);

/* Append. */
CS_CHECKED enum cs_err cs_buf_add(struct cs_buf *b, struct cs_view v);

/* Append ${n} zero bytes; ${*out} is where they begin, until ${b} grows. */
CS_CHECKED enum cs_err cs_buf_extend(struct cs_buf *b, size_t n, uint8_t **out);

/* Replace the contents by a copy of ${v}, which must not point into ${b}. */
CS_CHECKED enum cs_err cs_buf_set(struct cs_buf *b, struct cs_view v);

/* Wipe the contents and keep the memory. */
void cs_buf_reset(struct cs_buf *b);

/* Wipe, free and leave empty; ${max} stays. */
void cs_buf_free(struct cs_buf *b);

/* Ownership moves from ${from} to the empty ${to}; ${from} is left empty. */
void cs_buf_move(struct cs_buf *to, struct cs_buf *from);
