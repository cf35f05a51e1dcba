/* SPDX-License-Identifier: MIT */
/*
 * Handshakes that are well signed and tagged by a member and nevertheless not
 * allowed (RFC 9420, sections 6, 7 and 12): member and hub refuse them alike.
 */

#include "crypto/aead.h"
#include "crypto/init.h"
#include "mls/framing.h"
#include "mls/group.h"
#include "mls/leaf_node.h"
#include "mls/private_message.h"
#include "mls/ratchet_tree.h"
#include "mls/tree_codec.h"
#include "mls/tree_leaf.h"
#include "mls/tree_save.h"
#include "support/mls_scene.h"

static void
test_update(void **state)
{
	struct scene s;
	struct cs_mls_proposal p = { .type = CS_MLS_PROPOSAL_UPDATE };
	struct cs_mls_leaf own, leaf;
	struct cs_mls_leaf_place place = { cs_view_str("a group"), 0 };
	struct cs_hpke_key fresh;
	struct cs_buf signed_leaf = { 0 }, body = { 0 };
	struct cs_reader r;

	(void)state;
	set_up(&s);
	assert_true(cs_mls_tree_leaf(&s.m[0].group->pub.tree, 0, &own));
	assert_ok(cs_hpke_key_new(&fresh, CS_DHKEM_X25519));
	for (int i = 0; i < 4; i++) {
		leaf = own;
		leaf.source = CS_MLS_LEAF_UPDATE;
		leaf.encryption_key = cs_hpke_key_public(&fresh);
		place.index = 0;
		if (i == 0) /* section 7.3: a new key */
			leaf.encryption_key = own.encryption_key;
		if (i == 1) /* the leaf of another kind of message */
			leaf.source = CS_MLS_LEAF_COMMIT;
		if (i == 2) /* signed for another place */
			place.index = 1;
		cs_buf_reset(&signed_leaf);
		assert_ok(cs_mls_leaf_sign(
		    &signed_leaf, &leaf, place, s.m[0].id.signer));
		r = cs_reader(cs_buf_view(&signed_leaf));
		cs_mls_leaf_read(&r, &p.update);
		assert_ok(cs_reader_end(&r));
		write_proposal(&body, &p);
		if (i < 3)
			judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body,
			    (const enum cs_err[]){ CS_ERR_KEY, CS_ERR_MISMATCH,
				CS_ERR_SIGNATURE }[i]);
	}
	/* Section 12.1.2: of a member.  The last one is good otherwise. */
	judged(&s, CS_MLS_CONTENT_PROPOSAL, true, &body, CS_ERR_FORMAT);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_OK);
	cs_buf_free(&signed_leaf);
	cs_buf_free(&body);
	tear_down(&s);
}

static void
test_remove(void **state)
{
	struct scene s;
	struct cs_mls_proposal p = { .type = CS_MLS_PROPOSAL_REMOVE,
		.remove = 3 };
	struct cs_buf body = { 0 };

	(void)state;
	set_up(&s);
	/* Section 12.1.3: a blank leaf, and one past the tree. */
	write_proposal(&body, &p);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_ERR_MEMBER);
	p.remove = UINT32_MAX;
	write_proposal(&body, &p);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, true, &body, CS_ERR_MEMBER);
	/* Section 12.1.6: only of who joins. */
	p = (struct cs_mls_proposal){ .type = CS_MLS_PROPOSAL_EXTERNAL_INIT };
	write_proposal(&body, &p);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_ERR_FORMAT);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, true, &body, CS_ERR_FORMAT);
	cs_buf_free(&body);
	tear_down(&s);
}

static void
test_commit(void **state)
{
	static const uint8_t unknown[32] = { 7 };
	struct scene s;
	struct cs_mls_proposal_or_ref entry = {
		.proposal = { .type = CS_MLS_PROPOSAL_REMOVE, .remove = 2 },
	};
	struct cs_buf body = { 0 };

	(void)state;
	set_up(&s);
	/* Section 12.4: a Remove needs a path. */
	write_commit(&body, &entry);
	judged(&s, CS_MLS_CONTENT_COMMIT, false, &body, CS_ERR_PROPOSAL);
	/* Section 6.1: no commit of an external sender. */
	judged(&s, CS_MLS_CONTENT_COMMIT, true, &body, CS_ERR_FORMAT);
	/* Section 12.2: not the committer itself. */
	entry.proposal.remove = 0;
	write_commit(&body, &entry);
	judged(&s, CS_MLS_CONTENT_COMMIT, false, &body, CS_ERR_PROPOSAL);
	entry.by_reference = true;
	entry.reference = CS_VIEW_OF(unknown);
	write_commit(&body, &entry);
	judged(&s, CS_MLS_CONTENT_COMMIT, false, &body, CS_ERR_NOT_FOUND);
	cs_buf_free(&body);
	tear_down(&s);
}

