/* SPDX-License-Identifier: MIT */
/*
 * Those who are not members and come in (RFC 9420, 12.4.3.2 and 12.1.8):
 * external commits that join and that replace, and Adds of oneself.
 */

#include "crypto/init.h"
#include "mls/framing.h"
#include "mls/leaf_node.h"
#include "mls/public_state.h"
#include "support/mls_scene.h"

/* A fourth client, and what it knows of the group: its GroupInfo. */
struct stranger {
	struct world_member w;
	struct cs_buf info, commit;
};

static void
arrive(struct stranger *n, const struct scene *s, unsigned number)
{
	*n = (struct stranger){ 0 };
	assert_ok(world_member_init(&n->w, number));
	assert_ok(cs_mls_group_info(s->m[0].group, &n->info, CS_MLS_WITH_TREE));
}

static void
leave(struct stranger *n)
{
	world_member_clear(&n->w);
	cs_buf_free(&n->info);
	cs_buf_free(&n->commit);
}

static enum cs_err
enter(struct stranger *n, const struct cs_mls_external_options *ext)
{
	const struct cs_mls_options opt = world_options();

	cs_buf_reset(&n->commit);
	cs_mls_group_free(n->w.group);
	n->w.group = NULL;
	return cs_mls_external_commit(&n->w.group, &n->commit,
	    cs_buf_view(&n->info), &n->w.id, &opt, ext);
}

/* Everybody refuses ${commit}, and the hub. */
static void
refused(struct scene *s, struct cs_view commit, enum cs_err want)
{
	struct cs_mls_received got;
	struct cs_mls_public_outcome o;

	assert_err(cs_mls_process(&got, s->m[1].group, commit), want);
	cs_mls_received_clear(&got);
	/* What only members can tell, the hub cannot. */
	if (want == CS_ERR_MAC)
		return;
	assert_err(cs_mls_public_process(&o, s->hub, commit), want);
	cs_mls_public_outcome_clear(&o);
}

static void
test_join(void **state)
{
	(void)state;
	for (uint16_t suite = 1; suite <= 7; suite++) {
		struct scene s;
		struct stranger n;
		struct cs_mls_received got;
		struct cs_buf info = { 0 };
		uint64_t epoch;

		if (cs_suite_find(suite) == NULL)
			continue;
		world_suite = suite;
		set_up_of(&s, cs_suite_find(suite)->sig);
		epoch = cs_mls_group_epoch(s.m[0].group);
		arrive(&n, &s, 8);
		assert_ok(enter(&n, NULL));
		assert_int_equal(cs_mls_group_epoch(n.w.group), epoch + 1);
		assert_ok(
		    cs_mls_process(&got, s.m[2].group, cs_buf_view(&n.commit)));
		assert_int_equal(got.event, CS_MLS_EVENT_COMMIT);
		assert_true(cs_mls_staged_external(got.staged));
		assert_int_equal(cs_mls_staged_committer(got.staged), 3);
		assert_int_equal(cs_mls_staged_added(got.staged), 1);
		assert_int_equal(cs_mls_staged_removed(got.staged), 0);
		cs_mls_received_clear(&got);
		deliver(&s, &n.w, &n.commit);
		for (int i = 0; i < 3; i++) {
			assert_true(world_agree(&n.w, &s.m[i]));
			assert_ok(world_talk(&n.w, &s.m[i], "hello"));
			assert_ok(world_talk(&s.m[i], &n.w, "welcome"));
		}
		/* The GroupInfo of one epoch is none of the next. */
		assert_err(
		    cs_mls_public_group_check_info(s.hub, cs_buf_view(&n.info)),
		    CS_ERR_MISMATCH);
		assert_ok(
		    cs_mls_group_info(n.w.group, &info, CS_MLS_WITHOUT_TREE));
		assert_ok(
		    cs_mls_public_group_check_info(s.hub, cs_buf_view(&info)));
		cs_buf_free(&info);
		leave(&n);
		tear_down(&s);
	}
	world_suite = 1;
}

