/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Tell the hub what the user decided about ${contact}, and through it the other
 * devices. */
CS_CHECKED enum cs_err client_contact_share(
    struct cs_client *c, const struct client_contact *contact);
