/* SPDX-License-Identifier: MIT */
/*
 * Leaves in Adds, Updates and paths that do not fit to the other leaves or to
 * the group (RFC 9420, sections 7.3, 12.1.1, 12.1.2, 12.1.7 and 12.4.2).
 */

#include "crypto/init.h"
#include "mls/group.h"
#include "mls/leaf_node.h"
#include "mls/ratchet_tree.h"
#include "mls/tree_leaf.h"
#include "mls/tree_save.h"
#include "support/mls_forge.h"

static struct cs_mls_leaf
leaf_of(const struct scene *s, uint32_t i)
{
	struct cs_mls_leaf leaf;

	assert_true(cs_mls_tree_leaf(&s->m[0].group->pub.tree, i, &leaf));
	return leaf;
}

static void
clear(struct cs_buf hold[static 3])
{
	for (int i = 0; i < 3; i++)
		cs_buf_free(&hold[i]);
}

static enum cs_err
trust_all(void *arg, const struct cs_mls_auth_request *rq)
{
	(void)arg;
	(void)rq;
	return CS_OK;
}

/* From now on everybody vouches for everybody, the hub too. */
static void
trust(struct scene *s)
{
	struct cs_mls_options opt = world_options();
	struct cs_buf info = { 0 };

	opt.auth.check = trust_all;
	for (int i = 0; i < 3; i++)
		cs_mls_group_set_options(s->m[i].group, &opt);
	assert_ok(cs_mls_group_info(s->m[0].group, &info, CS_MLS_WITH_TREE));
	cs_mls_public_group_free(s->hub);
	assert_ok(cs_mls_public_group_new(
	    &s->hub, cs_buf_view(&info), cs_view(NULL, 0), &opt));
	cs_buf_free(&info);
}

/* Member 0 adds ${kp}, whom nobody hears of again. */
static void
bring_in(struct scene *s, struct cs_view kp)
{
	struct cs_buf commit = { 0 }, welcome = { 0 };

	assert_ok(world_commit(&s->m[0],
	    &(struct cs_mls_commit_options){ .add = &kp, .n_add = 1 }, &commit,
	    &welcome));
	deliver(s, &s->m[0], &commit);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
}

/* Section 7.3: an Update with a key that is in the tree. */
static void
test_update_keys(void **state)
{
	struct scene s;
	struct cs_mls_leaf own;
	struct cs_mls_proposal p = { .type = CS_MLS_PROPOSAL_UPDATE };
	struct cs_hpke_key fresh;
	struct cs_buf leaf = { 0 }, body = { 0 };

	(void)state;
	set_up(&s);
	assert_ok(cs_hpke_key_new(&fresh, CS_DHKEM_X25519));
	own = leaf_of(&s, 0);
	own.source = CS_MLS_LEAF_UPDATE;
	/* Of another leaf, of a parent, */
	own.encryption_key = leaf_of(&s, 2).encryption_key;
	p.update = forge_leaf(&leaf, &own, 0, s.m[0].id.signer);
	write_proposal(&body, &p);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_ERR_KEY);
	committed(&s, &s.m[1], &(struct cs_mls_commit_options){ 0 });
	own.encryption_key = cs_mls_tree_key(&s.m[0].group->pub.tree, 3);
	p.update = forge_leaf(&leaf, &own, 0, s.m[0].id.signer);
	write_proposal(&body, &p);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_ERR_KEY);
	/* and the signature key of another member, who signs. */
	own.encryption_key = cs_hpke_key_public(&fresh);
	own.signature_key = cs_signer_public(s.m[2].id.signer);
	p.update = forge_leaf(&leaf, &own, 0, s.m[2].id.signer);
	write_proposal(&body, &p);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_ERR_KEY);
	/* A new one is good, but not with another name. */
	own.signature_key = cs_signer_public(s.external);
	own.credential.identity = cs_view_str("m9");
	p.update = forge_leaf(&leaf, &own, 0, s.external);
	write_proposal(&body, &p);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_ERR_CREDENTIAL);
	own.credential.identity = cs_view_str("m0");
	p.update = forge_leaf(&leaf, &own, 0, s.external);
	write_proposal(&body, &p);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_OK);
	cs_buf_free(&leaf);
	cs_buf_free(&body);
	tear_down(&s);
}

