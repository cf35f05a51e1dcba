/* SPDX-License-Identifier: MIT */
#include "room/handshake.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "room/policy.h"

/* ---- whose -------------------------------------------------------------- */

static bool
owner_at(
    struct cs_room_owner *out, const struct cs_mls_public *g, uint32_t leaf)
{
	struct cs_mls_leaf_view v;

	return cs_mls_view_leaf(g, leaf, &v) &&
	    cs_room_owner_of(out, &v.credential) == CS_OK;
}

static bool
same_account(const struct cs_room_owner *a, const struct cs_room_owner *b)
{
	return memcmp(a->account, b->account, sizeof a->account) == 0;
}

static bool
same_device(const struct cs_room_owner *a, const struct cs_room_owner *b)
{
	return same_account(a, b) &&
	    memcmp(a->device, b->device, sizeof a->device) == 0;
}

static int
by_account(const void *a, const void *b)
{
	const struct cs_room_owner *x = a, *y = b;

	return memcmp(x->account, y->account, sizeof x->account);
}

static int
by_handle(const void *a, const void *b)
{
	const struct cs_room_owner *x = a, *y = b;

	return cs_view_compare(x->handle, y->handle);
}

/* An account has one key, one name, and not too many devices. */
static enum cs_err
check_accounts(struct cs_room_owner *v, size_t n)
{
	unsigned devices = 1;

	qsort(v, n, sizeof *v, by_account);
	for (size_t i = 1; i < n; i++) {
		devices = same_account(&v[i - 1], &v[i]) ? devices + 1 : 1;
		if (devices == 1)
			continue;
		if (devices > CS_ROOM_ACCOUNT_DEVICES_MAX)
			return CS_ERR_LIMIT;
		if (!cs_view_equal(v[i - 1].handle, v[i].handle) ||
		    memcmp(v[i - 1].account_key, v[i].account_key,
			sizeof v[i].account_key) != 0)
			return CS_ERR_CREDENTIAL;
	}
	return CS_OK;
}

/* A name has one account. */
static enum cs_err
check_names(struct cs_room_owner *v, size_t n)
{
	qsort(v, n, sizeof *v, by_handle);
	for (size_t i = 1; i < n; i++)
		if (cs_view_equal(v[i - 1].handle, v[i].handle) &&
		    !same_account(&v[i - 1], &v[i]))
			return CS_ERR_CREDENTIAL;
	return CS_OK;
}

/* Somebody has come: do all fit together? */
static enum cs_err
check_owners(const struct cs_mls_public *g)
{
	uint32_t leaves = cs_mls_view_leaves(g);
	struct cs_room_owner *v = cs_calloc(leaves, sizeof *v);
	struct cs_mls_leaf_view leaf;
	enum cs_err err = CS_OK;
	size_t n = 0, bytes = 0;

	if (v == NULL)
		return CS_ERR_NOMEM;
	for (uint32_t i = 0; i < leaves; i++) {
		n += owner_at(&v[n], g, i);
		if (cs_mls_view_leaf(g, i, &leaf))
			bytes += leaf.credential.identity.len;
	}
	if (bytes > CS_ROOM_CREDENTIALS_MAX)
		err = CS_ERR_LIMIT;
	if (err == CS_OK && (err = check_accounts(v, n)) == CS_OK)
		err = check_names(v, n);
	cs_free(v, leaves * sizeof *v);
	return err;
}

/* ---- proposals ---------------------------------------------------------- */

/* Is it one of those that may be sent by themselves? */
static bool
may_propose(const struct cs_mls_public *g, const struct cs_mls_proposal_view *p)
{
	struct cs_room_owner from, target;

	switch (p->sender.type) {
	case CS_MLS_SENDER_EXTERNAL:
		return p->type == CS_MLS_PROPOSAL_REMOVE;
	case CS_MLS_SENDER_MEMBER:
		if (p->type == CS_MLS_PROPOSAL_SELF_REMOVE)
			return true;
		return p->type == CS_MLS_PROPOSAL_REMOVE &&
		    owner_at(&from, g, p->sender.index) &&
		    owner_at(&target, g, p->target) &&
		    same_account(&from, &target);
	default:
		return false;
	}
}

/* One signature is as good as another, so the same may be proposed in many
 * ways: the first counts, and there are never more than devices of an account,
 * squared. */
