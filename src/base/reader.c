/* SPDX-License-Identifier: MIT */
#include "base/reader.h"

#include <string.h>

struct cs_reader
cs_reader(struct cs_view in)
{
	return (struct cs_reader){ in.data, in.len, CS_OK };
}

void
cs_reader_fail(struct cs_reader *r, enum cs_err err)
{
	if (r->err == CS_OK)
		r->err = err;
	r->left = 0;
}

struct cs_view
cs_read_bytes(struct cs_reader *r, size_t n)
{
	struct cs_view v = { NULL, 0 };

	if (r->err != CS_OK || n > r->left) {
		cs_reader_fail(r, CS_ERR_FORMAT);
		return v;
	}
	v.data = r->data;
	v.len = n;
	if (n != 0)
		r->data += n;
	r->left -= n;
	return v;
}

void
cs_read_copy(struct cs_reader *r, uint8_t *out, size_t n)
{
	struct cs_view v = cs_read_bytes(r, n);

	memset(out, 0, n);
	if (v.len != 0)
		memcpy(out, v.data, v.len);
}

static uint64_t
read_int(struct cs_reader *r, size_t n)
{
	struct cs_view v = cs_read_bytes(r, n);
	uint64_t x = 0;

	for (size_t i = 0; i < v.len; i++)
		x = x << 8 | v.data[i];
	return x;
}

uint8_t
cs_read_u8(struct cs_reader *r)
{
	return (uint8_t)read_int(r, 1);
}

uint16_t
cs_read_u16(struct cs_reader *r)
{
	return (uint16_t)read_int(r, 2);
}

uint32_t
cs_read_u32(struct cs_reader *r)
{
	return (uint32_t)read_int(r, 4);
}

uint64_t
cs_read_u64(struct cs_reader *r)
{
	return read_int(r, 8);
}

uint32_t
cs_read_varint(struct cs_reader *r)
{
	uint8_t first = cs_read_u8(r);
	unsigned prefix = first >> 6;
	uint32_t x = first & 0x3f;

	/* RFC 9420, section 2.1.2: prefix 3 is invalid, and so is a longer
	 * form than the value needs. */
	if (prefix == 3) {
		cs_reader_fail(r, CS_ERR_FORMAT);
		return 0;
	}
	for (unsigned i = 1; i < 1u << prefix; i++)
		x = x << 8 | cs_read_u8(r);
	if ((prefix == 1 && x < 1u << 6) || (prefix == 2 && x < 1u << 14))
		cs_reader_fail(r, CS_ERR_FORMAT);
	return r->err == CS_OK ? x : 0;
}

struct cs_view
cs_read_vec(struct cs_reader *r)
{
	uint32_t n = cs_read_varint(r);

	return cs_read_bytes(r, n);
}

struct cs_view
cs_read_vec_max(struct cs_reader *r, size_t max)
{
	uint32_t n = cs_read_varint(r);

	if (n > max)
		cs_reader_fail(r, CS_ERR_LIMIT);
	return cs_read_bytes(r, n);
}

void
cs_read_string(struct cs_reader *r, char *out, size_t size)
{
	struct cs_view v = cs_read_vec_max(r, size - 1);

	if (v.len != 0 && memchr(v.data, '\0', v.len) != NULL) {
		cs_reader_fail(r, CS_ERR_FORMAT);
		v.len = 0;
	}
	if (v.len != 0)
		memcpy(out, v.data, v.len);
	out[v.len] = '\0';
}

struct cs_reader
cs_read_sub(struct cs_reader *r)
{
	struct cs_view v = cs_read_vec(r);

	return (struct cs_reader){ v.data, v.len, r->err };
}

void
cs_read_sub_end(struct cs_reader *r, const struct cs_reader *sub)
{
	if (sub->err != CS_OK)
		cs_reader_fail(r, sub->err);
	else if (sub->left != 0)
		cs_reader_fail(r, CS_ERR_FORMAT);
}

bool
cs_read_optional(struct cs_reader *r)
{
	uint8_t x = cs_read_u8(r);

	if (x > 1)
		cs_reader_fail(r, CS_ERR_FORMAT);
	return r->err == CS_OK && x == 1;
}

enum cs_err
cs_reader_end(const struct cs_reader *r)
{
	if (r->err != CS_OK)
		return r->err;
	return r->left == 0 ? CS_OK : CS_ERR_FORMAT;
}
