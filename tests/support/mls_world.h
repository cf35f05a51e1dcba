/* SPDX-License-Identifier: MIT */
/* tests/support/mls_world.h: members of groups, for tests of src/mls. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "countersign/mls.h"
#include "crypto/random.h"
#include "support/test.h"

#define WORLD_NOW 1700000000u

/* One client: who it is, a key package that waits, and its group. */
struct world_member {
	char name[16];
	struct cs_signer *key;
	struct cs_mls_identity id;
	struct cs_buf key_package;
	struct cs_buf secrets;
	uint8_t ref[32];
	struct cs_mls_group *group;
};

/* Accepts who is called like a member of this world. */
static inline enum cs_err
world_check(void *arg, struct cs_view credential, struct cs_view old,
    struct cs_view signature_key)
{
	(void)arg;
	(void)signature_key;
	if (credential.len < 2 || credential.data[0] != 'm')
		return CS_ERR_CREDENTIAL;
	if (old.len != 0 && !cs_view_equal(old, credential))
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
		.padding = 64,
	};
}

static inline enum cs_err
world_member_init(struct world_member *m, unsigned number)
{
	enum cs_err err;

	memset(m, 0, sizeof *m);
	snprintf(m->name, sizeof m->name, "m%u", number);
	if ((err = cs_signer_new(&m->key, CS_ED25519)))
		return err;
	m->id = (struct cs_mls_identity){
		.credential = cs_view_str(m->name),
		.key = m->key,
		.not_before_s = WORLD_NOW - 3600,
		.not_after_s = WORLD_NOW + 86400,
	};
	return cs_mls_key_package_new(
	    &m->key_package, &m->secrets, m->ref, 1, &m->id, false);
}

static inline void
world_member_clear(struct world_member *m)
{
	cs_buf_free(&m->key_package);
	cs_buf_free(&m->secrets);
	cs_mls_group_free(m->group);
	cs_signer_free(m->key);
	memset(m, 0, sizeof *m);
}

static inline enum cs_err
world_found(struct world_member *m, struct cs_mls_extensions exts)
{
	struct cs_mls_options opt = world_options();

	return cs_mls_group_new(
	    &m->group, 1, cs_view_str("a group"), &m->id, exts, &opt);
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
	    cs_buf_view(&m->secrets), &m->id, &opt, 0, NULL);
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
	uint8_t x[32], y[32];

	return cs_mls_group_epoch_authenticator(a->group, x) == CS_OK &&
	    cs_mls_group_epoch_authenticator(b->group, y) == CS_OK &&
	    memcmp(x, y, sizeof x) == 0;
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
