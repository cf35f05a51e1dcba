/* SPDX-License-Identifier: MIT */
/*
 * Blobs that a report names stay while the report needs them.
 *
 * Whoever reports says which these are, and the hub cannot see whether it is
 * true: so this counts until the desk has read the report, and no longer than
 * HUB_REPORT_UNREAD_MS.  The desk then says which of them the reported messages
 * name, or none, and takes that back when its own copy goes.
 */
#pragma once

#include "hub/core/hub.h"

/* Pin what a member's report names, as far as it is here. */
CS_CHECKED enum cs_err hub_pins_claim(
    struct cs_hub *hub, const struct cs_wire_report *report);
/* Drop some that nobody confirmed in time. */
CS_CHECKED enum cs_err hub_pins_sweep(int64_t *n, struct cs_hub *hub);

hub_handler hub_desk_pins;
