/* SPDX-License-Identifier: MIT */
#include "mls/public_state.h"

#include <string.h>

#include "base/alloc.h"

static void
stored_free(struct cs_mls_stored_proposal *s)
{
	if (s != NULL)
		cs_buf_free(&s->raw);
	cs_free_plain(s);
}

void
cs_mls_public_clear(struct cs_mls_public *p)
{
	for (size_t i = 0; i < p->n_proposals; i++)
		stored_free(p->proposals[i]);
	cs_free_plain(p->proposals);
	cs_mls_tree_clear(&p->tree);
	cs_buf_free(&p->group_id);
	cs_buf_free(&p->extensions);
	cs_buf_free(&p->context);
	*p = (struct cs_mls_public){ 0 };
}

struct cs_mls_ext_list
cs_mls_public_extensions(const struct cs_mls_public *p)
{
	return (struct cs_mls_ext_list){ cs_buf_view(&p->extensions) };
}

struct cs_view
cs_mls_public_context(const struct cs_mls_public *p)
{
	return cs_buf_view(&p->context);
}

enum cs_err
cs_mls_public_update_context(struct cs_mls_public *p)
{
	uint8_t tree_hash[CS_HASH_MAX];
	struct cs_mls_group_context c = {
		.suite_id = p->suite->id,
		.group_id = cs_buf_view(&p->group_id),
		.epoch = p->epoch,
		.tree_hash = cs_view(tree_hash, p->suite->hash_len),
		.confirmed_transcript_hash = cs_mls_hash_view(&p->confirmed),
		.extensions = cs_mls_public_extensions(p),
	};
	struct cs_writer w = cs_writer(&p->context);
	enum cs_err err;

	if ((err = cs_mls_tree_root_hash(tree_hash, &p->tree)))
		return err;
	cs_buf_reset(&p->context);
	cs_mls_group_context_write(&w, &c);
	return cs_writer_end(&w);
}

bool
cs_mls_public_member(
    const struct cs_mls_public *p, uint32_t leaf, struct cs_mls_member *out)
{
	const struct cs_mls_leaf *l = cs_mls_tree_leaf(&p->tree, leaf);

	if (l == NULL)
		return false;
	out->leaf = leaf;
	out->credential = l->credential.identity;
	out->signature_key = l->signature_key;
	return true;
}

/* External sender number ${index}: section 12.1.8.1. */
static enum cs_err
external_sender(
    const struct cs_mls_public *p, uint32_t index, struct cs_mls_member *out)
{
	struct cs_mls_ext_list list = cs_mls_public_extensions(p);
	struct cs_mls_credential credential;
	struct cs_view data;
	struct cs_reader r, sub;

	if (!cs_mls_ext_find(&list, CS_MLS_EXT_EXTERNAL_SENDERS, &data))
		return CS_ERR_MEMBER;
	r = cs_reader(data);
	sub = cs_read_sub(&r);
	for (uint32_t i = 0; cs_reader_more(&sub); i++) {
		out->signature_key = cs_read_vec(&sub);
		cs_mls_credential_read(&sub, &credential);
		if (i != index || sub.err != CS_OK)
			continue;
		out->leaf = UINT32_MAX;
		out->credential = credential.identity;
		return CS_OK;
	}
	return CS_ERR_MEMBER;
}

enum cs_err
cs_mls_public_sender(struct cs_mls_member *out, const struct cs_mls_public *p,
    const struct cs_mls_framed *f)
{
	switch (f->sender.type) {
	case CS_MLS_SENDER_MEMBER:
		return cs_mls_public_member(p, f->sender.index, out)
		    ? CS_OK
		    : CS_ERR_MEMBER;
	case CS_MLS_SENDER_EXTERNAL:
		/* Section 6.1: proposals only. */
		if (f->type != CS_MLS_CONTENT_PROPOSAL)
			return CS_ERR_FORMAT;
		return external_sender(p, f->sender.index, out);
	default:
		return CS_ERR_UNSUPPORTED;
	}
}

enum cs_err
cs_mls_public_authenticate(struct cs_mls_verified *out,
    const struct cs_mls_public *p, const struct cs_mls_public_message *m,
    const struct cs_mls_membership_key *membership)
{
	const struct cs_mls_framed *f = &m->content.framed;
	struct cs_view context = cs_mls_public_context(p);
	struct cs_mls_member sender;
	enum cs_err err;

	if (!cs_view_equal(f->group_id, cs_buf_view(&p->group_id)))
		return CS_ERR_MISMATCH;
	if (f->epoch != p->epoch)
		return CS_ERR_EPOCH;
	/* Section 6: application messages are never public. */
	if (f->type == CS_MLS_CONTENT_APPLICATION)
		return CS_ERR_FORMAT;
	if ((err = cs_mls_public_sender(&sender, p, f)))
		return err;
	if (membership != NULL && f->sender.type == CS_MLS_SENDER_MEMBER &&
	    (err = cs_mls_membership_check(m, p->suite, membership, context)))
		return err;
	return cs_mls_framed_verify(
	    out, &m->content, p->suite->sig, sender.signature_key, context);
}

