/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Remove from the group the devices that their own accounts have ended; CS_OK
 * also when the hub takes it from nobody just now. */
CS_CHECKED enum cs_err client_remove_ended(
    struct cs_client *c, struct client_group *g);
