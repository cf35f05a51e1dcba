/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"
#include "mls/group.h"
#include "support/mls_world.h"

static const struct cs_mls_extensions no_exts;

static void
clear(struct world_member *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		world_member_clear(&m[i]);
}

/* ${by} removes ${leaf}; everybody else in ${m} follows. */
static void
remove_leaf(
    struct world_member *by, uint32_t leaf, struct world_member *m, size_t n)
{
	struct cs_mls_commit_options opt = { .remove = &leaf, .n_remove = 1 };
	struct cs_buf commit = { 0 }, welcome = { 0 };

	assert_ok(world_commit(by, &opt, &commit, &welcome));
	assert_int_equal(welcome.len, 0);
	for (size_t i = 0; i < n; i++)
		if (&m[i] != by)
			assert_ok(world_follow(&m[i], &commit));
	cs_buf_free(&commit);
}

static void
test_two_members(void **state)
{
	struct world_member m[2];
	struct cs_mls_member who;

	(void)state;
	assert_ok(world_group(m, 2, no_exts));
	assert_true(world_agree(&m[0], &m[1]));
	assert_int_equal(cs_mls_group_welcomed_by(m[1].group), 0);
	assert_int_equal(cs_mls_group_leaves(m[0].group), 2);
	assert_true(cs_mls_group_member(m[0].group, 1, &who));
	assert_view_equal(who.credential, cs_view_str("m1"));
	assert_false(cs_mls_group_member(m[0].group, 2, &who));
	assert_ok(world_talk(&m[0], &m[1], "hello"));
	assert_ok(world_talk(&m[1], &m[0], "hello to you"));
	clear(m, 2);
}

static void
test_five_members(void **state)
{
	struct world_member m[5];

	(void)state;
	assert_ok(world_group(m, 5, no_exts));
	for (int i = 1; i < 5; i++) {
		assert_true(world_agree(&m[0], &m[i]));
		assert_ok(world_talk(&m[i], &m[0], "from i"));
		assert_ok(world_talk(&m[0], &m[i], "to i"));
	}
	remove_leaf(&m[1], 3, m, 5);
	assert_true(world_agree(&m[0], &m[4]));
	assert_ok(world_talk(&m[4], &m[2], "without m3"));
	assert_int_equal(
	    world_talk(&m[3], &m[0], "still here?"), CS_ERR_MEMBER);
	clear(m, 5);
}

/* Who was removed can do nothing more, and state survives as that. */
static void
test_removed(void **state)
{
	struct world_member m[3];
	struct cs_mls_options opt = world_options();
	struct cs_mls_group *again = NULL;
	struct cs_buf out = { 0 }, saved = { 0 };
	struct cs_mls_hash secret;

	(void)state;
	assert_ok(world_group(m, 3, no_exts));
	remove_leaf(&m[0], 2, m, 3);
	assert_err(cs_mls_propose_update(&out, m[2].group), CS_ERR_MEMBER);
	assert_err(cs_mls_propose_remove(&out, m[2].group, 0), CS_ERR_MEMBER);
	assert_err(cs_mls_group_epoch_authenticator(m[2].group, &secret),
	    CS_ERR_MEMBER);
	assert_err(cs_mls_group_info(m[2].group, &out, CS_MLS_WITH_TREE),
	    CS_ERR_MEMBER);
	assert_ok(world_save(m[2].group, &saved));
	assert_ok(world_load(&again, cs_buf_view(&saved), &opt));
	assert_err(cs_mls_propose_update(&out, again), CS_ERR_MEMBER);
	cs_mls_group_free(again);
	cs_buf_free(&saved);
	assert_int_equal(out.len, 0);
	clear(m, 3);
}

