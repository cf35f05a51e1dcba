/* SPDX-License-Identifier: MIT */
#include "mls/public_state.h"

#include "base/alloc.h"
#include "mls/framing.h"
#include "mls/leaf_node.h"
#include "mls/leaf_validate.h"
#include "mls/ratchet_tree.h"
#include "mls/rules.h"
#include "mls/tree_hash.h"
#include "mls/tree_leaf.h"
#include "mls/tree_node.h"
#include "mls/tree_save.h"

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
	cs_mls_key_index_clear(&p->index);
	cs_buf_free(&p->saved);
	cs_buf_free(&p->reinit);
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
cs_mls_public_thaw(struct cs_mls_public *p)
{
	enum cs_err err;

	if ((err = cs_mls_tree_thaw(&p->tree)))
		return err;
	if (p->index.slots == NULL &&
	    (err = cs_mls_key_index_build(&p->index, &p->tree)))
		return err == CS_ERR_TREE ? CS_ERR_CORRUPT : err;
	cs_buf_free(&p->saved);
	return CS_OK;
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

void
cs_mls_member_of_leaf(
    struct cs_mls_member *out, uint32_t index, const struct cs_mls_leaf *leaf)
{
	*out = (struct cs_mls_member){
		.leaf = index,
		.credential_type = leaf->credential.type,
		.credential = leaf->credential.identity,
		.signature_key = leaf->signature_key,
	};
}

bool
cs_mls_public_member(
    const struct cs_mls_public *p, uint32_t leaf, struct cs_mls_member *out)
{
	struct cs_mls_leaf l;

	if (!cs_mls_tree_leaf(&p->tree, leaf, &l))
		return false;
	cs_mls_member_of_leaf(out, leaf, &l);
	return true;
}

/* ---- external senders (section 12.1.8.1) -------------------------------- */

static void
read_external_sender(struct cs_reader *r, struct cs_mls_external_sender *out)
{
	out->signature_key = cs_read_vec(r);
	cs_mls_credential_read(r, &out->credential);
}

static void
write_external_sender(
    struct cs_writer *w, const struct cs_mls_external_sender *s)
{
	cs_write_vec(w, s->signature_key);
	cs_mls_credential_write(w, &s->credential);
}

enum cs_err
cs_mls_external_senders(
    struct cs_buf *out, const struct cs_mls_external_sender *senders, size_t n)
{
	struct cs_writer w = cs_writer(out);
	size_t mark = cs_write_open(&w);

	for (size_t i = 0; i < n; i++)
		write_external_sender(&w, &senders[i]);
	cs_write_close(&w, mark);
	return cs_writer_end(&w);
}

/* Number ${index} of the list in ${data}; CS_ERR_MEMBER: there is none. */
static enum cs_err
external_sender(
    struct cs_mls_external_sender *out, struct cs_view data, uint32_t index)
{
	struct cs_reader r = cs_reader(data), sub = cs_read_sub(&r);

	for (uint32_t i = 0; cs_reader_more(&sub); i++) {
		read_external_sender(&sub, out);
		if (i == index && sub.err == CS_OK)
			return CS_OK;
	}
	return CS_ERR_MEMBER;
}

/* Is the very same sender in this list? */
static bool
listed_sender(struct cs_view data, const struct cs_mls_external_sender *s)
{
	struct cs_mls_external_sender other;

	for (uint32_t i = 0; external_sender(&other, data, i) == CS_OK; i++)
		if (cs_view_equal(other.signature_key, s->signature_key) &&
		    other.credential.type == s->credential.type &&
		    cs_view_equal(
			other.credential.identity, s->credential.identity))
			return true;
	return false;
}

static enum cs_err
check_senders(const struct cs_mls_public *p, struct cs_view data)
{
	struct cs_mls_ext_list now = cs_mls_public_extensions(p);
	const struct cs_mls_auth *auth = &p->opt.auth;
	struct cs_reader r = cs_reader(data), sub = cs_read_sub(&r);
	struct cs_view had = { NULL, 0 };
	struct cs_mls_external_sender s;
	enum cs_err err;

	cs_mls_ext_find(&now, CS_MLS_EXT_EXTERNAL_SENDERS, &had);
	while (cs_reader_more(&sub)) {
		read_external_sender(&sub, &s);
		if (sub.err != CS_OK)
			break;
		if (listed_sender(had, &s))
			continue;
		/* Section 5.3.1. */
		if (auth->check == NULL)
			return CS_ERR_CREDENTIAL;
		if ((err = auth->check(auth->arg,
			 &(struct cs_mls_auth_request){
			     .credential = &s.credential,
			     .signature_key = s.signature_key,
			     .external_sender = true,
			 })))
			return err;
	}
	cs_read_sub_end(&r, &sub);
	return cs_reader_end(&r);
}

enum cs_err
cs_mls_public_check_extensions(
    const struct cs_mls_public *p, const struct cs_mls_ext_list *exts)
{
	struct cs_mls_required_capabilities required;
	struct cs_view data;
	enum cs_err err;

	if (cs_mls_ext_find(exts, CS_MLS_EXT_REQUIRED_CAPABILITIES, &data) &&
	    (err = cs_mls_required_capabilities_parse(&required, data)))
		return err;
	if (cs_mls_ext_find(exts, CS_MLS_EXT_EXTERNAL_SENDERS, &data))
		return check_senders(p, data);
	return CS_OK;
}

/* ---- senders ------------------------------------------------------------ */

/* Section 12.1.8: an Add of oneself is signed by the key in it. */
static enum cs_err
new_member_proposal(struct cs_mls_member *out, const struct cs_mls_framed *f)
{
	struct cs_mls_proposal p;
	enum cs_err err;

	if (f->type != CS_MLS_CONTENT_PROPOSAL)
		return CS_ERR_FORMAT;
	if ((err = cs_mls_proposal_parse(&p, f->body)))
		return err;
	if (p.type != CS_MLS_PROPOSAL_ADD)
		return CS_ERR_FORMAT;
	cs_mls_member_of_leaf(out, UINT32_MAX, &p.add.leaf);
	return CS_OK;
}

/* Section 12.4.3.2: the leaf of the path is the joiner's. */
static enum cs_err
new_member_commit(struct cs_mls_member *out, const struct cs_mls_framed *f)
{
	struct cs_reader r = cs_reader(f->body);
	struct cs_mls_commit c;
	enum cs_err err;

	if (f->type != CS_MLS_CONTENT_COMMIT)
		return CS_ERR_FORMAT;
	cs_mls_commit_read(&r, &c);
	if ((err = cs_reader_end(&r)))
		return err;
	if (!c.has_path)
		return CS_ERR_PROPOSAL;
	cs_mls_member_of_leaf(out, UINT32_MAX, &c.path.leaf);
	return CS_OK;
}

static enum cs_err
listed_external(struct cs_mls_member *out, const struct cs_mls_public *p,
    const struct cs_mls_framed *f)
{
	struct cs_mls_ext_list list = cs_mls_public_extensions(p);
	struct cs_mls_external_sender s;
	struct cs_view data;
	enum cs_err err;

	/* Section 6.1: proposals only. */
	if (f->type != CS_MLS_CONTENT_PROPOSAL)
		return CS_ERR_FORMAT;
	if (!cs_mls_ext_find(&list, CS_MLS_EXT_EXTERNAL_SENDERS, &data))
		return CS_ERR_MEMBER;
	if ((err = external_sender(&s, data, f->sender.index)))
		return err;
	*out = (struct cs_mls_member){
		.leaf = UINT32_MAX,
		.credential_type = s.credential.type,
		.credential = s.credential.identity,
		.signature_key = s.signature_key,
	};
	return CS_OK;
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
		return listed_external(out, p, f);
	case CS_MLS_SENDER_NEW_MEMBER_PROPOSAL:
		return new_member_proposal(out, f);
	case CS_MLS_SENDER_NEW_MEMBER_COMMIT:
		return new_member_commit(out, f);
	}
	return CS_ERR_FORMAT;
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
	    out, &m->content, p->suite, sender.signature_key, context);
}