/* What every leaf that comes into this group has to fulfil. */
static struct cs_mls_leaf_rules
rules_for(const struct cs_mls_public *p, const struct cs_mls_ext_list *exts)
{
	return (struct cs_mls_leaf_rules){
		.suite = p->suite,
		.context = exts,
		.opt = &p->opt,
	};
}

static enum cs_err
check_update(struct cs_mls_valid_proposal *out, const struct cs_mls_public *p,
    const struct cs_mls_leaf_rules *base)
{
	struct cs_mls_leaf_rules rules = *base;

	if (out->sender.type != CS_MLS_SENDER_MEMBER)
		return CS_ERR_FORMAT;
	rules.source = CS_MLS_LEAF_UPDATE;
	rules.place = (struct cs_mls_leaf_place){ cs_buf_view(&p->group_id),
		out->sender.index };
	rules.old = cs_mls_tree_leaf(&p->tree, out->sender.index);
	if (rules.old == NULL)
		return CS_ERR_MEMBER;
	return cs_mls_leaf_validate(&out->leaf, &out->p.update, &rules);
}

static enum cs_err
check_add(
    struct cs_mls_valid_proposal *out, const struct cs_mls_leaf_rules *rules)
{
	struct cs_mls_valid_key_package kp;
	enum cs_err err;

	if ((err = cs_mls_key_package_validate(&kp, &out->p.add, rules)))
		return err;
	out->leaf = kp.leaf;
	return CS_OK;
}

enum cs_err
cs_mls_public_check_proposal(struct cs_mls_valid_proposal *out,
    const struct cs_mls_public *p, const struct cs_mls_proposal *proposal,
    struct cs_mls_sender sender, bool in_time)
{
	struct cs_mls_ext_list exts = cs_mls_public_extensions(p);
	struct cs_mls_leaf_rules rules = rules_for(p, &exts);

	out->p = *proposal;
	out->sender = sender;
	rules.in_time = in_time;
	switch (proposal->type) {
	case CS_MLS_PROPOSAL_ADD:
		return check_add(out, &rules);
	case CS_MLS_PROPOSAL_UPDATE:
		return check_update(out, p, &rules);
	case CS_MLS_PROPOSAL_REMOVE:
		/* Section 12.1.3. */
		return cs_mls_tree_leaf(&p->tree, proposal->remove) == NULL
		    ? CS_ERR_MEMBER
		    : CS_OK;
	case CS_MLS_PROPOSAL_EXTERNAL_INIT:
		/* Section 12.1.8: malformed from an external sender. */
		return sender.type == CS_MLS_SENDER_EXTERNAL
		    ? CS_ERR_FORMAT
		    : CS_ERR_UNSUPPORTED;
	default:
		return CS_ERR_UNSUPPORTED;
	}
}

const struct cs_mls_stored_proposal *
cs_mls_public_find_proposal(const struct cs_mls_public *p, struct cs_view ref)
{
	for (size_t i = 0; i < p->n_proposals; i++)
		if (cs_view_equal(cs_mls_hash_view(&p->proposals[i]->ref), ref))
			return p->proposals[i];
	return NULL;
}

static enum cs_err
make_room(struct cs_mls_public *p)
{
	size_t cap = p->cap_proposals == 0 ? 8 : 2 * p->cap_proposals;
	struct cs_mls_stored_proposal **grown;

	if (p->n_proposals >= CS_MLS_MAX_PROPOSALS)
		return CS_ERR_LIMIT;
	if (p->n_proposals < p->cap_proposals)
		return CS_OK;
	grown = cs_grow(p->proposals, p->n_proposals, cap, sizeof *grown);
	if (grown == NULL)
		return CS_ERR_NOMEM;
	p->proposals = grown;
	p->cap_proposals = cap;
	return CS_OK;
}

enum cs_err
cs_mls_public_store_proposal(struct cs_mls_public *p,
    const struct cs_mls_verified *content, bool in_time)
{
	struct cs_mls_stored_proposal *s = cs_calloc(1, sizeof *s);
	struct cs_mls_proposal proposal;
	enum cs_err err;

	if (s == NULL)
		return CS_ERR_NOMEM;
	s->ref.len = p->suite->hash_len;
	if ((err = cs_mls_proposal_ref(s->ref.b, p->suite, content)))
		goto out;
	if (cs_mls_public_find_proposal(p, cs_mls_hash_view(&s->ref)) != NULL) {
		err = CS_ERR_REPLAY;
		goto out;
	}
	if ((err = make_room(p)) ||
	    (err = cs_buf_set(&s->raw, content->framed.body)) ||
	    (err = cs_mls_proposal_parse(&proposal, cs_buf_view(&s->raw))) ||
	    (err = cs_mls_public_check_proposal(
		 &s->valid, p, &proposal, content->framed.sender, in_time)))
		goto out;
	p->proposals[p->n_proposals++] = s;
	s = NULL;
out:
	stored_free(s);
	return err;
}
