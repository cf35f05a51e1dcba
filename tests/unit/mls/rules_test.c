/* SPDX-License-Identifier: MIT */
/* A program's own rules: asked about what comes and what is made, by members
 * and by who looks on, before anything changes. */
#include "crypto/init.h"
#include "mls/group.h"
#include "support/mls_world.h"

/* What a rule was asked last, and what it says. */
static struct {
	unsigned asked;
	enum cs_err answer;
	enum cs_mls_proposal_type types[8];
	bool by_reference[8];
	struct cs_mls_sender senders[8];
	uint32_t targets[8];
	size_t n;
	enum cs_mls_content content;
	enum cs_mls_wire wire;
	struct cs_mls_sender sender;
	size_t aad;
	bool has_path;
	uint32_t before, after, committer;
} seen;

static enum cs_err
watch(void *arg, const struct cs_mls_handshake *h)
{
	struct cs_mls_leaf_view leaf;

	assert_ptr_equal(arg, &seen);
	seen.asked++;
	seen.content = h->content;
	seen.wire = h->wire;
	seen.sender = h->sender;
	seen.aad = h->authenticated_data.len;
	seen.n = h->n;
	for (size_t i = 0; i < h->n && i < 8; i++) {
		seen.types[i] = h->proposals[i].type;
		seen.by_reference[i] = h->proposals[i].by_reference;
		seen.senders[i] = h->proposals[i].sender;
		seen.targets[i] = h->proposals[i].target;
		if (h->proposals[i].type == CS_MLS_PROPOSAL_ADD)
			assert_view_equal(
			    h->proposals[i].leaf.credential.identity,
			    cs_view_str("m3"));
	}
	seen.has_path = h->has_path;
	seen.before = cs_mls_view_leaves(h->before);
	assert_view_equal(cs_mls_view_id(h->before), cs_view_str("a group"));
	assert_int_equal(cs_mls_view_suite(h->before), world_suite);
	seen.after = 0;
	seen.committer = h->committer;
	if (h->content == CS_MLS_CONTENT_COMMIT) {
		seen.after = cs_mls_view_leaves(h->after);
		assert_true(cs_mls_view_leaf(h->after, h->committer, &leaf));
		if (h->has_path)
			assert_view_equal(h->path_leaf.credential.identity,
			    leaf.credential.identity);
	} else {
		assert_null(h->after);
	}
	return seen.answer;
}

static struct cs_mls_options
with_rules(void)
{
	struct cs_mls_options opt = world_options();

	opt.rules = (struct cs_mls_rules){ watch, &seen };
	return opt;
}

struct world {
	struct world_member m[4];
	struct cs_mls_public_group *hub;
};

/* Members 0 to 2, of whom 1 has rules, and somebody who looks on by them. */
static void
world_init(struct world *w)
{
	const struct cs_mls_extensions none = { NULL, 0 };
	struct cs_mls_options opt = with_rules();
	struct cs_mls_commit_options add = { .n_add = 2 };
	struct cs_buf commit = { 0 }, welcome = { 0 }, info = { 0 };
	struct cs_view packages[2];

	memset(&seen, 0, sizeof seen);
	for (unsigned i = 0; i < 4; i++)
		assert_ok(world_member_init(&w->m[i], i));
	assert_ok(world_found(&w->m[0], none));
	packages[0] = cs_buf_view(&w->m[1].key_package);
	packages[1] = cs_buf_view(&w->m[2].key_package);
	add.add = packages;
	assert_ok(world_commit(&w->m[0], &add, &commit, &welcome));
	for (unsigned i = 1; i < 3; i++) {
		struct cs_mls_options own =
		    i == 1 ? with_rules() : world_options();

		assert_ok(cs_mls_welcome_join(&w->m[i].group,
		    cs_buf_view(&welcome), cs_buf_view(&w->m[i].secrets),
		    &w->m[i].id, &own, NULL));
	}
	assert_ok(cs_mls_group_info(w->m[0].group, &info, CS_MLS_WITH_TREE));
	assert_ok(cs_mls_public_group_new(
	    &w->hub, cs_buf_view(&info), cs_view(NULL, 0), &opt));
	assert_int_equal(seen.asked, 0);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	cs_buf_free(&info);
}

