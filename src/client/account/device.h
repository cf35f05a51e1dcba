/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* A device as the hub lists it, and how it came into the account; both views
 * are borrowed. */
struct client_listed {
	struct cs_client_device shown;
	struct cs_view credential;
	struct cs_identity identity; /* proved; it may have expired */
};
/* Call ${each} for the devices of the account; stops at the first error.  No
 * request may be made meanwhile. */
CS_CHECKED enum cs_err client_devices_each(struct cs_client *c,
    enum cs_err (*each)(void *arg, const struct client_listed *d), void *arg);

/* Tell the hub of a device that ${credential} certifies, and of its name, which
 * is sealed for the account's devices; or that one has new certificates, and
 * keeps its name.  CS_ERR_DENIED: see link.hub_code. */
CS_CHECKED enum cs_err client_device_add(struct cs_client *c,
    struct cs_view credential, const uint8_t device[static CS_ID_LEN],
    const char *name);
