/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Remove from the group the devices that their own accounts have ended; CS_OK
 * also when the hub takes it from nobody just now. */
CS_CHECKED enum cs_err client_remove_ended(
    struct cs_client *c, struct client_group *g);
/* Is a device in ${g} that is to be removed from it? */
CS_CHECKED enum cs_err client_has_ended(
    bool *out, struct cs_client *c, const struct client_group *g);
