/* SPDX-License-Identifier: MIT */
#include "wire/codec.h"

#include <assert.h>
#include <string.h>

static void write_struct(struct cs_writer *w, const struct cs_wire_shape *shape,
    const uint8_t *message);
static void read_struct(
    struct cs_reader *r, const struct cs_wire_shape *shape, uint8_t *out);

static void
write_field(
    struct cs_writer *w, const struct cs_wire_field *f, const uint8_t *message)
{
	const void *at = message + f->offset;
	const struct cs_view *v = at;
	const struct cs_wire_list *list = at;

	switch (f->type) {
	case CS_WIRE_U8:
		cs_write_u8(w, *(const uint8_t *)at);
		break;
	case CS_WIRE_U16:
		cs_write_u16(w, *(const uint16_t *)at);
		break;
	case CS_WIRE_U32:
		cs_write_u32(w, *(const uint32_t *)at);
		break;
	case CS_WIRE_U64:
		cs_write_u64(w, *(const uint64_t *)at);
		break;
	case CS_WIRE_FIXED:
		cs_write_bytes(w, cs_view(at, f->size));
		break;
	case CS_WIRE_VEC:
		if (v->len > f->max)
			cs_writer_fail(w, CS_ERR_LIMIT);
		cs_write_vec(w, *v);
		break;
	case CS_WIRE_LIST:
		if (list->n > f->max)
			cs_writer_fail(w, CS_ERR_LIMIT);
		cs_write_vec(w, list->raw);
		break;
	}
}

static void
write_struct(struct cs_writer *w, const struct cs_wire_shape *shape,
    const uint8_t *message)
{
	for (size_t i = 0; i < shape->n; i++)
		write_field(w, &shape->fields[i], message);
}

enum cs_err
cs_wire_write(
    struct cs_buf *out, const struct cs_wire_shape *shape, const void *message)
{
	struct cs_writer w = cs_writer(out);

	write_struct(&w, shape, message);
	return cs_writer_end(&w);
}

/* Count the items and see that each of them parses. */
static struct cs_wire_list
read_list(struct cs_reader *r, const struct cs_wire_field *f)
{
	struct cs_wire_list list = { cs_read_vec(r), 0 };
	struct cs_reader sub = cs_reader(list.raw);
	uint64_t scratch[64];

	assert(f->item->size <= sizeof scratch);
	while (cs_reader_more(&sub)) {
		if (list.n == f->max) {
			cs_reader_fail(r, CS_ERR_LIMIT);
			break;
		}
		read_struct(&sub, f->item, (uint8_t *)scratch);
		list.n++;
	}
	if (sub.err != CS_OK)
		cs_reader_fail(r, sub.err);
	return list;
}

static void
read_field(struct cs_reader *r, const struct cs_wire_field *f, uint8_t *out)
{
	void *at = out + f->offset;

	switch (f->type) {
	case CS_WIRE_U8:
		*(uint8_t *)at = cs_read_u8(r);
		break;
	case CS_WIRE_U16:
		*(uint16_t *)at = cs_read_u16(r);
		break;
	case CS_WIRE_U32:
		*(uint32_t *)at = cs_read_u32(r);
		break;
	case CS_WIRE_U64:
		*(uint64_t *)at = cs_read_u64(r);
		break;
	case CS_WIRE_FIXED:
		cs_read_copy(r, at, f->size);
		break;
	case CS_WIRE_VEC:
		*(struct cs_view *)at = cs_read_vec_max(r, f->max);
		break;
	case CS_WIRE_LIST:
		*(struct cs_wire_list *)at = read_list(r, f);
		break;
	}
}

static void
read_struct(
    struct cs_reader *r, const struct cs_wire_shape *shape, uint8_t *out)
{
	memset(out, 0, shape->size);
	for (size_t i = 0; i < shape->n; i++)
		read_field(r, &shape->fields[i], out);
}

enum cs_err
cs_wire_parse(void *out, const struct cs_wire_shape *shape, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	read_struct(&r, shape, out);
	return cs_reader_end(&r);
}

bool
cs_wire_next(void *out, const struct cs_wire_shape *shape, struct cs_view *rest)
{
	struct cs_reader r = cs_reader(*rest);

	if (rest->len == 0)
		return false;
	read_struct(&r, shape, out);
	assert(r.err == CS_OK);
	*rest = cs_view(r.data, r.left);
	return true;
}

enum cs_err
cs_wire_list_add(struct cs_buf *buf, uint32_t *n,
    const struct cs_wire_shape *shape, const void *item)
{
	enum cs_err err = cs_wire_write(buf, shape, item);

	if (err == CS_OK)
		++*n;
	return err;
}
