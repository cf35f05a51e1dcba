/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"
#include "crypto/random.h"
#include "mls/change.h"
#include "mls/framing.h"
#include "mls/group.h"
#include "mls/leaf_node.h"
#include "mls/proposal_list.h"
#include "mls/public_save.h"
#include "mls/public_state.h"
#include "mls/save.h"
#include "mls/tree_codec.h"
#include "mls/tree_leaf.h"
#include "mls/tree_save.h"

struct cs_mls_public_group {
	struct cs_mls_public pub;
};

void
cs_mls_public_group_free(struct cs_mls_public_group *g)
{
	if (g != NULL)
		cs_mls_public_clear(&g->pub);
	cs_free_plain(g);
}

enum cs_err
cs_mls_public_group_new(struct cs_mls_public_group **out,
    struct cs_view group_info, struct cs_view ratchet_tree,
    const struct cs_mls_options *opt)
{
	struct cs_mls_public_group *g;
	struct cs_mls_group_info gi;
	enum cs_err err;

	*out = NULL;
	if ((err = cs_mls_group_info_parse_message(&gi, group_info)))
		return err;
	g = cs_calloc(1, sizeof *g);
	if (g == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_mls_public_from_group_info(
		 &g->pub, &gi, ratchet_tree, opt))) {
		cs_mls_public_group_free(g);
		return err;
	}
	*out = g;
	return CS_OK;
}

enum cs_err
cs_mls_public_group_save(
    const struct cs_mls_public_group *g, struct cs_buf *out)
{
	struct cs_writer w = cs_writer(out);
	size_t before = out->len;

	cs_mls_saved_write(&w, CS_MLS_SAVED_PUBLIC);
	cs_mls_public_write(&w, &g->pub);
	return cs_mls_write_end(&w, before);
}

enum cs_err
cs_mls_public_group_load(struct cs_mls_public_group **out, struct cs_view saved,
    const struct cs_mls_options *opt)
{
	struct cs_mls_public_group *g = cs_calloc(1, sizeof *g);
	struct cs_buf copy = { 0 };
	enum cs_err err;

	*out = NULL;
	if (g == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_buf_set(&copy, saved)) ||
	    (err = cs_mls_public_read(
		 &g->pub, &copy, CS_MLS_SAVED_PUBLIC, opt))) {
		cs_buf_free(&copy);
		cs_mls_public_group_free(g);
		return cs_mls_saved_error(err);
	}
	*out = g;
	return CS_OK;
}

enum cs_err
cs_mls_public_group_tree(struct cs_mls_public_group *g, struct cs_buf *out)
{
	struct cs_writer w = cs_writer(out);
	size_t before = out->len;
	enum cs_err err;

	if ((err = cs_mls_public_thaw(&g->pub)))
		return err;
	cs_mls_tree_write(&w, &g->pub.tree);
	return cs_mls_write_end(&w, before);
}

enum cs_err
cs_mls_public_group_check_info(
    const struct cs_mls_public_group *g, struct cs_view group_info)
{
	const struct cs_mls_public *p = &g->pub;
	struct cs_mls_hash interim;
	struct cs_mls_group_info gi;
	struct cs_view external_pub;
	struct cs_mls_leaf signer;
	enum cs_err err;

	if ((err = cs_mls_group_info_parse_message(&gi, group_info)))
		return err;
	/* The context names group, epoch, tree and transcript. */
	if (!cs_view_equal(gi.context_raw, cs_mls_public_context(p)))
		return CS_ERR_MISMATCH;
	if (!cs_mls_tree_leaf(&p->tree, gi.signer, &signer))
		return CS_ERR_MEMBER;
	if ((err = cs_mls_group_info_external_pub(&external_pub, &gi)))
		return err;
	if (!cs_hpke_public_valid(p->suite->kem, external_pub))
		return CS_ERR_KEY;
	/* The tag itself is for members to check; that it is the one which went
	 * into the transcript is not. */
	interim.len = p->suite->hash_len;
	if ((err = cs_mls_interim_transcript(interim.b, p->suite,
		 cs_mls_hash_view(&p->confirmed), gi.confirmation_tag)))
		return err;
	if (!cs_view_equal(
		cs_mls_hash_view(&interim), cs_mls_hash_view(&p->interim)))
		return CS_ERR_MAC;
	return cs_mls_group_info_verify(&gi, p->suite, signer.signature_key);
}

