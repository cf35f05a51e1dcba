/* SPDX-License-Identifier: MIT */
/* Where a browser gets its pushes (core/push.h). */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_push_set, hub_push_clear;

/* Drop what is kept for a device that is no more. */
CS_CHECKED enum cs_err hub_push_forget(
    struct cs_hub *hub, const uint8_t device[static CS_ID_LEN]);
