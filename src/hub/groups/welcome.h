/* SPDX-License-Identifier: MIT */
/* Welcomes on their way to the devices that were added. */
#pragma once

#include "hub/groups/group.h"

/* Keep ${welcome}, which came with ${rq}, for ${device}, and wake it. */
CS_CHECKED enum cs_err hub_welcome_insert(struct hub_request *rq,
    const struct hub_group *group, const uint8_t device[static CS_ID_LEN],
    struct cs_view welcome);

hub_handler hub_welcomes, hub_welcome_ack;
