/* SPDX-License-Identifier: MIT */
#include "content/cbor.h"

#include "base/text.h"

/* RFC 8949, section 3.1: the major types. */
enum major {
	UINT = 0,
	NINT = 1,
	BYTES = 2,
	TEXT = 3,
	ARRAY = 4,
	MAP = 5,
	TAG = 6,
	SIMPLE = 7,
};
#define SIMPLE_FALSE 0xf4
#define SIMPLE_TRUE 0xf5
#define SIMPLE_NULL 0xf6

/* The head of an item: its major type, and its argument in the shortest form.
 * RFC 8949, section 4.2.1: other forms are refused, indefinite ones too. */
static uint64_t
read_head(struct cs_reader *r, enum major *major)
{
	uint8_t first = cs_read_u8(r);
	unsigned info = first & 31;
	uint64_t x, least;

	*major = (enum major)(first >> 5);
	switch (info) {
	case 24:
		x = cs_read_u8(r);
		least = 24;
		break;
	case 25:
		x = cs_read_u16(r);
		least = 0x100;
		break;
	case 26:
		x = cs_read_u32(r);
		least = 0x10000;
		break;
	case 27:
		x = cs_read_u64(r);
		least = 0x100000000;
		break;
	default:
		x = info;
		least = 0;
		if (info > 27)
			cs_reader_fail(r, CS_ERR_FORMAT);
	}
	if (x < least)
		cs_reader_fail(r, CS_ERR_FORMAT);
	return r->err == CS_OK ? x : 0;
}

static uint64_t
read_typed(struct cs_reader *r, enum major want)
{
	enum major major;
	uint64_t x = read_head(r, &major);

	if (major != want)
		cs_reader_fail(r, CS_ERR_FORMAT);
	return r->err == CS_OK ? x : 0;
}

uint64_t
cs_cbor_read_uint(struct cs_reader *r)
{
	return read_typed(r, UINT);
}

uint64_t
cs_cbor_read_uint_max(struct cs_reader *r, uint64_t max)
{
	uint64_t x = read_typed(r, UINT);

	if (x > max)
		cs_reader_fail(r, CS_ERR_FORMAT);
	return r->err == CS_OK ? x : 0;
}

int64_t
cs_cbor_read_int(struct cs_reader *r)
{
	enum major major;
	uint64_t x = read_head(r, &major);

	if ((major != UINT && major != NINT) || x > INT64_MAX)
		cs_reader_fail(r, CS_ERR_FORMAT);
	if (r->err != CS_OK)
		return 0;
	return major == UINT ? (int64_t)x : -1 - (int64_t)x;
}

static struct cs_view
read_string(struct cs_reader *r, enum major major, size_t max)
{
	uint64_t n = read_typed(r, major);

	if (n > max)
		cs_reader_fail(r, CS_ERR_LIMIT);
	return cs_read_bytes(r, n <= max ? (size_t)n : 0);
}

struct cs_view
cs_cbor_read_bytes(struct cs_reader *r, size_t max)
{
	return read_string(r, BYTES, max);
}

struct cs_view
cs_cbor_read_text(struct cs_reader *r, size_t max)
{
	struct cs_view v = read_string(r, TEXT, max);

	if (!cs_utf8_valid(v))
		cs_reader_fail(r, CS_ERR_FORMAT);
	return v;
}

void
cs_cbor_read_fixed(struct cs_reader *r, uint8_t *out, size_t n)
{
	if (read_typed(r, BYTES) != n)
		cs_reader_fail(r, CS_ERR_FORMAT);
	cs_read_copy(r, out, n);
}

static size_t
read_count(struct cs_reader *r, enum major major, size_t max)
{
	uint64_t n = read_typed(r, major);

	if (n > max)
		cs_reader_fail(r, CS_ERR_LIMIT);
	return r->err == CS_OK ? (size_t)n : 0;
}

size_t
cs_cbor_read_array(struct cs_reader *r, size_t max)
{
	return read_count(r, ARRAY, max);
}

size_t
cs_cbor_read_map(struct cs_reader *r, size_t max)
{
	return read_count(r, MAP, max);
}

void
cs_cbor_read_array_of(struct cs_reader *r, size_t n)
{
	if (read_typed(r, ARRAY) != n)
		cs_reader_fail(r, CS_ERR_FORMAT);
}

bool
cs_cbor_read_bool(struct cs_reader *r)
{
	uint8_t x = cs_read_u8(r);

	if (x != SIMPLE_FALSE && x != SIMPLE_TRUE)
		cs_reader_fail(r, CS_ERR_FORMAT);
	return r->err == CS_OK && x == SIMPLE_TRUE;
}

void
cs_cbor_read_tag(struct cs_reader *r, uint64_t tag)
{
	if (read_typed(r, TAG) != tag)
		cs_reader_fail(r, CS_ERR_FORMAT);
}

