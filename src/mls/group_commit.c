/* SPDX-License-Identifier: MIT */
#include "mls/group_commit.h"

#include <string.h>

#include "crypto/hash.h"
#include "mls/change.h"
#include "mls/framing.h"
#include "mls/group.h"
#include "mls/group_making.h"
#include "mls/group_propose.h"
#include "mls/group_psk.h"
#include "mls/leaf_node.h"
#include "mls/proposal_list.h"
#include "mls/public_state.h"
#include "mls/rules.h"
#include "mls/tree_leaf.h"
#include "mls/tree_node.h"
#include "mls/tree_save.h"

/* Which of the stored proposals a commit is to refer to. */
enum stored { STORED_ALL, STORED_REMOVALS, STORED_NONE };

/* A member's commit while it is made. */
struct committing {
	struct cs_mls_making m;
	struct cs_mls_group *g;
	const struct cs_mls_commit_options *opt;
	const struct cs_mls_group *from; /* that this one succeeds, or NULL */
	struct cs_buf context_exts; /* of GroupContextExtensions by value */
	struct cs_mls_ext_list context;
	const struct cs_mls_ext_list *new_context; /* NULL: as now */
	enum stored stored;
};

/* ---- which proposals ---------------------------------------------------- */

/* Is a Remove or SelfRemove of ${leaf} in the list already? */
static bool
listed_removal(const struct cs_mls_proposal_list *l, uint32_t leaf)
{
	for (size_t i = 0; i < l->n; i++)
		if (cs_mls_proposal_removes(&l->v[i].valid) &&
		    cs_mls_proposal_target(&l->v[i].valid) == leaf)
			return true;
	return false;
}

static bool
removal_waits(const struct cs_mls_public *p, uint32_t leaf)
{
	for (size_t i = 0; i < p->n_proposals; i++)
		if (cs_mls_proposal_removes(&p->proposals[i]->valid) &&
		    cs_mls_proposal_target(&p->proposals[i]->valid) == leaf)
			return true;
	return false;
}

/* Does a later stored proposal of the type replace number ${i}: one for the
 * same leaf, if it is about a leaf? */
static bool
superseded(const struct cs_mls_public *p, size_t i)
{
	const struct cs_mls_valid_proposal *v = &p->proposals[i]->valid;

	for (size_t j = i + 1; j < p->n_proposals; j++) {
		const struct cs_mls_valid_proposal *w = &p->proposals[j]->valid;

		if (w->p.type == v->p.type &&
		    cs_mls_proposal_target(w) == cs_mls_proposal_target(v))
			return true;
	}
	return false;
}

static bool
add_listed(
    const struct cs_mls_proposal_list *l, const struct cs_mls_valid_proposal *v)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].valid.p.type == CS_MLS_PROPOSAL_ADD &&
		    (cs_view_equal(l->v[i].valid.leaf.leaf.signature_key,
			 v->leaf.leaf.signature_key) ||
			cs_view_equal(l->v[i].valid.leaf.leaf.encryption_key,
			    v->leaf.leaf.encryption_key)))
			return true;
	return false;
}

static bool
psk_listed(
    const struct cs_mls_proposal_list *l, const struct cs_mls_valid_proposal *v)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].valid.p.type == CS_MLS_PROPOSAL_PSK &&
		    cs_view_equal(l->v[i].valid.p.raw, v->p.raw))
			return true;
	return false;
}

/* Is a member with this signature key in the tree, and to stay there? */
static bool
stays_member(const struct committing *c, const struct cs_mls_valid_proposal *v)
{
	const struct cs_mls_public *p = &c->g->pub;
	struct cs_mls_leaf leaf;

	if (!cs_mls_key_index_has_signer(&p->index, v->leaf.leaf.signature_key))
		return false;
	for (uint32_t i = 0; i < p->tree.n_leaves; i++)
		if (cs_mls_tree_leaf(&p->tree, i, &leaf) &&
		    cs_view_equal(
			leaf.signature_key, v->leaf.leaf.signature_key))
			return !listed_removal(&c->m.list, i);
	return false;
}

/* Do we know the PSK? If not, only its proposer can commit it. */
static bool
psk_known(const struct committing *c, const struct cs_mls_valid_proposal *v)
{
	struct cs_mls_listed one = { .valid = *v };
	const struct cs_mls_proposal_list list = { &one, 1 };
	const struct cs_mls_psk_sources sources = { &c->g->pub.opt, c->g,
		NULL };
	struct cs_mls_psk_secret secret = { 0 };
	enum cs_err err =
	    cs_mls_list_psk_secret(&secret, c->g->pub.suite, &list, &sources);

	cs_wipe(&secret, sizeof secret);
	return err == CS_OK;
}

