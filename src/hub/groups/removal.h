/* SPDX-License-Identifier: MIT */
/* Removals that the hub proposes as external sender (RFC 9420, section 12.1.8).
 */
#pragma once

#include "hub/groups/group.h"

/* Propose the removal of every device of the group that was removed or whose
 * account is disabled, and log it; ${public} follows, and is not stored. */
CS_CHECKED enum cs_err hub_group_propose_removals(struct cs_hub *hub,
    struct hub_group *group, struct cs_mls_public_group *public);
/* The same in all groups of an account, stored. */
CS_CHECKED enum cs_err hub_groups_propose_removals(
    struct cs_hub *hub, const uint8_t account[static CS_ID_LEN]);