bool
cs_cbor_read_null(struct cs_reader *r)
{
	if (!cs_reader_more(r) || r->data[0] != SIMPLE_NULL)
		return false;
	(void)cs_read_u8(r);
	return true;
}

void
cs_cbor_check_key(struct cs_reader *r, struct cs_view *last, struct cs_view key)
{
	/* Section 4.2.1: bytewise lexicographic order of the encodings; equal
	 * keys are one key twice. */
	if (last->len != 0 && cs_view_compare(*last, key) >= 0)
		cs_reader_fail(r, CS_ERR_FORMAT);
	*last = key;
}

static void skip(struct cs_reader *r, unsigned depth);

static void
skip_map(struct cs_reader *r, uint64_t n, unsigned depth)
{
	struct cs_view last = { NULL, 0 };

	for (uint64_t i = 0; i < n && r->err == CS_OK; i++) {
		const uint8_t *from = r->data;

		skip(r, depth);
		if (r->err == CS_OK)
			cs_cbor_check_key(
			    r, &last, cs_view(from, (size_t)(r->data - from)));
		skip(r, depth);
	}
}

static void
skip(struct cs_reader *r, unsigned depth)
{
	enum major major;
	struct cs_view v;
	uint64_t n = read_head(r, &major);

	if (r->err != CS_OK)
		return;
	if (depth == 0) {
		cs_reader_fail(r, CS_ERR_LIMIT);
		return;
	}
	switch (major) {
	case UINT:
	case NINT:
		break;
	case BYTES:
	case TEXT:
		if (n > r->left)
			cs_reader_fail(r, CS_ERR_FORMAT);
		v = cs_read_bytes(r, r->err == CS_OK ? (size_t)n : 0);
		if (major == TEXT && !cs_utf8_valid(v))
			cs_reader_fail(r, CS_ERR_FORMAT);
		break;
	case ARRAY:
		for (; n > 0 && r->err == CS_OK; n--)
			skip(r, depth - 1);
		break;
	case MAP:
		skip_map(r, n, depth - 1);
		break;
	case TAG:
		skip(r, depth - 1);
		break;
	case SIMPLE:
		/* false, true and null; no floats, no undefined, no others. */
		if (n < (SIMPLE_FALSE & 31) || n > (SIMPLE_NULL & 31))
			cs_reader_fail(r, CS_ERR_FORMAT);
		break;
	}
}

struct cs_view
cs_cbor_skip(struct cs_reader *r, unsigned depth)
{
	const uint8_t *from = r->data;

	skip(r, depth);
	if (r->err != CS_OK)
		return cs_view(NULL, 0);
	return cs_view(from, (size_t)(r->data - from));
}

static void
write_head(struct cs_writer *w, enum major major, uint64_t x)
{
	uint8_t type = (uint8_t)(major << 5);

	if (x < 24) {
		cs_write_u8(w, type | (uint8_t)x);
	} else if (x <= UINT8_MAX) {
		cs_write_u8(w, type | 24);
		cs_write_u8(w, (uint8_t)x);
	} else if (x <= UINT16_MAX) {
		cs_write_u8(w, type | 25);
		cs_write_u16(w, (uint16_t)x);
	} else if (x <= UINT32_MAX) {
		cs_write_u8(w, type | 26);
		cs_write_u32(w, (uint32_t)x);
	} else {
		cs_write_u8(w, type | 27);
		cs_write_u64(w, x);
	}
}

void
cs_cbor_write_uint(struct cs_writer *w, uint64_t x)
{
	write_head(w, UINT, x);
}

void
cs_cbor_write_bytes(struct cs_writer *w, struct cs_view v)
{
	write_head(w, BYTES, v.len);
	cs_write_bytes(w, v);
}

void
cs_cbor_write_text(struct cs_writer *w, struct cs_view v)
{
	if (!cs_utf8_valid(v))
		cs_writer_fail(w, CS_ERR_FORMAT);
	write_head(w, TEXT, v.len);
	cs_write_bytes(w, v);
}

void
cs_cbor_write_array(struct cs_writer *w, size_t n)
{
	write_head(w, ARRAY, n);
}

void
cs_cbor_write_map(struct cs_writer *w, size_t n)
{
	write_head(w, MAP, n);
}

void
cs_cbor_write_tag(struct cs_writer *w, uint64_t tag)
{
	write_head(w, TAG, tag);
}

void
cs_cbor_write_bool(struct cs_writer *w, bool x)
{
	cs_write_u8(w, x ? SIMPLE_TRUE : SIMPLE_FALSE);
}

void
cs_cbor_write_null(struct cs_writer *w)
{
	cs_write_u8(w, SIMPLE_NULL);
}
