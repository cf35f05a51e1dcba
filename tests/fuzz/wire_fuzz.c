/* SPDX-License-Identifier: MIT */
/*
 * The first byte picks a shape, or 255 a frame.  What parses is written again
 * and has to come out as it was: one value has one spelling.
 */

#include "fuzz/fuzz_want.h"
#include "support/wire_shapes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Walking a list that was parsed cannot fail. */
static void
walk(const struct cs_wire_shape *shape, const uint8_t *message)
{
	uint64_t item[WIRE_STRUCT_MAX / 8];

	for (size_t i = 0; i < shape->n; i++) {
		const struct cs_wire_field *f = &shape->fields[i];
		const struct cs_wire_list *list =
		    (const void *)(message + f->offset);
		struct cs_view rest;
		uint32_t n = 0;

		if (f->type != CS_WIRE_LIST)
			continue;
		rest = list->raw;
		while (cs_wire_next(item, f->item, &rest)) {
			walk(f->item, (const uint8_t *)item);
			n++;
		}
		fuzz_want(n == list->n && n <= f->max);
	}
}

static void
fuzz_shape(const struct cs_wire_shape *shape, struct cs_view in)
{
	uint64_t message[WIRE_STRUCT_MAX / 8];
	struct cs_buf out = { 0 };

	if (cs_wire_parse(message, shape, in) != CS_OK)
		return;
	walk(shape, (const uint8_t *)message);
	fuzz_want(cs_wire_write(&out, shape, message) == CS_OK);
	fuzz_want(cs_view_equal(cs_buf_view(&out), in));
	cs_buf_free(&out);
}

static void
fuzz_frame(struct cs_view in)
{
	struct cs_wire_frame f;
	struct cs_buf out = { 0 };

	if (cs_wire_frame_parse(&f, in) != CS_OK)
		return;
	fuzz_want(cs_wire_frame_head(&out, f.kind, f.id) == CS_OK);
	fuzz_want(cs_buf_add(&out, f.body) == CS_OK);
	fuzz_want(cs_view_equal(cs_buf_view(&out), in));
	cs_buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] == 255)
		fuzz_frame(cs_view(data + 1, size - 1));
	else
		fuzz_shape(wire_shapes[data[0] % N_WIRE_SHAPES].shape,
		    cs_view(data + 1, size - 1));
	return 0;
}
