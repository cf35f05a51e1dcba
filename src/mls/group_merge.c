/* SPDX-License-Identifier: MIT */
#include "mls/group_merge.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "mls/change.h"
#include "mls/group.h"
#include "mls/leaf_node.h"
#include "mls/public_state.h"
#include "mls/ratchet_tree.h"
#include "mls/tree_leaf.h"
#include "mls/tree_node.h"
#include "mls/tree_save.h"

/* ---- epochs that are over ----------------------------------------------- */

/* Note what was at a leaf that the commit changed. */
static enum cs_err
note_leaf(void *arg, uint32_t x, const struct cs_mls_node *was,
    const struct cs_mls_node *is)
{
	struct cs_mls_past_epoch *p = arg;
	struct cs_mls_past_leaf *to;

	(void)is;
	if (!cs_mls_node_is_leaf(x))
		return CS_OK;
	if (p->n_changed == p->cap_changed) {
		size_t cap = p->cap_changed == 0 ? 4 : 2 * p->cap_changed;
		void *grown =
		    cs_grow(p->changed, p->n_changed, cap, sizeof *p->changed);

		if (grown == NULL)
			return CS_ERR_NOMEM;
		p->changed = grown;
		p->cap_changed = cap;
	}
	to = &p->changed[p->n_changed++];
	to->leaf = cs_mls_node_to_leaf(x);
	if (was == NULL || was->kind != CS_MLS_NODE_LEAF)
		return CS_OK;
	return cs_buf_set(&to->raw, cs_mls_node_raw(was));
}

static int
compare(const void *a, const void *b)
{
	const struct cs_mls_past_leaf *x = a, *y = b;

	return x->leaf < y->leaf ? -1 : x->leaf > y->leaf;
}

bool
cs_mls_past_leaf(const struct cs_mls_group *g, size_t k, uint32_t leaf,
    struct cs_mls_leaf *out)
{
	const struct cs_mls_past_leaf key = { .leaf = leaf };

	if (leaf >= g->past[k].n_leaves)
		return false;
	/* As the epoch after it says, and so on up to now. */
	for (size_t j = k + 1; j-- > 0;) {
		const struct cs_mls_past_epoch *p = &g->past[j];
		const struct cs_mls_past_leaf *found = p->n_changed == 0
		    ? NULL
		    : bsearch(&key, p->changed, p->n_changed,
			  sizeof *p->changed, compare);

		if (found != NULL)
			return found->raw.len != 0 &&
			    cs_mls_leaf_parse(out, cs_buf_view(&found->raw)) ==
			    CS_OK;
	}
	return cs_mls_tree_leaf(&g->pub.tree, leaf, out);
}

static size_t
max_past(const struct cs_mls_group *g)
{
	return g->pub.opt.past_epochs > CS_MLS_MAX_PAST_EPOCHS
	    ? CS_MLS_MAX_PAST_EPOCHS
	    : g->pub.opt.past_epochs;
}

static size_t
max_psks(const struct cs_mls_group *g)
{
	return g->pub.opt.past_psks > CS_MLS_MAX_PAST_PSKS
	    ? CS_MLS_MAX_PAST_PSKS
	    : g->pub.opt.past_psks;
}

/* Everything of a merge that can fail, done before it begins. */
struct merging {
	struct cs_mls_past_epoch now;
	struct cs_mls_past_epoch *past;
	struct cs_mls_past_psk *psks;
};

static enum cs_err
prepare(struct merging *m, struct cs_mls_group *g, struct cs_mls_staged *s)
{
	struct cs_mls_past_epoch *now = &m->now;
	enum cs_err err;

	m->past = cs_calloc(max_past(g), sizeof *m->past);
	m->psks = cs_calloc(max_psks(g), sizeof *m->psks);
	if (m->past == NULL || m->psks == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_mls_public_thaw(&g->pub)))
		return err;
	if (max_past(g) != 0) {
		if ((err = cs_buf_set(
			 &now->context, cs_mls_public_context(&g->pub))) ||
		    (err = cs_mls_tree_diff(
			 &g->pub.tree, &s->change.next.tree, note_leaf, now)))
			return err;
		now->epoch = g->pub.epoch;
		now->ended_s = g->pub.opt.now_s;
		now->sender_data = g->secrets.sender_data;
		now->n_leaves = g->pub.tree.n_leaves;
		if (now->n_changed != 0)
			qsort(now->changed, now->n_changed,
			    sizeof *now->changed, compare);
	}
	/* Last, because the index of the group has moved by then. */
	return cs_mls_change_take_index(&s->change, &g->pub);
}

