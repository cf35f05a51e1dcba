/* SPDX-License-Identifier: MIT */
/* The hub keeps each head of the desk's log that is later than all before. */
#include "crypto/init.h"
#include "hub/core/hub.h"
#include "hub/desk/head.h"
#include "support/desk_world.h"
#include "wire/messages.h"

struct world {
	struct hub_world w;
	struct dw_desk desk;
};

static int
deposit(struct world *t, uint32_t epoch, uint64_t seq, uint8_t head,
    struct cs_wire_desk_head *answer)
{
	struct cs_wire_desk_head m = { .epoch = epoch, .seq = seq, .at_ms = 7 };

	memset(m.head, head, sizeof m.head);
	return hw_ask(&t->w, &t->desk.conn, hub_desk_head,
	    &cs_wire_desk_head_shape, &m, &cs_wire_desk_head_shape, answer);
}

static void
is(struct world *t, uint32_t epoch, uint64_t seq, uint8_t head)
{
	struct cs_wire_desk_head answer;

	assert_int_equal(deposit(t, 0, 0, 0, &answer), 0);
	assert_int_equal(answer.epoch, epoch);
	assert_true(answer.seq == seq);
	assert_int_equal(answer.head[31], head);
}

static void
test_only_later(void **state)
{
	struct cs_wire_desk_head answer;
	struct world t;

	(void)state;
	hw_init(&t.w);
	dw_init(&t.desk, &t.w);
	is(&t, 0, 0, 0);
	assert_int_equal(deposit(&t, 0, 5, 1, &answer), 0);
	assert_true(answer.seq == 5);
	is(&t, 0, 5, 1);
	/* The same again, after an answer that was lost. */
	assert_int_equal(deposit(&t, 0, 5, 1, &answer), 0);
	/* Another at the same place; an earlier one; too far. */
	assert_int_equal(deposit(&t, 0, 5, 2, &answer), CS_WIRE_E_DESK_HEAD);
	assert_int_equal(deposit(&t, 0, 4, 1, &answer), CS_WIRE_E_DESK_HEAD);
	assert_int_equal(deposit(&t, 2, 6, 1, &answer), CS_WIRE_E_DESK_HEAD);
	assert_int_equal(
	    deposit(&t, 0, UINT64_MAX, 1, &answer), CS_WIRE_E_DESK_HEAD);
	is(&t, 0, 5, 1);
	assert_int_equal(deposit(&t, 0, 9, 3, &answer), 0);
	/* The next epoch may begin earlier; then the old one is over. */
	assert_int_equal(deposit(&t, 1, 3, 4, &answer), 0);
	is(&t, 1, 3, 4);
	assert_int_equal(deposit(&t, 0, 10, 3, &answer), CS_WIRE_E_DESK_HEAD);
	assert_int_equal(deposit(&t, 1, 2, 4, &answer), CS_WIRE_E_DESK_HEAD);
	is(&t, 1, 3, 4);
	hw_clear(&t.w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_later),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
