/* SPDX-License-Identifier: MIT */
/*
 * Merging a commit, whoever made it.
 *
 * MLS has checked and staged it.  Before it is merged, this file checks what
 * only the client knows (the operator stays the same; whoever entered by an
 * external commit belongs here) and says in the inbox what it changes, one line
 * a person: a person with several devices comes with the first and leaves with
 * the last. So the lines are made from the staged changes against the old tree.
 * A commit that removes this device is not merged: the group is left and, if
 * the operator did it, noted as one to enter again.  Our own commits come from
 * home/pending when the hub answers or when they turn up in the log.
 */
#include "client/groups/merge.h"

#include <string.h>

#include "client/home/away.h"
#include "client/home/client.h"
#include "client/home/credential.h"
#include "client/home/group.h"
#include "client/home/joining.h"
#include "client/home/leaf.h"
#include "client/home/leavers.h"
#include "client/home/members.h"
#include "client/home/message.h"
#include "client/home/operator.h"
#include "client/home/pending.h"
#include "crypto/hash.h"
#include "mls/group.h"

struct change {
	char name[CS_HANDLE_MAX + 1]; /* the handle of the device's owner */
	uint32_t leaf;
	bool external; /* removed by the operator's proposal */
};

static bool
removal(struct change *out, const struct cs_mls_staged *staged, size_t i)
{
	struct cs_mls_member m;

	if (!cs_mls_staged_removed_member(staged, i, &m, &out->external))
		return false;
	client_handle_of(out->name, m.credential);
	out->leaf = m.leaf;
	return true;
}

static bool
addition(struct change *out, const struct cs_mls_staged *staged, size_t i)
{
	struct cs_mls_member m;

	if (!cs_mls_staged_added_member(staged, i, &m))
		return false;
	client_handle_of(out->name, m.credential);
	out->leaf = m.leaf;
	return true;
}

/* Is an earlier change about the same person, and so already told? */
static bool
told(const struct cs_mls_staged *staged, size_t i, const char *name,
    bool (*change)(
	struct change *out, const struct cs_mls_staged *staged, size_t i))
{
	struct change other;

	while (i-- > 0)
		if (change(&other, staged, i) && strcmp(other.name, name) == 0)
			return true;
	return false;
}

/* Does a device of ${name} stay in the group? */
static bool
stays(const struct client_group *g, const struct cs_mls_staged *staged,
    const char *name)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	size_t n = client_group_leaves_of(g, name, leaves), gone = 0;
	struct change c;

	for (size_t i = 0; i < cs_mls_staged_removed(staged); i++)
		gone += removal(&c, staged, i) && strcmp(c.name, name) == 0;
	return n > gone;
}

static enum cs_err
taken_out(struct cs_client *c, struct client_group *g, const char *name)
{
	enum cs_err err;

	err = client_event(c, g, g->last_ms,
	    "%s was removed by the operator of %s.", name, c->self.hub);
	return err ? err : client_away_add(c, g, name);
}

static enum cs_err
notice_removed(struct cs_client *c, struct client_group *g,
    const struct cs_mls_staged *staged, const char *committer)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < cs_mls_staged_removed(staged);
	     i++) {
		struct change r;

		if (!removal(&r, staged, i) || told(staged, i, r.name, removal))
			continue;
		if (stays(g, staged, r.name))
			err = client_event(c, g, g->last_ms,
			    "A device of %s was removed.", r.name);
		else if (client_is_leaver(g, r.leaf))
			err =
			    client_event(c, g, g->last_ms, "%s left.", r.name);
		else if (r.external)
			err = taken_out(c, g, r.name);
		else
			err = client_event(c, g, g->last_ms, "%s removed %s.",
			    committer, r.name);
	}
	return err;
}

/* ${name} got a first device in the group: was it here before? */
static enum cs_err
notice_came(struct cs_client *c, struct client_group *g,
    const struct cs_mls_staged *staged, const char *name, const char *committer)
{
	enum cs_err err;

	if ((err = client_away_end(c, g, name)))
		return err;
	/* Nobody else may enter by an external commit: see check_external(). */
	return cs_mls_staged_external(staged)
	    ? client_event(c, g, g->last_ms, "%s is back.", name)
	    : client_event(c, g, g->last_ms, "%s added %s.", committer, name);
}

