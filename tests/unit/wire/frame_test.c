/* SPDX-License-Identifier: MIT */
#include "wire/frame.h"

#include "support/test.h"

static void
test_round_trip(void **state)
{
	struct cs_buf b = { 0 };
	struct cs_wire_frame f;

	(void)state;
	assert_ok(cs_wire_frame_head(&b, 15, 0x01020304));
	assert_view_equal(cs_buf_view(&b), cs_test_unhex("0f01020304"));
	assert_ok(cs_wire_frame_parse(&f, cs_buf_view(&b)));
	assert_int_equal(f.kind, 15);
	assert_int_equal(f.id, 0x01020304);
	assert_int_equal(f.body.len, 0);
	assert_ok(cs_buf_add(&b, cs_view_str("body")));
	assert_ok(cs_wire_frame_parse(&f, cs_buf_view(&b)));
	assert_view_equal(f.body, cs_view_str("body"));
	/* Cut short in its head. */
	for (size_t n = 0; n < 5; n++)
		assert_err(
		    cs_wire_frame_parse(&f, cs_view(b.data, n)), CS_ERR_FORMAT);
	cs_buf_free(&b);
}

static void
test_limit(void **state)
{
	struct cs_buf b = { 0 };
	struct cs_wire_frame f;
	uint8_t *at;

	(void)state;
	assert_ok(cs_buf_extend(&b, CS_WIRE_FRAME_MAX + 1, &at));
	assert_err(cs_wire_frame_parse(&f, cs_buf_view(&b)), CS_ERR_LIMIT);
	b.len--;
	assert_ok(cs_wire_frame_parse(&f, cs_buf_view(&b)));
	assert_int_equal(f.body.len, CS_WIRE_FRAME_MAX - 5);
	cs_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
