/* SPDX-License-Identifier: MIT */
/* Members of groups, for tests of src/mls. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "base/reader.h"
#include "base/writer.h"
#include "countersign/mls.h"
#include "crypto/random.h"
#include "support/test.h"

#define WORLD_NOW 1700000000u

/* One client: who it is, a key package that waits, and its group. */
struct world_member {
	char name[16];
	struct cs_mls_identity id; /* its signer is the member's */
	struct cs_buf key_package;
	struct cs_buf secrets;
	struct cs_mls_hash ref;
	struct cs_mls_group *group;
};

/* The suite of this world: one for all files of a test. */
__attribute__((weak)) uint16_t world_suite = 1;

/* Accepts who is called like a member of this world. */
static inline enum cs_err
world_check(void *arg, const struct cs_mls_auth_request *rq)
{
	struct cs_view name = rq->credential->identity;

	(void)arg;
	if (rq->external_sender)
		return cs_view_equal(name, cs_view_str("hub"))
		    ? CS_OK
		    : CS_ERR_CREDENTIAL;
	if (name.len < 2 || name.data[0] != 'm')
		return CS_ERR_CREDENTIAL;
	if (rq->old != NULL && !cs_view_equal(rq->old->identity, name))
		return CS_ERR_CREDENTIAL;
	return CS_OK;
}

static inline struct cs_mls_options
world_options(void)
{
	return (struct cs_mls_options){
		.auth = { world_check, NULL },
		.now_s = WORLD_NOW,
		.max_skip = 20,
		.past_epochs = 2,
		.past_psks = 8,
		.padding = 64,
	};
}

static inline enum cs_err
world_member_init(struct world_member *m, unsigned number)
{
	enum cs_err err;

	memset(m, 0, sizeof *m);
	snprintf(m->name, sizeof m->name, "m%u", number);
	m->id = (struct cs_mls_identity){
		.credential = cs_view_str(m->name),
		.not_before_s = WORLD_NOW - 3600,
		.not_after_s = WORLD_NOW + 86400,
	};
	if ((err = cs_signer_new(
		 &m->id.signer, cs_suite_find(world_suite)->sig)))
		return err;
	return cs_mls_key_package_new(&m->key_package, &m->secrets, &m->ref,
	    world_suite, &m->id, CS_MLS_SINGLE_USE);
}

static inline void
world_member_clear(struct world_member *m)
{
	cs_buf_free(&m->key_package);
	cs_buf_free(&m->secrets);
	cs_mls_group_free(m->group);
	cs_signer_free(m->id.signer);
	memset(m, 0, sizeof *m);
}

static inline enum cs_err
world_found(struct world_member *m, struct cs_mls_extensions exts)
{
	struct cs_mls_options opt = world_options();

	return cs_mls_group_new(
	    &m->group, world_suite, cs_view_str("a group"), &m->id, exts, &opt);
}

/* ${by} commits what ${opt} says and takes it at once. */
static inline enum cs_err
world_commit(struct world_member *by, const struct cs_mls_commit_options *opt,
    struct cs_buf *commit, struct cs_buf *welcome)
{
	struct cs_mls_staged *staged = NULL;
	enum cs_err err;

	err = cs_mls_commit_new(&staged, commit, welcome, by->group, opt);
	return err == CS_OK ? cs_mls_group_merge(by->group, staged) : err;
}

/* ${m} takes a commit of somebody else. */
static inline enum cs_err
world_follow(struct world_member *m, const struct cs_buf *commit)
{
	struct cs_mls_received got;
	struct cs_mls_staged *staged;
	enum cs_err err;

	if ((err = cs_mls_process(&got, m->group, cs_buf_view(commit))))
		return err;
	staged = got.staged;
	got.staged = NULL;
	err = staged == NULL ? CS_ERR_MISUSE
			     : cs_mls_group_merge(m->group, staged);
	cs_mls_received_clear(&got);
	return err;
}

static inline enum cs_err
world_join(struct world_member *m, const struct cs_buf *welcome)
{
	struct cs_mls_options opt = world_options();

	return cs_mls_welcome_join(&m->group, cs_buf_view(welcome),
	    cs_buf_view(&m->secrets), &m->id, &opt, NULL);
}

