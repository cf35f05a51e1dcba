/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Somebody was refused, and ${differs} is who for another key than the known
 * one, or without a handle nobody: if the user knows them, say so, once for
 * each key; inside a transaction. */
CS_CHECKED enum cs_err client_contact_warn(
    struct cs_client *c, const struct client_contact *differs);
/* Another account or key is that of ${contact} from now on: conversations of
 * the two under the old one are over; inside a transaction. */
CS_CHECKED enum cs_err client_contact_renew(struct cs_client *c,
    struct client_contact *contact, const struct client_contact *by);
