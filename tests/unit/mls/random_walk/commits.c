/* SPDX-License-Identifier: MIT */
/* Commits, joins by Welcome, and external joins. */
#include "unit/mls/random_walk/walk.h"

#include "base/alloc.h"

/* A commit while it is on its way. */
struct attempt {
	struct walker *by;
	struct cs_mls_staged *staged;
	struct cs_mls_commit_options opt;
	struct cs_buf commit, welcome;
	struct cs_view add[MAX_NEWS];
	uint32_t remove;
	struct cs_mls_psk_id psk;
	struct walk_context context;
	struct cs_mls_identity identity;
	struct cs_signer *signer;
};

static void
attempt_clear(struct attempt *a)
{
	cs_mls_staged_free(a->staged);
	cs_signer_free(a->signer);
	cs_buf_free(&a->commit);
	cs_buf_free(&a->welcome);
	cs_buf_free(&a->context.senders);
}

static void
choose(struct walk *w, struct attempt *a)
{
	const struct cs_mls_group *g = a->by->m.group;
	struct walker *new;

	a->opt.add = a->add;
	while (walk_room_for_more(w, g) && a->opt.n_add < MAX_NEWS &&
	    !walk_once_in(w, 3) && (new = walk_newcomer(w)) != NULL) {
		new->proposed = true;
		a->add[a->opt.n_add++] = cs_buf_view(&new->m.key_package);
	}
	w->adds = w->adds || a->opt.n_add != 0;
	if (cs_mls_group_members(g) >= 4 &&
	    walk_once_in(w, cs_mls_group_members(g) > w->target ? 2 : 6)) {
		a->remove = walk_other_leaf(w, a->by);
		a->opt.remove = &a->remove;
		a->opt.n_remove = 1;
	}
	if (walk_once_in(w, 6)) {
		a->psk = walk_some_psk(w, g);
		a->opt.psk = &a->psk;
		a->opt.n_psk = 1;
	}
	if (walk_once_in(w, 8)) {
		walk_make_context(&a->context, w);
		a->opt.context_exts = &a->context.list;
	}
	if (walk_once_in(w, 8)) {
		assert_ok(
		    cs_signer_new(&a->signer, cs_suite_find(world_suite)->sig));
		a->identity = a->by->m.id;
		a->identity.signer = a->signer;
		a->opt.new_identity = &a->identity;
	}
	a->opt.force_path = walk_once_in(w, 2);
	a->opt.without_tree = walk_once_in(w, 3);
}

static void
attempt(struct walk *w, struct attempt *a, struct walker *by)
{
	memset(a, 0, sizeof *a);
	a->by = by;
	choose(w, a);
	assert_ok(cs_mls_commit_new(
	    &a->staged, &a->commit, &a->welcome, by->m.group, &a->opt));
}

void
walk_new_epoch(struct walk *w)
{
	w->private_proposals = w->resumption = w->adds = false;
	while (w->n_leaving != 0)
		cs_buf_free(&w->leaving[--w->n_leaving]);
	for (size_t i = 0; i < MAX_WALKERS; i++)
		if (w->v[i] != NULL && w->v[i]->proposed)
			walk_drop(w, w->v[i]);
}

static struct walker *
find_walker(struct walk *w, struct cs_view name)
{
	for (size_t i = 0; i < MAX_WALKERS; i++)
		if (w->v[i] != NULL &&
		    cs_view_equal(cs_view_str(w->v[i]->m.name), name))
			return w->v[i];
	fail_msg("nobody has this name");
	return NULL;
}

static void
join(struct walk *w, struct walker *m, struct cs_view welcome,
    struct cs_view tree)
{
	struct cs_mls_options opt = walk_options(w);
	struct cs_mls_join_options with = { .ratchet_tree = tree };

