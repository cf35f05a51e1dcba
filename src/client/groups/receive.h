/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Take one entry of the log; inside a transaction.  Whatever the hub made of
 * it, the result is a message, an event or a refusal in the database, and
 * CS_OK. */
CS_CHECKED enum cs_err client_receive(struct cs_client *c,
    struct client_group *g, const struct cs_wire_entry *entry);
/* Does the hub say that ${entry} is a message of this device?  Taking it uses
 * no key. */
bool client_receive_is_own(
    const struct cs_client *c, const struct cs_wire_entry *entry);
