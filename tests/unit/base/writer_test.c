/* SPDX-License-Identifier: MIT */
#include "base/writer.h"

#include "base/reader.h"
#include "support/test.h"

static void
test_integers(void **state)
{
	struct cs_buf b = { 0 };
	struct cs_writer w = cs_writer(&b);

	(void)state;
	cs_write_u8(&w, 1);
	cs_write_u16(&w, 0x0203);
	cs_write_u32(&w, 0x04050607);
	cs_write_u64(&w, 0x0809101112131415);
	cs_write_bytes(&w, cs_view_str("ab"));
	cs_write_vec(&w, cs_view_str("abc"));
	assert_ok(cs_writer_end(&w));
	assert_view_equal(cs_buf_view(&b),
	    cs_test_unhex("010203040506070809101112131415616203616263"));
	cs_buf_free(&b);
}

static void
test_varint(void **state)
{
	static const struct {
		size_t value;
		const char *out;
	} cases[] = {
		{ 0, "00" },
		{ 37, "25" },
		{ 63, "3f" },
		{ 64, "4040" },
		{ 15293, "7bbd" },
		{ 16383, "7fff" },
		{ 16384, "80004000" },
		{ 494878333, "9d7f3e7d" },
		{ 0x3fffffff, "bfffffff" },
	};
	struct cs_buf b = { 0 };
	struct cs_writer w;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		cs_buf_reset(&b);
		w = cs_writer(&b);
		cs_write_varint(&w, cases[i].value);
		assert_ok(cs_writer_end(&w));
		assert_view_equal(cs_buf_view(&b), cs_test_unhex(cases[i].out));
	}
	cs_write_varint(&w, 0x40000000);
	assert_err(cs_writer_end(&w), CS_ERR_LIMIT);
	cs_buf_free(&b);
}

/* open() and close() at each length where the prefix grows. */
static void
test_open_close(void **state)
{
	static const size_t lengths[] = { 0, 1, 63, 64, 16383, 16384, 70000 };

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct cs_buf b = { 0 };
		struct cs_writer w = cs_writer(&b);
		struct cs_reader r, sub;
		size_t mark;

		cs_write_u8(&w, 7);
		mark = cs_write_open(&w);
		for (size_t n = 0; n < lengths[i]; n++)
			cs_write_u8(&w, (uint8_t)n);
		cs_write_close(&w, mark);
		cs_write_u8(&w, 9);
		assert_ok(cs_writer_end(&w));
		r = cs_reader(cs_buf_view(&b));
		assert_int_equal(cs_read_u8(&r), 7);
		sub = cs_read_sub(&r);
		assert_int_equal(sub.left, lengths[i]);
		for (size_t n = 0; n < lengths[i]; n++)
			assert_int_equal(cs_read_u8(&sub), (uint8_t)n);
		cs_read_sub_end(&r, &sub);
		assert_int_equal(cs_read_u8(&r), 9);
		assert_ok(cs_reader_end(&r));
		cs_buf_free(&b);
	}
}

static void
test_nested(void **state)
{
	struct cs_buf b = { 0 };
	struct cs_writer w = cs_writer(&b);
	size_t outer = cs_write_open(&w), inner;

	(void)state;
	cs_write_u8(&w, 1);
	inner = cs_write_open(&w);
	cs_write_u16(&w, 0x0203);
	cs_write_close(&w, inner);
	cs_write_u8(&w, 4);
	cs_write_close(&w, outer);
	assert_ok(cs_writer_end(&w));
	assert_view_equal(cs_buf_view(&b), cs_test_unhex("050102020304"));
	cs_buf_free(&b);
}

/* After a failure nothing is written, and the first one is told. */
static void
test_failure(void **state)
{
	struct cs_buf b = { .max = 64 };
	struct cs_writer w = cs_writer(&b);
	uint8_t big[65] = { 0 };
	size_t mark;

	(void)state;
	cs_write_u8(&w, 1);
	mark = cs_write_open(&w);
	cs_write_bytes(&w, CS_VIEW_OF(big));
	cs_write_u8(&w, 2);
	cs_write_close(&w, mark);
	cs_writer_fail(&w, CS_ERR_FORMAT);
	assert_err(cs_writer_end(&w), CS_ERR_LIMIT);
	assert_int_equal(b.len, 1);
	cs_buf_free(&b);
}

static enum cs_err
try_write(void *arg)
{
	struct cs_buf b = { 0 };
	struct cs_writer w = cs_writer(&b);
	size_t mark = cs_write_open(&w);
	enum cs_err err;

	(void)arg;
	for (uint32_t i = 0; i < 200; i++)
		cs_write_u32(&w, i);
	cs_write_close(&w, mark);
	err = cs_writer_end(&w);
	cs_buf_free(&b);
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
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_varint),
		cmocka_unit_test(test_open_close),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