static void
test_tree_apart(void **state)
{
	struct scene s;
	struct stranger n;
	struct cs_mls_external_options ext = { 0 };
	struct cs_buf tree = { 0 };

	(void)state;
	set_up(&s);
	arrive(&n, &s, 8);
	cs_buf_reset(&n.info);
	assert_ok(
	    cs_mls_group_info(s.m[1].group, &n.info, CS_MLS_WITHOUT_TREE));
	assert_ok(cs_mls_public_group_tree(s.hub, &tree));
	assert_err(enter(&n, NULL), CS_ERR_TREE);
	/* Not the tree of the group: one byte in the middle of a key. */
	tree.data[20] ^= 1;
	ext.ratchet_tree = cs_buf_view(&tree);
	assert_int_not_equal(enter(&n, &ext), CS_OK);
	tree.data[20] ^= 1;
	assert_ok(enter(&n, &ext));
	deliver(&s, &n.w, &n.commit);
	assert_true(world_agree(&n.w, &s.m[0]));
	cs_buf_free(&tree);
	leave(&n);
	tear_down(&s);
}

static void
test_resync(void **state)
{
	const struct cs_mls_external_options resync = { .resync = true };
	struct scene s;
	struct stranger n;
	struct cs_mls_received got;
	struct cs_mls_member member;
	struct cs_mls_sender by;

	(void)state;
	set_up(&s);
	/* Who was no member has nothing to take the place of. */
	arrive(&n, &s, 8);
	assert_err(enter(&n, &resync), CS_ERR_MEMBER);
	leave(&n);
	/* Member 2 lost its state, its key too. */
	cs_mls_group_free(s.m[2].group);
	s.m[2].group = NULL;
	arrive(&n, &s, 2);
	assert_ok(enter(&n, &resync));
	assert_ok(cs_mls_process(&got, s.m[0].group, cs_buf_view(&n.commit)));
	assert_int_equal(cs_mls_staged_removed(got.staged), 1);
	assert_true(cs_mls_staged_removed_member(got.staged, 0, &member, &by));
	assert_int_equal(member.leaf, 2);
	assert_int_equal(by.type, CS_MLS_SENDER_NEW_MEMBER_COMMIT);
	cs_mls_received_clear(&got);
	deliver(&s, &n.w, &n.commit);
	assert_true(world_agree(&n.w, &s.m[0]));
	assert_int_equal(cs_mls_group_own_leaf(n.w.group), 2);
	assert_int_equal(cs_mls_group_members(n.w.group), 3);
	assert_ok(world_talk(&n.w, &s.m[1], "here again"));
	leave(&n);
	tear_down(&s);
}

/* The same key twice in a group is a key twice, without a Remove. */
static void
test_same_key(void **state)
{
	struct scene s;
	struct stranger n;
	struct cs_signer *own;

	(void)state;
	set_up(&s);
	arrive(&n, &s, 2);
	own = n.w.id.signer;
	n.w.id.signer = s.m[2].id.signer;
	assert_err(enter(&n, NULL), CS_ERR_TREE);
	n.w.id.signer = own;
	leave(&n);
	tear_down(&s);
}

static enum cs_err
find_psk(void *arg, struct cs_buf *out, const struct cs_mls_psk_id *id)
{
	return id->type == CS_MLS_PSK_EXTERNAL
	    ? cs_buf_add(out, cs_view_str(arg))
	    : CS_ERR_NOT_FOUND;
}

static void
test_psk(void **state)
{
	const struct cs_mls_psk_id door = { .type = CS_MLS_PSK_EXTERNAL,
		.id = cs_view_str("door") };
	const struct cs_mls_external_options ext = { .psk = &door, .n_psk = 1 };
	static char right[] = "right", wrong[] = "wrong";
	struct cs_mls_options opt = world_options();
	struct scene s;
	struct stranger n;

	(void)state;
	set_up(&s);
	opt.psks = (struct cs_mls_psks){ find_psk, right };
	for (int i = 0; i < 3; i++)
		cs_mls_group_set_options(s.m[i].group, &opt);
	arrive(&n, &s, 8);
	assert_err(enter(&n, &ext), CS_ERR_NOT_FOUND);
	opt.psks.arg = wrong;
	assert_ok(cs_mls_external_commit(
	    &n.w.group, &n.commit, cs_buf_view(&n.info), &n.w.id, &opt, &ext));
	refused(&s, cs_buf_view(&n.commit), CS_ERR_MAC);
	cs_mls_group_free(n.w.group);
	cs_buf_reset(&n.commit);
	opt.psks.arg = right;
	assert_ok(cs_mls_external_commit(
	    &n.w.group, &n.commit, cs_buf_view(&n.info), &n.w.id, &opt, &ext));
	deliver(&s, &n.w, &n.commit);
	assert_true(world_agree(&n.w, &s.m[1]));
	leave(&n);
	tear_down(&s);
}

