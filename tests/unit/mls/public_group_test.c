/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"
#include "support/mls_world.h"

/* A world whose operator may propose removals. */
struct watched {
	struct world_member m[4];
	struct cs_signer *operator;
	struct cs_buf senders;
	struct cs_mls_public_group *hub;
};

static void
set_up(struct watched *w, size_t n)
{
	struct cs_mls_options opt = world_options();
	struct cs_mls_external_sender sender;
	struct cs_mls_extension ext;
	struct cs_buf info = { 0 };

	memset(w, 0, sizeof *w);
	assert_ok(cs_signer_new(&w->operator, CS_ED25519));
	sender = (struct cs_mls_external_sender){ cs_signer_public(w->operator),
		{ CS_MLS_CREDENTIAL_BASIC, cs_view_str("hub") } };
	assert_ok(cs_mls_external_senders(&w->senders, &sender, 1));
	ext.type = CS_MLS_EXT_EXTERNAL_SENDERS;
	ext.data = cs_buf_view(&w->senders);
	assert_ok(world_group(w->m, n, (struct cs_mls_extensions){ &ext, 1 }));
	assert_ok(cs_mls_group_info(w->m[0].group, &info, CS_MLS_WITH_TREE));
	assert_ok(cs_mls_public_group_new(
	    &w->hub, cs_buf_view(&info), cs_view(NULL, 0), &opt));
	cs_buf_free(&info);
}

static void
tear_down(struct watched *w)
{
	for (int i = 0; i < 4; i++)
		world_member_clear(&w->m[i]);
	cs_buf_free(&w->senders);
	cs_mls_public_group_free(w->hub);
	cs_signer_free(w->operator);
}

static void
watch(struct watched *w, const struct cs_buf *message,
    struct cs_mls_public_outcome *o)
{
	assert_ok(cs_mls_public_process(o, w->hub, cs_buf_view(message)));
}

/* Sender number ${index} proposes to remove ${leaf}. */
static enum cs_err
external_remove(struct cs_buf *out, const struct watched *w, uint32_t index,
    const struct cs_signer *signer, uint32_t leaf)
{
	const struct cs_mls_external_proposal p = { .remove = &leaf };

	return cs_mls_external_propose(out, w->hub, index, signer, &p);
}

static void
test_external_remove(void **state)
{
	struct watched w;
	const struct cs_mls_commit_options opt = { 0 };
	struct cs_buf remove = { 0 }, commit = { 0 }, none = { 0 };
	struct cs_mls_public_outcome o;
	struct cs_mls_received got;
	struct cs_mls_member who;
	struct cs_mls_sender by = { 0 };
	bool external = false;

	(void)state;
	set_up(&w, 4);
	assert_ok(external_remove(&remove, &w, 0, w.operator, 1));
	watch(&w, &remove, &o);
	assert_int_equal(o.content, CS_MLS_CONTENT_PROPOSAL);
	assert_int_equal(o.sender_leaf, UINT32_MAX);
	for (int i = 0; i < 4; i++) {
		assert_ok(
		    cs_mls_process(&got, w.m[i].group, cs_buf_view(&remove)));
		assert_int_equal(got.sender_leaf, UINT32_MAX);
		assert_view_equal(
		    cs_buf_view(&got.credential), cs_view_str("hub"));
		cs_mls_received_clear(&got);
	}
	assert_int_equal(
	    cs_mls_group_proposed_removal(w.m[3].group, 0, &external), 1);
	assert_true(external);
	assert_ok(world_commit(&w.m[3], &opt, &commit, &none));
	watch(&w, &commit, &o);
	assert_int_equal(o.n_removed, 1);
	assert_int_equal(o.removed[0].leaf, 1);
	assert_int_equal(o.removed[0].by.type, CS_MLS_SENDER_EXTERNAL);
	assert_int_equal(o.removed[0].by.index, 0);
	assert_int_equal(o.sender_leaf, 3);
	cs_mls_public_outcome_clear(&o);
	assert_ok(cs_mls_process(&got, w.m[1].group, cs_buf_view(&commit)));
	assert_true(cs_mls_staged_self_removed(got.staged));
	assert_true(cs_mls_staged_removed_member(got.staged, 0, &who, &by));
	assert_int_equal(by.type, CS_MLS_SENDER_EXTERNAL);
	assert_view_equal(who.credential, cs_view_str("m1"));
	cs_mls_received_clear(&got);
	assert_ok(world_follow(&w.m[0], &commit));
	assert_ok(world_follow(&w.m[2], &commit));
	assert_true(world_agree(&w.m[0], &w.m[3]));
	assert_int_equal(
	    cs_mls_public_group_epoch(w.hub), cs_mls_group_epoch(w.m[0].group));
	cs_buf_free(&remove);
	cs_buf_free(&commit);
	tear_down(&w);
}