/* Section 12.2: Removes before Updates, the last Update, each Add once, a
 * ReInit only when there is nothing else. */
static bool
usable(const struct committing *c, size_t i)
{
	const struct cs_mls_public *p = &c->g->pub;
	const struct cs_mls_proposal_list *l = &c->m.list;
	const struct cs_mls_valid_proposal *v = &p->proposals[i]->valid;
	uint32_t target = cs_mls_proposal_target(v);

	switch (v->p.type) {
	case CS_MLS_PROPOSAL_REMOVE:
	case CS_MLS_PROPOSAL_SELF_REMOVE:
		return target != c->g->own_leaf && !listed_removal(l, target);
	case CS_MLS_PROPOSAL_UPDATE:
		return target != c->g->own_leaf && !listed_removal(l, target) &&
		    !removal_waits(p, target) && !superseded(p, i);
	case CS_MLS_PROPOSAL_ADD:
		/* A key of a node would make the whole commit invalid. */
		return !add_listed(l, v) && !stays_member(c, v) &&
		    !cs_mls_key_index_has_key(
			&p->index, v->leaf.leaf.encryption_key);
	case CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		return c->new_context == NULL && !superseded(p, i);
	case CS_MLS_PROPOSAL_PSK:
		return !psk_listed(l, v) && psk_known(c, v);
	case CS_MLS_PROPOSAL_REINIT:
		return l->n == 0;
	case CS_MLS_PROPOSAL_APP_EPHEMERAL:
		return true;
	case CS_MLS_PROPOSAL_EXTERNAL_INIT:
		return false;
	}
	return false;
}

static bool
wanted(const struct committing *c, enum cs_mls_proposal_type type)
{
	return c->stored == STORED_ALL ||
	    (c->stored == STORED_REMOVALS &&
		(type == CS_MLS_PROPOSAL_REMOVE ||
		    type == CS_MLS_PROPOSAL_SELF_REMOVE));
}

/* Removals first: an Add may need one; a ReInit last. */
static void
list_stored(struct committing *c)
{
	static const enum cs_mls_proposal_type order[] = {
		CS_MLS_PROPOSAL_SELF_REMOVE,
		CS_MLS_PROPOSAL_REMOVE,
		CS_MLS_PROPOSAL_UPDATE,
		CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS,
		CS_MLS_PROPOSAL_PSK,
		CS_MLS_PROPOSAL_ADD,
		CS_MLS_PROPOSAL_APP_EPHEMERAL,
		CS_MLS_PROPOSAL_REINIT,
	};
	const struct cs_mls_public *p = &c->g->pub;
	struct cs_mls_proposal_list *l = &c->m.list;

	for (size_t k = 0; k < sizeof order / sizeof *order; k++)
		for (size_t i = 0; i < p->n_proposals; i++) {
			const struct cs_mls_stored_proposal *s =
			    p->proposals[i];

			if (s->valid.p.type != order[k] ||
			    !wanted(c, order[k]) || !usable(c, i))
				continue;
			l->v[l->n].valid = s->valid;
			l->v[l->n++].stored = s;
		}
}

static enum cs_err
list_reinit(struct committing *c)
{
	const struct cs_mls_reinit *reinit = c->opt->reinit;
	struct cs_mls_proposal p = { .type = CS_MLS_PROPOSAL_REINIT };
	struct cs_buf exts = { 0 };
	enum cs_err err;

	if ((err = cs_mls_ext_list_build(&exts, reinit->extensions)) == CS_OK) {
		p.reinit.group_id = reinit->group_id;
		p.reinit.version = CS_MLS_VERSION_10;
		p.reinit.suite_id = reinit->suite_id;
		p.reinit.extensions.raw = cs_buf_view(&exts);
		err = cs_mls_making_list_copy(&c->m, &p);
	}
	cs_buf_free(&exts);
	return err;
}

/* What the GroupContext's extensions will be, and the proposal that says so. */
static enum cs_err
list_extensions(struct committing *c)
{
	struct cs_mls_proposal p = {
		.type = CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS,
	};
	enum cs_err err;

	if (c->opt->context_exts == NULL)
		return CS_OK;
	if ((err = cs_mls_ext_list_build(
		 &c->context_exts, *c->opt->context_exts)))
		return err;
	c->context.raw = cs_buf_view(&c->context_exts);
	c->new_context = &c->context;
	p.extensions = c->context;
	return cs_mls_making_list_copy(&c->m, &p);
}