/* A SelfRemove that waits is committed by who comes in. */
static void
test_self_remove(void **state)
{
	struct scene s;
	struct stranger n;
	struct cs_buf go = { 0 }, other = { 0 };
	struct cs_view waiting;
	struct cs_mls_external_options ext = { .proposals = &waiting,
		.n_proposals = 1 };

	(void)state;
	set_up(&s);
	assert_ok(cs_mls_propose_self_remove(&go, s.m[1].group));
	deliver(&s, &s.m[1], &go);
	arrive(&n, &s, 8);
	/* Nothing else may wait for it. */
	assert_ok(cs_mls_propose_remove(&other, s.m[0].group, 2));
	waiting = cs_buf_view(&other);
	assert_err(enter(&n, &ext), CS_ERR_PROPOSAL);
	waiting = cs_view(go.data, go.len - 1);
	assert_err(enter(&n, &ext), CS_ERR_FORMAT);
	waiting = cs_buf_view(&go);
	assert_ok(enter(&n, &ext));
	deliver(&s, &n.w, &n.commit);
	assert_true(world_agree(&n.w, &s.m[0]));
	assert_int_equal(cs_mls_group_members(n.w.group), 3);
	assert_false(cs_mls_group_member(
			 s.m[0].group, 1, &(struct cs_mls_member){ 0 }) &&
	    cs_mls_group_own_leaf(n.w.group) != 1);
	cs_buf_free(&go);
	cs_buf_free(&other);
	leave(&n);
	tear_down(&s);
}

/* ---- commits of strangers that are well made and not allowed ------------ */

/* ${j} joins with a commit of these entries, signed as it should be. */
static void
forge(struct cs_buf *out, const struct stranger *n, const struct scene *s,
    const struct cs_mls_proposal_or_ref *extra, size_t n_extra, bool init,
    bool path)
{
	static const uint8_t tag[32] = { 1 };
	struct cs_view context = cs_mls_public_context(&s->m[0].group->pub);
	struct cs_reader r = cs_reader(cs_buf_view(&n->commit));
	struct cs_mls_proposal_or_ref list[4];
	struct cs_mls_public_message message;
	struct cs_mls_signature signature;
	struct cs_mls_commit commit;
	struct cs_mls_leaf_place place = { cs_view_str("a group"), 3 };
	struct cs_buf body = { 0 }, leaf = { 0 };
	size_t k = 0;

	assert_int_equal(cs_mls_message_read(&r), CS_MLS_WIRE_PUBLIC);
	cs_mls_public_message_read(&r, &message);
	assert_ok(cs_reader_end(&r));
	r = cs_reader(message.content.framed.body);
	cs_mls_commit_read(&r, &commit);
	assert_ok(cs_reader_end(&r));
	r = cs_reader(commit.proposals);
	cs_mls_proposal_or_ref_read(&r, &list[0]);
	k = init ? 1 : 0;
	for (size_t i = 0; i < n_extra; i++)
		list[k++] = extra[i];
	/* The leaf that a Remove makes free is the one it comes to. */
	if (n_extra == 1 && extra[0].proposal.type == CS_MLS_PROPOSAL_REMOVE)
		place.index = extra[0].proposal.remove;
	assert_ok(
	    cs_mls_leaf_sign(&leaf, &commit.path.leaf, place, n->w.id.signer));
	r = cs_reader(cs_buf_view(&leaf));
	cs_mls_leaf_read(&r, &commit.path.leaf);
	assert_ok(cs_reader_end(&r));
	write_commit_of(&body, list, k, path ? &commit.path : NULL);
	message.content.framed.body = cs_buf_view(&body);
	message.content.confirmation_tag = CS_VIEW_OF(tag);
	assert_ok(cs_mls_framed_sign(&signature, CS_MLS_WIRE_PUBLIC,
	    &message.content.framed, n->w.id.signer, context));
	message.content.signature = cs_view(signature.b, signature.n);
	cs_buf_reset(out);
	assert_ok(cs_mls_public_message_seal(
	    out, &message.content, s->m[0].group->pub.suite, NULL, context));
	cs_buf_free(&body);
	cs_buf_free(&leaf);
}

