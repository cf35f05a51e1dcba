/* SPDX-License-Identifier: MIT */
/* The commands that say who may do what in a group. */
#include "client/groups/commit.h"
#include "client/home/client.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/home/problem.h"
#include "client/home/roles.h"

static enum cs_err
find_group(struct client_group *g, struct cs_client *c, const char *name)
{
	enum cs_err err;

	if ((err = client_need_hub(c)) ||
	    (err = client_group_find(g, c, name, CLIENT_FIND_GROUP)))
		return err;
	return g->mls != NULL && !client_group_over(g)
	    ? CS_OK
	    : client_problem(c, CS_ERR_MEMBER,
		  "You are not in %.255s any more. Nothing was changed.",
		  g->name);
}

/* ---- roles -------------------------------------------------------------- */

struct giving {
	struct cs_client *c;
	const struct client_group *g;
	const char *handle;
	enum cs_room_role role;
};

/* In the epoch in which it is committed: the one before may have been
 * another. */
static enum cs_err
give(void *arg, struct cs_room_policy *policy)
{
	const struct giving *v = arg;
	uint8_t account[CS_ID_LEN];
	enum cs_err err;

	if ((err = client_account_in(account, v->c, v->g, v->handle)) ||
	    (err = client_may(v->c, v->g, CS_ROOM_GIVE_ROLES)))
		return err;
	if (cs_room_role_of(policy, account) == v->role)
		return client_problem(v->c, CS_ERR_EXISTS,
		    "%s has that role in %.255s already. Nothing was changed.",
		    v->handle, v->g->name);
	err = cs_room_policy_give(policy, account, v->role);
	if (err == CS_ERR_MISUSE)
		return client_problem(v->c, CS_ERR_MEMBER,
		    "A group has an owner: make somebody else the owner of "
		    "%.255s first. Nothing was changed.",
		    v->g->name);
	if (err == CS_ERR_LIMIT)
		return client_problem(v->c, err,
		    "%.255s has as many admins as a group can have, %d. "
		    "Nothing was changed.",
		    v->g->name, CS_ROOM_ADMINS_MAX);
	return err;
}

enum cs_err
cs_client_group_role(struct cs_client *c, const char *name, const char *typed,
    enum cs_client_role role)
{
	static const enum cs_room_role roles[] = {
		[CS_CLIENT_MEMBER] = CS_ROOM_MEMBER,
		[CS_CLIENT_ADMIN] = CS_ROOM_ADMIN,
		[CS_CLIENT_OWNER] = CS_ROOM_OWNER,
	};
	struct client_group g = { 0 };
	char handle[CS_HANDLE_MAX + 1];
	struct giving v = { c, &g, handle, roles[role] };
	const struct client_policy_change change = { give, &v };
	enum cs_err err;

	if ((err = find_group(&g, c, name)) == CS_OK &&
	    (err = client_find_person(handle, c, typed)) == CS_OK)
		err = client_commit_policy(c, &g, &change);
	client_group_clear(&g);
	return err;
}

/* ---- what is kept from members ------------------------------------------ */

struct keeping {
	struct cs_client *c;
	const struct client_group *g;
	uint8_t which, to;
};

static enum cs_err
keep(void *arg, struct cs_room_policy *policy)
{
	const struct keeping *v = arg;
	enum cs_err err;

	if ((err = client_may(v->c, v->g, CS_ROOM_SET_FLAGS)))
		return err;
	policy->flags =
	    (uint8_t)((policy->flags & ~v->which) | (v->to & v->which));
	return CS_OK;
}

static uint8_t
flags(const struct cs_client_policy *p)
{
	return (uint8_t)((p->add ? CS_ROOM_ADMINS_ADD : 0) |
	    (p->rename ? CS_ROOM_ADMINS_RENAME : 0) |
	    (p->timer ? CS_ROOM_ADMINS_SET_TIMERS : 0) |
	    (p->write ? CS_ROOM_ADMINS_WRITE : 0));
}

enum cs_err
cs_client_group_policy(struct cs_client *c, const char *name,
    const struct cs_client_policy *which, const struct cs_client_policy *to)
{
	struct client_group g = { 0 };
	struct keeping v = { c, &g, flags(which), flags(to) };
	const struct client_policy_change change = { keep, &v };
	enum cs_err err;

	if ((err = find_group(&g, c, name)) == CS_OK)
		err = client_commit_policy(c, &g, &change);
	client_group_clear(&g);
	return err;
}
