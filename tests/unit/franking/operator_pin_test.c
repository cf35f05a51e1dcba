/* SPDX-License-Identifier: MIT */
#include "franking/operator_pin.h"

#include "base/writer.h"
#include "support/test.h"

static const struct cs_franking_operator_pin pin = {
	.operator_id = { 1 },
	.root_public = { 2 },
	.log_origin = { (const uint8_t *)"log.example", 11 },
	.desk_hpke = { (const uint8_t *)"a key", 5 },
	.report_window_s = 86400,
	.flags = 3,
};

static void
test_there_and_back(void **state)
{
	struct cs_franking_operator_pin out;
	struct cs_buf b = { 0 };

	(void)state;
	assert_ok(cs_franking_operator_pin_write(&b, &pin));
	assert_ok(cs_franking_operator_pin_find(&out, cs_buf_view(&b)));
	assert_memory_equal(out.operator_id, pin.operator_id, 8);
	assert_memory_equal(out.root_public, pin.root_public, 32);
	assert_view_equal(out.log_origin, pin.log_origin);
	assert_view_equal(out.desk_hpke, pin.desk_hpke);
	assert_int_equal(out.report_window_s, 86400);
	assert_int_equal(out.flags, 3);
	for (size_t i = 0; i < b.len; i++)
		assert_err(
		    cs_franking_operator_pin_find(&out, cs_view(b.data, i)),
		    CS_ERR_FORMAT);
	assert_ok(cs_buf_add(&b, cs_view("", 1)));
	assert_err(cs_franking_operator_pin_find(&out, cs_buf_view(&b)),
	    CS_ERR_FORMAT);
	cs_buf_free(&b);
}

/* The pin among other components: found, missing, twice, out of order. */
static void
test_dictionary(void **state)
{
	static const struct {
		uint16_t ids[4]; /* 0 ends; 0xc500 is the pin */
		enum cs_err want;
	} cases[] = {
		{ { 0xc500 }, CS_OK },
		{ { 1, 0xc500, 0xc501 }, CS_OK },
		{ { 0 }, CS_ERR_NOT_FOUND },
		{ { 1, 2 }, CS_ERR_NOT_FOUND },
		{ { 0xc500, 0xc500 }, CS_ERR_FORMAT },
		{ { 0xc500, 1 }, CS_ERR_FORMAT },
		{ { 2, 1, 0xc500 }, CS_ERR_FORMAT },
		{ { 1, 1 }, CS_ERR_FORMAT },
	};
	struct cs_buf alone = { 0 }, b = { 0 };
	struct cs_franking_operator_pin out;
	struct cs_view data;

	(void)state;
	assert_ok(cs_franking_operator_pin_write(&alone, &pin));
	/* Behind the dictionary's length (two bytes) and the id. */
	data = cs_view(alone.data + 3 + (alone.data[0] >= 0x40),
	    alone.len - 3 - (alone.data[0] >= 0x40));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cs_writer w = cs_writer(&b);
		size_t mark;

		cs_buf_reset(&b);
		mark = cs_write_open(&w);
		for (const uint16_t *id = cases[i].ids; *id != 0; id++) {
			cs_write_u16(&w, *id);
			if (*id == 0xc500)
				cs_write_bytes(&w, data);
			else
				cs_write_vec(&w, cs_view_str("other"));
		}
		cs_write_close(&w, mark);
		assert_ok(cs_writer_end(&w));
		assert_err(cs_franking_operator_pin_find(&out, cs_buf_view(&b)),
		    cases[i].want);
	}
	cs_buf_free(&alone);
	cs_buf_free(&b);
}

static void
test_limits(void **state)
{
	static const uint8_t many[300];
	struct cs_franking_operator_pin in = pin, out;
	struct cs_buf b = { 0 };

	(void)state;
	in.log_origin = cs_view(many, 256);
	assert_ok(cs_franking_operator_pin_write(&b, &in));
	assert_err(
	    cs_franking_operator_pin_find(&out, cs_buf_view(&b)), CS_ERR_LIMIT);
	cs_buf_reset(&b);
	in = pin;
	in.desk_hpke = cs_view(many, 134);
	assert_ok(cs_franking_operator_pin_write(&b, &in));
	assert_err(
	    cs_franking_operator_pin_find(&out, cs_buf_view(&b)), CS_ERR_LIMIT);
	cs_buf_free(&b);
}

static enum cs_err
write_one(void *arg)
{
	struct cs_buf b = { 0 };
	enum cs_err err = cs_franking_operator_pin_write(&b, arg);

	cs_buf_free(&b);
	return err;
}

static void
test_allocations(void **state)
{
	struct cs_franking_operator_pin in = pin;

	(void)state;
	cs_test_allocations(write_one, &in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_dictionary),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
