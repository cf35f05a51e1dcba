/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"
#include "mls/group.h"
#include "support/mls_world.h"

static const struct cs_mls_extensions no_exts;

/* Put ${m} to sleep and wake it up again; saved twice it is the same. */
static void
restart(struct world_member *m)
{
	struct cs_mls_options opt = world_options();
	struct cs_buf a = { 0 }, b = { 0 };

	assert_ok(world_save(m->group, &a));
	cs_mls_group_free(m->group);
	assert_ok(world_load(&m->group, cs_buf_view(&a), &opt));
	assert_ok(world_save(m->group, &b));
	assert_view_equal(cs_buf_view(&a), cs_buf_view(&b));
	cs_buf_free(&a);
	cs_buf_free(&b);
}

static void
test_group(void **state)
{
	struct world_member m[3];
	const struct cs_mls_commit_options opt = { 0 };
	struct cs_buf late = { 0 }, p = { 0 }, commit = { 0 }, none = { 0 };
	struct cs_mls_received got;

	(void)state;
	assert_ok(world_group(m, 3, no_exts));
	assert_ok(cs_mls_protect(
	    &late, m[0].group, cs_view(NULL, 0), cs_view_str("late")));
	assert_ok(world_talk(&m[0], &m[1], "sooner"));
	restart(&m[1]);
	assert_ok(cs_mls_propose_update(&p, m[1].group));
	restart(&m[1]);
	assert_ok(cs_mls_process(&got, m[2].group, cs_buf_view(&p)));
	cs_mls_received_clear(&got);
	restart(&m[2]);
	assert_ok(world_commit(&m[2], &opt, &commit, &none));
	assert_ok(world_follow(&m[1], &commit));
	restart(&m[1]);
	assert_true(world_agree(&m[1], &m[2]));
	assert_ok(world_talk(&m[1], &m[2], "awake"));
	/* The message of the epoch before, after two restarts. */
	assert_ok(cs_mls_process(&got, m[1].group, cs_buf_view(&late)));
	assert_view_equal(cs_buf_view(&got.data), cs_view_str("late"));
	cs_mls_received_clear(&got);
	restart(&m[1]);
	assert_err(cs_mls_process(&got, m[1].group, cs_buf_view(&late)),
	    CS_ERR_REPLAY);
	cs_buf_free(&late);
	cs_buf_free(&p);
	cs_buf_free(&commit);
	for (int i = 0; i < 3; i++)
		world_member_clear(&m[i]);
}

static void
test_staged(void **state)
{
	struct world_member m[3];
	uint32_t two = 2;
	struct cs_mls_commit_options opt = { .remove = &two, .n_remove = 1 };
	struct cs_mls_staged *staged = NULL, *again = NULL;
	struct cs_buf commit = { 0 }, none = { 0 }, saved = { 0 };
	struct cs_mls_member who;

	(void)state;
	assert_ok(world_group(m, 3, no_exts));
	assert_ok(cs_mls_commit_new(&staged, &commit, &none, m[0].group, &opt));
	assert_ok(cs_mls_staged_save(staged, &saved));
	cs_mls_staged_free(staged);
	restart(&m[0]);
	assert_ok(cs_mls_staged_load(&again, m[0].group, cs_buf_view(&saved)));
	assert_int_equal(cs_mls_staged_removed(again), 1);
	assert_true(cs_mls_staged_removed_member(again, 0, &who, NULL));
	assert_view_equal(who.credential, cs_view_str("m2"));
	assert_ok(cs_mls_group_merge(m[0].group, again));
	assert_ok(world_follow(&m[1], &commit));
	assert_true(world_agree(&m[0], &m[1]));
	/* Now it is of an epoch that is over. */
	assert_err(cs_mls_staged_load(&again, m[0].group, cs_buf_view(&saved)),
	    CS_ERR_EPOCH);
	cs_buf_free(&commit);
	cs_buf_free(&saved);
	for (int i = 0; i < 3; i++)
		world_member_clear(&m[i]);
}

/* Whatever is cut off is noticed; nothing that is changed breaks us. */
static void
test_damaged(void **state)
{
	struct world_member m[2];
	struct cs_mls_options opt = world_options();
	struct cs_mls_group *g = NULL;
	struct cs_buf saved = { 0 };

	(void)state;
	assert_ok(world_group(m, 2, no_exts));
	assert_ok(world_save(m[0].group, &saved));
	for (size_t n = 0; n < saved.len; n++)
		assert_err(world_load(&g, cs_view(saved.data, n), &opt),
		    CS_ERR_CORRUPT);
	for (size_t i = 0; i < saved.len; i++) {
		saved.data[i] ^= 0x41;
		if (world_load(&g, cs_buf_view(&saved), &opt) == CS_OK)
			cs_mls_group_free(g);
		saved.data[i] ^= 0x41;
	}
	assert_ok(cs_buf_add(&saved, cs_view_str("x")));
	assert_err(world_load(&g, cs_buf_view(&saved), &opt), CS_ERR_CORRUPT);
	cs_buf_free(&saved);
	world_member_clear(&m[0]);
	world_member_clear(&m[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_staged),
		cmocka_unit_test(test_damaged),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
