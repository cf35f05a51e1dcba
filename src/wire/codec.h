/* SPDX-License-Identifier: MIT */
/*
 * Structs to bytes and back, driven by a table a struct.
 *
 * A message between client, hub and desk is a struct in messages.h and a shape
 * in messages.c.  One reader and one writer serve all of them, so that a bound
 * is written down once, beside the field that it bounds.
 */
#pragma once

#include "base/reader.h"
#include "base/writer.h"

enum cs_wire_type {
	CS_WIRE_U8 = 1,
	CS_WIRE_U16,
	CS_WIRE_U32,
	CS_WIRE_U64,
	CS_WIRE_FIXED, /* uint8_t[size] */
	CS_WIRE_VEC,   /* struct cs_view of at most ${max} bytes */
	CS_WIRE_LIST,  /* struct cs_wire_list of at most ${max} items */
};

struct cs_wire_shape;

struct cs_wire_field {
	enum cs_wire_type type;
	uint16_t offset;
	uint16_t size;
	uint32_t max;
	const struct cs_wire_shape *item;
};

struct cs_wire_shape {
	const struct cs_wire_field *fields;
	size_t n;
	size_t size; /* of the struct */
};

/* Items one after the other, each in its own encoding; borrowed. */
struct cs_wire_list {
	struct cs_view raw;
	uint32_t n;
};

/* Append ${message}, a struct of ${shape}; over a bound is CS_ERR_LIMIT. */
CS_CHECKED enum cs_err cs_wire_write(
    struct cs_buf *out, const struct cs_wire_shape *shape, const void *message);

/*
 * Parse the whole of ${in} into ${out}; views point into ${in}.  Every item of
 * every list is parsed, too, so walking a list later cannot fail.
 */
CS_CHECKED enum cs_err cs_wire_parse(
    void *out, const struct cs_wire_shape *shape, struct cs_view in);

/*
 * Walk a list that cs_wire_parse() gave: ${*rest} starts as ${list->raw} and
 * shrinks; false at the end.
 */
bool cs_wire_next(
    void *out, const struct cs_wire_shape *shape, struct cs_view *rest);

/* Add an item to a list that is being built in ${buf}. */
CS_CHECKED enum cs_err cs_wire_list_add(struct cs_buf *buf, uint32_t *n,
    const struct cs_wire_shape *shape, const void *item);
