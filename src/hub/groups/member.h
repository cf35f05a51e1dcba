/* SPDX-License-Identifier: MIT */
/* The rows of members: which device may read and write where. */
#pragma once

#include "hub/core/hub.h"

/* The device that a credential belongs to, and its account; CS_ERR_CREDENTIAL:
 * none of this hub. */
CS_CHECKED enum cs_err hub_device_of(struct cs_hub *hub,
    struct cs_view credential, uint8_t device[static CS_ID_LEN],
    uint8_t account[static CS_ID_LEN]);

/* A device that becomes a member with an entry. */
struct hub_member {
	struct cs_view group;
	uint8_t device[CS_ID_LEN], account[CS_ID_LEN];
	uint32_t leaf;
	uint64_t from_seq; /* it reads what comes after this entry */
};
CS_CHECKED enum cs_err hub_member_insert(
    struct cs_hub *hub, const struct hub_member *member);

/* Is a device of the account in the group? */
CS_CHECKED enum cs_err hub_account_in(bool *out, struct cs_hub *hub,
    struct cs_view group, const uint8_t account[static CS_ID_LEN]);
/* Refuse ${rq} unless its device is in the group. */
CS_CHECKED enum cs_err hub_is_member(
    struct hub_request *rq, struct cs_view group_id);
/* May the account, which is not in the group, come back by itself? It may where
 * it was taken out while it was disabled, unless somebody joined since: they
 * have never seen the account there and would not let it in. */
CS_CHECKED enum cs_err hub_account_may_return(bool *out, struct cs_hub *hub,
    struct cs_view group, const uint8_t account[static CS_ID_LEN]);
/* May a device of the account enter the group by itself? It may where the
 * account is a member, and where it may return. */
CS_CHECKED enum cs_err hub_account_may_enter(bool *out, struct cs_hub *hub,
    struct cs_view group, const uint8_t account[static CS_ID_LEN]);
