/* SPDX-License-Identifier: MIT */
/* The counts by day are those of the cases: after any change, when the process
 * is killed, and in a desk that was made before there were counts. */
#include "desk/core/case_day.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/units.h"
#include "crypto/init.h"
#include "desk/core/audit.h"
#include "desk/core/problem.h"
#include "desk/core/schema.h"
#include "unit/desk/case_home.h"

#define STEPS 400
#define KILLS 4
#define OLD_CASES 300

/* ---- the other way to count --------------------------------------------- */

/* Count the cases that the row of case_day is about. */
static void
row_is_right(struct cs_db *db, const struct cs_rows *day)
{
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, db,
	    "SELECT COUNT(*),COALESCE(SUM(reports),0),COUNT(NULLIF(looked,0)),"
	    "COUNT(NULLIF(decided,0)) FROM cases WHERE opened>=? AND opened<?"
	    " AND reason=? AND severity=? AND state=?",
	    cs_int(cs_col_int(day, 0) * CS_DAY_MS),
	    cs_int((cs_col_int(day, 0) + 1) * CS_DAY_MS),
	    cs_int(cs_col_int(day, 1)), cs_int(cs_col_int(day, 2)),
	    cs_int(cs_col_int(day, 3)));
	assert_ok(err);
	assert_true(cs_col_int(day, 4) != 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(cs_col_int(day, 4 + i), cs_col_int(&row, i));
	assert_ok(cs_rows_end(&row, err));
}

static void
counts_are_right(struct cs_db *db)
{
	uint64_t cases, counted = 0;
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, db,
	    "SELECT day,reason,severity,state,cases,reports,looked,decided"
	    " FROM case_day");
	while (err == CS_OK && cs_rows_next(&rows)) {
		row_is_right(db, &rows);
		counted += cs_col_int(&rows, 4);
	}
	assert_ok(cs_rows_end(&rows, err));
	assert_ok(cs_db_get_int(&cases, db, "SELECT COUNT(*) FROM cases"));
	assert_int_equal(counted, cases);
}

static void
desk_is_right(struct cs_desk *d)
{
	bool right;

	counts_are_right(d->db);
	assert_ok(desk_case_day_check(&right, d));
	assert_true(right);
}

/* ---- changes ------------------------------------------------------------ */

static uint64_t
some(uint64_t n)
{
	return (uint64_t)rand() % n;
}

static uint64_t
some_time(void)
{
	return EW_NOW_MS + some(5 * CS_DAY_MS);
}

static void
add_case(struct cs_desk *d, const struct cs_desk_policy *policy)
{
	struct desk_case c;

	assert_ok(desk_case_new(
	    &c, d, &policy->reasons[some(policy->n_reasons)], EW_NOW_MS));
	c.reports = (uint32_t)some(4);
	assert_ok(desk_case_save(d, &c, NULL));
	desk_case_clear(&c);
}

/* Change one or two things of a case. */
static void
change_case(struct cs_desk *d, const struct cs_desk_policy *policy, uint64_t id)
{
	struct desk_case c;

	assert_ok(desk_case_load(&c, d, id));
	for (unsigned i = 0; i < 2; i++)
		switch (some(7)) {
		case 0:
			c.state = (enum cs_desk_case_state)some(4);
			break;
		case 1:
			assert_ok(desk_case_set_reason(
			    &c, &policy->reasons[some(policy->n_reasons)]));
			break;
		case 2:
			c.looked_ms = some(2) ? some_time() : 0;
			break;
		case 3:
			c.decided_ms = some_time();
			break;
		case 4:
			assert_ok(desk_case_reopen(d, &c));
			break;
		case 5:
			c.reports += (uint32_t)some(3);
			break;
		default:
			c.assignee = some(3);
		}
	assert_ok(desk_case_save(d, &c, NULL));
	desk_case_clear(&c);
}

/* What no part of the desk does today. */
static void
change_row(struct cs_desk *d, uint64_t id)
{
	if (some(2))
		assert_ok(cs_db_exec(d->db,
		    "UPDATE cases SET opened=?,severity=? WHERE id=?",
		    cs_int(some_time()), cs_int(some(6)), cs_int(id)));
	else
		assert_ok(cs_db_exec(
		    d->db, "DELETE FROM cases WHERE id=?", cs_int(id)));
}

static void
change(struct cs_desk *d, const struct cs_desk_policy *policy)
{
	uint64_t id;
	enum cs_err err;

	err = cs_db_get_int(
	    &id, d->db, "SELECT id FROM cases ORDER BY random() LIMIT 1");
	if (err == CS_ERR_NOT_FOUND || some(4) == 0) {
		add_case(d, policy);
		return;
	}
	assert_ok(err);
	if (some(8) == 0)
		change_row(d, id);
	else
		change_case(d, policy, id);
}

/* In a transaction, which is rolled back at times. */
static void
step(struct cs_desk *d, const struct cs_desk_policy *policy)
{
	assert_ok(cs_db_begin(d->db));
	for (uint64_t n = some(4); n != 0; n--)
		change(d, policy);
	if (some(4) == 0)
		cs_db_rollback(d->db);
	else
		assert_ok(cs_db_commit(d->db));
}

