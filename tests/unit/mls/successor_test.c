/* SPDX-License-Identifier: MIT */
/*
 * Groups that come out of others: re-initialisation (RFC 9420, 11.2) and
 * branching (11.3), and what the members of the old one check.
 */

#include "crypto/init.h"
#include "mls/group.h"
#include "mls/group_commit.h"
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
	struct world_member other;
	struct cs_view add[3];
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
	/* With somebody who was not there. */
	assert_ok(world_member_init(&other, 9));
	add[0] = n.key_packages[0];
	add[1] = n.key_packages[1];
	add[2] = cs_buf_view(&other.key_package);
	what = (struct cs_mls_successor_options){ .add = add, .n_add = 3 };
	assert_ok(found(&n, &a, &what));
	assert_err(join(&n, 1, a.m[1].group), CS_ERR_MEMBER);
	world_member_clear(&other);
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

/* ---- groups that only say they succeed another --------------------------- */

/* A Welcome of a group of member 0 for a guest called m1, of the world's suite
 * and in epoch ${epochs} + 1, with these PSKs of ${from}. */
static void
succeed(struct cs_buf *welcome, struct world_member *guest,
    const struct cs_mls_group *from, struct cs_view group_id, int epochs,
    const struct cs_mls_psk_id *psk, size_t n_psk)
{
	const struct cs_mls_options opt = world_options();
	struct world_member founder;
	struct cs_mls_staged *staged;
	struct cs_buf commit = { 0 }, none = { 0 };
	struct cs_view kp;
	const struct cs_mls_commit_options what = {
		.add = &kp,
		.n_add = 1,
		.psk = psk,
		.n_psk = n_psk,
	};

	cs_buf_reset(welcome);
	assert_ok(world_member_init(&founder, 0));
	assert_ok(world_member_init(guest, 1));
	kp = cs_buf_view(&guest->key_package);
	assert_ok(cs_mls_group_new(&founder.group, world_suite, group_id,
	    &founder.id, (struct cs_mls_extensions){ NULL, 0 }, &opt));
	for (int i = 0; i < epochs; i++)
		assert_ok(world_commit(&founder,
		    &(struct cs_mls_commit_options){ 0 }, &commit, &none));
	/* As the first commit of a successor would be made. */
	assert_ok(cs_mls_commit_make(
	    &staged, &commit, welcome, founder.group, &what, from));
	cs_mls_staged_free(staged);
	cs_buf_free(&commit);
	world_member_clear(&founder);
}

static enum cs_err
join_from(struct world_member *guest, const struct cs_buf *welcome,
    struct cs_mls_group *from)
{
	const struct cs_mls_options opt = world_options();
	const struct cs_mls_join_options join = { .from = from };
	struct cs_mls_group *g = NULL;
	enum cs_err err;

	err = cs_mls_welcome_join(&g, cs_buf_view(welcome),
	    cs_buf_view(&guest->secrets), &guest->id, &opt, &join);
	cs_mls_group_free(g);
	return err;
}

