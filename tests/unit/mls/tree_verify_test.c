/* SPDX-License-Identifier: MIT */
/*
 * Ratchet trees with one thing wrong, as who joins sees them (RFC 9420,
 * sections 7.1, 7.3, 7.9.2, 12.4.3.1 and 12.4.3.3).
 */

#include "crypto/init.h"
#include "mls/group.h"
#include "mls/leaf_node.h"
#include "mls/ratchet_tree.h"
#include "mls/tree_codec.h"
#include "mls/tree_leaf.h"
#include "mls/tree_node.h"
#include "mls/tree_save.h"
#include "mls/tree_verify.h"
#include "support/mls_world.h"

#define MEMBERS 8

/*
 * Eight leaves.  Members 4 and 6 went, 5 committed a path, and two new ones
 * came: unmerged at node 11, which is above leaves 4 to 7, and at the root 7.
 * Nodes 9 and 13 are blank, 1 and 3 are of a path of member 0.
 */
static struct world_member member[MEMBERS], late[2];
static const struct cs_mls_tree *good;
static struct cs_mls_options opt;
static const struct cs_mls_ext_list none;

static void
follow(const struct world_member *by, const struct cs_buf *commit)
{
	for (int i = 0; i < MEMBERS; i++)
		if (&member[i] != by && member[i].group != NULL)
			assert_ok(world_follow(&member[i], commit));
}

static void
commit(struct world_member *by, const struct cs_mls_commit_options *what)
{
	struct cs_buf message = { 0 }, welcome = { 0 };

	assert_ok(world_commit(by, what, &message, &welcome));
	follow(by, &message);
	cs_buf_free(&message);
	cs_buf_free(&welcome);
}

static int
plant(void **state)
{
	static const uint32_t gone[] = { 4, 6 };
	struct cs_view kp[2];

	(void)state;
	opt = world_options();
	assert_ok(world_group(
	    member, MEMBERS, (struct cs_mls_extensions){ NULL, 0 }));
	for (unsigned i = 0; i < 2; i++) {
		assert_ok(world_member_init(&late[i], 20 + i));
		kp[i] = cs_buf_view(&late[i].key_package);
		cs_mls_group_free(member[gone[i]].group);
		member[gone[i]].group = NULL;
	}
	commit(&member[0],
	    &(struct cs_mls_commit_options){ .remove = gone, .n_remove = 2 });
	commit(&member[5], &(struct cs_mls_commit_options){ 0 });
	commit(&member[0],
	    &(struct cs_mls_commit_options){ .add = kp, .n_add = 2 });
	good = &member[0].group->pub.tree;
	return 0;
}

static int
clear(void **state)
{
	(void)state;
	for (int i = 0; i < MEMBERS; i++)
		world_member_clear(&member[i]);
	world_member_clear(&late[0]);
	world_member_clear(&late[1]);
	return 0;
}

/* One node that is to be another. */
enum part { NOTHING, BLANK, KEY, HASH, UNMERGED, LEAF, PARENT, KIND };
struct edit {
	uint32_t x;
	enum part part;
	struct cs_view v;
	uint32_t also; /* done to this one, too; 0: to none */
};

static void
write_node(struct cs_writer *w, uint32_t x, const struct edit *e)
{
	const struct cs_mls_node *n = cs_mls_tree_node(good, x);
	enum part part =
	    e->x == x || (e->also != 0 && e->also == x) ? e->part : NOTHING;
	struct cs_mls_parent p = { 0 };

	if (part == BLANK || (part != PARENT && n->kind == CS_MLS_NODE_BLANK)) {
		cs_write_u8(w, 0);
		return;
	}
	cs_write_u8(w, 1);
	if (cs_mls_node_is_leaf(x)) {
		cs_write_u8(w, part == KIND ? 2 : 1);
		cs_write_bytes(w, part == LEAF ? e->v : cs_mls_node_raw(n));
		return;
	}
	if (n->kind == CS_MLS_NODE_PARENT)
		p = cs_mls_node_parent_view(n);
	cs_write_u8(w, part == KIND ? 1 : 2);
	cs_write_vec(w, part == KEY || part == PARENT ? e->v : p.key);
	cs_write_vec(w, part == HASH ? e->v : p.parent_hash);
	cs_write_vec(w, part == UNMERGED ? e->v : p.unmerged);
}

