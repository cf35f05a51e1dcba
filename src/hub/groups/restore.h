/* SPDX-License-Identifier: MIT */
/* Who was taken out of a group and may come back. */
#pragma once

#include "hub/groups/group.h"

/* Note that the last entry, in the group's current epoch, took out a device of
 * ${account} because the operator proposed it. */
CS_CHECKED enum cs_err hub_restore_note(struct cs_hub *hub,
    const struct hub_group *group, const uint8_t account[static CS_ID_LEN]);
/* Whoever still has a device in the group was not taken out of it. */
CS_CHECKED enum cs_err hub_restore_end_present(
    struct cs_hub *hub, const struct hub_group *group);
/* The account is enabled again: note that Removes which wait in its groups may
 * still be committed. */
CS_CHECKED enum cs_err hub_restore_pending(
    struct cs_hub *hub, const uint8_t account[static CS_ID_LEN]);
/* The account has come back. */
CS_CHECKED enum cs_err hub_restore_done(struct cs_hub *hub,
    struct cs_view group, const uint8_t account[static CS_ID_LEN]);
/* The epoch that accounts waited for is over. */
CS_CHECKED enum cs_err hub_restore_end_epoch(
    struct cs_hub *hub, const struct hub_group *group);
