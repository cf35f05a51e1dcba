/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Note the groups in which this device lost its way as ones to enter anew;
 * client_groups_enter() does, where nobody is in them who was not before. */
CS_CHECKED enum cs_err client_groups_repair(struct cs_client *c);
