/* SPDX-License-Identifier: MIT */
#include "client/home/roles.h"

#include <string.h>

#include "client/home/client.h"
#include "client/home/credential.h"
#include "client/home/problem.h"
#include "client/home/tlog.h"
#include "room/owner.h"

enum cs_err
client_policy_of(struct cs_room_policy *out, const struct client_group *g)
{
	return cs_room_policy_of(out, cs_mls_group_view(g->mls));
}

static bool
owner_at(struct cs_room_owner *out, const struct client_group *g, uint32_t leaf)
{
	struct cs_mls_leaf_view v;

	return cs_mls_view_leaf(cs_mls_group_view(g->mls), leaf, &v) &&
	    cs_room_owner_of(out, &v.credential) == CS_OK;
}

void
client_handle_in(char out[static CS_HANDLE_MAX + 1],
    const struct client_group *g, const uint8_t account[static CS_ID_LEN])
{
	struct cs_room_owner owner;
	struct cs_mls_member m;

	memcpy(out, "?", 2);
	for (uint32_t i = 0; i < cs_mls_group_leaves(g->mls); i++)
		if (owner_at(&owner, g, i) &&
		    memcmp(owner.account, account, CS_ID_LEN) == 0 &&
		    cs_mls_group_member(g->mls, i, &m)) {
			client_handle_of(out, m.credential);
			return;
		}
}

enum cs_err
client_account_in(uint8_t out[static CS_ID_LEN], struct cs_client *c,
    const struct client_group *g, const char *handle)
{
	struct cs_room_owner owner;

	for (uint32_t i = 0; i < cs_mls_group_leaves(g->mls); i++)
		if (owner_at(&owner, g, i) &&
		    cs_view_equal(owner.handle, cs_view_str(handle))) {
			memcpy(out, owner.account, CS_ID_LEN);
			return CS_OK;
		}
	return client_problem(
	    c, CS_ERR_NOT_FOUND, "%.40s is not in %.255s.", handle, g->name);
}

static const char *
words(enum cs_room_act act)
{
	static const char *const what[] = {
		[CS_ROOM_ADD] = "add people to",
		[CS_ROOM_REMOVE] = "remove people from",
		[CS_ROOM_RENAME] = "rename",
		[CS_ROOM_SET_TIMER] = "set how long messages stay in",
		[CS_ROOM_WRITE] = "write to",
		[CS_ROOM_SET_FLAGS] = "change the policy of",
		[CS_ROOM_GIVE_ROLES] = "give roles in",
	};

	return what[act];
}

enum cs_err
client_may(
    struct cs_client *c, const struct client_group *g, enum cs_room_act act)
{
	char owner[CS_HANDLE_MAX + 1];
	struct cs_room_policy policy;
	enum cs_err err;

	if (act == CS_ROOM_WRITE && (err = client_tlog_may_send(c)))
		return err;
	/* What is damaged is asked again where it is entered anew. */
	if (g->mls == NULL)
		return CS_OK;
	if ((err = client_policy_of(&policy, g)))
		return err;
	if (cs_room_may(&policy, c->self.account, act))
		return CS_OK;
	client_handle_in(owner, g, policy.owner);
	return client_problem(c, CS_ERR_MEMBER,
	    "Only the owner%s of %.255s can %s it. Nothing was %s; ask %s.",
	    act == CS_ROOM_GIVE_ROLES ? "" : " or an admin", g->name,
	    words(act), act == CS_ROOM_WRITE ? "sent" : "changed", owner);
}

enum cs_err
client_may_remove(
    struct cs_client *c, const struct client_group *g, const char *handle)
{
	char owner[CS_HANDLE_MAX + 1];
	uint8_t account[CS_ID_LEN];
	struct cs_room_policy policy;
	enum cs_err err;

	if ((err = client_account_in(account, c, g, handle)) ||
	    (err = client_policy_of(&policy, g)))
		return err;
	if (cs_room_may_remove(&policy, c->self.account, account))
		return CS_OK;
	if ((err = client_may(c, g, CS_ROOM_REMOVE)))
		return err;
	if (cs_room_role_of(&policy, account) == CS_ROOM_OWNER)
		return client_problem(c, CS_ERR_MEMBER,
		    "%s is the owner of %.255s, whom nobody can remove. "
		    "Nothing was changed.",
		    handle, g->name);
	client_handle_in(owner, g, policy.owner);
	return client_problem(c, CS_ERR_MEMBER,
	    "%s is an admin of %.255s, and only the owner can remove admins. "
	    "Nothing was changed; ask %s.",
	    handle, g->name, owner);
}
