/* SPDX-License-Identifier: MIT */
/*
 * Channels (decision 0051): what their writers do.
 *
 * A post is evidence of one message of the channel's group, which its sender
 * has made readable: the hub verifies it as everybody does, and shows it to
 * whoever has the channel's id.
 */
#pragma once

#include "hub/core/hub.h"

#define HUB_CHANNEL_PIECES_MS CS_HOUR_MS /* for the post to come */
#define HUB_CHANNEL_BYTES_MAX ((uint64_t)20 << 20)

hub_handler hub_channel_set, hub_channel_piece, hub_channel_post,
    hub_channel_drop, hub_channels;

/* Drop pieces that nobody posted, at most some; returns how many. */
CS_CHECKED enum cs_err hub_channel_pieces_sweep(int64_t *n, struct cs_hub *hub);
/* Drop all posts of an account that leaves. */
CS_CHECKED enum cs_err hub_channel_posts_forget(
    struct cs_hub *hub, struct cs_view account);