/* The path of ${commit} with one ciphertext more in its first node. */
static void
write_longer_path(struct cs_buf *out, struct cs_mls_commit commit)
{
	struct cs_reader r = cs_reader(commit.path.nodes);
	struct cs_mls_update_path_node node;
	struct cs_mls_ciphertext one;
	struct cs_reader c;
	struct cs_buf nodes = { 0 };
	struct cs_writer w = cs_writer(&nodes), wo = cs_writer(out);
	size_t mark;

	for (size_t i = 0; i < commit.path.n_nodes; i++) {
		cs_mls_update_path_node_read(&r, &node);
		cs_write_vec(&w, node.encryption_key);
		mark = cs_write_open(&w);
		cs_write_bytes(&w, node.ciphertexts);
		c = cs_reader(node.ciphertexts);
		cs_mls_ciphertext_read(&c, &one);
		if (i == 0)
			cs_mls_ciphertext_write(&w, &one);
		cs_write_close(&w, mark);
	}
	assert_ok(cs_writer_end(&w));
	commit.path.nodes = cs_buf_view(&nodes);
	cs_buf_reset(out);
	cs_mls_commit_write(&wo, &commit);
	assert_ok(cs_writer_end(&wo));
	cs_buf_free(&nodes);
}

/* The path of ${commit} under a leaf that names another parent hash. */
static void
write_other_parent(
    struct cs_buf *out, const struct scene *s, struct cs_mls_commit commit)
{
	static const uint8_t other[32] = { 3 };
	const struct cs_mls_leaf_place place = { cs_view_str("a group"), 0 };
	struct cs_buf leaf = { 0 };
	struct cs_writer w = cs_writer(out);
	struct cs_reader r;

	commit.path.leaf.parent_hash = CS_VIEW_OF(other);
	assert_ok(cs_mls_leaf_sign(
	    &leaf, &commit.path.leaf, place, s->m[0].id.signer));
	r = cs_reader(cs_buf_view(&leaf));
	cs_mls_leaf_read(&r, &commit.path.leaf);
	assert_ok(cs_reader_end(&r));
	cs_buf_reset(out);
	cs_mls_commit_write(&w, &commit);
	assert_ok(cs_writer_end(&w));
	cs_buf_free(&leaf);
}

static void
test_path(void **state)
{
	struct scene s;
	const struct cs_mls_commit_options opt = { .force_path = true };
	struct cs_mls_staged *staged;
	struct cs_mls_public_message m;
	struct cs_mls_commit commit;
	struct cs_buf message = { 0 }, none = { 0 }, body = { 0 };
	struct cs_reader r;

	(void)state;
	set_up(&s);
	assert_ok(
	    cs_mls_commit_new(&staged, &message, &none, s.m[0].group, &opt));
	cs_mls_staged_free(staged);
	r = cs_reader(cs_buf_view(&message));
	assert_int_equal(cs_mls_message_read(&r), CS_MLS_WIRE_PUBLIC);
	cs_mls_public_message_read(&r, &m);
	r = cs_reader(m.content.framed.body);
	cs_mls_commit_read(&r, &commit);
	assert_ok(cs_reader_end(&r));
	assert_true(commit.has_path);
	/* Section 7.6: a ciphertext too many. */
	write_longer_path(&body, commit);
	judged(&s, CS_MLS_CONTENT_COMMIT, false, &body, CS_ERR_TREE);
	/* Section 7.9.2: another parent hash than the path has. */
	write_other_parent(&body, &s, commit);
	judged(&s, CS_MLS_CONTENT_COMMIT, false, &body, CS_ERR_TREE);
	/* One node too few. */
	commit.path.nodes = cs_view(NULL, 0);
	{
		struct cs_writer w = cs_writer(&body);

		cs_buf_reset(&body);
		cs_mls_commit_write(&w, &commit);
		assert_ok(cs_writer_end(&w));
	}
	judged(&s, CS_MLS_CONTENT_COMMIT, false, &body, CS_ERR_TREE);
	cs_buf_free(&message);
	cs_buf_free(&none);
	cs_buf_free(&body);
	tear_down(&s);
}

/* The content of ${m}, opened with the keys of member 0 and sealed again with
 * another last byte; the sender data still fit. */
static void
change_padding(
    struct cs_buf *out, struct cs_mls_group *g, const struct cs_buf *message)
{
	const struct cs_suite *suite = g->pub.suite;
	struct cs_reader r = cs_reader(cs_buf_view(message));
	struct cs_mls_private_message m;
	struct cs_mls_sender_data data;
	struct cs_mls_pending_key key;
	struct cs_buf aad = { 0 }, plain = { 0 }, sealed = { 0 };
	struct cs_writer w = cs_writer(&aad), wo = cs_writer(out);
	struct cs_aead_params p = { .aead = suite->aead };

