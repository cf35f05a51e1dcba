/* SPDX-License-Identifier: MIT */
/* Who is in a group: leaves of MLS as people and their devices. */
#include "client/home/members.h"

#include <string.h>

#include "base/alloc.h"
#include "client/home/client.h"
#include "client/home/credential.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/home/room.h"
#include "room/policy.h"

size_t
client_group_leaves_of(const struct client_group *g, const char *handle,
    uint32_t leaves[static CS_WIRE_DEVICES_MAX])
{
	char name[CS_HANDLE_MAX + 1];
	struct cs_mls_member m;
	size_t n = 0;

	for (uint32_t i = 0;
	     i < cs_mls_group_leaves(g->mls) && n < CS_WIRE_DEVICES_MAX; i++) {
		if (!cs_mls_group_member(g->mls, i, &m))
			continue;
		client_handle_of(name, m.credential);
		if (strcmp(name, handle) == 0)
			leaves[n++] = i;
	}
	return n;
}

enum cs_err
client_group_check_replaced(
    const struct client_group *was, const struct client_group *now)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX];

	if (client_group_over(was))
		return CS_OK;
	if (cs_mls_group_epoch(now->mls) <= cs_mls_group_epoch(was->mls))
		return CS_ERR_EXISTS;
	return client_group_leaves_of(was, now->added_by, leaves) != 0
	    ? CS_OK
	    : CS_ERR_EXISTS;
}

/* Each handle has one account: leaf.c refuses a credential that says otherwise.
 */
unsigned
client_group_people(const struct client_group *g)
{
	char seen[2][CS_HANDLE_MAX + 1], name[CS_HANDLE_MAX + 1];
	struct cs_mls_member m;
	unsigned n = 0;

	for (uint32_t i = 0; i < cs_mls_group_leaves(g->mls) && n < 3; i++) {
		bool known = false;

		if (!cs_mls_group_member(g->mls, i, &m))
			continue;
		client_handle_of(name, m.credential);
		for (unsigned k = 0; k < n; k++)
			known |= strcmp(seen[k], name) == 0;
		if (!known && n < 2)
			memcpy(seen[n], name, sizeof name);
		n += !known;
	}
	return n;
}

bool
client_group_other(const struct client_group *g, const struct cs_client *c,
    char out[static CS_HANDLE_MAX + 1])
{
	struct cs_mls_member m;

	for (uint32_t i = 0; i < cs_mls_group_leaves(g->mls); i++) {
		if (!cs_mls_group_member(g->mls, i, &m))
			continue;
		client_handle_of(out, m.credential);
		if (strcmp(out, c->self.handle) != 0)
			return true;
	}
	return false;
}

/* A person with several devices is listed once. */
static bool
is_shown(const struct cs_client_group *out, const char *handle)
{
	for (size_t i = 0; i < out->n_members; i++)
		if (strcmp(out->members[i], handle) == 0)
			return true;
	return false;
}

static enum cs_client_role
role_of(const struct cs_room_policy *policy, struct cs_view credential)
{
	static const enum cs_client_role roles[] = {
		[CS_ROOM_MEMBER] = CS_CLIENT_MEMBER,
		[CS_ROOM_ADMIN] = CS_CLIENT_ADMIN,
		[CS_ROOM_OWNER] = CS_CLIENT_OWNER,
	};
	struct cs_identity identity;

	return cs_identity_peek(&identity, credential) == CS_OK
	    ? roles[cs_room_role_of(policy, identity.account.account)]
	    : CS_CLIENT_MEMBER;
}

static void
show_policy(struct cs_client_group *out, const struct cs_room_policy *policy)
{
	out->kept.add = policy->flags & CS_ROOM_ADMINS_ADD;
	out->kept.rename = policy->flags & CS_ROOM_ADMINS_RENAME;
	out->kept.timer = policy->flags & CS_ROOM_ADMINS_SET_TIMERS;
	out->kept.write = policy->flags & CS_ROOM_ADMINS_WRITE;
}

