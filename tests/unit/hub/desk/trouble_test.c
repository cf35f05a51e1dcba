/* SPDX-License-Identifier: MIT */
/* The desk is told what the hub's parent said last. */
#include "crypto/init.h"
#include "hub/core/hub.h"
#include "hub/desk/trouble.h"
#include "support/desk_world.h"
#include "wire/codec.h"
#include "wire/messages.h"

static void
test_troubles(void **state)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_desk_troubles_answer answer;
	struct cs_wire_desk_trouble item;
	struct hub_world w;
	struct dw_desk desk;
	struct cs_view rest;

	(void)state;
	hw_init(&w);
	dw_init(&desk, &w);
	assert_int_equal(
	    hw_ask(&w, &desk.conn, hub_desk_troubles, &cs_wire_empty_shape,
		&empty, &cs_wire_desk_troubles_answer_shape, &answer),
	    0);
	assert_int_equal(answer.troubles.n, 0);
	strcpy(w.hub->troubles[0].kind, "stamp-key");
	w.hub->troubles[0].left = 86400;
	strcpy(w.hub->troubles[1].kind, "disk");
	w.hub->n_troubles = 2;
	assert_int_equal(
	    hw_ask(&w, &desk.conn, hub_desk_troubles, &cs_wire_empty_shape,
		&empty, &cs_wire_desk_troubles_answer_shape, &answer),
	    0);
	assert_int_equal(answer.troubles.n, 2);
	rest = answer.troubles.raw;
	assert_true(cs_wire_next(&item, &cs_wire_desk_trouble_shape, &rest));
	assert_true(cs_view_equal(item.kind, cs_view_str("stamp-key")));
	assert_true(item.left == 86400);
	assert_true(cs_wire_next(&item, &cs_wire_desk_trouble_shape, &rest));
	assert_true(cs_view_equal(item.kind, cs_view_str("disk")));
	assert_true(item.left == 0);
	assert_false(cs_wire_next(&item, &cs_wire_desk_trouble_shape, &rest));
	hw_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_troubles),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
