/* SPDX-License-Identifier: MIT */
/*
 * A group lives for a while: its members do what they may in any order, sleep,
 * restart, lose races and get letters late; a public group looks on.  After
 * each step all who are awake agree, and a message with one byte changed was
 * refused without a trace.
 *
 * $COUNTERSIGN_SEED repeats a walk, $COUNTERSIGN_STEPS makes it longer, and
 * $COUNTERSIGN_SUITE walks in one suite only.
 */
#include <inttypes.h>

#include "base/alloc.h"
#include "crypto/init.h"
#include "unit/mls/random_walk/walk.h"

/* ---- agreement -------------------------------------------------------------
 */

static void
hub_follows(struct walk *w, const struct walker *m)
{
	struct cs_mls_options opt = world_options();
	struct cs_buf info = { 0 }, theirs = { 0 }, ours = { 0 };

	if (w->hub_lost && cs_mls_group_proposals(m->m.group) != 0)
		return; /* those it could not know */
	assert_ok(cs_mls_group_info(m->m.group, &info, CS_MLS_WITH_TREE));
	if (w->hub_lost) {
		cs_mls_public_group_free(w->hub);
		assert_ok(cs_mls_public_group_new(
		    &w->hub, cs_buf_view(&info), cs_view(NULL, 0), &opt));
		w->hub_lost = false;
	}
	assert_int_equal(
	    cs_mls_public_group_epoch(w->hub), cs_mls_group_epoch(m->m.group));
	assert_ok(cs_mls_public_group_check_info(w->hub, cs_buf_view(&info)));
	assert_ok(cs_mls_public_group_tree(w->hub, &ours));
	assert_ok(cs_mls_group_tree(m->m.group, &theirs));
	assert_view_equal(cs_buf_view(&ours), cs_buf_view(&theirs));
	cs_buf_free(&info);
	cs_buf_free(&ours);
	cs_buf_free(&theirs);
}

static void
agree(struct walk *w)
{
	const struct walker *m = walk_anybody(w, NULL);

	assert_non_null(m);
	if (cs_mls_group_members(m->m.group) > w->largest)
		w->largest = cs_mls_group_members(m->m.group);
	for (size_t i = 0; i < MAX_WALKERS; i++)
		if (walk_awake(w->v[i])) {
			assert_true(world_agree(&m->m, &w->v[i]->m));
			assert_int_equal(
			    cs_mls_group_proposals(w->v[i]->m.group),
			    cs_mls_group_proposals(m->m.group));
		}
	hub_follows(w, m);
}

static void
step(struct walk *w)
{
	size_t what = walk_below(w, 20);

	walk_live(w);
	if (what < 6 && walk_anybody(w, NULL)->letters < 10)
		walk_send_mail(w);
	else if (what < 12)
		walk_propose(w);
	else if (what < 18)
		walk_commit(w);
	else
		walk_external_commit(w);
	agree(w);
}

/* ---- the walk --------------------------------------------------------------
 */

static uint64_t
setting(const char *name, uint64_t otherwise)
{
	const char *s = getenv(name);

	return s == NULL ? otherwise : strtoull(s, NULL, 0);
}

static void
begin(struct walk *w, uint64_t seed)
{
	struct walker *founder;
	struct cs_buf info = { 0 };
	struct cs_mls_options opt = world_options();
	struct walk_context c;

	memset(w, 0, sizeof *w);
	w->stream = seed * 0x9e3779b97f4a7c15ULL + 1;
	w->target = 6;
	cs_test_fixed_random(seed);
	assert_ok(cs_signer_new(&w->external, cs_suite_find(world_suite)->sig));
	walk_make_context(&c, w);
	founder = walk_newcomer(w);
	assert_ok(world_found(&founder->m, c.list));
	founder->in = true;
	assert_ok(cs_mls_group_info(founder->m.group, &info, CS_MLS_WITH_TREE));
	assert_ok(cs_mls_public_group_new(
	    &w->hub, cs_buf_view(&info), cs_view(NULL, 0), &opt));
	cs_buf_free(&info);
	cs_buf_free(&c.senders);
	/* With nobody else there is little to do. */
	while (walk_count_awake(w) < 2)
		walk_commit(w);
}

static void
end(struct walk *w)
{
	for (size_t i = 0; i < MAX_WALKERS; i++)
		if (w->v[i] != NULL)
			walk_drop(w, w->v[i]);
	walk_new_epoch(w);
	for (size_t i = 0; i < w->n_log - w->first; i++)
		cs_buf_free(&w->log[i].message);
	cs_free_plain(w->log);
	cs_mls_public_group_free(w->hub);
	cs_signer_free(w->external);
	cs_test_real_random();
}

static void
walk(uint16_t suite, uint64_t seed, uint64_t steps)
{
	struct walk w;

	world_suite = suite;
	begin(&w, seed);
	for (uint64_t i = 0; i < steps; i++) {
		if (getenv("COUNTERSIGN_STEPS") != NULL && i % 1000 == 0)
			print_message(
			    "# suite %u, step %" PRIu64 "\n", suite, i);
		step(&w);
	}
	print_message("# suite %u, seed %" PRIu64 ", %" PRIu64
		      " steps: %lu mails, %lu proposals, %lu commits, %lu lost,"
		      " %lu external, %lu welcomed, %lu removed, %lu restarts,"
		      " %lu changed bytes, up to %zu members\n",
	    suite, seed, steps, w.mails, w.proposals, w.commits, w.lost,
	    w.externals, w.joins, w.removed, w.reloads, w.changed, w.largest);
	end(&w);
	world_suite = 1;
}

static void
test_walk(void **state)
{
	uint64_t only = setting("COUNTERSIGN_SUITE", 0), seed;
	uint64_t steps = setting("COUNTERSIGN_STEPS", 2000);
	const struct cs_suite *suite;

	(void)state;
	cs_random((uint8_t *)&seed, sizeof seed);
	seed = setting("COUNTERSIGN_SEED", seed);
	/* Said before it starts, for when it does not end. */
	print_message("# COUNTERSIGN_SEED=%" PRIu64 "\n", seed);
	/* The slower suites go a sixteenth of the way. */
	for (size_t i = 0; (suite = cs_suite_at(i)) != NULL; i++)
		if (only == 0 || only == suite->id)
			walk(suite->id, only != 0 ? seed : seed + i,
			    i == 0 || only != 0 ? steps : steps / 16);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