const struct cs_mls_public *
cs_mls_public_group_view(const struct cs_mls_public_group *g)
{
	return &g->pub;
}

struct cs_view
cs_mls_public_group_id(const struct cs_mls_public_group *g)
{
	return cs_buf_view(&g->pub.group_id);
}

uint64_t
cs_mls_public_group_epoch(const struct cs_mls_public_group *g)
{
	return g->pub.epoch;
}

uint32_t
cs_mls_public_group_leaves(const struct cs_mls_public_group *g)
{
	return g->pub.tree.n_leaves;
}

bool
cs_mls_public_group_member(const struct cs_mls_public_group *g, uint32_t leaf,
    struct cs_mls_member *out)
{
	return cs_mls_public_member(&g->pub, leaf, out);
}

bool
cs_mls_public_group_extension(
    const struct cs_mls_public_group *g, uint16_t type, struct cs_view *data)
{
	struct cs_mls_ext_list list = cs_mls_public_extensions(&g->pub);

	return cs_mls_ext_find(&list, type, data);
}

void
cs_mls_public_outcome_clear(struct cs_mls_public_outcome *o)
{
	cs_free_plain(o->added);
	cs_free_plain(o->removed);
	*o = (struct cs_mls_public_outcome){ 0 };
}

/* Tell what a commit did. */
static enum cs_err
report(struct cs_mls_public_outcome *out, const struct cs_mls_change *c)
{
	out->added = cs_calloc(c->n_added, sizeof *out->added);
	out->removed = cs_calloc(c->n_removed, sizeof *out->removed);
	if (out->added == NULL || out->removed == NULL)
		return CS_ERR_NOMEM;
	out->external_commit = c->external;
	out->sender_leaf = c->committer;
	for (; out->n_added < c->n_added; out->n_added++)
		out->added[out->n_added] = c->added[out->n_added];
	for (; out->n_removed < c->n_removed; out->n_removed++)
		out->removed[out->n_removed] = (struct cs_mls_removal){
			.leaf = c->removed[out->n_removed].leaf,
			.by = c->removed[out->n_removed].by,
		};
	return CS_OK;
}

static enum cs_err
process_commit(struct cs_mls_public_outcome *out, struct cs_mls_public *p,
    const struct cs_mls_verified *content)
{
	struct cs_mls_proposal_list list = { 0 };
	struct cs_mls_change c = { 0 };
	struct cs_mls_commit commit;
	struct cs_mls_public old;
	enum cs_err err;

	/* The tag itself can only be checked by members. */
	if (content->confirmation_tag.len != p->suite->hash_len)
		return CS_ERR_MAC;
	if ((err = cs_mls_change_receive(
		 &c, &list, &commit, p, content, CS_MLS_FRESH)) ||
	    (err = cs_mls_change_confirm(
		 &c, content->wire, &content->framed, content->signature)) ||
	    (err = cs_mls_change_finish(&c, content->confirmation_tag)) ||
	    (err = report(out, &c)) || (err = cs_mls_change_take_index(&c, p)))
		goto out;
	old = *p;
	*p = c.next;
	c.next = old;
out:
	cs_mls_proposal_list_clear(&list);
	cs_mls_change_clear(&c);
	return err;
}

enum cs_err
cs_mls_public_process(struct cs_mls_public_outcome *out,
    struct cs_mls_public_group *g, struct cs_view message)
{
	struct cs_reader r = cs_reader(message);
	struct cs_mls_public_message m;
	struct cs_mls_verified content;
	enum cs_err err;

	*out = (struct cs_mls_public_outcome){ 0 };
	if (cs_mls_message_read(&r) != CS_MLS_WIRE_PUBLIC)
		cs_reader_fail(&r, CS_ERR_UNSUPPORTED);
	cs_mls_public_message_read(&r, &m);
	if ((err = cs_reader_end(&r)) || (err = cs_mls_public_thaw(&g->pub)) ||
	    (err = cs_mls_public_authenticate(&content, &g->pub, &m, NULL)))
		return err;
	out->content = content.framed.type;
	out->sender_leaf = content.framed.sender.type == CS_MLS_SENDER_MEMBER
	    ? content.framed.sender.index
	    : UINT32_MAX;
	if (out->content == CS_MLS_CONTENT_PROPOSAL)
		err = cs_mls_public_store_proposal(
		    &g->pub, &content, CS_MLS_FRESH);
	else
		err = process_commit(out, &g->pub, &content);
	if (err != CS_OK)
		cs_mls_public_outcome_clear(out);
	return err;
}

