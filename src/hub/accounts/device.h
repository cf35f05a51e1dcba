/* SPDX-License-Identifier: MIT */
/* The devices of an account. */
#pragma once

#include "franking/revocation.h"
#include "hub/core/hub.h"

/* How many there are, without those that were removed. */
CS_CHECKED enum cs_err hub_devices_count(
    uint64_t *out, struct cs_hub *hub, const uint8_t account[static CS_ID_LEN]);
/* Note, to the day, that a device was here. */
CS_CHECKED enum cs_err hub_device_seen(
    struct cs_hub *hub, const uint8_t device[static CS_ID_LEN]);
/* From now on the device can submit nothing and nothing is kept for it; its
 * connections end after the round. */
CS_CHECKED enum cs_err hub_device_forget(
    struct cs_hub *hub, const uint8_t device[static CS_ID_LEN]);

/* The number of the last revocation of any account, or 0. */
CS_CHECKED enum cs_err hub_revocations_last(uint64_t *out, struct cs_hub *hub);

/* Carry out a revocation of the account that asks, whose signer was checked:
 * end what it ends, unless that is all, keep it, and tell those who share
 * conversations with the account. */
CS_CHECKED enum cs_err hub_device_revoke(struct hub_request *rq,
    const struct cs_revocation *revocation, struct cs_view bytes);

hub_handler hub_device_add, hub_devices, hub_device_remove, hub_revocations;
