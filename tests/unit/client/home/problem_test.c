/* SPDX-License-Identifier: MIT */
#include "client/home/problem.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/hub/call.h"
#include "client/hub/reach.h"
#include "crypto/init.h"
#include "support/client_world.h"

struct scene {
	struct temp_dir d;
	struct cw_person alma;
	struct cs_client *c;
};

static void
scene_init(struct scene *s)
{
	s->d = temp_dir_new();
	cw_person_init(&s->alma, "alma");
	s->c = cw_home(temp_path(&s->d, "home"), &s->alma, "alma");
}

static void
scene_clear(struct scene *s)
{
	cs_client_close(s->c);
	cs_buf_free(&s->alma.credential);
	temp_dir_clear(&s->d);
}

/* What only reads is told that it may not wait, and does not. */
static void
test_at_once(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s);
	assert_ok(client_may_wait(s.c));
	cs_client_at_once(s.c, true);
	assert_err(client_may_wait(s.c), CS_ERR_MISUSE);
	assert_non_null(strstr(cs_client_problem(s.c), "may only read"));
	assert_err(client_reach(s.c), CS_ERR_MISUSE);
	s.c->link.online = true;
	assert_err(client_call_empty(s.c, CS_WIRE_PING, &cs_wire_empty_shape,
		       &(struct cs_wire_empty){ 0 }),
	    CS_ERR_MISUSE);
	assert_err(client_login(s.c), CS_ERR_MISUSE);
	assert_err(cs_client_wait(s.c, 1), CS_ERR_MISUSE);
	s.c->link.online = false;
	cs_client_at_once(s.c, false);
	assert_ok(client_may_wait(s.c));
	scene_clear(&s);
}

/* Did waiting end the program? */
static bool
ends(struct cs_client *c)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		/* cmocka would take it for a failure. */
		signal(SIGABRT, SIG_DFL);
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(1);
		_exit(client_may_wait(c) != CS_OK);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

/* Whoever looks meanwhile sees no half of a change, and asks any question. */
static void
test_in_the_middle(void **state)
{
	struct scene s;
	struct cs_rows row;

	(void)state;
	scene_init(&s);
	assert_false(ends(s.c));
	assert_ok(cs_db_begin(s.c->db));
	assert_true(ends(s.c));
	cs_db_rollback(s.c->db);
	assert_false(ends(s.c));
	assert_ok(cs_db_row(&row, s.c->db, "SELECT COUNT(*) FROM todo"));
	assert_true(ends(s.c));
	assert_ok(cs_rows_end(&row, CS_OK));
	assert_false(ends(s.c));
	scene_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_at_once),
		cmocka_unit_test(test_in_the_middle),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
