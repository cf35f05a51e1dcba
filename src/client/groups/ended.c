/* SPDX-License-Identifier: MIT */
/* A hub that does not propose the removal of a device that was revoked changes
 * nothing: whoever has the revocation and may, removes it. The other devices of
 * its account always may. */
#include "client/groups/ended.h"

#include "client/groups/commit.h"
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/revoked.h"
#include "client/home/roles.h"
#include "mls/group.h"

#define AT_ONCE CS_WIRE_DEVICES_MAX

static enum cs_err
find(uint32_t leaves[static AT_ONCE], size_t *n, struct cs_client *c,
    const struct client_group *g)
{
	struct cs_room_policy policy;
	struct cs_mls_member m;
	enum cs_err err = client_policy_of(&policy, g);

	*n = 0;
	for (uint32_t i = 0;
	     err == CS_OK && *n < AT_ONCE && i < cs_mls_group_leaves(g->mls);
	     i++) {
		struct cs_identity identity;

		if (i == cs_mls_group_own_leaf(g->mls) ||
		    !cs_mls_group_member(g->mls, i, &m) ||
		    cs_identity_peek(&identity, m.credential) != CS_OK ||
		    !cs_room_may_remove(
			&policy, c->self.account, identity.account.account))
			continue;
		err = client_revoked_check(c, &identity);
		if (err == CS_ERR_CREDENTIAL) {
			leaves[(*n)++] = i;
			err = CS_OK;
		}
	}
	return err;
}

/* Most people have never ended a device. */
static enum cs_err
knows_any(bool *out, struct cs_client *c)
{
	uint64_t any = 0;
	enum cs_err err = cs_db_get_int(
	    &any, c->db, "SELECT EXISTS(SELECT 1 FROM revocation)");

	*out = any != 0;
	return err;
}

/* The same as find(), where it is for this device to remove them. */
static enum cs_err
find_here(uint32_t leaves[static AT_ONCE], size_t *n, struct cs_client *c,
    const struct client_group *g)
{
	bool any;
	enum cs_err err = knows_any(&any, c);

	*n = 0;
	if (err || !any || client_group_over(g) || g->lost)
		return err;
	return find(leaves, n, c, g);
}

enum cs_err
client_has_ended(bool *out, struct cs_client *c, const struct client_group *g)
{
	uint32_t leaves[AT_ONCE];
	size_t n;
	enum cs_err err = find_here(leaves, &n, c, g);

	*out = n != 0;
	return err;
}

enum cs_err
client_remove_ended(struct cs_client *c, struct client_group *g)
{
	uint32_t leaves[AT_ONCE];
	struct cs_mls_commit_options opt = { .remove = leaves };
	enum cs_err err = CS_OK;

	for (unsigned i = 0; i < CLIENT_TRIES; i++) {
		if ((err = find_here(leaves, &opt.n_remove, c, g)) ||
		    opt.n_remove == 0)
			break;
		if ((err = client_commit(c, g, &opt)) != CS_ERR_EPOCH)
			break;
	}
	return err == CS_ERR_DENIED || err == CS_ERR_EPOCH ? CS_OK : err;
}
