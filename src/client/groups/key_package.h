/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Give the hub new key packages when few are left. */
CS_CHECKED enum cs_err client_key_packages_fill(struct cs_client *c);
/* Open the secrets of the key package ${ref}; replaces what ${secrets} holds.
 * CS_ERR_NOT_FOUND */
CS_CHECKED enum cs_err client_key_package_find(struct cs_buf *secrets,
    bool *last_resort, struct cs_client *c, const struct cs_mls_hash *ref);
CS_CHECKED enum cs_err client_key_package_forget(
    struct cs_client *c, const struct cs_mls_hash *ref);
