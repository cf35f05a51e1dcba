/* SPDX-License-Identifier: MIT */
/*
 * Asking to be let into a group by its link (decision 0037).  The hub knows a
 * link by a name that tells nothing of it, and which group it is of: so it can
 * keep asks from everybody but the members who may add people.
 */
#pragma once

#include "hub/groups/group.h"

hub_handler hub_group_link_set, hub_group_ask, hub_group_asks,
    hub_group_ask_drop, hub_own_asks;

/* Does ${account} wait to be let into ${group}? */
CS_CHECKED enum cs_err hub_ask_waits(bool *out, struct cs_hub *hub,
    struct cs_view group, const uint8_t account[static CS_ID_LEN]);
/* A member let them in. */
CS_CHECKED enum cs_err hub_ask_taken(struct cs_hub *hub, struct cs_view group,
    const uint8_t account[static CS_ID_LEN]);

/* How many groups of ${member} does ${account} wait for, of whose key packages
 * few enough were handed out for that? */
CS_CHECKED enum cs_err hub_ask_meets(uint64_t *out, struct cs_hub *hub,
    const uint8_t account[static CS_ID_LEN],
    const uint8_t member[static CS_ID_LEN]);
/* Key packages of ${account} are handed out to ${member} for that. */
CS_CHECKED enum cs_err hub_ask_offered(struct cs_hub *hub,
    const uint8_t account[static CS_ID_LEN],
    const uint8_t member[static CS_ID_LEN]);

/* The account has left the hub. */
CS_CHECKED enum cs_err hub_asks_forget(
    struct cs_hub *hub, struct cs_view account);
/* Drop those that are too old; returns how many in ${*n}. */
CS_CHECKED enum cs_err hub_asks_sweep(int64_t *n, struct cs_hub *hub);
