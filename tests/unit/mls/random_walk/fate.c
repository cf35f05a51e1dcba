/* SPDX-License-Identifier: MIT */
/* What happens to members: they sleep, restart, lose their log. */
#include "unit/mls/random_walk/walk.h"

#include "base/alloc.h"

static void
reload(struct walk *w, struct walker *m)
{
	struct cs_mls_options opt = walk_options(w);
	struct cs_buf saved = { 0 }, again = { 0 };

	assert_ok(world_save(m->m.group, &saved));
	cs_mls_group_free(m->m.group);
	assert_ok(world_load(&m->m.group, cs_buf_view(&saved), &opt));
	assert_ok(world_save(m->m.group, &again));
	assert_view_equal(cs_buf_view(&saved), cs_buf_view(&again));
	cs_buf_free(&saved);
	cs_buf_free(&again);
	w->reloads++;
}

static void
reload_hub(struct walk *w)
{
	struct cs_mls_options opt = world_options();
	struct cs_buf saved = { 0 }, again = { 0 };

	assert_ok(cs_mls_public_group_save(w->hub, &saved));
	cs_mls_public_group_free(w->hub);
	assert_ok(cs_mls_public_group_load(&w->hub, cs_buf_view(&saved), &opt));
	assert_ok(cs_mls_public_group_save(w->hub, &again));
	assert_view_equal(cs_buf_view(&saved), cs_buf_view(&again));
	cs_buf_free(&saved);
	cs_buf_free(&again);
}

static void
wake(struct walk *w, struct walker *m)
{
	m->asleep = false;
	if (!walk_catch_up(w, m)) {
		w->removed++;
		walk_drop(w, m);
	}
}

/* Entries that everybody has read; those of this epoch stay, so that the same
 * proposal is noticed when an external sender makes it twice. */
static void
forget_log(struct walk *w)
{
	uint64_t now = cs_mls_group_epoch(walk_anybody(w, NULL)->m.group);
	size_t keep = w->n_log, n;

	for (size_t i = 0; i < MAX_WALKERS; i++)
		if (w->v[i] != NULL && w->v[i]->in && w->v[i]->next < keep)
			keep = w->v[i]->next;
	while (keep > w->first && w->log[keep - 1 - w->first].epoch == now)
		keep--;
	n = keep - w->first;
	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		cs_buf_free(&w->log[i].message);
	memmove(w->log, w->log + n, (w->n_log - keep) * sizeof *w->log);
	w->first = keep;
}

void
walk_live(struct walk *w)
{
	for (size_t i = 0; i < MAX_WALKERS; i++) {
		struct walker *m = w->v[i];

		if (m == NULL || !m->in)
			continue;
		if (!m->asleep && walk_count_awake(w) > 3)
			m->asleep = walk_once_in(w, 60);
		else if (m->asleep && walk_once_in(w, 12))
			wake(w, m);
	}
	for (size_t i = 0; i < MAX_WALKERS && walk_count_awake(w) < 3; i++)
		if (w->v[i] != NULL && w->v[i]->asleep)
			wake(w, w->v[i]);
	if (walk_once_in(w, 4))
		reload(w, walk_anybody(w, NULL));
	if (!w->hub_lost && walk_once_in(w, 8))
		reload_hub(w);
	if (walk_once_in(w, 50))
		w->target =
		    walk_once_in(w, 3) ? MAX_MEMBERS : 2 + walk_below(w, 20);
	forget_log(w);
}
