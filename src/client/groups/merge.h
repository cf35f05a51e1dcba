/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/pending.h"

/* Take a staged commit, on failure, too: what it changed is said in the inbox,
 * and merged; inside a transaction. */
CS_CHECKED enum cs_err client_commit_merge(
    struct cs_client *c, struct client_group *g, struct cs_mls_staged *staged);
/* Merge the commit of ours that the hub took; inside a transaction. */
CS_CHECKED enum cs_err client_merge_pending(struct cs_client *c,
    struct client_group *g, const struct client_pending *p);
/* A commit of ours stands in the log: merge it if it is the one that is
 * pending; inside a transaction.  CS_ERR_NOT_FOUND: it is not. */
CS_CHECKED enum cs_err client_commit_seen(struct cs_client *c,
    struct client_group *g, const uint8_t msg_hash[static CS_HASH_LEN]);
