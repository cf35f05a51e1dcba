/* SPDX-License-Identifier: MIT */
/* The codec on a shape of its own, byte by byte. */
#include "wire/codec.h"

#include "support/test.h"

struct item {
	uint16_t number;
	struct cs_view text;
};
static const struct cs_wire_field item_fields[] = {
	{ .type = CS_WIRE_U16, .offset = offsetof(struct item, number) },
	{ .type = CS_WIRE_VEC,
	    .offset = offsetof(struct item, text),
	    .max = 3 },
};
static const struct cs_wire_shape item_shape = { item_fields, 2,
	sizeof(struct item) };

struct all {
	uint8_t a;
	uint16_t b;
	uint32_t c;
	uint64_t d;
	uint8_t fixed[3];
	struct cs_view vec;
	struct cs_wire_list list;
};
static const struct cs_wire_field all_fields[] = {
	{ .type = CS_WIRE_U8, .offset = offsetof(struct all, a) },
	{ .type = CS_WIRE_U16, .offset = offsetof(struct all, b) },
	{ .type = CS_WIRE_U32, .offset = offsetof(struct all, c) },
	{ .type = CS_WIRE_U64, .offset = offsetof(struct all, d) },
	{ .type = CS_WIRE_FIXED,
	    .offset = offsetof(struct all, fixed),
	    .size = 3 },
	{ .type = CS_WIRE_VEC, .offset = offsetof(struct all, vec), .max = 5 },
	{ .type = CS_WIRE_LIST,
	    .offset = offsetof(struct all, list),
	    .max = 2,
	    .item = &item_shape },
};
static const struct cs_wire_shape all_shape = { all_fields, 7,
	sizeof(struct all) };

#define HEAD                                                                   \
	"01"                                                                   \
	"0203"                                                                 \
	"04050607"                                                             \
	"08090a0b0c0d0e0f"                                                     \
	"616263"

static void
test_round_trip(void **state)
{
	struct cs_buf out = { 0 }, items = { 0 };
	struct all m = { 1, 0x0203, 0x04050607, 0x08090a0b0c0d0e0f, "abc",
		cs_view_str("hi"), { { NULL, 0 }, 0 } },
		   got;
	struct item i1 = { 7, cs_view_str("x") }, i2 = { 8, { NULL, 0 } }, i;
	struct cs_view rest;

	(void)state;
	assert_ok(cs_wire_list_add(&items, &m.list.n, &item_shape, &i1));
	assert_ok(cs_wire_list_add(&items, &m.list.n, &item_shape, &i2));
	m.list.raw = cs_buf_view(&items);
	assert_ok(cs_wire_write(&out, &all_shape, &m));
	assert_view_equal(cs_buf_view(&out),
	    cs_test_unhex(HEAD "026869"
			       "07"
			       "00070178"
			       "000800"));
	assert_ok(cs_wire_parse(&got, &all_shape, cs_buf_view(&out)));
	assert_int_equal(got.a, 1);
	assert_int_equal(got.b, 0x0203);
	assert_int_equal(got.c, 0x04050607);
	assert_true(got.d == 0x08090a0b0c0d0e0f);
	assert_memory_equal(got.fixed, "abc", 3);
	assert_view_equal(got.vec, cs_view_str("hi"));
	assert_int_equal(got.list.n, 2);
	rest = got.list.raw;
	assert_true(cs_wire_next(&i, &item_shape, &rest));
	assert_int_equal(i.number, 7);
	assert_view_equal(i.text, cs_view_str("x"));
	assert_true(cs_wire_next(&i, &item_shape, &rest));
	assert_int_equal(i.number, 8);
	assert_int_equal(i.text.len, 0);
	assert_false(cs_wire_next(&i, &item_shape, &rest));
	cs_buf_free(&out);
	cs_buf_free(&items);
}

static enum cs_err
parse(const char *hex)
{
	struct all m;

	return cs_wire_parse(&m, &all_shape, cs_test_unhex(hex));
}

static void
test_refused(void **state)
{
	(void)state;
	assert_ok(parse(HEAD "00"
			     "00"));
	assert_ok(parse(HEAD "05"
			     "6868686868"
			     "00"));
	/* A vector over its bound, a list with one too many. */
	assert_err(parse(HEAD "06"
			      "686868686868"
			      "00"),
	    CS_ERR_LIMIT);
	assert_ok(parse(HEAD "00"
			     "06"
			     "000100"
			     "000200"));
	assert_err(parse(HEAD "00"
			      "09"
			      "000100"
			      "000200"
			      "000300"),
	    CS_ERR_LIMIT);
	/* An item over its bound, cut short, or with a length that lies. */
	assert_err(parse(HEAD "00"
			      "07"
			      "0001"
			      "0468686868"),
	    CS_ERR_LIMIT);
	assert_err(parse(HEAD "00"
			      "02"
			      "0001"),
	    CS_ERR_FORMAT);
	assert_err(parse(HEAD "00"
			      "05"
			      "0001"
			      "036868"),
	    CS_ERR_FORMAT);
	/* A length in a longer form than it needs. */
	assert_err(parse(HEAD "4002"
			      "6868"
			      "00"),
	    CS_ERR_FORMAT);
	/* Left over. */
	assert_err(parse(HEAD "00"
			      "00"
			      "00"),
	    CS_ERR_FORMAT);
	assert_err(parse(""), CS_ERR_FORMAT);
}

static void
test_write_limits(void **state)
{
	struct cs_buf out = { 0 };
	struct all m = { .vec = cs_view_str("sixsix") };
	uint32_t n = 0;
	struct item i = { 1, cs_view_str("four") };

	(void)state;
	assert_err(cs_wire_write(&out, &all_shape, &m), CS_ERR_LIMIT);
	m.vec.len = 5;
	m.list.n = 3;
	assert_err(cs_wire_write(&out, &all_shape, &m), CS_ERR_LIMIT);
	m.list.n = 0;
	cs_buf_reset(&out);
	assert_ok(cs_wire_write(&out, &all_shape, &m));
	assert_err(cs_wire_list_add(&out, &n, &item_shape, &i), CS_ERR_LIMIT);
	assert_int_equal(n, 0);
	cs_buf_free(&out);
}

static enum cs_err
try_write(void *arg)
{
	struct cs_buf out = { 0 };
	struct all m = { .vec = cs_view_str("hi") };
	enum cs_err err = CS_OK;

	(void)arg;
	for (int i = 0; i < 20 && err == CS_OK; i++)
		err = cs_wire_write(&out, &all_shape, &m);
	cs_buf_free(&out);
	return err;
}

static void
test_allocations(void **state)
{
	(void)state;
	cs_test_allocations(try_write, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_write_limits),
		cmocka_unit_test(test_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
