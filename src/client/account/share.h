/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Tell the hub, and through it our other devices, what was decided about
 * ${contact}. */
CS_CHECKED enum cs_err client_contact_share(
    struct cs_client *c, const struct client_contact *contact);
