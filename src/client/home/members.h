/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Put the leaves of the devices of ${handle} into ${leaves}; returns how many.
 */
size_t client_group_leaves_of(const struct client_group *g, const char *handle,
    uint32_t leaves[static CS_WIRE_DEVICES_MAX]);
/*
 * May a Welcome put ${now} in the place of ${was}?  Group ids are unique (RFC
 * 9420, section 12.4.3.1), and a stranger could otherwise replace a
 * conversation by another of the same id.  So it may only if ${was} is over, or
 * if a member of ${was} brings this device back in at a later epoch.
 * CS_ERR_EXISTS: no.
 */
CS_CHECKED enum cs_err client_group_check_replaced(
    const struct client_group *was, const struct client_group *now);
/* How many people are in the group: 1, 2, or 3 for more.  A person's devices
 * count once. */
unsigned client_group_people(const struct client_group *g);
/* Find a member who is not the user; false: there is none. */
bool client_group_other(const struct client_group *g, const struct cs_client *c,
    char out[static CS_HANDLE_MAX + 1]);