/* Section 7.3: two that are good alone and bring the same key. */
static void
test_same_new_key(void **state)
{
	const struct forged_path as_it_was = { .leaf_key = { NULL, 0 } };
	struct scene s;
	struct world_member guest, other;
	struct cs_mls_key_package kp;
	struct cs_mls_proposal_or_ref e[2];
	struct cs_mls_update_path path;
	struct cs_buf a = { 0 }, b = { 0 }, hold[3] = { { 0 } };

	(void)state;
	set_up(&s);
	assert_ok(world_member_init(&guest, 7));
	assert_ok(world_member_init(&other, 8));
	kp = key_package_of(&guest);
	e[0] = add_of(&a, &kp, &guest);
	e[1] = add_of(&b, &kp, &other);
	judged_commit(&s, e, 2, NULL, CS_ERR_TREE);
	/* The key that the path of the same commit brings. */
	path = forge_path(hold, &s, &as_it_was);
	kp.leaf.encryption_key = path.leaf.encryption_key;
	e[0] = add_of(&a, &kp, &guest);
	judged_commit(&s, e, 1, &path, CS_ERR_TREE);
	/* A member's, for somebody else. */
	kp.leaf.encryption_key = leaf_of(&s, 1).encryption_key;
	e[0] = add_of(&a, &kp, &guest);
	judged_commit(&s, e, 1, NULL, CS_ERR_TREE);
	world_member_clear(&guest);
	world_member_clear(&other);
	cs_buf_free(&a);
	cs_buf_free(&b);
	clear(hold);
	tear_down(&s);
}

/* Section 12.4.2: the keys of a path are in no node of the tree. */
static void
test_path_keys(void **state)
{
	struct scene s;
	struct cs_buf hold[3] = { { 0 } }, twice = { 0 };
	struct cs_mls_update_path path;
	struct cs_view leaf2, root;
	struct forged_path bad[7] = { { .leaf_key = { NULL, 0 } } };
	const enum cs_err want[] = { CS_ERR_TREE, CS_ERR_TREE, CS_ERR_TREE,
		CS_ERR_TREE, CS_ERR_TREE, CS_ERR_KEY, CS_ERR_TREE };

	(void)state;
	set_up(&s);
	/* A path of member 0 is there, to be replaced. */
	committed(&s, &s.m[0], &(struct cs_mls_commit_options){ 0 });
	leaf2 = leaf_of(&s, 2).encryption_key;
	root = cs_mls_tree_key(&s.m[0].group->pub.tree, 3);
	bad[0].leaf_key = leaf2;
	bad[1].node_key[0] = leaf2;
	/* The very key that stands there now, and one of another node. */
	bad[2].node_key[1] = root;
	bad[3].node_key[0] = root;
	bad[4].leaf_key = root;
	bad[5].leaf_key = leaf_of(&s, 0).encryption_key;
	bad[6].signer = s.m[2].id.signer;
	for (size_t i = 0; i < 7; i++) {
		path = forge_path(hold, &s, &bad[i]);
		judged_commit(&s, NULL, 0, &path, want[i]);
	}
	/* One key for two nodes. */
	path = forge_path(
	    hold, &s, &(struct forged_path){ .leaf_key = { NULL, 0 } });
	assert_ok(cs_buf_set(&twice, path.leaf.encryption_key));
	path = forge_path(hold, &s,
	    &(struct forged_path){ .leaf_key = cs_buf_view(&twice),
		.node_key = { cs_buf_view(&twice), { NULL, 0 } } });
	judged_commit(&s, NULL, 0, &path, CS_ERR_TREE);
	clear(hold);
	cs_buf_free(&twice);
	tear_down(&s);
}

