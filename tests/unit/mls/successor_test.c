/* SPDX-License-Identifier: MIT */
/*
 * Groups that come out of others: re-initialisation (RFC 9420, 11.2) and
 * branching (11.3), and what the members of the old one check.
 */
#include "support/mls_scene.h"

/* Whom ${s} has, once more: fresh key packages for suite ${suite}. */
struct second {
	struct world_member m[3];
	struct cs_view key_packages[2];
	struct cs_buf welcome;
};

static void
again(struct second *n, uint16_t suite)
{
	const uint16_t before = world_suite;

	*n = (struct second){ 0 };
	world_suite = suite;
	for (unsigned i = 0; i < 3; i++)
		assert_ok(world_member_init(&n->m[i], i));
	for (int i = 0; i < 2; i++)
		n->key_packages[i] = cs_buf_view(&n->m[i + 1].key_package);
	world_suite = before;
}

static void
no_more(struct second *n)
{
	for (int i = 0; i < 3; i++)
		world_member_clear(&n->m[i]);
	cs_buf_free(&n->welcome);
}

static enum cs_err
found(struct second *n, struct scene *s,
    const struct cs_mls_successor_options *what)
{
	const struct cs_mls_options opt = world_options();

	cs_buf_reset(&n->welcome);
	cs_mls_group_free(n->m[0].group);
	n->m[0].group = NULL;
	return cs_mls_group_succeed(&n->m[0].group, &n->welcome, s->m[0].group,
	    &n->m[0].id, &opt, what);
}

static enum cs_err
join(struct second *n, int i, struct cs_mls_group *from)
{
	const struct cs_mls_options opt = world_options();
	const struct cs_mls_join_options join = { .from = from };

	cs_mls_group_free(n->m[i].group);
	n->m[i].group = NULL;
	return cs_mls_welcome_join(&n->m[i].group, cs_buf_view(&n->welcome),
	    cs_buf_view(&n->m[i].secrets), &n->m[i].id, &opt, &join);
}

static void
end_with(struct scene *s, uint16_t suite, struct cs_mls_extensions exts)
{
	const struct cs_mls_reinit reinit = { cs_view_str("the next"), suite,
		exts };

	committed(
	    s, &s->m[1], &(struct cs_mls_commit_options){ .reinit = &reinit });
}

static void
test_reinit(void **state)
{
	static const uint8_t required[] = { 0, 0, 2, 0, 1 };
	const struct cs_mls_extension ext = { CS_MLS_EXT_REQUIRED_CAPABILITIES,
		CS_VIEW_OF(required) };
	struct scene s;
	struct second n;
	struct cs_mls_successor_options what = { .n_add = 2 };
	struct cs_buf out = { 0 };
	struct cs_view id, exts, data;
	uint16_t suite;

	(void)state;
	set_up(&s);
	assert_false(cs_mls_group_reinit(s.m[0].group, &id, &suite, &exts));
	end_with(&s, 3, (struct cs_mls_extensions){ &ext, 1 });
	assert_true(cs_mls_group_reinit(s.m[2].group, &id, &suite, &exts));
	assert_view_equal(id, cs_view_str("the next"));
	assert_int_equal(suite, 3);
	/* Nothing more is said in the old group. */
	assert_int_not_equal(cs_mls_protect(&out, s.m[0].group, id, id), CS_OK);
	assert_int_not_equal(cs_mls_propose_update(&out, s.m[1].group), CS_OK);
	/* The new one: of the suite that was asked for, */
	again(&n, 1);
	what.add = n.key_packages;
	assert_int_not_equal(found(&n, &s, &what), CS_OK);
	no_more(&n);
	again(&n, 3);
	what.add = n.key_packages;
	/* and with all members. */
	what.n_add = 1;
	assert_ok(found(&n, &s, &what));
	assert_err(join(&n, 1, s.m[1].group), CS_ERR_MEMBER);
	what.n_add = 2;
	assert_ok(found(&n, &s, &what));
	/* Who knows nothing of the old one does not get into the new one. */
	assert_int_not_equal(join(&n, 1, NULL), CS_OK);
	assert_ok(join(&n, 1, s.m[1].group));
	assert_ok(join(&n, 2, s.m[2].group));
	assert_view_equal(
	    cs_mls_group_id(n.m[2].group), cs_view_str("the next"));
	assert_true(cs_mls_group_extension(
	    n.m[2].group, CS_MLS_EXT_REQUIRED_CAPABILITIES, &data));
	assert_int_equal(cs_mls_group_epoch(n.m[1].group), 1);
	assert_true(world_agree(&n.m[0], &n.m[1]));
	assert_true(world_agree(&n.m[0], &n.m[2]));
	assert_ok(world_talk(&n.m[1], &n.m[2], "here we are"));
	cs_buf_free(&out);
	no_more(&n);
	tear_down(&s);
}