/* ---- proposals ---------------------------------------------------------- */

/* Section 12.1.8, and what its sender may put into an external commit. */
static bool
may_propose(enum cs_mls_sender_type sender, enum cs_mls_proposal_type type)
{
	switch (sender) {
	case CS_MLS_SENDER_MEMBER:
		return type != CS_MLS_PROPOSAL_EXTERNAL_INIT;
	case CS_MLS_SENDER_EXTERNAL:
		return type != CS_MLS_PROPOSAL_EXTERNAL_INIT &&
		    type != CS_MLS_PROPOSAL_UPDATE &&
		    type != CS_MLS_PROPOSAL_SELF_REMOVE;
	case CS_MLS_SENDER_NEW_MEMBER_PROPOSAL:
		return type == CS_MLS_PROPOSAL_ADD;
	case CS_MLS_SENDER_NEW_MEMBER_COMMIT:
		return type == CS_MLS_PROPOSAL_EXTERNAL_INIT ||
		    type == CS_MLS_PROPOSAL_REMOVE ||
		    type == CS_MLS_PROPOSAL_PSK ||
		    type == CS_MLS_PROPOSAL_APP_EPHEMERAL;
	}
	return false;
}

static enum cs_err
check_update(struct cs_mls_valid_proposal *out, const struct cs_mls_public *p,
    const struct cs_mls_leaf_rules *base)
{
	struct cs_mls_leaf_rules rules = *base;
	struct cs_mls_leaf old;

	rules.source = CS_MLS_LEAF_UPDATE;
	rules.place = (struct cs_mls_leaf_place){ cs_buf_view(&p->group_id),
		out->sender.index };
	if (!cs_mls_tree_leaf(&p->tree, out->sender.index, &old))
		return CS_ERR_MEMBER;
	rules.old = &old;
	/* Section 7.3: the leaf brings keys that nobody has, except its own
	 * signature key. */
	if (cs_mls_key_index_has_key(&p->index, out->p.update.encryption_key) ||
	    (!cs_view_equal(out->p.update.signature_key, old.signature_key) &&
		cs_mls_key_index_has_signer(
		    &p->index, out->p.update.signature_key)))
		return CS_ERR_KEY;
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

/* Section 12.1.4. */
static enum cs_err
check_psk(const struct cs_mls_psk_id *id, const struct cs_mls_public *p,
    bool founding)
{
	if (id->nonce.len != p->suite->hash_len)
		return CS_ERR_PROPOSAL;
	return id->type == CS_MLS_PSK_RESUMPTION &&
		id->usage != CS_MLS_PSK_APP && !founding
	    ? CS_ERR_PROPOSAL
	    : CS_OK;
}

enum cs_err
cs_mls_public_check_proposal(struct cs_mls_valid_proposal *out,
    const struct cs_mls_public *p, const struct cs_mls_proposal *proposal,
    const struct cs_mls_proposal_setting *how)
{
	struct cs_mls_ext_list exts = cs_mls_public_extensions(p);
	const struct cs_mls_leaf_rules rules = {
		.suite = p->suite,
		.context = how->context == NULL ? &exts : how->context,
		.opt = &p->opt,
		.in_time = how->in_time,
	};

	out->p = *proposal;
	out->sender = how->sender;
	if (!may_propose(how->sender.type, proposal->type))
		return CS_ERR_FORMAT;
	switch (proposal->type) {
	case CS_MLS_PROPOSAL_ADD:
		return check_add(out, &rules);
	case CS_MLS_PROPOSAL_UPDATE:
		return check_update(out, p, &rules);
	case CS_MLS_PROPOSAL_REMOVE:
		/* Section 12.1.3. */
		return cs_mls_tree_has(&p->tree, proposal->remove)
		    ? CS_OK
		    : CS_ERR_MEMBER;
	case CS_MLS_PROPOSAL_PSK:
		return check_psk(&proposal->psk, p, how->founding);
	case CS_MLS_PROPOSAL_REINIT:
		/* Section 12.1.5: no way back. */
		return proposal->reinit.version < CS_MLS_VERSION_10
		    ? CS_ERR_PROPOSAL
		    : CS_OK;
	case CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		return cs_mls_public_check_extensions(p, &proposal->extensions);
	case CS_MLS_PROPOSAL_EXTERNAL_INIT:
		return CS_OK;
	case CS_MLS_PROPOSAL_APP_EPHEMERAL:
		return cs_mls_tree_supports(&p->tree, CS_MLS_DOES_EPHEMERAL)
		    ? CS_OK
		    : CS_ERR_UNSUPPORTED;
	case CS_MLS_PROPOSAL_SELF_REMOVE:
		return cs_mls_tree_supports(&p->tree, CS_MLS_DOES_SELF_REMOVE)
		    ? CS_OK
		    : CS_ERR_UNSUPPORTED;
	}
	return CS_ERR_UNSUPPORTED;
}

const struct cs_mls_stored_proposal *
cs_mls_public_find_proposal(const struct cs_mls_public *p, struct cs_view ref)
{
	for (size_t i = 0; i < p->n_proposals; i++)
		if (cs_view_equal(cs_mls_hash_view(&p->proposals[i]->ref), ref))
			return p->proposals[i];
	return NULL;
}

void
cs_mls_public_drop_proposal(struct cs_mls_public *p, size_t i)
{
	stored_free(p->proposals[i]);
	for (p->n_proposals--; i < p->n_proposals; i++)
		p->proposals[i] = p->proposals[i + 1];
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

/* At most one SelfRemove of a member an epoch, and it is public so that those
 * who join can commit it (its draft). */
static enum cs_err
check_self_remove(const struct cs_mls_public *p,
    const struct cs_mls_verified *content, const struct cs_mls_proposal *new)
{
	if (new->type != CS_MLS_PROPOSAL_SELF_REMOVE)
		return CS_OK;
	if (content->wire != CS_MLS_WIRE_PUBLIC)
		return CS_ERR_FORMAT;
	for (size_t i = 0; i < p->n_proposals; i++) {
		const struct cs_mls_valid_proposal *v = &p->proposals[i]->valid;

		if (v->p.type == CS_MLS_PROPOSAL_SELF_REMOVE &&
		    v->sender.index == content->framed.sender.index)
			return CS_ERR_REPLAY;
	}
	return CS_OK;
}

enum cs_err
cs_mls_public_store_proposal(struct cs_mls_public *p,
    const struct cs_mls_verified *content, enum cs_mls_age age)
{
	const struct cs_mls_proposal_setting how = {
		.sender = content->framed.sender,
		.in_time = age == CS_MLS_FRESH,
	};
	struct cs_mls_stored_proposal *s;
	struct cs_mls_proposal proposal;
	enum cs_err err;

	if (p->reinit.len != 0)
		return CS_ERR_PROPOSAL;
	s = cs_calloc(1, sizeof *s);
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
	    (err = check_self_remove(p, content, &proposal)) ||
	    (err = cs_mls_public_check_proposal(
		 &s->valid, p, &proposal, &how)) ||
	    (err = cs_mls_rules_ask_proposal(
		 &(struct cs_mls_rules_about){
		     content->wire, &content->framed, p },
		 &s->valid)))
		goto out;
	p->proposals[p->n_proposals++] = s;
	s = NULL;
out:
	stored_free(s);
	return err;
}
