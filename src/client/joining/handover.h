/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Write what the device of ${credential} has to know: the account's key,
 * contacts and conversations, but no message. */
CS_CHECKED enum cs_err client_handover_write(
    struct cs_buf *out, struct cs_client *c, struct cs_view credential);
/* Check what was handed over, and become that device; inside a transaction. */
CS_CHECKED enum cs_err client_handover_take(
    struct cs_client *c, struct cs_view plain);
