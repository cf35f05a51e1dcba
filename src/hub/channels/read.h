/* SPDX-License-Identifier: MIT */
/* Channels, as whoever has their link reads them: asked by the hub's site. */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_channel_read, hub_channel_bytes, hub_channel_directory;