bool
cs_mls_past_expired(
    const struct cs_mls_group *g, const struct cs_mls_past_epoch *p)
{
	const struct cs_mls_options *opt = &g->pub.opt;

	return opt->past_seconds != 0 && opt->now_s > p->ended_s &&
	    opt->now_s - p->ended_s > opt->past_seconds;
}

/* The epoch that ends goes to the front; what is too old is wiped. */
static void
push_past(struct cs_mls_group *g, struct merging *m)
{
	size_t max = max_past(g), n = 0;

	if (max != 0) {
		m->now.keys = g->keys;
		g->keys = (struct cs_mls_secret_tree){ 0 };
		m->past[n++] = m->now;
		cs_wipe(&m->now, sizeof m->now);
	}
	for (size_t i = 0; i < g->n_past; i++) {
		if (n < max && !cs_mls_past_expired(g, &g->past[i]))
			m->past[n++] = g->past[i];
		else
			cs_mls_past_epoch_clear(&g->past[i]);
	}
	cs_free(g->past, g->n_past * sizeof *g->past);
	g->past = m->past;
	g->n_past = n;
	m->past = NULL;
}

static void
push_psk(struct cs_mls_group *g, struct merging *m)
{
	size_t max = max_psks(g), n = 0;

	if (max != 0) {
		m->psks[n].epoch = g->pub.epoch;
		m->psks[n++].psk = g->secrets.resumption;
	}
	for (size_t i = 0; i < g->n_psks && n < max; i++)
		m->psks[n++] = g->psks[i];
	cs_free(g->psks, g->n_psks * sizeof *g->psks);
	g->psks = m->psks;
	g->n_psks = n;
	m->psks = NULL;
}

/* ---- merging ------------------------------------------------------------ */

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
	g->public_changed = true;
	/* Section 9.2: the old epoch's secrets are consumed. */
	cs_wipe(&g->secrets, sizeof g->secrets);
	cs_wipe(&g->private, sizeof g->private);
	cs_mls_secret_tree_clear(&g->keys);
	cs_mls_secret_tree_clear(&g->exporter);
	g->secrets = s->secrets;
	g->private = s->private;
	g->keys = s->keys;
	s->keys = (struct cs_mls_secret_tree){ 0 };
	if (s->signer != NULL) {
		cs_signer_free(g->signer);
		g->signer = s->signer;
		s->signer = NULL;
	}
	cs_free(g->updates, g->n_updates * sizeof *g->updates);
	g->updates = NULL;
	g->n_updates = 0;
}

enum cs_err
cs_mls_group_merge(struct cs_mls_group *g, struct cs_mls_staged *staged)
{
	struct merging m = { 0 };
	enum cs_err err;

	/* A commit that lost the race is for an epoch that is over. */
	if (g->ended)
		err = CS_ERR_MEMBER;
	else if (staged->change.next.epoch != g->pub.epoch + 1)
		err = CS_ERR_EPOCH;
	else if (!cs_view_equal(cs_buf_view(&staged->change.next.group_id),
		     cs_buf_view(&g->pub.group_id)))
		err = CS_ERR_MISMATCH;
	else
		err = prepare(&m, g, staged);
	if (err == CS_OK) {
		push_psk(g, &m);
		push_past(g, &m);
		adopt(g, staged);
	}
	cs_free_plain(m.past);
	cs_free_plain(m.psks);
	cs_mls_past_epoch_clear(&m.now);
	cs_mls_staged_free(staged);
	return err;
}
