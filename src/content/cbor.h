/* SPDX-License-Identifier: MIT */
/*
 * CBOR (RFC 8949) in the deterministic encoding of its
 * section 4.2.1, and nothing else.
 *
 * The reader refuses every other encoding of the same value: a longer integer
 * than needed, an indefinite length, keys out of order or twice, text that is
 * not UTF-8.  So one value has one spelling, and a commitment to bytes is a
 * commitment to what they mean (FRANKING, rules 1 and 16).  Sticky like
 * cs_reader and cs_writer.  Nothing is allocated.
 */
#pragma once

#include "base/reader.h"
#include "base/writer.h"

/* Unsigned integer. */
uint64_t cs_cbor_read_uint(struct cs_reader *r);
/* Unsigned integer of at most ${max}, or CS_ERR_FORMAT. */
uint64_t cs_cbor_read_uint_max(struct cs_reader *r, uint64_t max);
/* Integer of either sign; CS_ERR_FORMAT for what an int64_t does not hold. */
int64_t cs_cbor_read_int(struct cs_reader *r);
/* Byte string and UTF-8 text of at most ${max} bytes (else CS_ERR_LIMIT). */
struct cs_view cs_cbor_read_bytes(struct cs_reader *r, size_t max);
struct cs_view cs_cbor_read_text(struct cs_reader *r, size_t max);
/* A byte string of exactly ${n} bytes, copied. */
void cs_cbor_read_fixed(struct cs_reader *r, uint8_t *out, size_t n);
/* How many items follow, at most ${max}; a map counts pairs. */
size_t cs_cbor_read_array(struct cs_reader *r, size_t max);
size_t cs_cbor_read_map(struct cs_reader *r, size_t max);
/* An array of exactly ${n} items. */
void cs_cbor_read_array_of(struct cs_reader *r, size_t n);
bool cs_cbor_read_bool(struct cs_reader *r);
/* Exactly this tag number. */
void cs_cbor_read_tag(struct cs_reader *r, uint64_t tag);
/* Is null next?  Then it is taken. */
bool cs_cbor_read_null(struct cs_reader *r);

/*
 * The order of a map's keys: give each whole encoded key, in turn, with a
 * ${*last} that starts empty.
 */
void cs_cbor_check_key(
    struct cs_reader *r, struct cs_view *last, struct cs_view key);
/* Skip one item of any kind, checked, at most ${depth} levels deep; its bytes.
 */
struct cs_view cs_cbor_skip(struct cs_reader *r, unsigned depth);

void cs_cbor_write_uint(struct cs_writer *w, uint64_t x);
void cs_cbor_write_bytes(struct cs_writer *w, struct cs_view v);
void cs_cbor_write_text(struct cs_writer *w, struct cs_view v);
void cs_cbor_write_array(struct cs_writer *w, size_t n);
void cs_cbor_write_map(struct cs_writer *w, size_t n);
void cs_cbor_write_tag(struct cs_writer *w, uint64_t tag);
void cs_cbor_write_bool(struct cs_writer *w, bool x);
void cs_cbor_write_null(struct cs_writer *w);
