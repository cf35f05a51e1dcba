/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Is it a name that a device may give itself, UTF-8 on one line? */
CS_CHECKED bool client_device_name_valid(const char *name);
/* Seal a device's name for the devices of the account; replaces what ${out}
 * holds. */
CS_CHECKED enum cs_err client_device_name_seal(struct cs_buf *out,
    const struct cs_client *c, const uint8_t device[static CS_ID_LEN],
    const char *name);
/* Open such a name.  CS_ERR_DECRYPT, CS_ERR_MISMATCH: it is not the name of
 * this device, and ${out} is empty. */
CS_CHECKED enum cs_err client_device_name_open(
    char out[static CS_CLIENT_DEVICE_NAME_MAX + 1], const struct cs_client *c,
    const uint8_t device[static CS_ID_LEN], struct cs_view sealed);
/* Seal for the devices of the account and nobody else; ${place} names the use.
 * Replaces what ${out} holds. */
CS_CHECKED enum cs_err client_account_seal(struct cs_buf *out,
    const struct cs_client *c, const char *place, struct cs_view plain);
/* Open what was sealed for ${place}.  CS_ERR_DECRYPT */
CS_CHECKED enum cs_err client_account_open(struct cs_buf *out,
    const struct cs_client *c, const char *place, struct cs_view sealed);