/* Whoever is not in external_senders cannot propose. */
static void
test_wrong_sender(void **state)
{
	struct watched w;
	struct cs_signer *other;
	struct cs_buf out = { 0 };
	struct cs_mls_received got;
	size_t n;

	(void)state;
	set_up(&w, 2);
	assert_ok(cs_signer_new(&other, CS_ED25519));
	assert_err(external_remove(&out, &w, 0, other, 1), CS_ERR_MISMATCH);
	assert_err(external_remove(&out, &w, 1, w.operator, 1), CS_ERR_MEMBER);
	assert_err(external_remove(&out, &w, 0, w.operator, 2), CS_ERR_MEMBER);
	assert_int_equal(out.len, 0);
	assert_ok(external_remove(&out, &w, 0, w.operator, 1));
	n = out.len;
	for (size_t i = 0; i < n; i++) {
		out.data[i] ^= 4;
		assert_int_not_equal(
		    cs_mls_process(&got, w.m[0].group, cs_buf_view(&out)),
		    CS_OK);
		out.data[i] ^= 4;
	}
	cs_buf_free(&out);
	cs_signer_free(other);
	tear_down(&w);
}

/* A hub refuses what members would refuse, and nothing changes. */
static void
test_bad_commit(void **state)
{
	struct watched w;
	const struct cs_mls_commit_options opt = { .force_path = true };
	struct cs_buf commit = { 0 }, none = { 0 }, before = { 0 },
		      after = { 0 };
	struct cs_mls_public_outcome o;

	(void)state;
	set_up(&w, 3);
	assert_ok(world_commit(&w.m[1], &opt, &commit, &none));
	assert_ok(cs_mls_public_group_save(w.hub, &before));
	/* The last 33 bytes are the membership tag, the 33 before them the
	 * confirmation tag: only members can check them. */
	for (size_t i = 0; i + 66 < commit.len; i++) {
		commit.data[i] ^= 1;
		assert_int_not_equal(
		    cs_mls_public_process(&o, w.hub, cs_buf_view(&commit)),
		    CS_OK);
		commit.data[i] ^= 1;
		cs_buf_reset(&after);
		assert_ok(cs_mls_public_group_save(w.hub, &after));
		assert_view_equal(cs_buf_view(&before), cs_buf_view(&after));
	}
	watch(&w, &commit, &o);
	cs_mls_public_outcome_clear(&o);
	assert_err(cs_mls_public_process(&o, w.hub, cs_buf_view(&commit)),
	    CS_ERR_EPOCH);
	cs_buf_free(&commit);
	cs_buf_free(&before);
	cs_buf_free(&after);
	tear_down(&w);
}

static void
test_save(void **state)
{
	struct watched w;
	struct cs_mls_options opt = world_options();
	struct cs_mls_public_group *again = NULL;
	struct cs_buf remove = { 0 }, a = { 0 }, b = { 0 };
	struct cs_mls_public_outcome o;
	struct cs_view data;

	(void)state;
	set_up(&w, 3);
	assert_ok(external_remove(&remove, &w, 0, w.operator, 2));
	watch(&w, &remove, &o);
	assert_ok(cs_mls_public_group_save(w.hub, &a));
	assert_ok(cs_mls_public_group_load(&again, cs_buf_view(&a), &opt));
	assert_ok(cs_mls_public_group_save(again, &b));
	assert_view_equal(cs_buf_view(&a), cs_buf_view(&b));
	assert_true(cs_mls_public_group_extension(
	    again, CS_MLS_EXT_EXTERNAL_SENDERS, &data));
	assert_view_equal(data, cs_buf_view(&w.senders));
	assert_view_equal(
	    cs_mls_public_group_id(again), cs_view_str("a group"));
	cs_mls_public_group_free(again);
	a.data[0] ^= 1;
	assert_err(cs_mls_public_group_load(&again, cs_buf_view(&a), &opt),
	    CS_ERR_CORRUPT);
	a.data[0] ^= 1;
	a.data[1]++;
	assert_err(cs_mls_public_group_load(&again, cs_buf_view(&a), &opt),
	    CS_ERR_NEWER);
	cs_buf_free(&remove);
	cs_buf_free(&a);
	cs_buf_free(&b);
	tear_down(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_external_remove),
		cmocka_unit_test(test_wrong_sender),
		cmocka_unit_test(test_bad_commit),
		cmocka_unit_test(test_save),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