	assert_ok(cs_mls_welcome_join(&m->m.group, welcome,
	    cs_buf_view(&m->m.secrets), &m->m.id, &opt, &with));
	m->in = true;
	m->proposed = false;
	m->next = w->n_log;
	m->joined = cs_mls_group_epoch(m->m.group);
	w->joins++;
}

/* One byte of a Welcome for one is changed. */
static void
refuse_welcome(struct walk *w, const struct walker *m,
    const struct cs_buf *welcome, struct cs_view tree)
{
	struct cs_mls_options opt = walk_options(w);
	struct cs_mls_join_options with = { .ratchet_tree = tree };
	struct cs_buf bad = { 0 };
	struct cs_mls_group *g;

	assert_ok(cs_buf_set(&bad, cs_buf_view(welcome)));
	bad.data[walk_below(w, bad.len)] ^= (uint8_t)(1 + walk_below(w, 255));
	assert_int_equal(
	    cs_err_class(cs_mls_welcome_join(&g, cs_buf_view(&bad),
		cs_buf_view(&m->m.secrets), &m->m.id, &opt, &with)),
	    CS_ERR_CLASS_THEIRS);
	assert_null(g);
	cs_buf_free(&bad);
	w->changed++;
}

/* Who is welcomed, in two lots if there is more than one. */
struct arrivals {
	struct cs_buf parts[2];
	char name[2 * MAX_WALKERS][16];
	size_t n, half;
};

static void
note_arrivals(struct arrivals *out, struct walk *w, const struct attempt *a)
{
	struct cs_mls_member who;

	memset(out, 0, sizeof *out);
	for (; cs_mls_staged_added_member(a->staged, out->n, &who); out->n++)
		snprintf(out->name[out->n], sizeof out->name[0], "%.*s",
		    (int)who.credential.len, (const char *)who.credential.data);
	assert_true((out->n != 0) == (a->welcome.len != 0));
	if (out->n == 0)
		return;
	if (out->n == 1 || walk_once_in(w, 2)) {
		out->half = out->n;
		assert_ok(cs_buf_set(&out->parts[0], cs_buf_view(&a->welcome)));
		return;
	}
	out->half = 1 + walk_below(w, out->n - 1);
	assert_ok(
	    cs_mls_staged_welcome(&out->parts[0], a->staged, 0, out->half));
	assert_ok(cs_mls_staged_welcome(
	    &out->parts[1], a->staged, out->half, out->n - out->half));
}

static void
arrive(struct walk *w, struct arrivals *in, const struct attempt *a)
{
	struct cs_buf tree = { 0 };

	if (a->opt.without_tree)
		assert_ok(cs_mls_group_tree(a->by->m.group, &tree));
	for (size_t i = 0; i < in->n; i++) {
		struct walker *m = find_walker(w, cs_view_str(in->name[i]));
		const struct cs_buf *part = &in->parts[i >= in->half];

		if (in->n == 1)
			refuse_welcome(w, m, part, cs_buf_view(&tree));
		join(w, m, cs_buf_view(part), cs_buf_view(&tree));
	}
	cs_buf_free(&in->parts[0]);
	cs_buf_free(&in->parts[1]);
	cs_buf_free(&tree);
}

/* Its commit outlives a restart. */
static void
keep_staged(struct attempt *a)
{
	struct cs_buf saved = { 0 }, again = { 0 };

	assert_ok(cs_mls_staged_save(a->staged, &saved));
	cs_mls_staged_free(a->staged);
	a->staged = NULL;
	assert_ok(cs_mls_staged_load(
	    &a->staged, a->by->m.group, cs_buf_view(&saved)));
	assert_ok(cs_mls_staged_save(a->staged, &again));
	assert_view_equal(cs_buf_view(&saved), cs_buf_view(&again));
	cs_buf_free(&saved);
	cs_buf_free(&again);
}