static enum cs_err
list_by_value(struct committing *c)
{
	const struct cs_mls_commit_options *opt = c->opt;
	struct cs_mls_proposal p;
	enum cs_err err;

	if (opt->reinit != NULL && (err = list_reinit(c)))
		return err;
	if ((err = list_extensions(c)))
		return err;
	for (size_t i = 0; i < opt->n_remove; i++) {
		p = (struct cs_mls_proposal){
			.type = CS_MLS_PROPOSAL_REMOVE,
			.remove = opt->remove[i],
		};
		if ((err = cs_mls_making_list(&c->m, &p, NULL)))
			return err;
	}
	for (size_t i = 0; i < opt->n_add; i++) {
		p = (struct cs_mls_proposal){ .type = CS_MLS_PROPOSAL_ADD };
		if ((err = cs_mls_key_package_parse_message(
			 &p.add, opt->add[i])) ||
		    (err = cs_mls_making_list(&c->m, &p, c->new_context)))
			return err;
	}
	for (size_t i = 0; i < opt->n_psk; i++)
		if ((err = cs_mls_making_list_psk(&c->m, &opt->psk[i])))
			return err;
	if (opt->ephemeral.data.data != NULL) {
		p = (struct cs_mls_proposal){
			.type = CS_MLS_PROPOSAL_APP_EPHEMERAL,
			.ephemeral = { opt->ephemeral.component,
			    opt->ephemeral.data },
		};
		if ((err = cs_mls_making_list_copy(&c->m, &p)))
			return err;
	}
	return CS_OK;
}

static enum cs_err
make_list(struct committing *c)
{
	const struct cs_mls_commit_options *opt = c->opt;
	const struct cs_mls_public *p = &c->g->pub;
	enum cs_err err;

	if (opt->n_add > CS_MLS_MAX_PROPOSALS ||
	    opt->n_remove > CS_MLS_MAX_PROPOSALS ||
	    opt->n_psk > CS_MLS_MAX_PROPOSALS)
		return CS_ERR_LIMIT;
	/* Three more: extensions, ReInit, AppEphemeral. */
	if ((err = cs_mls_making_begin(&c->m,
		 opt->n_add + opt->n_remove + opt->n_psk + 3 +
		     p->n_proposals)) ||
	    (err = list_by_value(c)))
		return err;
	if (opt->reinit == NULL)
		list_stored(c);
	return CS_OK;
}

/* ---- the commit --------------------------------------------------------- */

/* The leaf that the path's is made of: ours, or that of a new identity. */
static enum cs_err
make_change(struct committing *c)
{
	const struct cs_mls_identity *id = c->opt->new_identity;
	struct cs_mls_making *m = &c->m;
	struct cs_mls_own_leaf own = { 0 };
	struct cs_mls_leaf leaf;
	enum cs_err err;

	m->has_path = c->opt->force_path || id != NULL ||
	    cs_mls_proposal_list_needs_path(&m->list);
	m->staged->private = c->g->private;
	if (id == NULL) {
		if (!cs_mls_tree_leaf(&c->g->pub.tree, c->g->own_leaf, &leaf))
			return CS_ERR_MEMBER;
	} else {
		if (cs_signer_sig(id->signer) != c->g->pub.suite->sig)
			return CS_ERR_UNSUPPORTED;
		if ((err = cs_mls_own_leaf_make(&own, id)))
			return err;
		leaf = own.leaf;
		m->staged->signer = cs_signer_hold(id->signer);
	}
	err = cs_mls_making_change(m, &leaf);
	cs_mls_own_leaf_clear(&own);
	return err;
}

