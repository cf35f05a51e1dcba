/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Put the handle in a credential into ${out}, CS_HANDLE_MAX + 1 bytes; "?" if
 * there is none. */
void client_handle_of(char *out, struct cs_view bytes);
/* Certify a device of the account, whose key this device has; replaces what
 * ${out} holds. */
CS_CHECKED enum cs_err client_credential_make(struct cs_buf *out,
    const struct cs_client *c, const uint8_t device[static CS_ID_LEN],
    const uint8_t device_key[static CS_KEY_LEN]);
