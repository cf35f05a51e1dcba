/* SPDX-License-Identifier: MIT */
#include "mls/group_stage.h"

#include "base/alloc.h"
#include "mls/change.h"
#include "mls/framing.h"
#include "mls/group.h"
#include "mls/group_psk.h"
#include "mls/proposal_list.h"
#include "mls/public_state.h"
#include "mls/ratchet_tree.h"

/* Our leaf key after the proposals: one of an Update of ours, or as before. */
static void
apply_own_update(struct cs_mls_staged *s, const struct cs_mls_group *g)
{
	const struct cs_mls_tree *t = &s->change.next.tree;
	uint32_t node = cs_mls_leaf_to_node(g->own_leaf);

	for (size_t i = 0; i < g->n_updates; i++)
		if (cs_view_equal(cs_hpke_key_public(&g->updates[i]),
			cs_mls_tree_key(t, node)))
			cs_mls_private_tree_set(
			    &s->private, node, &g->updates[i]);
}

/* The private half of processing a path: section 7.5 and 12.4.2. */
static enum cs_err
follow_path(struct cs_mls_staged *s, struct cs_mls_commit_secret *commit_secret,
    const struct cs_mls_group *g, const struct cs_mls_commit *commit)
{
	const struct cs_mls_change *c = &s->change;
	const struct cs_mls_path_reader in = {
		.tree = &c->next.tree,
		.path = &c->path,
		.message = &commit->path,
		.own_leaf = g->own_leaf,
		.context = cs_buf_view(&c->provisional),
		.added = { c->added, c->n_added },
	};
	struct cs_mls_path_secret secret = { 0 };
	size_t position = 0;
	enum cs_err err;

	if ((err = cs_mls_path_decrypt(&secret, &position, &in, &s->private)) ==
	    CS_OK)
		err = cs_mls_path_climb(&s->private, commit_secret,
		    &c->next.tree, &c->path, position, &secret);
	cs_wipe(&secret, sizeof secret);
	return err;
}

/* Where the new epoch begins: our init secret, or the joiner's. */
static enum cs_err
find_init(struct cs_mls_init_secret *out, const struct cs_mls_group *g,
    const struct cs_mls_proposal_list *list)
{
	const struct cs_mls_valid_proposal *v =
	    cs_mls_proposal_list_find(list, CS_MLS_PROPOSAL_EXTERNAL_INIT);

	if (v == NULL) {
		*out = g->secrets.init;
		return CS_OK;
	}
	return cs_mls_external_init_receive(
	    out, g->pub.suite, &g->secrets.external, v->p.kem_output);
}

/* Key schedule and confirmation tag. */
static enum cs_err
confirm(struct cs_mls_staged *s, const struct cs_mls_group *g,
    const struct cs_mls_commit *commit, const struct cs_mls_proposal_list *list,
    struct cs_view tag)
{
	const struct cs_mls_psk_sources sources = { &g->pub.opt, g, NULL };
	struct cs_mls_public *next = &s->change.next;
	struct cs_mls_commit_secret commit_secret = { 0 };
	struct cs_mls_joiner_secret joiner = { 0 };
	struct cs_mls_init_secret init = { 0 };
	struct cs_mls_psk_secret psk = { 0 };
	enum cs_err err;

	s->private = g->private;
	apply_own_update(s, g);
	cs_mls_private_tree_sync(&s->private, &next->tree);
	if ((commit->has_path &&
		(err = follow_path(s, &commit_secret, g, commit))) ||
	    (err = cs_mls_list_psk_secret(&psk, next->suite, list, &sources)) ||
	    (err = find_init(&init, g, list)) ||
	    (err = cs_mls_staged_derive(
		 s, &joiner, &init, &commit_secret, &psk)))
		goto out;
	err = cs_mls_confirmation_tag_check(tag, next->suite,
	    &s->secrets.confirmation, cs_mls_hash_view(&next->confirmed));
out:
	cs_wipe(&commit_secret, sizeof commit_secret);
	cs_wipe(&joiner, sizeof joiner);
	cs_wipe(&init, sizeof init);
	cs_wipe(&psk, sizeof psk);
	return err;
}

enum cs_err
cs_mls_group_stage(struct cs_mls_staged **out, struct cs_mls_group *g,
    const struct cs_mls_verified *content)
{
	struct cs_mls_proposal_list list = { 0 };
	struct cs_mls_staged *s = cs_calloc(1, sizeof *s);
	struct cs_mls_commit commit;
	enum cs_err err;

	*out = NULL;
	if (s == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_mls_change_receive(&s->change, &list, &commit, &g->pub,
		 content, CS_MLS_FROM_LOG)) ||
	    (err = cs_mls_change_confirm(&s->change, content->wire,
		 &content->framed, content->signature)))
		goto out;
	for (size_t i = 0; i < s->change.n_removed; i++)
		s->self_removed |= s->change.removed[i].leaf == g->own_leaf;
	/* A removed member has no secret to check the tag with. */
	if (!s->self_removed &&
	    (err = confirm(s, g, &commit, &list, content->confirmation_tag)))
		goto out;
	if ((err = cs_mls_change_finish(&s->change, content->confirmation_tag)))
		goto out;
	*out = s;
	s = NULL;
out:
	cs_mls_proposal_list_clear(&list);
	cs_mls_staged_free(s);
	return err;
}
