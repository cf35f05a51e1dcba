/* SPDX-License-Identifier: MIT */
/*
 * Messages that break one rule of RFC 9420, sections 6, 12.1.8, 12.2 or 12.4,
 * each, and keep the others: docs/VALIDATION.md says which.
 */

#include "crypto/init.h"
#include "mls/framing.h"
#include "mls/group.h"
#include "mls/group_propose.h"
#include "mls/leaf_node.h"
#include "mls/private_message.h"
#include "mls/public_state.h"
#include "mls/tree_leaf.h"
#include "mls/tree_save.h"
#include "support/mls_forge.h"

/* Section 6: a Remove by member 0, to be changed. */
static struct cs_mls_unverified
remove_by(struct cs_buf *body, const struct scene *s)
{
	const struct cs_mls_proposal p = { .type = CS_MLS_PROPOSAL_REMOVE,
		.remove = 2 };

	write_proposal(body, &p);
	return (struct cs_mls_unverified){
		.framed =
		    cs_mls_group_frame(s->m[0].group, CS_MLS_CONTENT_PROPOSAL,
			cs_view(NULL, 0), cs_buf_view(body)),
	};
}

static void
test_framing(void **state)
{
	struct scene s;
	struct cs_buf body = { 0 }, message = { 0 };
	struct cs_mls_unverified c;
	struct cs_mls_received got;

	(void)state;
	set_up(&s);
	/* Another group; the epochs before and after. */
	c = remove_by(&body, &s);
	c.framed.group_id = cs_view_str("b group");
	forge_message(&message, &s, &c, s.m[0].id.signer);
	judged_message(&s, &message, CS_ERR_MISMATCH);
	for (int i = -1; i <= 1; i += 2) {
		c = remove_by(&body, &s);
		c.framed.epoch += (uint64_t)i;
		forge_message(&message, &s, &c, s.m[0].id.signer);
		judged_message(&s, &message, CS_ERR_EPOCH);
	}
	/* A blank leaf, and one past the tree. */
	c = remove_by(&body, &s);
	c.framed.sender.index = 3;
	forge_message(&message, &s, &c, s.m[0].id.signer);
	judged_message(&s, &message, CS_ERR_MEMBER);
	c.framed.sender.index = UINT32_MAX;
	forge_message(&message, &s, &c, s.m[0].id.signer);
	judged_message(&s, &message, CS_ERR_MEMBER);
	/* Another member's name under it. */
	c.framed.sender.index = 2;
	forge_message(&message, &s, &c, s.m[0].id.signer);
	judged_message(&s, &message, CS_ERR_SIGNATURE);
	/* The own one: nobody but us can have sent it. */
	c.framed.sender.index = 1;
	forge_message(&message, &s, &c, s.m[1].id.signer);
	assert_err(cs_mls_process(&got, s.m[1].group, cs_buf_view(&message)),
	    CS_ERR_REPLAY);
	/* The membership tag is last. */
	c = remove_by(&body, &s);
	forge_message(&message, &s, &c, s.m[0].id.signer);
	message.data[message.len - 1] ^= 1;
	only_tag_wrong(&s, &message);
	message.data[message.len - 1] ^= 1;
	judged_message(&s, &message, CS_OK);
	cs_buf_free(&body);
	cs_buf_free(&message);
	tear_down(&s);
}

/* Section 6: application data in the open. */
static void
test_application_in_public(void **state)
{
	struct scene s;
	struct cs_mls_group *g;
	struct cs_view context;
	struct cs_mls_signature signature;
	struct cs_mls_public_message m = { { 0 }, { NULL, 0 } };
	static const uint8_t tag[32] = { 1 };
	struct cs_buf message = { 0 };
	struct cs_writer w = cs_writer(&message);

	(void)state;
	set_up(&s);
	g = s.m[0].group;
	context = cs_mls_public_context(&g->pub);
	m.content.wire = CS_MLS_WIRE_PUBLIC;
	m.content.framed = cs_mls_group_frame(g, CS_MLS_CONTENT_APPLICATION,
	    cs_view(NULL, 0), cs_view_str("text"));
	assert_ok(cs_mls_framed_sign(&signature, m.content.wire,
	    &m.content.framed, s.m[0].id.signer, context));
	m.content.signature = cs_view(signature.b, signature.n);
	m.membership_tag = CS_VIEW_OF(tag);
	/* Nor do we send such a thing. */
	assert_err(cs_mls_public_message_seal(&message, &m.content,
		       g->pub.suite, &g->secrets.membership, context),
	    CS_ERR_MISUSE);
	cs_mls_message_write(&w, CS_MLS_WIRE_PUBLIC);
	cs_mls_public_message_write(&w, &m);
	assert_ok(cs_writer_end(&w));
	judged_message(&s, &message, CS_ERR_FORMAT);
	cs_buf_free(&message);
	tear_down(&s);
}

