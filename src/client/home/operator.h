/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"
#include "room/context.h"

/* The operator that every room of this client belongs to; lives with ${c}. */
struct cs_room_operator client_room_operator(const struct cs_client *c);
/* Is it a room of this operator, and of no other?  CS_ERR_MISMATCH: no; or what
 * is wrong with a leaf. */
CS_CHECKED enum cs_err client_room_check(
    const struct cs_client *c, const struct cs_mls_group *mls);
