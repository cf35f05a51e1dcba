/* SPDX-License-Identifier: MIT */
/* An encoder that remembers its first failure. */
#pragma once

#include "base/bytes.h"

/* Appends to a buffer of the caller; after a failure, calls do nothing. */
struct cs_writer {
	struct cs_buf *buf;
	enum cs_err err;
};

/* Append to what ${buf} already holds. */
struct cs_writer cs_writer(struct cs_buf *buf);

void cs_write_u8(struct cs_writer *w, uint8_t x);
void cs_write_u16(struct cs_writer *w, uint16_t x);
void cs_write_u32(struct cs_writer *w, uint32_t x);
void cs_write_u64(struct cs_writer *w, uint64_t x);
void cs_write_bytes(struct cs_writer *w, struct cs_view v);

/* RFC 9420, section 2.1.2: shortest form; over 2^30-1 is CS_ERR_LIMIT. */
void cs_write_varint(struct cs_writer *w, size_t x);

/* The same without a buffer: how many bytes it took, 0 if ${x} is too large. */
CS_CHECKED size_t cs_put_varint(uint8_t out[static 4], size_t x);

/* cs_write_u64() without a buffer. */
void cs_put_u64(uint8_t out[static 8], uint64_t x);

/* opaque<V>. */
void cs_write_vec(struct cs_writer *w, struct cs_view v);

/*
 * A vector whose length is known at its end: keep the mark of open() and give
 * it to close(), which puts the length in front of what came between.
 */
CS_CHECKED size_t cs_write_open(struct cs_writer *w);
void cs_write_close(struct cs_writer *w, size_t mark);

/* Fail with ${err} unless something failed before. */
void cs_writer_fail(struct cs_writer *w, enum cs_err err);

/* The first failure. */
CS_CHECKED enum cs_err cs_writer_end(const struct cs_writer *w);
