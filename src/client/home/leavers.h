/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Did the account of ${leaf} itself propose its removal? */
bool client_is_leaver(const struct client_group *g, uint32_t leaf);
/* A proposal came from ${sender}: note it if the account proposed to remove
 * itself. */
void client_leave_seen(
    const struct cs_client *c, struct client_group *g, uint32_t sender);
