/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"
#include "mls/group.h"

struct cs_mls_framed
cs_mls_group_frame(const struct cs_mls_group *g, enum cs_mls_content type,
    struct cs_view authenticated_data, struct cs_view body)
{
	return (struct cs_mls_framed){
		.group_id = cs_buf_view(&g->pub.group_id),
		.epoch = g->pub.epoch,
		.sender = { CS_MLS_SENDER_MEMBER, g->own_leaf },
		.authenticated_data = authenticated_data,
		.type = type,
		.body = body,
	};
}

enum cs_err
cs_mls_group_seal_proposal(
    struct cs_buf *out, struct cs_mls_group *g, struct cs_view proposal)
{
	const struct cs_view none = { NULL, 0 };
	struct cs_view context = cs_mls_public_context(&g->pub);
	uint8_t signature[CS_SIG_MAX];
	struct cs_mls_unverified c = {
		.wire = CS_MLS_WIRE_PUBLIC,
		.framed = cs_mls_group_frame(
		    g, CS_MLS_CONTENT_PROPOSAL, none, proposal),
		.signature = CS_VIEW_OF(signature),
	};
	struct cs_buf message = { 0 };
	struct cs_mls_verified own;
	enum cs_err err;

	if (g->ended)
		return CS_ERR_MEMBER;
	if ((err = cs_mls_framed_sign(signature, &c.signature.len, c.wire,
		 &c.framed, g->signer, context)) ||
	    (err = cs_mls_public_message_seal(
		 &message, &c, g->pub.suite, &g->secrets.membership, context)))
		goto out;
	/* Signed by ourselves just now. */
	own = (struct cs_mls_verified){ c.wire, c.framed, c.signature,
		c.confirmation_tag };
	if ((err = cs_buf_reserve(out, message.len)) ||
	    (err = cs_mls_public_store_proposal(&g->pub, &own, true)))
		goto out;
	err = cs_buf_add(out, cs_buf_view(&message));
out:
	cs_buf_free(&message);
	return err;
}

static enum cs_err
propose(
    struct cs_buf *out, struct cs_mls_group *g, const struct cs_mls_proposal *p)
{
	struct cs_buf raw = { 0 };
	struct cs_writer w = cs_writer(&raw);
	enum cs_err err;

	cs_mls_proposal_write(&w, p);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_mls_group_seal_proposal(out, g, cs_buf_view(&raw));
	cs_buf_free(&raw);
	return err;
}

/* Keep the private half of an Update until somebody commits it. */
static enum cs_err
keep_key(struct cs_mls_group *g, const struct cs_hpke_key *key)
{
	struct cs_hpke_key *grown =
	    cs_grow(g->updates, g->n_updates, g->n_updates + 1, sizeof *grown);

	if (grown == NULL)
		return CS_ERR_NOMEM;
	grown[g->n_updates++] = *key;
	g->updates = grown;
	return CS_OK;
}

enum cs_err
cs_mls_propose_update(struct cs_buf *out, struct cs_mls_group *g)
{
	const struct cs_mls_leaf_place place = { cs_buf_view(&g->pub.group_id),
		g->own_leaf };
	struct cs_mls_proposal p = { .type = CS_MLS_PROPOSAL_UPDATE };
	struct cs_hpke_key key = { 0 };
	struct cs_mls_leaf leaf;
	struct cs_buf raw = { 0 };
	struct cs_reader r;
	enum cs_err err;

	if (g->ended)
		return CS_ERR_MEMBER;
	leaf = *cs_mls_tree_leaf(&g->pub.tree, g->own_leaf);
	if ((err = cs_hpke_key_new(&key, g->pub.suite->kem)))
		goto out;
	leaf.source = CS_MLS_LEAF_UPDATE;
	leaf.encryption_key = cs_hpke_key_public(&key);
	if ((err = cs_mls_leaf_sign(&raw, &leaf, place, g->signer)))
		goto out;
	r = cs_reader(cs_buf_view(&raw));
	cs_mls_leaf_read(&r, &p.update);
	if ((err = cs_reader_end(&r)) || (err = keep_key(g, &key)))
		goto out;
	if ((err = propose(out, g, &p)))
		cs_wipe(&g->updates[--g->n_updates], sizeof *g->updates);
out:
	cs_wipe(&key, sizeof key);
	cs_buf_free(&raw);
	return err;
}

enum cs_err
cs_mls_propose_remove(struct cs_buf *out, struct cs_mls_group *g, uint32_t leaf)
{
	const struct cs_mls_proposal p = {
		.type = CS_MLS_PROPOSAL_REMOVE,
		.remove = leaf,
	};

	return propose(out, g, &p);
}

enum cs_err
cs_mls_propose_add(
    struct cs_buf *out, struct cs_mls_group *g, struct cs_view key_package)
{
	struct cs_mls_proposal p = { .type = CS_MLS_PROPOSAL_ADD };
	enum cs_err err;

	if ((err = cs_mls_key_package_parse_message(&p.add, key_package)))
		return err;
	return propose(out, g, &p);
}
