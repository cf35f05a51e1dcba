/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Enter by external commits the groups that this device is to enter, as far as
 * the hub can help. */
CS_CHECKED enum cs_err client_groups_enter(struct cs_client *c);
