/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"
#include "desk/core/audit.h"
#include "store/db.h"
#include "unit/desk/desk_home.h"

static void
say(struct world *w, const char *what)
{
	assert_ok(
	    desk_audit_note(w->d, &(struct desk_audit_event){ .what = what }));
}

/* Every change of a line is found; once undone, the log verifies again. */
#define tampered(w, ...)                                                       \
	do {                                                                   \
		assert_ok(cs_db_begin((w)->d->db));                            \
		assert_ok(cs_db_exec((w)->d->db, __VA_ARGS__));                \
		assert_true(cs_db_changes((w)->d->db) > 0);                    \
		assert_err(world_audit(w, 4), CS_ERR_CHAIN);                   \
		cs_db_rollback((w)->d->db);                                    \
		assert_ok(world_audit(w, 4));                                  \
	} while (0)

static void
test_audit(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(world_audit(&w, 1));
	for (unsigned i = 0; i < 3; i++)
		say(&w, "a line");
	assert_ok(world_audit(&w, 4));
	tampered(&w, "UPDATE audit SET at=at+1 WHERE seq=2");
	tampered(&w, "UPDATE audit SET chain=zeroblob(32) WHERE seq=3");
	tampered(&w, "UPDATE audit SET case_id=1 WHERE seq=3");
	tampered(&w, "UPDATE audit SET quiet=1 WHERE seq=3");
	tampered(&w, "UPDATE audit SET quiet=0 WHERE quiet=1");
	tampered(&w, "DELETE FROM audit WHERE seq=2");
	tampered(&w, "DELETE FROM audit WHERE seq=1");
	tampered(
	    &w, "DELETE FROM audit WHERE seq=(SELECT MAX(seq) FROM audit)");
	tampered(&w, "DELETE FROM audit");
	tampered(&w,
	    "UPDATE audit SET sealed=(SELECT sealed FROM audit WHERE seq=2)"
	    " WHERE seq=3");
	tampered(&w, "UPDATE audit SET sealed=zeroblob(60) WHERE seq=4");
	/* A line is left out, with the next moved to its place or not. */
	tampered(&w, "UPDATE OR REPLACE audit SET seq=3 WHERE seq=4");
	tampered(&w,
	    "UPDATE audit SET seq=seq+1 WHERE seq=(SELECT MAX(seq)"
	    " FROM audit)");
	tampered(&w, "DELETE FROM config WHERE name='audit-end'");
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_audit),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
