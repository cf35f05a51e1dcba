/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Read on in the log of ${g}, from where this device was to its end. */
CS_CHECKED enum cs_err client_log_read(
    struct cs_client *c, struct client_group *g);
/* The same up to entry ${head}, as the hub gave it: it is not asked whether
 * there is more. */
CS_CHECKED enum cs_err client_log_read_to(
    struct cs_client *c, struct client_group *g, uint64_t head);
