/* SPDX-License-Identifier: MIT */
#include "programs/bench/crew.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "mls/group.h"
#include "programs/bench/mls.h"
#include "programs/bench/util.h"

#define NOW 1700000000u

static enum cs_err
trust(void *arg, const struct cs_mls_auth_request *request)
{
	(void)arg;
	(void)request;
	return CS_OK;
}

struct cs_mls_options
bench_crew_options(void)
{
	struct cs_mls_options o = cs_mls_options_default();

	o.auth.check = trust;
	o.now_s = NOW;
	/* Only one epoch and the next are measured. */
	o.past_epochs = 0;
	o.past_psks = 0;
	o.padding = 0;
	return o;
}

static struct cs_mls_identity
identity(struct cs_signer *signer)
{
	return (struct cs_mls_identity){
		.credential = cs_view_str("a member"),
		.signer = signer,
		.not_before_s = NOW - 3600,
		.not_after_s = NOW + 86400,
	};
}

void
bench_crew_init(struct bench_crew *c, const struct cs_suite *suite, uint32_t n)
{
	struct cs_mls_options opt = bench_crew_options();
	const struct cs_mls_extensions none = { NULL, 0 };

	*c = (struct bench_crew){ .suite = suite, .n = n };
	c->key_packages = cs_calloc(n, sizeof *c->key_packages);
	c->secrets = cs_calloc(n, sizeof *c->secrets);
	c->signers = cs_calloc(n, sizeof(struct cs_signer *));
	if (c->key_packages == NULL || c->secrets == NULL || c->signers == NULL)
		bench_must(CS_ERR_NOMEM, "members");
	for (uint32_t i = 0; i < n; i++) {
		struct cs_mls_identity id;

		bench_must(cs_signer_new(&c->signers[i], suite->sig), "key");
		id = identity(c->signers[i]);
		if (i != 0)
			bench_must(cs_mls_key_package_new(&c->key_packages[i],
				       &c->secrets[i], NULL, suite->id, &id,
				       CS_MLS_SINGLE_USE),
			    "key package");
	}
	c->live[0].id = identity(c->signers[0]);
	c->n_live = 1;
	bench_must(cs_mls_group_new(&c->live[0].group, suite->id,
		       cs_view_str("bench group"), &c->live[0].id, none, &opt),
	    "group");
}

static void
join(struct bench_crew *c, uint32_t leaf)
{
	struct cs_mls_options opt = bench_crew_options();
	struct bench_live *l = &c->live[c->n_live++];

	l->leaf = leaf;
	l->id = identity(c->signers[leaf]);
	opt.pool = bench_pool();
	bench_must(cs_mls_welcome_join(&l->group, cs_buf_view(&c->welcome),
		       cs_buf_view(&c->secrets[leaf]), &l->id, &opt, NULL),
	    "joining");
	opt.pool = (struct cs_mls_pool){ NULL, NULL };
	cs_mls_group_set_options(l->group, &opt);
}

void
bench_crew_join(struct bench_crew *c)
{
	struct cs_view *add = cs_calloc(c->n, sizeof *add);
	const struct cs_mls_commit_options opt = { .add = add,
		.n_add = c->n - 1 };
	struct cs_mls_staged *staged;

	if (add == NULL)
		bench_must(CS_ERR_NOMEM, "members");
	for (uint32_t i = 1; i < c->n; i++)
		add[i - 1] = cs_buf_view(&c->key_packages[i]);
	bench_must(cs_mls_commit_new(&staged, &c->commit, &c->welcome,
		       c->live[0].group, &opt),
	    "adding");
	bench_must(cs_mls_group_merge(c->live[0].group, staged), "adding");
	cs_free_plain(add);
	for (uint32_t leaf = 1; leaf < c->n; leaf *= 2)
		join(c, leaf);
}

/* Make an empty commit of ${by}, which the other simulated members process. */
static void
crew_commit(struct bench_crew *c, struct bench_live *by)
{
	const struct cs_mls_commit_options opt = { .force_path = true };
	struct cs_buf commit = { 0 }, none = { 0 };
	struct cs_mls_staged *staged;
	struct cs_mls_received got;

	bench_must(cs_mls_commit_new(&staged, &commit, &none, by->group, &opt),
	    "committing");
	bench_must(cs_mls_group_merge(by->group, staged), "merging");
	for (size_t i = 0; i < c->n_live; i++) {
		struct bench_live *l = &c->live[i];

		if (l == by)
			continue;
		bench_must(cs_mls_process(&got, l->group, cs_buf_view(&commit)),
		    "following");
		bench_must(
		    cs_mls_group_merge(l->group, got.staged), "following");
		got.staged = NULL;
		cs_mls_received_clear(&got);
	}
	cs_buf_free(&commit);
}

void
bench_crew_warm(struct bench_crew *c)
{
	for (size_t i = c->n_live; i-- > 0;)
		crew_commit(c, &c->live[i]);
}

void
bench_crew_clear(struct bench_crew *c)
{
	for (size_t i = 0; i < c->n_live; i++)
		cs_mls_group_free(c->live[i].group);
	for (uint32_t i = 0; i < c->n; i++) {
		cs_buf_free(&c->key_packages[i]);
		cs_buf_free(&c->secrets[i]);
		cs_signer_free(c->signers[i]);
	}
	cs_free_plain(c->key_packages);
	cs_free_plain(c->secrets);
	cs_free_plain(c->signers);
	cs_buf_free(&c->commit);
	cs_buf_free(&c->welcome);
}

/* ---- a pool of two threads ---------------------------------------------- */

struct share {
	void (*work)(void *arg, size_t i);
	void *arg;
	size_t from, n;
};

static void *
work_on(void *arg)
{
	const struct share *s = arg;

	for (size_t i = s->from; i < s->n; i += 2)
		s->work(s->arg, i);
	return NULL;
}

static void
run_shared(void *pool, void (*work)(void *arg, size_t i), void *arg, size_t n)
{
	struct share s[2] = { { work, arg, 0, n }, { work, arg, 1, n } };
	pthread_t thread;

	(void)pool;
	if (pthread_create(&thread, NULL, work_on, &s[1]) != 0)
		bench_must(CS_ERR_NOMEM, "thread");
	work_on(&s[0]);
	pthread_join(thread, NULL);
}

struct cs_mls_pool
bench_pool(void)
{
	return (struct cs_mls_pool){ run_shared, NULL };
}

size_t
bench_heap(void)
{
	return mallinfo2().uordblks;
}
