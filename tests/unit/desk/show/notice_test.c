/* SPDX-License-Identifier: MIT */
/* What pages are shown of what was filed, and what is written down for it. */
#include "desk/show/notice.h"

#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/decisions/notice.h"
#include "desk/show/statistics.h"
#include "unit/desk/notice_home.h"

static const struct cs_desk_actor rita = {
	.id = 1, .name = "rita", .pseudonym = "R-1", .role = CS_DESK_REVIEWER
};

static enum cs_err
answer(struct world *w, uint64_t number, uint8_t outcome)
{
	const struct cs_desk_notice_answer a = { .number = number,
		.outcome = outcome,
		.text = "We have looked at it." };
	struct cs_desk_edit e = edit_now(w, filed_case(w, number));

	e.actor = &rita;
	return cs_desk_notice_answer(&e, &a);
}

/* Who filed it, how right they were, and how to reach them: asked for, and
 * written down. */
static void
test_shown(void **state)
{
	static const uint8_t outcomes[] = { CS_FILING_REFUSED,
		CS_FILING_NOT_OURS, CS_FILING_REFUSED };
	const json_t *by;
	struct filed f;
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	for (uint64_t i = 0; i < 4; i++) {
		filed_notice(&f, i + 1, CS_FILING_FRAUD);
		filed_by(&f, 3, "Shelter");
		filed_take(&w, &f);
		if (i < 3)
			assert_ok(answer(&w, i + 1, outcomes[i]));
	}
	assert_ok(cs_desk_notice_show(&o, w.d, &rita, 4));
	by = json_object_get(o, "organisation");
	assert_string_equal(json_get_str(by, "name"), "Shelter");
	assert_true(json_get_bool(by, "trusted"));
	assert_string_equal(json_get_str(by, "known"), "known");
	assert_string_equal(json_get_str(by, "key_before"), "");
	assert_string_equal(json_get_str(o, "claimed"), "");
	assert_int_equal(json_get_num(by, "acted"), 0);
	assert_int_equal(json_get_num(by, "refused"), 2);
	assert_int_equal(json_get_num(by, "not_ours"), 1);
	assert_true(json_get_bool(o, "has_contact"));
	assert_null(json_object_get(o, "contact"));
	json_decref(o);
	for (unsigned again = 0; again < 2; again++) {
		assert_ok(cs_desk_notice_show(&o, w.d, &rita, 4));
		json_decref(o);
	}
	o = json_object();
	assert_ok(cs_desk_notice_contact(o, w.d, &rita, 4));
	assert_string_equal(json_get_str(o, "contact"), "desk@shelter.example");
	json_decref(o);
	/* Once a reading; each look at the contact. */
	assert_int_equal(
	    world_count(
		&w, "SELECT COUNT(*) FROM audit WHERE case_id=4 AND quiet=0"),
	    3);
	world_clear(&w);
}

/* The figures say how many were answered, and when. */
static void
test_figures(void **state)
{
	json_t *out = json_object(), *o;
	struct filed f;
	struct world w;

	(void)state;
	world_init(&w);
	for (uint64_t i = 1; i <= 4; i++) {
		filed_notice(&f, i, CS_FILING_FRAUD);
		if (i >= 3)
			f.item.received_ms -= 10 * CS_DAY_MS;
		filed_take(&w, &f);
		if (i % 2 == 1)
			assert_ok(answer(&w, i, CS_FILING_REFUSED));
	}
	assert_ok(cs_desk_statistics(out, w.d, 30));
	assert_int_equal(json_array_size(json_object_get(out, "notices")), 1);
	o = json_array_get(json_object_get(out, "notices"), 0);
	assert_string_equal(json_get_str(o, "category"), "fraud");
	assert_int_equal(json_get_num(o, "filed"), 4);
	assert_int_equal(json_get_num(o, "refused"), 2);
	assert_int_equal(json_get_num(o, "acted"), 0);
	assert_int_equal(json_get_num(o, "waiting"), 2);
	assert_int_equal(json_get_num(o, "on_time"), 1);
	assert_int_equal(json_get_num(o, "late"), 2);
	assert_int_equal(json_get_num(o, "median_hours"), 240);
	json_decref(out);
	world_clear(&w);
}

/* What is damaged on the disk hides nothing else. */
static void
test_damaged(void **state)
{
	json_t *o = json_object(), *items = json_array();
	struct filed f;
	struct world w;

	(void)state;
	world_init(&w);
	for (uint64_t i = 1; i <= 3; i++) {
		filed_notice(&f, i, CS_FILING_FRAUD);
		filed_handle(&f, "alma");
		filed_take(&w, &f);
	}
	assert_ok(cs_db_exec(
	    w.d->db, "UPDATE filing SET sealed=zeroblob(60) WHERE id=1"));
	assert_ok(cs_db_exec(
	    w.d->db, "UPDATE filing SET body=zeroblob(60) WHERE id=2"));
	assert_ok(cs_desk_case_show(o, w.d, &rita, 1, 0));
	assert_int_equal(json_array_size(json_object_get(o, "filings")), 2);
	assert_ok(cs_desk_notices(items, w.d, DESK_FILING_OPEN));
	assert_int_equal(json_array_size(items), 2);
	/* More to it comes in. */
	filed_about(&f, 4, CS_FILING_APPEAL, 1);
	filed_take(&w, &f);
	assert_int_equal(filed_case(&w, 4), 2);
	json_decref(o);
	json_decref(items);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_damaged),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
