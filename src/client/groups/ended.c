/* SPDX-License-Identifier: MIT */
/* A hub that does not propose the removal of a device that was revoked changes
 * nothing: every member who has the revocation removes it. */
#include "client/groups/ended.h"

#include "client/groups/commit.h"
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/revoked.h"
#include "mls/group.h"

#define AT_ONCE CS_WIRE_DEVICES_MAX

static enum cs_err
find(uint32_t leaves[static AT_ONCE], size_t *n, struct cs_client *c,
    const struct client_group *g)
{
	struct cs_mls_member m;
	enum cs_err err = CS_OK;

	*n = 0;
	for (uint32_t i = 0;
	     err == CS_OK && *n < AT_ONCE && i < cs_mls_group_leaves(g->mls);
	     i++) {
		struct cs_identity identity;

		if (i == cs_mls_group_own_leaf(g->mls) ||
		    !cs_mls_group_member(g->mls, i, &m) ||
		    cs_identity_peek(&identity, m.credential) != CS_OK)
			continue;
		err = client_revoked_check(c, &identity);
		if (err == CS_ERR_CREDENTIAL) {
			leaves[(*n)++] = i;
			err = CS_OK;
		}
	}
	return err;
}

enum cs_err
client_remove_ended(struct cs_client *c, struct client_group *g)
{
	uint32_t leaves[AT_ONCE];
	struct cs_mls_commit_options opt = { .remove = leaves };
	uint64_t known;
	enum cs_err err;

	/* Most people have never ended a device. */
	if ((err = cs_db_get_int(
		 &known, c->db, "SELECT COUNT(*) FROM revocation")) ||
	    known == 0)
		return err;
	for (unsigned i = 0; i < CLIENT_TRIES; i++) {
		if (client_group_over(g) || g->lost ||
		    (err = find(leaves, &opt.n_remove, c, g)) ||
		    opt.n_remove == 0)
			break;
		if ((err = client_commit(c, g, &opt)) != CS_ERR_EPOCH)
			break;
	}
	return err == CS_ERR_DENIED || err == CS_ERR_EPOCH ? CS_OK : err;
}
