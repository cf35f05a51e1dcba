/* SPDX-License-Identifier: MIT */
/* Which case a report joins. */
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/core/json.h"
#include "desk/decisions/send.h"
#include "store/clock.h"
#include "store/db.h"
#include "unit/desk/case_home.h"

static void
test_one_case(void **state)
{
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	take(&w, 0x12); /* the same messages */
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 1);
	o = show(&w, 1);
	assert_int_equal(json_get_num(o, "reports"), 2);
	assert_int_equal(json_array_size(json_object_get(o, "items")), 4);
	assert_int_equal(json_array_size(json_object_get(o, "reporters")), 1);
	assert_string_equal(json_get_str(o, "reason"), "threat-to-life");
	json_decref(o);
	/* The next report of something that was decided is answered at once. */
	dismiss(&w, 1);
	take(&w, 0x13);
	o = show(&w, 1);
	assert_string_equal(json_get_str(o, "state"), "decided");
	assert_int_equal(json_get_num(o, "reports"), 3);
	json_decref(o);
	/* Its reporter was told, like the others. */
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM outbox"), 2);
	world_clear(&w);
}

/* A member's eleventh report of a day stands behind others, and says so. */
static void
test_flood(void **state)
{
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	for (uint8_t i = 0; i < 10; i++) {
		uint8_t id[16] = { 0xee, i };

		assert_ok(cs_db_exec(w.d->db,
		    "INSERT INTO reported_by(report,account,at)"
		    " VALUES(?,?,?)",
		    cs_blob(CS_VIEW_OF(id)),
		    cs_blob(CS_VIEW_OF(w.e.people[2].account)),
		    cs_int(cs_clock_ms())));
	}
	take(&w, 0x11);
	o = show(&w, 1);
	assert_true(json_get_bool(o, "flood"));
	assert_string_equal(
	    json_get_str(json_array_get(json_object_get(o, "why"), 1), "code"),
	    "flood");
	json_decref(o);
	world_clear(&w);
}

/* A message that nobody has seen is not decided with those that somebody
 * has. */
static void
test_new_message(void **state)
{
	static const int first[] = { 0, -1 }, more[] = { 0, 1, -1 },
			 other[] = { 2, -1 };
	struct world w;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, first);
	dismiss(&w, 1);
	take_some(&w, 0x12, first);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 1);
	take_some(&w, 0x13, more);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 2);
	state_is(&w, 1, "decided");
	state_is(&w, 2, "open");
	/* The same while the decision is not sent yet. */
	decide(&w, 2);
	take_some(&w, 0x14, other);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 3);
	assert_ok(desk_decisions_send(w.d));
	state_is(&w, 2, "decided");
	state_is(&w, 3, "open");
	world_clear(&w);
}

/* Nor does a damaged case take later reports, nor stop decisions on others:
 * each report finds a case, and the rest is decided. */
static void
test_damaged_rows(void **state)
{
	static const int first[] = { 0, -1 }, same[] = { 0, 2, -1 },
			 other[] = { 1, -1 };
	struct world w;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, first);
	assert_ok(cs_db_exec(
	    w.d->db, "UPDATE cases SET sealed=zeroblob(60) WHERE id=1"));
	take_some(&w, 0x12, first);
	take_some(&w, 0x13, same);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 2);
	state_is(&w, 2, "open");
	decide(&w, 2);
	decide(&w, 2);
	assert_ok(cs_db_exec(
	    w.d->db, "UPDATE decision SET sealed=zeroblob(60) WHERE id=1"));
	assert_ok(desk_decisions_send(w.d));
	assert_int_equal(
	    world_count(&w, "SELECT state FROM decision WHERE id=1"), 4);
	assert_int_equal(
	    world_count(&w, "SELECT state FROM decision WHERE id=2"), 3);
	/* A decision about a damaged case. */
	take_some(&w, 0x14, other);
	decide(&w, 3);
	decide(&w, 2);
	assert_ok(cs_db_exec(
	    w.d->db, "UPDATE cases SET sealed=zeroblob(60) WHERE id=3"));
	assert_ok(desk_decisions_send(w.d));
	assert_int_equal(
	    world_count(&w, "SELECT state FROM decision WHERE id=3"), 4);
	assert_int_equal(
	    world_count(&w, "SELECT state FROM decision WHERE id=4"), 3);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_case),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_new_message),
		cmocka_unit_test(test_damaged_rows),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