	assert_int_equal(cs_mls_message_read(&r), CS_MLS_WIRE_PRIVATE);
	cs_mls_private_message_read(&r, &m);
	assert_ok(cs_reader_end(&r));
	assert_ok(
	    cs_mls_sender_data_open(&data, &m, suite, &g->secrets.sender_data));
	assert_ok(cs_mls_secret_tree_next(
	    &key, &g->keys, 0, CS_MLS_RATCHET_APPLICATION));
	for (int i = 0; i < 4; i++)
		key.key.nonce[i] ^= data.reuse_guard[i];
	cs_write_vec(&w, m.group_id);
	cs_write_u64(&w, m.epoch);
	cs_write_u8(&w, (uint8_t)m.type);
	cs_write_vec(&w, m.authenticated_data);
	assert_ok(cs_writer_end(&w));
	p.key = cs_view(key.key.key, suite->aead_key_len);
	p.nonce = cs_view(key.key.nonce, suite->aead_nonce_len);
	p.aad = cs_buf_view(&aad);
	assert_ok(cs_aead_open(&plain, &p, m.ciphertext));
	assert_int_equal(plain.data[plain.len - 1], 0);
	plain.data[plain.len - 1] = 1;
	assert_ok(cs_aead_seal(&sealed, &p, cs_buf_view(&plain)));
	m.ciphertext = cs_buf_view(&sealed);
	cs_mls_message_write(&wo, CS_MLS_WIRE_PRIVATE);
	cs_mls_private_message_write(&wo, &m);
	assert_ok(cs_writer_end(&wo));
	cs_mls_pending_key_clear(&key);
	cs_buf_free(&aad);
	cs_buf_free(&plain);
	cs_buf_free(&sealed);
}

/* Section 6.3.1: padding that is not zero. */
static void
test_padding(void **state)
{
	struct scene s;
	struct cs_mls_options opt = world_options();
	struct cs_mls_group *before = NULL;
	struct cs_buf saved = { 0 }, good = { 0 }, bad = { 0 };
	struct cs_mls_received got;

	(void)state;
	set_up(&s);
	assert_ok(world_save(s.m[0].group, &saved));
	assert_ok(world_load(&before, cs_buf_view(&saved), &opt));
	assert_ok(cs_mls_protect(
	    &good, s.m[0].group, cs_view_str("aad"), cs_view_str("text")));
	change_padding(&bad, before, &good);
	assert_err(cs_mls_process(&got, s.m[1].group, cs_buf_view(&bad)),
	    CS_ERR_FORMAT);
	assert_ok(cs_mls_process(&got, s.m[1].group, cs_buf_view(&good)));
	assert_view_equal(cs_buf_view(&got.data), cs_view_str("text"));
	cs_mls_received_clear(&got);
	cs_mls_group_free(before);
	cs_buf_free(&saved);
	cs_buf_free(&good);
	cs_buf_free(&bad);
	tear_down(&s);
}

/* Section 12.4.3.3: a tree that ends in a blank node. */
static void
test_tree_end(void **state)
{
	struct scene s;
	struct cs_mls_unverified_tree in = { 0 };
	struct cs_buf tree = { 0 }, longer = { 0 };
	struct cs_writer w = cs_writer(&tree), wl = cs_writer(&longer);
	const struct cs_suite *suite = cs_suite_find(1);
	struct cs_reader r;
	struct cs_view nodes;
	size_t mark;

	(void)state;
	set_up(&s);
	cs_mls_tree_write(&w, &s.m[0].group->pub.tree);
	assert_ok(cs_writer_end(&w));
	assert_ok(cs_mls_tree_parse(&in, suite, cs_buf_view(&tree)));
	cs_mls_tree_clear(&in.tree);
	r = cs_reader(cs_buf_view(&tree));
	nodes = cs_read_vec(&r);
	mark = cs_write_open(&wl);
	cs_write_bytes(&wl, nodes);
	cs_write_u8(&wl, 0);
	cs_write_close(&wl, mark);
	assert_ok(cs_writer_end(&wl));
	assert_err(
	    cs_mls_tree_parse(&in, suite, cs_buf_view(&longer)), CS_ERR_FORMAT);
	/* No node at all. */
	assert_err(
	    cs_mls_tree_parse(&in, suite, cs_view("", 1)), CS_ERR_FORMAT);
	cs_buf_free(&tree);
	cs_buf_free(&longer);
	tear_down(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_update),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_commit),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_tree_end),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
