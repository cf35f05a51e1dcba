/* SPDX-License-Identifier: MIT */
/* Messages that the hub does not take now, and those that wait behind them. */
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/core/outbox.h"
#include "store/clock.h"
#include "store/db.h"
#include "unit/desk/desk_home.h"
#include "wire/messages.h"

/* A message that the hub does not take now waits, and so do those about the
 * same subject; no others do. */
static void
test_not_now(void **state)
{
	static const uint8_t alice[16] = { 1 }, bob[16] = { 2 };
	const struct cs_wire_report_status status = { 0 };
	struct desk_message m = { .kind = CS_WIRE_DESK_REPORT_SET,
		.shape = &cs_wire_report_status_shape,
		.message = &status };
	uint64_t ids[3], id, n;
	struct world w;

	(void)state;
	world_init(&w);
	assert_err(desk_outbox_next(&id, w.d), CS_ERR_NOT_FOUND);
	for (unsigned i = 0; i < 3; i++) {
		m.subject = i < 2 ? CS_VIEW_OF(alice) : CS_VIEW_OF(bob);
		assert_ok(desk_outbox_add(w.d, &m));
		ids[i] = cs_db_last_id(w.d->db);
	}
	assert_ok(desk_outbox_next(&id, w.d));
	assert_int_equal(id, ids[0]);
	assert_ok(desk_outbox_postpone(w.d, id));
	assert_ok(desk_outbox_next(&id, w.d));
	assert_int_equal(id, ids[2]);
	assert_ok(desk_outbox_postpone(w.d, id));
	assert_err(desk_outbox_next(&id, w.d), CS_ERR_NOT_FOUND);
	/* It waits longer each time, up to five minutes. */
	for (unsigned i = 0; i < 30; i++)
		assert_ok(desk_outbox_postpone(w.d, ids[0]));
	n = world_count(&w, "SELECT MAX(after) FROM outbox");
	assert_true(n > cs_clock_ms() + 250000);
	assert_true(n <= cs_clock_ms() + 300000);
	assert_ok(cs_db_exec(w.d->db, "UPDATE outbox SET after=0"));
	assert_ok(desk_outbox_next(&id, w.d));
	assert_int_equal(id, ids[0]);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_now),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