/* Sections 7.3 and 12.4.2: the leaf of a path. */
static void
test_path_leaf(void **state)
{
	static const uint8_t zero[32];
	struct scene s;
	struct cs_buf hold[3] = { { 0 } };
	struct cs_mls_update_path path;
	struct cs_mls_leaf renamed, silent;
	struct forged_path bad[6] = { { .leaf_key = { NULL, 0 } } };
	const enum cs_err want[] = { CS_ERR_MISMATCH, CS_ERR_SIGNATURE,
		CS_ERR_CREDENTIAL, CS_ERR_CREDENTIAL, CS_ERR_KEY, CS_ERR_KEY };

	(void)state;
	set_up(&s);
	bad[0].as_update = true;
	bad[1].place = 1;
	/* Not a successor of who it was; a credential that is not listed. */
	renamed = silent = leaf_of(&s, 0);
	renamed.credential.identity = cs_view_str("m9");
	bad[2].leaf = &renamed;
	silent.capabilities.credentials = cs_view("\0\2", 2);
	bad[3].leaf = &silent;
	/* No keys at all. */
	bad[4].leaf_key = CS_VIEW_OF(zero);
	bad[5].node_key[0] = CS_VIEW_OF(zero);
	for (size_t i = 0; i < 6; i++) {
		path = forge_path(hold, &s, &bad[i]);
		judged_commit(&s, NULL, 0, &path, want[i]);
	}
	clear(hold);
	tear_down(&s);
}

/* Section 7.3: each supports the credential of each. */
static void
test_credentials(void **state)
{
	/* One certificate of two bytes. */
	static const uint8_t chain[] = { 2, 'd', 'e' };
	static const uint8_t basic[] = { 0, 1 };
	struct scene s;
	struct world_member guest, other;
	struct cs_mls_key_package x509, narrow;
	struct cs_mls_proposal_or_ref e;
	struct cs_buf hold = { 0 };

	(void)state;
	assert_ok(world_member_init(&guest, 7));
	assert_ok(world_member_init(&other, 8));
	x509 = key_package_of(&guest);
	x509.leaf.credential = (struct cs_mls_credential){
		CS_MLS_CREDENTIAL_X509,
		CS_VIEW_OF(chain),
	};
	narrow = key_package_of(&other);
	narrow.leaf.capabilities.credentials = CS_VIEW_OF(basic);
	/* One is there that knows basic only: nobody comes with x509. */
	set_up(&s);
	trust(&s);
	(void)add_of(&hold, &narrow, &other);
	bring_in(&s, cs_buf_view(&hold));
	e = add_of(&hold, &x509, &guest);
	judged_commit(&s, &e, 1, NULL, CS_ERR_CREDENTIAL);
	tear_down(&s);
	/* One is there with x509: nobody comes that does not know it. */
	set_up(&s);
	trust(&s);
	(void)add_of(&hold, &x509, &guest);
	bring_in(&s, cs_buf_view(&hold));
	e = add_of(&hold, &narrow, &other);
	judged_commit(&s, &e, 1, NULL, CS_ERR_CREDENTIAL);
	tear_down(&s);
	cs_buf_free(&hold);
	world_member_clear(&guest);
	world_member_clear(&other);
}

/* required_capabilities of app_data_dictionary, as extensions. */
static const uint8_t required[] = { 2, 0, 6, 0, 0 };
static const struct cs_mls_extension require = {
	CS_MLS_EXT_REQUIRED_CAPABILITIES, CS_VIEW_OF(required)
};

/* The Add of one that knows no extension but the RFC's. */
static struct cs_mls_proposal_or_ref
add_plain(struct cs_buf *hold, const struct world_member *guest)
{
	struct cs_mls_key_package kp = key_package_of(guest);

	kp.leaf.capabilities.extensions = cs_view(NULL, 0);
	return add_of(hold, &kp, guest);
}