static enum cs_err
make_welcome(struct cs_buf *out, struct committing *c)
{
	struct cs_mls_staged *s = c->m.staged;
	const struct cs_mls_change *change = &s->change;
	const struct cs_mls_group_info_parts parts = {
		.tree = !c->opt->without_tree,
		.exts = c->opt->welcome_exts,
		.confirmation_tag = c->m.content.confirmation_tag,
		.signer = c->g->own_leaf,
		.key = s->signer != NULL ? s->signer : c->g->signer,
	};
	struct cs_buf info = { 0 };
	struct cs_mls_welcome_input in = {
		.change = change,
		.list = &c->m.list,
		.path = c->m.has_path ? &c->m.path : NULL,
		.joiner = &c->m.joiner,
		.psk = &c->m.psk,
	};
	enum cs_err err;

	if ((err = cs_mls_group_info_make(&info, &change->next, &parts)))
		goto out;
	in.group_info = cs_buf_view(&info);
	if ((err = cs_mls_welcome_kit_make(&s->kit, &in)))
		goto out;
	err = cs_mls_welcome_kit_write(
	    out, &s->kit, change->next.suite, 0, s->kit.n);
out:
	cs_buf_free(&info);
	return err;
}

static enum cs_err
make(struct committing *c, struct cs_buf *commit, struct cs_buf *welcome)
{
	struct cs_mls_group *g = c->g;
	struct cs_mls_making *m = &c->m;
	const struct cs_mls_psk_sources sources = { &g->pub.opt, g, c->from };
	struct cs_mls_framed framed =
	    cs_mls_group_frame(g, CS_MLS_CONTENT_COMMIT,
		c->opt->authenticated_data, cs_view(NULL, 0));
	enum cs_err err;

	m->init = g->secrets.init;
	if ((err = make_list(c)) ||
	    (err = cs_mls_list_psk_secret(
		 &m->psk, g->pub.suite, &m->list, &sources)) ||
	    (err = make_change(c)) ||
	    (err = cs_mls_making_sign(m,
		 g->pub.opt.encrypt_handshake ? CS_MLS_WIRE_PRIVATE
					      : CS_MLS_WIRE_PUBLIC,
		 &framed)) ||
	    (err = cs_mls_group_seal(commit, g, &m->content)) ||
	    (err = cs_sha256(m->staged->message_hash, cs_buf_view(commit))))
		return err;
	if (m->staged->change.n_welcomed == 0)
		return CS_OK;
	return make_welcome(welcome, c);
}

static enum cs_err
attempt(struct committing *c, struct cs_mls_staged **staged,
    struct cs_buf *commit, struct cs_buf *welcome)
{
	struct cs_buf message = { 0 }, w = { 0 };
	enum cs_err err;

	if ((err = make(c, &message, &w)) ||
	    (err = cs_buf_reserve(welcome, w.len)) ||
	    (err = cs_buf_add(commit, cs_buf_view(&message))) ||
	    (err = cs_buf_add(welcome, cs_buf_view(&w))))
		goto out;
	*staged = c->m.staged;
	c->m.staged = NULL;
out:
	cs_mls_making_clear(&c->m);
	cs_buf_free(&c->context_exts);
	cs_buf_free(&message);
	cs_buf_free(&w);
	return err;
}

enum cs_err
cs_mls_commit_make(struct cs_mls_staged **staged, struct cs_buf *commit,
    struct cs_buf *welcome, struct cs_mls_group *g,
    const struct cs_mls_commit_options *opt, const struct cs_mls_group *from)
{
	enum cs_err err;

	*staged = NULL;
	if ((err = cs_mls_group_check_active(g)))
		return err;
	/* A proposal can be valid by itself and spoil every commit that it is
	 * in: an Add whose credential not all know, extensions that not all
	 * support.  So that nobody can stop a group by one, what does not go
	 * together is left out, removals last. */
	for (enum stored stored = STORED_ALL;; stored++) {
		struct committing c = {
			.m = {
				.from = &g->pub,
				.signer = g->signer,
				.committer = g->own_leaf,
				.founding = from != NULL,
			},
			.g = g,
			.opt = opt,
			.from = from,
			.stored = stored,
		};

		err = attempt(&c, staged, commit, welcome);
		if (err == CS_OK || stored == STORED_NONE ||
		    g->pub.n_proposals == 0 ||
		    cs_err_class(err) != CS_ERR_CLASS_THEIRS)
			return err;
	}
}

enum cs_err
cs_mls_commit_new(struct cs_mls_staged **staged, struct cs_buf *commit,
    struct cs_buf *welcome, struct cs_mls_group *g,
    const struct cs_mls_commit_options *opt)
{
	return cs_mls_commit_make(staged, commit, welcome, g, opt, NULL);
}

enum cs_err
cs_mls_staged_welcome(
    struct cs_buf *out, const struct cs_mls_staged *s, size_t first, size_t n)
{
	return cs_mls_welcome_kit_write(
	    out, &s->kit, s->change.next.suite, first, n);
}
