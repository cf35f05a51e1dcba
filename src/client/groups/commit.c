/* SPDX-License-Identifier: MIT */
/*
 * This device's own commits.  A commit is stored, with everything needed to
 * merge it, before the hub hears of it.  So a crash at any moment leaves a
 * member that can go on: the same bytes are submitted again, and the hub gives
 * the same answer.
 */
#include "client/groups/commit.h"

#include <string.h>

#include "base/alloc.h"
#include "client/groups/log.h"
#include "client/groups/merge.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/credential.h"
#include "client/home/group.h"
#include "client/home/leaf.h"
#include "client/home/members.h"
#include "client/home/pending.h"
#include "client/home/problem.h"
#include "client/hub/call.h"
#include "mls/group.h"

static enum cs_err
merge_in_transaction(
    struct cs_client *c, struct client_group *g, const struct client_pending *p)
{
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	err = client_merge_pending(c, g, p);
	return cs_db_end(c->db, err);
}

enum cs_err
client_commit_resume(struct cs_client *c, struct client_group *g)
{
	struct cs_wire_submit submit = { 0 };
	struct cs_wire_submit_answer answer;
	struct client_pending p;
	enum cs_err err = client_pending_load(&p, c, g);

	if (err == CS_ERR_NOT_FOUND) {
		cs_buf_free(&p.plain);
		return CS_OK;
	}
	if (err)
		goto out;
	if ((err = client_group_register(c, g)))
		goto out;
	submit.group_id = client_group_id(g);
	submit.message = p.commit;
	submit.welcome = p.welcome;
	submit.group_info = p.group_info;
	err = client_call(c, CS_WIRE_SUBMIT, &cs_wire_submit_shape, &submit,
	    &cs_wire_submit_answer_shape, &answer);
	if (err == CS_OK) {
		err = merge_in_transaction(c, g, &p);
	} else if (err == CS_ERR_DENIED) {
		bool stale = c->link.hub_code == CS_WIRE_E_STALE_EPOCH;

		/* It was refused for good, and the group stays as it was. */
		if ((err = client_pending_forget(c, g)) == CS_OK)
			err = stale ? client_log_read(c, g) : CS_ERR_DENIED;
		if (err == CS_OK)
			err = CS_ERR_EPOCH;
	}
out:
	cs_buf_free(&p.plain);
	return err;
}

/* ---- who may do what after it ------------------------------------------- */

static enum cs_err
policy_without(struct cs_room_policy *policy, const struct client_group *g,
    const struct cs_mls_commit_options *opt)
{
	uint32_t leaves = cs_mls_group_leaves(g->mls), leaf;
	bool *going = cs_calloc(leaves, sizeof *going), external;

	if (going == NULL)
		return CS_ERR_NOMEM;
	for (size_t i = 0; i < cs_mls_group_proposals(g->mls); i++) {
		leaf = cs_mls_group_proposed_removal(g->mls, i, &external);
		/* Nobody commits their own removal. */
		if (leaf < leaves && leaf != cs_mls_group_own_leaf(g->mls))
			going[leaf] = true;
	}
	for (size_t i = 0; i < opt->n_remove; i++)
		going[opt->remove[i]] = true;
	cs_room_policy_without(policy, cs_mls_group_view(g->mls), going);
	cs_free(going, leaves * sizeof *going);
	return CS_OK;
}

/* Does it bring somebody else in? */
static bool
brings(const struct cs_client *c, const struct cs_mls_commit_options *opt)
{
	char handle[CS_HANDLE_MAX + 1];
	struct cs_mls_key_package_info info;

	for (size_t i = 0; i < opt->n_add; i++) {
		if (cs_mls_key_package_check(
			&info, opt->add[i], client_now_s(c)) != CS_OK)
			continue;
		client_handle_of(handle, info.credential.identity);
		if (strcmp(handle, c->self.handle) != 0)
			return true;
	}
	return false;
}

/* A context with the policy that the commit has to carry, if it has to
 * (room/handshake.h), or with the one that ${change} makes. */
static enum cs_err
make_context(struct cs_buf *out, struct cs_client *c,
    const struct client_group *g, const struct cs_mls_commit_options *opt,
    const struct client_policy_change *change)
{
	const struct cs_mls_public *view = cs_mls_group_view(g->mls);
	struct cs_room_policy was, policy;
	enum cs_err err;

	if ((err = cs_room_policy_of(&was, view)))
		return err;
	policy = was;
	if ((err = policy_without(&policy, g, opt)) ||
	    (change != NULL && (err = change->change(change->arg, &policy))))
		return err;
	if (cs_room_policy_equal(&was, &policy) &&
	    (was.written || client_group_people(g) < 2 || !brings(c, opt)))
		return CS_OK;
	policy.written = true;
	return cs_room_policy_put(out, cs_mls_view_extensions(view), &policy);
}

