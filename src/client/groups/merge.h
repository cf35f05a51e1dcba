/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/pending.h"

/* Merge a staged commit, and tell in the inbox what it changed; inside a
 * transaction.  Takes ${staged}, even on failure. */
CS_CHECKED enum cs_err client_commit_merge(
    struct cs_client *c, struct client_group *g, struct cs_mls_staged *staged);
/* Merge this device's commit ${p}, which the hub took; inside a transaction. */
CS_CHECKED enum cs_err client_merge_pending(struct cs_client *c,
    struct client_group *g, const struct client_pending *p);
/* A commit of this device stands in the log: merge it if it is the pending one;
 * inside a transaction.  CS_ERR_NOT_FOUND: it is not. */
CS_CHECKED enum cs_err client_commit_seen(struct cs_client *c,
    struct client_group *g, const uint8_t msg_hash[static CS_HASH_LEN]);