static void
world_clear(struct world *w)
{
	for (unsigned i = 0; i < 4; i++)
		world_member_clear(&w->m[i]);
	cs_mls_public_group_free(w->hub);
}

/* What who has rules and who looks on by them say to ${message}: the same, and
 * with a refusal nothing changes. */
static enum cs_err
show(struct world *w, const struct cs_buf *message)
{
	uint64_t epoch = cs_mls_public_group_epoch(w->hub);
	size_t n = cs_mls_group_proposals(w->m[1].group);
	struct cs_mls_public_outcome o;
	struct cs_mls_received got;
	unsigned asked = seen.asked;
	enum cs_err err, other;

	err = cs_mls_process(&got, w->m[1].group, cs_buf_view(message));
	cs_mls_received_clear(&got);
	other = cs_mls_public_process(&o, w->hub, cs_buf_view(message));
	cs_mls_public_outcome_clear(&o);
	assert_err(other, err);
	assert_int_equal(seen.asked, asked + 2);
	if (err) {
		assert_int_equal(cs_mls_public_group_epoch(w->hub), epoch);
		assert_int_equal(cs_mls_group_proposals(w->m[1].group), n);
	}
	return err;
}

static void
test_proposals(void **state)
{
	struct cs_mls_proposal_view p;
	struct cs_buf message = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_mls_propose_remove(&message, w.m[0].group, 2));
	seen.answer = CS_ERR_PROPOSAL;
	assert_err(show(&w, &message), CS_ERR_PROPOSAL);
	assert_int_equal(seen.content, CS_MLS_CONTENT_PROPOSAL);
	assert_int_equal(seen.wire, CS_MLS_WIRE_PUBLIC);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.types[0], CS_MLS_PROPOSAL_REMOVE);
	assert_int_equal(seen.targets[0], 2);
	assert_int_equal(seen.senders[0].type, CS_MLS_SENDER_MEMBER);
	assert_int_equal(seen.senders[0].index, 0);
	/* Any error is handed on. */
	seen.answer = CS_ERR_LIMIT;
	assert_err(show(&w, &message), CS_ERR_LIMIT);
	seen.answer = CS_OK;
	assert_ok(show(&w, &message));
	assert_int_equal(
	    cs_mls_view_proposals(cs_mls_group_view(w.m[1].group)), 1);
	assert_int_equal(
	    cs_mls_view_proposals(cs_mls_public_group_view(w.hub)), 1);
	assert_true(
	    cs_mls_view_proposal(cs_mls_public_group_view(w.hub), 0, &p));
	assert_int_equal(p.target, 2);
	assert_false(
	    cs_mls_view_proposal(cs_mls_public_group_view(w.hub), 1, &p));
	/* And about what is made here. */
	cs_buf_reset(&message);
	seen.answer = CS_ERR_PROPOSAL;
	assert_err(cs_mls_propose_self_remove(&message, w.m[1].group),
	    CS_ERR_PROPOSAL);
	assert_int_equal(message.len, 0);
	assert_int_equal(cs_mls_group_proposals(w.m[1].group), 1);
	cs_buf_free(&message);
	world_clear(&w);
}

