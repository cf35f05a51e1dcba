/* SPDX-License-Identifier: MIT */
/* Whose a key is, and what differs from before. */
#include "desk/reports/organisation.h"

#include "crypto/init.h"
#include "desk/core/actor.h"
#include "desk/reports/filing.h"
#include "store/db.h"
#include "unit/desk/notice_home.h"

/* A name keeps the key that it came with first, until somebody says
 * otherwise. */
static void
test_other_key(void **state)
{
	struct cs_desk_actor reviewer = { .id = 2, .role = CS_DESK_REVIEWER };
	struct cs_buf text = { 0 };
	struct desk_filing row;
	struct filed f;
	struct world w;

	(void)state;
	world_init(&w);
	filed_by_shelter(&f, 1, 3);
	filed_is_by(&w, &f, DESK_KEY_FIRST);
	for (uint64_t i = 2; i <= 3; i++) {
		filed_by_shelter(&f, i, 3);
		filed_is_by(&w, &f, DESK_KEY_KNOWN);
	}
	/* Again and again, also under a name that looks the same. */
	for (uint64_t i = 4; i <= 6; i++) {
		filed_by_shelter(&f, i, 4);
		if (i == 6)
			f.item.name = cs_view_str("Sh\xd0\xb5lter");
		filed_is_by(&w, &f, DESK_KEY_OTHER_KEY);
		assert_ok(desk_filing_load(&row, w.d, i));
		filed_by_shelter(&f, 1, 3);
		assert_memory_equal(
		    row.key_before, f.by.public, sizeof row.key_before);
		desk_filing_clear(&row);
	}
	/* Its hashes are not taken up. */
	filed_hashes(&f, 7, 1);
	filed_by(&f, 4, "Shelter");
	filed_take(&w, &f);
	assert_ok(desk_filing_load(&row, w.d, 7));
	assert_non_null(strstr(row.problem, "not the one"));
	desk_filing_clear(&row);
	assert_int_equal(filed_answer(&w, &text, 7), CS_FILING_UNREADABLE);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM list"), 0);
	/* The first key under another name. */
	filed_by_shelter(&f, 8, 3);
	f.item.name = cs_view_str("Office");
	filed_is_by(&w, &f, DESK_KEY_OTHER_NAME);
	assert_ok(desk_filing_load(&row, w.d, 8));
	assert_string_equal(row.name_before, "Shelter");
	desk_filing_clear(&row);

	assert_err(
	    cs_desk_organisation_accept(w.d, &reviewer, 4), CS_ERR_DENIED);
	assert_err(cs_desk_organisation_accept(w.d, &cs_desk_operator, 99),
	    CS_ERR_NOT_FOUND);
	filed_notice(&f, 9, CS_FILING_FRAUD);
	filed_is_by(&w, &f, DESK_KEY_NONE);
	assert_err(cs_desk_organisation_accept(w.d, &cs_desk_operator, 9),
	    CS_ERR_NOT_FOUND);
	assert_ok(cs_desk_organisation_accept(w.d, &cs_desk_operator, 4));
	assert_ok(desk_filing_load(&row, w.d, 4));
	assert_int_equal(row.key_state, DESK_KEY_KNOWN);
	desk_filing_clear(&row);
	filed_by_shelter(&f, 10, 4);
	filed_is_by(&w, &f, DESK_KEY_KNOWN);
	filed_by_shelter(&f, 11, 3);
	filed_is_by(&w, &f, DESK_KEY_KNOWN);
	filed_hashes(&f, 12, 1);
	filed_by(&f, 4, "Shelter");
	filed_take(&w, &f);
	assert_int_equal(filed_answer(&w, &text, 12), CS_FILING_LISTED);
	filed_by_shelter(&f, 13, 5);
	filed_is_by(&w, &f, DESK_KEY_OTHER_KEY);
	/* The name that the first key came with at last. */
	assert_ok(cs_desk_organisation_accept(w.d, &cs_desk_operator, 8));
	filed_by_shelter(&f, 14, 3);
	f.item.name = cs_view_str("Office");
	filed_is_by(&w, &f, DESK_KEY_KNOWN);
	filed_by_shelter(&f, 15, 3);
	filed_is_by(&w, &f, DESK_KEY_OTHER_KEY);
	/* What has no name is like nothing else. */
	filed_by_shelter(&f, 16, 8);
	f.item.name = cs_view_str("");
	filed_is_by(&w, &f, DESK_KEY_FIRST);
	filed_by_shelter(&f, 17, 9);
	f.item.name = cs_view_str("");
	filed_is_by(&w, &f, DESK_KEY_FIRST);
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	cs_buf_free(&text);
	world_clear(&w);
}

/* What a damaged row says is not known, but that there is one is. */
static void
test_damaged_key(void **state)
{
	struct filed f;
	struct world w;

	(void)state;
	world_init(&w);
	filed_by_shelter(&f, 1, 3);
	filed_is_by(&w, &f, DESK_KEY_FIRST);
	assert_ok(cs_db_exec(w.d->db, "UPDATE organisation SET sealed=x'00'"));
	filed_by_shelter(&f, 2, 3);
	filed_is_by(&w, &f, DESK_KEY_KNOWN);
	filed_by_shelter(&f, 3, 4);
	filed_is_by(&w, &f, DESK_KEY_OTHER_KEY);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_other_key),
		cmocka_unit_test(test_damaged_key),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
