/* SPDX-License-Identifier: MIT */
/* A refused allocation, at every place, is an error and no leak. */

#include "base/alloc.h"
#include "crypto/init.h"
#include "mls/group.h"
#include "support/mls_world.h"

static const struct cs_mls_extensions no_exts;

/* Two members, and messages between them that wait. */
struct scene {
	struct world_member m[2], guest;
	struct cs_buf data, proposal, commit, welcome, saved, staged, info;
};

static void
set_up(struct scene *s)
{
	struct cs_mls_commit_options opt = { .n_add = 1 };
	struct cs_mls_staged *staged = NULL;
	struct cs_view kp;

	memset(s, 0, sizeof *s);
	assert_ok(world_group(s->m, 2, no_exts));
	assert_ok(world_member_init(&s->guest, 5));
	kp = cs_buf_view(&s->guest.key_package);
	opt.add = &kp;
	opt.force_path = true;
	assert_ok(cs_mls_protect(
	    &s->data, s->m[0].group, cs_view(NULL, 0), cs_view_str("data")));
	assert_ok(cs_mls_commit_new(
	    &staged, &s->commit, &s->welcome, s->m[0].group, &opt));
	assert_ok(cs_mls_staged_save(staged, &s->staged));
	cs_mls_staged_free(staged);
	assert_ok(cs_mls_group_info(s->m[0].group, &s->info, CS_MLS_WITH_TREE));
	assert_ok(cs_mls_propose_update(&s->proposal, s->m[0].group));
	assert_ok(world_save(s->m[1].group, &s->saved));
}

static void
tear_down(struct scene *s)
{
	world_member_clear(&s->m[0]);
	world_member_clear(&s->m[1]);
	world_member_clear(&s->guest);
	cs_buf_free(&s->data);
	cs_buf_free(&s->proposal);
	cs_buf_free(&s->commit);
	cs_buf_free(&s->welcome);
	cs_buf_free(&s->saved);
	cs_buf_free(&s->staged);
	cs_buf_free(&s->info);
}

static enum cs_err
try_key_package(void *arg)
{
	struct world_member m;
	struct cs_mls_key_package_info info;
	enum cs_err err = world_member_init(&m, 1);

	(void)arg;
	if (err == CS_OK)
		err = cs_mls_key_package_check(
		    &info, cs_buf_view(&m.key_package), WORLD_NOW);
	world_member_clear(&m);
	return err;
}

static enum cs_err
try_group_new(void *arg)
{
	struct scene *s = arg;
	enum cs_err err = world_found(&s->guest, no_exts);

	cs_mls_group_free(s->guest.group);
	s->guest.group = NULL;
	return err;
}

static enum cs_err
try_commit(void *arg)
{
	struct scene *s = arg;
	struct cs_view kp = cs_buf_view(&s->guest.key_package);
	struct cs_mls_commit_options opt = {
		.add = &kp,
		.n_add = 1,
		.force_path = true,
	};
	struct cs_buf commit = { 0 }, welcome = { 0 };
	struct cs_mls_staged *staged = NULL;
	enum cs_err err =
	    cs_mls_commit_new(&staged, &commit, &welcome, s->m[1].group, &opt);

	if (err != CS_OK && (commit.len != 0 || welcome.len != 0))
		err = CS_ERR_MISUSE;
	cs_mls_staged_free(staged);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	return err;
}

static enum cs_err
try_join(void *arg)
{
	struct scene *s = arg;
	enum cs_err err = world_join(&s->guest, &s->welcome);

	cs_mls_group_free(s->guest.group);
	s->guest.group = NULL;
	return err;
}

static enum cs_err
try_protect(void *arg)
{
	struct scene *s = arg;
	struct cs_buf out = { 0 };
	enum cs_err err = cs_mls_protect(
	    &out, s->m[1].group, cs_view_str("aad"), cs_view_str("text"));

	cs_buf_free(&out);
	return err;
}

