/* SPDX-License-Identifier: MIT */
/* What is kept for how long. */
#include "base/units.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/cases/case.h"
#include "desk/cases/work.h"
#include "desk/core/audit.h"
#include "desk/core/json.h"
#include "desk/daemon/retention.h"
#include "desk/show/audit.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/file.h"
#include "unit/desk/case_home.h"

static void
test_retention(void **state)
{
	uint64_t now = cs_clock_ms(), n;
	struct cs_desk_edit e;
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	/* Not decided: it stays, however old it is. */
	assert_ok(cs_desk_retention(w.d, now + 9999 * CS_DAY_MS, &n));
	assert_int_equal(n, 0);
	dismiss(&w, 1);
	/* Threats to life are kept for three years. */
	assert_ok(cs_desk_retention(w.d, now + 1000 * CS_DAY_MS, &n));
	assert_int_equal(n, 0);
	/* A hold stops it. */
	e = edit_now(&w, 1);
	assert_ok(cs_desk_case_hold(&e, "court"));
	assert_ok(cs_desk_retention(w.d, now + 1200 * CS_DAY_MS, &n));
	assert_int_equal(n, 0);
	e = edit_now(&w, 1);
	assert_ok(cs_desk_case_unhold(&e, "over"));
	assert_ok(cs_desk_retention(w.d, now + 1200 * CS_DAY_MS, &n));
	assert_int_equal(n, 1);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM item"), 0);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM term"), 0);
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM case_account"), 0);
	o = show(&w, 1);
	assert_string_equal(json_get_str(o, "state"), "closed");
	assert_int_equal(json_array_size(json_object_get(o, "accounts")), 0);
	json_decref(o);
	/* The log says so, and still verifies. */
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	o = json_array();
	assert_ok(desk_show_audit(o, w.d, INT64_MAX, 1, 1));
	assert_string_equal(
	    json_get_str(json_array_get(o, 0), "what"), "destroyed");
	json_decref(o);
	world_clear(&w);
}

/* Reports that did not verify are destroyed, too, with the record of who
 * made them; and so are files that a crash left behind. */
static void
test_leftovers(void **state)
{
	static const char *const names[] = { "desk/files/"
					     "00112233445566778899aabbccddeeff"
					     "00112233445566778899aabbccddeeff",
		"desk/files/"
		"00000000000000000000000000000000000000000000000000000000000000"
		"00" };
	uint64_t now = cs_clock_ms(), n;
	struct cs_buf sealed = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	take_as(&w, 0x12, 0x13, no_files); /* says that it is another report */
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM report WHERE case_id=0"), 1);
	assert_int_equal(world_count(&w, "SELECT reports FROM reporter"), 2);
	assert_int_equal(world_count(&w, "SELECT rejected FROM reporter"), 1);
	for (size_t i = 0; i < 2; i++)
		assert_ok(cs_file_write(
		    temp_path(&w.dir, names[i]), cs_view_str("sealed"), 0600));
	/* One of them belongs to a case. */
	assert_ok(cs_db_exec(w.d->db,
	    "INSERT INTO media(item,case_id,place,file,sealed)"
	    " VALUES(1,1,9,zeroblob(32),x'')"));
	assert_ok(cs_desk_retention(w.d, EW_NOW_MS + 29 * CS_DAY_MS, &n));
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM report WHERE case_id=0"), 1);
	assert_ok(cs_desk_retention(w.d, EW_NOW_MS + 30 * CS_DAY_MS, &n));
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM report WHERE case_id=0"), 0);
	assert_int_equal(world_count(&w, "SELECT reports FROM reporter"), 1);
	assert_int_equal(world_count(&w, "SELECT rejected FROM reporter"), 0);
	assert_err(cs_file_read(&sealed, temp_path(&w.dir, names[0]), 10),
	    CS_ERR_NOT_FOUND);
	assert_ok(cs_file_read(&sealed, temp_path(&w.dir, names[1]), 10));
	/* When a reporter's last report goes, nothing of them stays. */
	dismiss(&w, 1);
	assert_ok(cs_desk_retention(w.d, now + 9999 * CS_DAY_MS, &n));
	assert_int_equal(n, 1);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM reporter"), 0);
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM reported_by"), 0);
	cs_buf_reset(&sealed);
	assert_err(cs_file_read(&sealed, temp_path(&w.dir, names[1]), 10),
	    CS_ERR_NOT_FOUND);
	cs_buf_free(&sealed);
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	world_clear(&w);
}

/* A damaged case does not keep others from being destroyed. */
static void
test_damaged_case(void **state)
{
	static const int first[] = { 0, -1 }, other[] = { 2, -1 };
	struct world w;
	uint64_t n;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, first);
	dismiss(&w, 1);
	take_some(&w, 0x12, other);
	dismiss(&w, 2);
	assert_ok(cs_db_exec(
	    w.d->db, "UPDATE cases SET sealed=zeroblob(60) WHERE id=1"));
	assert_err(cs_desk_retention(w.d, cs_clock_ms() + 9999 * CS_DAY_MS, &n),
	    CS_ERR_CORRUPT);
	assert_int_equal(n, 1);
	state_is(&w, 2, "closed");
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_retention),
		cmocka_unit_test(test_leftovers),
		cmocka_unit_test(test_damaged_case),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
