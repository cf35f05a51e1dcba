/* SPDX-License-Identifier: MIT */
/*
 * The rules of a room: which handshakes its hub and its members accept.  Both
 * run this code, at the same place inside of MLS, so that no commit that the
 * hub takes shuts an honest member out (decision 0021).
 *
 *	what			by whom			how
 *	Remove			the operator		proposed
 *	SelfRemove, Remove	of an own device	proposed
 *	Add			whom the policy lets	in their own commit
 *	Remove			the owner, and admins	in their own commit
 *				of members; anybody of
 *				their own devices
 *	GroupContextExtensions	whom the policy lets	in their own commit
 *				(room/policy.h)
 *	a new path		any member		in their own commit
 *	external commit		a device of an account	ExternalInit, and a
 *				that is there or may	Remove of the same
 *				come back		device's old leaf
 *
 * A change of the context changes the policy and nothing else.  A commit that
 * takes out somebody with a role has to carry one: what is left of the policy
 * without them, whoever commits.  So has one that brings a third into a
 * conversation of two, or anybody into an old group, where none is written.
 *
 * Nothing else: what is not named here is refused.  A commit refers to
 * proposals only if they are in the first two lines, so that nobody commits
 * what somebody else thought of.  Handshakes are public, and carry no
 * authenticated data, where things could be said that nobody can report.
 */
#pragma once

#include "room/leaf.h"

/* What is known outside of the group. */
struct cs_room {
	/* May a device of ${account}, which has none in the group, come back
	 * by itself?  The operator took it out, and it was let in again. */
	enum cs_err (*may_return)(bool *out, void *arg, struct cs_view group_id,
	    const uint8_t account[static CS_ID_LEN]);
	void *arg;
};

/* The rules, for the options of a group; ${room} lives as long as they. */
struct cs_mls_rules cs_room_rules(struct cs_room *room);

/* Did the operator propose it?  An account that a commit leaves without a
 * device, at least one of them removed like that, was taken out by the
 * operator: hub and members go by this when it wants to come back. */
bool cs_room_by_operator(const struct cs_mls_sender *by);