/* The tree with ${e} done to it, in bytes as somebody would send it. */
static enum cs_err
read_edited(struct cs_mls_unverified_tree *out, const struct edit *e)
{
	struct cs_buf bytes = { 0 };
	struct cs_writer w = cs_writer(&bytes);
	uint32_t last = cs_mls_node_width(good->n_leaves);
	size_t mark = cs_write_open(&w);
	enum cs_err err;

	for (uint32_t x = 0; x < last; x++)
		write_node(&w, x, e);
	cs_write_close(&w, mark);
	assert_ok(cs_writer_end(&w));
	err = cs_mls_tree_parse(out, good->suite, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	return err;
}

/* What becomes of the tree with ${e} done to it. */
static enum cs_err
judge(const struct edit *e)
{
	struct cs_mls_unverified_tree in = { 0 };
	struct cs_mls_tree out = { 0 };
	struct cs_mls_key_index index = { 0 };
	enum cs_err err;

	if ((err = read_edited(&in, e)) == CS_OK &&
	    (err = cs_mls_tree_verify(
		 &out, &in, cs_view_str("a group"), &none, &opt)) == CS_OK)
		err = cs_mls_key_index_build(&index, &out);
	cs_mls_key_index_clear(&index);
	cs_mls_tree_clear(&in.tree);
	cs_mls_tree_clear(&out);
	return err;
}

static void
test_good(void **state)
{
	const struct cs_mls_node *root = cs_mls_tree_node(good, 7),
				 *side = cs_mls_tree_node(good, 11);

	(void)state;
	assert_ok(judge(&(struct edit){ .part = NOTHING }));
	assert_int_equal(cs_mls_node_n_unmerged(root), 2);
	assert_int_equal(cs_mls_node_n_unmerged(side), 2);
	assert_true(cs_mls_tree_blank(good, 9));
	assert_true(cs_mls_tree_blank(good, 13));
}

/* Section 7.1, and 12.4.3.1 of each entry. */
static void
test_unmerged(void **state)
{
	static const uint8_t falling[] = { 0, 0, 0, 6, 0, 0, 0, 4 },
			     twice[] = { 0, 0, 0, 4, 0, 0, 0, 4 },
			     odd[] = { 0, 0, 0, 4, 0, 0, 0 },
			     one[] = { 0, 0, 0, 4 },
			     aside[] = { 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 6 },
			     past[] = { 0, 0, 0, 4, 0, 0, 0, 6, 0, 0, 0, 8 };
	const struct {
		struct edit e;
		enum cs_err want;
	} bad[] = {
		/* Not in increasing order; no list of leaves. */
		{ { 7, UNMERGED, CS_VIEW_OF(falling), 0 }, CS_ERR_FORMAT },
		{ { 7, UNMERGED, CS_VIEW_OF(twice), 0 }, CS_ERR_FORMAT },
		{ { 7, UNMERGED, CS_VIEW_OF(odd), 0 }, CS_ERR_FORMAT },
		/* Not below; not in the tree. */
		{ { 11, UNMERGED, CS_VIEW_OF(aside), 0 }, CS_ERR_TREE },
		{ { 7, UNMERGED, CS_VIEW_OF(past), 0 }, CS_ERR_TREE },
		/* 6 is not marked at a node on the way from the root, ... */
		{ { 11, UNMERGED, CS_VIEW_OF(one), 0 }, CS_ERR_TREE },
		/* ... or is blank. */
		{ { 12, BLANK, { NULL, 0 }, 0 }, CS_ERR_TREE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cs_mls_unverified_tree in = { 0 };

		assert_err(judge(&bad[i].e), bad[i].want);
		if (bad[i].want == CS_ERR_FORMAT)
			continue;
		/* It is this check that finds it. */
		assert_ok(read_edited(&in, &bad[i].e));
		assert_err(cs_mls_tree_check_unmerged(&in.tree), bad[i].want);
		cs_mls_tree_clear(&in.tree);
	}
}

/* Section 7.9.2: a parent that no leaf below stands for. */
static void
test_parent_hash(void **state)
{
	static const uint8_t other[32] = { 9 },
			     more[] = { 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6 },
			     one[] = { 0, 0, 0, 6 };
	const struct edit bad[] = {
		/* Another key, or another hash, on the way of member 0, */
		{ 1, KEY, CS_VIEW_OF(other), 0 },
		{ 3, KEY, CS_VIEW_OF(other), 0 },
		{ 1, HASH, CS_VIEW_OF(other), 0 },
		{ 3, HASH, { NULL, 0 }, 0 },
		/* at the root, or on the way of member 5. */
		{ 7, KEY, CS_VIEW_OF(other), 0 },
		{ 11, KEY, CS_VIEW_OF(other), 0 },
		{ 11, HASH, CS_VIEW_OF(other), 0 },
		/* The root has none above it. */
		{ 7, HASH, CS_VIEW_OF(other), 0 },
		/* A parent that nobody committed. */
		{ 13, PARENT, CS_VIEW_OF(other), 0 },
		/* Unmerged is who the node was made by; a leaf is neither
		 * unmerged nor the one that made it. */
		{ 11, UNMERGED, CS_VIEW_OF(more), 0 },
		{ 11, UNMERGED, CS_VIEW_OF(one), 7 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cs_mls_unverified_tree in = { 0 };

		assert_ok(read_edited(&in, &bad[i]));
		assert_err(
		    cs_mls_tree_verify_parent_hashes(&in.tree), CS_ERR_TREE);
		cs_mls_tree_clear(&in.tree);
		assert_err(judge(&bad[i]), CS_ERR_TREE);
	}
}

/* Section 12.4.3.3: nodes where they belong. */
static void
test_kinds(void **state)
{
	(void)state;
	assert_err(
	    judge(&(struct edit){ 0, KIND, { NULL, 0 }, 0 }), CS_ERR_FORMAT);
	assert_err(
	    judge(&(struct edit){ 3, KIND, { NULL, 0 }, 0 }), CS_ERR_FORMAT);
}

/* Section 7.3: a key twice in one tree. */
static void
test_keys(void **state)
{
	struct cs_mls_unverified_tree in = { 0 };
	struct cs_mls_key_index index = { 0 };
	const struct edit same[] = {
		/* The key of a leaf, and of another parent, in a parent. */
		{ 1, KEY, cs_mls_tree_key(good, 8), 0 },
		{ 11, KEY, cs_mls_tree_key(good, 7), 0 },
		/* A leaf in two places. */
		{ 12, LEAF, cs_mls_node_raw(cs_mls_tree_node(good, 8)), 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		assert_ok(read_edited(&in, &same[i]));
		assert_err(
		    cs_mls_key_index_build(&index, &in.tree), CS_ERR_TREE);
		cs_mls_tree_clear(&in.tree);
		assert_err(judge(&same[i]), CS_ERR_TREE);
	}
}

/* The tree with the leaf of the second new one, changed and signed again. */
static enum cs_err
judge_leaf(const struct cs_mls_leaf *leaf)
{
	const struct cs_mls_leaf_place nowhere = { { NULL, 0 }, 0 };
	struct cs_buf raw = { 0 };
	enum cs_err err;

	assert_ok(cs_mls_leaf_sign(&raw, leaf, nowhere, late[1].id.signer));
	err = judge(&(struct edit){ 12, LEAF, cs_buf_view(&raw), 0 });
	cs_buf_free(&raw);
	return err;
}

static enum cs_err
refuse(void *arg, const struct cs_mls_auth_request *rq)
{
	return cs_view_equal(rq->credential->identity, cs_view_str(arg))
	    ? CS_ERR_CREDENTIAL
	    : CS_OK;
}

/* Section 7.3 of each leaf. */
static void
test_leaves(void **state)
{
	static const uint8_t ext[] = { 0xf1, 0x23, 0 };
	const struct cs_mls_ext_list wants = { CS_VIEW_OF(ext) };
	struct cs_mls_unverified_tree in = { 0 };
	struct cs_mls_tree out = { 0 };
	struct cs_mls_leaf leaf;
	struct cs_buf raw = { 0 };

	(void)state;
	/* A signature: of who committed last, for its place, and for none. */
	for (uint32_t x = 10; x <= 12; x += 2) {
		assert_ok(cs_buf_set(
		    &raw, cs_mls_node_raw(cs_mls_tree_node(good, x))));
		raw.data[raw.len - 1] ^= 1;
		assert_err(
		    judge(&(struct edit){ x, LEAF, cs_buf_view(&raw), 0 }),
		    CS_ERR_SIGNATURE);
	}
	/* Good ones, but for another group. */
	assert_ok(read_edited(&in, &(struct edit){ .part = NOTHING }));
	assert_err(
	    cs_mls_tree_verify(&out, &in, cs_view_str("b group"), &none, &opt),
	    CS_ERR_SIGNATURE);
	/* An extension that the group uses and they do not know: 13.4. */
	assert_err(
	    cs_mls_tree_verify(&out, &in, cs_view_str("a group"), &wants, &opt),
	    CS_ERR_UNSUPPORTED);
	cs_mls_tree_clear(&in.tree);
	assert_true(cs_mls_tree_leaf(good, 6, &leaf));
	assert_ok(judge_leaf(&leaf));
	/* A lifetime too long; one that is over may be in a tree. */
	leaf.not_after = leaf.not_before + CS_MLS_MAX_LIFETIME_S + 1;
	assert_err(judge_leaf(&leaf), CS_ERR_LIMIT);
	leaf.not_before = WORLD_NOW - 100;
	leaf.not_after = WORLD_NOW - 50;
	assert_ok(judge_leaf(&leaf));
	/* What it has and does not list; a credential the others have. */
	leaf.extensions = wants;
	assert_err(judge_leaf(&leaf), CS_ERR_UNSUPPORTED);
	leaf.extensions = none;
	leaf.capabilities.credentials = cs_view("\0\2", 2);
	assert_err(judge_leaf(&leaf), CS_ERR_CREDENTIAL);
	/* Section 5.3.1: nobody vouches for one of them. */
	opt.auth = (struct cs_mls_auth){ refuse, late[0].name };
	assert_err(judge(&(struct edit){ .part = NOTHING }), CS_ERR_CREDENTIAL);
	opt = world_options();
	cs_buf_free(&raw);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_unmerged),
		cmocka_unit_test(test_parent_hash),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_leaves),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, plant, clear);
}