/* Section 6.3.2: sender data that name a blank leaf, or the recipient. */
static void
test_sender_data(void **state)
{
	const uint32_t leaf[] = { 3, 1000, 1 };
	const enum cs_err want[] = { CS_ERR_MEMBER, CS_ERR_MEMBER,
		CS_ERR_REPLAY };
	struct scene s;
	struct cs_mls_group *g;
	struct cs_mls_unverified c = { .wire = CS_MLS_WIRE_PRIVATE };
	struct cs_mls_signature signature;
	struct cs_mls_pending_key key;
	struct cs_mls_received got;
	struct cs_buf message = { 0 };

	(void)state;
	set_up(&s);
	g = s.m[0].group;
	assert_ok(cs_mls_secret_tree_next(
	    &key, &g->keys, 0, CS_MLS_RATCHET_APPLICATION));
	for (int i = 0; i < 4; i++) {
		c.framed = cs_mls_group_frame(g, CS_MLS_CONTENT_APPLICATION,
		    cs_view(NULL, 0), cs_view_str("text"));
		if (i < 3)
			c.framed.sender.index = leaf[i];
		else
			c.framed.sender.type = CS_MLS_SENDER_EXTERNAL;
		assert_ok(cs_mls_framed_sign(&signature, c.wire, &c.framed,
		    g->signer, cs_mls_public_context(&g->pub)));
		c.signature = cs_view(signature.b, signature.n);
		cs_buf_reset(&message);
		/* Of others than members there are none to be made. */
		assert_err(cs_mls_private_message_seal(&message, &c,
			       g->pub.suite, &g->secrets.sender_data, &key, 0),
		    i < 3 ? CS_OK : CS_ERR_MISUSE);
		if (i < 3)
			assert_err(cs_mls_process(&got, s.m[1].group,
				       cs_buf_view(&message)),
			    want[i]);
	}
	cs_mls_pending_key_clear(&key);
	cs_buf_free(&message);
	tear_down(&s);
}

/* Section 6.1 and 12.1.8: who is no member and what it may send. */
static void
test_sender_kinds(void **state)
{
	const struct cs_mls_proposal remove = {
		.type = CS_MLS_PROPOSAL_REMOVE,
		.remove = 2,
	};
	const struct cs_mls_extensions none = { NULL, 0 };
	struct scene s;
	struct cs_buf body = { 0 }, hold = { 0 }, message = { 0 };
	struct cs_mls_update_path path;
	struct cs_mls_unverified c;

	(void)state;
	set_up(&s);
	/* An external sender that is not in the list. */
	c = remove_by(&body, &s);
	c.framed.sender = (struct cs_mls_sender){ CS_MLS_SENDER_EXTERNAL, 1 };
	forge_message(&message, &s, &c, s.external);
	judged_message(&s, &message, CS_ERR_MEMBER);
	/* One that is, with somebody else's key. */
	c.framed.sender.index = 0;
	forge_message(&message, &s, &c, s.m[0].id.signer);
	judged_message(&s, &message, CS_ERR_SIGNATURE);
	/* A new member that proposes anything but to be added, ... */
	write_proposal(&body, &remove);
	c.framed.sender.type = CS_MLS_SENDER_NEW_MEMBER_PROPOSAL;
	c.framed.body = cs_buf_view(&body);
	forge_message(&message, &s, &c, s.external);
	judged_message(&s, &message, CS_ERR_FORMAT);
	/* ... or joins by a proposal, ... */
	c.framed.sender.type = CS_MLS_SENDER_NEW_MEMBER_COMMIT;
	forge_message(&message, &s, &c, s.external);
	judged_message(&s, &message, CS_ERR_FORMAT);
	/* ... or proposes by a commit. */
	path = some_path(&s.m[0], &hold);
	write_commit_of(&body, NULL, 0, &path);
	c.framed.type = CS_MLS_CONTENT_COMMIT;
	c.framed.sender.type = CS_MLS_SENDER_NEW_MEMBER_PROPOSAL;
	c.framed.body = cs_buf_view(&body);
	forge_message(&message, &s, &c, s.m[0].id.signer);
	judged_message(&s, &message, CS_ERR_FORMAT);
	/* Where there is no list nobody is in it. */
	committed(&s, &s.m[0],
	    &(struct cs_mls_commit_options){ .context_exts = &none });
	c = remove_by(&body, &s);
	c.framed.sender = (struct cs_mls_sender){ CS_MLS_SENDER_EXTERNAL, 0 };
	forge_message(&message, &s, &c, s.external);
	judged_message(&s, &message, CS_ERR_MEMBER);
	cs_buf_free(&body);
	cs_buf_free(&hold);
	cs_buf_free(&message);
	tear_down(&s);
}