static bool
proposed_before(
    const struct cs_mls_public *g, const struct cs_mls_proposal_view *p)
{
	struct cs_mls_proposal_view other;

	for (size_t i = 0; cs_mls_view_proposal(g, i, &other); i++)
		if (other.type == p->type && other.target == p->target &&
		    other.sender.type == p->sender.type &&
		    other.sender.index == p->sender.index)
			return true;
	return false;
}

static enum cs_err
check_proposal(const struct cs_mls_handshake *h)
{
	return may_propose(h->before, &h->proposals[0]) &&
		!proposed_before(h->before, &h->proposals[0])
	    ? CS_OK
	    : CS_ERR_PROPOSAL;
}

/* ---- commits ------------------------------------------------------------ */

static enum cs_err
check_add(struct cs_room_owner *out, const struct cs_mls_proposal_view *p)
{
	enum cs_err err;

	if ((err = cs_room_check_leaf(&p->leaf)) ||
	    (err = cs_room_check_key_package_extensions(
		 p->key_package_extensions)))
		return err;
	return cs_room_owner_of(out, &p->leaf.credential);
}

/* What a member's commit does, and who may do what before and after it. */
struct doing {
	const struct cs_mls_handshake *h;
	struct cs_room_owner by;
	struct cs_room_policy policy; /* in the epoch that it ends */
	bool added, brought;          /* a device; of somebody else */
	bool removed, context;
};

static enum cs_err
do_add(struct doing *d, const struct cs_mls_proposal_view *p)
{
	struct cs_room_owner new;
	enum cs_err err;

	if ((err = check_add(&new, p)))
		return err;
	d->added = true;
	if (same_account(&new, &d->by))
		return CS_OK;
	d->brought = true;
	return cs_room_may(&d->policy, d->by.account, CS_ROOM_ADD)
	    ? CS_OK
	    : CS_ERR_DENIED;
}

static enum cs_err
do_remove(struct doing *d, const struct cs_mls_proposal_view *p)
{
	struct cs_room_owner target;

	d->removed = true;
	if (!owner_at(&target, d->h->before, p->target))
		return CS_ERR_PROPOSAL;
	return cs_room_may_remove(&d->policy, d->by.account, target.account)
	    ? CS_OK
	    : CS_ERR_DENIED;
}

static enum cs_err
do_one(struct doing *d, const struct cs_mls_proposal_view *p)
{
	if (p->by_reference) {
		/* Each of them removes somebody. */
		d->removed = true;
		return may_propose(d->h->before, p) ? CS_OK : CS_ERR_PROPOSAL;
	}
	switch (p->type) {
	case CS_MLS_PROPOSAL_ADD:
		return do_add(d, p);
	case CS_MLS_PROPOSAL_REMOVE:
		return do_remove(d, p);
	case CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		d->context = true;
		return CS_OK;
	default:
		return CS_ERR_PROPOSAL;
	}
}

/* The policy as it is without those who go. */
static enum cs_err
policy_without(struct cs_room_policy *out, const struct doing *d)
{
	const struct cs_mls_handshake *h = d->h;
	uint32_t leaves = cs_mls_view_leaves(h->before);
	bool *going = cs_calloc(leaves, sizeof *going);

	if (going == NULL)
		return CS_ERR_NOMEM;
	for (size_t i = 0; i < h->n; i++)
		if (h->proposals[i].target < leaves)
			going[h->proposals[i].target] = true;
	*out = d->policy;
	cs_room_policy_without(out, h->before, going);
	cs_free(going, leaves * sizeof *going);
	return CS_OK;
}

/* Whatever else stands in the context stays, byte for byte. */
static enum cs_err
check_context(
    const struct cs_mls_handshake *h, const struct cs_room_policy *policy)
{
	struct cs_buf want = { 0 };
	enum cs_err err = cs_room_policy_put(
	    &want, cs_mls_view_extensions(h->before), policy);

	if (err == CS_OK &&
	    !cs_view_equal(
		cs_buf_view(&want), cs_mls_view_extensions(h->after)))
		err = CS_ERR_PROPOSAL;
	cs_buf_free(&want);
	return err;
}

static unsigned
people(const struct cs_mls_public *g)
{
	struct cs_room_owner first, other;
	bool any = false;

	for (uint32_t i = 0; i < cs_mls_view_leaves(g); i++) {
		if (!owner_at(any ? &other : &first, g, i))
			continue;
		if (any && !same_account(&first, &other))
			return 2;
		any = true;
	}
	return any;
}