static void
test_commits(void **state)
{
	struct cs_mls_commit_options opt = { .n_add = 1, .force_path = true };
	struct cs_buf proposal = { 0 }, message = { 0 }, welcome = { 0 };
	struct cs_mls_received got;
	struct cs_mls_staged *staged;
	struct cs_view add;
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_mls_propose_self_remove(&proposal, w.m[2].group));
	assert_ok(show(&w, &proposal));
	assert_ok(cs_mls_process(&got, w.m[0].group, cs_buf_view(&proposal)));
	cs_mls_received_clear(&got);
	add = cs_buf_view(&w.m[3].key_package);
	opt.add = &add;
	opt.authenticated_data = cs_view_str("four");
	assert_ok(
	    cs_mls_commit_new(&staged, &message, &welcome, w.m[0].group, &opt));
	cs_mls_staged_free(staged);
	seen.answer = CS_ERR_PROPOSAL;
	assert_err(show(&w, &message), CS_ERR_PROPOSAL);
	assert_int_equal(seen.content, CS_MLS_CONTENT_COMMIT);
	assert_int_equal(seen.aad, 4);
	assert_true(seen.has_path);
	assert_int_equal(seen.committer, 0);
	assert_int_equal(seen.n, 2);
	for (size_t i = 0; i < 2; i++) {
		bool add_it = seen.types[i] == CS_MLS_PROPOSAL_ADD;

		assert_true(
		    add_it || seen.types[i] == CS_MLS_PROPOSAL_SELF_REMOVE);
		assert_int_equal(seen.by_reference[i], !add_it);
		assert_int_equal(seen.senders[i].index, add_it ? 0 : 2);
	}
	/* Its own: nothing is made. */
	cs_buf_reset(&message);
	cs_buf_reset(&welcome);
	opt.n_add = 0;
	assert_err(
	    cs_mls_commit_new(&staged, &message, &welcome, w.m[1].group, &opt),
	    CS_ERR_PROPOSAL);
	assert_int_equal(message.len, 0);
	seen.answer = CS_OK;
	assert_ok(
	    cs_mls_commit_new(&staged, &message, &welcome, w.m[1].group, &opt));
	cs_mls_staged_free(staged);
	cs_buf_free(&proposal);
	cs_buf_free(&message);
	cs_buf_free(&welcome);
	world_clear(&w);
}

static void
test_external(void **state)
{
	struct cs_buf info = { 0 }, message = { 0 };
	struct cs_mls_group_info_view view;
	struct cs_mls_options opt = world_options(), ruled = with_rules();
	struct cs_mls_group *group = NULL;
	struct cs_mls_extension e;
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_mls_group_info(w.m[0].group, &info, CS_MLS_WITH_TREE));
	assert_ok(cs_mls_group_info_peek(&view, cs_buf_view(&info)));
	assert_int_equal(view.signer, 0);
	assert_int_equal(view.epoch, 1);
	assert_true(cs_mls_extension_next(&view.extensions, &e));
	assert_int_equal(e.type, CS_MLS_EXT_RATCHET_TREE);
	assert_true(cs_mls_extension_next(&view.extensions, &e));
	assert_int_equal(e.type, CS_MLS_EXT_EXTERNAL_PUB);
	assert_false(cs_mls_extension_next(&view.extensions, &e));
	assert_ok(cs_mls_external_commit(
	    &group, &message, cs_buf_view(&info), &w.m[3].id, &opt, NULL));
	cs_mls_group_free(group);
	seen.answer = CS_ERR_MEMBER;
	assert_err(show(&w, &message), CS_ERR_MEMBER);
	assert_int_equal(seen.sender.type, CS_MLS_SENDER_NEW_MEMBER_COMMIT);
	assert_int_equal(seen.types[0], CS_MLS_PROPOSAL_EXTERNAL_INIT);
	assert_int_equal(seen.committer, 3);
	/* Nor does it come in by its own rules. */
	cs_buf_reset(&message);
	assert_err(cs_mls_external_commit(&group, &message, cs_buf_view(&info),
		       &w.m[3].id, &ruled, NULL),
	    CS_ERR_MEMBER);
	assert_null(group);
	cs_buf_free(&info);
	cs_buf_free(&message);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_proposals),
		cmocka_unit_test(test_commits),
		cmocka_unit_test(test_external),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
