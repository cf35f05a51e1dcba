/* SPDX-License-Identifier: MIT */
/* A parser that remembers its first failure. */
#pragma once

#include "base/bytes.h"

/*
 * Reads big-endian integers and vectors off the front of a view.  After the
 * first failure every read gives zero or an empty view, so a parser reads like
 * the struct in the specification and asks once, at its end.
 */
struct cs_reader {
	const uint8_t *data;
	size_t left;
	enum cs_err err;
};

struct cs_reader cs_reader(struct cs_view in);

uint8_t cs_read_u8(struct cs_reader *r);
uint16_t cs_read_u16(struct cs_reader *r);
uint32_t cs_read_u32(struct cs_reader *r);
uint64_t cs_read_u64(struct cs_reader *r);

/* Exactly ${n} bytes, borrowed from what is being read. */
struct cs_view cs_read_bytes(struct cs_reader *r, size_t n);

/* Exactly ${n} bytes, copied; all zero after a failure. */
void cs_read_copy(struct cs_reader *r, uint8_t *out, size_t n);

/* RFC 9420, section 2.1.2: a length of 1, 2 or 4 bytes, in the shortest form.
 */
uint32_t cs_read_varint(struct cs_reader *r);

/* opaque<V>: a varint length and as many bytes. */
struct cs_view cs_read_vec(struct cs_reader *r);

/* opaque<V> of at most ${max} bytes, or CS_ERR_LIMIT. */
struct cs_view cs_read_vec_max(struct cs_reader *r, size_t max);

/* opaque<V> as a string in ${out}, which holds ${size} bytes: a longer one is
 * CS_ERR_LIMIT, a zero byte inside CS_ERR_FORMAT; after a failure it is empty.
 */
void cs_read_string(struct cs_reader *r, char *out, size_t size);

/*
 * A vector of structs: a reader over its content.  A failure in the
 * sub-reader is not seen by ${r} until cs_read_sub_end().
 */
struct cs_reader cs_read_sub(struct cs_reader *r);

/* Join: fails ${r} if ${sub} failed or has bytes left. */
void cs_read_sub_end(struct cs_reader *r, const struct cs_reader *sub);

/* optional<T>: presence byte; anything but 0 or 1 is malformed. */
bool cs_read_optional(struct cs_reader *r);

/* Is there more, and has nothing failed? */
static inline bool
cs_reader_more(const struct cs_reader *r)
{
	return r->err == CS_OK && r->left != 0;
}

/* Fail with ${err} unless something failed before. */
void cs_reader_fail(struct cs_reader *r, enum cs_err err);

/* The first failure; CS_ERR_FORMAT if bytes are left over. */
CS_CHECKED enum cs_err cs_reader_end(const struct cs_reader *r);