static enum cs_err
notice_added(struct cs_client *c, struct client_group *g,
    const struct cs_mls_staged *staged, const char *committer)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < cs_mls_staged_added(staged);
	     i++) {
		struct cs_mls_member m;
		struct change a;

		if (!cs_mls_staged_added_member(staged, i, &m))
			continue;
		if ((err = client_contact_learn(g->check, m.credential)))
			return err;
		/* In a conversation of two, the arrival of the second is no
		 * news. */
		if (!addition(&a, staged, i) ||
		    told(staged, i, a.name, addition) ||
		    (g->direct && client_group_people(g) == 1 &&
			!cs_mls_staged_external(staged)))
			continue;
		if (client_group_leaves_of(g, a.name, leaves) != 0)
			err = client_event(
			    c, g, g->last_ms, "%s added a device.", a.name);
		else
			err = notice_came(c, g, staged, a.name, committer);
	}
	return err;
}

/* Whoever enters by an external commit was invited by nobody, so it has to be a
 * device of a member, or of somebody whom the operator took out. */
static enum cs_err
check_external(struct cs_client *c, const struct client_group *g,
    const struct cs_mls_staged *staged)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	struct change a;

	if (!cs_mls_staged_external(staged))
		return CS_OK;
	/* Each name has one account key with all members: see leaf.c. */
	for (size_t i = 0; i < cs_mls_staged_added(staged); i++) {
		bool away = false;
		enum cs_err err;

		if (!addition(&a, staged, i))
			return CS_ERR_MEMBER;
		if (client_group_leaves_of(g, a.name, leaves) != 0)
			continue;
		if ((err = client_away_find(&away, c, g, a.name)))
			return err;
		if (!away)
			return CS_ERR_MEMBER;
	}
	return CS_OK;
}

/* Did the operator remove this device? */
static bool
own_by_operator(
    const struct client_group *g, const struct cs_mls_staged *staged)
{
	struct change r;

	for (size_t i = 0; i < cs_mls_staged_removed(staged); i++)
		if (removal(&r, staged, i) &&
		    r.leaf == cs_mls_group_own_leaf(g->mls))
			return r.external;
	return false;
}

/* This device was removed.  If the operator did it, that may be taken back, and
 * the device then enters again by itself. */
static enum cs_err
be_gone(struct cs_client *c, struct client_group *g,
    const struct cs_mls_staged *staged)
{
	enum cs_err err = CS_OK;

	if (g->state != CS_CLIENT_LEAVING && own_by_operator(g, staged))
		err = client_joining_add(c, g);
	g->state = CS_CLIENT_LEFT;
	return err;
}

enum cs_err
client_commit_merge(
    struct cs_client *c, struct client_group *g, struct cs_mls_staged *staged)
{
	char committer[CS_HANDLE_MAX + 1] = "?";
	struct cs_mls_member m;
	bool gone = cs_mls_staged_self_removed(staged);
	bool ours =
	    cs_mls_staged_committer(staged) == cs_mls_group_own_leaf(g->mls);
	enum cs_err err;

	if (cs_mls_group_member(g->mls, cs_mls_staged_committer(staged), &m))
		client_handle_of(committer, m.credential);
	if ((err = client_group_check_staged(g, staged)) ||
	    (err = check_external(c, g, staged)) ||
	    (err = notice_removed(c, g, staged, committer)) ||
	    (err = notice_added(c, g, staged, committer))) {
		cs_mls_staged_free(staged);
		return err;
	}
	if (gone) {
		err = be_gone(c, g, staged);
		cs_mls_staged_free(staged);
		if (err)
			return err;
	} else if ((err = cs_mls_group_merge(g->mls, staged))) {
		return err;
	}
	/* Proposals end with their epoch. */
	g->n_leavers = 0;
	if (ours) {
		g->committed_ms = cs_clock_ms();
		g->sent = 0;
	}
	/* A commit that was staged for the epoch that ended is void. */
	return client_pending_forget(c, g);
}

enum cs_err
client_merge_pending(
    struct cs_client *c, struct client_group *g, const struct client_pending *p)
{
	struct cs_mls_staged *staged = NULL;
	enum cs_err err;

	if ((err = cs_mls_staged_load(&staged, g->mls, p->staged)) ||
	    (err = client_commit_merge(c, g, staged)))
		return err;
	return client_group_store(c, g);
}

enum cs_err
client_commit_seen(struct cs_client *c, struct client_group *g,
    const uint8_t msg_hash[static CS_HASH_LEN])
{
	uint8_t hash[CS_HASH_LEN];
	struct client_pending p;
	enum cs_err err = client_pending_load(&p, c, g);

	if (err == CS_OK && (err = cs_sha256(hash, p.commit)) == CS_OK)
		err = memcmp(hash, msg_hash, sizeof hash) == 0
		    ? client_merge_pending(c, g, &p)
		    : CS_ERR_NOT_FOUND;
	cs_buf_free(&p.plain);
	return err;
}