/* An Update by reference: a proposal of one, the commit of another. */
static void
test_update(void **state)
{
	struct world_member m[4];
	const struct cs_mls_commit_options opt = { 0 };
	struct cs_buf proposal = { 0 }, commit = { 0 }, welcome = { 0 };
	struct cs_mls_received got;

	(void)state;
	assert_ok(world_group(m, 4, no_exts));
	assert_ok(cs_mls_propose_update(&proposal, m[2].group));
	for (int i = 0; i < 4; i++) {
		if (i == 2)
			continue;
		assert_ok(
		    cs_mls_process(&got, m[i].group, cs_buf_view(&proposal)));
		assert_int_equal(got.event, CS_MLS_EVENT_PROPOSAL);
		assert_int_equal(got.sender_leaf, 2);
		cs_mls_received_clear(&got);
	}
	assert_err(cs_mls_process(&got, m[0].group, cs_buf_view(&proposal)),
	    CS_ERR_REPLAY);
	assert_err(cs_mls_process(&got, m[2].group, cs_buf_view(&proposal)),
	    CS_ERR_REPLAY);
	/* Section 12.4: no data before the proposal is committed. */
	assert_int_equal(world_talk(&m[0], &m[1], "?"), CS_ERR_BUSY);
	assert_ok(world_commit(&m[0], &opt, &commit, &welcome));
	for (int i = 1; i < 4; i++)
		assert_ok(world_follow(&m[i], &commit));
	assert_true(world_agree(&m[0], &m[2]));
	assert_ok(world_talk(&m[2], &m[1], "with a new key"));
	cs_buf_reset(&commit);
	/* The updated member can commit, and read a path to its new key. */
	assert_ok(world_commit(&m[3], &opt, &commit, &welcome));
	for (int i = 0; i < 3; i++)
		assert_ok(world_follow(&m[i], &commit));
	assert_true(world_agree(&m[3], &m[2]));
	cs_buf_free(&proposal);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	clear(m, 4);
}

/* Proposals that do not go together are left out by the committer. */
static void
test_conflicts(void **state)
{
	struct world_member m[4];
	const struct cs_mls_commit_options opt = { 0 };
	struct cs_buf p = { 0 }, commit = { 0 }, welcome = { 0 };
	struct cs_mls_received got;
	bool external;

	(void)state;
	assert_ok(world_group(m, 4, no_exts));
	assert_ok(cs_mls_propose_update(&p, m[2].group));
	assert_ok(cs_mls_process(&got, m[0].group, cs_buf_view(&p)));
	cs_mls_received_clear(&got);
	assert_ok(cs_mls_process(&got, m[1].group, cs_buf_view(&p)));
	cs_mls_received_clear(&got);
	cs_buf_reset(&p);
	assert_ok(cs_mls_propose_remove(&p, m[1].group, 2));
	assert_ok(cs_mls_process(&got, m[0].group, cs_buf_view(&p)));
	cs_mls_received_clear(&got);
	cs_buf_reset(&p);
	assert_ok(cs_mls_propose_remove(&p, m[1].group, 0));
	assert_ok(cs_mls_process(&got, m[0].group, cs_buf_view(&p)));
	cs_mls_received_clear(&got);
	assert_int_equal(cs_mls_group_proposals(m[0].group), 3);
	assert_int_equal(
	    cs_mls_group_proposed_removal(m[0].group, 1, &external), 2);
	assert_false(external);
	assert_ok(world_commit(&m[0], &opt, &commit, &welcome));
	assert_ok(world_follow(&m[1], &commit));
	assert_true(world_agree(&m[0], &m[1]));
	assert_false(
	    cs_mls_group_member(m[0].group, 2, &(struct cs_mls_member){ 0 }));
	cs_buf_free(&p);
	cs_buf_free(&commit);
	clear(m, 4);
}

static void
test_misuse(void **state)
{
	struct world_member m[2], stranger;
	uint32_t own = 0, nobody = 7;
	struct cs_view twice[2];
	struct cs_mls_commit_options opt = { .remove = &own, .n_remove = 1 };
	struct cs_mls_staged *staged = NULL;
	struct cs_buf commit = { 0 }, welcome = { 0 };

	(void)state;
	assert_ok(world_group(m, 2, no_exts));
	assert_ok(world_member_init(&stranger, 9));
	assert_err(
	    cs_mls_commit_new(&staged, &commit, &welcome, m[0].group, &opt),
	    CS_ERR_PROPOSAL);
	opt.remove = &nobody;
	assert_err(
	    cs_mls_commit_new(&staged, &commit, &welcome, m[0].group, &opt),
	    CS_ERR_MEMBER);
	/* The same client twice, or one who is in already. */
	twice[0] = twice[1] = cs_buf_view(&stranger.key_package);
	opt = (struct cs_mls_commit_options){ .add = twice, .n_add = 2 };
	assert_err(
	    cs_mls_commit_new(&staged, &commit, &welcome, m[0].group, &opt),
	    CS_ERR_PROPOSAL);
	twice[0] = cs_buf_view(&m[1].key_package);
	opt.n_add = 1;
	assert_err(
	    cs_mls_commit_new(&staged, &commit, &welcome, m[0].group, &opt),
	    CS_ERR_TREE);
	assert_int_equal(commit.len, 0);
	assert_int_equal(welcome.len, 0);
	world_member_clear(&stranger);
	clear(m, 2);
}

