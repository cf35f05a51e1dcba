/* SPDX-License-Identifier: MIT */
/*
 * Removals that the hub proposes as external sender (RFC 9420, section 12.1.8).
 *
 * An account that is disabled, a device that is removed and one that left are
 * shut out by their own rows, at once.  That their leaves go from the groups is
 * owed from then on: one row a group, each done by itself, a few in a round,
 * and again later where it fails.  So nothing that somebody did to one group
 * keeps the hub from acting on an account, or from serving others meanwhile.
 */
#pragma once

#include "hub/core/hub.h"

/* The groups of ${account} are owed a look at who has to go. */
CS_CHECKED enum cs_err hub_removals_owe(
    struct cs_hub *hub, const uint8_t account[static CS_ID_LEN]);
/* So is this one, if somebody in it has to go: its epoch is new. */
CS_CHECKED enum cs_err hub_removals_owe_group(
    struct cs_hub *hub, struct cs_view group);

/* Is there something to do now? */
bool hub_removals_due(const struct cs_hub *hub);
/* Do a portion of what is owed, each group in a transaction of its own; outside
 * of one.  A failure is written down, and tried again later. */
void hub_removals_work(struct cs_hub *hub);

hub_handler hub_desk_removals;
