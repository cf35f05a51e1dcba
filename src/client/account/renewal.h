/* SPDX-License-Identifier: MIT */
/*
 * New certificates for devices whose old ones end (docs/decisions/0035).
 *
 * All certificates of a device's chain have to be valid, so a device ends with
 * the first of those that it came through.  It is certified anew by the
 * recovery key, or by another device that did not come through it; the key and
 * the id stay.  The hub has the new credential and gives it to the device; its
 * leaves get it with the next commit of the device in each group.
 */
#pragma once

#include "client/home/client.h"

/* Look, now and then, whether this device or another of the account needs new
 * certificates; make or take what can be made or taken, and tell the user what
 * cannot. */
CS_CHECKED enum cs_err client_renew(struct cs_client *c);
