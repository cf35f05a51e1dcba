/* SPDX-License-Identifier: MIT */
/*
 * Bodies that a fuzzer makes up, as messages that are
 * signed, tagged and encrypted as they should be.
 */
#pragma once

#include "fuzz/fuzz_world.h"
#include "mls/group.h"
#include "mls/group_propose.h"
#include "mls/private_message.h"

enum dress {
	DRESS_NONE,
	DRESS_PROPOSAL, /* public, by a member */
	DRESS_COMMIT,
	DRESS_EXTERNAL, /* a proposal by the external sender */
	DRESS_PRIVATE,  /* content and auth data, encrypted by a member */
	N_DRESSES
};

/* No path leads to a tag that members accept. */
static const uint8_t any_tag[32] = { 1 };

/* By the member whose group is ${g}; ${signer} is the external sender. */
static inline enum cs_err
dress_public(struct cs_buf *out, const struct cs_mls_group *g, enum dress how,
    const struct cs_signer *signer, struct cs_view body)
{
	bool external = how == DRESS_EXTERNAL;
	struct cs_mls_signature signature;
	struct cs_view context = cs_mls_public_context(&g->pub);
	struct cs_mls_unverified c = {
		.wire = CS_MLS_WIRE_PUBLIC,
		.framed = cs_mls_group_frame(g,
		    how == DRESS_COMMIT ? CS_MLS_CONTENT_COMMIT
					: CS_MLS_CONTENT_PROPOSAL,
		    cs_view(NULL, 0), body),
	};
	enum cs_err err;

	if (external)
		c.framed.sender =
		    (struct cs_mls_sender){ CS_MLS_SENDER_EXTERNAL, 0 };
	if (how == DRESS_COMMIT)
		c.confirmation_tag = CS_VIEW_OF(any_tag);
	if ((err = cs_mls_framed_sign(&signature, c.wire, &c.framed,
		 external ? signer : g->signer, context)))
		return err;
	c.signature = cs_view(signature.b, signature.n);
	return cs_mls_public_message_seal(out, &c, g->pub.suite,
	    external ? NULL : &g->secrets.membership, context);
}

/* The first byte of ${in} says which type of content. */
static inline enum cs_err
dress_private(struct cs_buf *out, struct cs_mls_group *g, struct cs_view in)
{
	enum cs_mls_content type;
	struct cs_mls_signature signature;
	struct cs_mls_unverified c;
	struct cs_mls_pending_key key = { 0 };
	enum cs_err err;

	if (in.len == 0)
		return CS_ERR_FORMAT;
	type = (enum cs_mls_content)(1 + in.data[0] % 3);
	c = (struct cs_mls_unverified){
		.wire = CS_MLS_WIRE_PRIVATE,
		.framed = cs_mls_group_frame(g, type, cs_view(NULL, 0),
		    cs_view(in.data + 1, in.len - 1)),
	};
	if (type == CS_MLS_CONTENT_COMMIT)
		c.confirmation_tag = CS_VIEW_OF(any_tag);
	if ((err = cs_mls_framed_sign(&signature, c.wire, &c.framed, g->signer,
		 cs_mls_public_context(&g->pub))) ||
	    (err = cs_mls_secret_tree_next(&key, &g->keys, g->own_leaf,
		 type == CS_MLS_CONTENT_APPLICATION
		     ? CS_MLS_RATCHET_APPLICATION
		     : CS_MLS_RATCHET_HANDSHAKE)))
		goto out;
	c.signature = cs_view(signature.b, signature.n);
	err = cs_mls_private_message_seal(
	    out, &c, g->pub.suite, &g->secrets.sender_data, &key, 0);
out:
	cs_mls_pending_key_clear(&key);
	return err;
}

static inline enum cs_err
dress(struct cs_buf *out, struct cs_mls_group *g, enum dress how,
    const struct cs_signer *external, struct cs_view in)
{
	if (how == DRESS_NONE)
		return cs_buf_set(out, in);
	if (how == DRESS_PRIVATE)
		return dress_private(out, g, in);
	return dress_public(out, g, how, external, in);
}
