/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Join what this device was invited to.  ${waiting} is how many invitations the
 * hub has; UINT32_MAX: as many as it shows. */
CS_CHECKED enum cs_err client_welcomes(struct cs_client *c, uint32_t waiting);