static void
test_forged(void **state)
{
	static const uint8_t kem[32] = { 9 };
	static const uint8_t some[32] = { 8 };
	struct scene s;
	struct stranger n;
	struct cs_buf made = { 0 };
	struct cs_mls_proposal_or_ref e[3];
	const struct {
		struct cs_mls_proposal_or_ref e;
		enum cs_err want;
	} bad[] = {
		/* a second ExternalInit */
		{ { .proposal = { .type = CS_MLS_PROPOSAL_EXTERNAL_INIT,
			.kem_output = CS_VIEW_OF(kem) } },
		    CS_ERR_PROPOSAL },
		/* new extensions, */
		{ { .proposal = { .type =
				      CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS } },
		    CS_ERR_FORMAT },
		/* a Remove of nobody, */
		{ { .proposal = { .type = CS_MLS_PROPOSAL_REMOVE,
			.remove = 3 } },
		    CS_ERR_MEMBER },
		/* a proposal by reference that is unknown. */
		{ { .by_reference = true, .reference = CS_VIEW_OF(some) },
		    CS_ERR_NOT_FOUND },
	};

	(void)state;
	set_up(&s);
	arrive(&n, &s, 8);
	assert_ok(enter(&n, NULL));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		e[0] = bad[i].e;
		forge(&made, &n, &s, e, 1, true, true);
		refused(&s, cs_buf_view(&made), bad[i].want);
	}
	/* A Remove of somebody else, whose leaf it takes: not its successor. */
	e[0] = (struct cs_mls_proposal_or_ref){
		.proposal = { .type = CS_MLS_PROPOSAL_REMOVE, .remove = 1 },
	};
	forge(&made, &n, &s, e, 1, true, true);
	refused(&s, cs_buf_view(&made), CS_ERR_CREDENTIAL);
	/* Two Removes. */
	e[1] = e[0];
	e[1].proposal.remove = 2;
	forge(&made, &n, &s, e, 2, true, true);
	refused(&s, cs_buf_view(&made), CS_ERR_PROPOSAL);
	/* A member's proposal, by reference: only SelfRemoves may be. */
	cs_buf_reset(&made);
	assert_ok(cs_mls_propose_remove(&made, s.m[0].group, 1));
	deliver(&s, &s.m[0], &made);
	e[0] = (struct cs_mls_proposal_or_ref){
		.by_reference = true,
		.reference =
		    cs_mls_hash_view(&s.m[0].group->pub.proposals[0]->ref),
	};
	forge(&made, &n, &s, e, 1, true, true);
	refused(&s, cs_buf_view(&made), CS_ERR_PROPOSAL);
	/* No ExternalInit; no path. */
	forge(&made, &n, &s, NULL, 0, false, true);
	refused(&s, cs_buf_view(&made), CS_ERR_PROPOSAL);
	forge(&made, &n, &s, NULL, 0, true, false);
	refused(&s, cs_buf_view(&made), CS_ERR_PROPOSAL);
	/* All as it should be, but for the confirmation tag. */
	forge(&made, &n, &s, NULL, 0, true, true);
	refused(&s, cs_buf_view(&made), CS_ERR_MAC);
	/* Signed by another key than that of the leaf. */
	assert_ok(cs_buf_set(&made, cs_buf_view(&n.commit)));
	made.data[made.len - 40] ^= 1; /* in the signature */
	refused(&s, cs_buf_view(&made), CS_ERR_SIGNATURE);
	/* And the twin that was not touched. */
	deliver(&s, &n.w, &n.commit);
	assert_true(world_agree(&n.w, &s.m[1]));
	cs_buf_free(&made);
	leave(&n);
	tear_down(&s);
}

