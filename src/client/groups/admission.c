/* SPDX-License-Identifier: MIT */
/* Deciding whether a conversation that this device could enter by itself is one
 * of the user's. */
#include "client/groups/admission.h"

#include <string.h>

#include "client/home/client.h"
#include "client/home/credential.h"
#include "client/home/group.h"
#include "client/home/members.h"
#include "client/home/operator.h"
#include "mls/group.h"

/*
 * The hub may show any group under the id of a conversation that this device
 * was taken out of.  It is the same conversation if nobody is in it who was not
 * there before: then whoever holds its keys is somebody the user talked to,
 * with a known account key.
 */
static enum cs_err
check_left(
    struct cs_client *c, const struct cs_mls_group *mls, struct cs_view id)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX], own = cs_mls_group_own_leaf(mls);
	char name[CS_HANDLE_MAX + 1];
	struct client_group was;
	struct cs_mls_member m;
	enum cs_err err = client_group_load(&was, c, id);

	if (err == CS_ERR_NOT_FOUND)
		err = CS_ERR_MEMBER;
	/* One epoch took this device out, so the next one is the first that can
	 * bring it back. */
	else if (err == CS_OK &&
	    (was.state != CS_CLIENT_LEFT ||
		cs_mls_group_epoch(mls) <= cs_mls_group_epoch(was.mls) + 1))
		err = CS_ERR_REPLAY;
	for (uint32_t i = 0; err == CS_OK && i < cs_mls_group_leaves(mls);
	     i++) {
		if (i == own || !cs_mls_group_member(mls, i, &m))
			continue;
		client_handle_of(name, m.credential);
		if (client_group_leaves_of(&was, name, leaves) == 0)
			err = CS_ERR_MEMBER;
	}
	client_group_clear(&was);
	return err ? err : client_group_check_operator(c, mls);
}

enum cs_err
client_admission_check(
    struct cs_client *c, const struct cs_mls_group *mls, struct cs_view id)
{
	uint32_t own = cs_mls_group_own_leaf(mls);
	char name[CS_HANDLE_MAX + 1];
	struct cs_mls_member m;

	if (!cs_view_equal(cs_mls_group_id(mls), id))
		return CS_ERR_MISMATCH;
	for (uint32_t i = 0; i < cs_mls_group_leaves(mls); i++) {
		if (i == own || !cs_mls_group_member(mls, i, &m))
			continue;
		/* Its certificate was checked when MLS let the leaf in. */
		client_handle_of(name, m.credential);
		if (strcmp(name, c->self.handle) == 0)
			return client_group_check_operator(c, mls);
	}
	return check_left(c, mls, id);
}
