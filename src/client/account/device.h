/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Tell the hub of a device that ${credential} certifies, and of its name, which
 * is sealed for the account's devices.  CS_ERR_DENIED: see link.hub_code. */
CS_CHECKED enum cs_err client_device_add(struct cs_client *c,
    struct cs_view credential, const uint8_t device[static CS_ID_LEN],
    const char *name);
