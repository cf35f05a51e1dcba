/* SPDX-License-Identifier: MIT */
/*
 * Messages that came a short while ago, by their hash.
 *
 * A member who saw no answer sends the same bytes again.  While the first ones
 * may still be on their way here, the hub knows them by itself: it remembers
 * the last HUB_RECENT of all groups.  Later whoever sends them says so, and
 * behind which entry they may stand (PROTOCOL, "Submitting"); an index of all
 * hashes would cost each message a page of the disk.
 */
#pragma once

#include "hub/core/hub.h"

#define HUB_RECENT 65536

/* The message with that hash is the entry ${seq} of its group. */
void hub_recent_add(struct cs_hub *hub,
    const uint8_t msg_hash[static CS_HASH_LEN], uint64_t seq);
/* Which entry it may be, in whatever group; 0: none that is remembered. */
uint64_t hub_recent_find(
    const struct cs_hub *hub, const uint8_t msg_hash[static CS_HASH_LEN]);
void hub_recent_free(struct cs_hub *hub);
