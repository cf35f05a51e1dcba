/* SPDX-License-Identifier: MIT */
#include "base/writer.h"

#include <string.h>

#define VARINT_MAX ((size_t)0x3fffffff)

struct cs_writer
cs_writer(struct cs_buf *buf)
{
	return (struct cs_writer){ buf, CS_OK };
}

void
cs_writer_fail(struct cs_writer *w, enum cs_err err)
{
	if (w->err == CS_OK)
		w->err = err;
}

void
cs_write_bytes(struct cs_writer *w, struct cs_view v)
{
	if (w->err == CS_OK)
		w->err = cs_buf_add(w->buf, v);
}

static void
put_int(uint8_t *out, uint64_t x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(x >> 8 * (n - 1 - i));
}

static void
write_int(struct cs_writer *w, uint64_t x, size_t n)
{
	uint8_t b[8];

	put_int(b, x, n);
	cs_write_bytes(w, cs_view(b, n));
	cs_wipe(b, sizeof b);
}

void
cs_write_u8(struct cs_writer *w, uint8_t x)
{
	write_int(w, x, 1);
}

void
cs_write_u16(struct cs_writer *w, uint16_t x)
{
	write_int(w, x, 2);
}

void
cs_write_u32(struct cs_writer *w, uint32_t x)
{
	write_int(w, x, 4);
}

void
cs_write_u64(struct cs_writer *w, uint64_t x)
{
	write_int(w, x, 8);
}

void
cs_put_u64(uint8_t out[static 8], uint64_t x)
{
	put_int(out, x, 8);
}

void
cs_write_varint(struct cs_writer *w, size_t x)
{
	uint8_t b[4];
	size_t n = cs_put_varint(b, x);

	if (n == 0)
		cs_writer_fail(w, CS_ERR_LIMIT);
	else
		cs_write_bytes(w, cs_view(b, n));
}

size_t
cs_put_varint(uint8_t out[static 4], size_t x)
{
	size_t n = x < 1u << 6 ? 1 : x < 1u << 14 ? 2 : x <= VARINT_MAX ? 4 : 0;

	if (n == 2)
		x |= 1u << 14;
	else if (n == 4)
		x |= 2u << 30;
	put_int(out, x, n);
	return n;
}

void
cs_write_vec(struct cs_writer *w, struct cs_view v)
{
	cs_write_varint(w, v.len);
	cs_write_bytes(w, v);
}

size_t
cs_write_open(struct cs_writer *w)
{
	return w->buf->len;
}

void
cs_write_close(struct cs_writer *w, size_t mark)
{
	size_t n, prefix;

	if (w->err != CS_OK)
		return;
	/* Write the length behind the content, then turn the two around. */
	n = w->buf->len - mark;
	cs_write_varint(w, n);
	if (w->err != CS_OK)
		return;
	prefix = w->buf->len - mark - n;
	uint8_t len[4];
	memcpy(len, w->buf->data + mark + n, prefix);
	memmove(w->buf->data + mark + prefix, w->buf->data + mark, n);
	memcpy(w->buf->data + mark, len, prefix);
}

enum cs_err
cs_writer_end(const struct cs_writer *w)
{
	return w->err;
}