static void
test_ties(void **state)
{
	enum { REINIT = CS_MLS_PSK_REINIT, BRANCH = CS_MLS_PSK_BRANCH };
	const struct cs_mls_extension ext = { CS_MLS_EXT_APPLICATION_ID,
		cs_view_str("x") };
	const struct cs_mls_reinit bare = { cs_view_str("next"), 1,
		{ NULL, 0 } },
				   with = { cs_view_str("next"), 1,
					   { &ext, 1 } };
	struct cs_mls_psk_id psk[2] = { { .type = CS_MLS_PSK_RESUMPTION,
	    .usage = CS_MLS_PSK_BRANCH,
	    .id = cs_view_str("a group") } };
	struct cs_view a = cs_view_str("a branch"), next = bare.group_id;
	struct scene s;
	struct world_member guest;
	struct cs_buf welcome = { 0 };
	/* What is said: group, epochs before, PSKs, their usage and age. */
	const struct {
		struct cs_view id;
		int epochs;
		size_t n_psk;
		int usage;
		uint64_t age;
		/* The ReInit that is committed; the suite of the new group. */
		const struct cs_mls_reinit *reinit;
		uint16_t suite;
		enum cs_err want;
	} cases[] = {
		{ a, 0, 1, BRANCH, 0, NULL, 1, CS_OK },
		/* Section 11.3: of another suite, not in its first epoch. */
		{ a, 0, 1, BRANCH, 0, NULL, 3, CS_ERR_MISMATCH },
		{ a, 1, 1, BRANCH, 0, NULL, 1, CS_ERR_EPOCH },
		/* Section 12.4.3.1: two of that kind. */
		{ a, 0, 2, BRANCH, 0, NULL, 1, CS_ERR_PROPOSAL },
		/* Section 11.2: without a ReInit, */
		{ next, 0, 1, REINIT, 0, NULL, 1, CS_ERR_MISMATCH },
		/* of another name, suite, or extensions, later, */
		{ a, 0, 1, REINIT, 0, &bare, 1, CS_ERR_MISMATCH },
		{ next, 0, 1, REINIT, 0, &bare, 3, CS_ERR_MISMATCH },
		{ next, 0, 1, REINIT, 0, &with, 1, CS_ERR_MISMATCH },
		{ next, 1, 1, REINIT, 0, &bare, 1, CS_ERR_EPOCH },
		/* with the secret of an epoch before the ReInit, */
		{ next, 0, 1, REINIT, 1, &bare, 1, CS_ERR_EPOCH },
		/* and not all members. */
		{ next, 0, 1, REINIT, 0, &bare, 1, CS_ERR_MEMBER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		set_up(&s);
		if (cases[i].reinit != NULL)
			committed(&s, &s.m[0],
			    &(struct cs_mls_commit_options){
				.reinit = cases[i].reinit });
		psk[0].usage = (enum cs_mls_psk_usage)cases[i].usage;
		psk[0].epoch = cs_mls_group_epoch(s.m[0].group) - cases[i].age;
		psk[1] = psk[0];
		psk[1].epoch--;
		world_suite = cases[i].suite;
		succeed(&welcome, &guest, s.m[0].group, cases[i].id,
		    cases[i].epochs, psk, cases[i].n_psk);
		world_suite = 1;
		assert_err(
		    join_from(&guest, &welcome, s.m[1].group), cases[i].want);
		/* Who does not know the old group cannot. */
		assert_int_not_equal(join_from(&guest, &welcome, NULL), CS_OK);
		world_member_clear(&guest);
		tear_down(&s);
	}
	cs_buf_free(&welcome);
}

/* Section 11.2: a ReInit to a version of which we can be no member. */
static void
test_other_version(void **state)
{
	const struct cs_mls_proposal p = {
		.type = CS_MLS_PROPOSAL_REINIT,
		.reinit = { .group_id = cs_view_str("next"),
		    .version = 2,
		    .suite_id = 1 },
	};
	struct cs_mls_psk_id psk = { .type = CS_MLS_PSK_RESUMPTION,
		.usage = CS_MLS_PSK_REINIT,
		.id = cs_view_str("a group") };
	const struct cs_mls_options opt = world_options();
	struct scene s;
	struct world_member guest;
	struct cs_mls_group *next;
	struct cs_buf body = { 0 }, commit = { 0 }, welcome = { 0 };

	(void)state;
	set_up(&s);
	write_proposal(&body, &p);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_OK);
	assert_ok(world_commit(
	    &s.m[1], &(struct cs_mls_commit_options){ 0 }, &commit, &welcome));
	psk.epoch = cs_mls_group_epoch(s.m[1].group);
	succeed(&welcome, &guest, s.m[1].group, p.reinit.group_id, 0, &psk, 1);
	assert_err(join_from(&guest, &welcome, s.m[1].group), CS_ERR_MISMATCH);
	assert_err(
	    cs_mls_group_succeed(&next, &welcome, s.m[1].group, &s.m[1].id,
		&opt, &(struct cs_mls_successor_options){ .n_add = 0 }),
	    CS_ERR_VERSION);
	world_member_clear(&guest);
	cs_buf_free(&body);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
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
		cmocka_unit_test(test_ties),
		cmocka_unit_test(test_other_version),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
