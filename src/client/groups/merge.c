/* SPDX-License-Identifier: MIT */
/*
 * Merging a commit, whoever made it.
 *
 * MLS has checked and staged it, and the rules of a room allow it
 * (room/handshake.h).  Before it is merged, this file says in the inbox what it
 * changes, one line a person: a person with several devices comes with the
 * first and leaves with the last. So the lines are made from the staged changes
 * against the old tree, and name who proposed a change, not who committed it.
 * A commit that removes this device is not merged: the group is left and, if
 * the operator did it, noted as one to enter again.  Our own commits come from
 * home/pending when the hub answers or when they turn up in the log.
 */
#include "client/groups/merge.h"

#include <string.h>

#include "client/groups/policy_news.h"
#include "client/home/away.h"
#include "client/home/client.h"
#include "client/home/contact.h"
#include "client/home/credential.h"
#include "client/home/group.h"
#include "client/home/joining.h"
#include "client/home/leaf.h"
#include "client/home/members.h"
#include "client/home/message.h"
#include "client/home/outbox.h"
#include "client/home/pending.h"
#include "client/home/room.h"
#include "crypto/hash.h"
#include "mls/group.h"
#include "room/handshake.h"

struct change {
	char name[CS_HANDLE_MAX + 1]; /* the handle of the device's owner */
	uint32_t leaf;
	struct cs_mls_sender by; /* of a removal: who proposed it */
};

static bool
removal(struct change *out, const struct cs_mls_staged *staged, size_t i)
{
	struct cs_mls_member m;

	if (!cs_mls_staged_removed_member(staged, i, &m, &out->by))
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

/* A device that comes in by itself in the place of its old leaf. */
static bool
is_new_entry(const struct change *r)
{
	return r->by.type == CS_MLS_SENDER_NEW_MEMBER_COMMIT;
}

/* Why the last devices of somebody go. */
enum why { BY_COMMITTER, BY_THEMSELVES, BY_OPERATOR };

static enum why
why_gone(const struct client_group *g, const struct cs_mls_staged *staged,
    const char *name)
{
	enum why why = BY_COMMITTER;
	char from[CS_HANDLE_MAX + 1];
	struct cs_mls_member m;
	struct change r;

	for (size_t i = 0; i < cs_mls_staged_removed(staged); i++) {
		if (!removal(&r, staged, i) || strcmp(r.name, name) != 0)
			continue;
		if (cs_room_by_operator(&r.by))
			return BY_OPERATOR;
		if (!cs_mls_group_member(g->mls, r.by.index, &m))
			continue;
		client_handle_of(from, m.credential);
		if (strcmp(from, name) == 0)
			why = BY_THEMSELVES;
	}
	return why;
}

static bool
is_own(const struct cs_client *c, const char *name)
{
	return strcmp(name, c->self.handle) == 0;
}

/* As in "a device of ...". */
static const char *
whose(const struct cs_client *c, const char *name)
{
	return is_own(c, name) ? "yours" : name;
}

static enum cs_err
notice_gone(struct cs_client *c, struct client_group *g,
    const struct cs_mls_staged *staged, const char *name, const char *committer)
{
	bool you = is_own(c, name);
	enum cs_err err;

	switch (why_gone(g, staged, name)) {
	case BY_OPERATOR:
		err = client_event(c, g, g->last_ms,
		    "%s %s removed by the operator of %s.",
		    client_subject(c, name), you ? "were" : "was", c->self.hub);
		return err ? err : client_away_add(c, g, name);
	case BY_THEMSELVES:
		return client_event(
		    c, g, g->last_ms, "%s left.", client_subject(c, name));
	case BY_COMMITTER:
		break;
	}
	return client_event(c, g, g->last_ms, "%s removed %s.",
	    client_subject(c, committer), client_object(c, name));
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
		if (is_new_entry(&r))
			err = client_event(c, g, g->last_ms,
			    "A device of %s entered the conversation anew.",
			    whose(c, r.name));
		else if (stays(g, staged, r.name))
			err = client_event(c, g, g->last_ms,
			    "A device of %s was removed.", whose(c, r.name));
		else
			err = notice_gone(c, g, staged, r.name, committer);
	}
	return err;
}

/* ${name} got a first device in the group: was it here before? */
static enum cs_err
notice_came(struct cs_client *c, struct client_group *g,
    const struct cs_mls_staged *staged, const char *name, const char *committer)
{
	const struct client_contact *contact;
	enum cs_err err;

	if ((err = client_away_end(c, g, name)))
		return err;
	contact = client_contact_by_handle(c, name);
	if (contact != NULL && contact->state == CONTACT_BLOCKED)
		return client_warning(c, g,
		    "%s, whom you blocked, came in by %s. What they write is "
		    "not shown.",
		    name, client_object(c, committer));
	/* Nobody else may enter by an external commit: see room/handshake.h. */
	if (cs_mls_staged_external(staged))
		return client_event(c, g, g->last_ms, "%s %s back.",
		    client_subject(c, name), is_own(c, name) ? "are" : "is");
	return client_event(c, g, g->last_ms, "%s added %s.",
	    client_subject(c, committer), name);
}

/* In the place of an old leaf: that was told. */
static bool
is_told_as_entry(const struct cs_mls_staged *staged)
{
	struct change r;

	return cs_mls_staged_external(staged) &&
	    cs_mls_staged_removed(staged) != 0 && removal(&r, staged, 0) &&
	    is_new_entry(&r);
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
		    is_told_as_entry(staged) ||
		    (g->direct && client_group_people(g) == 1 &&
			!cs_mls_staged_external(staged)))
			continue;
		if (client_group_leaves_of(g, a.name, leaves) != 0)
			err = client_event(c, g, g->last_ms,
			    "%s added a device.", client_subject(c, a.name));
		else
			err = notice_came(c, g, staged, a.name, committer);
	}
	return err;
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
			return cs_room_by_operator(&r.by);
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
	/* Who asks to be let in is no business of this device any more. */
	if (err || (err = client_room_forget(c, client_group_id(g))))
		return err;
	return client_outbox_drop(c, g);
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
	if ((err = notice_removed(c, g, staged, committer)) ||
	    (err = notice_added(c, g, staged, committer)) ||
	    (err = client_policy_news(c, g, staged, committer))) {
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