static void
test_bad_info(void **state)
{
	struct scene s;
	struct stranger n;
	struct cs_buf kept = { 0 };

	(void)state;
	set_up(&s);
	arrive(&n, &s, 8);
	assert_ok(cs_buf_set(&kept, cs_buf_view(&n.info)));
	/* Every byte counts: signed, or part of the signature. */
	for (size_t i = 0; i < kept.len; i += 7) {
		assert_ok(cs_buf_set(&n.info, cs_buf_view(&kept)));
		n.info.data[i] ^= 0x10;
		assert_int_not_equal(enter(&n, NULL), CS_OK);
		assert_null(n.w.group);
		assert_int_equal(n.commit.len, 0);
	}
	for (size_t i = 0; i < kept.len; i += 7) {
		assert_ok(cs_buf_set(&n.info, cs_view(kept.data, i)));
		assert_int_not_equal(enter(&n, NULL), CS_OK);
	}
	cs_buf_free(&kept);
	leave(&n);
	tear_down(&s);
}

/* ---- an Add of oneself -------------------------------------------------- */

static void
test_new_member_add(void **state)
{
	struct scene s;
	struct stranger n;
	struct cs_buf add = { 0 }, commit = { 0 }, welcome = { 0 };

	(void)state;
	set_up(&s);
	arrive(&n, &s, 8);
	cs_buf_reset(&n.w.secrets);
	assert_ok(cs_mls_new_member_add(
	    &add, &n.w.secrets, &n.w.ref, cs_buf_view(&n.info), &n.w.id));
	add.data[add.len - 1] ^= 1;
	refused(&s, cs_buf_view(&add), CS_ERR_SIGNATURE);
	add.data[add.len - 1] ^= 1;
	deliver(&s, &n.w, &add);
	assert_ok(world_commit(
	    &s.m[1], &(struct cs_mls_commit_options){ 0 }, &commit, &welcome));
	deliver(&s, &s.m[1], &commit);
	assert_ok(world_join(&n.w, &welcome));
	assert_true(world_agree(&n.w, &s.m[0]));
	assert_ok(world_talk(&n.w, &s.m[2], "let in"));
	cs_buf_free(&add);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	leave(&n);
	tear_down(&s);
}

/* Whom the authentication service does not know does not come in. */
static void
test_unknown(void **state)
{
	struct scene s;
	struct stranger n;
	struct cs_buf add = { 0 };
	struct cs_mls_options opt = world_options();

	(void)state;
	set_up(&s);
	arrive(&n, &s, 8);
	n.w.id.credential = cs_view_str("x8");
	/* It vouches for itself; the others do not. */
	assert_ok(enter(&n, NULL));
	refused(&s, cs_buf_view(&n.commit), CS_ERR_CREDENTIAL);
	cs_buf_reset(&n.w.secrets);
	assert_ok(cs_mls_new_member_add(
	    &add, &n.w.secrets, &n.w.ref, cs_buf_view(&n.info), &n.w.id));
	refused(&s, cs_buf_view(&add), CS_ERR_CREDENTIAL);
	/* Nobody vouches at all. */
	cs_mls_group_free(n.w.group);
	n.w.group = NULL;
	n.w.id.credential = cs_view_str("m8");
	opt.auth.check = NULL;
	cs_mls_group_free(n.w.group);
	assert_err(cs_mls_external_commit(&n.w.group, &n.commit,
		       cs_buf_view(&n.info), &n.w.id, &opt, NULL),
	    CS_ERR_CREDENTIAL);
	cs_buf_free(&add);
	leave(&n);
	tear_down(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_tree_apart),
		cmocka_unit_test(test_resync),
		cmocka_unit_test(test_same_key),
		cmocka_unit_test(test_psk),
		cmocka_unit_test(test_self_remove),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_bad_info),
		cmocka_unit_test(test_new_member_add),
		cmocka_unit_test(test_unknown),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
