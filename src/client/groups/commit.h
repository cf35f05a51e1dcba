/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Finish a commit that was stored and perhaps sent. */
CS_CHECKED enum cs_err client_commit_resume(
    struct cs_client *c, struct client_group *g);
/* Make, store, submit and merge a commit.  CS_ERR_EPOCH: somebody was quicker;
 * the group is up to date now, try again. */
CS_CHECKED enum cs_err client_commit(struct cs_client *c,
    struct client_group *g, const struct cs_mls_commit_options *opt);
/* Tell the hub of a group that it does not know yet. */
CS_CHECKED enum cs_err client_group_register(
    struct cs_client *c, struct client_group *g);
