/* SPDX-License-Identifier: MIT */
/*
 * Messages, leaves and paths with one thing wrong,
 * and all the rest, signatures and hashes, as it should be.
 */
#pragma once

#include "support/key_package_sign.h"
#include "support/mls_scene.h"

/* Sign ${leaf} for its place in the scene's group, and read it again. */
static inline struct cs_mls_leaf
forge_leaf(struct cs_buf *hold, const struct cs_mls_leaf *leaf, uint32_t index,
    const struct cs_signer *signer)
{
	const struct cs_mls_leaf_place place = { cs_view_str("a group"),
		index };
	struct cs_mls_leaf out;

	cs_buf_reset(hold);
	assert_ok(cs_mls_leaf_sign(hold, leaf, place, signer));
	assert_ok(cs_mls_leaf_parse(&out, cs_buf_view(hold)));
	return out;
}

/* What of a path is to be another than it was; nothing: as it was. */
struct forged_path {
	struct cs_view leaf_key;
	struct cs_view node_key[2];
	const struct cs_signer *signer;  /* of the leaf */
	const struct cs_mls_leaf *leaf;  /* but for keys and parent hash */
	const struct cs_mls_leaf *added; /* by the same commit */
	bool as_update;                  /* source of the leaf */
	uint32_t place;                  /* that the leaf is signed for */
};

/* The path of an empty commit of member 0, changed; its parent hash fits.
 * ${hold}: three buffers for what it points into. */
static inline struct cs_mls_update_path
forge_path(
    struct cs_buf hold[static 3], struct scene *s, const struct forged_path *f)
{
	struct cs_mls_update_path path;
	struct cs_writer w = cs_writer(&hold[1]);
	struct cs_mls_filtered_path way;
	struct cs_mls_update_path_node node;
	struct cs_mls_tree tree;
	struct cs_mls_hash parent_hash;
	struct cs_view keys[CS_MLS_MAX_DEPTH];
	struct cs_mls_valid_leaf added;
	struct cs_mls_leaf leaf;
	struct cs_reader r;
	uint32_t index;
	size_t mark;

	for (int i = 0; i < 3; i++)
		cs_buf_reset(&hold[i]);
	path = some_path(&s->m[0], &hold[0]);
	r = cs_reader(path.nodes);
	for (size_t i = 0; i < path.n_nodes; i++) {
		cs_mls_update_path_node_read(&r, &node);
		keys[i] = i < 2 && f->node_key[i].len != 0
		    ? f->node_key[i]
		    : node.encryption_key;
		cs_write_vec(&w, keys[i]);
		mark = cs_write_open(&w);
		cs_write_bytes(&w, node.ciphertexts);
		cs_write_close(&w, mark);
	}
	assert_ok(cs_writer_end(&w));
	cs_mls_tree_copy(&tree, &s->m[0].group->pub.tree);
	if (f->added != NULL) {
		added.leaf = *f->added;
		assert_ok(cs_mls_tree_add(&tree, &added, &index));
	}
	cs_mls_tree_filtered_path(&way, &tree, 0);
	assert_int_equal(way.n, path.n_nodes);
	assert_ok(cs_mls_tree_set_path(&tree, 0, &way, keys, &parent_hash));
	cs_mls_tree_clear(&tree);
	leaf = f->leaf != NULL ? *f->leaf : path.leaf;
	leaf.source = f->as_update ? CS_MLS_LEAF_UPDATE : CS_MLS_LEAF_COMMIT;
	leaf.encryption_key =
	    f->leaf_key.len != 0 ? f->leaf_key : path.leaf.encryption_key;
	leaf.parent_hash = cs_mls_hash_view(&parent_hash);
	if (f->signer != NULL)
		leaf.signature_key = cs_signer_public(f->signer);
	path.leaf = forge_leaf(&hold[2], &leaf, f->place,
	    f->signer != NULL ? f->signer : s->m[0].id.signer);
	path.nodes = cs_buf_view(&hold[1]);
	return path;
}

/* ${c} as a PublicMessage signed by ${signer}, and tagged by member 0 if its
 * sender is a member. */
static inline void
forge_message(struct cs_buf *out, const struct scene *s,
    struct cs_mls_unverified *c, const struct cs_signer *signer)
{
	static const uint8_t tag[32] = { 1 };
	const struct cs_mls_group *g = s->m[0].group;
	struct cs_view context = cs_mls_public_context(&g->pub);
	struct cs_mls_signature signature;

	c->wire = CS_MLS_WIRE_PUBLIC;
	if (c->framed.type == CS_MLS_CONTENT_COMMIT)
		c->confirmation_tag = CS_VIEW_OF(tag);
	assert_ok(cs_mls_framed_sign(
	    &signature, c->wire, &c->framed, signer, context));
	c->signature = cs_view(signature.b, signature.n);
	cs_buf_reset(out);
	assert_ok(cs_mls_public_message_seal(
	    out, c, g->pub.suite, &g->secrets.membership, context));
}

/* What member 1 and the hub make of ${message}: the same. */
static inline void
judged_message(struct scene *s, const struct cs_buf *message, enum cs_err want)
{
	struct cs_mls_received got;
	struct cs_mls_public_outcome o;

	assert_err(
	    cs_mls_process(&got, s->m[1].group, cs_buf_view(message)), want);
	assert_err(
	    cs_mls_public_process(&o, s->hub, cs_buf_view(message)), want);
	cs_mls_received_clear(&got);
	cs_mls_public_outcome_clear(&o);
}

/* What they make of a commit of member 0. */
static inline void
judged_commit(struct scene *s, const struct cs_mls_proposal_or_ref *entry,
    size_t n, const struct cs_mls_update_path *path, enum cs_err want)
{
	struct cs_buf body = { 0 };

	write_commit_of(&body, entry, n, path);
	judged(s, CS_MLS_CONTENT_COMMIT, false, &body, want);
	cs_buf_free(&body);
}

/* What only members can see is wrong with ${message}: the tag. */
static inline void
only_tag_wrong(struct scene *s, const struct cs_buf *message)
{
	struct cs_mls_received got;

	assert_err(cs_mls_process(&got, s->m[1].group, cs_buf_view(message)),
	    CS_ERR_MAC);
	cs_mls_received_clear(&got);
}

/* The stored proposal number ${i} by reference. */
static inline struct cs_mls_proposal_or_ref
by_reference(const struct scene *s, size_t i)
{
	return (struct cs_mls_proposal_or_ref){
		.by_reference = true,
		.reference =
		    cs_mls_hash_view(&s->m[1].group->pub.proposals[i]->ref),
	};
}

/* An Add of ${kp}, signed anew by ${owner}; ${hold} is where it stands. */
static inline struct cs_mls_proposal_or_ref
add_of(struct cs_buf *hold, const struct cs_mls_key_package *kp,
    const struct world_member *owner)
{
	struct cs_mls_proposal_or_ref e = {
		.proposal = { .type = CS_MLS_PROPOSAL_ADD },
	};

	cs_buf_reset(hold);
	assert_ok(key_package_sign(hold, kp, owner->id.signer));
	assert_ok(cs_mls_key_package_parse_message(
	    &e.proposal.add, cs_buf_view(hold)));
	return e;
}

static inline struct cs_mls_key_package
key_package_of(const struct world_member *m)
{
	struct cs_mls_key_package kp;

	assert_ok(cs_mls_key_package_parse_message(
	    &kp, cs_buf_view(&m->key_package)));
	return kp;
}
