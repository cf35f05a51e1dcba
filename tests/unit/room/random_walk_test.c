/* SPDX-License-Identifier: MIT */
/*
 * Whatever the hub takes, every honest member takes.  Honest programs and lying
 * ones, with homes of their own, meet at the handlers of a hub; the operator
 * disables accounts and lets them in again.  After each step every honest
 * device reads on by the code that the program runs, and is then where the hub
 * is.  What only members can see to be wrong, a tag under a key that the hub
 * lacks, may make a device lose its way: then it has come back by itself, or
 * its user brings it back.
 *
 * $COUNTERSIGN_SEED repeats a walk, $COUNTERSIGN_STEPS makes it longer.
 */
#include <inttypes.h>

#include "client/groups/enter.h"
#include "client/home/group.h"
#include "client/home/joining.h"
#include "crypto/init.h"
#include "room/policy.h"
#include "unit/room/random_walk/walk.h"

#define ROUNDS 12
/* A world grows old: rooms and what was said in them stay. */
#define WORLD_STEPS 400

static void
read_on(struct walk *w)
{
	walk_hub_works(w);
	for (size_t i = 0; i < w->n; i++) {
		struct walker *m = &w->v[i];
		enum cs_err err;

		if (!walk_is_welcome(w, m))
			continue;
		err = cs_client_connect(m->c);
		/* A liar stumbles over its own lies. */
		if (!m->lies)
			assert_ok(err);
		walk_hub_works(w);
	}
}

/* Did the hub take something in this epoch that it could not verify? */
static bool
is_suspect(const struct walk *w, struct cs_view group, uint64_t epoch)
{
	size_t n = w->n_suspects < MAX_SUSPECTS ? w->n_suspects : MAX_SUSPECTS;

	for (size_t i = 0; i < n; i++)
		if (w->suspects[i].epoch == epoch &&
		    cs_view_equal(group,
			cs_view(
			    w->suspects[i].group, w->suspects[i].group_len)))
			return true;
	return false;
}

/* What became of the device ${m} in a group that the hub counts it in. */
enum where { HERE, BEHIND, LOST, NOT_IN };

/* Roles are of those who are there. */
static void
check_roles(const struct client_group *g)
{
	const struct cs_mls_public *view = cs_mls_group_view(g->mls);
	struct cs_room_policy policy;

	assert_ok(cs_room_policy_of(&policy, view));
	assert_true(cs_room_policy_fits(&policy, view));
}

static enum where
find(struct walker *m, struct cs_view id, uint64_t epoch)
{
	struct client_group g;
	enum cs_err err = client_group_load(&g, m->c, id);
	enum where where = HERE;

	if (err == CS_ERR_NOT_FOUND)
		where = NOT_IN;
	else if (assert_ok(err), g.state == CS_CLIENT_LEFT)
		where = NOT_IN;
	else if (g.lost)
		where = LOST;
	else if (cs_mls_group_epoch(g.mls) != epoch)
		where = BEHIND;
	if (where == HERE)
		check_roles(&g);
	client_group_clear(&g);
	return where;
}

/* As its user would. */
static void
bring_back(struct walk *w, struct walker *m, struct cs_view id)
{
	struct client_group g;

	assert_ok(client_group_load(&g, m->c, id));
	assert_ok(client_joining_add(m->c, &g));
	client_group_clear(&g);
	assert_ok(client_group_enter(m->c, id, CLIENT_ANY_COMPANY));
	w->by_hand++;
}

/* Is every honest device where the hub is?  ${last}: it has to be. */
static bool
agree(struct walk *w, bool last)
{
	bool all = true;

	for (size_t i = 0; i < w->n; i++) {
		struct walker *m = &w->v[i];
		struct cs_buf ids = { 0 };
		struct cs_writer out = cs_writer(&ids);
		struct cs_rows rows;
		struct cs_reader r;
		enum cs_err err;

		if (m->lies || !walk_is_welcome(w, m))
			continue;
		err = cs_db_query(&rows, w->w.hub->db,
		    "SELECT grp,epoch FROM member JOIN grp ON grp.id=grp"
		    " WHERE device=? AND until_seq IS NULL",
		    cs_blob(CS_VIEW_OF(m->keys.device)));
		while (err == CS_OK && cs_rows_next(&rows)) {
			cs_write_vec(&out, cs_col_blob(&rows, 0));
			cs_write_u64(&out, cs_col_int(&rows, 1));
		}
		assert_ok(cs_rows_end(&rows, err));
		r = cs_reader(cs_buf_view(&ids));
		while (cs_reader_more(&r)) {
			struct cs_view id = cs_read_vec(&r);
			uint64_t epoch = cs_read_u64(&r);

			switch (find(m, id, epoch)) {
			case HERE:
				break;
			case NOT_IN:
				w->unjoined += last;
				break;
			case LOST:
				bring_back(w, m, id);
				all = false;
				break;
			case BEHIND:
				all = false;
				if (last)
					fail_msg("%s is behind", m->handle);
			}
		}
		cs_buf_free(&ids);
	}
	return all;
}