/* Process ${message} and forget it; the group stays as it was on failure. */
static enum cs_err
process(struct scene *s, const struct cs_buf *message)
{
	struct cs_mls_received got;
	struct cs_buf now = { 0 };
	enum cs_err err =
	    cs_mls_process(&got, s->m[1].group, cs_buf_view(message));

	if (err == CS_ERR_NOMEM) {
		cs_alloc_fail_after(-1);
		assert_ok(world_save(s->m[1].group, &now));
		assert_view_equal(cs_buf_view(&now), cs_buf_view(&s->saved));
		cs_buf_free(&now);
		cs_alloc_fail_after(0);
		/* The count of refusals is at zero again: refuse one. */
		assert_null(cs_calloc(1, 1));
	}
	cs_mls_received_clear(&got);
	return err;
}

static enum cs_err
try_commit_received(void *arg)
{
	struct scene *s = arg;

	return process(s, &s->commit);
}

static enum cs_err
try_data(void *arg)
{
	struct scene *s = arg;

	return process(s, &s->data);
}

static enum cs_err
try_proposal(void *arg)
{
	struct scene *s = arg;

	return process(s, &s->proposal);
}

static enum cs_err
try_save(void *arg)
{
	struct scene *s = arg;
	struct cs_mls_options opt = world_options();
	struct cs_mls_group *g = NULL;
	struct cs_buf out = { 0 };
	enum cs_err err = world_save(s->m[1].group, &out);

	if (err == CS_OK)
		err = world_load(&g, cs_buf_view(&s->saved), &opt);
	cs_mls_group_free(g);
	cs_buf_free(&out);
	return err;
}

static enum cs_err
try_staged(void *arg)
{
	struct scene *s = arg;
	struct cs_mls_staged *staged = NULL;
	struct cs_buf out = { 0 };
	enum cs_err err =
	    cs_mls_staged_load(&staged, s->m[1].group, cs_buf_view(&s->staged));

	if (err == CS_OK)
		err = cs_mls_staged_save(staged, &out);
	cs_mls_staged_free(staged);
	cs_buf_free(&out);
	return err;
}

/* A merge that fails leaves the group whole; the last one moves it on. */
static enum cs_err
try_merge(void *arg)
{
	struct scene *s = arg;
	struct cs_mls_received got;
	enum cs_err err =
	    cs_mls_process(&got, s->m[1].group, cs_buf_view(&s->commit));

	if (err == CS_OK)
		err = cs_mls_group_merge(s->m[1].group, got.staged);
	got.staged = NULL;
	cs_mls_received_clear(&got);
	return err;
}

static enum cs_err
try_public_group(void *arg)
{
	struct scene *s = arg;
	struct cs_mls_options opt = world_options();
	struct cs_mls_public_group *g = NULL, *again = NULL;
	struct cs_mls_public_outcome o = { 0 };
	struct cs_buf out = { 0 };
	enum cs_err err;

	if ((err = cs_mls_public_group_new(
		 &g, cs_buf_view(&s->info), cs_view(NULL, 0), &opt)) ||
	    (err = cs_mls_public_process(&o, g, cs_buf_view(&s->commit))) ||
	    (err = cs_mls_public_group_save(g, &out)) ||
	    (err = cs_mls_public_group_load(&again, cs_buf_view(&out), &opt)))
		goto out;
out:
	cs_mls_public_outcome_clear(&o);
	cs_mls_public_group_free(g);
	cs_mls_public_group_free(again);
	cs_buf_free(&out);
	return err;
}

static void
test_all(void **state)
{
	struct scene s;

	(void)state;
	set_up(&s);
	cs_test_allocations(try_key_package, &s);
	cs_test_allocations(try_group_new, &s);
	cs_test_allocations(try_commit, &s);
	cs_test_allocations(try_join, &s);
	cs_test_allocations(try_protect, &s);
	cs_test_allocations(try_save, &s);
	cs_test_allocations(try_staged, &s);
	cs_test_allocations(try_public_group, &s);
	cs_buf_reset(&s.saved);
	assert_ok(world_save(s.m[1].group, &s.saved));
	cs_test_allocations(try_commit_received, &s);
	cs_test_allocations(try_data, &s);
	cs_buf_reset(&s.saved);
	assert_ok(world_save(s.m[1].group, &s.saved));
	cs_test_allocations(try_proposal, &s);
	cs_test_allocations(try_merge, &s);
	assert_int_equal(cs_mls_group_epoch(s.m[1].group), 2);
	tear_down(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_all) };

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