/* Has this device certificates that last longer than those in its leaf?  Then
 * the commit brings them, with the same key. */
static enum cs_err
find_renewed(struct cs_mls_identity *out, bool *is, struct cs_client *c,
    const struct client_group *g)
{
	struct cs_identity now, leaf;
	struct cs_mls_member own;

	*is =
	    cs_mls_group_member(g->mls, cs_mls_group_own_leaf(g->mls), &own) &&
	    cs_identity_peek(&leaf, own.credential) == CS_OK &&
	    cs_identity_peek(&now, cs_buf_view(&c->self.credential)) == CS_OK &&
	    now.not_after > leaf.not_after;
	return *is ? client_identity(out, c) : CS_OK;
}

/* Those of a room. */
#define CONTEXT_EXTENSIONS 2

static enum cs_err
make_commit(struct cs_client *c, struct client_group *g,
    const struct cs_mls_commit_options *opt,
    const struct client_policy_change *change)
{
	struct cs_buf commit = { 0 }, welcome = { 0 }, context = { 0 };
	struct cs_mls_extension v[CONTEXT_EXTENSIONS];
	struct cs_mls_extensions exts = { v, 0 };
	struct cs_mls_commit_options full = *opt;
	struct cs_mls_staged *staged = NULL;
	struct cs_mls_identity identity;
	struct cs_view list;
	bool renewed;
	enum cs_err err;

	if ((err = find_renewed(&identity, &renewed, c, g)) ||
	    (err = make_context(&context, c, g, opt, change)))
		goto out;
	if (renewed)
		full.new_identity = &identity;
	list = cs_buf_view(&context);
	while (exts.n < CONTEXT_EXTENSIONS &&
	    cs_mls_extension_next(&list, &v[exts.n]))
		exts.n++;
	if (exts.n != 0)
		full.context_exts = &exts;
	if ((err = cs_mls_commit_new(
		 &staged, &commit, &welcome, g->mls, &full)) == CS_OK)
		err = client_pending_store(
		    c, g, cs_buf_view(&commit), cs_buf_view(&welcome), staged);
	if (err == CS_ERR_DENIED)
		err = client_problem(c, CS_ERR_MEMBER,
		    "Your role in %.255s does not allow that. Nothing was "
		    "changed.",
		    g->name);
out:
	cs_mls_staged_free(staged);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	cs_buf_free(&context);
	return err;
}

static enum cs_err
commit_with(struct cs_client *c, struct client_group *g,
    const struct cs_mls_commit_options *opt,
    const struct client_policy_change *change)
{
	enum cs_err err;

	if (g->lost)
		return client_problem(c, CS_ERR_MISMATCH,
		    "This device lost track of %.255s and cannot change it. "
		    "See: countersign group repair.",
		    g->name);
	if ((err = client_commit_resume(c, g)) ||
	    (err = make_commit(c, g, opt, change)))
		return err;
	return client_commit_resume(c, g);
}

enum cs_err
client_commit(struct cs_client *c, struct client_group *g,
    const struct cs_mls_commit_options *opt)
{
	return commit_with(c, g, opt, NULL);
}

enum cs_err
client_commit_policy(struct cs_client *c, struct client_group *g,
    const struct client_policy_change *change)
{
	const struct cs_mls_commit_options opt = { 0 };
	enum cs_err err;

	if ((err = client_group_register(c, g)))
		return err;
	err = CS_ERR_EPOCH;
	for (unsigned i = 0; err == CS_ERR_EPOCH && i < CLIENT_TRIES; i++)
		err = commit_with(c, g, &opt, change);
	return err;
}

enum cs_err
client_group_register(struct cs_client *c, struct client_group *g)
{
	struct cs_buf info = { 0 };
	struct cs_wire_group_new m;
	enum cs_err err;

	if (g->registered)
		return CS_OK;
	if ((err = cs_mls_group_info(g->mls, &info, CS_MLS_WITH_TREE)) ==
	    CS_OK) {
		m.group_info = cs_buf_view(&info);
		err = client_call_empty(
		    c, CS_WIRE_GROUP_NEW, &cs_wire_group_new_shape, &m);
	}
	cs_buf_free(&info);
	if (err)
		return err;
	g->registered = true;
	return client_group_store(c, g);
}