/* Section 12.4: which lists need a path. */
static void
test_path_required(void **state)
{
	struct scene s;
	struct cs_buf p = { 0 }, body = { 0 }, message = { 0 };
	struct cs_mls_proposal_or_ref e = { 0 };

	(void)state;
	set_up(&s);
	/* None at all, new extensions, a Remove, */
	judged_commit(&s, NULL, 0, NULL, CS_ERR_PROPOSAL);
	e.proposal.type = CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS;
	judged_commit(&s, &e, 1, NULL, CS_ERR_PROPOSAL);
	e.proposal = (struct cs_mls_proposal){
		.type = CS_MLS_PROPOSAL_REMOVE,
		.remove = 2,
	};
	judged_commit(&s, &e, 1, NULL, CS_ERR_PROPOSAL);
	/* an Update, a SelfRemove. */
	assert_ok(cs_mls_propose_update(&p, s.m[2].group));
	deliver(&s, &s.m[2], &p);
	e = by_reference(&s, 0);
	judged_commit(&s, &e, 1, NULL, CS_ERR_PROPOSAL);
	cs_buf_reset(&p);
	assert_ok(cs_mls_propose_self_remove(&p, s.m[2].group));
	deliver(&s, &s.m[2], &p);
	e = by_reference(&s, 1);
	judged_commit(&s, &e, 1, NULL, CS_ERR_PROPOSAL);
	/* A ReInit alone needs none: what is wrong is the tag. */
	e = (struct cs_mls_proposal_or_ref){
		.proposal = {
			.type = CS_MLS_PROPOSAL_REINIT,
			.reinit = { .group_id = cs_view_str("next"),
				.version = 1, .suite_id = 1 },
		},
	};
	write_commit_of(&body, &e, 1, NULL);
	send(&message, &s, CS_MLS_CONTENT_COMMIT, false, cs_buf_view(&body));
	only_tag_wrong(&s, &message);
	cs_buf_free(&p);
	cs_buf_free(&body);
	cs_buf_free(&message);
	tear_down(&s);
}

/* Section 12.2: what the committer itself may not propose, and references. */
static void
test_references(void **state)
{
	struct scene s;
	struct cs_buf p = { 0 }, hold[3] = { { 0 } }, leaf = { 0 };
	const struct forged_path as_it_was = { .leaf_key = { NULL, 0 } };
	struct cs_mls_update_path path;
	struct cs_mls_proposal_or_ref e;
	struct cs_mls_leaf own;
	struct cs_hpke_key fresh;
	uint8_t ref[32];

	(void)state;
	set_up(&s);
	path = forge_path(hold, &s, &as_it_was);
	/* An Update by value would be the committer's. */
	assert_true(cs_mls_tree_leaf(&s.m[0].group->pub.tree, 0, &own));
	assert_ok(cs_hpke_key_new(&fresh, CS_DHKEM_X25519));
	own.source = CS_MLS_LEAF_UPDATE;
	own.encryption_key = cs_hpke_key_public(&fresh);
	e = (struct cs_mls_proposal_or_ref){
		.proposal = { .type = CS_MLS_PROPOSAL_UPDATE },
	};
	e.proposal.update = forge_leaf(&leaf, &own, 0, s.m[0].id.signer);
	judged_commit(&s, &e, 1, &path, CS_ERR_PROPOSAL);
	/* Member 2's by value: its signature key is not the committer's. */
	assert_true(cs_mls_tree_leaf(&s.m[0].group->pub.tree, 2, &own));
	own.source = CS_MLS_LEAF_UPDATE;
	own.encryption_key = cs_hpke_key_public(&fresh);
	e.proposal.update = forge_leaf(&leaf, &own, 2, s.m[2].id.signer);
	judged_commit(&s, &e, 1, &path, CS_ERR_KEY);
	/* One proposal twice. */
	assert_ok(cs_mls_propose_remove(&p, s.m[1].group, 2));
	deliver(&s, &s.m[1], &p);
	e = by_reference(&s, 0);
	judged_commit(&s, (const struct cs_mls_proposal_or_ref[]){ e, e }, 2,
	    &path, CS_ERR_PROPOSAL);
	/* After the epoch it is not known any more. */
	memcpy(ref, e.reference.data, sizeof ref);
	e.reference = CS_VIEW_OF(ref);
	for (int i = 0; i < 3; i++)
		cs_mls_group_drop_proposal(s.m[i].group, 0);
	committed(&s, &s.m[0], &(struct cs_mls_commit_options){ 0 });
	path = forge_path(hold, &s, &as_it_was);
	judged_commit(&s, &e, 1, &path, CS_ERR_NOT_FOUND);
	for (int i = 0; i < 3; i++)
		cs_buf_free(&hold[i]);
	cs_buf_free(&leaf);
	cs_buf_free(&p);
	tear_down(&s);
}

