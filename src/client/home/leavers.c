/* SPDX-License-Identifier: MIT */
/* Which removals that wait were proposed by the removed account itself. */
#include "client/home/leavers.h"

#include <string.h>

#include "client/home/client.h"
#include "client/home/credential.h"
#include "crypto/random.h"

bool
client_is_leaver(const struct client_group *g, uint32_t leaf)
{
	for (size_t i = 0; i < g->n_leavers; i++)
		if (g->leavers[i] == leaf)
			return true;
	return false;
}

void
client_leave_seen(
    const struct cs_client *c, struct client_group *g, uint32_t sender)
{
	size_t n = cs_mls_group_proposals(g->mls);
	char from[CS_HANDLE_MAX + 1], whose[CS_HANDLE_MAX + 1];
	struct cs_mls_member m;
	bool external;
	uint32_t leaf;

	if (n == 0 || !cs_mls_group_member(g->mls, sender, &m))
		return;
	client_handle_of(from, m.credential);
	leaf = cs_mls_group_proposed_removal(g->mls, n - 1, &external);
	if (!cs_mls_group_member(g->mls, leaf, &m))
		return;
	client_handle_of(whose, m.credential);
	if (strcmp(from, whose) != 0 || g->n_leavers == CS_WIRE_DEVICES_MAX)
		return;
	g->leavers[g->n_leavers++] = leaf;
	/* Another device of the user left the group on behalf of all. */
	if (leaf == cs_mls_group_own_leaf(g->mls) &&
	    strcmp(from, c->self.handle) == 0)
		g->state = CS_CLIENT_LEAVING;
}
