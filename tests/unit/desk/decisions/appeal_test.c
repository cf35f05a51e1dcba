/* SPDX-License-Identifier: MIT */
/* After a second look is granted, the case is open until it is decided
 * again. */
#include "base/units.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/core/actor.h"
#include "desk/daemon/retention.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/revise.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"
#include "unit/desk/letter_home.h"

/* The case stays open until it is decided again, and its keeping period
 * starts then. */
static void
test_open_again(void **state)
{
	static const int other[] = { 2, -1 };
	uint64_t first, last, now = cs_clock_ms(), n;
	struct world w;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	dismiss(&w, 1);
	first = decided_ms(&w, 1);
	assert_true(first >= now);
	second_look(&w, 0x11);
	state_is(&w, 1, "open");
	/* Whatever happens to the first decision. */
	assert_ok(cs_db_begin(w.d->db));
	assert_ok(desk_case_settle(w.d, 1, NULL));
	assert_ok(cs_db_commit(w.d->db));
	state_is(&w, 1, "open");
	assert_ok(cs_desk_retention(w.d, now + 9999 * CS_DAY_MS, &n));
	assert_int_equal(n, 0);
	while (cs_clock_ms() == first)
		;
	dismiss(&w, 1);
	state_is(&w, 1, "decided");
	last = decided_ms(&w, 1);
	assert_true(last > first);
	/* After an undecided case is merged into it, it is still open. */
	take_some(&w, 0x12, other);
	merge(&w, 2, 1);
	state_is(&w, 1, "open");
	assert_int_equal(decided_ms(&w, 1), 0);
	assert_ok(cs_db_begin(w.d->db));
	assert_ok(desk_case_settle(w.d, 1, NULL));
	assert_ok(cs_db_commit(w.d->db));
	state_is(&w, 1, "open");
	world_clear(&w);
}

static inline void
report_is(struct world *w, uint8_t id, enum cs_desk_report_state state)
{
	struct cs_desk_report_opened r;
	uint8_t number[16];

	memset(number, id, sizeof number);
	assert_ok(cs_desk_report_load(&r, w->d, number));
	assert_int_equal(r.report.state, state);
	cs_desk_report_clear(&r);
}

/* A new reporter is not told the first decision, which may not stand. */
static void
test_no_old_answer(void **state)
{
	struct world w;
	uint64_t made;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	dismiss(&w, 1);
	second_look(&w, 0x11);
	made = decide(&w, 1);
	state_is(&w, 1, "waiting");
	take(&w, 0x12);
	report_is(&w, 0x12, CS_DESK_REPORT_OPEN);
	assert_ok(cs_desk_decision_undo(w.d, &cs_desk_operator, made));
	state_is(&w, 1, "open");
	dismiss(&w, 1);
	report_is(&w, 0x12, CS_DESK_REPORT_CLOSED);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_again),
		cmocka_unit_test(test_no_old_answer),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