/* ---- external proposals (section 12.1.8.1) ------------------------------ */

/* What the caller asks for, as one proposal. */
static enum cs_err
write_proposal(struct cs_buf *out, const struct cs_mls_external_proposal *what)
{
	struct cs_mls_proposal p = { 0 };
	struct cs_buf exts = { 0 };
	struct cs_writer w = cs_writer(out);
	enum cs_err err = CS_OK;

	if (what->remove != NULL) {
		p.type = CS_MLS_PROPOSAL_REMOVE;
		p.remove = *what->remove;
	} else if (what->psk != NULL) {
		p.type = CS_MLS_PROPOSAL_PSK;
		p.psk = *what->psk;
	} else if (what->reinit != NULL) {
		err = cs_mls_ext_list_build(&exts, what->reinit->extensions);
		p.type = CS_MLS_PROPOSAL_REINIT;
		p.reinit.group_id = what->reinit->group_id;
		p.reinit.version = CS_MLS_VERSION_10;
		p.reinit.suite_id = what->reinit->suite_id;
		p.reinit.extensions.raw = cs_buf_view(&exts);
	} else if (what->context_exts != NULL) {
		err = cs_mls_ext_list_build(&exts, *what->context_exts);
		p.type = CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS;
		p.extensions.raw = cs_buf_view(&exts);
	} else {
		p.type = CS_MLS_PROPOSAL_ADD;
		err = cs_mls_key_package_parse_message(&p.add, what->add);
	}
	if (err == CS_OK) {
		cs_mls_proposal_write(&w, &p);
		err = cs_writer_end(&w);
	}
	cs_buf_free(&exts);
	return err;
}

/* Sign as external sender number ${index}, and append an MLSMessage. */
static enum cs_err
send_external(struct cs_buf *out, const struct cs_mls_public *p, uint32_t index,
    const struct cs_signer *signer, struct cs_view body)
{
	struct cs_mls_signature signature;
	struct cs_mls_unverified c = {
		.wire = CS_MLS_WIRE_PUBLIC,
		.framed = {
			.group_id = cs_buf_view(&p->group_id),
			.epoch = p->epoch,
			.sender = { CS_MLS_SENDER_EXTERNAL, index },
			.type = CS_MLS_CONTENT_PROPOSAL,
			.body = body,
		},
	};
	struct cs_buf message = { 0 };
	struct cs_mls_member sender;
	enum cs_err err;

	if ((err = cs_mls_public_sender(&sender, p, &c.framed)))
		return err;
	if (!cs_view_equal(sender.signature_key, cs_signer_public(signer)))
		return CS_ERR_MISMATCH;
	if ((err = cs_mls_framed_sign(&signature, c.wire, &c.framed, signer,
		 cs_mls_public_context(p))))
		return err;
	c.signature = cs_view(signature.b, signature.n);
	err = cs_mls_public_message_seal(
	    &message, &c, p->suite, NULL, cs_mls_public_context(p));
	if (err == CS_OK)
		err = cs_buf_add(out, cs_buf_view(&message));
	cs_buf_free(&message);
	return err;
}

enum cs_err
cs_mls_external_propose(struct cs_buf *out, const struct cs_mls_public_group *g,
    uint32_t sender_index, const struct cs_signer *signer,
    const struct cs_mls_external_proposal *proposal)
{
	struct cs_mls_external_proposal what = *proposal;
	struct cs_mls_psk_id psk;
	uint8_t nonce[CS_HASH_MAX];
	struct cs_buf body = { 0 };
	enum cs_err err;

	if (what.remove != NULL && !cs_mls_tree_has(&g->pub.tree, *what.remove))
		return CS_ERR_MEMBER;
	if (what.psk != NULL && what.psk->nonce.len == 0) {
		psk = *what.psk;
		cs_random(nonce, sizeof nonce);
		psk.nonce = cs_view(nonce, g->pub.suite->hash_len);
		what.psk = &psk;
	}
	if ((err = write_proposal(&body, &what)) == CS_OK)
		err = send_external(
		    out, &g->pub, sender_index, signer, cs_buf_view(&body));
	cs_buf_free(&body);
	return err;
}
