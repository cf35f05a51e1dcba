/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/reports/report.h"
#include "store/db.h"
#include "unit/desk/report_home.h"
#include "wire/messages.h"

/* Reports are sealed to their rows, and cannot change places. */
static void
test_sealed_rows(void **state)
{
	uint8_t one[16], two[16];
	struct cs_desk_report_opened c;
	struct world w;
	unsigned n = 0;

	(void)state;
	world_init(&w);
	memset(one, 1, 16);
	memset(two, 2, 16);
	assert_rejected(&w, 1, none, "not a bundle");
	assert_rejected(&w, 2, cs_view_str("more"), "not a bundle");
	assert_ok(cs_db_exec(w.d->db,
	    "UPDATE report SET meta=(SELECT meta FROM report WHERE id=?)"
	    " WHERE id=?",
	    cs_blob(CS_VIEW_OF(one)), cs_blob(CS_VIEW_OF(two))));
	assert_ok(cs_desk_report_load(&c, w.d, one));
	cs_desk_report_clear(&c);
	assert_err(cs_desk_report_load(&c, w.d, two), CS_ERR_CORRUPT);
	assert_err(cs_desk_reports(w.d, count_report, &n), CS_ERR_CORRUPT);
	memset(two, 3, 16);
	assert_err(cs_desk_report_load(&c, w.d, two), CS_ERR_NOT_FOUND);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sealed_rows),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
