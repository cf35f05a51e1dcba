/* SPDX-License-Identifier: MIT */
/* The row of a case is sealed to its place, and changed by one person at a
 * time. */
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/cases/case.h"
#include "desk/cases/entry.h"
#include "desk/cases/work.h"
#include "desk/core/actor.h"
#include "store/db.h"
#include "unit/desk/case_home.h"

/* The content of a row cannot be moved to another row. */
static void
test_sealed_rows(void **state)
{
	struct desk_case c;
	struct world w;

	(void)state;
	world_init(&w);
	made_up(&w, &(struct weight){ .reason = "spam", .first_ms = 10 });
	made_up(
	    &w, &(struct weight){ .reason = "trafficking", .first_ms = 10 });
	assert_ok(cs_db_exec(w.d->db,
	    "UPDATE cases SET sealed=(SELECT sealed FROM cases WHERE id=1)"
	    " WHERE id=2"));
	assert_err(desk_case_load(&c, w.d, 2), CS_ERR_CORRUPT);
	desk_case_clear(&c);
	assert_ok(desk_case_load(&c, w.d, 1));
	desk_case_clear(&c);
	world_clear(&w);
}

static enum cs_err
note_by(struct world *w, const struct cs_desk_actor *actor, uint64_t version,
    const char *text)
{
	const struct cs_desk_edit e = {
		.d = w->d, .actor = actor, .case_id = 1, .version = version
	};

	return cs_desk_case_note(&e, CS_DESK_ENTRY_NOTE, "", text);
}

/* Somebody who read an older version than another person's change is
 * refused. */
static void
test_conflict(void **state)
{
	static const int first[] = { 0, -1 }, more[] = { 0, 1, -1 };
	struct cs_desk_actor anna = cs_desk_operator, ben = cs_desk_operator;
	uint64_t read, made;
	struct world w;

	(void)state;
	world_init(&w);
	snprintf(anna.name, sizeof anna.name, "anna");
	snprintf(ben.name, sizeof ben.name, "ben");
	anna.id = 5;
	ben.id = 6;
	anna.role = ben.role = CS_DESK_SENIOR;
	take_some(&w, 0x11, first);
	read = version_of(&w, 1);
	assert_ok(note_by(&w, &anna, read, "I know this one."));
	take_some(&w, 0x12, more);
	assert_err(decide_at(&w, 1, read, &made), CS_ERR_EXISTS);
	assert_string_equal(cs_desk_conflict(w.d)->by, "anna");
	/* She may: the change was her own. */
	assert_ok(note_by(&w, &anna, read, "And another thing."));
	assert_err(note_by(&w, &ben, read, "Me, too."), CS_ERR_EXISTS);
	assert_ok(note_by(&w, &ben, version_of(&w, 1), "I have read it."));
	assert_err(note_by(&w, &anna, read, "I have not."), CS_ERR_EXISTS);
	assert_string_equal(cs_desk_conflict(w.d)->by, "ben");
	/* Nor does a version that never was get around it. */
	assert_err(decide_at(&w, 1, 0, &made), CS_ERR_EXISTS);
	assert_err(
	    decide_at(&w, 1, version_of(&w, 1) + 1, &made), CS_ERR_EXISTS);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 1);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sealed_rows),
		cmocka_unit_test(test_conflict),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