void
walk_commit(struct walk *w)
{
	struct walker *by = walk_actor(w), *rival = walk_anybody(w, by);
	uint64_t epoch = cs_mls_group_epoch(by->m.group);
	struct arrivals arrivals;
	struct attempt a, other;

	if (rival != NULL && walk_once_in(w, 4)) {
		attempt(w, &other, rival);
		walk_refuse_changed(w, &other.commit, rival->number);
		attempt_clear(&other);
		w->lost++;
	}
	attempt(w, &a, by);
	note_arrivals(&arrivals, w, &a);
	if (walk_once_in(w, 3))
		keep_staged(&a);
	by->own = a.staged;
	by->new_signer = a.signer;
	a.signer = NULL;
	a.staged = NULL;
	walk_post(w, COMMIT, by->number, epoch, &a.commit, by->own);
	walk_everybody_reads(w);
	arrive(w, &arrivals, &a);
	attempt_clear(&a);
	walk_new_epoch(w);
	w->commits++;
}

/* A GroupInfo with a byte changed lets nobody in. */
static void
refuse_info(struct walk *w, const struct cs_buf *info,
    const struct cs_mls_identity *id, const struct cs_mls_external_options *ext)
{
	struct cs_mls_options opt = walk_options(w);
	struct cs_buf bad = { 0 }, none = { 0 };
	struct cs_mls_group *g;

	assert_ok(cs_buf_set(&bad, cs_buf_view(info)));
	bad.data[walk_below(w, bad.len)] ^= (uint8_t)(1 + walk_below(w, 255));
	assert_int_equal(cs_err_class(cs_mls_external_commit(
			     &g, &none, cs_buf_view(&bad), id, &opt, ext)),
	    CS_ERR_CLASS_THEIRS);
	assert_null(g);
	assert_int_equal(none.len, 0);
	cs_buf_free(&bad);
	w->changed++;
}

void
walk_external_commit(struct walk *w)
{
	struct cs_mls_options opt = walk_options(w);
	struct walker *witness = walk_actor(w);
	struct cs_mls_external_options ext = {
		.resync = walk_once_in(w, 2),
	};
	const struct cs_mls_psk_id psk = { .type = CS_MLS_PSK_EXTERNAL,
		.id = cs_view_str("one") };
	struct walker *m = ext.resync ? walk_anybody(w, witness)
	    : cs_mls_group_members(witness->m.group) < w->target
	    ? walk_newcomer(w)
	    : NULL;
	uint64_t epoch = cs_mls_group_epoch(witness->m.group);
	struct cs_buf info = { 0 }, tree = { 0 }, message = { 0 };
	struct cs_view leaving[MAX_NEWS];
	struct cs_mls_group *g;

	if (m == NULL)
		return;
	if (walk_once_in(w, 2))
		assert_ok(cs_mls_group_tree(witness->m.group, &tree));
	assert_ok(cs_mls_group_info(witness->m.group, &info, tree.len == 0));
	ext.ratchet_tree = cs_buf_view(&tree);
	if (walk_once_in(w, 3)) {
		ext.psk = &psk;
		ext.n_psk = 1;
	}
	if (!ext.resync) {
		ext.n_proposals = w->n_leaving;
		ext.proposals = leaving;
		for (size_t i = 0; i < ext.n_proposals; i++)
			leaving[i] = cs_buf_view(&w->leaving[i]);
	}
	refuse_info(w, &info, &m->m.id, &ext);
	assert_ok(cs_mls_external_commit(
	    &g, &message, cs_buf_view(&info), &m->m.id, &opt, &ext));
	cs_mls_group_free(m->m.group);
	m->m.group = g;
	walk_forget_late(m);
	m->in = false; /* does not read its own commit */
	walk_post(w, COMMIT, m->number, epoch, &message, NULL);
	walk_everybody_reads(w);
	m->in = true;
	m->proposed = false;
	m->letters = 0;
	m->next = w->n_log;
	m->joined = epoch + 1;
	walk_new_epoch(w);
	cs_buf_free(&info);
	cs_buf_free(&tree);
	w->externals++;
}