/* Sections 12.2 and 13.2: types that somebody does not know. */
static void
test_unknown_types(void **state)
{
	/* A proposal of type 0xf001, alone and in a commit. */
	static const uint8_t odd[] = { 0xf0, 0x01, 0 },
			     commit[] = { 4, 1, 0xf0, 0x01, 0, 0 };
	struct scene s;
	struct world_member guest;
	struct cs_mls_key_package kp;
	struct cs_buf hold = { 0 }, body = { 0 }, message = { 0 }, none = { 0 };
	struct cs_mls_proposal_or_ref e = {
		.proposal = {
			.type = CS_MLS_PROPOSAL_APP_EPHEMERAL,
			.ephemeral = { 0xc501, cs_view_str("x") },
		},
	};
	struct cs_mls_unverified c = { 0 };
	struct cs_view v;

	(void)state;
	set_up(&s);
	assert_ok(world_member_init(&guest, 7));
	c.framed = cs_mls_group_frame(s.m[0].group, CS_MLS_CONTENT_PROPOSAL,
	    cs_view(NULL, 0), CS_VIEW_OF(odd));
	forge_message(&message, &s, &c, s.m[0].id.signer);
	judged_message(&s, &message, CS_ERR_UNSUPPORTED);
	c.framed.type = CS_MLS_CONTENT_COMMIT;
	c.framed.body = CS_VIEW_OF(commit);
	forge_message(&message, &s, &c, s.m[0].id.signer);
	judged_message(&s, &message, CS_ERR_UNSUPPORTED);
	/* One comes in who knows no types but the RFC's. */
	kp = key_package_of(&guest);
	kp.leaf.capabilities.proposals = cs_view(NULL, 0);
	(void)add_of(&hold, &kp, &guest);
	v = cs_buf_view(&hold);
	cs_buf_reset(&message);
	assert_ok(world_commit(&s.m[0],
	    &(struct cs_mls_commit_options){ .add = &v, .n_add = 1 }, &message,
	    &none));
	deliver(&s, &s.m[0], &message);
	write_proposal(&body, &e.proposal);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_ERR_UNSUPPORTED);
	judged_commit(&s, &e, 1, NULL, CS_ERR_UNSUPPORTED);
	e.proposal.type = CS_MLS_PROPOSAL_SELF_REMOVE;
	write_proposal(&body, &e.proposal);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_ERR_UNSUPPORTED);
	/* Nor do we send one. */
	cs_buf_reset(&message);
	assert_err(cs_mls_propose_self_remove(&message, s.m[0].group),
	    CS_ERR_UNSUPPORTED);
	world_member_clear(&guest);
	cs_buf_free(&hold);
	cs_buf_free(&body);
	cs_buf_free(&message);
	cs_buf_free(&none);
	tear_down(&s);
}

