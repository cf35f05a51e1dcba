/* SPDX-License-Identifier: MIT */
/*
 * Reporters whom the desk is not told the name of (FRANKING, "Evidence bundle",
 * reporter_mode 0).
 */
#pragma once

#include "hub/core/hub.h"

/* The pseudonym of an account at this desk: always the same, so that the desk
 * can count false reports and see a flood, and meaningless without the hub's
 * key. */
CS_CHECKED enum cs_err hub_pseudonym(uint8_t out[static CS_ID_LEN],
    const struct cs_hub *hub, const uint8_t account[static CS_ID_LEN]);
