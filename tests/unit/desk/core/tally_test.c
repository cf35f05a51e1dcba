/* SPDX-License-Identifier: MIT */
/* Rows are changed, dropped, added and put back by somebody who only has the
 * file. */
#include "crypto/init.h"
#include "desk/cases/work.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/problem.h"
#include "desk/people/people.h"
#include "store/db.h"
#include "unit/desk/case_home.h"
#include "unit/desk/notice_home.h"

/* Somebody with the file does not call the desk's triggers. */
static void
drop_triggers(struct world *w)
{
	struct cs_rows rows;
	enum cs_err err;

	assert_ok(cs_db_exec(w->d->db, "PRAGMA writable_schema=ON"));
	assert_ok(cs_db_exec(
	    w->d->db, "DELETE FROM sqlite_master WHERE type='trigger'"));
	err = cs_db_query(&rows, w->d->db, "PRAGMA writable_schema=RESET");
	assert_ok(cs_rows_end(&rows, err));
}

static const struct cs_desk_actor rita = {
	.id = 1, .name = "rita", .pseudonym = "R-1", .role = CS_DESK_REVIEWER
};

/* A case with a decision, and people. */
static void
fill(struct world *w)
{
	char welcome[CS_DESK_WELCOME_SIZE];
	struct cs_desk_edit e;
	uint64_t id;

	world_init(w);
	assert_ok(cs_desk_person_add(
	    w->d, &cs_desk_operator, "rosa", CS_DESK_REVIEWER, &id, welcome));
	take(w, 0x11);
	e = edit_now(w, 1);
	e.actor = &rita;
	assert_ok(cs_desk_case_claim(&e));
	(void)decide(w, 1);
	assert_ok(cs_desk_audit_verify(w->d, NULL, NULL));
}

/* Rows that were changed, dropped, added or put back are found, and which. */
#define found(table, ...)                                                      \
	do {                                                                   \
		struct world w;                                                \
                                                                               \
		fill(&w);                                                      \
		drop_triggers(&w);                                             \
		assert_ok(cs_db_exec(w.d->db, __VA_ARGS__));                   \
		assert_true(cs_db_changes(w.d->db) > 0);                       \
		assert_err(                                                    \
		    cs_desk_audit_verify(w.d, NULL, NULL), CS_ERR_CHAIN);      \
		assert_non_null(                                               \
		    strstr(cs_desk_problem(w.d), "\"" table "\""));            \
		world_clear(&w);                                               \
	} while (0)

static void
test_rows(void **state)
{
	(void)state;
	found("person", "UPDATE person SET sealed=zeroblob(9)");
	found("person", "DELETE FROM person");
	found("person", "UPDATE person SET disabled=1");
	found("cases", "UPDATE cases SET rank=rank+1");
	found("case_account", "DELETE FROM case_account");
	found("decision", "UPDATE decision SET due=due+1");
	found("decision", "DELETE FROM decision");
	found("decision",
	    "INSERT INTO decision SELECT id+1,case_id,state,due,"
	    "made,person,action,check_state,sealed FROM decision");
	found("welcome", "INSERT INTO welcome VALUES(x'00',1,x'00')");
	found("report", "UPDATE report SET received=received+1");
	found("seen", "DELETE FROM seen");
	/* As if the hub had given another file for a blob. */
	found("fetched",
	    "INSERT INTO fetched SELECT id,x'01',x'02',0,0,zeroblob(32)"
	    " FROM report");
	found("item", "UPDATE item SET joined=7");
	found("config", "UPDATE config SET sealed=x'00' WHERE name='joined'");
	found("config", "INSERT INTO config VALUES('more',x'00')");
}

/* A row that is put back as it was, with all that the desk says of itself but
 * the log; and everything but the log. */
static void
test_put_back(void **state)
{
	struct cs_desk_edit e;
	struct world w;

	(void)state;
	fill(&w);
	assert_ok(
	    cs_db_exec(w.d->db, "CREATE TABLE kept AS SELECT * FROM cases"));
	assert_ok(cs_db_exec(w.d->db,
	    "CREATE TABLE ends AS SELECT * FROM config WHERE "
	    "name='audit-end'"));
	e = edit_now(&w, 1);
	assert_ok(cs_desk_case_hold(&e, "a court"));
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	drop_triggers(&w);
	assert_ok(cs_db_exec(w.d->db,
	    "UPDATE cases SET version=(SELECT version FROM kept),"
	    "sealed=(SELECT sealed FROM kept)"));
	assert_err(cs_desk_audit_verify(w.d, NULL, NULL), CS_ERR_CHAIN);
	assert_non_null(strstr(cs_desk_problem(w.d), "\"cases\""));
	assert_ok(cs_db_exec(w.d->db,
	    "UPDATE config SET sealed=(SELECT sealed FROM ends)"
	    " WHERE name='audit-end'"));
	assert_err(cs_desk_audit_verify(w.d, NULL, NULL), CS_ERR_CHAIN);
	assert_non_null(strstr(cs_desk_problem(w.d), "does not end"));
	world_clear(&w);
}

/* What is rolled back, or fails, is not accounted for. */
static void
test_rolled_back(void **state)
{
	struct world w;

	(void)state;
	fill(&w);
	assert_ok(cs_db_begin(w.d->db));
	assert_ok(cs_db_exec(w.d->db, "UPDATE person SET disabled=1"));
	assert_ok(desk_audit_say(w.d, "never"));
	cs_db_rollback(w.d->db);
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	/* One that violates something in a transaction that goes on. */
	assert_ok(cs_db_begin(w.d->db));
	assert_err(cs_db_exec(w.d->db,
		       "INSERT INTO person(name,role,disabled,sealed)"
		       " SELECT name,role,disabled,sealed FROM person"),
	    CS_ERR_EXISTS);
	assert_ok(cs_db_exec(w.d->db, "UPDATE person SET disabled=0"));
	assert_ok(cs_db_commit(w.d->db));
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	/* By itself. */
	assert_ok(cs_db_exec(w.d->db, "UPDATE person SET disabled=1"));
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	world_clear(&w);
}

/* A desk from before anybody filed anything is the same desk afterwards. */
static void
test_older(void **state)
{
	struct filed f;
	struct world w;

	(void)state;
	fill(&w);
	assert_ok(cs_db_exec(w.d->db, "DROP TABLE filing"));
	assert_ok(cs_db_exec(w.d->db, "DROP TABLE filing_file"));
	assert_ok(cs_db_exec(w.d->db, "DROP TABLE organisation"));
	assert_ok(cs_db_exec(w.d->db, "PRAGMA user_version=2"));
	cs_desk_close(w.d);
	assert_ok(cs_desk_open(&w.d, temp_path(&w.dir, "desk"), none));
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	filed_notice(&f, 1, CS_FILING_FRAUD);
	filed_take(&w, &f);
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	drop_triggers(&w);
	assert_ok(cs_db_exec(w.d->db, "DELETE FROM filing"));
	assert_err(cs_desk_audit_verify(w.d, NULL, NULL), CS_ERR_CHAIN);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_put_back),
		cmocka_unit_test(test_rolled_back),
		cmocka_unit_test(test_older),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
