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

/* Is anybody in ${mls} who was not in ${was}? */
static bool
has_strangers(const struct cs_mls_group *mls, const struct client_group *was)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX], own = cs_mls_group_own_leaf(mls);
	char name[CS_HANDLE_MAX + 1];
	struct cs_mls_member m;

	for (uint32_t i = 0; i < cs_mls_group_leaves(mls); i++) {
		if (i == own || !cs_mls_group_member(mls, i, &m))
			continue;
		client_handle_of(name, m.credential);
		if (client_group_leaves_of(was, name, leaves) == 0)
			return true;
	}
	return false;
}

/* Is another device of the user in the group? */
static bool
has_own(const struct cs_client *c, const struct cs_mls_group *mls)
{
	uint32_t own = cs_mls_group_own_leaf(mls);
	char name[CS_HANDLE_MAX + 1];
	struct cs_mls_member m;

	for (uint32_t i = 0; i < cs_mls_group_leaves(mls); i++) {
		if (i == own || !cs_mls_group_member(mls, i, &m))
			continue;
		/* Its certificate was checked when MLS let the leaf in. */
		client_handle_of(name, m.credential);
		if (strcmp(name, c->self.handle) == 0)
			return true;
	}
	return false;
}

/*
 * The hub may show any group under the id of a conversation that this device
 * was in.  It is the same conversation if nobody is in it who was not there
 * before: then whoever holds its keys is somebody the user talked to, with a
 * known account key.  And it went on: an epoch that is over, whose keys
 * somebody may have, is not shown for the present one.
 */
static enum cs_err
check_was(const struct client_group *was, const struct cs_mls_group *mls)
{
	/* One epoch took this device out, so the next one is the first that can
	 * bring it back; a device that lost its way has to see its epoch end,
	 * but for an old copy, which has read on to the present one.
	 */
	uint64_t least = cs_mls_group_epoch(was->mls) +
	    (was->state == CS_CLIENT_LEFT ? 2
		    : was->copied         ? 0
					  : 1);

	if (cs_mls_group_epoch(mls) < least)
		return CS_ERR_REPLAY;
	return has_strangers(mls, was) ? CS_ERR_MEMBER : CS_OK;
}

/* A hub that was restored shows an earlier epoch, whose keys somebody may have
 * who was removed since.  It is the same conversation if the very same devices
 * are in it: then there is nobody else who ever had these keys. */
static enum cs_err
check_same(const struct client_group *was, const struct cs_mls_group *mls)
{
	struct cs_mls_member m, other;
	uint32_t own = cs_mls_group_own_leaf(mls), theirs = 0, ours = 0;

	for (uint32_t i = 0; i < cs_mls_group_leaves(mls); i++) {
		bool known = i == own;

		if (!cs_mls_group_member(mls, i, &m))
			continue;
		theirs++;
		for (uint32_t k = 0;
		     !known && k < cs_mls_group_leaves(was->mls); k++)
			known = cs_mls_group_member(was->mls, k, &other) &&
			    cs_view_equal(m.credential, other.credential);
		if (!known)
			return CS_ERR_MEMBER;
	}
	for (uint32_t k = 0; k < cs_mls_group_leaves(was->mls); k++)
		ours += cs_mls_group_member(was->mls, k, &other);
	return theirs == ours ? CS_OK : CS_ERR_MEMBER;
}

enum cs_err
client_admission_check(struct cs_client *c, const struct cs_mls_group *mls,
    struct cs_view id, enum client_company company)
{
	struct client_group was;
	enum cs_err err;

	if (!cs_view_equal(cs_mls_group_id(mls), id))
		return CS_ERR_MISMATCH;
	if ((err = client_room_check(c, mls)) || company == CLIENT_ANY_COMPANY)
		return err;
	err = client_group_load(&was, c, id);
	if (err == CS_ERR_NOT_FOUND ||
	    (err == CS_OK && was.state == CS_CLIENT_LEFT && has_own(c, mls)))
		err = has_own(c, mls) ? CS_OK : CS_ERR_MEMBER;
	else if (err == CS_OK)
		err = was.rolled_back ? check_same(&was, mls)
				      : check_was(&was, mls);
	/* Nothing is left to compare with. */
	else if (client_group_damaged(err))
		err = CS_ERR_MEMBER;
	client_group_clear(&was);
	return err;
}