/* Section 12.4.2: all is right but the confirmation tag. */
static void
test_confirmation(void **state)
{
	struct scene s;
	struct cs_buf hold[3] = { { 0 } }, body = { 0 }, message = { 0 };
	const struct forged_path as_it_was = { .leaf_key = { NULL, 0 } };
	struct cs_mls_update_path path;

	(void)state;
	set_up(&s);
	path = forge_path(hold, &s, &as_it_was);
	write_commit_of(&body, NULL, 0, &path);
	send(&message, &s, CS_MLS_CONTENT_COMMIT, false, cs_buf_view(&body));
	only_tag_wrong(&s, &message);
	for (int i = 0; i < 3; i++)
		cs_buf_free(&hold[i]);
	cs_buf_free(&body);
	cs_buf_free(&message);
	tear_down(&s);
}

/* Section 12.4.2: nothing is said any more in a group that was re-initialised.
 */
static void
test_after_reinit(void **state)
{
	const struct cs_mls_reinit reinit = { cs_view_str("next"), 1,
		{ NULL, 0 } };
	const struct forged_path as_it_was = { .leaf_key = { NULL, 0 } };
	struct scene s;
	struct cs_buf hold[3] = { { 0 } }, body = { 0 }, message = { 0 };
	struct cs_mls_update_path path;
	struct cs_mls_unverified c;
	struct cs_mls_staged *staged;

	(void)state;
	set_up(&s);
	path = forge_path(hold, &s, &as_it_was);
	committed(
	    &s, &s.m[0], &(struct cs_mls_commit_options){ .reinit = &reinit });
	judged_commit(&s, NULL, 0, &path, CS_ERR_PROPOSAL);
	c = remove_by(&body, &s);
	forge_message(&message, &s, &c, s.m[0].id.signer);
	judged_message(&s, &message, CS_ERR_PROPOSAL);
	cs_buf_reset(&message);
	assert_err(cs_mls_commit_new(&staged, &message, &body, s.m[0].group,
		       &(struct cs_mls_commit_options){ .force_path = true }),
	    CS_ERR_PROPOSAL);
	assert_err(cs_mls_protect(&message, s.m[0].group, cs_view(NULL, 0),
		       cs_view_str("text")),
	    CS_ERR_PROPOSAL);
	for (int i = 0; i < 3; i++)
		cs_buf_free(&hold[i]);
	cs_buf_free(&body);
	cs_buf_free(&message);
	tear_down(&s);
}

/* Section 12.2: Adds that are good alone and would spoil a commit are left
 * out, so that who sends them keeps nobody from committing. */
static void
test_spoilers(void **state)
{
	struct scene s;
	struct world_member guest[2];
	struct cs_mls_key_package kp;
	struct cs_mls_proposal_or_ref e;
	struct cs_mls_leaf leaf;
	struct cs_buf hold = { 0 }, body = { 0 }, commit = { 0 }, none = { 0 };

	(void)state;
	set_up(&s);
	assert_true(cs_mls_tree_leaf(&s.m[0].group->pub.tree, 2, &leaf));
	for (unsigned i = 0; i < 2; i++) {
		assert_ok(world_member_init(&guest[i], 7 + i));
		kp = key_package_of(&guest[0]);
		/* With the key of a member, then both with the same. */
		for (int same = 0; same < 2; same++) {
			if (same == 0)
				kp.leaf.encryption_key = leaf.encryption_key;
			e = add_of(&hold, &kp, &guest[i]);
			write_proposal(&body, &e.proposal);
			judged(
			    &s, CS_MLS_CONTENT_PROPOSAL, i == 1, &body, CS_OK);
			kp = key_package_of(&guest[0]);
		}
	}
	assert_int_equal(cs_mls_group_proposals(s.m[1].group), 4);
	assert_ok(world_commit(
	    &s.m[1], &(struct cs_mls_commit_options){ 0 }, &commit, &none));
	assert_int_equal(cs_mls_group_members(s.m[1].group), 4);
	for (int i = 0; i < 2; i++)
		world_member_clear(&guest[i]);
	cs_buf_free(&hold);
	cs_buf_free(&body);
	cs_buf_free(&commit);
	cs_buf_free(&none);
	tear_down(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_framing),
		cmocka_unit_test(test_application_in_public),
		cmocka_unit_test(test_sender_data),
		cmocka_unit_test(test_sender_kinds),
		cmocka_unit_test(test_path_required),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_unknown_types),
		cmocka_unit_test(test_confirmation),
		cmocka_unit_test(test_spoilers),
		cmocka_unit_test(test_after_reinit),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