static void
count_returns(struct walk *w)
{
	for (size_t i = 0; i < w->n; i++) {
		struct walker *m = &w->v[i];

		if (m->c->entered.len == m->entered)
			continue;
		w->returns++;
		m->entered = m->c->entered.len;
	}
}

static enum cs_err
show(void *arg, const struct cs_client_message *m)
{
	(void)arg;
	if (m->kind == CS_CLIENT_EVENT || m->kind == CS_CLIENT_REFUSED)
		print_message("# %s: %.*s%s\n", m->conversation,
		    (int)m->text.len, (const char *)m->text.data, m->reason);
	return CS_OK;
}

/* Nobody honest has been thrown off, unless by what no hub can see. */
static void
check_lost(struct walk *w)
{
	for (size_t i = 0; i < w->n; i++) {
		struct walker *m = &w->v[i];
		struct cs_buf ids = { 0 };
		struct cs_reader r;

		if (m->lies)
			continue;
		assert_ok(client_group_list(&ids, m->c));
		r = cs_reader(cs_buf_view(&ids));
		while (cs_reader_more(&r)) {
			struct cs_view id = cs_read_vec(&r);
			struct client_group g;

			assert_ok(client_group_load(&g, m->c, id));
			if (g.lost &&
			    !is_suspect(w, id, cs_mls_group_epoch(g.mls))) {
				assert_ok(cs_client_messages(
				    m->c, CS_CLIENT_ALL, show, NULL));
				fail_msg(
				    "%s could not follow in epoch %" PRIu64,
				    m->handle, cs_mls_group_epoch(g.mls));
			}
			client_group_clear(&g);
		}
		cs_buf_free(&ids);
	}
}

static void
step(struct walk *w)
{
	if (walk_once_in(w, 2))
		walk_lie(w);
	else
		walk_deed(w);
	for (unsigned i = 0; i < ROUNDS; i++) {
		read_on(w);
		check_lost(w);
		if (agree(w, i + 1 == ROUNDS))
			break;
	}
	count_returns(w);
}

static uint64_t
setting(const char *name, uint64_t otherwise)
{
	const char *s = getenv(name);

	return s == NULL ? otherwise : strtoull(s, NULL, 0);
}

/* What several worlds came to. */
static struct {
	unsigned long deeds, lies, taken, garbled, returns, by_hand;
	unsigned rooms;
} sum;

static void
walk(uint64_t seed, uint64_t steps)
{
	static struct walk w;

	walk_begin(&w, seed);
	for (uint64_t i = 0; i < steps; i++)
		step(&w);
	sum.deeds += w.deeds;
	sum.lies += w.lies;
	sum.taken += w.taken;
	sum.garbled += w.garbled;
	sum.returns += w.returns;
	sum.by_hand += w.by_hand;
	sum.rooms += w.groups;
	walk_end(&w);
}

static void
test_walk(void **state)
{
	uint64_t steps = setting("COUNTERSIGN_STEPS", 800), seed, first;

	(void)state;
	cs_random((uint8_t *)&seed, sizeof seed);
	first = seed = setting("COUNTERSIGN_SEED", seed);
	for (uint64_t done = 0; done < steps; done += WORLD_STEPS, seed++) {
		/* Said before it starts, for when it does not end. */
		print_message("# COUNTERSIGN_SEED=%" PRIu64 ", step %" PRIu64
			      "\n",
		    seed, done);
		walk(seed,
		    steps - done < WORLD_STEPS ? steps - done : WORLD_STEPS);
	}
	print_message("# seeds %" PRIu64 " and on, %" PRIu64
		      " steps: %lu deeds, %lu lies, of which the hub took %lu,"
		      " %lu of them garbled; %lu devices came back, %lu by"
		      " hand; %u rooms\n",
	    first, steps, sum.deeds, sum.lies, sum.taken, sum.garbled,
	    sum.returns, sum.by_hand, sum.rooms);
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
