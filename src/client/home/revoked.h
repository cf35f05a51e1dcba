/* SPDX-License-Identifier: MIT */
/*
 * Devices that their accounts have ended, as this device knows of them.
 *
 * No commit is refused for one: the hub may have taken it before the revocation
 * came, and whoever refused it would be out of the group.  No such device is
 * added by this one, and one that is in a group is removed from it.
 */
#pragma once

#include "client/home/client.h"
#include "franking/revocation.h"

/* CS_ERR_CREDENTIAL: a revocation that is known ends ${identity}. */
CS_CHECKED enum cs_err client_revoked_check(
    struct cs_client *c, const struct cs_identity *identity);
/* Take a revocation that the hub gave; inside a transaction.  What does not
 * verify, or was signed by a device that was ended before, is passed over. */
CS_CHECKED enum cs_err client_revoked_learn(
    struct cs_client *c, struct cs_view revocation);
