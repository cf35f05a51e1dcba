/* SPDX-License-Identifier: MIT */
/*
 * Messages to a member and to the hub.  The first byte says how the rest is
 * dressed: as it is, or as the body of a message that is signed, tagged and
 * encrypted as it should be, so that the checks behind these are reached.
 */
#include "fuzz/fuzz_world.h"
#include "mls/group.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum dress {
	DRESS_NONE,
	DRESS_PROPOSAL, /* public, by member 0 */
	DRESS_COMMIT,
	DRESS_EXTERNAL, /* a proposal by the external sender */
	DRESS_PRIVATE,  /* content and auth data, encrypted by member 0 */
	N_DRESSES
};

static const uint8_t any_tag[32] = { 1 };

static enum cs_err
dress_public(struct cs_buf *out, struct fuzz_world *w, enum dress how,
    struct cs_view body)
{
	const struct cs_mls_group *g = w->m[0].group;
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
		 external ? w->external : g->signer, context)))
		return err;
	c.signature = cs_view(signature.b, signature.n);
	return cs_mls_public_message_seal(out, &c, g->pub.suite,
	    external ? NULL : &g->secrets.membership, context);
}

static enum cs_err
dress_private(struct cs_buf *out, struct fuzz_world *w, struct cs_view in)
{
	struct cs_mls_group *g = w->m[0].group;
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
	    (err = cs_mls_secret_tree_next(&key, &g->keys, 0,
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

/* Both take it, and go on from where they were. */
static void
deliver(struct fuzz_world *w, struct cs_view message)
{
	struct cs_mls_message_info info;
	struct cs_mls_received got;
	struct cs_mls_public_outcome outcome;
	bool changed = false;
	enum cs_err err;

	(void)!cs_mls_message_peek(&info, message);
	err = cs_mls_process(&got, w->m[1].group, message);
	fuzz_want(cs_err_class(err) != CS_ERR_CLASS_MISUSE);
	if (err == CS_OK) {
		changed = true;
		if (got.event == CS_MLS_EVENT_COMMIT) {
			(void)!cs_mls_group_merge(w->m[1].group, got.staged);
			got.staged = NULL;
		}
	}
	cs_mls_received_clear(&got);
	err = cs_mls_public_process(&outcome, w->pub, message);
	fuzz_want(cs_err_class(err) != CS_ERR_CLASS_MISUSE);
	changed = changed || err == CS_OK;
	cs_mls_public_outcome_clear(&outcome);
	if (changed)
		fuzz_world_restore(w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_world *w = fuzz_world();
	struct cs_buf message = { 0 };
	enum cs_err err = CS_OK;
	struct cs_view in;
	enum dress how;

	if (size == 0 || size > CS_MLS_MAX_MESSAGE)
		return 0;
	cs_test_fixed_random(2);
	how = (enum dress)(data[0] % N_DRESSES);
	in = cs_view(data + 1, size - 1);
	if (how == DRESS_NONE) {
		deliver(w, in);
		return 0;
	}
	if (how == DRESS_PRIVATE)
		err = dress_private(&message, w, in);
	else
		err = dress_public(&message, w, how, in);
	if (err == CS_OK)
		deliver(w, cs_buf_view(&message));
	cs_buf_free(&message);
	return 0;
}
