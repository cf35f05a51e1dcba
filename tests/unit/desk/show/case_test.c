/* SPDX-License-Identifier: MIT */
/* A case as pages show it. */
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/core/actor.h"
#include "desk/core/json.h"
#include "desk/core/text.h"
#include "desk/show/case.h"
#include "desk/show/item.h"
#include "store/db.h"
#include "unit/desk/case_home.h"

#define MANY 2500

/* A case of ten thousand items is shown in pages. */
static void
test_ten_thousand(void **state)
{
	static const int four[] = { 0, 1, 2, 3, -1 };
	uint64_t seen = 0, after = 0;
	struct world w;

	(void)state;
	world_init(&w);
	/* Without this, most of the time goes to the disk. */
	assert_ok(cs_db_exec(w.d->db, "PRAGMA synchronous=OFF"));
	for (unsigned i = 0; i < MANY; i++) {
		struct ew_report r;
		uint8_t id[16] = { 1, (uint8_t)(i >> 8), (uint8_t)i };

		ew_pick(&r, &w.e, four);
		memcpy(r.in.report_id, id, 16);
		world_take(&w, id, &r);
	}
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 1);
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM item"), 4 * MANY);
	for (;;) {
		json_t *o = json_object(), *items;
		size_t n;

		assert_ok(
		    cs_desk_case_show(o, w.d, &cs_desk_operator, 1, after));
		assert_int_equal(json_get_num(o, "items_total"), 4 * MANY);
		items = json_object_get(o, "items");
		n = json_array_size(items);
		assert_true(n <= CS_DESK_ITEMS_PAGE);
		seen += n;
		if (n != 0)
			after = desk_id_parse(
			    json_get_str(json_array_get(items, n - 1), "id"));
		json_decref(o);
		if (n == 0)
			break;
	}
	assert_int_equal(seen, 4 * MANY);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ten_thousand),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
