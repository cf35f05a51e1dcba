/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"
#include "room/policy.h"

/* Finish a commit that was stored and perhaps sent. */
CS_CHECKED enum cs_err client_commit_resume(
    struct cs_client *c, struct client_group *g);
/* Make, store, submit and merge a commit.  What it does to the roles of those
 * who go is in it.  CS_ERR_EPOCH: somebody was quicker; the group is up to date
 * now, try again. */
CS_CHECKED enum cs_err client_commit(struct cs_client *c,
    struct client_group *g, const struct cs_mls_commit_options *opt);
/* The same with another policy: ${change} makes it of what it is then, and may
 * be asked more than once. */
struct client_policy_change {
	enum cs_err (*change)(void *arg, struct cs_room_policy *policy);
	void *arg;
};
CS_CHECKED enum cs_err client_commit_policy(struct cs_client *c,
    struct client_group *g, const struct client_policy_change *change);
/* Tell the hub of a group that it does not know yet. */
CS_CHECKED enum cs_err client_group_register(
    struct cs_client *c, struct client_group *g);