/* Without extensions, and after a restart of everybody. */
static void
test_reinit_saved(void **state)
{
	const struct cs_mls_options opt = world_options();
	struct scene s;
	struct second n;
	struct cs_mls_successor_options what = { .n_add = 2 };
	struct cs_buf saved = { 0 };

	(void)state;
	set_up(&s);
	end_with(&s, 1, (struct cs_mls_extensions){ NULL, 0 });
	for (int i = 0; i < 3; i++) {
		cs_buf_reset(&saved);
		assert_ok(world_save(s.m[i].group, &saved));
		cs_mls_group_free(s.m[i].group);
		assert_ok(world_load(&s.m[i].group, cs_buf_view(&saved), &opt));
	}
	again(&n, 1);
	what.add = n.key_packages;
	assert_ok(found(&n, &s, &what));
	assert_ok(join(&n, 1, s.m[1].group));
	assert_true(world_agree(&n.m[0], &n.m[1]));
	cs_buf_free(&saved);
	no_more(&n);
	tear_down(&s);
}

/* The new group is what the ReInit says, to the letter. */
static void
test_not_as_agreed(void **state)
{
	struct scene a, b;
	struct second n;
	struct cs_mls_successor_options what = { .n_add = 2 };

	(void)state;
	set_up(&a);
	set_up(&b);
	end_with(&a, 1, (struct cs_mls_extensions){ NULL, 0 });
	/* Another group of the same name, and of another history. */
	end_with(&b, 1, (struct cs_mls_extensions){ NULL, 0 });
	again(&n, 1);
	what.add = n.key_packages;
	assert_ok(found(&n, &a, &what));
	assert_int_not_equal(join(&n, 1, b.m[1].group), CS_OK);
	assert_null(n.m[1].group);
	/* A group that has not ended. */
	tear_down(&b);
	set_up(&b);
	assert_int_not_equal(join(&n, 1, b.m[1].group), CS_OK);
	tear_down(&a);
	tear_down(&b);
	no_more(&n);
}

static void
test_branch(void **state)
{
	struct scene s;
	struct second n;
	struct cs_mls_successor_options what = {
		.n_add = 1,
		.group_id = cs_view_str("a branch"),
	};

	(void)state;
	for (int apart = 0; apart < 2; apart++) {
		set_up(&s);
		again(&n, 1);
		what.add = n.key_packages;
		what.force_path = apart == 1;
		assert_ok(found(&n, &s, &what));
		assert_int_not_equal(join(&n, 1, NULL), CS_OK);
		assert_ok(join(&n, 1, s.m[1].group));
		assert_true(world_agree(&n.m[0], &n.m[1]));
		assert_ok(world_talk(&n.m[0], &n.m[1], "between us"));
		/* The old one goes on. */
		assert_ok(world_talk(&s.m[0], &s.m[2], "all of us"));
		no_more(&n);
		tear_down(&s);
	}
}

/* Section 11.3: whoever is in the branch was in the group. */
static void
test_branch_of_others(void **state)
{
	struct scene s;
	struct second n;
	struct world_member other;
	struct cs_view add[2];
	struct cs_mls_successor_options what = {
		.add = add,
		.n_add = 2,
		.group_id = cs_view_str("a branch"),
	};

	(void)state;
	set_up(&s);
	again(&n, 1);
	assert_ok(world_member_init(&other, 9));
	add[0] = n.key_packages[0];
	add[1] = cs_buf_view(&other.key_package);
	assert_ok(found(&n, &s, &what));
	assert_err(join(&n, 1, s.m[1].group), CS_ERR_MEMBER);
	/* Nor of another suite. */
	no_more(&n);
	again(&n, 3);
	what.add = n.key_packages;
	assert_int_not_equal(found(&n, &s, &what), CS_OK);
	world_member_clear(&other);
	no_more(&n);
	tear_down(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reinit),
		cmocka_unit_test(test_reinit_saved),
		cmocka_unit_test(test_not_as_agreed),
		cmocka_unit_test(test_branch),
		cmocka_unit_test(test_branch_of_others),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
