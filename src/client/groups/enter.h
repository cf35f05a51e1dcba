/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Enter the groups that wait for it by external commits, as far as the hub can
 * help. */
CS_CHECKED enum cs_err client_groups_enter(struct cs_client *c);
