/* SPDX-License-Identifier: MIT */
#include "mls/group_propose.h"

#include "base/alloc.h"
#include "crypto/random.h"
#include "mls/framing.h"
#include "mls/group.h"
#include "mls/leaf_node.h"
#include "mls/private_message.h"
#include "mls/public_state.h"
#include "mls/tree_leaf.h"
#include "mls/tree_node.h"
#include "mls/tree_save.h"

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

/* Encrypt with the next key of our ratchet, which is used up then. */
static enum cs_err
seal_private(struct cs_buf *out, struct cs_mls_group *g,
    const struct cs_mls_unverified *c)
{
	struct cs_mls_pending_key key = { 0 };
	enum cs_err err;

	if ((err = cs_mls_secret_tree_next(&key, &g->keys, g->own_leaf,
		 c->framed.type == CS_MLS_CONTENT_APPLICATION
		     ? CS_MLS_RATCHET_APPLICATION
		     : CS_MLS_RATCHET_HANDSHAKE)))
		return err;
	err = cs_mls_private_message_seal(out, c, g->pub.suite,
	    &g->secrets.sender_data, &key, g->pub.opt.padding);
	/* Taken also when the message goes no further: no key is used for two
	 * messages. */
	if (err == CS_OK)
		cs_mls_secret_tree_take(&g->keys, &key);
	cs_mls_pending_key_clear(&key);
	return err;
}

enum cs_err
cs_mls_group_seal(struct cs_buf *out, struct cs_mls_group *g,
    const struct cs_mls_unverified *content)
{
	struct cs_buf message = { 0 };
	enum cs_err err;

	if (content->wire == CS_MLS_WIRE_PRIVATE)
		err = seal_private(&message, g, content);
	else
		err =
		    cs_mls_public_message_seal(&message, content, g->pub.suite,
			&g->secrets.membership, cs_mls_public_context(&g->pub));
	/* Others would refuse it. */
	if (err == CS_OK && message.len > CS_MLS_MAX_MESSAGE)
		err = CS_ERR_LIMIT;
	if (err == CS_OK)
		err = cs_buf_add(out, cs_buf_view(&message));
	cs_buf_free(&message);
	return err;
}

/* Sign, seal, and store as if received; ${public}: whatever the options say. */
static enum cs_err
send(struct cs_buf *out, struct cs_mls_group *g, struct cs_view proposal,
    bool public)
{
	const struct cs_view none = { NULL, 0 };
	struct cs_mls_signature signature;
	struct cs_mls_unverified c = {
		.wire = g->pub.opt.encrypt_handshake && !public
		    ? CS_MLS_WIRE_PRIVATE
		    : CS_MLS_WIRE_PUBLIC,
		.framed = cs_mls_group_frame(
		    g, CS_MLS_CONTENT_PROPOSAL, none, proposal),
	};
	struct cs_buf message = { 0 };
	struct cs_mls_verified own;
	enum cs_err err;

	if ((err = cs_mls_framed_sign(&signature, c.wire, &c.framed, g->signer,
		 cs_mls_public_context(&g->pub))))
		return err;
	c.signature = cs_view(signature.b, signature.n);
	if ((err = cs_mls_group_seal(&message, g, &c)))
		goto out;
	/* Signed by ourselves just now. */
	own = (struct cs_mls_verified){ c.wire, c.framed, c.signature,
		c.confirmation_tag };
	if ((err = cs_buf_reserve(out, message.len)) ||
	    (err = cs_mls_public_store_proposal(&g->pub, &own, CS_MLS_FRESH)))
		goto out;
	g->public_changed = true;
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

	if ((err = cs_mls_group_check_active(g)))
		return err;
	cs_mls_proposal_write(&w, p);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = send(out, g, cs_buf_view(&raw),
		    p->type == CS_MLS_PROPOSAL_SELF_REMOVE);
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
	enum cs_err err;

	if ((err = cs_mls_group_check_active(g)))
		return err;
	if (!cs_mls_tree_leaf(&g->pub.tree, g->own_leaf, &leaf))
		return CS_ERR_MEMBER;
	if ((err = cs_hpke_key_new(&key, g->pub.suite->kem)))
		goto out;
	leaf.source = CS_MLS_LEAF_UPDATE;
	leaf.encryption_key = cs_hpke_key_public(&key);
	if ((err = cs_mls_leaf_sign(&raw, &leaf, place, g->signer)) ||
	    (err = cs_mls_leaf_parse(&p.update, cs_buf_view(&raw))) ||
	    (err = keep_key(g, &key)))
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

enum cs_err
cs_mls_propose_psk(
    struct cs_buf *out, struct cs_mls_group *g, const struct cs_mls_psk_id *id)
{
	struct cs_mls_proposal p = { .type = CS_MLS_PROPOSAL_PSK, .psk = *id };
	uint8_t nonce[CS_HASH_MAX];

	if (id->nonce.len == 0) {
		cs_random(nonce, sizeof nonce);
		p.psk.nonce = cs_view(nonce, g->pub.suite->hash_len);
	}
	return propose(out, g, &p);
}

enum cs_err
cs_mls_propose_reinit(struct cs_buf *out, struct cs_mls_group *g,
    const struct cs_mls_reinit *reinit)
{
	struct cs_mls_proposal p = { .type = CS_MLS_PROPOSAL_REINIT };
	struct cs_buf exts = { 0 };
	enum cs_err err;

	if ((err = cs_mls_ext_list_build(&exts, reinit->extensions)) == CS_OK) {
		p.reinit.group_id = reinit->group_id;
		p.reinit.version = CS_MLS_VERSION_10;
		p.reinit.suite_id = reinit->suite_id;
		p.reinit.extensions.raw = cs_buf_view(&exts);
		err = propose(out, g, &p);
	}
	cs_buf_free(&exts);
	return err;
}

enum cs_err
cs_mls_propose_extensions(struct cs_buf *out, struct cs_mls_group *g,
    struct cs_mls_extensions context_exts)
{
	struct cs_mls_proposal p = {
		.type = CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS,
	};
	struct cs_buf exts = { 0 };
	enum cs_err err;

	if ((err = cs_mls_ext_list_build(&exts, context_exts)) == CS_OK) {
		p.extensions.raw = cs_buf_view(&exts);
		err = propose(out, g, &p);
	}
	cs_buf_free(&exts);
	return err;
}

enum cs_err
cs_mls_propose_self_remove(struct cs_buf *out, struct cs_mls_group *g)
{
	const struct cs_mls_proposal p = {
		.type = CS_MLS_PROPOSAL_SELF_REMOVE,
	};

	return propose(out, g, &p);
}

enum cs_err
cs_mls_propose_ephemeral(struct cs_buf *out, struct cs_mls_group *g,
    uint16_t component, struct cs_view data)
{
	const struct cs_mls_proposal p = {
		.type = CS_MLS_PROPOSAL_APP_EPHEMERAL,
		.ephemeral = { component, data },
	};

	return propose(out, g, &p);
}

void
cs_mls_group_drop_proposal(struct cs_mls_group *g, size_t i)
{
	if (i >= g->pub.n_proposals)
		return;
	cs_mls_public_drop_proposal(&g->pub, i);
	g->public_changed = true;
}