/* Is the policy after the commit what it has to be? */
static enum cs_err
check_policy(const struct doing *d)
{
	struct cs_room_policy left, to;
	enum cs_err err;

	if (!d->context && !d->removed && (d->policy.written || !d->brought))
		return CS_OK;
	if ((err = policy_without(&left, d)))
		return err;
	if (!d->context) {
		/* Whoever has a role and goes, and the third who comes, want
		 * it written. */
		if (d->policy.written)
			return cs_room_policy_equal(&left, &d->policy)
			    ? CS_OK
			    : CS_ERR_PROPOSAL;
		return d->brought && people(d->h->before) > 1 ? CS_ERR_PROPOSAL
							      : CS_OK;
	}
	err = cs_room_policy_find(&to, cs_mls_view_extensions(d->h->after));
	if (err)
		return err == CS_ERR_NOT_FOUND ? CS_ERR_PROPOSAL : err;
	if (!cs_room_may_change(&left, &to, d->by.account))
		return CS_ERR_DENIED;
	if (cs_room_policy_equal(&to, &d->policy) ||
	    !cs_room_policy_fits(&to, d->h->after))
		return CS_ERR_PROPOSAL;
	return check_context(d->h, &to);
}

static enum cs_err
check_members_commit(const struct cs_mls_handshake *h)
{
	struct doing d = { .h = h };
	enum cs_err err;

	if (!owner_at(&d.by, h->before, h->sender.index))
		return CS_ERR_CREDENTIAL;
	if ((err = cs_room_policy_of(&d.policy, h->before)))
		return err;
	for (size_t i = 0; i < h->n; i++)
		if ((err = do_one(&d, &h->proposals[i])))
			return err;
	if ((err = check_policy(&d)))
		return err;
	return d.added ? check_owners(h->after) : CS_OK;
}

/* May the account come in by itself? */
static enum cs_err
check_entry(const struct cs_room *room, const struct cs_mls_handshake *h,
    const struct cs_room_owner *who)
{
	struct cs_room_owner other;
	bool may = false;
	enum cs_err err;

	for (uint32_t i = 0; i < cs_mls_view_leaves(h->before); i++)
		if (owner_at(&other, h->before, i) && same_account(who, &other))
			return CS_OK;
	err = room->may_return(
	    &may, room->arg, cs_mls_view_id(h->before), who->account);
	if (err)
		return err;
	return may ? CS_OK : CS_ERR_MEMBER;
}

static enum cs_err
check_external_commit(
    const struct cs_room *room, const struct cs_mls_handshake *h)
{
	struct cs_room_owner new, old;
	enum cs_err err;

	if ((err = cs_room_owner_of(&new, &h->path_leaf.credential)))
		return err;
	/* MLS has seen to it that there is one ExternalInit and at most one
	 * Remove. */
	for (size_t i = 0; i < h->n; i++) {
		const struct cs_mls_proposal_view *p = &h->proposals[i];

		if (p->by_reference ||
		    (p->type != CS_MLS_PROPOSAL_EXTERNAL_INIT &&
			p->type != CS_MLS_PROPOSAL_REMOVE))
			return CS_ERR_PROPOSAL;
		if (p->type == CS_MLS_PROPOSAL_REMOVE &&
		    (!owner_at(&old, h->before, p->target) ||
			!same_device(&new, &old)))
			return CS_ERR_PROPOSAL;
	}
	if ((err = check_entry(room, h, &new)))
		return err;
	return check_owners(h->after);
}

static enum cs_err
check_commit(const struct cs_room *room, const struct cs_mls_handshake *h)
{
	enum cs_err err;

	if (h->has_path && (err = cs_room_check_leaf(&h->path_leaf)))
		return err;
	switch (h->sender.type) {
	case CS_MLS_SENDER_MEMBER:
		return check_members_commit(h);
	case CS_MLS_SENDER_NEW_MEMBER_COMMIT:
		return check_external_commit(room, h);
	default:
		return CS_ERR_PROPOSAL;
	}
}

/* ---- both --------------------------------------------------------------- */

static enum cs_err
check(void *arg, const struct cs_mls_handshake *h)
{
	if (h->wire != CS_MLS_WIRE_PUBLIC || h->authenticated_data.len != 0)
		return CS_ERR_FORMAT;
	return h->content == CS_MLS_CONTENT_PROPOSAL ? check_proposal(h)
						     : check_commit(arg, h);
}

struct cs_mls_rules
cs_room_rules(struct cs_room *room)
{
	return (struct cs_mls_rules){ check, room };
}

bool
cs_room_by_operator(const struct cs_mls_sender *by)
{
	return by->type == CS_MLS_SENDER_EXTERNAL;
}