/* Sections 7.3 and 11.1: the group requires what a leaf does not support. */
static void
test_required(void **state)
{
	const struct cs_mls_extensions exts = { &require, 1 };
	struct scene s;
	struct world_member guest;
	struct cs_buf kp = { 0 }, hold[3] = { { 0 } }, body = { 0 };
	struct cs_mls_proposal_or_ref add;
	struct cs_mls_proposal p = { .type = CS_MLS_PROPOSAL_UPDATE };
	struct cs_mls_update_path path;
	struct cs_hpke_key fresh;
	struct cs_mls_leaf plain;

	(void)state;
	set_up(&s);
	assert_ok(world_member_init(&guest, 7));
	add = add_plain(&kp, &guest);
	committed(&s, &s.m[0],
	    &(struct cs_mls_commit_options){ .context_exts = &exts });
	write_proposal(&body, &add.proposal);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_ERR_UNSUPPORTED);
	judged_commit(&s, &add, 1, NULL, CS_ERR_UNSUPPORTED);
	/* A member that forgets. */
	plain = leaf_of(&s, 0);
	plain.capabilities.extensions = cs_view(NULL, 0);
	path = forge_path(hold, &s, &(struct forged_path){ .leaf = &plain });
	judged_commit(&s, NULL, 0, &path, CS_ERR_UNSUPPORTED);
	assert_ok(cs_hpke_key_new(&fresh, CS_DHKEM_X25519));
	plain.source = CS_MLS_LEAF_UPDATE;
	plain.encryption_key = cs_hpke_key_public(&fresh);
	p.update = forge_leaf(&hold[0], &plain, 0, s.m[0].id.signer);
	write_proposal(&body, &p);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_ERR_UNSUPPORTED);
	world_member_clear(&guest);
	cs_buf_free(&kp);
	cs_buf_free(&body);
	clear(hold);
	tear_down(&s);
}

/* Sections 12.1.7 and 12.3: new extensions hold for those who come with the
 * same commit, and not for those who go. */
static void
test_new_extensions(void **state)
{
	const struct cs_mls_extensions exts = { &require, 1 };
	const struct forged_path as_it_was = { .leaf_key = { NULL, 0 } };
	uint32_t three = 3;
	const struct cs_mls_commit_options out = {
		.context_exts = &exts,
		.remove = &three,
		.n_remove = 1,
	};
	struct scene s;
	struct world_member guest;
	struct cs_buf kp = { 0 }, list = { 0 }, hold[3] = { { 0 } },
		      body = { 0 };
	struct cs_mls_proposal_or_ref e[2], add;
	struct cs_mls_update_path path;

	(void)state;
	set_up(&s);
	assert_ok(world_member_init(&guest, 7));
	add = add_plain(&kp, &guest);
	assert_ok(cs_mls_ext_list_build(&list, exts));
	e[0] = add;
	e[1] = (struct cs_mls_proposal_or_ref){
		.proposal = {
			.type = CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS,
			.extensions = { cs_buf_view(&list) },
		},
	};
	path = forge_path(hold, &s, &as_it_was);
	judged_commit(&s, e, 2, &path, CS_ERR_UNSUPPORTED);
	/* The Add by reference was good when it came. */
	write_proposal(&body, &add.proposal);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_OK);
	e[0] = by_reference(&s, 0);
	path = forge_path(
	    hold, &s, &(struct forged_path){ .added = &add.proposal.add.leaf });
	judged_commit(&s, e, 2, &path, CS_ERR_UNSUPPORTED);
	/* Who is in already, ... */
	tear_down(&s);
	set_up(&s);
	bring_in(&s, cs_buf_view(&kp));
	path = forge_path(hold, &s, &as_it_was);
	judged_commit(&s, &e[1], 1, &path, CS_ERR_UNSUPPORTED);
	/* ... unless it goes. */
	committed(&s, &s.m[0], &out);
	world_member_clear(&guest);
	cs_buf_free(&kp);
	cs_buf_free(&list);
	cs_buf_free(&body);
	clear(hold);
	tear_down(&s);
}

