/* SPDX-License-Identifier: MIT */
/*
 * Implementation notes.
 *
 * A message goes through three steps.  What is public is parsed and compared
 * with the group: is it for this group, and for which epoch?  Then its
 * signature is verified, for a PrivateMessage after it was decrypted with a
 * key that is looked up and not yet taken, so that a forged message uses up
 * none.  Last, verified content is acted on: application data is handed out,
 * a proposal is stored, a commit is staged, which leaves the group as it is
 * until the caller merges it.
 *
 * Late messages of a few past epochs are read with what group_merge.c keeps of
 * these; handshakes of a past epoch are refused.
 */
#include "crypto/hash.h"
#include "mls/framing.h"
#include "mls/group.h"
#include "mls/group_merge.h"
#include "mls/group_propose.h"
#include "mls/group_stage.h"
#include "mls/leaf_node.h"
#include "mls/private_message.h"
#include "mls/public_state.h"
#include "mls/tree_leaf.h"
#include "mls/tree_save.h"

void
cs_mls_received_clear(struct cs_mls_received *r)
{
	cs_buf_free(&r->credential);
	cs_buf_free(&r->signature_key);
	cs_buf_free(&r->authenticated_data);
	cs_buf_free(&r->data);
	cs_mls_staged_free(r->staged);
	*r = (struct cs_mls_received){ 0 };
}

/* Note the sender and the authenticated data. */
static enum cs_err
note_sender(struct cs_mls_received *out, const struct cs_mls_framed *f,
    const struct cs_mls_member *sender)
{
	enum cs_err err;

	out->epoch = f->epoch;
	out->sender_leaf = sender->leaf;
	out->credential_type = sender->credential_type;
	if ((err = cs_buf_set(&out->credential, sender->credential)) ||
	    (err = cs_buf_set(&out->signature_key, sender->signature_key)))
		return err;
	return cs_buf_set(&out->authenticated_data, f->authenticated_data);
}

/* Act on verified content of the current epoch. */
static enum cs_err
dispatch(struct cs_mls_received *out, struct cs_mls_group *g,
    const struct cs_mls_verified *content)
{
	switch (content->framed.type) {
	case CS_MLS_CONTENT_APPLICATION:
		out->event = CS_MLS_EVENT_APPLICATION;
		return cs_buf_set(&out->data, content->framed.body);
	case CS_MLS_CONTENT_PROPOSAL:
		out->event = CS_MLS_EVENT_PROPOSAL;
		g->public_changed = true;
		return cs_mls_public_store_proposal(
		    &g->pub, content, CS_MLS_FROM_LOG);
	case CS_MLS_CONTENT_COMMIT:
		out->event = CS_MLS_EVENT_COMMIT;
		return cs_mls_group_stage(&out->staged, g, content);
	}
	return CS_ERR_FORMAT;
}

static enum cs_err
process_public(struct cs_mls_received *out, struct cs_mls_group *g,
    const struct cs_mls_public_message *m)
{
	struct cs_mls_verified content;
	struct cs_mls_member sender;
	enum cs_err err;

	if (g->ended)
		return CS_ERR_MEMBER;
	if ((err = cs_mls_public_authenticate(
		 &content, &g->pub, m, &g->secrets.membership)) ||
	    (err = cs_mls_public_thaw(&g->pub)))
		return err;
	if (content.framed.sender.type == CS_MLS_SENDER_MEMBER &&
	    content.framed.sender.index == g->own_leaf)
		return CS_ERR_REPLAY;
	if ((err = cs_mls_public_sender(&sender, &g->pub, &content.framed)) ||
	    (err = note_sender(out, &content.framed, &sender)))
		return err;
	return dispatch(out, g, &content);
}

/* What it takes to read a PrivateMessage of one epoch. */
struct epoch {
	const struct cs_mls_sender_data_secret *sender_data;
	struct cs_mls_secret_tree *keys;
	struct cs_view context;
	bool over;
	size_t past; /* its number in the list, if it is over */
};

static enum cs_err
find_epoch(struct epoch *out, struct cs_mls_group *g, uint64_t epoch)
{
	*out = (struct epoch){ 0 };
	if (epoch == g->pub.epoch && !g->ended) {
		out->sender_data = &g->secrets.sender_data;
		out->keys = &g->keys;
		out->context = cs_mls_public_context(&g->pub);
		return CS_OK;
	}
	for (size_t i = 0; i < g->n_past; i++) {
		struct cs_mls_past_epoch *p = &g->past[i];

		if (p->epoch != epoch || cs_mls_past_expired(g, p))
			continue;
		out->sender_data = &p->sender_data;
		out->keys = &p->keys;
		out->context = cs_buf_view(&p->context);
		out->over = true;
		out->past = i;
		return CS_OK;
	}
	return CS_ERR_EPOCH;
}

static bool
leaf_of(struct cs_mls_leaf *out, const struct cs_mls_group *g,
    const struct epoch *e, uint32_t leaf)
{
	return e->over ? cs_mls_past_leaf(g, e->past, leaf, out)
		       : cs_mls_tree_leaf(&g->pub.tree, leaf, out);
}

/* A private message with what was found for it. */
struct private
{
	const struct cs_mls_private_message *m;
	struct epoch epoch;
	struct cs_mls_sender_data data;
	struct cs_mls_leaf leaf; /* of the sender */
	struct cs_mls_pending_key key;
};

