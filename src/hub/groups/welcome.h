/* SPDX-License-Identifier: MIT */
/* Welcomes on their way to the devices that were added. */
#pragma once

#include "hub/groups/group.h"

/* Keep ${welcome}, once for all who were added; it goes with the last of the
 * rows that name ${*id}. */
CS_CHECKED enum cs_err hub_welcome_store(
    uint64_t *id, struct cs_hub *hub, struct cs_view welcome);
/* ${device} is to fetch the Welcome ${bytes}, which came with ${rq}; wake it.
 */
CS_CHECKED enum cs_err hub_welcome_insert(struct hub_request *rq,
    const struct hub_group *group, const uint8_t device[static CS_ID_LEN],
    uint64_t bytes);

hub_handler hub_welcomes, hub_welcome_ack;