/* Add ${who} by ${by}; the ${n} others at ${all} follow if they are in. */
static inline enum cs_err
world_add(struct world_member *by, struct world_member *who,
    struct world_member *all, size_t n)
{
	struct cs_view kp = cs_buf_view(&who->key_package);
	struct cs_mls_commit_options opt = { .add = &kp, .n_add = 1 };
	struct cs_buf commit = { 0 }, welcome = { 0 };
	enum cs_err err;

	if ((err = world_commit(by, &opt, &commit, &welcome)))
		goto out;
	for (size_t i = 0; i < n; i++)
		if (&all[i] != by && all[i].group != NULL &&
		    (err = world_follow(&all[i], &commit)))
			goto out;
	err = world_join(who, &welcome);
out:
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	return err;
}

/* ${n} members in one group, founded by the first. */
static inline enum cs_err
world_group(struct world_member *all, size_t n, struct cs_mls_extensions exts)
{
	enum cs_err err;

	for (size_t i = 0; i < n; i++)
		if ((err = world_member_init(&all[i], (unsigned)i)))
			return err;
	if ((err = world_found(&all[0], exts)))
		return err;
	for (size_t i = 1; i < n; i++)
		if ((err = world_add(&all[i - 1], &all[i], all, n)))
			return err;
	return CS_OK;
}

/* Do both see the same epoch? */
static inline bool
world_agree(const struct world_member *a, const struct world_member *b)
{
	struct cs_mls_hash x, y;

	return cs_mls_group_epoch_authenticator(a->group, &x) == CS_OK &&
	    cs_mls_group_epoch_authenticator(b->group, &y) == CS_OK &&
	    cs_view_equal(cs_mls_hash_view(&x), cs_mls_hash_view(&y));
}

/* Both halves of a group's state in one buffer, and a group out of them. */
static inline enum cs_err
world_save(struct cs_mls_group *g, struct cs_buf *out)
{
	struct cs_buf public = { 0 }, secret = { 0 };
	struct cs_writer w = cs_writer(out);
	enum cs_err err;

	if ((err = cs_mls_group_save(g, &public, &secret)) == CS_OK) {
		cs_write_vec(&w, cs_buf_view(&public));
		cs_write_vec(&w, cs_buf_view(&secret));
		err = cs_writer_end(&w);
	}
	cs_buf_free(&public);
	cs_buf_free(&secret);
	return err;
}

static inline enum cs_err
world_load(struct cs_mls_group **out, struct cs_view saved,
    const struct cs_mls_options *opt)
{
	struct cs_reader r = cs_reader(saved);
	struct cs_view public = cs_read_vec(&r), secret = cs_read_vec(&r);
	struct cs_buf copy = { 0 };
	enum cs_err err;

	*out = NULL;
	if (cs_reader_end(&r) != CS_OK)
		return CS_ERR_CORRUPT;
	if ((err = cs_buf_set(&copy, public)) == CS_OK)
		err = cs_mls_group_load(out, &copy, secret, opt);
	cs_buf_free(&copy);
	return err;
}

/* ${from} says ${text}, ${to} hears it. */
static inline enum cs_err
world_talk(struct world_member *from, struct world_member *to, const char *text)
{
	struct cs_buf m = { 0 };
	struct cs_mls_received got = { 0 };
	enum cs_err err;

	if ((err = cs_mls_protect(&m, from->group, cs_view_str("aad"),
		 cs_view_str(text))) == CS_OK &&
	    (err = cs_mls_process(&got, to->group, cs_buf_view(&m))) == CS_OK &&
	    (!cs_view_equal(cs_buf_view(&got.data), cs_view_str(text)) ||
		!cs_view_equal(
		    cs_buf_view(&got.credential), cs_view_str(from->name)) ||
		!cs_view_equal(
		    cs_buf_view(&got.authenticated_data), cs_view_str("aad"))))
		err = CS_ERR_MISMATCH;
	cs_mls_received_clear(&got);
	cs_buf_free(&m);
	return err;
}