/* Decrypt and verify. */
static enum cs_err
read_private(struct cs_mls_received *out, struct cs_mls_group *g,
    const struct private *p)
{
	struct cs_mls_unverified content;
	struct cs_mls_verified verified;
	struct cs_mls_member sender;
	struct cs_buf plain = { 0 };
	enum cs_err err;

	cs_mls_member_of_leaf(&sender, p->data.leaf, &p->leaf);
	if ((err = cs_mls_private_message_open(&content, &plain, p->m,
		 g->pub.suite, &p->data, &p->key.key)) ||
	    (err = cs_mls_framed_verify(&verified, &content, g->pub.suite,
		 p->leaf.signature_key, p->epoch.context)) ||
	    (err = note_sender(out, &verified.framed, &sender)))
		goto out;
	if (p->m->type != CS_MLS_CONTENT_APPLICATION &&
	    (err = cs_mls_public_thaw(&g->pub)))
		goto out;
	err = dispatch(out, g, &verified);
out:
	cs_buf_free(&plain);
	return err;
}

/* Find the sender and the key: everything that can be known before a signature
 * is checked. */
static enum cs_err
find_private(struct private *p, struct cs_mls_group *g)
{
	uint32_t max_skip = g->pub.opt.max_skip > CS_MLS_MAX_SKIP
	    ? CS_MLS_MAX_SKIP
	    : g->pub.opt.max_skip;
	bool said = p->m->type == CS_MLS_CONTENT_APPLICATION;
	enum cs_err err;

	if (!cs_view_equal(p->m->group_id, cs_buf_view(&g->pub.group_id)))
		return CS_ERR_MISMATCH;
	if ((err = find_epoch(&p->epoch, g, p->m->epoch)))
		return err;
	/* Handshakes of an epoch that is over are of no use. */
	if (p->epoch.over && !said)
		return CS_ERR_EPOCH;
	if ((err = cs_mls_sender_data_open(
		 &p->data, p->m, g->pub.suite, p->epoch.sender_data)))
		return err;
	/* Section 6.3.2: a leaf that is not blank. */
	if (!leaf_of(&p->leaf, g, &p->epoch, p->data.leaf))
		return CS_ERR_MEMBER;
	if (p->data.leaf == g->own_leaf)
		return CS_ERR_REPLAY;
	return cs_mls_secret_tree_find(&p->key, p->epoch.keys, p->data.leaf,
	    said ? CS_MLS_RATCHET_APPLICATION : CS_MLS_RATCHET_HANDSHAKE,
	    p->data.generation, max_skip);
}

static enum cs_err
process_private(struct cs_mls_received *out, struct cs_mls_group *g,
    const struct cs_mls_private_message *m)
{
	struct private p = { .m = m };
	enum cs_err err = find_private(&p, g);

	/* A key is used up by a message that verifies, and by no other. */
	if (err == CS_OK && (err = read_private(out, g, &p)) == CS_OK)
		cs_mls_secret_tree_take(p.epoch.keys, &p.key);
	cs_mls_pending_key_clear(&p.key);
	return err;
}

enum cs_err
cs_mls_process(
    struct cs_mls_received *out, struct cs_mls_group *g, struct cs_view message)
{
	struct cs_reader r = cs_reader(message);
	enum cs_mls_wire wire = cs_mls_message_read(&r);
	struct cs_mls_public_message public;
	struct cs_mls_private_message private;
	enum cs_err err;

	*out = (struct cs_mls_received){ 0 };
	if (r.err != CS_OK)
		return r.err;
	if (wire == CS_MLS_WIRE_PUBLIC) {
		cs_mls_public_message_read(&r, &public);
		if ((err = cs_reader_end(&r)) == CS_OK)
			err = process_public(out, g, &public);
	} else if (wire == CS_MLS_WIRE_PRIVATE) {
		cs_mls_private_message_read(&r, &private);
		if ((err = cs_reader_end(&r)) == CS_OK)
			err = process_private(out, g, &private);
	} else {
		err = CS_ERR_UNSUPPORTED;
	}
	if (err == CS_OK && out->staged != NULL)
		err = cs_sha256(out->staged->message_hash, message);
	if (err != CS_OK)
		cs_mls_received_clear(out);
	return err;
}

enum cs_err
cs_mls_protect(struct cs_buf *out, struct cs_mls_group *g,
    struct cs_view authenticated_data, struct cs_view application_data)
{
	struct cs_mls_signature signature;
	struct cs_mls_unverified c = {
		.wire = CS_MLS_WIRE_PRIVATE,
		.framed = cs_mls_group_frame(g, CS_MLS_CONTENT_APPLICATION,
		    authenticated_data, application_data),
	};
	enum cs_err err;

	if (g->ended)
		return CS_ERR_MEMBER;
	/* Section 12.4.2: after a ReInit nothing more is sent. */
	if (g->pub.reinit.len != 0)
		return CS_ERR_PROPOSAL;
	/* Section 12.4: proposals are committed before data is sent. */
	if (g->pub.n_proposals != 0)
		return CS_ERR_BUSY;
	if ((err = cs_mls_framed_sign(&signature, c.wire, &c.framed, g->signer,
		 cs_mls_public_context(&g->pub))))
		return err;
	c.signature = cs_view(signature.b, signature.n);
	return cs_mls_group_seal(out, g, &c);
}