static enum cs_err
show_members(struct cs_client_group *out, const struct cs_client *c,
    const struct cs_mls_group *mls)
{
	uint32_t leaves = cs_mls_group_leaves(mls);
	struct cs_room_policy policy;
	struct cs_mls_member m;
	enum cs_err err;

	out->epoch = cs_mls_group_epoch(mls);
	out->members = cs_calloc(leaves, sizeof *out->members);
	out->roles = cs_calloc(leaves, sizeof *out->roles);
	if (out->members == NULL || out->roles == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_room_policy_of(&policy, cs_mls_group_view(mls))))
		return err;
	show_policy(out, &policy);
	for (uint32_t i = 0; i < leaves; i++) {
		char *name = out->members[out->n_members];

		if (!cs_mls_group_member(mls, i, &m))
			continue;
		client_handle_of(name, m.credential);
		if (is_shown(out, name))
			continue;
		out->roles[out->n_members++] = role_of(&policy, m.credential);
		if (strcmp(name, c->self.handle) == 0)
			out->role = role_of(&policy, m.credential);
	}
	return CS_OK;
}

static enum cs_err
show(struct cs_client_group *out, struct cs_client *c,
    const struct client_group *g)
{
	enum cs_err err;

	memset(out, 0, sizeof *out);
	memcpy(out->ref, g->ref, sizeof out->ref);
	out->direct = g->direct;
	out->state = g->state;
	out->lost = g->lost || g->mls == NULL;
	strcpy(out->name, g->name);
	strcpy(out->added_by, g->added_by);
	cs_group_ref_text(out->id, g->ref);
	if ((err = client_find_words(out->alias, out->looks_like, c, g)) ||
	    (err = client_room_has(
		 &out->picture, c, client_group_id(g), CLIENT_ROOM_PICTURE)))
		return err;
	return g->mls == NULL ? CS_OK : show_members(out, c, g->mls);
}

/* What is damaged is shown as far as it is known. */
static enum cs_err
load(struct client_group *out, struct cs_client *c, struct cs_view id)
{
	enum cs_err err = client_group_load(out, c, id);

	if (!client_group_damaged(err))
		return err;
	client_group_clear(out);
	return client_group_load_meta(out, c, id);
}

static enum cs_err
add_shown(struct cs_client_groups *out, struct cs_client *c, struct cs_view id)
{
	struct cs_client_group *grown =
	    cs_grow(out->v, out->n, out->n + 1, sizeof *grown);
	struct client_group g;
	enum cs_err err;

	if (grown == NULL)
		return CS_ERR_NOMEM;
	out->v = grown;
	err = load(&g, c, id);
	if (err == CS_OK)
		err = show(&out->v[out->n++], c, &g);
	else if (client_group_damaged(err))
		err = CS_OK;
	client_group_clear(&g);
	return err;
}

enum cs_err
cs_client_groups(struct cs_client_groups *out, struct cs_client *c)
{
	struct cs_buf ids = { 0 };
	struct cs_reader r;
	enum cs_err err = client_group_list(&ids, c);

	memset(out, 0, sizeof *out);
	r = cs_reader(cs_buf_view(&ids));
	while (err == CS_OK && cs_reader_more(&r))
		err = add_shown(out, c, cs_read_vec(&r));
	cs_buf_free(&ids);
	if (err)
		cs_client_groups_free(out);
	return err;
}

enum cs_err
cs_client_group_show(
    struct cs_client_groups *out, struct cs_client *c, const char *name)
{
	struct client_group g = { 0 };
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = client_group_find(&g, c, name, CLIENT_FIND_GROUP)) == CS_OK)
		err = add_shown(out, c, client_group_id(&g));
	if (err == CS_OK && out->n == 0)
		err = CS_ERR_CORRUPT;
	client_group_clear(&g);
	if (err)
		cs_client_groups_free(out);
	return err;
}

void
cs_client_groups_free(struct cs_client_groups *g)
{
	for (size_t i = 0; i < g->n; i++) {
		cs_free_plain(g->v[i].members);
		cs_free_plain(g->v[i].roles);
	}
	cs_free(g->v, g->n * sizeof *g->v);
	memset(g, 0, sizeof *g);
}
