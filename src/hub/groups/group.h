/* SPDX-License-Identifier: MIT */
/* The row of a group and its public MLS state. */
#pragma once

#include "hub/core/hub.h"

/* A group's row, without the MLS state. */
struct hub_group {
	struct cs_view id;       /* borrowed from the request */
	uint64_t seq;            /* of the last entry of its log */
	uint64_t epoch, last_ms; /* last_ms: of the last stamp */
	uint64_t dissolved;      /* until when, in ms; 0: it is not */
	bool announces;          /* not all members may write */
	uint8_t chain[CS_HASH_LEN];
};
/* CS_ERR_NOT_FOUND */
CS_CHECKED enum cs_err hub_group_load(
    struct hub_group *out, struct cs_hub *hub, struct cs_view id);

/* The public half, as the MLS library keeps it; the caller frees it.
 * CS_ERR_NOT_FOUND */
CS_CHECKED enum cs_err hub_public_load(
    struct cs_mls_public_group **out, struct cs_hub *hub, struct cs_view id);
/* Store it, with its epoch. */
CS_CHECKED enum cs_err hub_public_store(
    struct cs_hub *hub, const struct cs_mls_public_group *g);
/* May ${account}, of a member, write to ${group}? */
CS_CHECKED enum cs_err hub_group_may_write(bool *out, struct cs_hub *hub,
    const struct hub_group *group, const uint8_t account[static CS_ID_LEN]);
/* Store the GroupInfo of the current epoch, for devices that join by
 * themselves. */
CS_CHECKED enum cs_err hub_group_set_info(
    struct cs_hub *hub, const struct hub_group *group, struct cs_view info);

hub_handler hub_group_new, hub_group_info;
