/* SPDX-License-Identifier: MIT */
#include "client/groups/policy_news.h"

#include <string.h>

#include "client/home/client.h"
#include "client/home/credential.h"
#include "client/home/members.h"
#include "client/home/message.h"
#include "client/home/roles.h"

/* A commit, and what it makes of the policy. */
struct news {
	struct cs_client *c;
	struct client_group *g;
	const struct cs_mls_staged *staged;
	const char *committer; /* as a sentence begins */
	struct cs_room_policy was, is;
};

/* Who ${account} is, in words: before the commit, or among those it adds. */
static const char *
name(char out[static CS_HANDLE_MAX + 1], const struct news *n,
    const uint8_t account[static CS_ID_LEN])
{
	struct cs_identity identity;
	struct cs_mls_member m;

	client_handle_in(out, n->g, account);
	for (size_t i = 0; i < cs_mls_staged_added(n->staged); i++)
		if (cs_mls_staged_added_member(n->staged, i, &m) &&
		    cs_identity_peek(&identity, m.credential) == CS_OK &&
		    memcmp(identity.account.account, account, CS_ID_LEN) == 0)
			client_handle_of(out, m.credential);
	return client_object(n->c, out);
}

/* Does a device of ${account} stay in the group? */
static bool
stays(const struct news *n, const uint8_t account[static CS_ID_LEN])
{
	char handle[CS_HANDLE_MAX + 1], other[CS_HANDLE_MAX + 1];
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	struct cs_mls_member m;
	size_t left;

	client_handle_in(handle, n->g, account);
	left = client_group_leaves_of(n->g, handle, leaves);
	for (size_t i = 0; i < cs_mls_staged_removed(n->staged); i++) {
		if (!cs_mls_staged_removed_member(n->staged, i, &m, NULL))
			continue;
		client_handle_of(other, m.credential);
		left -= left != 0 && strcmp(other, handle) == 0;
	}
	return left != 0;
}

static enum cs_err
owner_news(const struct news *n)
{
	char buf[CS_HANDLE_MAX + 1];
	const char *who = name(buf, n, n->is.owner);

	if (memcmp(n->was.owner, n->is.owner, CS_ID_LEN) == 0)
		return CS_OK;
	if (stays(n, n->was.owner))
		return client_event(n->c, n->g, n->g->last_ms,
		    "%s made %s the owner of this group.", n->committer, who);
	return client_event(n->c, n->g, n->g->last_ms,
	    "The owner is gone: the owner of this group is now %s.", who);
}

static enum cs_err
admin_news(const struct news *n)
{
	char buf[CS_HANDLE_MAX + 1];
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < n->is.n_admins; i++)
		if (cs_room_role_of(&n->was, n->is.admins[i]) == CS_ROOM_MEMBER)
			err = client_event(n->c, n->g, n->g->last_ms,
			    "%s made %s an admin.", n->committer,
			    name(buf, n, n->is.admins[i]));
	for (size_t i = 0; err == CS_OK && i < n->was.n_admins; i++)
		if (cs_room_role_of(&n->is, n->was.admins[i]) ==
			CS_ROOM_MEMBER &&
		    stays(n, n->was.admins[i]))
			err = client_event(n->c, n->g, n->g->last_ms,
			    "%s made %s a member without a role.", n->committer,
			    name(buf, n, n->was.admins[i]));
	return err;
}

static enum cs_err
flag_news(const struct news *n)
{
	static const struct {
		uint8_t flag;
		const char *what;
	} flags[] = {
		{ CS_ROOM_ADMINS_ADD, "add people" },
		{ CS_ROOM_ADMINS_RENAME, "rename the group" },
		{ CS_ROOM_ADMINS_SET_TIMERS, "set how long messages stay" },
		{ CS_ROOM_ADMINS_WRITE, "write here" },
	};
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < sizeof flags / sizeof *flags;
	     i++)
		if ((n->was.flags ^ n->is.flags) & flags[i].flag)
			err = client_event(n->c, n->g, n->g->last_ms,
			    "%s decided that %s can %s.", n->committer,
			    n->is.flags & flags[i].flag
				? "only the owner and admins"
				: "all members",
			    flags[i].what);
	return err;
}

enum cs_err
client_policy_news(struct cs_client *c, struct client_group *g,
    const struct cs_mls_staged *staged, const char *committer)
{
	struct news n = {
		.c = c,
		.g = g,
		.staged = staged,
		.committer = client_subject(c, committer),
	};
	struct cs_view dictionary, component;
	enum cs_err err;

	if (!cs_mls_staged_extension(
		staged, CS_MLS_EXT_APP_DATA_DICTIONARY, &dictionary) ||
	    cs_mls_app_data_find(
		&component, dictionary, CS_COMPONENT_ROOM_POLICY) != CS_OK)
		return CS_OK;
	if ((err = cs_room_policy_parse(&n.is, component)) ||
	    (err = client_policy_of(&n.was, g)))
		return err;
	if ((err = owner_news(&n)) || (err = admin_news(&n)))
		return err;
	return flag_news(&n);
}