static void
test_random_walk(void **state)
{
	struct cs_desk_policy policy;
	struct world w;

	(void)state;
	world_init(&w);
	/* Without this, most of the time goes to the disk. */
	assert_ok(cs_db_exec(w.d->db, "PRAGMA synchronous=OFF"));
	assert_ok(cs_desk_policy(&policy, w.d));
	srand(2);
	for (unsigned i = 0; i < STEPS; i++) {
		step(w.d, &policy);
		desk_is_right(w.d);
	}
	assert_true(world_count(&w, "SELECT COUNT(*) FROM cases") > 20);
	cs_desk_policy_clear(&policy);
	world_clear(&w);
}

/* ---- other ways to get there -------------------------------------------- */

/* Change cases until somebody kills the process; a byte for each commit. */
static void
change_for_ever(const char *dir, int told, unsigned seed)
{
	struct cs_desk_policy policy;
	struct cs_desk *d;

	assert_ok(cs_desk_open(&d, dir, none));
	assert_ok(cs_desk_policy(&policy, d));
	srand(seed);
	for (;;) {
		step(d, &policy);
		if (write(told, "", 1) != 1)
			_exit(1);
	}
}

static void
test_killed(void **state)
{
	const char *dir;
	struct world w;

	(void)state;
	world_init(&w);
	dir = temp_path(&w.dir, "desk");
	for (unsigned i = 0; i < KILLS; i++) {
		int ends[2], status;
		char byte;
		pid_t pid;

		cs_desk_close(w.d);
		assert_int_equal(pipe(ends), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			change_for_ever(dir, ends[1], i);
		for (unsigned k = 0; k < 10 + i; k++)
			assert_int_equal(read(ends[0], &byte, 1), 1);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		close(ends[0]);
		close(ends[1]);
		assert_ok(cs_desk_open(&w.d, dir, none));
		desk_is_right(w.d);
		assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	}
	world_clear(&w);
}

static enum cs_err
ignore_row(
    void *arg, const char *table, enum cs_db_row_is what, struct cs_view row)
{
	(void)arg;
	(void)table;
	(void)what;
	(void)row;
	return CS_OK;
}

/* A database of the first version gets its counts when it is opened. */
static void
test_older_desk(void **state)
{
	const struct cs_db_schema first = { cs_desk_schema.what,
		cs_desk_schema.steps, 1 };
	struct temp_dir dir = temp_dir_new();
	const char *path = temp_path(&dir, "desk.db");
	struct cs_db *db;

	(void)state;
	srand(3);
	assert_ok(cs_db_open(&db, path, CS_DB_SHARED, &first));
	assert_ok(cs_db_keep_account(
	    db, &(struct cs_db_account){ .row = ignore_row }));
	assert_ok(cs_db_begin(db));
	for (unsigned i = 0; i < OLD_CASES; i++)
		assert_ok(cs_db_exec(db,
		    "INSERT INTO cases(state,rank,since,due,reason,severity,"
		    "opened,looked,decided,reports,version,sealed)"
		    " VALUES(?,0,0,0,?,?,?,?,?,?,1,x'')",
		    cs_int(some(4)), cs_int(some(3)), cs_int(some(3)),
		    cs_int(some_time()), cs_int(some(2)), cs_int(some(2)),
		    cs_int(some(9))));
	assert_ok(cs_db_commit(db));
	cs_db_close(db);
	assert_ok(cs_db_open(&db, path, CS_DB_SHARED, &cs_desk_schema));
	counts_are_right(db);
	cs_db_close(db);
	temp_dir_clear(&dir);
}

/* Whoever has the file can write counts into it: verifying finds them, and
 * taking the rows as they are counts anew, with triggers of our own. */
static void
test_changed_counts(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	made_up(&w, &(struct weight){ .reason = "spam" });
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	assert_ok(cs_db_exec(w.d->db, "UPDATE case_day SET reports=reports+1"));
	assert_err(cs_desk_audit_verify(w.d, NULL, NULL), CS_ERR_CHAIN);
	assert_non_null(strstr(cs_desk_problem(w.d), "\"case_day\""));
	assert_ok(cs_db_exec(w.d->db, "DROP TRIGGER new_case_day"));
	assert_ok(cs_db_exec(w.d->db, "DELETE FROM case_day"));
	assert_err(cs_desk_audit_verify(w.d, NULL, NULL), CS_ERR_CHAIN);
	assert_ok(cs_db_begin(w.d->db));
	assert_ok(desk_audit_take_rows(w.d));
	assert_ok(desk_audit_say(w.d, "taken as they are"));
	assert_ok(cs_db_commit(w.d->db));
	made_up(&w, &(struct weight){ .reason = "fraud" });
	desk_is_right(w.d);
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_walk),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_older_desk),
		cmocka_unit_test(test_changed_counts),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