/* Section 13.4: who joins from outside looks for itself. */
static void
test_external_joiner(void **state)
{
	static const uint16_t known[] = { 0xf123 };
	const struct cs_mls_extension ext = { 0xf123, { NULL, 0 } };
	const struct cs_mls_options opt = world_options();
	struct world_member founder, guest;
	struct cs_buf info = { 0 }, commit = { 0 }, none = { 0 };
	struct cs_mls_staged *staged;
	struct cs_view kp;

	(void)state;
	assert_ok(world_member_init(&founder, 0));
	assert_ok(world_member_init(&guest, 7));
	founder.id.extension_types = known;
	founder.id.n_extension_types = 1;
	assert_ok(world_found(&founder, (struct cs_mls_extensions){ &ext, 1 }));
	assert_ok(cs_mls_group_info(founder.group, &info, CS_MLS_WITH_TREE));
	assert_err(cs_mls_external_commit(&guest.group, &commit,
		       cs_buf_view(&info), &guest.id, &opt, NULL),
	    CS_ERR_UNSUPPORTED);
	assert_int_equal(commit.len, 0);
	/* Nor is it added, nor does a member take such an identity. */
	kp = cs_buf_view(&guest.key_package);
	assert_err(
	    cs_mls_commit_new(&staged, &commit, &none, founder.group,
		&(struct cs_mls_commit_options){ .add = &kp, .n_add = 1 }),
	    CS_ERR_UNSUPPORTED);
	founder.id.n_extension_types = 0;
	assert_err(
	    cs_mls_commit_new(&staged, &commit, &none, founder.group,
		&(struct cs_mls_commit_options){ .new_identity = &founder.id }),
	    CS_ERR_UNSUPPORTED);
	guest.id.extension_types = known;
	guest.id.n_extension_types = 1;
	assert_ok(cs_mls_external_commit(
	    &guest.group, &commit, cs_buf_view(&info), &guest.id, &opt, NULL));
	assert_ok(world_follow(&founder, &commit));
	assert_true(world_agree(&founder, &guest));
	world_member_clear(&founder);
	world_member_clear(&guest);
	cs_buf_free(&info);
	cs_buf_free(&commit);
}

/* Sections 10 and 13.4: what nobody knows is let pass. */
static void
test_grease(void **state)
{
	static const uint8_t types[] = { 0x3a, 0x3a, 0, 1, 0xf7, 0x77 },
			     ext[] = { 0x4a, 0x4a, 1, 'x' };
	struct scene s;
	struct world_member guest;
	struct cs_mls_key_package kp;
	struct cs_buf hold = { 0 };

	(void)state;
	set_up(&s);
	assert_ok(world_member_init(&guest, 7));
	kp = key_package_of(&guest);
	kp.leaf.capabilities.versions = CS_VIEW_OF(types);
	kp.leaf.capabilities.suites = CS_VIEW_OF(types);
	kp.leaf.capabilities.proposals = CS_VIEW_OF(types);
	kp.leaf.capabilities.credentials = CS_VIEW_OF(types);
	kp.extensions.raw = CS_VIEW_OF(ext);
	(void)add_of(&hold, &kp, &guest);
	bring_in(&s, cs_buf_view(&hold));
	assert_int_equal(cs_mls_group_members(s.m[1].group), 4);
	world_member_clear(&guest);
	cs_buf_free(&hold);
	tear_down(&s);
}

/* Section 12.2: a client may go and come in one commit. */
static void
test_comes_back(void **state)
{
	struct scene s;
	struct world_member again;
	struct cs_mls_key_package kp;
	struct cs_buf hold = { 0 }, commit = { 0 }, welcome = { 0 };
	struct cs_mls_received got;
	uint32_t two = 2;
	struct cs_view v;

	(void)state;
	set_up(&s);
	assert_ok(world_member_init(&again, 2));
	kp = key_package_of(&again);
	(void)add_of(&hold, &kp, &s.m[2]);
	v = cs_buf_view(&hold);
	assert_ok(world_commit(&s.m[0],
	    &(struct cs_mls_commit_options){
		.add = &v, .n_add = 1, .remove = &two, .n_remove = 1 },
	    &commit, &welcome));
	assert_ok(cs_mls_process(&got, s.m[1].group, cs_buf_view(&commit)));
	assert_int_equal(cs_mls_staged_removed(got.staged), 1);
	assert_int_equal(cs_mls_staged_added(got.staged), 1);
	cs_mls_received_clear(&got);
	world_member_clear(&again);
	cs_buf_free(&hold);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	tear_down(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_update_keys),
		cmocka_unit_test(test_same_new_key),
		cmocka_unit_test(test_path_keys),
		cmocka_unit_test(test_path_leaf),
		cmocka_unit_test(test_credentials),
		cmocka_unit_test(test_required),
		cmocka_unit_test(test_new_extensions),
		cmocka_unit_test(test_external_joiner),
		cmocka_unit_test(test_grease),
		cmocka_unit_test(test_comes_back),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
