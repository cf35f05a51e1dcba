/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Did the account of ${leaf} itself propose its removal? */
bool client_is_leaver(const struct client_group *g, uint32_t leaf);
/* Note the last proposal, which came from ${sender}, if by it an account
 * removes itself. */
void client_leave_seen(
    const struct cs_client *c, struct client_group *g, uint32_t sender);
