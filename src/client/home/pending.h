/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* A commit of this device on its way. */
struct client_pending {
	struct cs_buf plain; /* what the views point into */
	struct cs_view commit, welcome, group_info, staged;
};

/* Store a commit with all that it takes to merge it. */
CS_CHECKED enum cs_err client_pending_store(struct cs_client *c,
    struct client_group *g, struct cs_view commit, struct cs_view welcome,
    const struct cs_mls_staged *staged);
CS_CHECKED enum cs_err client_pending_forget(
    struct cs_client *c, const struct client_group *g);
/* CS_ERR_NOT_FOUND: nothing is pending.  The caller frees ${out->plain}, even
 * after a failure. */
CS_CHECKED enum cs_err client_pending_load(struct client_pending *out,
    struct cs_client *c, const struct client_group *g);
