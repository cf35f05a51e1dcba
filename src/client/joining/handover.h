/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Write what the device of ${credential} has to know: who we are, the account
 * key, contacts, conversations.  No message. */
CS_CHECKED enum cs_err client_handover_write(
    struct cs_buf *out, struct cs_client *c, struct cs_view credential);
/* Check it, and be that device; inside a transaction. */
CS_CHECKED enum cs_err client_handover_take(
    struct cs_client *c, struct cs_view plain);
