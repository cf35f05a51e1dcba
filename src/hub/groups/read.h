/* SPDX-License-Identifier: MIT */
/* Reading the logs. */
#pragma once

#include "hub/core/hub.h"

/* Columns seq, account, device, epoch, stamp, message of ${rows}; views live as
 * long as the row. */
CS_CHECKED enum cs_err hub_entry_read(
    struct cs_wire_entry *out, struct cs_rows *rows);

hub_handler hub_places, hub_sync, hub_fetch, hub_ack;
/* How far the device of ${rq} has read, summed over its conversations. */
CS_CHECKED enum cs_err hub_places_sum(uint64_t *read, struct hub_request *rq);
