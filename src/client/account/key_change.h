/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Somebody was refused: if that was for a new key under a known name, say so,
 * once; inside a transaction. */
CS_CHECKED enum cs_err client_contact_warn(struct cs_client *c);
/* Another account or key is that of ${contact} from now on: conversations of
 * the two under the old one are over; inside a transaction. */
CS_CHECKED enum cs_err client_contact_renew(struct cs_client *c,
    struct client_contact *contact, const struct client_contact *by);