/* Add, without a path, and with one; a Welcome for two at once. */
static void
test_welcome_for_two(void **state)
{
	struct world_member m[4];
	struct cs_view kps[2];
	struct cs_mls_extension ext = { 0xf001,
		{ (const uint8_t *)"name", 4 } };
	struct cs_mls_commit_options opt = {
		.add = kps,
		.n_add = 2,
		.force_path = true,
		.welcome_exts = { &ext, 1 },
	};
	struct cs_mls_options o = world_options();
	struct cs_buf commit = { 0 }, welcome = { 0 }, name = { 0 };
	const struct cs_mls_join_options join = { .ext_type = 0xf001,
		.ext = &name };
	struct cs_mls_hash ref;

	(void)state;
	assert_ok(world_group(m, 2, no_exts));
	assert_ok(world_member_init(&m[2], 2));
	assert_ok(world_member_init(&m[3], 3));
	kps[0] = cs_buf_view(&m[2].key_package);
	kps[1] = cs_buf_view(&m[3].key_package);
	assert_ok(world_commit(&m[1], &opt, &commit, &welcome));
	assert_ok(world_follow(&m[0], &commit));
	assert_ok(cs_mls_welcome_recipient(&ref, cs_buf_view(&welcome), 1));
	assert_view_equal(cs_mls_hash_view(&ref), cs_mls_hash_view(&m[3].ref));
	assert_err(cs_mls_welcome_recipient(&ref, cs_buf_view(&welcome), 2),
	    CS_ERR_NOT_FOUND);
	assert_ok(world_join(&m[2], &welcome));
	assert_ok(cs_mls_welcome_join(&m[3].group, cs_buf_view(&welcome),
	    cs_buf_view(&m[3].secrets), &m[3].id, &o, &join));
	assert_view_equal(cs_buf_view(&name), cs_view_str("name"));
	for (int i = 1; i < 4; i++)
		assert_true(world_agree(&m[0], &m[i]));
	cs_buf_reset(&commit);
	opt = (struct cs_mls_commit_options){ 0 };
	assert_ok(world_commit(&m[3], &opt, &commit, &welcome));
	for (int i = 0; i < 3; i++)
		assert_ok(world_follow(&m[i], &commit));
	assert_true(world_agree(&m[3], &m[0]));
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	cs_buf_free(&name);
	clear(m, 4);
}

/* Two commit at once: the loser drops its own and takes the winner's. */
static void
test_race(void **state)
{
	struct world_member m[3];
	const struct cs_mls_commit_options opt = { 0 };
	struct cs_mls_staged *lost = NULL, *stale = NULL;
	struct cs_buf commit = { 0 }, other = { 0 }, none = { 0 };

	(void)state;
	assert_ok(world_group(m, 3, no_exts));
	assert_ok(cs_mls_commit_new(&lost, &other, &none, m[1].group, &opt));
	cs_buf_reset(&other);
	assert_ok(cs_mls_commit_new(&stale, &other, &none, m[1].group, &opt));
	assert_ok(world_commit(&m[0], &opt, &commit, &none));
	cs_mls_staged_free(lost);
	assert_ok(world_follow(&m[1], &commit));
	assert_ok(world_follow(&m[2], &commit));
	assert_true(world_agree(&m[0], &m[1]));
	assert_err(cs_mls_group_merge(m[1].group, stale), CS_ERR_EPOCH);
	assert_err(world_follow(&m[2], &other), CS_ERR_EPOCH);
	assert_ok(world_talk(&m[1], &m[2], "still well"));
	cs_buf_free(&commit);
	cs_buf_free(&other);
	clear(m, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_members),
		cmocka_unit_test(test_five_members),
		cmocka_unit_test(test_removed),
		cmocka_unit_test(test_update),
		cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_welcome_for_two),
		cmocka_unit_test(test_race),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
