/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/alloc.h"
#include "mls/group.h"

size_t
cs_mls_staged_added(const struct cs_mls_staged *s)
{
	return s->change.n_added;
}

bool
cs_mls_staged_added_member(
    const struct cs_mls_staged *s, size_t i, struct cs_mls_member *out)
{
	return i < s->change.n_added &&
	    cs_mls_public_member(&s->change.next, s->change.added[i], out);
}

size_t
cs_mls_staged_removed(const struct cs_mls_staged *s)
{
	return s->change.n_removed;
}

bool
cs_mls_staged_removed_member(const struct cs_mls_staged *s, size_t i,
    struct cs_mls_member *out, bool *external)
{
	const struct cs_mls_removed *r;

	if (i >= s->change.n_removed)
		return false;
	r = &s->change.removed[i];
	out->leaf = r->leaf;
	out->credential = r->node->leaf.credential.identity;
	out->signature_key = r->node->leaf.signature_key;
	if (external != NULL)
		*external = r->external;
	return true;
}

uint32_t
cs_mls_staged_committer(const struct cs_mls_staged *s)
{
	return s->change.committer;
}

bool
cs_mls_staged_self_removed(const struct cs_mls_staged *s)
{
	return s->self_removed;
}

bool
cs_mls_staged_extension(
    const struct cs_mls_staged *s, uint16_t type, struct cs_view *data)
{
	struct cs_mls_ext_list list = cs_mls_public_extensions(&s->change.next);

	return cs_mls_ext_find(&list, type, data);
}

/* Room for one more past epoch, and its members; nothing moves yet. */
static enum cs_err
prepare_past(struct cs_mls_past_epoch *out, struct cs_mls_past_epoch **list,
    const struct cs_mls_group *g)
{
	const struct cs_mls_tree *t = &g->pub.tree;
	enum cs_err err;

	out->leaves = cs_calloc(t->n_leaves, sizeof *out->leaves);
	*list = cs_calloc(g->pub.opt.past_epochs, sizeof **list);
	if (out->leaves == NULL || *list == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_buf_set(&out->context, cs_mls_public_context(&g->pub))))
		return err;
	out->epoch = g->pub.epoch;
	out->sender_data = g->secrets.sender_data;
	out->n_leaves = t->n_leaves;
	for (uint32_t i = 0; i < t->n_leaves; i++)
		out->leaves[i] = cs_mls_tree_leaf_ref(t, i);
	return CS_OK;
}

/* ${now} goes to the front of ${list}; what is too old is wiped. */
static void
push_past(struct cs_mls_group *g, struct cs_mls_past_epoch *now,
    struct cs_mls_past_epoch *list)
{
	size_t max = g->pub.opt.past_epochs, n = 0;

	if (max != 0) {
		now->keys = g->keys;
		g->keys = (struct cs_mls_secret_tree){ 0 };
		list[n++] = *now;
		cs_wipe(now, sizeof *now);
	}
	for (size_t i = 0; i < g->n_past; i++) {
		if (n < max)
			list[n++] = g->past[i];
		else
			cs_mls_past_epoch_clear(&g->past[i]);
	}
	cs_free(g->past, g->n_past * sizeof *g->past);
	g->past = list;
	g->n_past = n;
}

/* Everything of the new epoch moves from ${s} to ${g}. */
static void
adopt(struct cs_mls_group *g, struct cs_mls_staged *s)
{
	struct cs_mls_options opt = g->pub.opt;

	cs_mls_public_clear(&g->pub);
	g->pub = s->change.next;
	s->change.next = (struct cs_mls_public){ 0 };
	g->pub.opt = opt;
	g->ended = s->self_removed;
	/* Section 9.2: the old epoch's secrets are consumed. */
	cs_wipe(&g->secrets, sizeof g->secrets);
	cs_wipe(&g->private, sizeof g->private);
	cs_mls_secret_tree_clear(&g->keys);
	g->secrets = s->secrets;
	g->private = s->private;
	g->keys = s->keys;
	s->keys = (struct cs_mls_secret_tree){ 0 };
	cs_free(g->updates, g->n_updates * sizeof *g->updates);
	g->updates = NULL;
	g->n_updates = 0;
}

enum cs_err
cs_mls_group_merge(struct cs_mls_group *g, struct cs_mls_staged *staged)
{
	struct cs_mls_past_epoch now = { 0 }, *list = NULL;
	enum cs_err err = CS_OK;

	/* A commit that lost the race is for an epoch that is over. */
	if (g->ended)
		err = CS_ERR_MEMBER;
	else if (staged->change.next.epoch != g->pub.epoch + 1)
		err = CS_ERR_EPOCH;
	else if (!cs_view_equal(cs_buf_view(&staged->change.next.group_id),
		     cs_buf_view(&g->pub.group_id)))
		err = CS_ERR_MISMATCH;
	else if (g->pub.opt.past_epochs != 0)
		err = prepare_past(&now, &list, g);
	if (err == CS_OK) {
		push_past(g, &now, list);
		list = NULL;
		adopt(g, staged);
	}
	cs_free_plain(list);
	cs_mls_past_epoch_clear(&now);
	cs_mls_staged_free(staged);
	return err;
}
